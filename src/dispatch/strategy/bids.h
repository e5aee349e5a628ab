#pragma once
// From the reserve that a plan holds to the bids that are sold.

#include "dispatch/window/schedule.h"

namespace bess::dispatch {

/// The window with each block's free bids fixed at the plan's, rounded down to the step. Without a step they are taken back a little, and
/// to what the plan holds when its flows keep to the room that the bids leave them: a later stage that finds them fixed must find room.
[[nodiscard]] WindowProblem with_stepped_reserves(const WindowProblem& window, const Schedule& s, double step_mw);

}  // namespace bess::dispatch
