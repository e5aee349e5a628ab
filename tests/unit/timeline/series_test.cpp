#include "timeline/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bess {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::NanSensitiveDoubleEq;
using ::testing::Pointwise;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
Instant at(const char* text) { return parse_instant(text).value(); }

TEST(Resample, HoursToQuarters) {
  const RegularSeries series{at("2024-01-01T00:00Z"), hours{1}, {10.0, none}};
  EXPECT_THAT(resample(series, minutes{15}, SeriesKind::level).values,
              Pointwise(NanSensitiveDoubleEq(), std::vector{10.0, 10.0, 10.0, 10.0, none, none, none, none}));
  EXPECT_THAT(resample(series, minutes{15}, SeriesKind::amount).values,
              Pointwise(NanSensitiveDoubleEq(), std::vector{2.5, 2.5, 2.5, 2.5, none, none, none, none}));
  EXPECT_THAT(resample(series, minutes{30}, SeriesKind::level).values.size(), 4U);
}

TEST(Resample, FiveMinutesToQuarters) {
  const RegularSeries series{at("2024-01-01T00:00Z"), minutes{5}, {1.0, 2.0, 6.0, none, 4.0, 5.0, none, none, none, 7.0}};
  EXPECT_THAT(resample(series, minutes{15}, SeriesKind::level).values, Pointwise(NanSensitiveDoubleEq(), std::vector{3.0, 4.5, none, 7.0}));
  EXPECT_THAT(resample(series, minutes{15}, SeriesKind::amount).values,
              Pointwise(NanSensitiveDoubleEq(), std::vector{9.0, none, none, none}));
}

TEST(Resample, ThereAndBackKeepsLevelsAndSums) {
  const RegularSeries series{at("2024-01-01T00:00Z"), minutes{30}, {3.0, -1.0, 8.5, 0.0}};
  for (const SeriesKind kind : {SeriesKind::level, SeriesKind::amount}) {
    const RegularSeries back = resample(resample(series, minutes{15}, kind), minutes{30}, kind);
    EXPECT_THAT(back.values, Pointwise(testing::DoubleEq(), series.values));
  }
}

TEST(Gaps, AreRunsBetweenValues) {
  const std::vector<double> values{none, 1.0, none, none, 2.0, 3.0, none, 4.0, none};
  EXPECT_THAT(find_gaps(values), ElementsAre(Gap{2, 2}, Gap{6, 1}));
  EXPECT_TRUE(find_gaps(std::vector<double>{none, none}).empty());
  EXPECT_TRUE(find_gaps({}).empty());
}

class FillGaps : public ::testing::Test {
 protected:
  /// Hourly, value = hour number, `days` long.
  static RegularSeries hourly(int days) {
    RegularSeries series{at("2024-01-31T23:00Z"), hours{1}, {}};
    for (int i = 0; i < days * 24; ++i) series.values.push_back(i);
    return series;
  }
  static void remove(RegularSeries& series, int first, int count) {
    for (int i = first; i < first + count; ++i) series.values[static_cast<std::size_t>(i)] = none;
  }
  GapCount fill(RegularSeries& series, GapRules rules = {}) const {
    return fill_gaps(series, nl_, [](Instant t) { return std::chrono::floor<hours>(t) + hours{1}; }, rules);
  }
  MarketCalendar nl_ = MarketCalendar::for_country("NL");
};

TEST_F(FillGaps, FourPeriodsAreLinear) {
  RegularSeries series = hourly(3);
  series.values[14] = 115.0;  // 9 before, 115 + 4 after: not what a straight count would give
  remove(series, 10, 4);
  const GapCount count = fill(series);
  EXPECT_EQ(count.interpolated, 4);
  EXPECT_EQ(count.borrowed + count.missing, 0);
  EXPECT_NEAR(series.values[10], 9.0 + 106.0 / 5, 1e-12);
  EXPECT_NEAR(series.values[13], 9.0 + 106.0 * 4 / 5, 1e-12);
}

TEST_F(FillGaps, ADayComesFromTheDayBefore) {
  RegularSeries series = hourly(5);
  remove(series, 30, 24);
  const GapCount count = fill(series);
  EXPECT_EQ(count.borrowed, 24);
  for (int i = 30; i < 54; ++i) EXPECT_EQ(series.values[static_cast<std::size_t>(i)], i - 24) << i;
}

TEST_F(FillGaps, ElseFromAWeekBeforeElseFromLater) {
  RegularSeries series = hourly(20);
  remove(series, 200, 6);
  remove(series, 224, 6);  // the day before is missing too
  remove(series, 2, 5);    // nothing earlier
  const GapCount count = fill(series);
  EXPECT_EQ(count.borrowed, 17);
  EXPECT_EQ(series.values[225], 225 - 168);
  EXPECT_EQ(series.values[201], 201 - 24);
  EXPECT_EQ(series.values[3], 27);
}

TEST_F(FillGaps, BorrowingFollowsTheLocalClock) {
  RegularSeries series{at("2024-03-29T23:00Z"), hours{1}, {}};
  for (int i = 0; i < 24 * 4; ++i) series.values.push_back(nl_.local_minute(series.start + i * hours{1}) / 60);
  remove(series, 36, 6);  // 31 March, 14:00 local, a short day
  fill(series);
  for (int i = 36; i < 42; ++i) EXPECT_EQ(series.values[static_cast<std::size_t>(i)], nl_.local_minute(series.start + i * hours{1}) / 60);
}

TEST_F(FillGaps, MoreThanADayStays) {
  RegularSeries series = hourly(5);
  remove(series, 30, 25);
  const GapCount count = fill(series);
  EXPECT_EQ(count.missing, 25);
  EXPECT_THAT(count.unfilled, ElementsAre(Gap{30, 25}));
  EXPECT_TRUE(std::isnan(series.values[40]));
}

TEST_F(FillGaps, EndsAreNoGaps) {
  RegularSeries series = hourly(3);
  remove(series, 0, 3);
  remove(series, 70, 2);
  const GapCount count = fill(series);
  EXPECT_EQ(count.interpolated + count.borrowed + count.missing, 0);
  EXPECT_TRUE(std::isnan(series.values[0]) && std::isnan(series.values[71]));
}

TEST_F(FillGaps, EndsComeFromAnotherDayWhereTheyAreGaps) {
  RegularSeries series = hourly(4);
  remove(series, 0, 2);  // few enough to interpolate, but there is nothing before
  remove(series, 90, 6);
  const GapCount count = fill(series, {.ends = true});
  EXPECT_EQ(count.borrowed, 8);
  EXPECT_EQ(count.interpolated + count.missing, 0);
  EXPECT_EQ(series.values[1], 25.0);
  EXPECT_EQ(series.values[95], 71.0);
  remove(series, 0, 25);  // more than a day limits the range, as ever
  EXPECT_EQ(fill(series, {.ends = true}).borrowed, 0);
  EXPECT_TRUE(std::isnan(series.values[24]));
  RegularSeries nothing = hourly(2);
  remove(nothing, 0, 48);
  EXPECT_EQ(fill(nothing, {.ends = true}).borrowed, 0);
}

TEST_F(FillGaps, PeriodsKeepOneValueOnAFinerGrid) {
  RegularSeries series = resample(hourly(2), minutes{15}, SeriesKind::level);
  remove(series, 40, 8);  // two hours
  const GapCount count = fill(series);
  EXPECT_EQ(count.interpolated, 8);
  for (int i = 40; i < 44; ++i) EXPECT_NEAR(series.values[static_cast<std::size_t>(i)], 10.0, 1e-12);
  for (int i = 44; i < 48; ++i) EXPECT_NEAR(series.values[static_cast<std::size_t>(i)], 11.0, 1e-12);
}

TEST_F(FillGaps, StatesAreHeldNotMixed) {
  RegularSeries series = hourly(2);
  remove(series, 10, 3);
  fill(series, {.interpolate = false});
  EXPECT_EQ(series.values[12], 9.0);
}

}  // namespace
}  // namespace bess
