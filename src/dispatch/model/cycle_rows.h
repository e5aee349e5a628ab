#pragma once
// The day's budget of equivalent full cycles: state cyc, throughput at the cells so far today.

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct CycleRows {
  int cycled{-1};                       // state cyc, MWh
  Coefficient charge, self, discharge;  // cyc⁺ = cyc + Δη/2 (g + v) + Δ/(2η) d
  int row_budget{-1};                   // − cyc⁺ ≥ −budget

  [[nodiscard]] constexpr bool present() const { return cycled >= 0; }

  constexpr void declare_state(lp::Pattern& p) { cycled = p.add_state(); }
  constexpr void declare_transition(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    using enum lp::Block;
    add_transition_term(p, cycled, state, cycled, 1);
    charge = add_transition_term(p, cycled, control, battery.charge);
    if (generation.present()) self = add_transition_term(p, cycled, control, generation.self_charge);
    discharge = add_transition_term(p, cycled, control, battery.discharge);
  }
  constexpr void declare_row(lp::Pattern& p) {
    row_budget = new_row(p);
    add_term(p, row_budget, lp::Block::next, cycled, -1);
  }

  template <class Stage>
  void fill(Stage& s) const {
    const double in = 0.5 * (s.dt_h * s.eta);
    s.transition(charge, in);
    if (self.present()) s.transition(self, in);
    s.transition(discharge, 0.5 * (s.dt_h / s.eta));
    s.rhs(row_budget, -budget_mwh(s));
  }
  template <class Stage>
  void fill_entry(Stage& s) const {
    if (s.window.starts_day(s.k)) s.enter_fixed(cycled, s.k == 0 ? s.window.cycles_used_today * s.window.nominal_capacity_mwh : 0.0);
  }
  template <class Stage>
  void fill_state_box(Stage& s) const {
    s.state_box(cycled, 0.0, budget_mwh(s));
  }

 private:
  template <class Stage>
  static double budget_mwh(const Stage& s) {
    return s.window.max_cycles_per_day * s.window.nominal_capacity_mwh;
  }
};

}  // namespace bess::dispatch
