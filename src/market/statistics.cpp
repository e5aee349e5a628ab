#include "market/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/sum.h"

namespace bess {

namespace {

/// The day's hourly means, ascending; empty when a value is missing or the day is too short to compare four hours with four.
void sorted_hours(std::span<const double> day, std::vector<double>& hours) {
  hours.clear();
  for (std::size_t q = 0; q + 4 <= day.size(); q += 4) hours.push_back((day[q] + day[q + 1] + day[q + 2] + day[q + 3]) / 4.0);
  const bool complete = hours.size() >= 8 && std::none_of(hours.begin(), hours.end(), [](double v) { return std::isnan(v); });
  if (!complete) hours.clear();
  std::sort(hours.begin(), hours.end());
}

double top_minus_bottom(std::span<const double> sorted, std::size_t k) {
  double difference = 0.0;
  for (std::size_t i = 0; i < k; ++i) difference += sorted[sorted.size() - 1 - i] - sorted[i];
  return difference;
}

}  // namespace

double TopBottomSpread::at_duration(double hours) const {
  if (hours <= 0.0) return 0.0;
  if (hours <= 1.0) return tb1_eur_per_mw_day * hours;
  if (hours <= 2.0) return std::lerp(tb1_eur_per_mw_day, tb2_eur_per_mw_day, hours - 1.0);
  if (hours <= 4.0) return std::lerp(tb2_eur_per_mw_day, tb4_eur_per_mw_day, (hours - 2.0) / 2.0);
  return tb4_eur_per_mw_day;
}

TopBottomSpread top_bottom_spread(std::span<const double> price_eur_per_mwh, std::span<const std::int32_t> day_first) {
  TopBottomSpread spread;
  std::array<Sum, 3> sums;
  std::vector<double> hours;
  for (std::size_t d = 0; d + 1 < day_first.size(); ++d) {
    sorted_hours(
        price_eur_per_mwh.subspan(static_cast<std::size_t>(day_first[d]), static_cast<std::size_t>(day_first[d + 1] - day_first[d])),
        hours);
    if (hours.empty()) {
      ++spread.left_out;
      continue;
    }
    ++spread.days;
    sums[0] += top_minus_bottom(hours, 1);
    sums[1] += top_minus_bottom(hours, 2);
    sums[2] += top_minus_bottom(hours, 4);
  }
  if (spread.days == 0) return spread;
  const auto days = static_cast<double>(spread.days);
  spread.tb1_eur_per_mw_day = sums[0].value() / days;
  spread.tb2_eur_per_mw_day = sums[1].value() / days;
  spread.tb4_eur_per_mw_day = sums[2].value() / days;
  return spread;
}

std::vector<std::int32_t> day_bounds(const MarketCalendar& calendar, Instant start, std::int32_t quarters) {
  std::vector<std::int32_t> bounds;
  const Instant end = start + quarters * quarter_hour;
  for (Instant t = start; t < end; t = calendar.day_start(next_day(calendar.local_date(t)))) {
    bounds.push_back(static_cast<std::int32_t>((t - start) / quarter_hour));
  }
  bounds.push_back(quarters);
  return bounds;
}

std::optional<TopBottomSpread> top_bottom_spread(const PriceSet& prices, PriceColumn column, const MarketCalendar& calendar) {
  if (!prices.has(column)) return std::nullopt;
  return top_bottom_spread(prices.values(column), day_bounds(calendar, prices.start, prices.quarters));
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  if (sorted.empty()) return 0.0;
  const double position = std::clamp(p, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

ColumnStatistics column_statistics(std::span<const double> values) {
  ColumnStatistics result;
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::int64_t negative = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    if (result.first < 0) result.first = static_cast<std::int32_t>(i);
    result.last = static_cast<std::int32_t>(i);
    if (values[i] < 0.0) ++negative;
    sorted.push_back(values[i]);
  }
  if (sorted.empty()) return result;
  result.quarters = static_cast<std::int64_t>(sorted.size());
  result.missing = result.last - result.first + 1 - result.quarters;
  result.negative_hours = static_cast<double>(negative) * quarter_h;
  result.mean = sum_of(sorted) / static_cast<double>(sorted.size());
  Sum squares;
  for (const double v : sorted) squares += (v - result.mean) * (v - result.mean);
  result.standard_deviation = std::sqrt(squares.value() / static_cast<double>(sorted.size()));
  std::sort(sorted.begin(), sorted.end());
  result.min = sorted.front();
  result.max = sorted.back();
  result.p05 = quantile_of_sorted(sorted, 0.05);
  result.p25 = quantile_of_sorted(sorted, 0.25);
  result.p50 = quantile_of_sorted(sorted, 0.5);
  result.p75 = quantile_of_sorted(sorted, 0.75);
  result.p95 = quantile_of_sorted(sorted, 0.95);
  return result;
}

}  // namespace bess
