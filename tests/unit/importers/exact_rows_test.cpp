// Tables written with their row ends and read back as they stand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "importers/archive.h"
#include "importers/csv_export.h"
#include "importers/market_import.h"

namespace bess {
namespace {

using testing::ElementsAre;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

Instant at(std::int64_t hours) { return Instant{std::chrono::seconds{1704067200 + 3600 * hours}}; }  // 2024-01-01T00:00:00Z

Expected<ImportResult> read(const std::string& text, TableKind kind, std::map<std::string, ColumnQuality> quality = {}) {
  ImportOptions options;
  options.mapping["t.csv"] = {.table = kind, .exact_rows = true, .quality = std::move(quality)};
  const std::vector<InputFile> files{{"t.csv", text}};
  return import_files(files, options);
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> result;
  for (const Issue& issue : issues.errors()) result.push_back(issue.code);
  return result;
}

TEST(ExactRows, HolesMixedLengthsAndOddBlocksComeBack) {
  const MarketTable table{.kind = TableKind::fcr,
                          .delivery_start = {at(0), at(4), at(2000), at(2001)},
                          .duration_s = {4 * 3600, 5 * 3600, 900, 24 * 3600},
                          .columns = {{"fcr_price", {1.1, -2.0, none, 1.0 / 3.0}, {}}}};
  const auto back = read(write_exact_csv(table), TableKind::fcr, {{"fcr_price", {7, 1, 2, 3, 60}}});
  ASSERT_TRUE(back);
  ASSERT_EQ(back->tables.size(), 1U);
  const MarketTable& copy = back->tables[0];
  EXPECT_THAT(copy.delivery_start, ElementsAre(at(0), at(4), at(2001)));  // a row without any value is no row
  EXPECT_THAT(copy.duration_s, ElementsAre(4 * 3600, 5 * 3600, 24 * 3600));
  EXPECT_THAT(copy.columns[0].values, ElementsAre(1.1, -2.0, 1.0 / 3.0));
  EXPECT_EQ(copy.columns[0].quality, (ColumnQuality{7, 1, 2, 3, 60}));
}

TEST(ExactRows, QualityThatNobodyGaveIsCounted) {
  const auto back = read(
      "timestamp,timestamp_end,day_ahead\n2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,5\n"
      "2024-03-01T00:00:00Z,2024-03-01T00:15:00Z,6\n",
      TableKind::price);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->tables[0].columns[0].quality, (ColumnQuality{2, 0, 0, 0, 15}));
}

TEST(ExactRows, InstalledCapacityMayHoldForYears) {
  const auto back = read(
      "timestamp,timestamp_end,solar_mw\n2020-01-01T00:00:00Z,2024-01-01T00:00:00Z,10000\n"
      "2024-01-01T00:00:00Z,2024-01-01T00:15:00Z,20000\n",
      TableKind::installed_capacity);
  ASSERT_TRUE(back);
  EXPECT_THAT(back->tables[0].duration_s, ElementsAre(1461 * 86400, 900));
}

TEST(ExactRows, RefusesWhatIsNoRow) {
  const std::string head = "timestamp,timestamp_end,day_ahead\n";
  EXPECT_THAT(codes(read("timestamp,day_ahead\n2024-01-01T00:00:00Z,5\n", TableKind::price).issues()), ElementsAre("missing_column"));
  EXPECT_THAT(
      codes(read(head + "2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,5\n2024-01-01T00:45:00Z,2024-01-01T02:00:00Z,5\n", TableKind::price)
                .issues()),
      ElementsAre("irregular_resolution"));
  EXPECT_THAT(codes(read(head + "2024-01-01T00:00:00Z,2024-01-03T00:00:00Z,5\n", TableKind::price).issues()),
              ElementsAre("irregular_resolution"));
  EXPECT_THAT(codes(read(head + "2024-01-01T01:00:00Z,2024-01-01T00:00:00Z,5\n", TableKind::price).issues()),
              ElementsAre("irregular_resolution"));
  EXPECT_THAT(codes(read(head + "2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,1e9\n", TableKind::price).issues()),
              ElementsAre("price_absurd"));
}

TEST(ArchiveWriter, WritesWhatTheReaderReadsAndTheSameBytesEachTime) {
  const std::vector<ArchiveMember> members{{"price.csv", std::string(100'000, 'x')}, {"mapping.json", "{}"}, {"empty.csv", ""}};
  const std::string bytes = write_archive(members);
  EXPECT_TRUE(looks_like_zip(bytes));
  EXPECT_LT(bytes.size(), 2000U);
  EXPECT_EQ(write_archive(members), bytes);
  const auto back = read_archive(bytes, "a.zip");
  ASSERT_TRUE(back);
  ASSERT_EQ(back->files.size(), 2U);
  EXPECT_EQ(back->files[0].name, "price.csv");
  EXPECT_EQ(back->files[0].bytes, members[0].bytes);
  EXPECT_EQ(back->files[1].bytes, "");
  EXPECT_EQ(back->mapping_json, "{}");
}

}  // namespace
}  // namespace bess
