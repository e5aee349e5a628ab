#pragma once
// Statistics of price columns: what a spread would have earned, and how a column is distributed. Missing values (NaN) are
// left out and counted. Pure functions.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "market/price_set.h"
#include "timeline/calendar.h"

namespace bess {

/// Mean over local days of the sum of the k dearest hours minus the sum of the k cheapest, EUR/MW/day, no losses: TB1, TB2 and
/// TB4. Quarter-hours are averaged to UTC hours first (local market days begin and end on one).
struct TopBottomSpread {
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();  ///< no complete day, no mean
  double tb1_eur_per_mw_day{none};
  double tb2_eur_per_mw_day{none};
  double tb4_eur_per_mw_day{none};
  std::int64_t days{0};      ///< complete days the means are over
  std::int64_t left_out{0};  ///< days with a missing value or fewer than eight hours
  /// TB at a battery's duration in hours, linear between 0, 1, 2 and 4; beyond 4 hours TB4. In EUR per MW and day.
  [[nodiscard]] double at_duration(double hours) const;
};

/// `day_first` holds each local day's first quarter as an index into `price_eur_per_mwh`, and the end of the last day behind them.
[[nodiscard]] TopBottomSpread top_bottom_spread(std::span<const double> price_eur_per_mwh, std::span<const std::int32_t> day_first);

/// Such day bounds for a grid of quarter-hours; a day cut by the grid's ends keeps the quarters it has.
[[nodiscard]] std::vector<std::int32_t> day_bounds(const MarketCalendar& calendar, Instant start, std::int32_t quarters);

/// The spread of one column over the whole set; no value when the column is absent.
[[nodiscard]] std::optional<TopBottomSpread> top_bottom_spread(const PriceSet& prices, PriceColumn column, const MarketCalendar& calendar);

struct ColumnStatistics {
  std::int64_t quarters{0};  ///< with a value
  std::int64_t missing{0};   ///< without one, between the first and the last value
  std::int32_t first{-1};    ///< index of the first value; −1: none
  std::int32_t last{-1};     ///< index of the last value
  double mean{0.0};
  double min{0.0};
  double max{0.0};
  double standard_deviation{0.0};
  double p05{0.0}, p25{0.0}, p50{0.0}, p75{0.0}, p95{0.0};  ///< percentiles, linear between values
  double negative_hours{0.0};
};
[[nodiscard]] ColumnStatistics column_statistics(std::span<const double> values);

/// The p-th quantile (0 … 1) of values sorted ascending: linear between neighbours at p·(n − 1).
[[nodiscard]] double quantile_of_sorted(std::span<const double> sorted, double p);

}  // namespace bess
