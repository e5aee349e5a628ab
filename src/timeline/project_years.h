#pragma once
// Project years on the common time line, and lists that have an entry for each.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "timeline/project_timeline.h"

namespace bess {

/// Project year (0-based) of a project quarter; the last year beyond the end.
[[nodiscard]] inline int year_of_quarter(const ProjectTimeline& timeline, std::int32_t quarter) {
  const auto& starts = timeline.year_first_quarter;
  const auto year = static_cast<int>(std::upper_bound(starts.begin(), starts.end(), quarter) - starts.begin()) - 1;
  return std::clamp(year, 0, timeline.years() - 1);
}

/// Entry of a per-year list; the last one beyond its end, 0 when empty.
[[nodiscard]] inline double by_year(const std::vector<double>& values, int year) {
  if (values.empty()) return 0.0;
  return values[std::min(static_cast<std::size_t>(year), values.size() - 1)];
}

}  // namespace bess
