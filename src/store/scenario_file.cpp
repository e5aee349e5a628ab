#include "store/scenario_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "store/schema.h"
#include "store/table_merge.h"

namespace bess {

namespace {

const std::string main_table = "price";

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }

/// A data file that is being written, and the name that messages call what it was made from.
struct Target {
  Database& database;
  const std::filesystem::path& file;
  ScenarioCatalogue catalogue;
};

void insert_rows(Database& database, const MarketTable& table) {
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

void empty_table(Database& database, TableKind kind) {
  database.run(fmt::format("DELETE FROM {}", to_string(kind)));
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

/// From the first to the last row that the import replaces values in; empty when it brings none.
ColumnRange changed_by(const MarketTable& incoming) {
  ColumnRange changed{Instant::max(), Instant::min()};
  for (const TableColumn& column : incoming.columns) {
    const ColumnRange range = range_of(incoming, column);
    if (range.empty()) continue;
    changed = {std::min(changed.from, range.from), std::max(changed.to, range.to)};
  }
  return changed;
}

/// The stored rows that an import touches: from the row that reaches into its range.
ColumnRange touched_by(Database& database, ColumnRange changed, TableKind kind) {
  if (kind == TableKind::installed_capacity) return {Instant::min(), Instant::max()};  // each step holds until the next
  RowStatement before(database, fmt::format("SELECT coalesce(max(timestamp), ?1) FROM {} WHERE timestamp <= ?1", to_string(kind)));
  before.bind(1, seconds(changed.from));
  before.step();
  return {Instant(std::chrono::seconds(before.integer(0))), changed.to};
}

void replace_rows(Target& target, ColumnRange touched, const MarketTable& stored, const MarketTable& incoming) {
  RowStatement clear(target.database, fmt::format("DELETE FROM {} WHERE timestamp >= ? AND timestamp < ?", to_string(incoming.kind)));
  clear.bind(1, seconds(touched.from));
  clear.bind(2, seconds(touched.to));
  clear.run();
  insert_rows(target.database, merge_tables(rows_between(stored, touched.from, touched.to), incoming));

  for (const TableColumn& column : incoming.columns) {
    const ColumnRange range = range_of(incoming, column);
    if (range.empty()) continue;
    std::vector<Segment> segments = target.catalogue.segments[{std::string(to_string(incoming.kind)), column.name}];
    for (const Segment& segment : segments_of(column, range)) segments = replace_segment(segments, segment);
    write_segments(target.database, incoming.kind, column.name, segments);
  }
  target.catalogue.segments = read_segments(target.database, target.file);
}

void import_table(Target& target, const MarketTable& incoming, ImportMode mode) {
  if (mode == ImportMode::replace) {  // without reading: this is how a damaged table is replaced
    empty_table(target.database, incoming.kind);
    target.catalogue.segments = read_segments(target.database, target.file);
    target.catalogue.spans.erase(std::string(to_string(incoming.kind)));
    seal_blocks(target.database, target.file, target.catalogue, incoming.kind, all_blocks(), 0);
  }
  const ColumnRange changed = changed_by(incoming);
  if (changed.empty()) return;
  const ColumnRange touched = touched_by(target.database, changed, incoming.kind);
  // What is left of a row that is cut starts where the import ends.
  const BlockRange blocks = touched.to == Instant::max() ? all_blocks() : blocks_around(touched.from, touched.to + std::chrono::seconds{1});
  const MarketTable stored = read_blocks(target.database, target.file, target.catalogue, incoming.kind, blocks);
  replace_rows(target, touched, stored, incoming);
  seal_blocks(target.database, target.file, target.catalogue, incoming.kind, blocks, stored.rows());
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

const ScenarioCatalogue& ScenarioFile::catalogue() const {
  if (!catalogue_) catalogue_ = guarded(file_, [&] { return read_catalogue(*database_, file_); });
  return *catalogue_;
}

std::vector<StoredTable> ScenarioFile::describe() const { return bess::describe(catalogue()); }

MarketTable ScenarioFile::read(TableKind kind, const TimeRange& range) const {
  const Instant from = range.from.value_or(Instant::min());
  const Instant to = range.to.value_or(Instant::max());
  return guarded(file_, [&] { return rows_between(read_blocks(*database_, file_, catalogue(), kind, blocks_around(from, to)), from, to); });
}

std::vector<MarketTable> ScenarioFile::read_all(const CancellationToken* cancel) const {
  std::vector<MarketTable> tables;
  for (const StoredTable& stored : describe()) {
    tables.push_back(guarded(file_, [&] { return read_blocks(*database_, file_, catalogue(), stored.kind, all_blocks(), cancel); }));
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
    Transaction transaction(*database);
    Target written{*database, base != nullptr ? *base : target, {}};
    const int version = version_of(*database, main_table);
    migrate(*database, scenario_data_schema(), main_table, written.file);
    if (version >= first_sealed_version) {
      written.catalogue = read_catalogue(*database, written.file);
    } else if (version > 0) {
      written.catalogue.segments = read_segments(*database, written.file);
      for (std::size_t k = 0; k < table_kinds; ++k) {
        seal_blocks(*database, written.file, written.catalogue, static_cast<TableKind>(k), all_blocks(), 0);
      }
    }
    for (const MarketTable& table : tables) import_table(written, table, mode);
    write_catalogue(*database, written.catalogue);
    RowStatement name(*database, "INSERT OR REPLACE INTO info VALUES ('revision', ?)");
    name.bind(1, std::string_view(revision));
    name.run();
    transaction.commit();
    return describe(written.catalogue);
  });
}

}  // namespace bess
