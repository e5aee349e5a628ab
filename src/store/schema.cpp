#include "store/schema.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"
#include "market/table.h"
#include "store/sqlite.h"
#include "store/uuid.h"

namespace bess {

namespace {

// ---- db/scenarios.db. Version 1 is the documented layout; version 2 adds which data the row speaks of, and the mark of
// generated prices; version 3 a checksum per row and what the table holds as a whole.

constexpr std::string_view metadata_contents = R"sql(
CREATE TABLE contents (id INTEGER PRIMARY KEY CHECK (id = 1), rows INTEGER NOT NULL, digest INTEGER NOT NULL);
)sql";

constexpr std::string_view scenarios_create = R"sql(
CREATE TABLE scenarios (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  preload BOOLEAN NOT NULL DEFAULT 0,
  has_price_data BOOLEAN NOT NULL DEFAULT 0,
  has_solar_data BOOLEAN NOT NULL DEFAULT 0,
  has_afrr_data BOOLEAN NOT NULL DEFAULT 0,
  has_fcr_data BOOLEAN NOT NULL DEFAULT 0,
  record_count INTEGER NOT NULL DEFAULT 0,
  data_revision TEXT NOT NULL DEFAULT '',
  synthetic BOOLEAN NOT NULL DEFAULT 0,
  row_checksum INTEGER NOT NULL DEFAULT 0
);
)sql";

constexpr std::string_view scenarios_1_to_2 = R"sql(
ALTER TABLE scenarios ADD COLUMN data_revision TEXT NOT NULL DEFAULT '';
ALTER TABLE scenarios ADD COLUMN synthetic BOOLEAN NOT NULL DEFAULT 0;
UPDATE scenarios SET data_revision = '1'
  WHERE record_count > 0 OR has_price_data OR has_solar_data OR has_afrr_data OR has_fcr_data;
)sql";

constexpr std::string_view scenarios_2_to_3 = "ALTER TABLE scenarios ADD COLUMN row_checksum INTEGER NOT NULL DEFAULT 0;";

// ---- db/profiles.db. Version 2 adds which series the row speaks of; version 3 the same as above.

constexpr std::string_view profiles_create = R"sql(
CREATE TABLE profiles (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  profile_type TEXT NOT NULL CHECK (profile_type IN ('pv', 'wind')),
  source_type TEXT NOT NULL CHECK (source_type IN ('generated', 'imported')),
  latitude REAL,
  longitude REAL,
  capacity_mw REAL NOT NULL,
  config TEXT NOT NULL DEFAULT '{}',
  preload BOOLEAN NOT NULL DEFAULT 0,
  data_revision TEXT NOT NULL DEFAULT '',
  row_checksum INTEGER NOT NULL DEFAULT 0
);
)sql";

constexpr std::string_view profiles_1_to_2 = R"sql(
ALTER TABLE profiles ADD COLUMN data_revision TEXT NOT NULL DEFAULT '';
UPDATE profiles SET data_revision = '1';
)sql";

constexpr std::string_view profiles_2_to_3 = "ALTER TABLE profiles ADD COLUMN row_checksum INTEGER NOT NULL DEFAULT 0;";

// ---- db/scenario_data/scenario_{id}.db. `timestamp` is the UTC start of the row in Unix seconds. Version 2 adds how long a
// row holds, the quality of each column by import, and the revision; version 3 what the file holds, and checksums of each column; each
// later version tables of its own.

constexpr std::string_view data_contents = R"sql(
CREATE TABLE contents (table_name TEXT PRIMARY KEY NOT NULL, rows INTEGER NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE checksum (table_name TEXT NOT NULL, block INTEGER NOT NULL, column_name TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (table_name, block, column_name)) WITHOUT ROWID;
)sql";

/// The tables that came with a version (market/table.h).
std::string create_tables(int since_version) {
  std::string text;
  for (const TableInfo& table : all_tables()) {
    if (table.since_version != since_version) continue;
    text += fmt::format("CREATE TABLE {} (timestamp INTEGER PRIMARY KEY, duration_s INTEGER NOT NULL", table.name);
    for (const TableColumnInfo& column : table.columns) text += fmt::format(", {} REAL", column.name);
    text += ");\n";
  }
  return text;
}

constexpr std::string_view scenario_data_create = R"sql(
CREATE TABLE column_quality (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL,
  source_rows INTEGER NOT NULL, interpolated INTEGER NOT NULL, borrowed INTEGER NOT NULL, missing INTEGER NOT NULL,
  resolution_minutes INTEGER NOT NULL,
  PRIMARY KEY (table_name, column_name, first)) WITHOUT ROWID;
CREATE TABLE info (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

constexpr std::string_view scenario_data_1_to_2_tables = R"sql(
CREATE TABLE column_quality (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, first INTEGER NOT NULL, end INTEGER NOT NULL,
  source_rows INTEGER NOT NULL, interpolated INTEGER NOT NULL, borrowed INTEGER NOT NULL, missing INTEGER NOT NULL,
  resolution_minutes INTEGER NOT NULL,
  PRIMARY KEY (table_name, column_name, first)) WITHOUT ROWID;
CREATE TABLE info (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

// A row of version 1 held until the next one, but no longer than `longest`; the last row as long as the one before it.
constexpr std::string_view add_duration = R"sql(
ALTER TABLE {table} ADD COLUMN duration_s INTEGER NOT NULL DEFAULT {usual};
UPDATE {table} SET duration_s = min({longest}, following - timestamp)
  FROM (SELECT timestamp AS at, lead(timestamp) OVER (ORDER BY timestamp) AS following FROM {table})
  WHERE timestamp = at AND following IS NOT NULL;
UPDATE {table} SET duration_s = coalesce((SELECT earlier.duration_s FROM {table} AS earlier
    WHERE earlier.timestamp < {table}.timestamp ORDER BY earlier.timestamp DESC LIMIT 1), {usual})
  WHERE timestamp = (SELECT max(timestamp) FROM {table});
)sql";

constexpr std::string_view add_quality = R"sql(
INSERT INTO column_quality
  SELECT '{table}', '{column}', min(timestamp), max(timestamp + duration_s), count(*), 0, 0,
         (max(timestamp + duration_s) - min(timestamp) - sum(duration_s)) / 900, min(duration_s) / 60
  FROM {table} WHERE {column} IS NOT NULL HAVING count(*) > 0;
)sql";

std::string scenario_data_1_to_2() {
  struct FirstVersionTable {
    std::string_view name;
    int usual_s;
    int longest_s;
    std::vector<std::string_view> columns;
  };
  const std::vector<FirstVersionTable> tables{
      {"price", 900, 3600, {"day_ahead", "intraday", "imbalance_take", "imbalance_feed", "regulation_state"}},
      {"afrr",
       900,
       90000,
       {"afrr_up_price", "afrr_down_price", "afrr_up_energy_price", "afrr_down_energy_price", "afrr_up_ratio", "afrr_down_ratio"}},
      {"fcr", 14400, 90000, {"fcr_price"}},
      {"solar", 900, 3600, {"solar_mw"}},
      {"installed_capacity", 86400, 2000000000, {"solar_mw"}},
  };
  std::string text(scenario_data_1_to_2_tables);
  for (const auto& table : tables) {
    text +=
        fmt::format(add_duration, fmt::arg("table", table.name), fmt::arg("usual", table.usual_s), fmt::arg("longest", table.longest_s));
    for (const auto column : table.columns) text += fmt::format(add_quality, fmt::arg("table", table.name), fmt::arg("column", column));
  }
  return text;
}

// ---- db/profile_data/profile_{uuid}.db. Version 2 adds the revision; version 3 the same as above.

constexpr std::string_view profile_data_create = R"sql(
CREATE TABLE production (timestamp INTEGER PRIMARY KEY, output_mw REAL);
CREATE TABLE monthly_statistics (
  year INTEGER NOT NULL, month INTEGER NOT NULL, energy_mwh REAL, capacity_factor REAL,
  full_load_hours REAL, quarters INTEGER NOT NULL,
  PRIMARY KEY (year, month)) WITHOUT ROWID;
CREATE TABLE info (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

constexpr std::string_view profile_data_1_to_2 = R"sql(
CREATE TABLE info (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

std::string joined(std::string_view first, std::string_view second) { return std::string(first) + std::string(second); }

}  // namespace

const Schema& scenarios_schema() {
  static const Schema schema{joined(scenarios_create, metadata_contents),
                             {std::string(scenarios_1_to_2), joined(scenarios_2_to_3, metadata_contents)}};
  return schema;
}

const Schema& profiles_schema() {
  static const Schema schema{joined(profiles_create, metadata_contents),
                             {std::string(profiles_1_to_2), joined(profiles_2_to_3, metadata_contents)}};
  return schema;
}

const Schema& scenario_data_schema() {
  static const Schema schema = [] {
    Schema all{create_tables(1) + joined(scenario_data_create, data_contents), {scenario_data_1_to_2(), std::string(data_contents)}};
    for (std::string more = create_tables(all.version() + 1); !more.empty(); more = create_tables(all.version() + 1)) {
      all.create += more;
      all.steps.push_back(std::move(more));
    }
    return all;
  }();
  return schema;
}

const Schema& profile_data_schema() {
  static const Schema schema{joined(profile_data_create, data_contents), {std::string(profile_data_1_to_2), std::string(data_contents)}};
  return schema;
}

void check_not_too_new(int version, const Schema& schema, const std::filesystem::path& file) {
  if (version <= schema.version()) return;
  throw Exception("store_too_new",
                  fmt::format("{} has schema version {}; this program knows versions up to {}", file.string(), version, schema.version()));
}

int version_of(Database& database, const std::string& main_table) {
  const int version = schema_version(database);
  return version == 0 && database.has_table(main_table) ? 1 : version;
}

void migrate(Database& database, const Schema& schema, const std::string& main_table, const std::filesystem::path& file) {
  const int version = version_of(database, main_table);
  check_not_too_new(version, schema, file);
  if (version == schema.version()) return;
  if (version == 0) {
    database.run(schema.create);
  } else {
    for (auto step = static_cast<std::size_t>(version - 1); step < schema.steps.size(); ++step) database.run(schema.steps[step]);
  }
  database.run(fmt::format("PRAGMA user_version = {}", schema.version()));
}

std::string revision_of(Database& database, int version, const std::filesystem::path& file) {
  if (version == 1) return std::string(first_version_revision);
  RowStatement query(database, "SELECT value FROM info WHERE key = 'revision'");
  if (!query.step()) throw Exception("corrupt_store", fmt::format("{} carries no revision", file.string()));
  const std::string revision = query.text(0);
  if (parse_uuid(revision) != revision) {
    throw Exception("corrupt_store", fmt::format("{} carries a revision of no known form", file.string()));
  }
  return revision;
}

}  // namespace bess
