#include "report/prices.h"

#include <cmath>

#include "base/sum.h"
#include "market/statistics.h"

namespace bess::report {

namespace {

PriceColumn sale_column(Market market) { return info_of(energy_product(market)).sell; }

/// The column over the executed quarters, with the market's trend; empty when absent.
std::vector<double> realised(const ReportInput& input, Market market) {
  const PriceColumn column = sale_column(market);
  if (!input.simulation.prices.has(column)) return {};
  const std::span<const double> values = input.simulation.prices.values(column);
  const ProjectTimeline& timeline = *input.result.timeline;
  const double growth = 1.0 + input.simulation.run.price_trend_per_year[market];
  std::vector<double> price(static_cast<std::size_t>(input.result.quarters));
  double factor = 1.0;
  for (std::size_t year = 0; year < static_cast<std::size_t>(input.result.years); ++year, factor *= growth) {
    const auto end = static_cast<std::size_t>(timeline.year_first_quarter[year + 1]);
    for (auto q = static_cast<std::size_t>(timeline.year_first_quarter[year]); q < end; ++q) {
      price[q] = factor * values[static_cast<std::size_t>(timeline.source[q])];
    }
  }
  return price;
}

struct Level {
  double mean{undefined};
  double negative_hours{undefined};
};

/// Missing values are left out; no values, no level.
Level level_of(std::span<const double> price) {
  Sum sum;
  std::int64_t present = 0;
  std::int64_t negative = 0;
  for (const double value : price) {
    if (std::isnan(value)) continue;
    sum += value;
    ++present;
    if (value < 0.0) ++negative;
  }
  if (present == 0) return {};
  return {sum.value() / static_cast<double>(present), quarter_h * static_cast<double>(negative)};
}

/// First quarter of each date (a date that a project year's start cuts counts once), and the end of the last.
std::vector<std::int32_t> date_bounds(const SimulationResult& result) {
  std::vector<std::int32_t> bounds;
  for (std::size_t d = 0; d < result.days.size(); ++d) {
    if (d > 0 && result.days[d].date == result.days[d - 1].date) continue;
    bounds.push_back(result.timeline->days[d].first_quarter);
  }
  bounds.push_back(result.quarters);
  return bounds;
}

}  // namespace

Market generation_market(const ReportInput& input) {
  if (input.simulation.run.generation_market) return *input.simulation.run.generation_market;
  for (const Market m : energy_markets) {
    if (input.result.markets.has(m)) return m;
  }
  return Market::day_ahead;
}

double mean_price_eur_per_mwh(const ReportInput& input, Market market) { return level_of(realised(input, market)).mean; }

PriceLevels make_price_levels(const ReportInput& input, const Totals& totals) {
  PriceLevels levels;
  const BatterySpec& battery = input.simulation.site.battery;
  if (battery.power_mw > 0.0) levels.duration_hours = battery.nominal_capacity_mwh / battery.power_mw;
  const std::vector<double> price = realised(input, Market::day_ahead);
  if (price.empty()) return levels;
  const Level level = level_of(price);
  levels.day_ahead_mean_eur_per_mwh = level.mean;
  levels.day_ahead_negative_hours = level.negative_hours;
  const TopBottomSpread spread = top_bottom_spread(price, date_bounds(input.result));
  if (spread.days == 0) return levels;
  levels.tb1_eur_per_mw_day = spread.tb1_eur_per_mw_day;
  levels.tb2_eur_per_mw_day = spread.tb2_eur_per_mw_day;
  levels.tb4_eur_per_mw_day = spread.tb4_eur_per_mw_day;
  if (!(battery.power_mw > 0.0)) return levels;
  levels.tb_at_duration_eur_per_mw_day = spread.at_duration(levels.duration_hours);
  if (!input.result.markets.has(Market::day_ahead) || !(levels.tb_at_duration_eur_per_mw_day > 0.0)) return levels;
  const double generation_eur = generation_market(input) == Market::day_ahead ? totals.revenue.generation_sales_eur : 0.0;
  const double battery_eur = totals.revenue.market(Market::day_ahead) - generation_eur;
  const double mw_days = battery.power_mw * quarter_h * input.result.quarters / 24.0;
  levels.day_ahead_share_of_tb_percent = 100.0 * battery_eur / (levels.tb_at_duration_eur_per_mw_day * mw_days);
  return levels;
}

}  // namespace bess::report
