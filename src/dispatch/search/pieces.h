#pragma once
// Exclusive plans of long windows: after the relaxation of the whole, pieces of three local days with end energies pinned to
// it are searched on their own, side by side.

#include "dispatch/search/exclusive.h"

namespace bess::dispatch {

/// Longer than 7 days.
[[nodiscard]] bool is_long(const WindowProblem& window);
[[nodiscard]] DispatchPlan solve_in_pieces(const WindowProblem& window, const SearchOptions& options, Backend& backend);

}  // namespace bess::dispatch
