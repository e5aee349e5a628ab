#include "generation/production.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const MarketCalendar& amsterdam() {
  static const MarketCalendar calendar("Europe/Amsterdam");
  return calendar;
}

// Each quarter carries its local day of the year and hour, so that alignment can be read back: month·1e4 + day·100 + local hour.
double mark(Instant t) {
  const LocalDate date = amsterdam().local_date(t);
  return 1e4 * static_cast<unsigned>(date.month()) + 100.0 * static_cast<unsigned>(date.day()) + amsterdam().local_minute(t) / 60;
}

ProductionSeries marked(std::string_view start, std::string_view end) {
  ProductionSeries p;
  p.start = *parse_instant(start);
  p.capacity_mw = 2e5;
  for (Instant t = p.start; t < *parse_instant(end); t += quarter_hour) p.power_mw.push_back(mark(t));
  return p;
}

ProjectTimeline project(std::string_view start, int years) {
  TimelineRequest request;
  request.start = *parse_instant(start);
  request.years = years;
  request.data_start = *parse_instant("2023-12-31T23:00:00Z");
  request.data_quarters = 35136;
  return std::move(build_timeline(amsterdam(), request)).value();
}

}  // namespace

TEST(Production, MonthsOfALeapYear) {
  ProductionSeries p;
  p.start = *parse_instant("2023-12-31T23:00:00Z");
  p.capacity_mw = 4.0;
  p.power_mw.assign(35136, 1.0);
  const auto months = monthly_statistics(p, amsterdam());
  ASSERT_EQ(months.size(), 12U);
  EXPECT_EQ(months[1].quarters, 29 * 96);
  EXPECT_EQ(months[2].quarters, 31 * 96 - 4);  // clock change
  EXPECT_EQ(months[9].quarters, 31 * 96 + 4);
  EXPECT_DOUBLE_EQ(months[1].energy_mwh, 29 * 24.0);
  EXPECT_DOUBLE_EQ(months[1].full_load_hours, 29 * 6.0);
  EXPECT_DOUBLE_EQ(months[1].capacity_factor, 0.25);
  EXPECT_EQ(months[0].year, 2024);
  EXPECT_NEAR(production_totals(p).energy_mwh, 8784.0, 1e-9);
  EXPECT_NEAR(production_totals(p).full_load_hours_per_year, 8766.0 / 4.0, 1e-9);
}

TEST(Production, WholeYearsOutOfUtcYears) {
  const auto whole = whole_local_years(marked("2010-01-01T00:00:00Z", "2013-01-01T00:00:00Z"), amsterdam());
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->start, *parse_instant("2009-12-31T23:00:00Z"));
  EXPECT_EQ(whole->power_mw.size(), (365U + 365U + 366U) * 96U);
  EXPECT_EQ(whole->power_mw[0], 10200.0);  // 00:00 of 1 January is missing: that of the 2nd
  EXPECT_EQ(whole->power_mw[4], 10101.0);
}

TEST(Production, PartialYearsAreDroppedOrRefused) {
  const auto cut = whole_local_years(marked("2010-11-01T00:00:00Z", "2012-03-01T00:00:00Z"), amsterdam());
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(cut->power_mw.size(), 365U * 96U);
  EXPECT_EQ(cut->power_mw[0], 10100.0);
  const auto refused = whole_local_years(marked("2010-03-01T00:00:00Z", "2011-12-01T00:00:00Z"), amsterdam());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.issues().errors().front().code, "incomplete_year");
  EXPECT_FALSE(whole_local_years(ProductionSeries{.capacity_mw = 1.0}, amsterdam()).has_value());
}

TEST(Production, AlignsByCalendarPositionAndScales) {
  const ProductionSeries typical = marked("2001-01-01T00:00:00Z", "2002-01-01T00:00:00Z");
  const ProjectTimeline timeline = project("2024-03-14T23:00:00Z", 2);
  Issues issues;
  const auto power = align_production(typical, timeline, amsterdam(), {.capacity_mw = 1e5}, issues);
  ASSERT_TRUE(issues.empty());
  ASSERT_EQ(power.size(), static_cast<std::size_t>(timeline.quarters));
  for (std::size_t q = 0; q < power.size(); ++q) {
    const Instant t = timeline.instant(static_cast<std::int32_t>(q));
    const LocalDate date = amsterdam().local_date(t);
    const bool first_hour = date.month() == std::chrono::January && date.day() == std::chrono::day{1} && amsterdam().local_minute(t) < 60;
    // The typical year's own clock changes lie on other days (25 March, 28 October 2001).
    const bool spring = date.month() == std::chrono::March && date.day() == std::chrono::day{25} && amsterdam().local_minute(t) / 60 == 2;
    if (first_hour || spring || (date.month() == std::chrono::February && date.day() == std::chrono::day{29})) continue;
    ASSERT_EQ(power[q], 0.5 * mark(t)) << format_instant(t);
  }
}

TEST(Production, BeginsWithTheStartYearsOwnData) {
  ProductionSeries p;
  p.start = *parse_instant("2021-12-31T23:00:00Z");
  p.capacity_mw = 10.0;
  p.power_mw.assign(365 * 96, 1.0);                    // 2022
  p.power_mw.insert(p.power_mw.end(), 365 * 96, 2.0);  // 2023
  p.power_mw.insert(p.power_mw.end(), 366 * 96, 3.0);  // 2024
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 3);
  Issues issues;
  const auto power = align_production(p, timeline, amsterdam(), {.capacity_mw = 10.0}, issues);
  ASSERT_EQ(power.size(), static_cast<std::size_t>(timeline.quarters));
  EXPECT_EQ(power[100], 3.0);
  EXPECT_EQ(power[static_cast<std::size_t>(timeline.year_first_quarter[1]) + 100], 1.0);
  EXPECT_EQ(power[static_cast<std::size_t>(timeline.year_first_quarter[2]) + 100], 2.0);
}

TEST(Production, PartOfAYearWillDoWhereThatIsAllowed) {
  const ProductionSeries half = marked("2023-12-31T23:00:00Z", "2024-06-30T22:00:00Z");
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 1);
  Issues issues;
  EXPECT_TRUE(align_production(half, timeline, amsterdam(), {.capacity_mw = half.capacity_mw}, issues).empty());
  ASSERT_EQ(issues.errors().size(), 1U);
  EXPECT_EQ(issues.errors().front().code, "incomplete_year");
  EXPECT_NE(issues.errors().front().message.find("allow_partial"), std::string::npos);
  issues = {};
  const auto power = align_production(half, timeline, amsterdam(), {.capacity_mw = half.capacity_mw, .allow_partial = true}, issues);
  ASSERT_EQ(power.size(), 35136U);
  ASSERT_EQ(issues.all().size(), 1U);
  EXPECT_EQ(issues.all().front().code, "assumed");
  EXPECT_NE(issues.all().front().message.find("184 days"), std::string::npos) << issues.all().front().message;
  for (std::size_t q = 0; q < half.power_mw.size(); ++q) ASSERT_EQ(power[q], half.power_mw[q]) << q;
  EXPECT_EQ(power[35136 - 40], half.power_mw[half.power_mw.size() - 40]) << "the last day again";
}

TEST(Production, DegradesWithTheProjectsYears) {
  ProductionSeries p;
  p.start = *parse_instant("2023-12-31T23:00:00Z");
  p.capacity_mw = 10.0;
  p.power_mw.assign(366 * 96, 4.0);
  p.degradation_per_year = 0.005;
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 3);
  Issues issues;
  const auto power = align_production(p, timeline, amsterdam(), {.capacity_mw = 10.0}, issues);
  EXPECT_EQ(power.front(), 4.0);
  EXPECT_NEAR(power.back(), 4.0 * 0.995 * 0.995, 1e-12);
}

TEST(Production, NegativeBecomesZeroExcessAndGapsAreErrors) {
  ProductionSeries p;
  p.start = *parse_instant("2023-12-31T23:00:00Z");
  p.capacity_mw = 10.0;
  p.power_mw.assign(366 * 96, 10.4);
  p.power_mw[5] = -0.2;
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 1);
  Issues issues;
  auto power = align_production(p, timeline, amsterdam(), {.capacity_mw = 20.0}, issues);
  ASSERT_FALSE(issues.has_errors());
  ASSERT_EQ(issues.warnings().size(), 1U);
  EXPECT_EQ(issues.warnings().front().code, "negative_production");
  EXPECT_EQ(power[5], 0.0);
  EXPECT_DOUBLE_EQ(power[6], 20.8);
  p.power_mw[6] = 10.6;
  p.power_mw[7] = nan;
  issues = {};
  power = align_production(p, timeline, amsterdam(), {.capacity_mw = 20.0}, issues);
  EXPECT_TRUE(power.empty());
  ASSERT_EQ(issues.errors().size(), 2U);
  EXPECT_EQ(issues.errors()[0].code, "gap");
  EXPECT_EQ(issues.errors()[1].code, "out_of_range");
}

TEST(Production, BadCapacities) {
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 1);
  ProductionSeries p;
  p.start = timeline.start;
  p.power_mw.assign(366 * 96, 0.0);
  Issues issues;
  EXPECT_TRUE(align_production(p, timeline, amsterdam(), {.capacity_mw = 1.0}, issues).empty());
  EXPECT_EQ(issues.errors().front().code, "out_of_range");
  issues = {};
  EXPECT_TRUE(align_production(p, timeline, amsterdam(), {.capacity_mw = -1.0}, issues).empty());
  EXPECT_TRUE(issues.has_errors());
}

TEST(Production, ScenarioColumnsAreSharesOfWhatWasInstalled) {
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 1);
  std::vector<double> country(35136, 5000.0);
  std::vector<double> installed(35136, nan);
  installed[10] = 20000.0;
  installed[20000] = 25000.0;
  country[3] = -5.0;
  Issues issues;
  const auto power = production_from_scenario(country, installed, timeline, 8.0, issues);
  ASSERT_FALSE(issues.has_errors());
  EXPECT_DOUBLE_EQ(power[0], 2.0);  // the first known value holds backwards
  EXPECT_DOUBLE_EQ(power[19999], 2.0);
  EXPECT_DOUBLE_EQ(power[20000], 1.6);
  EXPECT_EQ(power[3], 0.0);
  EXPECT_EQ(issues.warnings().size(), 1U);
}

TEST(Production, ScenarioColumnsThatCannotServe) {
  const ProjectTimeline timeline = project("2023-12-31T23:00:00Z", 1);
  std::vector<double> country(35136, 5000.0);
  std::vector<double> installed(35136, nan);
  Issues issues;
  EXPECT_TRUE(production_from_scenario(country, installed, timeline, 8.0, issues).empty());
  EXPECT_EQ(issues.errors().front().code, "out_of_range");
  installed.assign(35136, 20000.0);
  country[77] = nan;
  issues = {};
  EXPECT_TRUE(production_from_scenario(country, installed, timeline, 8.0, issues).empty());
  EXPECT_EQ(issues.errors().front().code, "market_data_missing");
  country[77] = 22000.0;
  issues = {};
  EXPECT_TRUE(production_from_scenario(country, installed, timeline, 8.0, issues).empty());
  EXPECT_EQ(issues.errors().front().code, "out_of_range");
}

}  // namespace bess
