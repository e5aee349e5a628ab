#include "market/price_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "market/product.h"

namespace bess {

namespace {

struct ColumnList {
  std::array<PriceColumn, 2 * product_count> columns{};
  std::size_t count{0};
  constexpr void add(PriceColumn column) {
    if (std::find(columns.begin(), columns.begin() + count, column) == columns.begin() + count) columns[count++] = column;
  }
};
/// What the products of each market are bought and sold at.
constexpr ByMarket<ColumnList> market_columns = [] {
  ByMarket<ColumnList> lists;
  for (const ProductInfo& info : product_table) {
    lists[info.market].add(info.buy);
    lists[info.market].add(info.sell);
  }
  return lists;
}();

/// What is wrong with a market's data; empty when nothing is.
std::string market_problem(const PriceSet& prices, Market market, std::span<const std::int32_t> used) {
  for (const PriceColumn c : columns_of(market)) {
    if (!prices.has(c)) return fmt::format("the scenario has no {} data (column {})", to_string(market), to_string(c));
  }
  std::int64_t missing = 0;
  std::int32_t first = 0;
  for (const std::int32_t q : used) {
    for (const PriceColumn c : columns_of(market)) {
      if (!std::isnan(prices.values(c)[static_cast<std::size_t>(q)])) continue;
      if (missing == 0 || q < first) first = q;
      ++missing;
      break;
    }
  }
  if (missing == 0) return {};
  return fmt::format("{} of {} quarter-hours that the run needs have no {} price, the earliest at {}", missing, used.size(),
                     to_string(market), format_instant(prices.start + first * quarter_hour));
}

}  // namespace

std::span<const PriceColumn> columns_of(Market m) {
  const ColumnList& list = market_columns[m];
  return {list.columns.data(), list.count};
}

bool PriceSet::has_market(Market m) const {
  const std::span<const PriceColumn> needed = columns_of(m);
  return std::all_of(needed.begin(), needed.end(), [&](PriceColumn c) { return has(c); });
}

Issues check_markets(const PriceSet& prices, const MarketSet& enabled, std::span<const std::int32_t> used, std::string_view pointer) {
  Issues issues;
  for (const Market market : all_markets) {
    if (!enabled.has(market)) continue;
    std::string problem = market_problem(prices, market, used);
    if (!problem.empty()) issues.error("market_data_missing", std::string(pointer), std::move(problem));
  }
  return issues;
}

QuarterRange usable_range(const PriceSet& prices, const MarketSet& enabled) {
  std::int32_t first = 0;
  std::int32_t end = prices.quarters;
  const auto present = [](double v) { return !std::isnan(v); };
  for (const Market market : all_markets) {
    if (!enabled.has(market)) continue;
    for (const PriceColumn c : columns_of(market)) {
      if (!prices.has(c)) continue;
      const std::span<const double> values = prices.values(c);
      const auto head = std::find_if(values.begin(), values.end(), present) - values.begin();
      const auto tail = std::find_if(values.rbegin(), values.rend(), present) - values.rbegin();
      first = std::max(first, static_cast<std::int32_t>(head));
      end = std::min(end, static_cast<std::int32_t>(static_cast<std::ptrdiff_t>(values.size()) - tail));
    }
  }
  return {first, std::max(end - first, 0)};
}

}  // namespace bess
