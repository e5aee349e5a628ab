#pragma once
// One period of a window on its way into the staged LP: the facts that the parts of the model fill their rows from, and the places they
// write to. Absent handles (−1) are written nowhere.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "dispatch/model/model.h"
#include "dispatch/window/limits.h"
#include "dispatch/window/money.h"

namespace bess::dispatch {

/// What the parts of the model may know of the window and of its period k.
struct StageFacts {
  // of the window
  const WindowProblem& window;
  double dt_h, eta, power_mw;
  bool reserves_are_states;            ///< they are still to be decided
  bool idle;                           ///< nothing may be charged or discharged, see LpChoice
  ByProduct<ReserveNeed> need_per_mw;  ///< of each reserve
  [[nodiscard]] double power_per_mw(Product r) const { return window.reserve_duties[r].power_factor; }

  // of the period
  int k{0};          ///< the window's number of periods stands for its end, which has states alone
  std::size_t t{0};  ///< k as an index
  double generation_mw{0}, export_limit_mw{0}, import_limit_mw{0};
  const ReserveLevel* fixed_reserves{nullptr};     ///< null: none are fixed
  double reserved_up_mw{0}, reserved_down_mw{0};   ///< what those keep of the power
  double charge_room_mw{0}, discharge_room_mw{0};  ///< for a direction that has the period to itself
  bool both_ways{true};                            ///< no direction is given
  bool charging{false};                            ///< the given one
  bool may_charge{true}, may_discharge{true};
  bool all_generation_lost{false};  ///< nothing takes it: no charge, no export
  MarginalRates rates;
  double closing_price_eur_per_mwh{0};
  [[nodiscard]] int last_period() const { return k < window.periods ? k : window.periods - 1; }
};

class StageWriter : public StageFacts {
 public:
  /// `out` has its pattern and layout, sized for the window; all three must outlive the writer.
  StageWriter(const WindowProblem& window_problem, const LpChoice& choice, WindowLp& out);

  void go_to(int period);

  /// Stored energy at the period's end that the battery and fixed reserves allow.
  [[nodiscard]] EnergyRange energy_range_at_end() const;
  /// What is sold already in the period's block.
  [[nodiscard]] BlockCommitment committed() const;
  /// Of all periods' position caps.
  [[nodiscard]] double widest_cap_mw();

  void cost(int control, double eur) { lp_.control_cost[at(controls_, control)] = eur; }
  void add_cost(int control, double eur) { lp_.control_cost[at(controls_, control)] += eur; }
  void state_cost(int state, double eur) { lp_.state_cost[at(states_, state)] = eur; }
  void add_constant(double eur) { out_.constant_eur += eur; }
  void rhs(int row, double value) {
    if (row >= 0) lp_.row_rhs[at(rows_, row)] = value;
  }
  void activate(int row, bool active) {
    if (row >= 0) lp_.row_active[at(rows_, row)] = active ? 1 : 0;
  }
  void coefficient(Coefficient place, double value) { write(lp_.row_coefficient, row_places_, place, value); }
  void transition(Coefficient place, double value) { write(lp_.transition_coefficient, transition_places_, place, value); }
  void entry_coefficient(Coefficient place, double value) { write(lp_.entry_row_coefficient, entry_places_, place, value); }
  void entry_row(int row, double value, bool active) {
    if (row < 0) return;
    lp_.entry_row_rhs[at(entry_rows_, row)] = value;
    lp_.entry_row_active[at(entry_rows_, row)] = active ? 1 : 0;
  }
  void box(int control, double low, double high) {
    lp_.control_low[at(controls_, control)] = low;
    lp_.control_high[at(controls_, control)] = high;
  }
  void state_box(int state, double low, double high) {
    lp_.state_low[at(states_, state)] = low;
    lp_.state_high[at(states_, state)] = high;
  }
  void fix(int control, double value) { lp_.control_fixed[at(controls_, control)] = value; }
  /// The control is 0 and no variable; `not_negative` is the row that says control ≥ 0.
  void drop(int control, int not_negative) {
    fix(control, 0.0);
    activate(not_negative, false);
    box(control, 0.0, 0.0);
  }
  void enter_fixed(int state, double value) { enter(state, lp::Entry::fixed, value); }
  void enter_free(int state) { enter(state, lp::Entry::free, 0.0); }

 private:
  /// Where the coefficients of a list of rows stand among those that a stage stores.
  class Places {
   public:
    template <std::size_t N>
    Places(const std::array<lp::Row, N>& rows, int count);
    [[nodiscard]] int per_stage() const { return per_stage_; }
    [[nodiscard]] int index(Coefficient place) const { return of(index_, place); }  ///< −1: known to the pattern
    [[nodiscard]] int known(Coefficient place) const { return of(known_, place); }  ///< that coefficient

   private:
    using Table = std::array<std::array<std::int16_t, lp::max_terms>, lp::max_rows>;
    static int of(const Table& table, Coefficient place) {
      return table[static_cast<std::size_t>(place.row)][static_cast<std::size_t>(place.term)];
    }
    Table index_{}, known_{};
    int per_stage_{0};
  };

  [[nodiscard]] std::size_t at(int width, int i) const { return t * static_cast<std::size_t>(width) + static_cast<std::size_t>(i); }
  void write(std::vector<double>& coefficients, const Places& places, Coefficient place, double value) const;
  void enter(int state, lp::Entry kind, double value) {
    lp_.entry[at(states_, state)] = kind;
    lp_.entry_value[at(states_, state)] = value;
  }
  [[nodiscard]] const ReserveLevel* fixed_level(int period) const;
  [[nodiscard]] double through_connection(double limit_mw, double reserved_mw) const;

  const LpChoice& choice_;
  WindowLp& out_;
  lp::StagedLp& lp_;
  int states_, controls_, rows_, entry_rows_;
  Places row_places_, entry_places_, transition_places_;
  MarginalMoney money_;
  double widest_cap_mw_{-1.0};
};

}  // namespace bess::dispatch
