#include "store/scenario_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "store/schema.h"
#include "store/table_merge.h"

namespace bess {

namespace {

constexpr std::array kinds{TableKind::price, TableKind::afrr, TableKind::fcr, TableKind::solar, TableKind::installed_capacity};
static_assert(kinds.size() == table_kinds);
const std::string main_table = "price";

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }
Instant instant(std::int64_t unix_seconds) { return Instant(std::chrono::seconds(unix_seconds)); }

/// An import's account of one column over one range; the quality of a column is the sum of its segments.
struct Segment {
  ColumnRange range;
  ColumnQuality quality;
};

std::vector<Segment> read_segments(SQLite::Database& database, TableKind kind, std::string_view column) {
  RowStatement query(database,
                     "SELECT first, end, source_rows, interpolated, borrowed, missing, resolution_minutes FROM column_quality "
                     "WHERE table_name = ? AND column_name = ? ORDER BY first");
  query.bind(1, to_string(kind));
  query.bind(2, column);
  std::vector<Segment> segments;
  while (query.step()) {
    segments.push_back({{instant(query.integer(0)), instant(query.integer(1))},
                        {query.integer(2), query.integer(3), query.integer(4), query.integer(5), static_cast<int>(query.integer(6))}});
  }
  return segments;
}

void write_segments(SQLite::Database& database, TableKind kind, std::string_view column, const std::vector<Segment>& segments) {
  RowStatement clear(database, "DELETE FROM column_quality WHERE table_name = ? AND column_name = ?");
  clear.bind(1, to_string(kind));
  clear.bind(2, column);
  clear.run();
  RowStatement insert(database, "INSERT INTO column_quality VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const Segment& segment : segments) {
    insert.bind(1, to_string(kind));
    insert.bind(2, column);
    insert.bind(3, seconds(segment.range.from));
    insert.bind(4, seconds(segment.range.to));
    insert.bind(5, segment.quality.rows);
    insert.bind(6, segment.quality.interpolated);
    insert.bind(7, segment.quality.borrowed);
    insert.bind(8, segment.quality.missing);
    insert.bind(9, static_cast<std::int64_t>(segment.quality.resolution_minutes));
    insert.run();
  }
}

/// The part of a segment in `range`. Where an import cuts through an earlier one, its counts are shared out by time; counts
/// of flaws are rounded up.
Segment part_of(const Segment& segment, ColumnRange range) {
  Segment part{{std::max(segment.range.from, range.from), std::min(segment.range.to, range.to)}, segment.quality};
  if (part.range.empty()) return part;
  const double share =
      std::chrono::duration<double>(part.range.to - part.range.from) / std::chrono::duration<double>(segment.range.to - segment.range.from);
  const auto flaws = [share](std::int64_t count) { return static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count))); };
  part.quality.rows = std::llround(share * static_cast<double>(segment.quality.rows));
  part.quality.interpolated = flaws(segment.quality.interpolated);
  part.quality.borrowed = flaws(segment.quality.borrowed);
  part.quality.missing = flaws(segment.quality.missing);
  return part;
}

std::vector<Segment> replace_segment(const std::vector<Segment>& stored, const Segment& incoming) {
  std::vector<Segment> result{incoming};
  for (const Segment& segment : stored) {
    for (const Segment& part :
         {part_of(segment, {segment.range.from, incoming.range.from}), part_of(segment, {incoming.range.to, segment.range.to})}) {
      if (!part.range.empty()) result.push_back(part);
    }
  }
  return result;
}

ColumnQuality sum_of(const std::vector<Segment>& segments) {
  ColumnQuality sum;
  for (const Segment& segment : segments) {
    sum.rows += segment.quality.rows;
    sum.interpolated += segment.quality.interpolated;
    sum.borrowed += segment.quality.borrowed;
    sum.missing += segment.quality.missing;
    const int resolution = segment.quality.resolution_minutes;
    if (resolution > 0) sum.resolution_minutes = sum.resolution_minutes == 0 ? resolution : std::min(sum.resolution_minutes, resolution);
  }
  return sum;
}

/// Columns with data, in canonical order, with their quality.
std::vector<StoredColumn> present_columns(SQLite::Database& database, TableKind kind) {
  std::vector<StoredColumn> present;
  for (const TableColumnInfo& info : columns_of(kind)) {
    const std::vector<Segment> segments = read_segments(database, kind, info.name);
    if (!segments.empty()) present.push_back({std::string(info.name), sum_of(segments)});
  }
  return present;
}

std::vector<StoredTable> describe_database(SQLite::Database& database) {
  std::vector<StoredTable> tables;
  for (const TableKind kind : kinds) {
    RowStatement query(
        database,
        fmt::format("SELECT count(*), min(timestamp), (SELECT timestamp + duration_s FROM {0} ORDER BY timestamp DESC LIMIT 1) FROM {0}",
                    to_string(kind)));
    if (!query.step() || query.integer(0) == 0) continue;
    tables.push_back({kind, query.integer(0), instant(query.integer(1)), instant(query.integer(2)), present_columns(database, kind)});
  }
  return tables;
}

MarketTable read_table(SQLite::Database& database, TableKind kind, std::int64_t from, std::int64_t to) {
  MarketTable table;
  table.kind = kind;
  std::string names = "timestamp, duration_s";
  for (StoredColumn& column : present_columns(database, kind)) {
    names += ", " + column.name;
    table.columns.push_back({std::move(column.name), {}, column.quality});
  }
  RowStatement query(database,
                     fmt::format("SELECT {} FROM {} WHERE timestamp >= ? AND timestamp < ? ORDER BY timestamp", names, to_string(kind)));
  query.bind(1, from);
  query.bind(2, to);
  while (query.step()) {
    table.delivery_start.push_back(instant(query.integer(0)));
    table.duration_s.push_back(static_cast<std::int32_t>(query.integer(1)));
    for (std::size_t c = 0; c < table.columns.size(); ++c) table.columns[c].values.push_back(query.number(static_cast<int>(c) + 2));
  }
  return table;
}

void insert_rows(SQLite::Database& database, const MarketTable& table) {
  std::string names = "timestamp, duration_s";
  std::string marks = "?, ?";
  for (const TableColumn& column : table.columns) {
    names += ", " + column.name;
    marks += ", ?";
  }
  RowStatement insert(database, fmt::format("INSERT INTO {} ({}) VALUES ({})", to_string(table.kind), names, marks));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    insert.bind(1, seconds(table.delivery_start[row]));
    insert.bind(2, static_cast<std::int64_t>(table.duration_s[row]));
    for (std::size_t c = 0; c < table.columns.size(); ++c) insert.bind(static_cast<int>(c) + 3, table.columns[c].values[row]);
    insert.run();
  }
}

void empty_table(SQLite::Database& database, TableKind kind) {
  database.exec(fmt::format("DELETE FROM {}", to_string(kind)));
  RowStatement clear(database, "DELETE FROM column_quality WHERE table_name = ?");
  clear.bind(1, to_string(kind));
  clear.run();
}

void check_shape(const MarketTable& table) {
  BESS_ASSERT(table.duration_s.size() == table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    BESS_ASSERT(table.duration_s[row] > 0);
    BESS_ASSERT(row == 0 || table.delivery_start[row - 1] < table.delivery_start[row]);
  }
  const auto known = columns_of(table.kind);
  for (const TableColumn& column : table.columns) {
    BESS_ASSERT(column.values.size() == table.rows());
    BESS_ASSERT(std::any_of(known.begin(), known.end(), [&](const TableColumnInfo& info) { return info.name == column.name; }));
  }
}

void import_table(SQLite::Database& database, const MarketTable& incoming, ImportMode mode) {
  if (mode == ImportMode::replace) empty_table(database, incoming.kind);
  ColumnRange changed{Instant::max(), Instant::min()};
  for (const TableColumn& column : incoming.columns) {
    const ColumnRange range = range_of(incoming, column);
    if (range.empty()) continue;
    changed = {std::min(changed.from, range.from), std::max(changed.to, range.to)};
  }
  if (changed.empty()) return;

  // The stored rows that the import touches: from the row that reaches into its range.
  const std::string_view name = to_string(incoming.kind);
  RowStatement before(database, fmt::format("SELECT coalesce(max(timestamp), ?1) FROM {} WHERE timestamp <= ?1", name));
  before.bind(1, seconds(changed.from));
  before.step();
  const std::int64_t from = before.integer(0);
  const std::int64_t to = seconds(changed.to);
  const MarketTable stored = read_table(database, incoming.kind, from, to);
  RowStatement clear(database, fmt::format("DELETE FROM {} WHERE timestamp >= ? AND timestamp < ?", name));
  clear.bind(1, from);
  clear.bind(2, to);
  clear.run();
  insert_rows(database, merge_tables(stored, incoming));

  for (const TableColumn& column : incoming.columns) {
    const ColumnRange range = range_of(incoming, column);
    if (range.empty()) continue;
    write_segments(database, incoming.kind, column.name,
                   replace_segment(read_segments(database, incoming.kind, column.name), {range, column.quality}));
  }
}

}  // namespace

std::optional<ScenarioFile> ScenarioFile::open(const std::filesystem::path& file, const StoreOptions& options) {
  DatabaseHandle database = open_reader(file, options);
  if (!database) return std::nullopt;
  ScenarioFile result(file, std::move(database));
  guarded(file, [&] {
    const int version = version_of(*result.database_, main_table);
    if (version == 0) throw Exception("corrupt_store", fmt::format("{} is empty", file.string()));
    check_not_too_new(version, scenario_data_schema(), file);
    result.present_version_ = version == scenario_data_schema().version();
    result.revision_ = revision_of(*result.database_, version, file);
  });
  return result;
}

std::vector<StoredTable> ScenarioFile::describe() const {
  return guarded(file_, [&] { return describe_database(*database_); });
}

MarketTable ScenarioFile::read(TableKind kind, const TimeRange& range) const {
  const std::int64_t from = range.from ? seconds(*range.from) : std::numeric_limits<std::int64_t>::min();
  const std::int64_t to = range.to ? seconds(*range.to) : std::numeric_limits<std::int64_t>::max();
  return guarded(file_, [&] { return read_table(*database_, kind, from, to); });
}

std::vector<MarketTable> ScenarioFile::read_all() const {
  std::vector<MarketTable> tables;
  for (const TableKind kind : kinds) {
    MarketTable table = read(kind, {});
    if (table.rows() > 0) tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<StoredTable> write_scenario_file(const std::filesystem::path* base, const std::filesystem::path& target,
                                             const std::string& revision, std::span<const MarketTable> tables, ImportMode mode,
                                             const StoreOptions& options) {
  for (const MarketTable& table : tables) check_shape(table);
  const DatabaseHandle database = create_private(target, options);
  return guarded(target, [&] {
    if (base != nullptr) copy_database(*base, *database, options);
    SQLite::Transaction transaction(*database);
    migrate(*database, scenario_data_schema(), main_table, target);
    for (const MarketTable& table : tables) import_table(*database, table, mode);
    RowStatement name(*database, "INSERT OR REPLACE INTO info VALUES ('revision', ?)");
    name.bind(1, std::string_view(revision));
    name.run();
    auto stored = describe_database(*database);
    transaction.commit();
    return stored;
  });
}

}  // namespace bess
