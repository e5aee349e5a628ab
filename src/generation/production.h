#pragma once
// Production of a park on quarter-hours, and how it is laid on a project's time line.

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "timeline/calendar.h"
#include "timeline/project_timeline.h"

namespace bess {

/// Mean power per quarter-hour from `start`, MW, of a park of `capacity_mw` (PV: DC peak).
struct ProductionSeries {
  Instant start{};
  std::vector<double> power_mw{};
  double capacity_mw{0};
  double degradation_per_year{0};  ///< share lost with every project year; applied by align_production, not in power_mw
};

struct MonthlyStatistic {
  int year{0};
  unsigned month{0};  ///< local calendar month, 1..12
  double energy_mwh{0};
  double capacity_factor{0};  ///< of the quarters present
  double full_load_hours{0};  ///< energy / capacity
  std::int32_t quarters{0};   ///< quarters of the month that the series covers
  friend bool operator==(const MonthlyStatistic&, const MonthlyStatistic&) = default;
};
/// Local calendar months in order of time.
[[nodiscard]] std::vector<MonthlyStatistic> monthly_statistics(const ProductionSeries& production, const MarketCalendar& calendar);

struct ProductionTotals {
  double energy_mwh{0};
  double capacity_factor{0};
  double full_load_hours_per_year{0};  ///< 8766 h × capacity factor
};
[[nodiscard]] ProductionTotals production_totals(const ProductionSeries& production);

/// The complete local calendar years of a profile. At most a day that is missing at either end (profiles in UTC years) repeats the day
/// next to it; what is left beyond whole years is dropped. Code incomplete_year when not even one year is there.
[[nodiscard]] Expected<ProductionSeries> whole_local_years(const ProductionSeries& production, const MarketCalendar& calendar);

/// What a project makes of a profile.
struct ProductionUse {
  double capacity_mw{0};      ///< the profile is scaled to this
  bool allow_partial{false};  ///< a profile without a whole year will do: days beyond it repeat its first or last day, as prices do
};

/// MW per quarter of the project, scaled linearly to the capacity and aligned by calendar position (month, day, local time; the start
/// year's own data if present, else the first year's, then in order, cyclic).
/// Negative output becomes 0 (warning negative_production); output above 1.05 × capacity is an error (out_of_range); a missing value
/// is an error (gap); codes of whole_local_years. Repeated days of a partial profile are a warning (assumed). After an error the result is
/// empty.
[[nodiscard]] std::vector<double> align_production(const ProductionSeries& production, const ProjectTimeline& timeline,
                                                   const MarketCalendar& calendar, const ProductionUse& use, Issues& issues);

/// The same from a scenario's columns on the grid that `timeline.source` points into: country production divided by what was installed,
/// times `capacity_mw`. An installed value holds until the next one (before the first: the first). Codes as above;
/// market_data_missing when production is absent where it is needed; out_of_range when nothing was installed.
[[nodiscard]] std::vector<double> production_from_scenario(std::span<const double> country_mw, std::span<const double> installed_mw,
                                                           const ProjectTimeline& timeline, double capacity_mw, Issues& issues);

}  // namespace bess
