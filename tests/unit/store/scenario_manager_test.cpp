#include "store/scenario_manager.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <cmath>

#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ScenarioManagerTest : public StoreTest {
 protected:
  std::string first_code(const Issues& issues) { return issues.all().empty() ? "" : issues.all().front().code; }
};

TEST_F(ScenarioManagerTest, LaysOutTheDirectoryAsDocumented) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  EXPECT_TRUE(std::filesystem::exists(db() / "scenarios.db"));
  EXPECT_TRUE(std::filesystem::exists(db() / "profiles.db"));
  EXPECT_TRUE(std::filesystem::exists(db() / "scenario_data" / ("scenario_" + std::to_string(id) + ".db")));
  EXPECT_TRUE(std::filesystem::is_directory(db() / "profile_data"));
}

TEST_F(ScenarioManagerTest, KeepsEveryField) {
  const Scenario made =
      scenarios().create({.name = "Germany", .country = "DE", .description = "d", .preload = true, .synthetic = true}).value();
  open();
  EXPECT_EQ(scenarios().get(made.id).value(), made);
  EXPECT_THAT(scenarios().list(), ElementsAre(made));
  EXPECT_TRUE(made.preload);
  EXPECT_TRUE(made.synthetic);
  EXPECT_EQ(made.record_count, 0);
}

TEST_F(ScenarioManagerTest, RefusesANamelessScenarioAndAnUnknownCountryTogether) {
  const auto refused = scenarios().create({.name = "", .country = "Atlantis"});
  ASSERT_FALSE(refused);
  ASSERT_EQ(refused.issues().all().size(), 2U);
  EXPECT_EQ(refused.issues().all()[0].path, "/name");
  EXPECT_EQ(refused.issues().all()[1].path, "/country");
  EXPECT_THAT(scenarios().list(), IsEmpty());
}

TEST_F(ScenarioManagerTest, PatchChangesWhatIsGiven) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  const Scenario patched = scenarios().patch(id, {.name = "new", .preload = true}).value();
  EXPECT_EQ(patched.name, "new");
  EXPECT_EQ(patched.country, "NL");
  EXPECT_TRUE(patched.preload);
  EXPECT_EQ(patched.record_count, 4);
  EXPECT_EQ(first_code(scenarios().patch(id, {.name = ""}).issues()), "required");
}

TEST_F(ScenarioManagerTest, UnknownIdsAreNotFound) {
  for (const ScenarioId id : {ScenarioId{0}, ScenarioId{-1}, ScenarioId{99}}) {
    EXPECT_EQ(first_code(scenarios().get(id).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().patch(id, {.name = "x"}).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().remove(id).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().import_tables(id, {}).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().price_set(id).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().table(id, TableKind::price).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().tables(id).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().cache_load(id).issues()), "not_found");
    EXPECT_EQ(first_code(scenarios().cache_unload(id).issues()), "not_found");
  }
}

TEST_F(ScenarioManagerTest, IdsAreNeverUsedAgain) {
  const ScenarioId first = make_scenario();
  const ScenarioId second = make_scenario();
  ASSERT_TRUE(scenarios().remove(second));
  ASSERT_TRUE(scenarios().remove(first));
  open();
  EXPECT_GT(make_scenario(), second);
}

TEST_F(ScenarioManagerTest, RemovingLeavesNoFile) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4));
  ASSERT_TRUE(scenarios().remove(id));
  EXPECT_TRUE(std::filesystem::is_empty(db() / "scenario_data"));
}

TEST_F(ScenarioManagerTest, TextIsOnlyText) {
  const std::string nasty = "'; DROP TABLE scenarios; -- \"<b>../../etc</b>\" \xE2\x82\xAC =1+1";
  const ScenarioId id = scenarios().create({.name = nasty, .description = nasty}).value().id;
  open();
  EXPECT_EQ(scenarios().get(id).value().name, nasty);
  EXPECT_EQ(scenarios().patch(id, {.description = "'||(SELECT 1)||'"}).value().description, "'||(SELECT 1)||'");
}

TEST_F(ScenarioManagerTest, ValuesComeBackBitForBit) {
  MarketTable table = make_price_table(6);
  table.columns[0].values = {1.0 / 3.0, -500.0, 4000.0, 1e-310, no_value, 0.1 + 0.2};
  table.columns[1].values = {no_value, 99999.99, -0.01, 5.0, 1e22, 7.0};
  const ScenarioId id = make_scenario();
  import_one(id, table);
  open();
  EXPECT_TRUE(same_rows(scenarios().table(id, TableKind::price).value(), table));
}

TEST_F(ScenarioManagerTest, CountsAndFlagsFollowEveryImport) {
  const ScenarioId id = make_scenario();
  const ImportOutcome first = import_one(id, make_price_table(8));
  EXPECT_TRUE(first.scenario.has_price_data);
  EXPECT_FALSE(first.scenario.has_fcr_data);
  EXPECT_EQ(first.scenario.record_count, 8);
  const std::vector<MarketTable> more{make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 10.0),
                                      make_table(TableKind::afrr, {"afrr_up_price", "afrr_down_price"}, 0, 8, 15, 5.0),
                                      make_table(TableKind::solar, {"solar_mw"}, 0, 3, 60, 100.0),
                                      make_table(TableKind::installed_capacity, {"solar_mw"}, 0, 1, 1440, 20000.0)};
  const ImportOutcome second = scenarios().import_tables(id, more).value();
  EXPECT_TRUE(second.scenario.has_afrr_data && second.scenario.has_fcr_data && second.scenario.has_solar_data);
  EXPECT_EQ(second.scenario.record_count, 8 + 6 + 8 + 3 + 1);
  EXPECT_NE(first.scenario.data_revision, second.scenario.data_revision);
  EXPECT_EQ(scenarios().get(id).value(), second.scenario);
  ASSERT_EQ(second.tables.size(), 5U);
  EXPECT_EQ(scenarios().tables(id).value(), second.tables);
  EXPECT_EQ(second.tables[2].kind, TableKind::fcr);
  EXPECT_EQ(second.tables[2].first, at_minute(0));
  EXPECT_EQ(second.tables[2].end, at_minute(1440));
}

TEST_F(ScenarioManagerTest, AnImportReplacesItsColumnsOverItsRange) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96));
  MarketTable day_ahead = make_table(TableKind::price, {"day_ahead"}, 60, 4, 15, 500.0);
  import_one(id, day_ahead);
  const MarketTable merged = scenarios().table(id, TableKind::price).value();
  const MarketTable original = make_price_table(96);
  ASSERT_EQ(merged.rows(), 96U);
  for (std::size_t row = 0; row < 96; ++row) {
    const bool replaced = row >= 4 && row < 8;
    EXPECT_EQ(merged.find("day_ahead")->values[row], replaced ? day_ahead.columns[0].values[row - 4] : original.columns[0].values[row]);
    EXPECT_EQ(merged.find("intraday")->values[row], original.columns[1].values[row]);
  }
}

TEST_F(ScenarioManagerTest, ReplaceEmptiesTheTablesThatAreBrought) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96));
  import_one(id, make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 10.0));
  const MarketTable small = make_table(TableKind::price, {"day_ahead"}, 60, 4, 15, 500.0);
  const ImportOutcome outcome = import_one(id, small, ImportMode::replace);
  EXPECT_EQ(outcome.scenario.record_count, 4 + 6);
  EXPECT_TRUE(same_rows(scenarios().table(id, TableKind::price).value(), small));
}

TEST_F(ScenarioManagerTest, QualityIsKeptAndFollowsReplacement) {
  const ScenarioId id = make_scenario();
  MarketTable table = make_table(TableKind::price, {"day_ahead"}, 0, 96, 15, 1.0);
  table.columns[0].quality = {90, 4, 2, 0, 15};
  import_one(id, table);
  EXPECT_EQ(scenarios().tables(id).value()[0].columns[0].quality, (ColumnQuality{90, 4, 2, 0, 15}));
  // The second half again, hourly and without flaws: half of the first account stays, flaws rounded up.
  import_one(id, make_table(TableKind::price, {"day_ahead"}, 720, 12, 60, 1.0));
  EXPECT_EQ(scenarios().tables(id).value()[0].columns[0].quality, (ColumnQuality{45 + 12, 2, 1, 0, 15}));
  EXPECT_EQ(scenarios().table(id, TableKind::price).value().columns[0].quality, (ColumnQuality{45 + 12, 2, 1, 0, 15}));
  // Everything again: only the last account is left.
  import_one(id, table);
  EXPECT_EQ(scenarios().tables(id).value()[0].columns[0].quality, (ColumnQuality{90, 4, 2, 0, 15}));
}

TEST_F(ScenarioManagerTest, ResolutionIsKeptByImportAndHolesBetweenImportsAreCounted) {
  const ScenarioId id = make_scenario();
  MarketTable hours = make_table(TableKind::price, {"day_ahead"}, 0, 24, 60, 1.0);
  hours.columns[0].quality = {24, 0, 0, 0, 60};
  hours.columns[0].resolution = {{at_minute(0), 60}};
  MarketTable quarters = make_table(TableKind::price, {"day_ahead"}, 30 * 60, 96, 15, 1.0);
  quarters.columns[0].quality = {96, 0, 0, 0, 15};
  quarters.columns[0].resolution = {{at_minute(30 * 60), 15}};
  import_one(id, hours);
  import_one(id, quarters);
  const TableColumn column = scenarios().table(id, TableKind::price).value().columns[0];
  ASSERT_EQ(column.resolution.size(), 2U);
  EXPECT_EQ(column.resolution[0].minutes, 60);
  EXPECT_EQ(column.resolution[1].minutes, 15);
  EXPECT_EQ(column.resolution[1].from, at_minute(30 * 60));
  EXPECT_EQ(scenarios().tables(id).value()[0].columns[0].quality, (ColumnQuality{120, 0, 24, 0, 15}));
  import_one(id, make_table(TableKind::price, {"day_ahead"}, 100 * 60, 24, 60, 1.0));
  EXPECT_EQ(scenarios().tables(id).value()[0].columns[0].quality.missing, (100 - 54) * 4);
}

TEST_F(ScenarioManagerTest, ReadsARange) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96));
  const MarketTable part = scenarios().table(id, TableKind::price, {at_minute(30), at_minute(60)}).value();
  EXPECT_THAT(part.delivery_start, ElementsAre(at_minute(30), at_minute(45)));
  EXPECT_EQ(scenarios().table(id, TableKind::price, {.from = at_minute(1430)}).value().rows(), 0U);
  EXPECT_EQ(scenarios().table(id, TableKind::price, {.to = at_minute(15)}).value().rows(), 1U);
  EXPECT_EQ(scenarios().table(id, TableKind::fcr).value().rows(), 0U);
}

TEST_F(ScenarioManagerTest, RowsAreReadableWithPlainSql) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(4, 50.0));
  const SQLite::Database file((db() / "scenario_data" / "scenario_1.db").string());
  SQLite::Statement query(file, "SELECT datetime(timestamp, 'unixepoch'), day_ahead FROM price ORDER BY timestamp LIMIT 1");
  ASSERT_TRUE(query.executeStep());
  EXPECT_EQ(query.getColumn(0).getString(), "2024-01-01 00:00:00");
  EXPECT_EQ(query.getColumn(1).getDouble(), 50.0);
  const SQLite::Database metadata((db() / "scenarios.db").string());
  SQLite::Statement row(
      metadata, "SELECT name, country, has_price_data, has_solar_data, has_afrr_data, has_fcr_data, record_count, preload FROM scenarios");
  ASSERT_TRUE(row.executeStep());
  EXPECT_EQ(row.getColumn(2).getInt(), 1);
  EXPECT_EQ(row.getColumn(6).getInt(), 4);
}

TEST_F(ScenarioManagerTest, PriceSetIsWhatTheMarketMakesOfTheTables) {
  const ScenarioId id = make_scenario("x");
  const std::vector<MarketTable> tables{make_price_table(96), make_table(TableKind::fcr, {"fcr_price"}, 0, 6, 240, 10.0)};
  ASSERT_TRUE(scenarios().import_tables(id, tables));
  PriceSet expected = make_price_set("NL", tables, dutch_calendar());
  expected.name = "x";
  EXPECT_TRUE(same_prices(scenarios().price_set(id).value(), expected));
  EXPECT_TRUE(expected.has(PriceColumn::fcr));
}

TEST_F(ScenarioManagerTest, ScenarioWithoutDataHasAPriceSetWithoutColumns) {
  const PriceSet prices = scenarios().price_set(make_scenario()).value();
  EXPECT_EQ(prices.quarters, 0);
  for (const SharedColumn& column : prices.column) EXPECT_EQ(column, nullptr);
}

TEST_F(ScenarioManagerTest, DroppingTheCacheChangesNoAnswer) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96));
  const PriceSet first = scenarios().price_set(id).value();
  const PriceSet cached = scenarios().price_set(id).value();
  EXPECT_EQ(first.column[0], cached.column[0]);  // the same memory
  EXPECT_TRUE(scenarios().cache_unload(id).value());
  EXPECT_FALSE(scenarios().cache_unload(id).value());
  EXPECT_TRUE(same_prices(scenarios().price_set(id).value(), first));
  store_->clear_cache();
  EXPECT_TRUE(same_prices(scenarios().price_set(id).value(), first));
  open(0);  // nothing is ever cached
  EXPECT_TRUE(same_prices(scenarios().price_set(id).value(), first));
  EXPECT_EQ(scenarios().cache_stats().cached_count, 0U);
}

TEST_F(ScenarioManagerTest, ARunKeepsItsSnapshot) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96, 1.0));
  const PriceSet before = scenarios().price_set(id).value();
  const double price = before.values(PriceColumn::day_ahead)[10];
  import_one(id, make_price_table(96, 700.0));
  EXPECT_EQ(before.values(PriceColumn::day_ahead)[10], price);
  EXPECT_NE(scenarios().price_set(id).value().values(PriceColumn::day_ahead)[10], price);
  ASSERT_TRUE(scenarios().remove(id));
  EXPECT_EQ(before.values(PriceColumn::day_ahead)[10], price);
  EXPECT_EQ(scenarios().cache_stats().cached_count, 0U);
}

TEST_F(ScenarioManagerTest, ChangingTheCountryChangesTheGrid) {
  const ScenarioId id = make_scenario();
  import_one(id, make_price_table(96));
  EXPECT_EQ(scenarios().price_set(id).value().country, "NL");
  ASSERT_TRUE(scenarios().patch(id, {.country = "GB"}));
  const PriceSet british = scenarios().price_set(id).value();
  EXPECT_EQ(british.country, "GB");
  EXPECT_TRUE(same_prices(british, [&] {
    PriceSet expected = make_price_set("GB", std::vector{make_price_table(96)}, MarketCalendar::for_country("GB"));
    expected.name = british.name;
    return expected;
  }()));
}

TEST_F(ScenarioManagerTest, PreloadFillsTheCacheAndStatsSayWhatIsThere) {
  const ScenarioId loaded = scenarios().create({.name = "a", .preload = true}).value().id;
  const ScenarioId other = make_scenario();
  import_one(loaded, make_price_table(96));
  import_one(other, make_price_table(96));
  open();
  EXPECT_TRUE(store_->preload().empty());
  CacheStats stats = scenarios().cache_stats();
  ASSERT_EQ(stats.cached_count, 1U);
  EXPECT_EQ(stats.entries[0].id, std::to_string(loaded));
  EXPECT_TRUE(stats.entries[0].preload);
  EXPECT_GT(stats.memory_mb, 5 * 96 * 8 / 1e6);
  EXPECT_DOUBLE_EQ(stats.limit_mb, 1000.0);
  ASSERT_TRUE(scenarios().cache_load(other));
  EXPECT_EQ(scenarios().cache_stats().cached_count, 2U);
  EXPECT_EQ(scenarios().cache_stats().misses, 2U);
  (void)scenarios().price_set(other);
  EXPECT_EQ(scenarios().cache_stats().hits, 1U);
}

TEST_F(ScenarioManagerTest, PreloadReportsWhatItCannotLoadAndGoesOn) {
  const ScenarioId damaged = scenarios().create({.name = "a", .preload = true}).value().id;
  const ScenarioId whole = scenarios().create({.name = "b", .preload = true}).value().id;
  import_one(damaged, make_price_table(96));
  import_one(whole, make_price_table(96));
  std::filesystem::remove(db() / "scenario_data" / ("scenario_" + std::to_string(damaged) + ".db"));
  open();
  const Issues issues = store_->preload();
  ASSERT_EQ(issues.all().size(), 1U);
  EXPECT_EQ(issues.all()[0].code, "corrupt_store");
  EXPECT_EQ(issues.all()[0].path, "/scenarios/" + std::to_string(damaged));
  EXPECT_EQ(scenarios().cache_stats().cached_count, 1U);
}

}  // namespace
}  // namespace bess::test
