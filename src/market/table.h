#pragma once
// A table of a scenario as it is imported, stored and exported: rows in time order, one or more columns, native resolution.
// Kinds and their columns are the names of the CSV format (docs/formats.md).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "market/price_set.h"
#include "timeline/calendar.h"
#include "timeline/series.h"

namespace bess {

enum class TableKind : std::uint8_t { price, afrr, fcr, solar, installed_capacity };
inline constexpr std::size_t table_kinds = 5;
[[nodiscard]] std::string_view to_string(TableKind kind);
[[nodiscard]] std::optional<TableKind> parse_table_kind(std::string_view name);

/// Column names of a kind in their canonical order, e.g. price: day_ahead, intraday, imbalance_take, imbalance_feed, regulation_state.
struct TableColumnInfo {
  std::string_view name;
  PriceColumn column;
  std::string_view unit;
  std::string_view column_name;  ///< to_string(column): in messages and statistics
};
[[nodiscard]] std::span<const TableColumnInfo> columns_of(TableKind kind);

/// A kind of table, one row each; whoever reads, stores or names tables goes through the rows.
struct TableInfo {
  TableKind id{};
  std::string_view name;
  std::span<const TableColumnInfo> columns;
  int since_version{1};  ///< of scenario data files (store/schema.h): the first whose files have the table
};
[[nodiscard]] std::span<const TableInfo> all_tables();

/// What is paid for reserve that is held; its rows may be blocks of hours.
[[nodiscard]] bool is_reserve_price(PriceColumn column);

/// Is there a computation that reads the column? The others are stored and shown only.
[[nodiscard]] bool is_computed_with(PriceColumn column);

/// From `from` on the values were read from periods of `minutes`, however finely a table's rows are split by now.
struct ReadResolution {
  Instant from{};
  int minutes{0};
};

struct TableColumn {
  std::string name;            ///< canonical name
  std::vector<double> values;  ///< one per row; NaN: empty
  ColumnQuality quality{};
  std::vector<ReadResolution> resolution{};  ///< ascending; empty: the rows' own length tells
  Instant covers_from{};                     ///< what an import speaks about: the rows of its file, with or without values
  Instant covers_to{};                       ///< not after `covers_from`: from the first value to the end of the last
};

/// Rows are unique and ascending. `duration_s[r]` is how long the row's values hold (900, 3600, a block's real length, …).
struct MarketTable {
  TableKind kind{TableKind::price};
  std::vector<Instant> delivery_start{};
  std::vector<std::int32_t> duration_s{};
  std::vector<TableColumn> columns{};
  [[nodiscard]] std::size_t rows() const { return delivery_start.size(); }
  [[nodiscard]] const TableColumn* find(std::string_view name) const;
};

/// What the gap rules fill of a column between its first and its last value, on the 15-minute grid from `grid_start` on (the quarter-hour
/// of the table's first row).
struct ColumnGaps {
  Instant grid_start{};
  GapCount count{};
};
[[nodiscard]] ColumnGaps gaps_of(const MarketTable& table, const TableColumn& column, PriceColumn target, const MarketCalendar& calendar);

/// Index of the first quarter-hour of a grid that is a day-ahead product of its own; −1 when none is.
[[nodiscard]] std::int32_t first_quarter_product(std::string_view country, const MarketCalendar& calendar, Instant start,
                                                 std::int32_t quarters);

/// Puts tables on one 15-minute grid (hold within a row's duration; finer rows averaged) that covers whole local days from
/// the earliest to the latest row of the price table (of all tables when there is none). Gaps inside a column are filled by the
/// rules of timeline/series.h, whose periods are those the column was read from there, and counted in `quality`; longer ones, and what lies
/// before and after its rows, stay NaN. Of a solar table up to a day before and after its rows is filled too: the prices say how far it
/// should reach. Installed capacity is a step function. At most one table of each kind.
[[nodiscard]] PriceSet make_price_set(std::string country, std::span<const MarketTable> tables, const MarketCalendar& calendar);

}  // namespace bess
