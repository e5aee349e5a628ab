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
#include "timeline/series.h"

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

/// One segment per resolution that the import's file had; what was wrong with it is counted in the first.
std::vector<Segment> segments_of(const TableColumn& column, ColumnRange range) {
  const Segment whole{range, column.quality};
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < column.resolution.size(); ++i) {
    const Instant from = i == 0 ? range.from : column.resolution[i].from;
    Segment part = part_of(whole, {from, i + 1 < column.resolution.size() ? column.resolution[i + 1].from : range.to});
    if (part.range.empty()) continue;
    part.quality.resolution_minutes = column.resolution[i].minutes;
    const bool first = segments.empty();
    part.quality.interpolated = first ? column.quality.interpolated : 0;
    part.quality.borrowed = first ? column.quality.borrowed : 0;
    part.quality.missing = first ? column.quality.missing : 0;
    segments.push_back(part);
  }
  if (segments.empty()) segments.push_back(whole);
  return segments;
}

/// What lies between two imports: filled when the column is used if it is short, else missing.
void count_hole(const Segment& before, const Segment& after, ColumnQuality& sum) {
  const GapRules rules;
  const std::chrono::seconds hole = after.range.from - before.range.to;
  if (hole <= std::chrono::seconds{0}) return;
  const std::int64_t quarters = hole / quarter_hour;
  const std::chrono::minutes period{std::max(15, before.quality.resolution_minutes)};
  if (hole > rules.longest) {
    sum.missing += quarters;
  } else {
    (hole <= rules.interpolated_periods * period ? sum.interpolated : sum.borrowed) += quarters;
  }
}

/// Segments in ascending order. Installed capacity holds between its steps: there are no holes.
ColumnQuality sum_of(TableKind kind, const std::vector<Segment>& segments) {
  ColumnQuality sum;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (i > 0 && kind != TableKind::installed_capacity) count_hole(segments[i - 1], segment, sum);
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
    if (!segments.empty()) present.push_back({std::string(info.name), sum_of(kind, segments)});
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
  for (const TableColumnInfo& info : columns_of(kind)) {
    const std::vector<Segment> segments = read_segments(database, kind, info.name);
    if (segments.empty()) continue;
    TableColumn one{std::string(info.name), {}, sum_of(kind, segments)};
    names += ", " + one.name;
    for (const Segment& segment : segments) {
      if (segment.quality.resolution_minutes > 0) one.resolution.push_back({segment.range.from, segment.quality.resolution_minutes});
    }
    table.columns.push_back(std::move(one));
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
  const bool whole = incoming.kind == TableKind::installed_capacity;  // each step holds until the next
  const std::int64_t from = whole ? std::numeric_limits<std::int64_t>::min() : before.integer(0);
  const std::int64_t to = whole ? std::numeric_limits<std::int64_t>::max() : seconds(changed.to);
  const MarketTable stored = read_table(database, incoming.kind, from, to);
  RowStatement clear(database, fmt::format("DELETE FROM {} WHERE timestamp >= ? AND timestamp < ?", name));
  clear.bind(1, from);
  clear.bind(2, to);
  clear.run();
  insert_rows(database, merge_tables(stored, incoming));

  for (const TableColumn& column : incoming.columns) {
    const ColumnRange range = range_of(incoming, column);
    if (range.empty()) continue;
    std::vector<Segment> segments = read_segments(database, incoming.kind, column.name);
    for (const Segment& segment : segments_of(column, range)) segments = replace_segment(segments, segment);
    write_segments(database, incoming.kind, column.name, segments);
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
