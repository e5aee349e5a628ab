// Workbooks, written part by part as the format says, and read as files of prices.
#include "importers/workbook.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "import_support.h"

namespace bess {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct TestSheet {
  std::string name;
  std::string rows;
  std::string state{};
};

/// A workbook of sheets given as the inside of their sheetData. Styles: 1 is a date and time, 2 a date, 3 a time, 4 "0.00".
std::string workbook(const std::vector<TestSheet>& sheets, bool from_1904 = false, const std::string& shared = "",
                     const char* prefix = "") {
  const std::string p = prefix;
  const std::string ns = p.empty()
                             ? " xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
                             : " xmlns:" + p.substr(0, p.size() - 1) + "=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
  std::string list, relations;
  std::vector<ArchiveMember> members{{"[Content_Types].xml", "<Types/>"}};
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    list += fmt::format("<{0}sheet name=\"{1}\" sheetId=\"{2}\"{3} r:id=\"rId{4}\"/>", p, sheets[i].name, i + 1,
                        sheets[i].state.empty() ? "" : " state=\"" + sheets[i].state + "\"", 10 + i);
    relations +=
        fmt::format("<Relationship Id=\"rId{}\" Type=\"worksheet\" Target=\"{}worksheets/s{}.xml\"/>", 10 + i, i % 2 == 0 ? "" : "/xl/", i);
    members.push_back(
        {fmt::format("xl/worksheets/s{}.xml", i),
         fmt::format("<?xml version=\"1.0\"?><{0}worksheet{1}><{0}sheetData>{2}</{0}sheetData></{0}worksheet>", p, ns, sheets[i].rows)});
  }
  members.push_back(
      {"xl/workbook.xml", fmt::format("<{0}workbook{1} xmlns:r=\"r\"><{0}workbookPr{2}/><{0}sheets>{3}</{0}sheets></{0}workbook>", p, ns,
                                      from_1904 ? " date1904=\"1\"" : "", list)});
  members.push_back({"xl/_rels/workbook.xml.rels", "<Relationships>" + relations + "</Relationships>"});
  members.push_back(
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\\ hh:mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf "
       "numFmtId=\"164\"/><xf numFmtId=\"14\"/><xf numFmtId=\"20\"/><xf numFmtId=\"2\"/></cellXfs></styleSheet>"});
  if (!shared.empty()) members.push_back({"xl/sharedStrings.xml", "<sst>" + shared + "</sst>"});
  return write_archive(members);
}

/// The day number of the format for an instant, in UTC.
double serial(Instant t, bool from_1904 = false) {
  return static_cast<double>((t - at(from_1904 ? "1904-01-01T00:00Z" : "1899-12-30T00:00Z")).count()) / 86400.0;
}

std::string inline_row(int row, const std::vector<std::string>& texts) {
  std::string cells;
  for (std::size_t i = 0; i < texts.size(); ++i)
    cells += fmt::format("<c r=\"{}{}\" t=\"inlineStr\"><is><t>{}</t></is></c>", static_cast<char>('A' + i), row, texts[i]);
  return fmt::format("<row r=\"{}\">{}</row>", row, cells);
}

std::string price_rows(int first_row, int count, bool from_1904 = false) {
  std::string text = inline_row(first_row, {"timestamp_utc", "day_ahead [ct/kWh]"});
  for (int i = 0; i < count; ++i) {
    text += fmt::format("<row r=\"{0}\"><c r=\"A{0}\" s=\"1\"><v>{1}</v></c><c r=\"B{0}\" s=\"4\"><v>{2}</v></c></row>", first_row + 1 + i,
                        serial(at("2024-01-01T00:00Z") + i * quarter_hour, from_1904), 1.5 + i * 0.123);
  }
  return text;
}

std::string problems(const Expected<ImportResult>& result) {
  std::string text;
  for (const Issue& i : (result ? result->warnings : result.issues()).all()) text += i.code + ": " + i.message + "\n";
  return text;
}

void expect_prices(const std::string& bytes, int count) {
  EXPECT_TRUE(looks_like_workbook(bytes));
  const auto result = import_text(bytes, {}, "prices.xlsx");
  ASSERT_TRUE(result) << problems(result);
  ASSERT_EQ(result->tables[0].rows(), static_cast<std::size_t>(count));
  EXPECT_EQ(result->tables[0].delivery_start[0], at("2024-01-01T00:00Z"));
  EXPECT_EQ(result->tables[0].delivery_start[static_cast<std::size_t>(count) - 1], at("2024-01-01T00:00Z") + (count - 1) * quarter_hour);
  for (int i = 0; i < count; ++i)
    ASSERT_NEAR(result->tables[0].columns[0].values[static_cast<std::size_t>(i)], 10.0 * (1.5 + i * 0.123), 1e-9);
}

TEST(Workbook, DatesOfBothSystems) {
  expect_prices(workbook({{"Prices", price_rows(1, 500)}}), 500);
  expect_prices(workbook({{"Prices", price_rows(1, 500, true)}}, true), 500);
  expect_prices(workbook({{"Prices", price_rows(4, 20)}}), 20);
}

TEST(Workbook, TheSheetWithData) {
  const std::string cover = inline_row(1, {"Report", "of 2024"}) + inline_row(2, {"Author", "nobody"});
  expect_prices(workbook({{"Info", cover}, {"Prices", price_rows(1, 30)}}), 30);
  expect_prices(workbook({{"Old", price_rows(1, 10), "hidden"}, {"Prices", price_rows(1, 30)}}), 30);
  const auto two = import_text(workbook({{"A", price_rows(1, 30)}, {"B", price_rows(1, 10)}}), {}, "two.xlsx");
  ASSERT_TRUE(two) << problems(two);
  EXPECT_THAT(warning_codes(two), ElementsAre("assumed"));
  EXPECT_THAT(problems(two), HasSubstr("\"A\" was read; the workbook has others: B"));
}

TEST(Workbook, SharedStringsPrefixesAndCellsWithoutReferences) {
  const std::string shared =
      "<si><t>timestamp_utc</t></si><si><r><t>day</t></r><r><t>_ahead</t></r><rPh><t>x</t></rPh></si><si><t>1,5</t></si><si><t>a\"b;c</t></"
      "si>";
  std::string rows = "<x:row><x:c t=\"s\"><x:v>0</x:v></x:c><x:c t=\"s\"><x:v>1</x:v></x:c><x:c t=\"s\"><x:v>3</x:v></x:c></x:row><x:row/>";
  for (int i = 0; i < 4; ++i)
    rows += fmt::format("<x:row><x:c s=\"1\"><x:v>{}</x:v></x:c><x:c t=\"s\"><x:v>2</x:v></x:c><x:c t=\"b\"><x:v>1</x:v></x:c></x:row>",
                        serial(at("2024-03-31T00:00Z") + i * std::chrono::hours{1}));
  const auto result = import_text(workbook({{"P", rows}}, false, shared, "x:"), {}, "p.xlsx");
  ASSERT_TRUE(result) << problems(result);
  EXPECT_THAT(result->tables[0].columns[0].values, ElementsAre(1.5, 1.5, 1.5, 1.5));
  EXPECT_EQ(result->tables[0].delivery_start[3], at("2024-03-31T03:00Z"));
  EXPECT_EQ(result->warnings.all()[0].column, "a\"b;c");
}

TEST(Workbook, RowsOfProblemsAreThoseOfTheSheet) {
  const std::string bad =
      price_rows(3, 6) + "<row r=\"12\"><c r=\"A12\" s=\"1\"><v>45292.5</v></c><c r=\"B12\" t=\"str\"><v>dear</v></c></row>";
  const auto result = import_text(workbook({{"P", bad}}), {}, "p.xlsx");
  EXPECT_THAT(error_codes(result), ElementsAre("bad_number"));
  EXPECT_EQ(result.issues().errors()[0].row, 12U);
}

TEST(Workbook, DateAndTimeInColumnsOfTheirOwn) {
  std::string rows = inline_row(1, {"Datum", "Zeit", "day_ahead"});
  for (int h = 0; h < 5; ++h)
    rows += fmt::format("<row><c s=\"2\"><v>45292</v></c><c s=\"3\"><v>{}</v></c><c><v>{}</v></c></row>", h / 24.0, h);
  ImportOptions options = with_zone("UTC");
  options.every_file.columns = {{"date", "Datum"}, {"time", "Zeit"}};
  const auto result = import_text(workbook({{"P", rows}}), options, "p.xlsx");
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->tables[0].delivery_start[4], at("2024-01-01T04:00Z"));
}

std::string codes_of(const std::string& bytes, const ArchiveLimits& limits = {}) {
  const auto result = read_workbook(bytes, "w.xlsx", limits);
  return result ? "read" : result.issues().errors()[0].code;
}

TEST(Workbook, WhatIsRefused) {
  EXPECT_EQ(codes_of(workbook({{"P", ""}})), "missing_column");
  EXPECT_EQ(codes_of(workbook({{"P", "<row r=\"5\"><c><v>1</v></c></row><row r=\"5\"><c><v>1</v></c></row>"}})), "unreadable_file");
  EXPECT_EQ(codes_of(workbook({{"P", "<row r=\"9999999\"><c><v>1</v></c></row>"}})), "unreadable_file");
  EXPECT_EQ(codes_of(workbook({{"P", "<row><c r=\"XFD1\"><v>1</v></c></row>"}})), "too_large");
  EXPECT_EQ(codes_of(workbook({{"P", "<row><c t=\"s\"><v>7</v></c></row>"}})), "unreadable_file");
  EXPECT_EQ(codes_of(workbook({{"P", "<row><c><v>1</v></row>"}})), "unreadable_file");
  EXPECT_EQ(codes_of(workbook({{"P", "<row><c><v>1"}})), "unreadable_file");
  EXPECT_EQ(codes_of(workbook({{"P", std::string(30'000'000, ' ')}})), "zip_unsafe");
  EXPECT_EQ(codes_of(workbook({{"P", price_rows(1, 1000)}}), {.unpacked_bytes = 50'000}), "too_large");
  EXPECT_EQ(codes_of(write_archive(
                std::vector<ArchiveMember>{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<a/>"}})),
            "unreadable_file");
  EXPECT_EQ(codes_of(write_archive(std::vector<ArchiveMember>{{"xl/workbook.bin", "x"}})), "unreadable_file");
  const std::string plain = write_archive(std::vector<ArchiveMember>{{"a.csv", "timestamp,day_ahead\n"}});
  EXPECT_FALSE(looks_like_workbook(plain));
  EXPECT_EQ(codes_of(plain), "unreadable_file");
  EXPECT_EQ(codes_of("PK\x03\x04 and nothing more"), "unreadable_file");
}

TEST(Workbook, DamageNeverCrashes) {
  const std::string good = workbook({{"P", price_rows(1, 40)}}, false, "<si><t>a</t></si>");
  for (std::uint64_t i = 0; i < 150; ++i) {
    RandomStream random(20241128, "workbook", i);
    std::string bytes = good;
    for (int edit = random.integer(1, 6); edit > 0; --edit)
      bytes[static_cast<std::size_t>(random.integer(0, static_cast<int>(bytes.size()) - 1))] = static_cast<char>(random.integer(0, 255));
    if (i % 5 == 0) bytes.resize(static_cast<std::size_t>(random.integer(0, static_cast<int>(bytes.size()))));
    const auto result = import_text(bytes, {}, "w.xlsx");
    EXPECT_TRUE(result || result.issues().has_errors());
  }
  const std::string rows = price_rows(1, 12);
  for (std::uint64_t i = 0; i < 150; ++i) {
    RandomStream random(20241129, "sheet", i);
    std::string text = rows;
    for (int edit = random.integer(1, 4); edit > 0; --edit) {
      const auto where = static_cast<std::size_t>(random.integer(0, static_cast<int>(text.size()) - 1));
      if (random.integer(0, 1) == 0) {
        text.erase(where, static_cast<std::size_t>(random.integer(1, 30)));
      } else {
        text.insert(where, random.integer(0, 1) == 0 ? "<row" : "\"&lt;9");
      }
      if (text.empty()) text = "<row/>";
    }
    const auto result = import_text(workbook({{"P", text}}), {}, "w.xlsx");
    EXPECT_TRUE(result || result.issues().has_errors());
  }
}

}  // namespace
}  // namespace bess
