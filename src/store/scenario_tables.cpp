#include "store/scenario_tables.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace bess {

namespace {

constexpr std::int64_t longest_row_s = 366LL * 86400;
constexpr std::size_t rows_between_polls = 4096;

const std::vector<std::string>& small_tables() {
  static const std::vector<std::string> names{quality_table};
  return names;
}

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }
Instant instant(std::int64_t unix_seconds) { return Instant(std::chrono::seconds(unix_seconds)); }

/// No segments: the column has no data.
const std::vector<Segment>* segments_of(const ScenarioCatalogue& catalogue, TableKind kind, std::string_view column) {
  const auto found = catalogue.segments.find({std::string(to_string(kind)), std::string(column)});
  return found == catalogue.segments.end() ? nullptr : &found->second;
}

/// A table without rows, with the columns that have data, their quality and resolution.
MarketTable frame_of(const ScenarioCatalogue& catalogue, TableKind kind) {
  MarketTable table;
  table.kind = kind;
  for (const TableColumnInfo& info : columns_of(kind)) {
    const std::vector<Segment>* segments = segments_of(catalogue, kind, info.name);
    if (segments == nullptr) continue;
    TableColumn column{std::string(info.name), {}, sum_of(kind, *segments)};
    for (const Segment& segment : *segments) {
      if (segment.quality.resolution_minutes > 0) column.resolution.push_back({segment.range.from, segment.quality.resolution_minutes});
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

/// All rows into a frame: types, ranges and order are checked, checksums are not.
MarketTable scan(SQLite::Database& database, const StoredTableName& where, MarketTable table, std::int64_t most_rows,
                 const CancellationToken* cancel) {
  // Installed capacity holds until the next step, however far that is.
  const std::int64_t longest_s =
      table.kind == TableKind::installed_capacity ? std::int64_t{std::numeric_limits<std::int32_t>::max()} : longest_row_s;
  std::string names = "timestamp, duration_s";
  for (const TableColumn& column : table.columns) names += ", " + column.name;
  RowStatement query(database, fmt::format("SELECT {} FROM {} ORDER BY timestamp", names, where.table));
  std::int64_t earliest = first_stored_second;
  while (query.step()) {
    if (cancel != nullptr && table.rows() % rows_between_polls == 0) cancel->throw_if_cancelled();
    if (static_cast<std::int64_t>(table.rows()) == most_rows) throw_corrupt(where, {}, "it has more rows than were written");
    const std::int64_t start = whole_cell(query, 0, where, "timestamp", earliest, last_stored_second);
    earliest = start + 1;
    table.delivery_start.push_back(instant(start));
    table.duration_s.push_back(static_cast<std::int32_t>(whole_cell(query, 1, where, "duration_s", 1, longest_s)));
    int index = 2;
    for (TableColumn& column : table.columns) column.values.push_back(number_cell(query, index++, where, column.name));
  }
  return table;
}

/// Calls `use` with the name and the checksum of each column that a table has rows of.
template <class Use>
void for_each_checksum(const MarketTable& table, Use&& use) {
  Checksum starts;
  for (const Instant start : table.delivery_start) starts.add(seconds(start));
  use("timestamp", starts);
  Checksum durations;
  for (const std::int32_t duration_s : table.duration_s) durations.add(std::int64_t{duration_s});
  use("duration_s", durations);
  for (const TableColumn& column : table.columns) {
    Checksum values;
    values.add(column.values);
    use(column.name, values);
  }
}

}  // namespace

ScenarioCatalogue read_catalogue(SQLite::Database& database, const std::filesystem::path& file) {
  return {FileContents::read(database, file, small_tables()), read_segments(database, file)};
}

std::vector<StoredTable> describe(const ScenarioCatalogue& catalogue) {
  std::vector<StoredTable> tables;
  for (std::size_t k = 0; k < table_kinds; ++k) {
    const auto kind = static_cast<TableKind>(k);
    const TableSpan span = catalogue.contents.span(to_string(kind));
    if (span.rows == 0) continue;
    StoredTable table{kind, span.rows, instant(span.first), instant(span.end), {}};
    for (TableColumn& column : frame_of(catalogue, kind).columns) table.columns.push_back({std::move(column.name), column.quality});
    tables.push_back(std::move(table));
  }
  return tables;
}

MarketTable read_table(SQLite::Database& database, const std::filesystem::path& file, const ScenarioCatalogue& catalogue, TableKind kind,
                       const CancellationToken* cancel) {
  const StoredTableName where{file, to_string(kind)};
  const std::int64_t rows = catalogue.contents.span(where.table).rows;
  MarketTable table = scan(database, where, frame_of(catalogue, kind), rows, cancel);
  if (rows == 0) return table;
  for_each_checksum(table, [&](std::string_view column, const Checksum& values) { catalogue.contents.check(where, column, values); });
  return table;
}

MarketTable rows_between(const MarketTable& table, Instant from, Instant to) {
  const auto& starts = table.delivery_start;
  const auto first = std::lower_bound(starts.begin(), starts.end(), from) - starts.begin();
  const auto last = std::max(std::lower_bound(starts.begin(), starts.end(), to) - starts.begin(), first);
  MarketTable part;
  part.kind = table.kind;
  part.delivery_start.assign(starts.begin() + first, starts.begin() + last);
  part.duration_s.assign(table.duration_s.begin() + first, table.duration_s.begin() + last);
  for (const TableColumn& column : table.columns) {
    TableColumn cut = {column.name, {}, column.quality, column.resolution, column.covers_from, column.covers_to};
    cut.values.assign(column.values.begin() + first, column.values.begin() + last);
    part.columns.push_back(std::move(cut));
  }
  return part;
}

void seal_table(SQLite::Database& database, const std::filesystem::path& file, ScenarioCatalogue& catalogue, TableKind kind) {
  const StoredTableName where{file, to_string(kind)};
  catalogue.contents.forget(where.table);
  const MarketTable table = scan(database, where, frame_of(catalogue, kind), most_stored_rows, nullptr);
  if (table.rows() == 0) return;
  catalogue.contents.set_span(where.table, {static_cast<std::int64_t>(table.rows()), seconds(table.delivery_start.front()),
                                            seconds(table.delivery_start.back()) + table.duration_s.back()});
  for_each_checksum(table, [&](std::string_view column, const Checksum& values) { catalogue.contents.set(where.table, column, values); });
}

void write_catalogue(SQLite::Database& database, ScenarioCatalogue& catalogue) { catalogue.contents.write(database, small_tables()); }

}  // namespace bess
