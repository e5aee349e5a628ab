// Tables with several rows per instant, footers, and stamps that can be read in more than one way.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import_support.h"
#include "importers/date_order.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string problems(const Expected<ImportResult>& result) {
  std::string text;
  for (const Issue& i : (result ? result->warnings : result.issues()).all()) text += i.code + ": " + i.message + "\n";
  return text;
}

std::string two_series(const char* first = "Hub A", const char* second = "Hub B") {
  std::string text = "timestamp,day_ahead,hub,volume\n";
  for (int h = 0; h < 6; ++h) {
    const std::string stamp = format_instant(at("2024-01-01T00:00Z") + std::chrono::hours{h});
    text += fmt::format("{},{},{},{}\n{},{},{},{}\n", stamp, h, first, 10 * h + 0.5, stamp, 100 + h, second, 10 * h + 0.25);
  }
  return text;
}

TEST(LongTables, AColumnThatTellsRowsApartIsNamed) {
  for (const Duplicates duplicates : {Duplicates::error, Duplicates::last}) {
    ImportOptions options;
    options.duplicates = duplicates;
    const auto refused = import_text(two_series(), options);
    EXPECT_THAT(error_codes(refused), ElementsAre("duplicate_timestamp"));
    EXPECT_EQ(refused.issues().errors()[0].column, "hub");
    EXPECT_THAT(refused.issues().errors()[0].message, HasSubstr("Hub A, Hub B"));
    options.every_file.where = {{"hub", {"hub b"}}};
    const auto chosen = import_text(two_series(), options);
    ASSERT_TRUE(chosen) << problems(chosen);
    EXPECT_THAT(chosen->tables[0].columns[0].values, ElementsAre(100, 101, 102, 103, 104, 105));
    EXPECT_EQ(chosen->files[0].rows_left_out, 6);
    options.every_file.where = {{"hub", {"Hub C"}}};
    const auto none = import_text(two_series(), options);
    EXPECT_THAT(error_codes(none), ElementsAre("missing_column"));
    EXPECT_THAT(none.issues().errors()[0].message, HasSubstr("'hub' holds Hub A, Hub B"));
    options.every_file.where = {{"exchange", {"Hub C"}}};
    EXPECT_THAT(error_codes(import_text(two_series(), options)), ElementsAre("missing_column"));
  }
}

TEST(LongTables, TheLastOfRealDuplicatesCountsAndIsCounted) {
  ImportOptions options;
  options.duplicates = Duplicates::last;
  const auto result = import_text(two_series("same", "same"), options);
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->tables[0].columns[0].values[0], 100.0);
  EXPECT_THAT(warning_codes(result), Contains("duplicate_dropped"));
  EXPECT_THAT(problems(result), HasSubstr("6 of them had other values"));
}

TEST(LongTables, APivotMakesColumnsOfProducts) {
  ImportOptions options;
  options.country = "DE";
  options.every_file.time_zone = "local";
  options.every_file.columns = {{"date", "day"}, {"afrr_up_price", "price"}, {"afrr_down_price", "price"}};
  options.every_file.pivot = Pivot{.column = "product", .values = {}};
  for (int block = 0; block < 24; block += 4) {
    options.every_file.pivot->values[fmt::format("U{}", block)] = {.columns = {"afrr_up_price"}, .minute = block * 60};
    options.every_file.pivot->values[fmt::format("D{}", block)] = {.columns = {"afrr_down_price"}, .minute = block * 60};
  }
  std::string text = "day;product;price\n";
  for (const char* day : {"26.10.2024", "27.10.2024", "28.10.2024"}) {
    for (const char direction : {'D', 'U'}) {
      for (int block = 0; block < 24; block += 4)
        text += fmt::format("{};{}{};{}\n", day, direction, block, block + (direction == 'U' ? 100 : 0));
    }
    text += fmt::format("{};X;1\n", day);
  }
  const auto result = import_text(text, options);
  ASSERT_TRUE(result) << problems(result);
  ASSERT_EQ(result->tables[0].rows(), 18U);
  EXPECT_EQ(result->tables[0].duration_s[6], 5 * 3600);  // the clock goes back
  EXPECT_EQ(result->tables[0].find("afrr_up_price")->values[7], 104.0);
  EXPECT_EQ(result->tables[0].find("afrr_down_price")->values[7], 4.0);
  EXPECT_THAT(warning_codes(result), ElementsAre("rows_left_out"));
  options.every_file.pivot->values["X"] = {.columns = {"fcr"}, .minute = {}};
  EXPECT_THAT(error_codes(import_text(text, options)), ElementsAre("missing_column"));
  options.every_file.pivot->column = "produkt";
  EXPECT_THAT(error_codes(import_text(text, options)), ElementsAre("missing_column"));
}

const std::string head = "timestamp,day_ahead\n";

TEST(Footers, EndTheTable) {
  for (const char* footer :
       {"\nSource: the exchange\n", "Total,123.5\n", "Summe,1,2,3\n", "© the exchange,\n\nall rights, reserved, and, more\n"}) {
    const auto result = import_text(head + rows("2024-01-01T00:00Z", 60, 9) + footer);
    ASSERT_TRUE(result) << footer << problems(result);
    EXPECT_EQ(result->tables[0].rows(), 9U);
    EXPECT_THAT(warning_codes(result), ElementsAre("footer_ignored"));
  }
  EXPECT_THAT(error_codes(import_text(head + rows("2024-01-01T00:00Z", 60, 9) + "later,5\n")), ElementsAre("ambiguous_time"));
  EXPECT_THAT(error_codes(import_text(head + rows("2024-01-01T00:00Z", 60, 9) + "note\n" + rows("2024-01-01T09:00Z", 60, 3))),
              ElementsAre("ambiguous_time"));
}

TEST(Stamps, NoneUnderstoodIsOneMessage) {
  const auto result = import_text(head + "one,1\ntwo,2\nthree,3\n");
  EXPECT_THAT(error_codes(result), ElementsAre("ambiguous_time"));
  EXPECT_THAT(result.issues().errors()[0].message, HasSubstr("none of the 3"));
}

Instant first_of(const std::string& text, const char* zone = "UTC") {
  const auto result = import_text(text, with_zone(zone));
  EXPECT_TRUE(result) << text << problems(result);
  return result ? result->tables[0].delivery_start[0] : Instant{};
}

TEST(Stamps, OfManyKinds) {
  const auto file = [](const char* a, const char* b) { return fmt::format("timestamp;day_ahead\n{};1\n{};2\n", a, b); };
  EXPECT_EQ(first_of(file("1-2-2024 00:00", "1-2-2024 01:00")), at("2024-02-01T00:00Z"));
  EXPECT_EQ(first_of(file("1.2.2024 0:00", "1.2.2024 1:00")), at("2024-02-01T00:00Z"));
  EXPECT_EQ(first_of(file("31.12.24 23:00", "31.12.24 24:00")), at("2024-12-31T23:00Z"));
  EXPECT_EQ(first_of(file("01.02.24 00:00", "01.02.24 01:00")), at("2024-02-01T00:00Z"));
  EXPECT_EQ(first_of(file("2024-1-2 0:00", "2024-1-2 1:00")), at("2024-01-02T00:00Z"));
  EXPECT_EQ(first_of(file("1704067200", "1704070800")), at("2024-01-01T00:00Z"));
  EXPECT_EQ(first_of(file("1704067200000", "1704070800000")), at("2024-01-01T00:00Z"));
  EXPECT_EQ(first_of(file("20240102:0000", "20240102:0100")), at("2024-01-02T00:00Z"));
  EXPECT_EQ(first_of(file("202401020000", "202401020100")), at("2024-01-02T00:00Z"));
  EXPECT_EQ(first_of(file("Jan 2, 2024 12:00 AM", "Jan 2, 2024 1:00 AM")), at("2024-01-02T00:00Z"));
  EXPECT_EQ(first_of(file("2-Jan-24 00:00", "2-Jan-24 01:00")), at("2024-01-02T00:00Z"));
  EXPECT_EQ(first_of(file("12/31/2024 1:00 PM", "12/31/2024 2:00 PM")), at("2024-12-31T13:00Z"));
  EXPECT_EQ(first_of(file("31/12/2024 01:00", "31/12/2024 02:00")), at("2024-12-31T01:00Z"));
  EXPECT_EQ(first_of(file("2024-01-02 00:00", "2024-01-02 01:00"), "+01:00"), at("2024-01-01T23:00Z"));
}

TEST(Stamps, TheOrderOfDayAndMonthIsTheFiles) {
  const auto days = [](const char* pattern, int from, int to) {
    std::string text = head;
    for (int d = from; d <= to; ++d) {
      for (int h = 0; h < 24; ++h) text += fmt::format(fmt::runtime(pattern), fmt::arg("d", d), fmt::arg("h", h)) + ",5\n";
    }
    return text;
  };
  // The 13th decides, wherever it stands.
  EXPECT_EQ(first_of(days("{d:02}/03/2024 {h:02}:00", 10, 13)), at("2024-03-10T00:00Z"));
  EXPECT_EQ(first_of(days("03/{d:02}/2024 {h:02}:00", 10, 13)), at("2024-03-10T00:00Z"));
  // So do days that follow each other in one reading only.
  EXPECT_EQ(first_of(days("{d:02}/03/2024 {h:02}:00", 1, 5)), at("2024-03-01T00:00Z"));
  EXPECT_EQ(first_of(days("03/{d:02}/2024 {h:02}:00", 1, 5)), at("2024-03-01T00:00Z"));
  EXPECT_EQ(first_of(days("{d:02}-03-24 {h:02}:00", 10, 13)), at("2024-03-10T00:00Z"));
  const auto open = import_text(days("04/03/2024 {h:02}:00", 1, 1), with_zone("UTC"));
  EXPECT_THAT(error_codes(open), ElementsAre("ambiguous_time"));
  EXPECT_THAT(open.issues().errors()[0].message, HasSubstr("2024-03-04 (day first) or 2024-04-03 (month first)"));
  ImportOptions stated = with_zone("UTC");
  stated.every_file.date_order = DateOrder::month_first;
  EXPECT_EQ(import_text(days("04/03/2024 {h:02}:00", 1, 1), stated)->tables[0].delivery_start[0], at("2024-04-03T00:00Z"));
  EXPECT_THAT(error_codes(import_text(days("04/03/24 {h:02}:00", 1, 1), with_zone("UTC"))), ElementsAre("ambiguous_time"));
  EXPECT_EQ(first_of(days("03/03/2024 {h:02}:00", 1, 1)), at("2024-03-03T00:00Z"));
}

TEST(Stamps, EndsOfHoursAreDoubted) {
  std::string text = head;
  for (int d = 1; d <= 2; ++d) {
    for (int h = 1; h <= 24; ++h) text += fmt::format("{}-1-2024 {:02}:00,{}\n", d, h, h);
  }
  const auto result = import_text(text, with_zone("UTC"));
  ASSERT_TRUE(result) << problems(result);
  EXPECT_THAT(warning_codes(result), ElementsAre("assumed"));
  EXPECT_EQ(result->tables[0].delivery_start[23], at("2024-01-02T00:00Z"));
}

TEST(Stamps, TheHeaderMayTellTheZone) {
  ImportOptions options;
  options.every_file.columns = {{"day_ahead", "p"}, {"timestamp", "t (GMT+1)"}};
  const auto fixed = import_text("t (GMT+1),p\n2024-07-01 00:00,1\n2024-07-01 01:00,2\n", options);
  ASSERT_TRUE(fixed) << problems(fixed);
  EXPECT_EQ(fixed->tables[0].delivery_start[0], at("2024-06-30T23:00Z"));
  options.every_file.columns["timestamp"] = "t (CET/CEST)";
  const auto local = import_text("t (CET/CEST),p\n2024-07-01 00:00,1\n2024-07-01 01:00,2\n", options);
  ASSERT_TRUE(local) << problems(local);
  EXPECT_EQ(local->tables[0].delivery_start[0], at("2024-06-30T22:00Z"));
  const auto stated = import_text("timestamp_utc,day_ahead\n2024-07-01 00:00,1\n2024-07-01 01:00,2\n", with_zone("Europe/Amsterdam"));
  ASSERT_TRUE(stated) << problems(stated);
  EXPECT_THAT(warning_codes(stated), ElementsAre("unit_overridden"));
}

TEST(Files, OfOtherFormatsAreNamed) {
  for (const auto& [bytes, word] :
       {std::pair{std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest"), "save it as CSV or .xlsx"},
        std::pair{std::string("\x1F\x8B\x08 rest"), "gzip"}, std::pair{std::string("  <!DOCTYPE html><html>"), "web page"},
        std::pair{std::string("<?xml version='1.0'?><a/>"), "XML"}}) {
    const auto result = import_text(bytes);
    EXPECT_THAT(error_codes(result), ElementsAre("unreadable_file"));
    EXPECT_THAT(result.issues().errors()[0].message, HasSubstr(word));
  }
}

}  // namespace
}  // namespace bess
