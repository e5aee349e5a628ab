// Random damage to files: whatever comes in, a value or a list of issues comes out.
#include <gtest/gtest.h>

#include "base/random.h"
#include "import_support.h"
#include "importers/profile_csv.h"

namespace bess {
namespace {

using namespace test;

std::string mutated(std::string text, RandomStream& random) {
  static const std::string pieces[] = {
      ",",  ";",         "\"", "\n",        "\r\n", "\xEF\xBB\xBF", "-", "1,234", "NaN", "1e400", "2024-10-27 02:30", "2024-03-31 02:30",
      "\t", "day_ahead", "=",  "9999999999"};
  const int edits = random.integer(1, 12);
  for (int i = 0; i < edits && !text.empty(); ++i) {
    const auto at = static_cast<std::size_t>(random.integer(0, static_cast<int>(text.size()) - 1));
    switch (random.integer(0, 5)) {
      case 0:
        text[at] = static_cast<char>(random.integer(0, 255));
        break;
      case 1:
        text.erase(at, static_cast<std::size_t>(random.integer(1, 40)));
        break;
      case 2:
        text.insert(at, pieces[static_cast<std::size_t>(random.integer(0, 15))]);
        break;
      case 3:
        text.insert(at, text.substr(at, static_cast<std::size_t>(random.integer(1, 200))));
        break;
      case 4:
        text[at] = static_cast<char>(random.integer(32, 126));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

void expect_answer(const std::string& text, const ImportOptions& options) {
  const auto result = import_text(text, options);
  if (!result) {
    EXPECT_TRUE(result.issues().has_errors());
    return;
  }
  EXPECT_FALSE(result->warnings.has_errors());
  for (const MarketTable& table : result->tables) {
    EXPECT_EQ(table.delivery_start.size(), table.duration_s.size());
    for (const TableColumn& column : table.columns) EXPECT_EQ(column.values.size(), table.rows());
    for (std::size_t r = 0; r + 1 < table.rows(); ++r)
      EXPECT_LE(table.delivery_start[r] + std::chrono::seconds{table.duration_s[r]}, table.delivery_start[r + 1]);
  }
}

TEST(Mutations, NeverCrashTheReaders) {
  std::string utc = "timestamp,day_ahead,imbalance_take,imbalance_feed\n";
  std::string local = "\xEF\xBB\xBFtimestamp;timestamp_end;fcr_price;\r\n";
  for (int i = 0; i < 60; ++i) {
    utc += format_instant(at("2025-09-30T12:00Z") + i * quarter_hour) + ",10.5,\"20.25\",-3\n";
    const Instant t = at("2024-10-26T22:00Z") + std::chrono::hours{4 * i};
    local += format_instant(t) + ";" + format_instant(t + std::chrono::hours{4}) + ";1.234,5;\r\n";
  }
  std::string clock = "timestamp,intraday\n";
  for (int hour = 0; hour < 24; ++hour) clock += std::string("2024-10-27 ") + (hour < 10 ? "0" : "") + std::to_string(hour) + ":00,1\n";
  const ImportOptions options = with_zone("local");
  ImportOptions blocks = options;
  blocks.every_file.units = {{"fcr_price", "EUR/MW/block"}};
  for (std::uint64_t i = 0; i < 3000; ++i) {
    RandomStream random(20240607, "mutations", i);
    SCOPED_TRACE(i);
    expect_answer(mutated(utc, random), options);
    expect_answer(mutated(local, random), blocks);
    expect_answer(mutated(clock, random), options);
    const std::string profile = mutated("timestamp,output_mw\n" + rows("2024-01-01T00:00Z", 30, 40), random);
    const auto result = import_profile({"p.csv", profile}, {.capacity_mw = 100.0});
    if (!result) {
      EXPECT_TRUE(result.issues().has_errors());
    }
  }
}

TEST(Mutations, TextsOfAnyBytes) {
  for (std::uint64_t i = 0; i < 2000; ++i) {
    RandomStream random(7, "bytes", i);
    std::string text;
    for (int n = random.integer(0, 300); n > 0; --n)
      text += static_cast<char>(i % 2 == 0 ? random.integer(0, 255) : random.integer(9, 126));
    EXPECT_FALSE(import_text(text));
    EXPECT_FALSE(import_text("timestamp,day_ahead\n" + text + "\nx,y\n"));
  }
}

}  // namespace
}  // namespace bess
