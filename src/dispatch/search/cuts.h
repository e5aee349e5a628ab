#pragma once
// A long window cut into pieces of whole local days, each pinned to the relaxation of the whole at its ends.

#include <utility>
#include <vector>

#include "dispatch/window/schedule.h"

namespace bess::dispatch {

/// First period and number of periods of each piece, three days each.
[[nodiscard]] std::vector<std::pair<int, int>> cut_by_days(const WindowProblem& window);

/// Highest import of each month of the relaxation: what the whole has already paid for.
[[nodiscard]] std::vector<double> month_peaks(const WindowProblem& window, const Schedule& relaxed);

/// Periods [first, first + count) as a window of its own.
[[nodiscard]] WindowProblem piece_window(const WindowProblem& window, const Schedule& relaxed, const std::vector<double>& peaks, int first,
                                         int count);

}  // namespace bess::dispatch
