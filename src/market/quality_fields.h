#pragma once
// The quality of a price column as answers tell it, and the names that columns have there.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "market/market.h"
#include "market/price_set.h"

namespace bess {

template <class Visitor>
void describe(const ColumnQuality& quality, Visitor&& field) {
  field("rows", quality.rows, "1", "rows of the source");
  field("resolution_minutes", quality.resolution_minutes, "min", "finest resolution of the source");
  field("interpolated", quality.interpolated, "1", "quarter-hours filled over short gaps");
  field("borrowed", quality.borrowed, "1", "quarter-hours filled from a day or a week earlier");
  field("missing", quality.missing, "1", "quarter-hours still missing");
}

/// In the order of PriceColumn.
[[nodiscard]] inline std::span<const std::string_view> price_column_names() {
  static const auto names = [] {
    std::array<std::string_view, price_columns> all;
    for (std::size_t c = 0; c < price_columns; ++c) all[c] = to_string(static_cast<PriceColumn>(c));
    return all;
  }();
  return names;
}

}  // namespace bess
