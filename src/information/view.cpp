#include "information/view.h"

#include <cmath>

#include "timeline/project_years.h"

namespace bess {

double trend_factor(const PriceSource& source, Market market, int project_year) {
  return std::pow(1.0 + source.trend_per_year[market], project_year);
}

std::vector<double> column_prices(const PriceSource& source, PriceColumn column, Market market, std::int32_t first, std::int32_t count) {
  const std::span<const double> stored = source.prices.values(column);
  const ProjectTimeline& timeline = source.timeline;
  std::vector<double> values(static_cast<std::size_t>(count));
  int year = year_of_quarter(timeline, first);
  double factor = trend_factor(source, market, year);
  for (std::int32_t t = 0; t < count; ++t) {
    while (year + 1 < timeline.years() && first + t >= timeline.year_first_quarter[static_cast<std::size_t>(year + 1)]) {
      ++year;
      factor = trend_factor(source, market, year);
    }
    values[static_cast<std::size_t>(t)] = factor * stored[static_cast<std::size_t>(timeline.source[static_cast<std::size_t>(first + t)])];
  }
  return values;
}

ProductPrices realised_prices(const PriceSource& source, std::int32_t first, std::int32_t count) {
  ProductPrices prices;
  for (const ProductInfo& info : product_table) {
    if (!source.markets.has(info.market)) continue;
    prices[info.id].sell = column_prices(source, info.sell, info.market, first, count);
    if (info.kind == ProductKind::energy) prices[info.id].buy = prices[info.id].sell;
    if (info.kind == ProductKind::two_price) prices[info.id].buy = column_prices(source, info.buy, info.market, first, count);
  }
  return prices;
}

ProductPrices RealisedView::prices(std::int32_t /*at*/, std::int32_t first, std::int32_t count) const {
  return realised_prices(source_, first, count);
}

}  // namespace bess
