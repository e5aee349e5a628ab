#pragma once
// A connection that gives less than its capacity at certain times: time-dependent and non-firm transport rights, hours in which the
// operator asks for the room. Factors are shares of the capacity, 0..1; where several statements meet, the smallest holds.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "timeline/calendar.h"
#include "timeline/project_timeline.h"

namespace bess {

enum class DayKind : std::uint8_t { all, weekdays, weekends };  ///< Monday to Friday; Saturday and Sunday

/// Every quarter-hour that lies in [from, to), in one of the months, on a day of the kind and between the hours. Months, days and
/// hours are those of the local clock.
struct CapacityWindow {
  std::optional<Instant> from{}, to{};  ///< absent: open
  std::vector<std::int32_t> months{};   ///< 1..12; empty: all
  DayKind days{DayKind::all};           ///< of the quarter-hour's own date, also after midnight
  double from_hour{0}, to_hour{24};     ///< [from, to) of the clock; from > to: over midnight
  double factor{1};
};

struct CapacityProfile {
  std::vector<double> by_hour{};  ///< 24 values by hour of the local day, or 288: January's 24 first; empty: 1
  /// By quarter-hour from the project's start, at least its first project year; empty: 1. A later year that is not there whole repeats the
  /// last one that is, by month, day and local time (29 February: the 28th; an hour that the clock skipped: that of the day before).
  std::vector<double> series{};
  std::vector<CapacityWindow> windows{};
};

/// Whole project years that a series of `values` quarter-hours covers.
[[nodiscard]] int whole_years(const ProjectTimeline& timeline, std::size_t values);

/// One factor per project quarter; empty when all are 1. The profile's lists must have the lengths above.
[[nodiscard]] std::vector<double> capacity_factors(const CapacityProfile& profile, const ProjectTimeline& timeline,
                                                   const MarketCalendar& calendar);

}  // namespace bess
