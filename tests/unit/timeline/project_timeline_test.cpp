#include "timeline/project_timeline.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>

namespace bess {
namespace {

LocalDate date(const char* text) { return parse_date(text).value(); }
Instant at(const char* text) { return parse_instant(text).value(); }

class Timeline : public ::testing::Test {
 protected:
  /// Data of whole local days [first, last].
  TimelineRequest data(const char* first, const char* last) const {
    TimelineRequest request;
    request.data_start = nl_.day_start(date(first));
    request.data_quarters = static_cast<std::int32_t>((nl_.day_start(next_day(date(last))) - request.data_start) / quarter_hour);
    return request;
  }
  TimelineRequest request(const char* first, const char* last, const char* start, int years) const {
    TimelineRequest r = data(first, last);
    r.start = nl_.day_start(date(start));
    r.years = years;
    return r;
  }
  Instant source_instant(const TimelineRequest& r, const ProjectTimeline& line, Instant t) const {
    const auto q = static_cast<std::size_t>((t - line.start) / quarter_hour);
    return r.data_start + line.source.at(q) * quarter_hour;
  }
  void expect_consistent(const TimelineRequest& r, const ProjectTimeline& line) const {
    const auto n = static_cast<std::size_t>(line.quarters);
    for (const auto* column : {&line.source, &line.block, &line.hour, &line.month}) ASSERT_EQ(column->size(), n);
    ASSERT_EQ(line.years(), r.years);
    ASSERT_EQ(line.year_first_quarter.back(), line.quarters);
    ASSERT_EQ(line.data_year_of_project_year.size(), static_cast<std::size_t>(r.years));
    std::int32_t quarter = 0;
    for (const ProjectDay& day : line.days) {
      ASSERT_EQ(day.first_quarter, quarter);
      quarter += day.quarters;
      ASSERT_EQ(nl_.local_date(line.instant(day.first_quarter)), day.date);
    }
    ASSERT_EQ(quarter, line.quarters);
    for (int y = 0; y < r.years; ++y) {
      const ProjectDay& first = line.days[static_cast<std::size_t>(line.year_first_day[static_cast<std::size_t>(y)])];
      ASSERT_EQ(first.first_quarter, line.year_first_quarter[static_cast<std::size_t>(y)]);
      ASSERT_EQ(first.year, y);
    }
    for (const std::int32_t s : line.source) {
      ASSERT_GE(s, 0);
      ASSERT_LT(s, r.data_quarters);
    }
  }
  MarketCalendar nl_ = MarketCalendar::for_country("NL");
};

TEST_F(Timeline, AYearOfItsOwnDataIsTheIdentity) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-01-01", 1);
  const auto line = build_timeline(nl_, r);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->quarters, 35136);
  EXPECT_EQ(line->days.size(), 366U);
  EXPECT_FALSE(line->years_repeated);
  std::vector<std::int32_t> identity(35136);
  std::iota(identity.begin(), identity.end(), 0);
  EXPECT_EQ(line->source, identity);
  EXPECT_EQ(line->block.back(), 366 * 6 - 1);
  EXPECT_EQ(line->hour.back(), 8783);
  EXPECT_EQ(line->month.back(), 11);
  EXPECT_EQ(line->month_start[9], date("2024-10-01"));
  expect_consistent(r, *line);
}

TEST_F(Timeline, YearTotalsAndDays) {
  const TimelineRequest r = request("2023-01-01", "2025-12-31", "2023-01-01", 3);
  const auto line = build_timeline(nl_, r);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->year_first_quarter, (std::vector<std::int32_t>{0, 35040, 70176, 105216}));
  EXPECT_EQ(line->data_year_of_project_year, (std::vector<int>{2023, 2024, 2025}));
  EXPECT_FALSE(line->years_repeated);
  for (const ProjectDay& day : line->days) EXPECT_EQ(day.quarters, nl_.quarters_in_day(day.date));
  expect_consistent(r, *line);
}

TEST_F(Timeline, BlocksOnSwitchDays) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-01-01", 1);
  const auto line = build_timeline(nl_, r).value();
  const auto block_quarters = [&](const char* t) {
    const auto q = static_cast<std::size_t>((at(t) - line.start) / quarter_hour);
    return std::count(line.block.begin(), line.block.end(), line.block[q]);
  };
  EXPECT_EQ(block_quarters("2024-03-30T23:00Z"), 12);
  EXPECT_EQ(block_quarters("2024-10-26T22:00Z"), 20);
  EXPECT_EQ(block_quarters("2024-10-27T03:00Z"), 16);
}

TEST_F(Timeline, AnotherYearStandsInAndItsClockChangesElsewhere) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2025-01-01", 1);
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.quarters, 35040);
  EXPECT_TRUE(line.years_repeated);
  EXPECT_EQ(line.data_year_of_project_year, std::vector<int>{2024});
  const auto source = [&](const char* t) { return source_instant(r, line, at(t)); };
  EXPECT_EQ(source("2024-12-31T23:00Z"), at("2023-12-31T23:00Z"));
  EXPECT_EQ(source("2025-02-28T22:45Z"), at("2024-02-28T22:45Z"));
  EXPECT_EQ(source("2025-02-28T23:00Z"), at("2024-02-29T23:00Z"));  // 1 March; 29 February of the data is not used
  // 30 March 2025 is short, 30 March 2024 is not: 03:00 local takes 03:00 local.
  EXPECT_EQ(source("2025-03-30T00:45Z"), at("2024-03-30T00:45Z"));
  EXPECT_EQ(source("2025-03-30T01:00Z"), at("2024-03-30T02:00Z"));
  // 31 March 2025 02:15 local is absent on 31 March 2024: the same quarter a day earlier.
  EXPECT_EQ(source("2025-03-31T00:15Z"), at("2024-03-30T01:15Z"));
  EXPECT_EQ(source("2025-03-31T01:00Z"), at("2024-03-31T01:00Z"));
  // 26 October 2025 has 02:15 twice, 26 October 2024 once: both take it.
  EXPECT_EQ(source("2025-10-26T00:15Z"), at("2024-10-26T00:15Z"));
  EXPECT_EQ(source("2025-10-26T01:15Z"), at("2024-10-26T00:15Z"));
  EXPECT_EQ(source("2025-10-26T02:00Z"), at("2024-10-26T01:00Z"));
  // 27 October 2025 has it once, 27 October 2024 twice: the first.
  EXPECT_EQ(source("2025-10-27T01:15Z"), at("2024-10-27T00:15Z"));
  EXPECT_EQ(source("2025-10-27T02:00Z"), at("2024-10-27T02:00Z"));
  expect_consistent(r, line);
}

TEST_F(Timeline, TheLeapDayTakesThe28th) {
  const TimelineRequest r = request("2023-01-01", "2023-12-31", "2024-01-01", 1);
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.quarters, 35136);
  EXPECT_EQ(source_instant(r, line, at("2024-02-29T11:00Z")), at("2023-02-28T11:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-02-28T11:00Z")), at("2023-02-28T11:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-03-01T11:00Z")), at("2023-03-01T11:00Z"));
  expect_consistent(r, line);
}

TEST_F(Timeline, AStartInSummerWrapsAround) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-07-01", 1);
  const auto line = build_timeline(nl_, r).value();
  EXPECT_TRUE(line.years_repeated);
  EXPECT_EQ(source_instant(r, line, at("2024-06-30T22:00Z")), at("2024-06-30T22:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-12-31T22:45Z")), at("2024-12-31T22:45Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-12-31T23:00Z")), at("2023-12-31T23:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2025-06-30T21:45Z")), at("2024-06-30T21:45Z"));
  EXPECT_EQ(line.month_start.front(), date("2024-07-01"));
  EXPECT_EQ(line.month.back(), 11);
  expect_consistent(r, line);
}

TEST_F(Timeline, DataYearsBeginWithTheStartYearAndGoRound) {
  const TimelineRequest r = request("2021-01-01", "2023-12-31", "2022-01-01", 5);
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.data_year_of_project_year, (std::vector<int>{2022, 2023, 2021, 2022, 2023}));
  EXPECT_TRUE(line.years_repeated);
  const TimelineRequest elsewhere = request("2021-01-01", "2023-12-31", "2030-01-01", 4);
  EXPECT_EQ(build_timeline(nl_, elsewhere)->data_year_of_project_year, (std::vector<int>{2021, 2022, 2023, 2021}));
}

TEST_F(Timeline, OnlyCompleteYearsCount) {
  // 2024 complete, 2025 until May: the second project year takes 2024 again.
  const TimelineRequest r = request("2024-01-01", "2025-05-06", "2024-01-01", 2);
  EXPECT_EQ(build_timeline(nl_, r)->data_year_of_project_year, (std::vector<int>{2024, 2024}));
  const auto none = build_timeline(nl_, request("2024-01-02", "2025-05-06", "2024-01-01", 1));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.issues().all().front().code, "incomplete_year");
  EXPECT_FALSE(build_timeline(nl_, TimelineRequest{.start = at("2024-01-01T00:00Z")}));
}

TEST_F(Timeline, AStartWithinAYearTakesTheDataThatExist) {
  // 2024 whole, 2025 until May: February 2025 is there and is taken.
  const TimelineRequest r = request("2024-01-01", "2025-05-06", "2024-05-01", 2);
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(source_instant(r, line, at("2024-05-01T10:00Z")), at("2024-05-01T10:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2025-02-10T10:00Z")), at("2025-02-10T10:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2025-05-06T10:00Z")), at("2025-05-06T10:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2025-05-07T10:00Z")), at("2024-05-07T10:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2026-02-10T10:00Z")), at("2024-02-10T10:00Z"));
  ASSERT_EQ(line.repeated.size(), 2U);
  EXPECT_EQ(line.repeated[0].first, date("2025-05-07"));
  EXPECT_EQ(line.repeated[0].last, date("2025-12-31"));
  EXPECT_EQ(line.repeated[0].days, 239);
  EXPECT_EQ(line.repeated[1].data_first, date("2024-01-01"));
  EXPECT_EQ(describe_repeated(line).substr(0, 89),
            "2025-05-07 to 2025-12-31 (239 days) take the data of 2024-05-07 to 2024-12-31; 2026-01-01");
  expect_consistent(r, line);
  const auto one_year = build_timeline(nl_, request("2024-01-01", "2025-05-06", "2024-05-01", 1)).value();
  EXPECT_FALSE(one_year.years_repeated);
  EXPECT_EQ(describe_repeated(one_year), "");
}

TEST_F(Timeline, TwelveMonthsWithinTwoYearsAreEnoughForAStartWithinAYear) {
  const TimelineRequest r = request("2024-05-01", "2025-05-06", "2024-05-01", 3);
  const auto line = build_timeline(nl_, r);
  ASSERT_TRUE(line);
  EXPECT_EQ(source_instant(r, *line, at("2025-02-10T10:00Z")), at("2025-02-10T10:00Z"));
  EXPECT_EQ(source_instant(r, *line, at("2025-08-10T10:00Z")), at("2024-08-10T10:00Z"));
  EXPECT_EQ(source_instant(r, *line, at("2026-02-10T10:00Z")), at("2025-02-10T10:00Z"));
  EXPECT_EQ(line->data_year_of_project_year, (std::vector<int>{2024, 2025, 2024}));
  expect_consistent(r, *line);
  const auto short_data = build_timeline(nl_, request("2024-05-01", "2025-02-06", "2024-05-01", 1));
  ASSERT_FALSE(short_data);
  EXPECT_EQ(short_data.issues().all().front().code, "incomplete_year");
  EXPECT_NE(short_data.issues().all().front().message.find("83 days of the project, 2025-02-07 first"), std::string::npos)
      << short_data.issues().all().front().message;
}

TEST_F(Timeline, WhatIsMissingAndWhatCanBeDoneIsSaid) {
  const auto none = build_timeline(nl_, request("2024-05-01", "2025-05-06", "2025-01-01", 1));
  ASSERT_FALSE(none);
  const std::string message = none.issues().all().front().message;
  for (const char* part : {"2024-01-01 to 2024-04-30", "2025-05-07 to 2025-12-31", "start the project on 2024-05-01", "allow_partial"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST_F(Timeline, AUsableRangeNarrowsTheData) {
  TimelineRequest r = request("2023-01-01", "2024-12-31", "2023-01-01", 1);
  r.usable_first = 1;
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.data_year_of_project_year, std::vector<int>{2024});
  EXPECT_EQ(line.source.front(), 35040);
  r.usable_first = 0;
  r.usable_quarters = 35040;
  EXPECT_EQ(build_timeline(nl_, r)->data_year_of_project_year, std::vector<int>{2023});
}

TEST_F(Timeline, RepeatingCanBeForbidden) {
  TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-01-01", 1);
  r.repeat_years = false;
  EXPECT_TRUE(build_timeline(nl_, r));
  r.years = 3;
  const auto line = build_timeline(nl_, r);
  ASSERT_FALSE(line);
  EXPECT_EQ(line.issues().all().size(), 2U);  // 2025 and 2026
  EXPECT_EQ(line.issues().all().front().code, "incomplete_year");
}

TEST_F(Timeline, PartialDataRepeatItsEnds) {
  TimelineRequest r = request("2024-02-10", "2024-11-20", "2024-01-01", 1);
  r.allow_partial = true;
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(source_instant(r, line, at("2024-01-15T11:00Z")), at("2024-02-10T11:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-02-10T11:00Z")), at("2024-02-10T11:00Z"));
  EXPECT_EQ(source_instant(r, line, at("2024-12-24T11:00Z")), at("2024-11-20T11:00Z"));
  expect_consistent(r, line);
}

TEST_F(Timeline, PartialDataOfOneSwitchDay) {
  for (const char* day : {"2024-03-31", "2024-10-27"}) {
    TimelineRequest r = request(day, day, "2024-01-01", 1);
    r.allow_partial = true;
    expect_consistent(r, build_timeline(nl_, r).value());
  }
}

TEST_F(Timeline, AStartDuringTheDayCutsItsYearsThere) {
  TimelineRequest r = request("2023-01-01", "2025-12-31", "2023-01-01", 2);
  r.start = at("2023-06-01T10:37Z");  // 12:37 local, floored to 12:30
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.start, at("2023-06-01T10:30Z"));
  EXPECT_EQ(line.days.front().quarters, 46);
  EXPECT_EQ(line.days.back().quarters, 50);
  EXPECT_EQ(line.instant(line.year_first_quarter[1]), at("2024-06-01T10:30Z"));
  const auto cut = static_cast<std::size_t>(line.year_first_day[1]);
  EXPECT_EQ(line.days[cut].date, line.days[cut - 1].date);
  EXPECT_EQ(line.days[cut].quarters + line.days[cut - 1].quarters, 96);
  EXPECT_EQ(line.hour[1], 0);
  EXPECT_EQ(line.hour[2], 1);
  EXPECT_EQ(line.block[5], 0);  // 13:45; the block 12-16 has 14 quarters left
  EXPECT_EQ(line.block[13], 0);
  EXPECT_EQ(line.block[14], 1);
  expect_consistent(r, line);
}

TEST_F(Timeline, AStartOnALeapDayOrInTheSwitchHour) {
  const auto leap = build_timeline(nl_, request("2024-01-01", "2024-12-31", "2024-02-29", 4)).value();
  EXPECT_EQ(nl_.local_date(leap.instant(leap.year_first_quarter[1])), date("2025-02-28"));
  EXPECT_EQ(nl_.local_date(leap.instant(leap.quarters)), date("2028-02-29"));
  TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-01-01", 6);
  r.start = at("2024-10-27T01:30Z");  // the second 02:30
  expect_consistent(r, build_timeline(nl_, r).value());
  r.start = at("2024-03-30T01:30Z");  // 02:30, which 30 March 2025 skips
  const auto line = build_timeline(nl_, r).value();
  EXPECT_EQ(line.instant(line.year_first_quarter[1]), at("2025-03-30T01:30Z"));
  expect_consistent(r, line);
}

TEST_F(Timeline, EveryStartDayOfALeapCycleIsConsistent) {
  for (LocalDate start = date("2024-01-01"); start < date("2028-01-01");
       start = LocalDate{std::chrono::sys_days{start} + std::chrono::days{17}}) {
    TimelineRequest r = request("2023-01-01", "2024-12-31", "2024-01-01", 2);
    r.start = nl_.day_start(start);
    expect_consistent(r, build_timeline(nl_, r).value());
  }
}

TEST_F(Timeline, SameLocalTimeWhereverBothDaysHaveIt) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2025-01-01", 3);
  const auto line = build_timeline(nl_, r).value();
  int others = 0;
  for (std::int32_t q = 0; q < line.quarters; ++q) {
    const Instant source = r.data_start + line.source[static_cast<std::size_t>(q)] * quarter_hour;
    ASSERT_EQ(nl_.local_minute(source), nl_.local_minute(line.instant(q)));
    const LocalDate want = in_year(nl_.local_date(line.instant(q)), 2024);
    if (nl_.local_date(source) != want) ++others;
  }
  EXPECT_EQ(others, 12);  // 02:00–02:59 on the data's short day, once a year
}

TEST_F(Timeline, FiftyYearsBuildQuickly) {
  const TimelineRequest r = request("2024-01-01", "2024-12-31", "2024-01-01", 50);
  const auto begin = std::chrono::steady_clock::now();
  const auto line = build_timeline(nl_, r);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(line);
  EXPECT_EQ(line->years(), 50);
  RecordProperty("milliseconds", static_cast<int>(elapsed.count() * 1000));
  EXPECT_LT(elapsed.count(), 1.0);  // about 0.04 s; room for sanitizers and busy machines
  expect_consistent(r, *line);
}

}  // namespace
}  // namespace bess
