#pragma once
// Internal to the store: what is left when imported columns replace stored ones.

#include "market/table.h"

namespace bess {

/// Half-open range of time.
struct ColumnRange {
  Instant from{};
  Instant to{};
  [[nodiscard]] bool empty() const { return from >= to; }
  [[nodiscard]] bool covers(Instant t) const { return from <= t && t < to; }
};

/// What an import of the column replaces: the rows of its file (TableColumn::covers_from), else from the start of the first row with a
/// value to the end of the last one; empty when the column has no value.
[[nodiscard]] ColumnRange range_of(const MarketTable& table, const TableColumn& column);

/// Each column of `incoming` replaces that of `stored` over its own range (with nothing where it is empty there); everything else stays. A
/// value holds as long as its row did: where resolutions meet, rows are split at each other's bounds, and only there. Rows without any
/// value are dropped. Installed capacity is a step function: its rows hold until the next one. Both tables are of one kind, ascending,
/// without overlaps (a row that reaches past the next one's start is cut). Columns of the result are in canonical order; their quality is
/// left empty.
[[nodiscard]] MarketTable merge_tables(const MarketTable& stored, const MarketTable& incoming);

}  // namespace bess
