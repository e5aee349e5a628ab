#include "market/sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "market/settlement_price.h"
#include "market/statistics.h"

namespace bess {
namespace {

const MarketCalendar& nl() {
  static const MarketCalendar calendar = MarketCalendar::for_country("NL");
  return calendar;
}

double negative_share(std::span<const double> values) {
  return static_cast<double>(std::count_if(values.begin(), values.end(), [](double v) { return v < 0.0; })) /
         static_cast<double>(values.size());
}

TEST(Sample, IsAWholeYearOfEveryMarketAndSaysWhatItIs) {
  const PriceSet prices = make_sample_prices(1, 2024);
  EXPECT_TRUE(prices.synthetic);
  EXPECT_NE(prices.name.find("synthetic"), std::string::npos);
  EXPECT_EQ(prices.quarters, 35136);
  EXPECT_EQ(format_instant(prices.start), "2023-12-31T23:00:00Z");
  for (const Market market : all_markets) EXPECT_TRUE(prices.has_market(market)) << to_string(market);
  for (const PriceColumn c : {PriceColumn::regulation_state, PriceColumn::solar_mw, PriceColumn::installed_solar_mw})
    EXPECT_TRUE(prices.has(c));
  for (const SharedColumn& column : prices.column) {
    if (column) {
      EXPECT_TRUE(std::none_of(column->begin(), column->end(), [](double v) { return std::isnan(v); }));
    }
  }
  EXPECT_EQ(prices.day_ahead_quarter_products_from, -1);
  EXPECT_EQ(make_sample_prices(1, 2025).quarters, 35040);
  EXPECT_EQ(make_sample_prices(1, 2025).day_ahead_quarter_products_from, 273 * 96 - 4);  // 1 October, after one short day
  EXPECT_EQ(make_sample_prices(1, 2026).day_ahead_quarter_products_from, 0);
}

TEST(Sample, IsAFunctionOfSeedAndYear) {
  const PriceSet a = make_sample_prices(7, 2024), b = make_sample_prices(7, 2024), c = make_sample_prices(8, 2024),
                 d = make_sample_prices(7, 2023);
  for (std::size_t i = 0; i < price_columns; ++i) {
    if (a.column[i]) {
      EXPECT_EQ(*a.column[i], *b.column[i]);
    }
  }
  EXPECT_NE(*a.column[0], *c.column[0]);
  EXPECT_NE(a.values(PriceColumn::day_ahead)[0], d.values(PriceColumn::day_ahead)[0]);
}

// Dutch 2024, for comparison: mean 77.3, 5.2 % negative hours, TB1/TB2/TB4 113/211/362 EUR/MW/day.
TEST(Sample, DayAheadLooksDutch) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const PriceSet prices = make_sample_prices(seed, 2024);
    const ColumnStatistics s = column_statistics(prices.values(PriceColumn::day_ahead));
    EXPECT_GT(s.mean, 65.0) << seed;
    EXPECT_LT(s.mean, 95.0) << seed;
    EXPECT_GT(s.negative_hours / 8784, 0.035) << seed;
    EXPECT_LT(s.negative_hours / 8784, 0.07) << seed;
    EXPECT_GT(s.max, 250.0) << seed;
    EXPECT_LT(s.min, -40.0) << seed;
    const auto tb = top_bottom_spread(prices, PriceColumn::day_ahead, nl()).value();
    EXPECT_EQ(tb.days, 366);
    EXPECT_GT(tb.tb2_eur_per_mw_day, 170.0) << seed;
    EXPECT_LT(tb.tb2_eur_per_mw_day, 250.0) << seed;
  }
}

TEST(Sample, DayAheadIsHourlyWithASolarDipAndAWeekend) {
  const PriceSet prices = make_sample_prices(3, 2023);
  const std::span<const double> da = prices.values(PriceColumn::day_ahead);
  double noon = 0.0, evening = 0.0, workday = 0.0, weekend = 0.0;
  int workdays = 0, weekends = 0;
  for (std::size_t q = 0; q < da.size(); ++q) {
    ASSERT_EQ(da[q], da[q - q % 4]);
    const Instant t = prices.start + static_cast<int>(q) * quarter_hour;
    const LocalDate date = nl().local_date(t);
    const auto month = static_cast<unsigned>(date.month());
    const int hour = nl().local_minute(t) / 60;
    const bool summer = month >= 5 && month <= 8;
    if (summer && hour == 13) noon += da[q];
    if (summer && hour == 20) evening += da[q];
    const bool off = std::chrono::weekday{std::chrono::sys_days{date}}.iso_encoding() > 5;
    (off ? weekend : workday) += da[q];
    ++(off ? weekends : workdays);
  }
  EXPECT_GT(evening, 2.0 * noon);
  EXPECT_LT(weekend / weekends, workday / workdays - 5.0);
}

TEST(Sample, ImbalanceFollowsTheRegulationState) {
  const PriceSet prices = make_sample_prices(5, 2024);
  const auto take = prices.values(PriceColumn::imbalance_take), feed = prices.values(PriceColumn::imbalance_feed);
  const auto state = prices.values(PriceColumn::regulation_state), mid = prices.values(PriceColumn::intraday);
  int both = 0;
  for (std::size_t q = 0; q < take.size(); ++q) {
    const auto s = regulation_state(state[q]);
    ASSERT_TRUE(s);
    ASSERT_GE(take[q], feed[q]);
    if (*s != RegulationState::both) {
      ASSERT_EQ(take[q], feed[q]);
    } else {
      ++both;
    }
    if (*s == RegulationState::none) {
      ASSERT_EQ(take[q], mid[q]);
    }
    if (*s == RegulationState::up) {
      ASSERT_GE(take[q], mid[q]);
    }
    if (*s == RegulationState::down) {
      ASSERT_LE(take[q], mid[q]);
    }
  }
  EXPECT_GT(both, 35136 / 10);
  EXPECT_LT(both, 35136 / 4);
}

TEST(Sample, ReservesHoldOverTheirBlocks) {
  const PriceSet prices = make_sample_prices(11, 2024);
  for (const auto& [column, low, high] :
       {std::tuple{PriceColumn::fcr, 10.0, 25.0}, {PriceColumn::afrr_up, 5.0, 25.0}, {PriceColumn::afrr_down, 5.0, 25.0}}) {
    const auto values = prices.values(column);
    const ColumnStatistics s = column_statistics(values);
    EXPECT_GT(s.p05, low * 0.5);
    EXPECT_GT(s.mean, low);
    EXPECT_LT(s.p95, high * 1.3);
    std::size_t changes = 0;
    for (std::size_t q = 1; q < values.size(); ++q) {
      if (values[q] == values[q - 1]) continue;
      ++changes;
      const Instant t = prices.start + static_cast<int>(q) * quarter_hour;
      ASSERT_EQ(nl().block_start(t, 4), t);
    }
    EXPECT_GT(changes, 2000U);
  }
}

TEST(Sample, SolarNeverExceedsWhatIsInstalledAndSleepsAtNight) {
  const PriceSet prices = make_sample_prices(2, 2024);
  const auto solar = prices.values(PriceColumn::solar_mw), installed = prices.values(PriceColumn::installed_solar_mw);
  for (std::size_t q = 0; q < solar.size(); ++q) {
    ASSERT_GE(solar[q], 0.0);
    ASSERT_LE(solar[q], installed[q]);
    if (nl().local_minute(prices.start + static_cast<int>(q) * quarter_hour) < 4 * 60) {
      ASSERT_EQ(solar[q], 0.0);
    }
  }
  const double capacity_factor =
      std::accumulate(solar.begin(), solar.end(), 0.0) / std::accumulate(installed.begin(), installed.end(), 0.0);
  EXPECT_GT(capacity_factor, 0.08);
  EXPECT_LT(capacity_factor, 0.13);
  EXPECT_GT(negative_share(prices.values(PriceColumn::day_ahead)), 0.03);
}

TEST(Sample, TablesRebuildTheSet) {
  const std::vector<MarketTable> tables = make_sample_tables(1, 2024);
  ASSERT_EQ(tables.size(), table_kinds);
  const PriceSet prices = make_price_set("NL", tables, nl());
  EXPECT_EQ(*prices.column[0], *make_sample_prices(1, 2024).column[0]);
  EXPECT_EQ(prices.quality[static_cast<std::size_t>(PriceColumn::day_ahead)].resolution_minutes, 60);
  EXPECT_EQ(prices.quality[static_cast<std::size_t>(PriceColumn::fcr)].rows, 2196);
}

}  // namespace
}  // namespace bess
