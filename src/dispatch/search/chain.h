#pragma once
// Pieces of a long window one after another, where each depends on how the one before it ended.

#include "dispatch/search/exclusive.h"

namespace bess::dispatch {

/// A ramp limit ties each piece to how the one before it ended. So they follow one another, and each looks one piece further than it
/// decides: what it leaves behind can be gone on from. Where no plan is found all the same, the piece before is taken back and the
/// two are searched as one, then with the one after, and so on. `whole` has the relaxation's bound and effort; its plan is what the chain
/// found, infeasible where the whole window has none.
[[nodiscard]] DispatchPlan solve_in_chain(const WindowProblem& window, const Schedule& relaxed, const SearchOptions& options,
                                          Backend& backend, DispatchPlan whole);

}  // namespace bess::dispatch
