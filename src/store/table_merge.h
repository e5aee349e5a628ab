#pragma once
// Internal to the store: what is left when imported columns replace stored ones.

#include "market/table.h"

namespace bess {

/// Half-open range of time a column has values in.
struct ColumnRange {
  Instant from{};
  Instant to{};
  [[nodiscard]] bool empty() const { return from >= to; }
  [[nodiscard]] bool covers(Instant t) const { return from <= t && t < to; }
};

/// From the start of the first row with a value to the end of the last one; empty when the column has none.
[[nodiscard]] ColumnRange range_of(const MarketTable& table, const TableColumn& column);

/// Each column of `incoming` replaces that of `stored` over its own range; everything else stays. A value holds as long as
/// its row did: where resolutions meet, rows are split at each other's bounds, and only there. Rows without any value are
/// dropped. Both tables are of one kind, ascending, without overlaps (a row that reaches past the next one's start is cut).
/// Columns of the result are in canonical order; their quality is left empty.
[[nodiscard]] MarketTable merge_tables(const MarketTable& stored, const MarketTable& incoming);

}  // namespace bess
