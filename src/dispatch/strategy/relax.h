#pragma once
// One window, one plan: with both directions or one, long or short, and what is given up where a window has none.

#include "dispatch/dispatch.h"

namespace bess::dispatch {

/// The plan of a window; where it has none, the ways out are taken in this order, each on top of those before it: the terminal energy,
/// positions that need not be kept, the ramp from the window before, reserve that was committed (the shortfall is counted). Bounds of
/// stored energy are never relaxed. `known` (may be null): flows that keep every rule, see ExclusiveSearch::set_known.
[[nodiscard]] DispatchPlan solve_relaxing(const WindowProblem& window, const DispatchOptions& options, Backend& backend,
                                          const Schedule* known = nullptr);

}  // namespace bess::dispatch
