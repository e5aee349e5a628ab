#include "store/scenario_tables.h"

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

/// The rows of the blocks into a frame: types, ranges and order are checked, checksums are not.
MarketTable scan(Database& database, const StoredTableName& where, MarketTable table, BlockRange range, std::int64_t most_rows,
                 const CancellationToken* cancel) {
  // Installed capacity holds until the next step, however far that is.
  const std::int64_t longest_s =
      table.kind == TableKind::installed_capacity ? std::int64_t{std::numeric_limits<std::int32_t>::max()} : longest_row_s;
  std::string names = "timestamp, duration_s";
  for (const TableColumn& column : table.columns) names += ", " + column.name;
  // Without a lower or upper bound for the whole table: what lies outside is found, not passed over.
  const bool whole = is_whole(range);
  RowStatement query(database, fmt::format("SELECT {} FROM {}{} ORDER BY timestamp", names, where.table,
                                           whole ? "" : " WHERE timestamp >= ? AND timestamp < ?"));
  if (!whole) {
    query.bind(1, range.from);
    query.bind(2, range.to);
  }
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

/// The columns that have checksums.
std::vector<SummedColumn> summed(const MarketTable& table) {
  std::vector<SummedColumn> columns;
  columns.push_back(summed_starts(table.delivery_start));
  columns.push_back({"duration_s",
                     [&table](Checksum& checksum, std::size_t first, std::size_t last) {
                       for (std::size_t row = first; row < last; ++row) checksum.add(std::int64_t{table.duration_s[row]});
                     },
                     [](std::size_t, std::size_t) { return false; }});
  for (const TableColumn& column : table.columns) columns.push_back(summed_numbers(column.name, column.values));
  return columns;
}

}  // namespace

ScenarioCatalogue read_catalogue(Database& database, const std::filesystem::path& file) {
  return {read_contents(database, file, small_tables()), read_segments(database, file)};
}

std::vector<StoredTable> describe(const ScenarioCatalogue& catalogue) {
  std::vector<StoredTable> tables;
  for (std::size_t k = 0; k < table_kinds; ++k) {
    const auto kind = static_cast<TableKind>(k);
    const auto found = catalogue.spans.find(to_string(kind));
    if (found == catalogue.spans.end()) continue;
    const TableSpan& span = found->second;
    StoredTable table{kind, span.rows, instant(span.first), instant(span.end), {}};
    for (TableColumn& column : frame_of(catalogue, kind).columns) table.columns.push_back({std::move(column.name), column.quality});
    tables.push_back(std::move(table));
  }
  return tables;
}

MarketTable read_blocks(Database& database, const std::filesystem::path& file, const ScenarioCatalogue& catalogue, TableKind kind,
                        BlockRange range, const CancellationToken* cancel) {
  const StoredTableName where{file, to_string(kind)};
  const auto span = catalogue.spans.find(where.table);
  const std::int64_t most_rows = span == catalogue.spans.end() ? 0 : span->second.rows;
  MarketTable table = scan(database, where, frame_of(catalogue, kind), range, most_rows, cancel);
  check_blocks(database, where, range, table.delivery_start, summed(table));
  if (is_whole(range) && static_cast<std::int64_t>(table.rows()) != most_rows)
    throw_corrupt(where, {}, "it has fewer rows than were written");
  return table;
}

MarketTable rows_between(MarketTable table, Instant from, Instant to) {
  const auto& starts = table.delivery_start;
  const auto first = std::lower_bound(starts.begin(), starts.end(), from) - starts.begin();
  const auto last = std::max(std::lower_bound(starts.begin(), starts.end(), to) - starts.begin(), first);
  const auto keep = [&](auto& values) {
    values.erase(values.begin() + last, values.end());
    values.erase(values.begin(), values.begin() + first);
  };
  for (TableColumn& column : table.columns) keep(column.values);
  keep(table.duration_s);
  keep(table.delivery_start);
  return table;
}

void seal_blocks(Database& database, const std::filesystem::path& file, ScenarioCatalogue& catalogue, TableKind kind, BlockRange range,
                 std::size_t rows_before) {
  const StoredTableName where{file, to_string(kind)};
  const MarketTable table = scan(database, where, frame_of(catalogue, kind), range, most_stored_rows, nullptr);
  write_blocks(database, where.table, range, table.delivery_start, summed(table));
  RowStatement bounds(database, fmt::format("SELECT (SELECT min(timestamp) FROM {0}), timestamp + duration_s FROM {0} "
                                            "ORDER BY timestamp DESC LIMIT 1",
                                            where.table));
  if (!bounds.step()) {
    catalogue.spans.erase(std::string(where.table));
    return;
  }
  TableSpan& span = catalogue.spans[std::string(where.table)];
  span.rows += static_cast<std::int64_t>(table.rows()) - static_cast<std::int64_t>(rows_before);
  span.first = bounds.integer(0);
  span.end = bounds.integer(1);
}

void write_catalogue(Database& database, const ScenarioCatalogue& catalogue) { write_contents(database, catalogue.spans, small_tables()); }

}  // namespace bess
