// Times, resolutions, gaps, duplicates, values, units, and files joined.
#include "importers/market_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "import_support.h"
#include "market/price_set.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string header = "timestamp,day_ahead\n";

/// Local rows of a day, by the clock, with the repeated hour as often as `repeats` says.
std::string local_day(const char* date, int step_minutes, int repeats, bool skip_two) {
  std::string text;
  int value = 0;
  const auto hour_rows = [&](int hour) {
    for (int minute = 0; minute < 60; minute += step_minutes) {
      char stamp[32];
      std::snprintf(stamp, sizeof stamp, "%s %02d:%02d,%d\n", date, hour, minute, value++);
      text += stamp;
    }
  };
  for (int hour = 0; hour < 24; ++hour) {
    if (hour == 2 && skip_two) continue;
    for (int i = 0; i < (hour == 2 ? repeats : 1); ++i) hour_rows(hour);
  }
  return text;
}

TEST(Times, NeedAZone) {
  const auto result = import_text(header + "2024-01-01 00:00,1\n2024-01-01 01:00,2\n");
  EXPECT_THAT(error_codes(result), ElementsAre("ambiguous_time"));
  EXPECT_TRUE(import_text(header + "2024-01-01 00:00,1\n2024-01-01 01:00,2\n", with_zone("UTC")));
  EXPECT_TRUE(import_text("timestamp_utc,day_ahead\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n"));
  EXPECT_THAT(error_codes(import_text(header + "2024-01-01 00:00,1\n", with_zone("Europe/Atlantis"))), ElementsAre("time_zone"));
  const auto fixed = import_text(header + "2024-07-01 00:00,1\n2024-07-01 01:00,2\n", with_zone("+01:00"));
  EXPECT_EQ(fixed->tables[0].delivery_start[0], at("2024-06-30T23:00Z"));
  const auto named = import_text(header + "2024-07-01 00:00 (CEST),1\n2024-07-01 01:00 (CEST),2\n");
  EXPECT_EQ(named->tables[0].delivery_start[0], at("2024-06-30T22:00Z"));
  const auto offset = import_text(header + "2024-07-01T00:00+02:00,1\n2024-06-30T23:00:00Z,2\n", with_zone("Asia/Tokyo"));
  EXPECT_EQ(offset->tables[0].delivery_start[0], at("2024-06-30T22:00Z"));
}

// All at once: what single cells say, what rows say together, and what is wrong with the times.
TEST(Faults, AreListedTogether) {
  std::string text = header + rows("2024-01-01T00:00Z", 60, 60) + rows("2024-01-05T00:00Z", 60, 60);
  text += "2024-01-05T10:00:00Z,777\nyesterday,1\n2024-01-07T12:00:00Z,abc\n2024-01-07T13:00:00Z,250000\n";
  EXPECT_THAT(error_codes(import_text(text)), ElementsAre("ambiguous_time", "bad_number", "duplicate_timestamp", "price_absurd", "gap"));
  const auto naive = import_text(header + "2024-01-01 00:00,1\n2024-01-01 01:00,x\n2024-01-01 02:00,1e6\n");
  EXPECT_THAT(error_codes(naive), ElementsAre("bad_number", "ambiguous_time", "price_absurd"));
  const auto uneven = import_text(header + rows("2024-01-01T00:00Z", 7, 30) + "2024-01-01T03:30:00Z,x\n");
  EXPECT_THAT(error_codes(uneven), ElementsAre("bad_number", "irregular_resolution"));
}

TEST(Times, ThatAreNone) {
  const auto result = import_text(header + "2024-01-01T00:00Z,1\nyesterday,2\n2024-02-30T00:00Z,3\n");
  EXPECT_THAT(error_codes(result), ElementsAre("ambiguous_time", "ambiguous_time"));
  EXPECT_EQ(result.issues().all()[1].row, 4U);
  EXPECT_EQ(result.issues().all()[1].column, "timestamp");
}

TEST(Times, TheRepeatedHourGoesByOrderOfAppearance) {
  for (const int step : {60, 15}) {
    const auto result = import_text(header + local_day("2024-10-27", step, 2, false), with_zone("Europe/Amsterdam"));
    ASSERT_TRUE(result) << result.issues().all()[0].message;
    const MarketTable& table = result->tables[0];
    EXPECT_EQ(table.rows(), static_cast<std::size_t>(25 * 60 / step));
    for (std::size_t r = 0; r < table.rows(); ++r) {
      EXPECT_EQ(table.delivery_start[r], at("2024-10-26T22:00Z") + std::chrono::minutes{step * static_cast<int>(r)});
      EXPECT_EQ(table.columns[0].values[r], static_cast<double>(r));
    }
    EXPECT_TRUE(result->warnings.empty());
  }
}

TEST(Times, TheRepeatedHourInAFileThatRunsBackwards) {
  std::string text = local_day("2024-10-27", 60, 2, false);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    lines.push_back(text.substr(begin, text.find('\n', begin) + 1 - begin));
  std::reverse(lines.begin(), lines.end());
  text = header;
  for (const std::string& line : lines) text += line;
  const auto result = import_text(text, with_zone("local"));
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  for (std::size_t r = 0; r < 25; ++r) EXPECT_EQ(result->tables[0].columns[0].values[r], static_cast<double>(r));
  EXPECT_THAT(warning_codes(result), ElementsAre("unsorted"));
}

TEST(Times, InterleavedRepeatsAreUnderstood) {
  const auto result = import_text(header +
                                      "2024-10-27 01:45,0\n2024-10-27 02:00,1\n2024-10-27 02:00,5\n2024-10-27 02:15,2\n2024-10-27 "
                                      "02:15,6\n2024-10-27 02:30,3\n2024-10-27 02:30,7\n"
                                      "2024-10-27 02:45,4\n2024-10-27 02:45,8\n2024-10-27 03:00,9\n",
                                  with_zone("Europe/Amsterdam"));
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(result->tables[0].columns[0].values, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(Times, RowsOutOfOrderCannotTellTheRepeatedHour) {
  std::string text = header + "2024-10-27 05:00,9\n2024-10-27 06:00,9\n" + local_day("2024-10-27", 60, 2, false);
  text.erase(text.find("2024-10-27 05:00,6"), 19);
  text.erase(text.find("2024-10-27 06:00,7"), 19);
  text += "2024-10-28 00:00,1\n";
  EXPECT_THAT(error_codes(import_text(text, with_zone("local"))), ElementsAre("ambiguous_time"));
}

TEST(Times, SwitchDaysWithNormalLengthAreRefused) {
  const auto autumn = import_text(header + local_day("2024-10-27", 15, 1, false), with_zone("Europe/Amsterdam"));
  EXPECT_THAT(error_codes(autumn), ElementsAre("dst_count"));
  const auto spring = import_text(header + local_day("2024-03-31", 15, 1, false), with_zone("Europe/Amsterdam"));
  EXPECT_THAT(error_codes(spring), ElementsAre("dst_count"));
  const auto short_day = import_text(header + local_day("2024-03-31", 15, 1, true), with_zone("Europe/Amsterdam"));
  ASSERT_TRUE(short_day) << short_day.issues().all()[0].message;
  EXPECT_EQ(short_day->tables[0].rows(), 92U);
  EXPECT_THAT(error_codes(import_text(header + local_day("2024-06-01", 15, 2, false), with_zone("Europe/Amsterdam"))),
              Contains("duplicate_timestamp"));
}

TEST(Order, UnsortedRowsAreSortedWithAWarning) {
  const auto result = import_text(header + "2024-01-01T02:00Z,3\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(result->tables[0].columns[0].values, ElementsAre(1, 2, 3));
  EXPECT_THAT(warning_codes(result), ElementsAre("unsorted"));
  EXPECT_EQ(result->warnings.all()[0].row, 3U);
}

TEST(Order, Duplicates) {
  const std::string same = header + "2024-01-01T00:00Z,1\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n";
  const auto dropped = import_text(same);
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->duplicates_dropped, 1);
  EXPECT_THAT(warning_codes(dropped), ElementsAre("duplicate_dropped"));
  const std::string different = header + "2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n2024-01-01T00:00Z,5\n";
  const auto refused = import_text(different);
  EXPECT_THAT(error_codes(refused), ElementsAre("duplicate_timestamp"));
  EXPECT_EQ(refused.issues().errors()[0].row, 4U);
  EXPECT_THAT(refused.issues().errors()[0].message, HasSubstr("row 2"));
  ImportOptions last;
  last.duplicates = Duplicates::last;
  EXPECT_THAT(import_text(different, last)->tables[0].columns[0].values, ElementsAre(5, 2));
}

TEST(Resolution, FiveFifteenThirtySixty) {
  for (const int step : {5, 15, 30, 60}) {
    const auto result = import_text(header + rows("2024-01-01T00:00Z", step, 50));
    ASSERT_TRUE(result) << step;
    EXPECT_EQ(result->columns[0].quality.resolution_minutes, step);
    EXPECT_THAT(result->tables[0].duration_s, Each(step * 60));
  }
  for (const int step : {1, 7, 10, 20, 45, 120, 1440}) {
    EXPECT_THAT(error_codes(import_text(header + rows("2024-01-01T00:00Z", step, 50))), ElementsAre("irregular_resolution")) << step;
  }
  EXPECT_THAT(error_codes(import_text(header + rows("2024-01-01T00:07Z", 15, 1) + rows("2024-01-01T00:30Z", 15, 9))),
              ElementsAre("irregular_resolution"));
}

TEST(Resolution, MixedIsRefusedExceptWhereTheMarketChanged) {
  const std::string mixed = header + rows("2024-01-01T00:00Z", 60, 24) + rows("2024-01-02T00:00Z", 15, 96);
  EXPECT_THAT(error_codes(import_text(mixed)), Contains("irregular_resolution"));
  EXPECT_THAT(error_codes(import_text(header + rows("2024-01-01T00:00Z", 15, 960) + rows("2024-01-11T00:00Z", 60, 24))),
              Contains("irregular_resolution"));
  const std::string legal = header + rows("2025-09-29T22:00Z", 60, 24) + rows("2025-09-30T22:00Z", 15, 96);
  const auto result = import_text(legal);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_EQ(result->tables[0].rows(), 120U);
  EXPECT_EQ(result->tables[0].duration_s.front(), 3600);
  EXPECT_EQ(result->tables[0].duration_s.back(), 900);
  EXPECT_EQ(result->columns[0].quality.resolution_minutes, 15);
  const std::string early = header + rows("2025-09-28T22:00Z", 60, 24) + rows("2025-09-29T22:00Z", 15, 192);
  EXPECT_THAT(error_codes(import_text(early)), Contains("irregular_resolution"));
}

// Blocks of hours are a reserve's: beside it no price of energy may come in such rows.
TEST(Resolution, BlocksAreForReservesOnly) {
  const auto file = [](const char* names, int step_minutes) {
    std::string text = std::string("timestamp,") + names + "\n";
    for (int i = 0; i < 24; ++i) text += format_instant(at("2023-12-31T23:00Z") + std::chrono::minutes{i * step_minutes}) + ",5,6\n";
    return text;
  };
  EXPECT_TRUE(import_text(file("afrr_up_price,fcr_price", 240)));
  for (const int step : {240, 1440}) {
    const auto refused = import_text(file("day_ahead,fcr_price", step));
    EXPECT_THAT(error_codes(refused), ElementsAre("irregular_resolution"));
    EXPECT_EQ(refused.issues().errors()[0].column, "day_ahead");
  }
}

TEST(Resolution, ACoarseColumnInAFineFileIsHeld) {
  std::string text = "timestamp,day_ahead,imbalance_take,imbalance_feed\n";
  for (int q = 0; q < 96; ++q) {
    text += format_instant(at("2024-01-01T00:00Z") + q * quarter_hour) +
            (q % 4 == 0 ? std::string(",") + std::to_string(q / 4) : std::string(",")) + ",5,4\n";
  }
  const auto result = import_text(text);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  const TableColumn& column = *result->tables[0].find("day_ahead");
  EXPECT_EQ(column.quality.resolution_minutes, 60);
  EXPECT_EQ(column.quality.rows, 24);
  for (std::size_t q = 0; q < 96; ++q) EXPECT_EQ(column.values[q], static_cast<double>(q / 4));
  EXPECT_TRUE(result->warnings.empty());
}

TEST(Gaps, ShortOnesAreCountedLongOnesRefused) {
  const auto gap = [](int hours_missing) {
    return header + rows("2023-12-31T23:00Z", 60, 100) +
           rows(format_instant(at("2023-12-31T23:00Z") + std::chrono::hours{100 + hours_missing}).c_str(), 60, 200, 300);
  };
  const auto four = import_text(gap(4));
  ASSERT_TRUE(four);
  EXPECT_EQ(four->columns[0].quality.interpolated, 16);
  EXPECT_EQ(four->columns[0].quality.rows, 300);
  EXPECT_THAT(warning_codes(four), ElementsAre("gap_filled"));
  const auto day = import_text(gap(24));
  ASSERT_TRUE(day);
  EXPECT_EQ(day->columns[0].quality.borrowed, 96);
  const auto longer = import_text(gap(25));
  EXPECT_THAT(error_codes(longer), ElementsAre("gap"));
  EXPECT_EQ(longer.issues().errors()[0].row, 101U);
  EXPECT_EQ(longer.issues().errors()[0].column, "day_ahead");
}

// What an import says of a gap is what its use will do: on quarter-hours, by the periods of the file.
TEST(Gaps, AreCountedAsTheyWillBeFilled) {
  for (const int step : {5, 15, 30, 60}) {
    for (const int missing_minutes : {60, 75, 240, 300}) {
      const int before = 5 * 24 * 60 / step;
      const std::string after = format_instant(at("2023-12-31T23:00Z") + std::chrono::minutes{before * step + missing_minutes});
      if (missing_minutes % step != 0) continue;
      const auto result = import_text(header + rows("2023-12-31T23:00Z", step, before) + rows(after.c_str(), step, before, before));
      ASSERT_TRUE(result) << result.issues().all()[0].message;
      const PriceSet set = make_price_set("NL", result->tables, MarketCalendar{"Europe/Amsterdam"});
      const ColumnQuality& said = result->columns[0].quality;
      const ColumnQuality& done = set.quality[static_cast<std::size_t>(PriceColumn::day_ahead)];
      EXPECT_EQ(said.interpolated, done.interpolated) << step << ' ' << missing_minutes;
      EXPECT_EQ(said.borrowed, done.borrowed) << step << ' ' << missing_minutes;
      EXPECT_EQ(said.interpolated + said.borrowed, missing_minutes / 15) << step << ' ' << missing_minutes;
      EXPECT_EQ(said.interpolated > 0, missing_minutes <= 4 * std::max(15, step)) << step << ' ' << missing_minutes;
    }
  }
}

TEST(Gaps, AWildStampIsAProblemAndNoSeriesOfMillennia) {
  EXPECT_THAT(error_codes(import_text(header + rows("2024-01-01T00:00Z", 5, 50) + "2199-01-01T00:00Z,1\n")), ElementsAre("gap"));
  EXPECT_THAT(error_codes(import_text(header + rows("2024-01-01T00:00Z", 5, 50) + "9999-01-01T00:00Z,1\n")), ElementsAre("out_of_range"));
}

TEST(Gaps, AcrossTheChangeToQuarterHours) {
  const auto result = import_text(header + rows("2025-09-28T22:00Z", 60, 20) + rows("2025-09-30T22:00Z", 15, 96));
  EXPECT_THAT(error_codes(result), ElementsAre("gap"));
}

TEST(Gaps, EndsLimitTheRange) {
  const auto result = import_text(
      "timestamp,day_ahead,intraday\n2024-01-01T00:00Z,,1\n2024-01-01T01:00Z,1,2\n2024-01-01T02:00Z,2,3\n2024-01-01T03:00Z,,4\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->warnings.empty());
  EXPECT_EQ(result->columns[0].from, at("2024-01-01T01:00Z"));
  EXPECT_EQ(result->columns[0].to, at("2024-01-01T03:00Z"));
}

TEST(Values, LimitsWarnAbsurdityFails) {
  const auto result =
      import_text(header + "2024-01-01T00:00Z,4000\n2024-01-01T01:00Z,-500\n2024-01-01T02:00Z,4000.01\n2024-01-01T03:00Z,-500.01\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(warning_codes(result), ElementsAre("price_outside_limits"));
  EXPECT_EQ(result->warnings.all()[0].row, 4U);
  EXPECT_THAT(result->warnings.all()[0].message, HasSubstr("2 prices"));
  EXPECT_THAT(warning_codes(import_text(header + "2022-05-09T00:00Z,3500\n2022-05-09T01:00Z,3\n")), ElementsAre("price_outside_limits"));
  EXPECT_THAT(warning_codes(import_text("timestamp,intraday\n2024-01-01T00:00Z,9999\n2024-01-01T01:00Z,9999.5\n")),
              ElementsAre("price_outside_limits"));
  EXPECT_TRUE(import_text(header + "2024-01-01T00:00Z,100000\n2024-01-01T01:00Z,3\n"));
  const auto absurd = import_text(header + "2024-01-01T00:00Z,3\n2024-01-01T01:00Z,100001\n2024-01-01T02:00Z,-2e5\n");
  EXPECT_THAT(error_codes(absurd), ElementsAre("price_absurd", "price_absurd"));
  EXPECT_EQ(absurd.issues().errors()[0].row, 3U);
}

TEST(Values, NegativePricesAreLegal) {
  const auto result = import_text("timestamp,day_ahead,fcr_price\n2024-01-01T00:00Z,-10,-1\n2024-01-01T01:00Z,-20,-1\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->warnings.empty());
}

TEST(Values, TakeBelowFeed) {
  const auto result =
      import_text("timestamp,imbalance_take,imbalance_feed\n2024-01-01T00:00Z,10,10\n2024-01-01T00:15Z,10,12\n2024-01-01T00:30Z,9,12\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(warning_codes(result), ElementsAre("take_below_feed"));
  EXPECT_THAT(result->warnings.all()[0].message, HasSubstr("2 periods, the first at 2024-01-01T00:15:00Z"));
}

TEST(Units, AreConverted) {
  ImportOptions options;
  options.every_file.units = {{"day_ahead", "EUR/kWh"}, {"solar_mw", "kWh"}, {"afrr_up_ratio", "%"}};
  const auto result =
      import_text("timestamp,day_ahead,solar_mw,afrr_up_ratio\n2024-01-01T00:00Z,0.05,500,25\n2024-01-01T00:15Z,0.06,500,50\n", options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_NEAR(result->tables[0].columns[0].values[0], 50.0, 1e-12);
  EXPECT_NEAR(result->tables[1].columns[0].values[0], 0.25, 1e-12);
  EXPECT_NEAR(result->tables[2].columns[0].values[0], 2.0, 1e-12);  // 500 kWh in a quarter-hour
  options.every_file.units = {{"day_ahead", "USD/MWh"}};            // what is a dollar worth?
  EXPECT_THAT(error_codes(import_text(header + "2024-01-01T00:00Z,1\n", options)), ElementsAre("unit_conflict"));
  options.every_file.units = {{"day_ahead", "horsepower"}};
  EXPECT_THAT(error_codes(import_text(header + "2024-01-01T00:00Z,1\n", options)), ElementsAre("wrong_type"));
}

TEST(Units, ABlockAlwaysEarnsItsPublishedPrice) {
  for (const char* day : {"2024-03-31", "2024-10-27", "2024-06-01"}) {
    std::string text = "timestamp,fcr_price\n";
    for (int hour = 0; hour < 24; hour += 4) {
      char line[48];
      std::snprintf(line, sizeof line, "%s %02d:00,%d\n", day, hour, 60 + hour);
      text += line;
    }
    ImportOptions options = with_zone("local");
    options.every_file.units = {{"fcr_price", "EUR/MW/block"}};
    const auto result = import_text(text, options);
    ASSERT_TRUE(result) << result.issues().all()[0].message;
    const MarketTable& table = result->tables[0];
    ASSERT_EQ(table.rows(), 6U);
    double hours = 0.0;
    for (std::size_t r = 0; r < 6; ++r) {
      const double length_h = table.duration_s[r] / 3600.0;
      EXPECT_NEAR(table.columns[0].values[r] * length_h, 60.0 + 4.0 * static_cast<double>(r), 1e-12);
      hours += length_h;
    }
    EXPECT_EQ(hours, MarketCalendar::for_country("NL").quarters_in_day(*parse_date(day)) / 4.0);
  }
}

TEST(Units, BlockEndsOfTheFileWin) {
  ImportOptions options;
  options.every_file.columns = {{"fcr_price", "price"}, {"delivery_end", "until"}, {"timestamp", "from"}};
  options.every_file.units = {{"fcr_price", "EUR/MW/block"}};
  const auto result = import_text(
      "from,until,price\n2024-01-01T00:00Z,2024-01-01T06:00Z,60\n2024-01-01T06:00Z,2024-01-01T12:00Z,90\n2024-01-01T12:00Z,2024-01-01T18:"
      "00Z,30\n",
      options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(result->tables[0].columns[0].values, ElementsAre(10, 15, 5));
  EXPECT_THAT(result->tables[0].duration_s, Each(6 * 3600));
  EXPECT_THAT(error_codes(import_text("timestamp,fcr_price\n2024-01-01T00:00Z,1\n2024-01-01T04:00Z,1\n2024-01-01T08:00Z,1\n")),
              ElementsAre("irregular_resolution", "irregular_resolution", "irregular_resolution"));  // 01, 05, 09 local start no block
}

TEST(Units, DailyBlocks) {
  const auto result =
      import_text("timestamp,afrr_up_price,afrr_down_price\n2024-03-29T23:00Z,1,2\n2024-03-30T23:00Z,1,2\n2024-03-31T22:00Z,3,4\n");
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(result->tables[0].duration_s, ElementsAre(86400, 23 * 3600, 86400));
}

TEST(Join, FilesMeetOnTimestamps) {
  const std::string hourly = std::string("timestamp,day_ahead\n") + rows("2023-12-31T23:00Z", 60, 24);
  const std::string quarters = std::string("timestamp,imbalance_take\n") + rows("2023-12-31T23:00Z", 15, 48);
  const std::vector<InputFile> files{{"a.csv", hourly}, {"b.csv", quarters}};
  const auto result = import_files(files);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->tables.size(), 1U);
  const MarketTable& table = result->tables[0];
  EXPECT_EQ(table.rows(), 48U + 12U);  // quarter-hours while both are there, then hours
  EXPECT_EQ(table.duration_s.front(), 900);
  EXPECT_EQ(table.duration_s.back(), 3600);
  EXPECT_EQ(table.columns[0].name, "day_ahead");
  EXPECT_EQ(table.columns[0].values[47], 11.0);
  EXPECT_TRUE(std::isnan(table.columns[1].values[48]));
  EXPECT_EQ(result->rows_read, 72);
  const PriceSet set = make_price_set("NL", result->tables, MarketCalendar::for_country("NL"));
  EXPECT_EQ(set.quarters, 96);
  EXPECT_EQ(set.quality[0].resolution_minutes, 60);
  EXPECT_EQ(set.quality[0].rows, 24);
}

TEST(Values, StatesAndSharesBeyondTheirMeaningAreWarnings) {
  const auto warned = [](const std::string& head, const std::string& a, const std::string& b) {
    const std::string hour = ":00:00Z,";
    std::string found;
    const auto result = import_text("timestamp," + head + "\n2024-01-01T00" + hour + a + "\n2024-01-01T01" + hour + b + "\n");
    for (const Issue& w : result->warnings.warnings()) {
      if (w.code != "unused_column") found += w.code + " " + w.column + " " + std::to_string(w.row) + ";";
    }
    return found;
  };
  EXPECT_EQ(warned("day_ahead,regulation_state", "5,-1", "5,2"), "");
  EXPECT_EQ(warned("day_ahead,regulation_state", "5,0", "5,3"), "value_outside_range regulation_state 3;");
  EXPECT_EQ(warned("day_ahead,regulation_state", "5,0.5", "5,-2"), "value_outside_range regulation_state 2;");
  EXPECT_EQ(warned("afrr_up_price,afrr_up_ratio,afrr_down_ratio", "5,0,1", "5,1.01,-0.1"),
            "value_outside_range afrr_up_ratio 3;value_outside_range afrr_down_ratio 3;");
}

TEST(Join, AColumnBroughtTwiceIsRefused) {
  const std::string a = header + rows("2024-01-01T00:00Z", 60, 24), b = header + rows("2024-01-02T00:00Z", 60, 24);
  const std::vector<InputFile> files{{"a.csv", a}, {"b.csv", b}};
  const auto result = import_files(files);
  EXPECT_THAT(error_codes(result), ElementsAre("duplicate_column"));
  EXPECT_EQ(result.issues().all()[0].file, "b.csv");
}

TEST(Join, AColumnBroughtTwiceIsToldBesideOtherProblems) {
  const auto problems = [](const std::string& b) {
    const std::string a = header + rows("2024-01-01T00:00Z", 60, 24);
    const std::vector<InputFile> files{{"a.csv", a}, {"b.csv", b}};
    return error_codes(import_files(files));
  };
  EXPECT_THAT(problems(header + rows("2024-01-02T00:00Z", 60, 23) + "2024-01-02T23:00:00Z,x\n"),
              ElementsAre("bad_number", "duplicate_column"));
  EXPECT_THAT(problems(header + "2024-01-02T00:00:00Z,x\n2024-01-02T01:00:00Z,\n"), ElementsAre("bad_number", "duplicate_column"));
  EXPECT_THAT(problems(header + rows("2024-01-02T00:00Z", 7, 24)), ElementsAre("irregular_resolution", "duplicate_column"));
  EXPECT_THAT(problems("timestamp,day_ahead,intraday\n2024-01-02T00:00:00Z,,x\n2024-01-02T01:00:00Z,,1\n"), ElementsAre("bad_number"))
      << "a column without values brings nothing";
}

TEST(Import, FilesWithoutAnyValueAreRefusedByName) {
  const std::string a = header + std::string("2024-01-01T00:00:00Z,\n2024-01-01T01:00:00Z,\n");
  const std::string b = "timestamp,intraday\n2024-01-01T00:00:00Z,\n2024-01-01T01:00:00Z,NaN\n";
  const std::vector<InputFile> files{{"a.csv", a}, {"b.csv", b}};
  const auto result = import_files(files);
  EXPECT_THAT(error_codes(result), ElementsAre("missing_column", "missing_column"));
  EXPECT_EQ(result.issues().errors()[0].file, "a.csv");
  EXPECT_EQ(result.issues().errors()[1].file, "b.csv");
}

TEST(Join, MappingsAreFoundByFileName) {
  ImportOptions options;
  options.mapping["x.csv"].columns = {{"intraday", "p"}};
  options.mapping["typo.csv"].columns = {{"day_ahead", "p"}};
  const std::string text = std::string("timestamp,p\n") + rows("2024-01-01T00:00Z", 15, 4);
  const std::vector<InputFile> files{{"folder/x.csv", text}};
  const auto result = import_files(files, options);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->columns[0].name, "intraday");
  EXPECT_THAT(warning_codes(result), ElementsAre("unknown_key"));
}

TEST(AllOrNothing, EveryProblemOfEveryFileIsListed) {
  const std::string good = header + rows("2024-01-01T00:00Z", 60, 24);
  const std::string five =
      "timestamp,intraday,imbalance_take\n2024-01-01T00:00Z,abc,1\n2024-01-01T00:15Z,\"1,234\",1\n24-01-01,2,1\n2024-01-01T00:45Z,3,"
      "x\n2024-01-01T01:00Z,3,1,4\n";
  const std::string unknown = "when,what\n1,2\n";
  const std::vector<InputFile> files{{"good.csv", good}, {"five.csv", five}, {"unknown.csv", unknown}};
  const auto result = import_files(files);
  ASSERT_FALSE(result);
  EXPECT_THAT(error_codes(result), ElementsAre("bad_number", "ambiguous_number", "ambiguous_time", "bad_number", "ambiguous_number",
                                               "missing_column", "missing_column"));
  EXPECT_EQ(result.issues().all()[0].file, "five.csv");
  EXPECT_EQ(result.issues().all()[3].row, 5U);
  EXPECT_EQ(result.issues().all()[3].column, "imbalance_take");
}

TEST(AllOrNothing, AFloodOfProblemsIsCut) {
  std::string text = header;
  for (int i = 0; i < 5000; ++i) text += "2024-01-01T00:00Z,bad\n";
  ImportOptions options;
  options.max_issues_per_file = 100;
  const auto result = import_text(text, options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.issues().all().size(), 101U);
  EXPECT_THAT(result.issues().all().back().message, HasSubstr("4900 more"));
  options.max_rows = 10;
  EXPECT_THAT(error_codes(import_text(text, options)), Contains("too_large"));
}

TEST(AllOrNothing, TheCountryMustBeKnown) {
  ImportOptions options;
  options.country = "Atlantis";
  EXPECT_THAT(error_codes(import_text(header + "2024-01-01T00:00Z,1\n", options)), ElementsAre("time_zone"));
}

}  // namespace
}  // namespace bess
