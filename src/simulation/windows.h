#pragma once
// From the simulation's inputs to the window of one decision: prices as the view believes them, generation, fees, calendars.

#include "dispatch/window/problem.h"
#include "simulation/simulation.h"
#include "timeline/project_years.h"

namespace bess {

/// What a window inherits from the run so far.
struct RunState {
  BatteryState battery;
  double previous_net_mw{0};
  bool has_previous{false};
  dispatch::BlockCommitment block_sold{ReserveLevel{}};  ///< reserve held in the quarter-hour before: firm to its block's end
  LedgerState books;                                     ///< the month's peak and the year's subsidised energy so far
};

enum class WindowEnd : std::uint8_t {
  inner,       ///< the terminal rule applies
  simulation,  ///< the run ends here: stored energy may be used up
  closed,      ///< parallel years: end at or above the start
};

/// Project quarters [first, first + count), decided at the start of quarter `at` (a peak that is expected from the past looks back).
struct WindowQuarters {
  std::int32_t at{0}, first{0}, count{0};
};

/// Their decision problem, with the prices that the view believes and nothing of what lies beyond them.
[[nodiscard]] dispatch::WindowProblem make_window(const SimulationInput& input, const InformationView& view, const RunState& state,
                                                  const WindowQuarters& quarters, WindowEnd end);

}  // namespace bess
