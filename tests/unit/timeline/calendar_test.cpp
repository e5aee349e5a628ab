#include "timeline/calendar.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace bess {
namespace {

LocalDate date(const char* text) { return parse_date(text).value(); }
Instant at(const char* text) { return parse_instant(text).value(); }

class Calendar : public ::testing::Test {
 protected:
  MarketCalendar nl_ = MarketCalendar::for_country("NL");
};

TEST_F(Calendar, CountsTheQuartersOfADay) {
  for (const char* normal : {"2024-01-01", "2024-02-29", "2024-07-15", "2025-12-31"})
    EXPECT_EQ(nl_.quarters_in_day(date(normal)), 96) << normal;
  for (const char* spring : {"2024-03-31", "2025-03-30", "2026-03-29"}) EXPECT_EQ(nl_.quarters_in_day(date(spring)), 92) << spring;
  for (const char* autumn : {"2024-10-27", "2025-10-26", "2026-10-25"}) EXPECT_EQ(nl_.quarters_in_day(date(autumn)), 100) << autumn;
}

TEST_F(Calendar, YearsAddUp) {
  const auto quarters_in_year = [&](int year) {
    return (nl_.day_start(std::chrono::year{year + 1} / 1 / 1) - nl_.day_start(std::chrono::year{year} / 1 / 1)) / quarter_hour;
  };
  EXPECT_EQ(quarters_in_year(2023), 35040);
  EXPECT_EQ(quarters_in_year(2024), 35136);
  EXPECT_EQ(quarters_in_year(2025), 35040);
}

TEST_F(Calendar, TheRepeatedHourHasTwoInstants) {
  const LocalDate day = date("2024-10-27");
  EXPECT_EQ(nl_.to_utc(day, 135, Repeated::first), at("2024-10-27T00:15Z"));
  EXPECT_EQ(nl_.to_utc(day, 135, Repeated::second), at("2024-10-27T01:15Z"));
  EXPECT_TRUE(nl_.is_repeated(day, 135));
  EXPECT_FALSE(nl_.is_repeated(day, 119));
  EXPECT_FALSE(nl_.is_repeated(day, 180));
  EXPECT_EQ(nl_.to_utc(day, 180, Repeated::second), at("2024-10-27T02:00Z"));
}

TEST_F(Calendar, TheSkippedHourDoesNotExist) {
  const LocalDate day = date("2024-03-31");
  EXPECT_EQ(nl_.to_utc(day, 119), at("2024-03-31T00:59Z"));
  for (int minute = 120; minute < 180; minute += 15) EXPECT_FALSE(nl_.to_utc(day, minute)) << minute;
  EXPECT_EQ(nl_.to_utc(day, 180), at("2024-03-31T01:00Z"));
}

TEST_F(Calendar, BlocksFollowTheLocalClock) {
  const auto quarters = [&](const char* t) { return (nl_.block_end(at(t), 4) - nl_.block_start(at(t), 4)) / quarter_hour; };
  EXPECT_EQ(quarters("2024-03-30T23:00Z"), 12);  // 00-04 local on 2024-03-31
  EXPECT_EQ(quarters("2024-10-26T22:00Z"), 20);  // 00-04 local on 2024-10-27
  EXPECT_EQ(quarters("2024-10-27T02:59Z"), 20);
  EXPECT_EQ(quarters("2024-10-27T03:00Z"), 16);
  EXPECT_EQ(nl_.block_start(at("2024-03-31T01:45Z"), 4), at("2024-03-30T23:00Z"));
  EXPECT_EQ(nl_.block_end(at("2024-03-31T01:45Z"), 4), at("2024-03-31T02:00Z"));
  EXPECT_EQ(nl_.block_end(at("2024-06-30T21:59Z"), 4), at("2024-06-30T22:00Z"));
  EXPECT_EQ(nl_.block_end(at("2024-10-27T12:00Z"), 24), at("2024-10-27T23:00Z"));
  EXPECT_EQ(nl_.block_start(at("2024-10-27T12:00Z"), 24), at("2024-10-26T22:00Z"));
}

TEST_F(Calendar, BlocksTileEveryDayOfTheSwitchWeeks) {
  for (const char* week : {"2024-03-28T23:00Z", "2024-10-24T22:00Z"}) {
    Instant t = at(week);
    for (int block = 0; block < 42; ++block) {
      EXPECT_EQ(nl_.block_start(t, 4), t);
      const Instant end = nl_.block_end(t, 4);
      for (Instant q = t; q < end; q += quarter_hour) {
        EXPECT_EQ(nl_.block_start(q, 4), t);
        EXPECT_EQ(nl_.block_end(q, 4), end);
      }
      t = end;
    }
    EXPECT_EQ(nl_.local_minute(t), 0);
  }
}

TEST_F(Calendar, SummerTimeGoesOnAfterTheListedClockChanges) {
  // The data base lists changes until 2037; later ones follow the zone's rule: last Sundays of March and October.
  EXPECT_EQ(nl_.day_start(date("2050-07-01")), at("2050-06-30T22:00Z"));
  EXPECT_EQ(nl_.day_start(date("2050-01-01")), at("2049-12-31T23:00Z"));
  EXPECT_EQ(nl_.quarters_in_day(date("2038-03-28")), 92);
  EXPECT_EQ(nl_.quarters_in_day(date("2038-10-31")), 100);
  EXPECT_EQ(nl_.quarters_in_day(date("2074-03-25")), 92);
  EXPECT_EQ(nl_.quarters_in_day(date("2074-10-28")), 100);
}

TEST_F(Calendar, EveryInstantComesBackFromItsLocalTime) {
  for (const char* from : {"2024-03-30T12:00Z", "2024-10-26T12:00Z"}) {
    for (int q = 0; q < 200; ++q) {
      const Instant t = at(from) + q * quarter_hour;
      const LocalDate day = nl_.local_date(t);
      const int minute = nl_.local_minute(t);
      const bool back = nl_.to_utc(day, minute, Repeated::first) == t || nl_.to_utc(day, minute, Repeated::second) == t;
      EXPECT_TRUE(back) << format_instant(t);
    }
  }
}

TEST(CalendarZones, KnowsCountriesAndRefusesOthers) {
  EXPECT_EQ(MarketCalendar::for_country("nl").zone(), "Europe/Amsterdam");
  EXPECT_EQ(MarketCalendar::for_country("DE-LU").zone(), "Europe/Berlin");
  EXPECT_EQ(MarketCalendar::zone_of_country("DK1"), "Europe/Copenhagen");
  EXPECT_FALSE(MarketCalendar::zone_of_country("XX"));
  EXPECT_FALSE(MarketCalendar::zone_of_country("NLX"));
  EXPECT_THROW((void)MarketCalendar::for_country("Atlantis"), Exception);
  EXPECT_THROW(MarketCalendar("Europe/Nowhere"), Exception);
  EXPECT_THROW(MarketCalendar("../../../etc/passwd"), Exception);
  const MarketCalendar utc("UTC");
  EXPECT_EQ(utc.quarters_in_day(date("2024-03-31")), 96);
}

TEST(Dates, AddYearsKeepsTheDay) {
  EXPECT_EQ(add_years(date("2024-02-29"), 1), date("2025-02-28"));
  EXPECT_EQ(add_years(date("2024-02-29"), 4), date("2028-02-29"));
  EXPECT_EQ(add_years(date("2024-07-01"), 25), date("2049-07-01"));
  EXPECT_EQ(next_day(date("2024-02-28")), date("2024-02-29"));
  EXPECT_EQ(previous_day(date("2024-01-01")), date("2023-12-31"));
}

TEST(Instants, ParseAndPrint) {
  EXPECT_EQ(format_instant(at("2024-03-31T02:00:00+01:00")), "2024-03-31T01:00:00Z");
  EXPECT_EQ(at("2024-03-31 01:00:00.000Z"), at("2024-03-31T03:00+0200"));
  EXPECT_EQ(at("2024-03-31T01:00+00"), at("2024-03-31T01:00Z"));
  for (const char* bad : {"", "2024-03-31", "2024-03-31T01:00", "2024-02-30T00:00Z", "2024-03-31T24:00Z", "2024-03-31T01:60Z",
                          "2024-03-31T01:00Zx", "2024-3-31T01:00Z", "31-03-2024T01:00Z", "2024-03-31T01:00+99:00"}) {
    EXPECT_FALSE(parse_instant(bad)) << bad;
  }
  EXPECT_EQ(format_date(date("2024-02-29")), "2024-02-29");
  for (const char* bad : {"2023-02-29", "2024-13-01", "24-01-01", "2024/01/01", "2024-01-01T"}) EXPECT_FALSE(parse_date(bad)) << bad;
}

TEST(Instants, ReadClocks) {
  const ClockReading reading = parse_clock("31.12.2024 23:45").value();
  EXPECT_EQ(reading.date, date("2024-12-31"));
  EXPECT_EQ(reading.second_of_day, (23 * 60 + 45) * 60);
  EXPECT_FALSE(reading.offset_s);
  EXPECT_EQ(parse_clock("2024-12-31T23:45:30-0230").value().offset_s, -9000);
  EXPECT_EQ(parse_clock("05/04/2024").value().date, date("2024-04-05"));
  for (const char* bad : {"2024-12.31", "31-12-24", "2024-12-31 7:00", "hello world", "2024-12-31X10:00"})
    EXPECT_FALSE(parse_clock(bad)) << bad;
}

}  // namespace
}  // namespace bess
