#pragma once
// All price columns of a scenario on one 15-minute UTC grid, as a simulation reads them. Columns are immutable and shared,
// so a run keeps its snapshot while the store replaces the data. Missing values are NaN.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "market/market.h"
#include "timeline/instant.h"

namespace bess {

using SharedColumn = std::shared_ptr<const std::vector<double>>;

/// How good a column is: counted when it is brought to the 15-minute grid.
struct ColumnQuality {
  std::int64_t rows{0};          ///< source rows
  std::int64_t interpolated{0};  ///< quarters filled by interpolation over short gaps
  std::int64_t borrowed{0};      ///< quarters filled from a day or a week earlier
  std::int64_t missing{0};       ///< quarters still missing inside the column's range
  int resolution_minutes{0};     ///< finest source resolution; 0: none
  friend bool operator==(const ColumnQuality&, const ColumnQuality&) = default;
};

struct PriceSet {
  std::string country{"NL"};
  std::string name;
  bool synthetic{false};  ///< made by the sample generator; said wherever the results are shown
  Instant start{};        ///< first quarter of the grid
  std::int32_t quarters{0};
  std::array<SharedColumn, price_columns> column{};  ///< null: absent
  std::array<ColumnQuality, price_columns> quality{};
  /// Quarter index from which each quarter of day-ahead is its own product (hourly before); −1: hourly throughout.
  std::int32_t day_ahead_quarter_products_from{-1};

  [[nodiscard]] bool has(PriceColumn c) const { return column[static_cast<std::size_t>(c)] != nullptr; }
  [[nodiscard]] std::span<const double> values(PriceColumn c) const { return *column[static_cast<std::size_t>(c)]; }
  [[nodiscard]] bool has_market(Market m) const;
};

/// The columns a market needs.
[[nodiscard]] std::span<const PriceColumn> columns_of(Market m);

/// Markets enabled without data, or with missing values over the quarters in `used` (indices on the set's grid):
/// one market_data_missing issue per market, path `pointer`.
[[nodiscard]] Issues check_markets(const PriceSet& prices, const MarketSet& enabled, std::span<const std::int32_t> used,
                                   std::string_view pointer);

/// Quarters [first, first + count) of a set's grid.
struct QuarterRange {
  std::int32_t first{0};
  std::int32_t count{0};
  friend bool operator==(const QuarterRange&, const QuarterRange&) = default;
};
/// The quarters between the latest first and the earliest last value of the enabled markets' columns (absent columns do not count):
/// completeness is judged for the enabled markets only. Holes inside are check_markets' business.
[[nodiscard]] QuarterRange usable_range(const PriceSet& prices, const MarketSet& enabled);

}  // namespace bess
