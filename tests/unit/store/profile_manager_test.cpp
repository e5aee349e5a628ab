#include "store/profile_manager.h"

#include <gmock/gmock.h>

#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

using ::testing::MatchesRegex;

class ProfileManagerTest : public StoreTest {
 protected:
  Profile make_profile(const std::string& name = "Park", std::size_t quarters = 192) {
    return profiles().create({.name = name, .config = R"({"slope": 35})"}, make_series(quarters), dutch_calendar()).value();
  }
};

TEST_F(ProfileManagerTest, KeepsEveryField) {
  const NewProfile fields{.name = "Zon",
                          .type = ProfileType::wind,
                          .source = ProfileSource::generated,
                          .latitude = 52.37,
                          .longitude = 4.9,
                          .config = "{\"a\": [1, \"x\"]}",
                          .preload = true};
  const Profile made = profiles().create(fields, make_series(96, 7.5), dutch_calendar()).value();
  open();
  const Profile read = profiles().get(made.id).value();
  EXPECT_EQ(read, made);
  EXPECT_EQ(read.type, ProfileType::wind);
  EXPECT_EQ(read.source, ProfileSource::generated);
  EXPECT_EQ(read.latitude, 52.37);
  EXPECT_EQ(read.config, "{\"a\": [1, \"x\"]}");
  EXPECT_EQ(read.capacity_mw, 7.5);
  EXPECT_TRUE(std::filesystem::exists(db() / "profile_data" / ("profile_" + made.id + ".db")));
}

TEST_F(ProfileManagerTest, IdsAreUuidsInAnyCase) {
  Profile made = make_profile();
  EXPECT_THAT(made.id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  std::string upper = made.id;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(profiles().get(upper).value().id, made.id);
  EXPECT_NE(make_profile().id, made.id);
}

TEST_F(ProfileManagerTest, WhatIsNoIdIsNotFound) {
  make_profile();
  for (const std::string id : {"", "1", "../scenarios", "00000000-0000-4000-8000-000000000000", "' OR 1=1 --"}) {
    EXPECT_EQ(profiles().get(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().remove(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().series(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().statistics(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().patch(id, {.name = "x"}).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().cache_load(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().cache_unload(id).issues().all().at(0).code, "not_found");
    EXPECT_EQ(profiles().replace_series(id, make_series(4), dutch_calendar()).issues().all().at(0).code, "not_found");
  }
  EXPECT_EQ(profiles().list().size(), 1U);
}

TEST_F(ProfileManagerTest, ReportsAllProblemsAtOnce) {
  ProductionSeries series;
  series.capacity_mw = -1.0;
  const auto refused = profiles().create({.name = "", .latitude = 91.0, .longitude = no_value}, series, dutch_calendar());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.issues().all().size(), 5U);
}

TEST_F(ProfileManagerTest, SeriesComesBackWholeAndInPart) {
  ProductionSeries series = make_series(192);
  series.power_mw[7] = no_value;
  const std::string id = profiles().create({.name = "x"}, series, dutch_calendar()).value().id;
  open();
  const auto whole = profiles().series(id).value();
  EXPECT_EQ(whole->start, series.start);
  EXPECT_EQ(whole->capacity_mw, series.capacity_mw);
  EXPECT_TRUE(same_values(whole->power_mw, series.power_mw));
  const ProductionSeries part = profiles().series(id, {at_minute(60), at_minute(120)}).value();
  EXPECT_EQ(part.start, at_minute(60));
  EXPECT_TRUE(same_values(part.power_mw, {series.power_mw[4], series.power_mw[5], series.power_mw[6], no_value}));
}

TEST_F(ProfileManagerTest, KeepsTheMonthlyStatistics) {
  const ProductionSeries series = make_series(96 * 70);
  const std::string id = profiles().create({.name = "x"}, series, dutch_calendar()).value().id;
  EXPECT_EQ(profiles().statistics(id).value(), monthly_statistics(series, dutch_calendar()));
  EXPECT_EQ(profiles().statistics(id).value().size(), 3U);
}

TEST_F(ProfileManagerTest, ReplacingTheSeriesKeepsTheRunningOne) {
  const Profile made = make_profile();
  const auto before = profiles().series(made.id).value();
  const Profile after = profiles().replace_series(made.id, make_series(96, 50.0), dutch_calendar(), "{}").value();
  EXPECT_EQ(after.capacity_mw, 50.0);
  EXPECT_EQ(after.config, "{}");
  EXPECT_NE(after.data_revision, made.data_revision);
  EXPECT_EQ(before->power_mw.size(), 192U);
  EXPECT_EQ(profiles().series(made.id).value()->power_mw.size(), 96U);
  EXPECT_EQ(profiles().series(made.id).value()->capacity_mw, 50.0);
}

TEST_F(ProfileManagerTest, PatchAndRemove) {
  const Profile made = make_profile();
  const Profile patched = profiles().patch(made.id, {.name = "other", .preload = true}).value();
  EXPECT_EQ(patched.name, "other");
  EXPECT_EQ(patched.config, made.config);
  ASSERT_TRUE(profiles().remove(made.id));
  EXPECT_TRUE(std::filesystem::is_empty(db() / "profile_data"));
  EXPECT_TRUE(profiles().list().empty());
}

TEST_F(ProfileManagerTest, OneLimitForScenariosAndProfiles) {
  const Profile made = make_profile("p", 1000);  // 8 kB
  open(9000);
  const ScenarioId id = make_scenario();
  import_one(id, make_table(TableKind::price, {"day_ahead"}, 0, 96, 15, 1.0));
  ASSERT_TRUE(profiles().cache_load(made.id));
  EXPECT_EQ(profiles().cache_stats().cached_count, 1U);
  ASSERT_TRUE(scenarios().cache_load(id));
  EXPECT_EQ(scenarios().cache_stats().cached_count, 1U);
  EXPECT_EQ(profiles().cache_stats().cached_count, 0U);  // made room
  EXPECT_EQ(profiles().series(made.id).value()->power_mw.size(), 1000U);
}

TEST_F(ProfileManagerTest, PreloadsMarkedProfiles) {
  const Profile made = make_profile();
  make_profile("other");
  ASSERT_TRUE(profiles().patch(made.id, {.preload = true}));
  open();
  EXPECT_TRUE(store_->preload().empty());
  ASSERT_EQ(profiles().cache_stats().entries.size(), 1U);
  EXPECT_EQ(profiles().cache_stats().entries[0].id, made.id);
  EXPECT_TRUE(profiles().cache_stats().entries[0].preload);
}

}  // namespace
}  // namespace bess::test
