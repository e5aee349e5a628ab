#pragma once
// One stretch of a run on one thread: windows one after the other, each decided, replayed, booked, aged.

#include "asset/ageing/use_meter.h"
#include "base/sum.h"
#include "simulation/windows.h"

namespace bess {

/// What to run: project days [first_day, last_day), and how it ends.
struct Stretch {
  std::int32_t first_day{0};
  std::int32_t last_day{0};
  WindowEnd end{WindowEnd::simulation};
  double closing_energy_mwh{0};  ///< for WindowEnd::closed
};

/// Called after each window with the number of windows done in this stretch and the date reached.
using WindowCallback = std::function<void(LocalDate)>;

class Runner {
 public:
  /// Writes days, years and series of its stretch into `result`; provenance and warnings are its own.
  Runner(const SimulationInput& input, const InformationView& view, SimulationResult& result, const CancellationToken* cancel);

  /// Parallel years: the state at the start of `year` already holds the life before it and, if `augmented`, that year's lots. Its
  /// replacements are those of the estimate, at the first update at or after each moment (parts of the year, ascending).
  void follow_estimate(int year, bool augmented, const std::vector<double>& replaced_at);

  void run(RunState& state, const Stretch& stretch, const WindowCallback& after_window);
  [[nodiscard]] const Provenance& provenance() const { return provenance_; }
  [[nodiscard]] const Issues& warnings() const { return warnings_; }

 private:
  struct Quarters {
    std::int32_t first{0}, seen{0}, executed{0};
    WindowEnd end{WindowEnd::inner};
  };
  [[nodiscard]] Quarters next_span(std::int32_t day, const Stretch& stretch, std::int32_t& next_day) const;
  void decide_and_book(RunState& state, const Quarters& span, const Stretch& stretch);
  Execution replay(RunState& state, const dispatch::DispatchPlan& plan, const Quarters& span);
  void take_positions(Execution& done, const dispatch::DispatchPlan& plan, const dispatch::WindowProblem& window);
  void add_generation_after(Execution& done) const;
  void set_realised_prices(Execution& done) const;
  void update_battery(RunState& state, std::int32_t quarter);
  [[nodiscard]] bool lot_is_due(int year) const;
  [[nodiscard]] bool replaces_now(const BatteryState& battery, std::int32_t quarter);
  void replace_battery(RunState& state, YearRecord& record);
  void age_battery(RunState& state, std::int32_t quarter);
  void close(RunState& state, std::int32_t quarter);
  void enter_years(const RunState& state, std::int32_t first, std::int32_t count, const Execution* done);
  void count_plan(const dispatch::DispatchPlan& plan, double executed_share);

  const SimulationInput& input_;
  const InformationView& view_;
  SimulationResult& result_;
  const CancellationToken* cancel_;
  Ledger ledger_;
  dispatch::Backend backend_;
  Provenance provenance_;
  Issues warnings_;
  std::int64_t quarters_since_update_{0};
  UseMeter use_since_update_;
  UseMeter use_of_year_;
  std::int32_t augmented_years_{0};
  bool follows_estimate_{false};
  std::vector<std::int32_t> replacement_quarters_;  ///< of the estimate, still to come, ascending
  Sum stored_mwh_;                                  ///< Σ Δ (η c − d/η) as executed
};

/// The project day after the window that begins at `day`: as many as are executed at once, a year in strategy `lp`, and no further than the
/// start of a project year in which cells are added.
[[nodiscard]] std::int32_t end_of_window(const SimulationInput& input, std::int32_t day, std::int32_t last_day);

/// Number of windows that a stretch takes, for progress.
[[nodiscard]] std::int64_t windows_of(const SimulationInput& input, const Stretch& stretch);

/// The state of a run that has not begun.
[[nodiscard]] RunState initial_state(const SimulationInput& input);

}  // namespace bess
