// Separators, decimal marks, encodings and headers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "import_support.h"
#include "importers/csv_reader.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<double> day_ahead(const Expected<ImportResult>& result) { return result.value().tables.at(0).find("day_ahead")->values; }

TEST(Dialect, ThePlainFormat) {
  const auto result = import_text("timestamp,day_ahead\n2024-01-01T00:00:00Z,10.5\n2024-01-01T01:00:00Z,-3\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(day_ahead(result), ElementsAre(10.5, -3.0));
  EXPECT_EQ(result->tables[0].kind, TableKind::price);
  EXPECT_EQ(result->tables[0].delivery_start[1], at("2024-01-01T01:00Z"));
  EXPECT_THAT(result->tables[0].duration_s, ElementsAre(3600, 3600));
  EXPECT_TRUE(result->warnings.empty());
  EXPECT_EQ(result->columns[0].quality.resolution_minutes, 60);
  EXPECT_EQ(result->columns[0].to, at("2024-01-01T02:00Z"));
}

// "1,234" beside "5.5": the separator speaks for a decimal comma, the other numbers for a thousands mark.
TEST(Dialect, ASemicolonMakesALoneCommaDoubtful) {
  const auto mixed = import_text("timestamp;day_ahead;intraday\n2024-01-01T00:00:00Z;1,234;5.5\n2024-01-01T01:00:00Z;2.5;5.5\n");
  EXPECT_THAT(error_codes(mixed), ElementsAre("ambiguous_number"));
  const auto clear = import_text("timestamp;day_ahead\n2024-01-01T00:00:00Z;1,234.50\n2024-01-01T01:00:00Z;5.5\n");
  ASSERT_TRUE(clear);
  EXPECT_THAT(day_ahead(clear), ElementsAre(1234.5, 5.5));
}

TEST(Dialect, TwoSignsAreNoNumber) {
  for (const char* cell : {"+-5", "-+5", "--5", "++5"}) {
    const auto result = import_text(std::string("timestamp,day_ahead\n2024-01-01T00:00:00Z,") + cell + "\n2024-01-01T01:00:00Z,+3\n");
    EXPECT_THAT(error_codes(result), ElementsAre("bad_number")) << cell;
  }
}

TEST(Dialect, EverythingASpreadsheetDoes) {
  // Byte order mark, CRLF, semicolons, decimal commas, thousands dots, quotes, blank lines, trailing separators, odd header case.
  const auto result = import_text(
      "\xEF\xBB\xBF"
      "Time Stamp; Day Ahead "
      ";\r\n\r\n\"2024-01-01T00:00:00Z\";\"1.234,56\";\r\n2024-01-01T01:00:00Z;-3,5;\r\n;;\r\n2024-01-01T02:00:00Z;7;\r\n");
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(day_ahead(result), ElementsAre(1234.56, -3.5, 7.0));
}

TEST(Dialect, DayFirstDatesTabsAndTypographicMinus) {
  const auto result = import_text(
      "timestamp\tday_ahead\n01.02.2024 00:00\t\xE2\x88\x92"
      "5,5\n01.02.2024 01:00\t+6,5\n",
      with_zone("UTC"));
  ASSERT_TRUE(result);
  EXPECT_THAT(day_ahead(result), ElementsAre(-5.5, 6.5));
  EXPECT_EQ(result->tables[0].delivery_start[0], at("2024-02-01T00:00Z"));
}

TEST(Dialect, OldMacLineEndsAndAPreamble) {
  EXPECT_TRUE(import_text("timestamp,day_ahead\r2024-01-01T00:00:00Z,1\r2024-01-01T01:00:00Z,2\r"));
  const auto result =
      import_text("Day-ahead prices,exported 2024-02-01\n\ntimestamp,day_ahead\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,x\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.issues().all()[0].row, 5U);
}

TEST(Dialect, SemicolonsWithDecimalPoints) {
  EXPECT_THAT(day_ahead(import_text("timestamp;day_ahead\n2024-01-01T00:00Z;10.5\n2024-01-01T01:00Z;1.234\n")), ElementsAre(10.5, 1.234));
  EXPECT_THAT(day_ahead(import_text("timestamp;day_ahead\n2024-01-01T00:00Z;10,5\n2024-01-01T01:00Z;1.234\n")), ElementsAre(10.5, 1234.0));
  EXPECT_THAT(day_ahead(import_text("timestamp;day_ahead\n2024-01-01T00:00Z;1,234\n2024-01-01T01:00Z;7\n")), ElementsAre(1.234, 7.0));
}

TEST(Dialect, MarksAreNeverMixed) {
  const auto result = import_text("timestamp;day_ahead\n2024-01-01T00:00Z;10,5\n2024-01-01T01:00Z;10,25\n2024-01-01T02:00Z;10.5\n");
  ASSERT_FALSE(result);
  EXPECT_THAT(error_codes(result), ElementsAre("bad_number"));
  EXPECT_EQ(result.issues().all()[0].row, 4U);
}

TEST(Dialect, AmbiguousNumbers) {
  const auto quoted = import_text("timestamp,day_ahead\n2024-01-01T00:00Z,\"1,234\"\n2024-01-01T01:00Z,2\n");
  ASSERT_FALSE(quoted);
  EXPECT_THAT(error_codes(quoted), ElementsAre("ambiguous_number"));
  EXPECT_EQ(quoted.issues().all()[0].row, 2U);
  EXPECT_EQ(quoted.issues().all()[0].column, "day_ahead");
  const auto bare = import_text("timestamp,day_ahead\n2024-01-01T00:00Z,1,234\n2024-01-01T01:00Z,2\n");
  ASSERT_FALSE(bare);
  EXPECT_THAT(error_codes(bare), ElementsAre("ambiguous_number"));
  EXPECT_THAT(day_ahead(import_text("timestamp,day_ahead\n2024-01-01T00:00Z,\"1,234.5\"\n2024-01-01T01:00Z,2\n")),
              ElementsAre(1234.5, 2.0));
  EXPECT_THAT(day_ahead(import_text("timestamp,day_ahead\n2024-01-01T00:00Z,\"12,5\"\n2024-01-01T01:00Z,2\n")), ElementsAre(12.5, 2.0));
}

TEST(Dialect, WhatIsNoNumber) {
  for (const char* bad : {"abc", "1.2.3", "12 34", "0x10", "inf", "1e999", "€5", "1;2", "--5", "1,2,3"}) {
    const auto result = import_text(std::string("timestamp,day_ahead\n2024-01-01T00:00Z,\"") + bad + "\"\n2024-01-01T01:00Z,2.5\n");
    ASSERT_FALSE(result) << bad;
    EXPECT_THAT(error_codes(result), ElementsAre("bad_number")) << bad;
  }
}

TEST(Dialect, MissingValuesAreNeverZero) {
  for (const char* word : {"", "NaN", "n/a", "N/A", "-", "null", "n/e"}) {
    const auto result = import_text(std::string("timestamp,day_ahead,intraday\n2024-01-01T00:00Z,1,1\n2024-01-01T01:00Z,") + word +
                                    ",5\n2024-01-01T02:00Z,3,1\n2024-01-01T03:00Z,4,1\n");
    ASSERT_TRUE(result) << word;
    EXPECT_TRUE(std::isnan(day_ahead(result)[1])) << word;
    EXPECT_EQ(result->columns[0].quality.interpolated, 4) << word;
    EXPECT_THAT(warning_codes(result), ElementsAre("gap_filled"));
  }
}

TEST(Dialect, OtherEncodingsAreRefused) {
  for (const std::string& text : {std::string("\xFF\xFEt\0i\0", 6), std::string("\xFE\xFF\0t", 4), std::string("t\0i\0m\0e\0", 8),
                                  std::string("timestamp,day_ahead\n2024-01-01T00:00Z,1\n# Preis \xE4\n"),
                                  std::string("timestamp,\xC0\xAF\n"), std::string("timestamp,\xED\xA0\x80\n")}) {
    EXPECT_THAT(error_codes(import_text(text)), ElementsAre("encoding"));
  }
  EXPECT_THAT(import_text("timestamp,day_ahead\n2024-01-01T00:00Z,1\n# \xE4\n").issues().all()[0].row, 3U);
}

TEST(Headers, MissingColumnsAreNamed) {
  const auto nothing = import_text("timestamp,price\n2024-01-01T00:00Z,1\n");
  EXPECT_THAT(error_codes(nothing), ElementsAre("missing_column"));
  EXPECT_THAT(nothing.issues().all()[0].message, HasSubstr("day_ahead, intraday, imbalance_take"));
  EXPECT_THAT(error_codes(import_text("day_ahead,intraday\n1,2\n")), ElementsAre("missing_column"));
  EXPECT_THAT(error_codes(import_text("")), ElementsAre("missing_column"));
  EXPECT_THAT(error_codes(import_text("\n\n  \n")), ElementsAre("missing_column"));
  EXPECT_THAT(error_codes(import_text("timestamp,day_ahead\n")), ElementsAre("missing_column"));
  EXPECT_THAT(error_codes(import_files({}, {})), ElementsAre("missing_column"));
}

TEST(Headers, ExtraColumnsAreIgnoredWithAWarning) {
  const auto result = import_text("timestamp,day_ahead,remark\n2024-01-01T00:00Z,1,fine\n2024-01-01T01:00Z,2,=cmd\n");
  ASSERT_TRUE(result);
  EXPECT_THAT(warning_codes(result), ElementsAre("extra_column"));
  EXPECT_EQ(result->warnings.all()[0].column, "remark");
}

/// "timestamp,day_ahead" and so many unknown columns, over two rows of numbers.
std::string wide(std::size_t unknown, char separator = ',') {
  std::string header = std::string("timestamp") + separator + "day_ahead";
  std::string cells;
  for (std::size_t i = 0; i < unknown; ++i) {
    header += separator;
    header.append("c").append(std::to_string(i));
    cells += separator;
    cells += '1';
  }
  const std::string first = std::string("2024-01-01T00:00Z") + separator + "1";
  const std::string second = std::string("2024-01-01T01:00Z") + separator + "2";
  return header + "\n" + first + cells + "\n" + second + cells + "\n";
}

TEST(Headers, UnknownColumnsBeyondTwentyAreCounted) {
  const auto result = import_text(wide(25));
  ASSERT_TRUE(result);
  const std::vector<Issue> warnings = result->warnings.warnings();
  ASSERT_EQ(warnings.size(), 21U);
  EXPECT_EQ(warnings[19].column, "c19");
  EXPECT_THAT(warnings[20].message, HasSubstr("5 more columns"));
  const auto unmapped = import_text("a" + wide(4000));
  ASSERT_FALSE(unmapped);
  for (const Issue& issue : unmapped.issues().all()) EXPECT_LT(issue.message.size(), 1000U);
}

TEST(Headers, MoreThan4096ColumnsAreTooLarge) {
  for (const char separator : {',', ';', '\t'}) {
    ASSERT_TRUE(import_text(wide(max_csv_columns - 2, separator))) << separator;
    const auto result = import_text(wide(max_csv_columns - 1, separator));
    EXPECT_THAT(error_codes(result), ElementsAre("too_large")) << separator;
    EXPECT_EQ(result.issues().all()[0].row, 1U);
  }
  const auto row = import_text("timestamp,day_ahead\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2" + std::string(5000, ',') + "\n");
  EXPECT_THAT(error_codes(row), ElementsAre("too_large"));
  EXPECT_EQ(row.issues().all()[0].row, 3U);
  std::string old_mac = wide(max_csv_columns);
  std::replace(old_mac.begin(), old_mac.end(), '\n', '\r');
  EXPECT_THAT(error_codes(import_text(old_mac)), ElementsAre("too_large"));
}

TEST(Headers, AMappingReadsAnyNames) {
  ImportOptions options;
  options.every_file.columns = {{"timestamp", "MTU (UTC)"}, {"day_ahead", "Price [EUR/MWh]"}};
  options.every_file.time_zone = "UTC";
  const auto result = import_text(
      "\"MTU (UTC)\",\"Price [EUR/MWh]\",\"Currency\"\n\"01.01.2024 00:00 - 01.01.2024 01:00\",5.5,EUR\n\"01.01.2024 01:00 - 01.01.2024 "
      "02:00\",6,EUR\n",
      options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_THAT(day_ahead(result), ElementsAre(5.5, 6.0));
  EXPECT_TRUE(result->warnings.empty());
  options.every_file.columns["intraday"] = "Nowhere";
  EXPECT_THAT(error_codes(import_text("MTU (UTC),Price [EUR/MWh]\n01.01.2024 00:00,5.5\n", options)), ElementsAre("missing_column"));
  options.every_file.columns = {{"power_price", "Price [EUR/MWh]"}, {"timestamp", "MTU (UTC)"}};
  EXPECT_THAT(error_codes(import_text("MTU (UTC),Price [EUR/MWh]\n01.01.2024 00:00,5.5\n", options)), ElementsAre("missing_column"));
}

TEST(Headers, DateAndTimeMayStandApart) {
  ImportOptions options = with_zone("local");
  options.every_file.columns = {{"date", "Datum"}, {"time", "von"}};
  const auto result = import_text("Datum;von;day_ahead\n01.07.2024;00:00;1,5\n01.07.2024;00:15;2,5\n", options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_EQ(result->tables[0].delivery_start[0], at("2024-06-30T22:00Z"));
}

TEST(Headers, TwoColumnsOfOneName) {
  EXPECT_THAT(error_codes(import_text("timestamp,day_ahead,Day Ahead\n2024-01-01T00:00Z,1,2\n")), ElementsAre("duplicate_column"));
}

TEST(Headers, TheTableFollowsTheColumns) {
  const auto result = import_text("timestamp,day_ahead,fcr_price,solar_mw\n2024-01-01T00:00Z,1,2,3\n2024-01-01T01:00Z,1,2,3\n");
  ASSERT_TRUE(result);
  ASSERT_EQ(result->tables.size(), 3U);
  EXPECT_EQ(result->tables[1].kind, TableKind::fcr);
  EXPECT_EQ(result->tables[2].kind, TableKind::solar);
  const auto installed =
      import_text("timestamp,solar_mw\n2024-01-01T00:00Z,24000\n2024-07-01T00:00Z,25000\n", {}, "nl_installed_capacity.csv");
  ASSERT_TRUE(installed) << installed.issues().all()[0].message;
  EXPECT_EQ(installed->tables[0].kind, TableKind::installed_capacity);
  EXPECT_EQ(installed->tables[0].duration_s[0], 182 * 86400);
  ImportOptions options;
  options.every_file.table = TableKind::afrr;
  EXPECT_THAT(error_codes(import_text("timestamp,day_ahead\n2024-01-01T00:00Z,1\n", options)), ElementsAre("missing_column"));
  EXPECT_EQ(detect_content("timestamp,output_mw\n"), CsvContent::profile);
  EXPECT_EQ(detect_content("timestamp,day_ahead\n"), CsvContent::market);
  EXPECT_EQ(detect_content("a,b\n"), CsvContent::unknown);
}

TEST(Reader, QuotesAndSeparators) {
  CsvReader reader("a, \"b \"\"c\"\",d\" ,e\n\"open, f\n", ',');
  ASSERT_TRUE(reader.next());
  ASSERT_EQ(reader.cells().size(), 3U);
  EXPECT_EQ(reader.cells()[1].text, "b \"c\",d");
  EXPECT_EQ(reader.cells()[2].text, "e");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.cells()[0].text, "open, f");
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(separator_of("\"a;b\",c"), ',');
  EXPECT_EQ(separator_of("a,b;c"), ';');
}

}  // namespace
}  // namespace bess
