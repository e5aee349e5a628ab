#pragma once
// What a period allows, for all of dispatch: the LP's rows, the direction search, settled schedules, the check of a plan. Each rule stands
// here once. Equations: docs/models/dispatch.md. Pure functions of the window: thread-safe.

#include <algorithm>

#include "dispatch/window/problem.h"
#include "dispatch/window/schedule.h"

namespace bess::dispatch {

/// Stored energy that is allowed at an instant, MWh.
struct EnergyRange {
  double low_mwh{0}, high_mwh{0};
  /// Leaves what reserves of a neighbouring period need: stored energy below, room above.
  void leave(const BatteryLimits& battery, const ReserveNeed& need) {
    low_mwh = std::max(low_mwh, battery.energy_min_mwh + need.stored_above_minimum_mwh);
    high_mwh = std::min(high_mwh, battery.energy_max_mwh - need.room_below_maximum_mwh);
  }
};
/// The battery's own.
[[nodiscard]] inline EnergyRange energy_range(const BatteryLimits& battery) { return {battery.energy_min_mwh, battery.energy_max_mwh}; }

/// What the meter may show, never negative (a limit below 0 is 0: nothing may flow, nothing has to).
[[nodiscard]] inline double most_export_mw(const WindowProblem& w, int t) { return std::max(0.0, w.export_limit(t)); }
[[nodiscard]] inline double most_import_mw(const WindowProblem& w, int t) { return std::max(0.0, w.import_limit(t)); }

/// Power that can charge the battery: its own, from the grid and from own generation.
[[nodiscard]] inline double most_charge_mw(const WindowProblem& w, int t) {
  return std::min(w.battery.power_mw, most_import_mw(w, t) + w.generation_mw(t));
}

/// Battery power that a block's reserves leave for charging and discharging; next to nothing counts as 0.
[[nodiscard]] double charge_room_mw(const WindowProblem& window, const ReserveLevel& level);
[[nodiscard]] double discharge_room_mw(const WindowProblem& window, const ReserveLevel& level);

/// Largest violation of any constraint of the window by a schedule, MW or MWh (exclusive direction included when asked).
[[nodiscard]] double largest_violation(const WindowProblem& window, const Schedule& s, bool exclusive);

}  // namespace bess::dispatch
