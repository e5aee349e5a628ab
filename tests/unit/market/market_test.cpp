#include "market/market.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "market/price_set.h"
#include "market/rules.h"
#include "market/settlement_price.h"
#include "market/statistics.h"
#include "market/table.h"

namespace bess {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
LocalDate date(const char* text) { return parse_date(text).value(); }
Instant at(const char* text) { return parse_instant(text).value(); }
double rule(const char* country, RuleField field, const char* day) { return market_rule(country, field, date(day)).value(); }

std::optional<Market> market_named(std::string_view name) {
  const auto found = std::ranges::find(market_table, name, &MarketInfo::name);
  if (found == market_table.end()) return std::nullopt;
  return found->id;
}

TEST(Markets, HaveNames) {
  for (const Market m : all_markets) EXPECT_EQ(market_named(to_string(m)), m);
  EXPECT_FALSE(market_named("power"));
  for (const TableKind kind : {TableKind::price, TableKind::afrr, TableKind::fcr, TableKind::solar, TableKind::installed_capacity}) {
    EXPECT_EQ(parse_table_kind(to_string(kind)), kind);
    EXPECT_FALSE(columns_of(kind).empty());
  }
  EXPECT_FALSE(parse_table_kind("prices"));
  EXPECT_EQ(to_string(PriceColumn::installed_solar_mw), "installed_solar_mw");
}

TEST(Rules, DayAheadProductsChangeWithDelivery) {
  EXPECT_EQ(rule("NL", RuleField::day_ahead_resolution_minutes, "2025-09-30"), 60);
  EXPECT_EQ(rule("NL", RuleField::day_ahead_resolution_minutes, "2025-10-01"), 15);
  EXPECT_EQ(first_date_of("DE", RuleField::day_ahead_resolution_minutes, 15), date("2025-10-01"));
  EXPECT_FALSE(first_date_of("NL", RuleField::day_ahead_resolution_minutes, 5));
}

TEST(Rules, PriceLimitsHaveDates) {
  EXPECT_EQ(rule("NL", RuleField::day_ahead_price_max_eur_per_mwh, "2022-05-10"), 3000);
  EXPECT_EQ(rule("NL", RuleField::day_ahead_price_max_eur_per_mwh, "2022-05-11"), 4000);
  EXPECT_EQ(rule("DE", RuleField::day_ahead_price_min_eur_per_mwh, "2024-01-01"), -500);
  EXPECT_EQ(rule("DE", RuleField::intraday_price_max_eur_per_mwh, "2024-01-01"), 9999);
}

TEST(Rules, CountriesDiffer) {
  EXPECT_EQ(rule("NL", RuleField::imbalance_allowed, "2024-01-01"), 1);
  EXPECT_EQ(rule("de-lu", RuleField::imbalance_allowed, "2024-01-01"), 0);
  EXPECT_FALSE(market_rule("BE", RuleField::imbalance_allowed, date("2024-01-01")));
  EXPECT_EQ(rule("NL", RuleField::afrr_full_activation_minutes, "2024-12-17"), 15);
  EXPECT_EQ(rule("NL", RuleField::afrr_full_activation_minutes, "2024-12-18"), 5);
  EXPECT_EQ(rule("DE", RuleField::afrr_full_activation_minutes, "2020-01-01"), 5);
  EXPECT_EQ(rule("DE", RuleField::intraday_auctions, "2020-01-01"), 1);
  EXPECT_EQ(rule("NL", RuleField::intraday_auctions, "2024-06-12"), 0);
  EXPECT_EQ(rule("NL", RuleField::intraday_auctions, "2024-06-13"), 3);
}

TEST(Rules, ReserveBlocksHaveAHistory) {
  EXPECT_EQ(rule("NL", RuleField::fcr_block_hours, "2019-06-30"), 168);
  EXPECT_EQ(rule("NL", RuleField::fcr_block_hours, "2019-07-01"), 24);
  EXPECT_EQ(rule("NL", RuleField::fcr_block_hours, "2020-07-01"), 4);
  EXPECT_EQ(rule("NL", RuleField::fcr_gate_days_before, "2020-06-30"), 2);
  EXPECT_EQ(rule("DE", RuleField::fcr_power_factor, "2024-01-01"), 1.25);
  EXPECT_EQ(rule("DE", RuleField::fcr_energy_hours, "2024-01-01"), 0.25);
  EXPECT_EQ(rule("NL", RuleField::afrr_energy_hours, "2024-01-01"), 1.0);
}

TEST(Rules, RowsOfOneFieldAndCountryNeverOverlap) {
  const auto rows = market_rules();
  for (const MarketRule& a : rows) {
    EXPECT_LE(a.valid_from, a.valid_to);
    EXPECT_FALSE(to_string(a.field).empty());
    for (const MarketRule& b : rows) {
      if (&a == &b || a.field != b.field || a.country != b.country) continue;
      EXPECT_TRUE(a.valid_to < b.valid_from || b.valid_to < a.valid_from) << to_string(a.field);
    }
  }
}

TEST(SettlementPrices, FollowTheRegulationState) {
  const ActivationPrices activation{.up_eur_per_mwh = 120, .down_eur_per_mwh = 30, .mid_eur_per_mwh = 70};
  const auto pair = [&](RegulationState state, double incentive = 0.0) {
    const ImbalancePrices p = imbalance_prices(state, activation, incentive);
    return std::pair{p.take_eur_per_mwh, p.feed_eur_per_mwh};
  };
  EXPECT_EQ(pair(RegulationState::none), std::pair(70.0, 70.0));
  EXPECT_EQ(pair(RegulationState::up), std::pair(120.0, 120.0));
  EXPECT_EQ(pair(RegulationState::down), std::pair(30.0, 30.0));
  EXPECT_EQ(pair(RegulationState::both), std::pair(120.0, 30.0));
  EXPECT_EQ(pair(RegulationState::up, 2.0), std::pair(122.0, 118.0));
  // Where activation lies on the wrong side of the middle, the middle bounds both.
  const ImbalancePrices bounded =
      imbalance_prices(RegulationState::both, {.up_eur_per_mwh = 60, .down_eur_per_mwh = 80, .mid_eur_per_mwh = 70});
  EXPECT_EQ(bounded.take_eur_per_mwh, 70.0);
  EXPECT_EQ(bounded.feed_eur_per_mwh, 70.0);
  EXPECT_EQ(regulation_state(2.0), RegulationState::both);
  EXPECT_FALSE(regulation_state(3.0));
  EXPECT_FALSE(regulation_state(none));
}

class Sets : public ::testing::Test {
 protected:
  static MarketTable table(TableKind kind, const char* start, int step_s, int rows, const char* column) {
    MarketTable t{.kind = kind};
    std::vector<double> values;
    for (int r = 0; r < rows; ++r) {
      t.delivery_start.push_back(at(start) + std::chrono::seconds{r * step_s});
      t.duration_s.push_back(step_s);
      values.push_back(r);
    }
    t.columns.push_back({column, std::move(values), {}});
    return t;
  }
  PriceSet set(std::vector<MarketTable> tables, const char* country = "NL") const { return make_price_set(country, tables, nl_); }
  MarketCalendar nl_ = MarketCalendar::for_country("NL");
};

TEST_F(Sets, HourlyPricesAreHeldOverTheQuarters) {
  const PriceSet p = set({table(TableKind::price, "2023-12-31T23:00Z", 3600, 24, "day_ahead")});
  EXPECT_EQ(p.quarters, 96);
  EXPECT_EQ(format_instant(p.start), "2023-12-31T23:00:00Z");
  for (std::size_t q = 0; q < 96; ++q) EXPECT_EQ(p.values(PriceColumn::day_ahead)[q], static_cast<double>(q / 4));
  EXPECT_EQ(p.quality[0].resolution_minutes, 60);
  EXPECT_EQ(p.quality[0].rows, 24);
  EXPECT_EQ(p.day_ahead_quarter_products_from, -1);
  EXPECT_TRUE(p.has_market(Market::day_ahead));
  EXPECT_FALSE(p.has_market(Market::imbalance));
}

TEST_F(Sets, FiveMinutePricesAreAveraged) {
  const PriceSet p = set({table(TableKind::price, "2023-12-31T23:00Z", 300, 288, "intraday")});
  EXPECT_EQ(p.quarters, 96);
  for (std::size_t q = 0; q < 96; ++q) EXPECT_NEAR(p.values(PriceColumn::intraday)[q], 3.0 * static_cast<double>(q) + 1.0, 1e-9);
}

TEST_F(Sets, ReserveBlocksAreHeldOverTheirRealLength) {
  MarketTable fcr{.kind = TableKind::fcr};
  fcr.columns.push_back({"fcr_price", {}, {}});
  for (Instant t = at("2024-10-26T22:00Z"); t < at("2024-10-27T23:00Z");) {
    const Instant end = nl_.block_end(t, 4);
    fcr.delivery_start.push_back(t);
    fcr.duration_s.push_back(static_cast<std::int32_t>((end - t).count()));
    fcr.columns[0].values.push_back(static_cast<double>(fcr.delivery_start.size()));
    t = end;
  }
  const PriceSet p = set({fcr});
  EXPECT_EQ(p.quarters, 100);
  const auto values = p.values(PriceColumn::fcr);
  EXPECT_EQ(std::count(values.begin(), values.end(), 1.0), 20);
  EXPECT_EQ(std::count(values.begin(), values.end(), 6.0), 16);
}

TEST_F(Sets, TheGridFollowsThePriceTable) {
  const PriceSet p = set({table(TableKind::fcr, "2023-12-30T23:00Z", 4 * 3600, 30, "fcr_price"),
                          table(TableKind::price, "2024-01-01T05:00Z", 3600, 30, "day_ahead")});
  EXPECT_EQ(format_instant(p.start), "2023-12-31T23:00:00Z");  // whole local days around the price rows
  EXPECT_EQ(p.quarters, 2 * 96);
  EXPECT_TRUE(std::isnan(p.values(PriceColumn::day_ahead)[0]));
  EXPECT_EQ(p.values(PriceColumn::fcr)[0], 6.0);
  EXPECT_EQ(usable_range(p, {{true, false, false, false, true}}), (QuarterRange{24, 120}));
  EXPECT_EQ(usable_range(p, {{false, false, false, false, true}}), (QuarterRange{0, 192}));
  EXPECT_EQ(set({}).quarters, 0);
}

TEST_F(Sets, GapsAreFilledByMarketPeriodAndCounted) {
  MarketTable t = table(TableKind::price, "2023-12-31T23:00Z", 3600, 24 * 10, "day_ahead");
  auto& v = t.columns[0].values;
  for (int h = 50; h < 53; ++h) v[static_cast<std::size_t>(h)] = none;    // three hours: linear
  for (int h = 100; h < 110; ++h) v[static_cast<std::size_t>(h)] = none;  // ten: the day before
  for (int h = 150; h < 175; ++h) v[static_cast<std::size_t>(h)] = none;  // 25: stay missing
  const PriceSet p = set({t});
  const auto da = p.values(PriceColumn::day_ahead);
  EXPECT_NEAR(da[51 * 4 + 3], 51.0, 1e-12);
  EXPECT_EQ(da[51 * 4], da[51 * 4 + 3]);
  EXPECT_EQ(da[105 * 4], 81.0);
  EXPECT_TRUE(std::isnan(da[160 * 4]));
  const ColumnQuality& quality = p.quality[0];
  EXPECT_EQ(quality.interpolated, 12);
  EXPECT_EQ(quality.borrowed, 40);
  EXPECT_EQ(quality.missing, 100);
}

TEST_F(Sets, HourlyUntilOctober2025ThenQuarterly) {
  MarketTable t = table(TableKind::price, "2025-09-29T22:00Z", 3600, 24, "day_ahead");
  for (int q = 0; q < 96; ++q) {
    t.delivery_start.push_back(at("2025-09-30T22:00Z") + q * quarter_hour);
    t.duration_s.push_back(900);
    t.columns[0].values.push_back(100.0 + q);
  }
  t.columns[0].values[5] = none;
  t.columns[0].values[24 + 7] = none;
  const PriceSet p = set({t});
  EXPECT_EQ(p.day_ahead_quarter_products_from, 96);
  const auto da = p.values(PriceColumn::day_ahead);
  for (std::size_t q = 20; q < 24; ++q) EXPECT_NEAR(da[q], 5.0, 1e-12);
  EXPECT_NEAR(da[96 + 7], 107.0, 1e-12);
  EXPECT_EQ(p.quality[0].resolution_minutes, 15);
}

// A solar table has to reach as far as the prices do: an hour less at either end is a gap like another.
TEST_F(Sets, SolarIsFilledAtTheEndsOfThePrices) {
  const MarketTable price = table(TableKind::price, "2023-12-31T23:00Z", 3600, 24 * 3, "day_ahead");
  const PriceSet p = set({price, table(TableKind::solar, "2024-01-01T00:00Z", 3600, 24 * 3 - 2, "solar_mw")});
  const auto mw = p.values(PriceColumn::solar_mw);
  EXPECT_EQ(mw[0], 23.0);  // of the day after
  EXPECT_EQ(mw[4], 0.0);
  EXPECT_EQ(mw[mw.size() - 1], 46.0);  // of the day before
  EXPECT_EQ(p.quality[static_cast<std::size_t>(PriceColumn::solar_mw)].borrowed, 8);
  const PriceSet late = set({price, table(TableKind::solar, "2024-01-02T00:00Z", 3600, 24, "solar_mw")});
  EXPECT_TRUE(std::isnan(late.values(PriceColumn::solar_mw)[0])) << "more than a day";
}

TEST_F(Sets, InstalledCapacityIsAStepFunction) {
  MarketTable price = table(TableKind::price, "2023-12-31T23:00Z", 3600, 48, "day_ahead");
  MarketTable installed{.kind = TableKind::installed_capacity};
  installed.delivery_start = {at("2024-01-01T11:00Z"), at("2024-01-02T11:00Z")};
  installed.duration_s = {900, 900};
  installed.columns.push_back({"solar_mw", {100.0, 200.0}, {}});
  const PriceSet p = set({price, installed});
  const auto mw = p.values(PriceColumn::installed_solar_mw);
  EXPECT_EQ(mw[0], 100.0);
  EXPECT_EQ(mw[100], 100.0);
  EXPECT_EQ(mw[191], 200.0);
  installed.delivery_start = {at("2023-06-01T00:00Z"), at("2023-12-01T00:00Z")};  // long before the prices begin
  EXPECT_EQ(set({price, installed}).values(PriceColumn::installed_solar_mw)[0], 200.0);
}

// The periods of a gap are those its part of the column was read from, whatever came later or how finely rows are split by now.
TEST_F(Sets, GapsAreFilledByTheResolutionThatWasRead) {
  MarketTable t = table(TableKind::price, "2023-12-31T23:00Z", 900, 96 * 10, "intraday");
  auto& v = t.columns[0].values;
  for (std::size_t q = 200; q < 216; ++q) v[q] = none;
  for (std::size_t q = 600; q < 616; ++q) v[q] = none;
  t.columns[0].resolution = {{t.delivery_start[0], 60}, {t.delivery_start[400], 15}};
  const PriceSet p = set({t});
  const ColumnQuality& quality = p.quality[static_cast<std::size_t>(PriceColumn::intraday)];
  EXPECT_EQ(quality.interpolated, 16);
  EXPECT_EQ(quality.borrowed, 16);
  EXPECT_EQ(p.values(PriceColumn::intraday)[604], v[604 - 96]);
}

TEST_F(Sets, ChecksNameEachMarketOnce) {
  MarketTable t = table(TableKind::price, "2023-12-31T23:00Z", 3600, 24 * 4, "day_ahead");
  for (int h = 30; h < 60; ++h) t.columns[0].values[static_cast<std::size_t>(h)] = none;
  const PriceSet p = set({t});
  const std::vector<std::int32_t> early{0, 1, 2}, all{300, 121, 122, 0};
  MarketSet enabled;
  enabled.add(Market::day_ahead);
  EXPECT_TRUE(check_markets(p, enabled, early, "/run/enabled_markets").empty());
  enabled.add(Market::fcr);
  const Issues issues = check_markets(p, enabled, all, "/run/enabled_markets");
  ASSERT_EQ(issues.all().size(), 2U);
  EXPECT_EQ(issues.all()[0].code, "market_data_missing");
  EXPECT_EQ(issues.all()[0].path, "/run/enabled_markets");
  EXPECT_THAT(issues.all()[0].message,
              HasSubstr("2 of 4 quarter-hours that the run needs have no day_ahead price, the earliest at 2024-01-02T05:15:00Z"));
  EXPECT_THAT(issues.all()[1].message, HasSubstr("fcr"));
}

TEST(Statistics, TopMinusBottomHours) {
  std::vector<double> price;
  for (int day = 0; day < 2; ++day) {
    for (int h = 0; h < 24; ++h) {
      for (int q = 0; q < 4; ++q) price.push_back((h + 1) * (day + 1) + (q - 1.5));  // hourly means 1 … 24, then 2 … 48
    }
  }
  const std::vector<std::int32_t> days{0, 96, 192};
  const TopBottomSpread tb = top_bottom_spread(price, days);
  EXPECT_NEAR(tb.tb1_eur_per_mw_day, 1.5 * 23, 1e-9);
  EXPECT_NEAR(tb.tb2_eur_per_mw_day, 1.5 * (23 + 21), 1e-9);
  EXPECT_NEAR(tb.tb4_eur_per_mw_day, 1.5 * (23 + 21 + 19 + 17), 1e-9);
  EXPECT_EQ(tb.days, 2);
  EXPECT_NEAR(tb.at_duration(0.5), tb.tb1_eur_per_mw_day / 2, 1e-9);
  EXPECT_NEAR(tb.at_duration(2.0), tb.tb2_eur_per_mw_day, 1e-9);
  EXPECT_NEAR(tb.at_duration(3.0), (tb.tb2_eur_per_mw_day + tb.tb4_eur_per_mw_day) / 2, 1e-9);
  price[100] = none;
  EXPECT_EQ(top_bottom_spread(price, days).left_out, 1);
  EXPECT_NEAR(top_bottom_spread(price, days).tb1_eur_per_mw_day, 23, 1e-9);
  price[0] = none;
  const TopBottomSpread nothing = top_bottom_spread(price, days);
  EXPECT_EQ(nothing.days, 0);
  EXPECT_TRUE(std::isnan(nothing.tb1_eur_per_mw_day)) << "no mean of no days";
  EXPECT_TRUE(std::isnan(nothing.at_duration(2.0)));
}

TEST(Statistics, DaysOfTheGridAreLocal) {
  const MarketCalendar nl = MarketCalendar::for_country("NL");
  EXPECT_THAT(day_bounds(nl, at("2024-03-29T23:00Z"), 96 + 92 + 96), ElementsAre(0, 96, 188, 284));
  EXPECT_THAT(day_bounds(nl, at("2024-10-26T22:00Z"), 110), ElementsAre(0, 100, 110));
  EXPECT_THAT(day_bounds(nl, at("2024-10-26T22:00Z"), 0), ElementsAre(0));
}

TEST(Statistics, OfAColumn) {
  const std::vector<double> values{none, -2.0, 1.0, none, 4.0, -1.0, 8.0, none};
  const ColumnStatistics s = column_statistics(values);
  EXPECT_EQ(s.quarters, 5);
  EXPECT_EQ(s.missing, 1);
  EXPECT_EQ(s.first, 1);
  EXPECT_EQ(s.last, 6);
  EXPECT_NEAR(s.mean, 2.0, 1e-12);
  EXPECT_NEAR(s.standard_deviation, std::sqrt(66.0 / 5.0), 1e-12);
  EXPECT_EQ(s.min, -2.0);
  EXPECT_EQ(s.max, 8.0);
  EXPECT_EQ(s.p50, 1.0);
  EXPECT_NEAR(s.p25, -1.0, 1e-12);
  EXPECT_NEAR(s.p95, 7.2, 1e-12);
  EXPECT_NEAR(s.negative_hours, 0.5, 1e-12);
  EXPECT_EQ(column_statistics(std::vector<double>{none}).quarters, 0);
}

}  // namespace
}  // namespace bess
