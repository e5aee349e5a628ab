#include "asset/connection_profile.h"

#include <gtest/gtest.h>

#include <numeric>

namespace bess {
namespace {

const MarketCalendar& dutch() {
  static const MarketCalendar calendar = MarketCalendar::for_country("NL");
  return calendar;
}

/// Project years from a local clock time, on the same years' data.
ProjectTimeline project(Instant start, int years) {
  TimelineRequest request;
  request.start = start;
  request.years = years;
  request.data_start = dutch().day_start(LocalDate{std::chrono::year{2023}, std::chrono::January, std::chrono::day{1}});
  request.data_quarters = 10 * 35064;
  auto timeline = build_timeline(dutch(), request);
  EXPECT_TRUE(timeline.has_value());
  return std::move(timeline).value();
}
ProjectTimeline project(const char* day, int years) { return project(dutch().day_start(*parse_date(day)), years); }

double factor_at(const std::vector<double>& factors, const ProjectTimeline& timeline, const char* local_utc) {
  return factors.at(static_cast<std::size_t>((*parse_instant(local_utc) - timeline.start) / quarter_hour));
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace

TEST(CapacityProfile, WithoutALimitThereAreNoFactors) {
  const ProjectTimeline timeline = project("2024-01-01", 1);
  EXPECT_TRUE(capacity_factors({}, timeline, dutch()).empty());
  CapacityProfile ones;
  ones.by_hour.assign(24, 1.0);
  ones.series.assign(35136, 1.0);
  ones.windows.push_back({});
  EXPECT_TRUE(capacity_factors(ones, timeline, dutch()).empty());
}

TEST(CapacityProfile, HoursAreThoseOfTheLocalClock) {
  const ProjectTimeline timeline = project("2024-01-01", 1);
  CapacityProfile profile;
  profile.by_hour.assign(24, 1.0);
  profile.by_hour[17] = 0.25;
  const auto factors = capacity_factors(profile, timeline, dutch());
  ASSERT_EQ(factors.size(), 35136U);
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-10T15:45:00Z"), 1.0);
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-10T16:00:00Z"), 0.25);  // 17:00 in winter
  EXPECT_EQ(factor_at(factors, timeline, "2024-07-10T15:00:00Z"), 0.25);  // 17:00 in summer
  EXPECT_EQ(factor_at(factors, timeline, "2024-07-10T16:00:00Z"), 1.0);
  EXPECT_DOUBLE_EQ(sum(factors), 35136 - 0.75 * 4 * 366);
}

TEST(CapacityProfile, MonthsHaveTheirOwnHours) {
  const ProjectTimeline timeline = project("2024-01-01", 1);
  CapacityProfile profile;
  profile.by_hour.assign(288, 1.0);
  profile.by_hour[24 * 1 + 2] = 0.5;  // February, 02:00
  profile.by_hour[24 * 9 + 2] = 0.0;  // October, 02:00, which comes twice on the 27th
  profile.by_hour[24 * 2 + 2] = 0.0;  // March, 02:00, which the 31st skips
  const auto factors = capacity_factors(profile, timeline, dutch());
  EXPECT_DOUBLE_EQ(sum(factors), 35136 - 0.5 * 4 * 29 - 4.0 * 32 - 4.0 * 30);
  EXPECT_EQ(factor_at(factors, timeline, "2024-10-27T00:00:00Z"), 0.0);
  EXPECT_EQ(factor_at(factors, timeline, "2024-10-27T01:45:00Z"), 0.0);
  EXPECT_EQ(factor_at(factors, timeline, "2024-10-27T02:00:00Z"), 1.0);
}

TEST(CapacityProfile, AWindowIsMadeOfDatesMonthsDaysAndHours) {
  const ProjectTimeline timeline = project("2024-01-01", 1);
  CapacityProfile profile;
  profile.windows = {{.months = {12, 1}, .days = DayKind::weekdays, .from_hour = 16.5, .to_hour = 20, .factor = 0.0},
                     {.from = parse_instant("2024-06-01T00:00:00Z"), .to = parse_instant("2024-06-02T00:00:00Z"), .factor = 0.4},
                     {.months = {8}, .days = DayKind::weekends, .from_hour = 22, .to_hour = 6, .factor = 0.1}};
  const auto factors = capacity_factors(profile, timeline, dutch());
  // 23 weekdays of January and 22 of December, 14 quarters each; a day; 9 weekend days of August (2024 has five Saturdays, four Sundays)
  EXPECT_NEAR(sum(factors), 35136 - 14.0 * (23 + 22) - 0.6 * 96 - 0.9 * 32 * 9, 1e-6);
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-05T15:15:00Z"), 1.0);  // a Friday, 16:15
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-05T15:30:00Z"), 0.0);
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-05T19:00:00Z"), 1.0);  // 20:00
  EXPECT_EQ(factor_at(factors, timeline, "2024-01-06T16:00:00Z"), 1.0);  // Saturday
  EXPECT_EQ(factor_at(factors, timeline, "2024-06-01T00:00:00Z"), 0.4);
  EXPECT_EQ(factor_at(factors, timeline, "2024-06-02T00:00:00Z"), 1.0);
  EXPECT_EQ(factor_at(factors, timeline, "2024-08-03T21:00:00Z"), 0.1);  // Saturday 23:00
}

TEST(CapacityProfile, TheSmallestStatementHolds) {
  const ProjectTimeline timeline = project("2024-01-01", 1);
  CapacityProfile profile;
  profile.by_hour.assign(24, 0.8);
  profile.series.assign(35136, 0.9);
  profile.series[0] = 0.3;
  profile.windows = {{.from_hour = 0.25, .to_hour = 0.5, .factor = 0.5}};
  const auto factors = capacity_factors(profile, timeline, dutch());
  EXPECT_EQ(factors[0], 0.3);
  EXPECT_EQ(factors[1], 0.5);
  EXPECT_EQ(factors[2], 0.8);
}

TEST(CapacityProfile, ASeriesOfOneYearRepeatsByTheClock) {
  const ProjectTimeline timeline = project("2023-01-01", 2);  // 365 days, then a leap year
  CapacityProfile profile;
  profile.series.resize(35040);
  for (std::size_t q = 0; q < 35040; ++q) profile.series[q] = static_cast<double>(q) / 35040.0;
  const auto factors = capacity_factors(profile, timeline, dutch());
  ASSERT_EQ(factors.size(), 35040U + 35136U);
  const auto same = [&](const char* later, const char* first) {
    EXPECT_EQ(factor_at(factors, timeline, later), factor_at(factors, timeline, first)) << later;
  };
  same("2024-01-01T11:00:00Z", "2023-01-01T11:00:00Z");
  same("2024-02-29T11:00:00Z", "2023-02-28T11:00:00Z");
  same("2024-03-01T11:00:00Z", "2023-03-01T11:00:00Z");
  same("2024-03-28T11:00:00Z", "2023-03-28T10:00:00Z");  // noon before and after the clocks changed
  same("2024-03-26T01:15:00Z", "2023-03-25T01:15:00Z");  // 02:15, which 26 March 2023 skipped: that of the day before
  same("2024-12-31T22:45:00Z", "2023-12-31T22:45:00Z");
  EXPECT_EQ(whole_years(timeline, 35039), 0);
  EXPECT_EQ(whole_years(timeline, 35040), 1);
  EXPECT_EQ(whole_years(timeline, 35040 + 35135), 1);
  EXPECT_EQ(whole_years(timeline, 80000), 2);
}

TEST(CapacityProfile, ALongerSeriesServesTheYearsItHas) {
  const ProjectTimeline timeline = project("2023-01-01", 3);
  CapacityProfile profile;
  profile.series.assign(35040, 0.25);
  profile.series.resize(35040 + 35136, 0.5);
  profile.series.resize(35040 + 35136 + 1000, 0.75);  // part of the third year
  const auto factors = capacity_factors(profile, timeline, dutch());
  EXPECT_EQ(factors.front(), 0.25);
  EXPECT_EQ(factors[35040], 0.5);
  EXPECT_EQ(factors[35040 + 35136], 0.5);
  EXPECT_EQ(factors.back(), 0.5);
}

TEST(CapacityProfile, AnOddStartHasEveryDayWhole) {
  const ProjectTimeline at_six = project(*parse_instant("2024-02-29T05:00:00Z"), 3);
  CapacityProfile profile;
  profile.series.resize(static_cast<std::size_t>(at_six.year_first_quarter[1]));
  for (std::size_t q = 0; q < profile.series.size(); ++q) profile.series[q] = 0.5 + 0.25 * static_cast<double>(q % 2);
  const auto factors = capacity_factors(profile, at_six, dutch());
  for (std::size_t q = 0; q < factors.size(); ++q) ASSERT_EQ(factors[q], 0.5 + 0.25 * static_cast<double>(q % 2)) << q;
}

}  // namespace bess
