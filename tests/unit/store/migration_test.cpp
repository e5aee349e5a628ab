#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include "store/schema.h"
#include "support/shared_data.h"
#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

using ::testing::ElementsAre;

constexpr auto profile_id = "6f3b7a52-5d0c-4c0e-9a62-0d8a5a1f7b11";

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  EXPECT_TRUE(stream) << file;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void make_database(const std::filesystem::path& file, const std::string& sql) {
  std::filesystem::create_directories(file.parent_path());
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(sql);
}

/// (table, column, type, not null, part of the key) of every table.
std::set<std::tuple<std::string, std::string, std::string, int>> columns_of_database(SQLite::Database& database) {
  std::set<std::tuple<std::string, std::string, std::string, int>> columns;
  SQLite::Statement query(database,
                          "SELECT m.name, c.name, c.type, c.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
                          "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'");
  while (query.executeStep()) {
    columns.emplace(query.getColumn(0).getString(), query.getColumn(1).getString(), query.getColumn(2).getString(),
                    query.getColumn(3).getInt());
  }
  return columns;
}

class MigrationTest : public StoreTest, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    const auto fixtures = source_dir() / "tests/unit/store/fixtures" / std::string("v").append(std::to_string(GetParam()));
    make_database(db() / "scenarios.db", text_of(fixtures / "scenarios.sql"));
    make_database(db() / "profiles.db", text_of(fixtures / "profiles.sql"));
    make_database(db() / "scenario_data/scenario_2.db", text_of(fixtures / "scenario_2.sql"));
    const std::string profile = "profile_" + std::string(profile_id);
    make_database(db() / "profile_data" / (profile + ".db"), text_of(fixtures / (profile + ".sql")));
  }

  void expect_whole() {
    EXPECT_EQ(scenarios().list().size(), 2U);
    const Scenario scenario = scenarios().get(2).value();
    EXPECT_EQ(scenario.name, "Netherlands 2024");
    EXPECT_TRUE(scenario.preload && scenario.has_price_data && scenario.has_fcr_data);
    EXPECT_FALSE(scenario.has_afrr_data || scenario.has_solar_data || scenario.synthetic);
    EXPECT_EQ(scenario.record_count, 7);
    EXPECT_EQ(scenarios().get(3).value().data_revision, "");

    const MarketTable price = scenarios().table(2, TableKind::price).value();
    EXPECT_THAT(price.duration_s, ElementsAre(900, 900, 3600, 3600, 3600));
    EXPECT_TRUE(same_values(price.find("day_ahead")->values, {10.5, 20.25, -3.0, 7.0, 8.0}));
    EXPECT_TRUE(same_values(price.find("intraday")->values, {11.0, no_value, no_value, no_value, no_value}));
    EXPECT_EQ(price.find("day_ahead")->quality, (ColumnQuality{5, 0, 0, 8, 15}));
    EXPECT_EQ(price.find("imbalance_take"), nullptr);
    const MarketTable fcr = scenarios().table(2, TableKind::fcr).value();
    EXPECT_THAT(fcr.duration_s, ElementsAre(14400, 14400));
    EXPECT_TRUE(same_values(fcr.find("fcr_price")->values, {12.5, 13.5}));

    const Profile profile = profiles().get(profile_id).value();
    EXPECT_EQ(profile.capacity_mw, 2.5);
    const auto series = profiles().series(profile_id).value();
    EXPECT_EQ(series->start, at_minute(0));
    EXPECT_TRUE(same_values(series->power_mw, {0.5, 1.0, no_value, 1.5}));
    EXPECT_THAT(profiles().statistics(profile_id).value(), ElementsAre(MonthlyStatistic{2024, 1, 0.75, 0.4, 0.3, 3}));
  }
};

TEST_P(MigrationTest, OpensAndKeepsEverything) {
  open();
  expect_whole();
  open();
  expect_whole();
}

TEST_P(MigrationTest, EndsWithTheSchemaOfANewStore) {
  open();
  expect_whole();
  store_.reset();
  const std::vector<std::pair<std::filesystem::path, const Schema*>> files{
      {db() / "scenarios.db", &scenarios_schema()},
      {db() / "profiles.db", &profiles_schema()},
      {db() / "scenario_data/scenario_2.db", &scenario_data_schema()},
      {db() / "profile_data" / ("profile_" + std::string(profile_id) + ".db"), &profile_data_schema()}};
  for (const auto& [file, schema] : files) {
    SQLite::Database migrated(file.string());
    SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    fresh.exec(schema->create);
    EXPECT_EQ(columns_of_database(migrated), columns_of_database(fresh)) << file;
    EXPECT_EQ(migrated.execAndGet("PRAGMA user_version").getInt(), schema->version()) << file;
  }
}

TEST_P(MigrationTest, ImportsIntoAnOldFile) {
  open();
  import_one(2, make_table(TableKind::price, {"day_ahead"}, 15, 1, 15, 99.0));
  EXPECT_TRUE(same_values(scenarios().table(2, TableKind::price).value().find("day_ahead")->values, {10.5, 99.0, -3.0, 7.0, 8.0}));
}

TEST_P(MigrationTest, IdsGoOnWhereTheyWere) {
  open();
  EXPECT_EQ(make_scenario(), 10);
}

INSTANTIATE_TEST_SUITE_P(Versions, MigrationTest, ::testing::Values(1, 2, 3));

class NewerSchemaTest : public StoreTest {};

TEST_F(NewerSchemaTest, IsRefusedAndLeftAlone) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  store_.reset();
  const auto data = db() / "scenario_data/scenario_1.db";
  SQLite::Database(data.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  open();
  EXPECT_EQ(code_of([&] { (void)scenarios().price_set(id); }), "store_too_new");
  EXPECT_EQ(code_of([&] { (void)scenarios().import_tables(id, std::vector{make_price_table(2)}); }), "store_too_new");
  store_.reset();
  SQLite::Database(data.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 3");
  SQLite::Database((db() / "scenarios.db").string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  EXPECT_EQ(code_of([&] { open(); }), "store_too_new");
  SQLite::Database((db() / "scenarios.db").string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 3");
  open();
  EXPECT_EQ(scenarios().table(id, TableKind::price).value().rows(), 4U);
}

TEST_F(NewerSchemaTest, DataFilesWithoutMetadataAreNotSweptAway) {
  import_one(make_scenario(), make_price_table(4));
  store_.reset();
  for (const auto* name : {"scenarios.db", "scenarios.db-journal"}) std::filesystem::remove(db() / name);
  EXPECT_EQ(code_of([&] { open(); }), "corrupt_store");
  std::ofstream(db() / "scenarios.db").flush();
  EXPECT_EQ(code_of([&] { open(); }), "corrupt_store");
  EXPECT_TRUE(std::filesystem::exists(db() / "scenario_data/scenario_1.db"));
}

}  // namespace
}  // namespace bess::test
