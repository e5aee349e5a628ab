#include "importers/csv_export.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "import_support.h"
#include "market/sample.h"

namespace bess {
namespace {

using namespace test;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

TEST(Export, WritesTheCanonicalFormat) {
  MarketTable table{.kind = TableKind::price};
  table.delivery_start = {at("2024-01-01T00:00Z"), at("2024-01-01T01:00Z")};
  table.duration_s = {3600, 3600};
  table.columns = {{"day_ahead", {10.1, -0.5}, {}}, {"intraday", {none, 1e-3}, {}}};
  EXPECT_EQ(write_csv(table), "timestamp,day_ahead,intraday\n2024-01-01T00:00:00Z,10.1,\n2024-01-01T01:00:00Z,-0.5,0.001\n");
}

TEST(Export, TextCannotBecomeAFormula) {
  EXPECT_EQ(csv_text_cell("plain"), "plain");
  EXPECT_EQ(csv_text_cell("-12.5"), "-12.5");
  EXPECT_EQ(csv_text_cell("+3"), "+3");
  EXPECT_EQ(csv_text_cell("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(csv_text_cell("@sum"), "\"'@sum\"");
  EXPECT_EQ(csv_text_cell("-1+cmd|' /C calc'!A0"), "\"'-1+cmd|' /C calc'!A0\"");
  EXPECT_EQ(csv_text_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
}

TEST(Export, ReadsBackToTheSameTables) {
  for (const MarketTable& table : make_sample_tables(3, 2024)) {
    const std::string text = write_csv(table);
    ImportOptions options;
    options.every_file.table = table.kind;
    const auto result = import_text(text, options);
    ASSERT_TRUE(result) << result.issues().all()[0].message;
    const MarketTable& back = result->tables.at(0);
    EXPECT_EQ(back.delivery_start, table.delivery_start);
    if (table.kind != TableKind::installed_capacity) {
      EXPECT_EQ(back.duration_s, table.duration_s);
    }
    ASSERT_EQ(back.columns.size(), table.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      EXPECT_EQ(back.columns[c].name, table.columns[c].name);
      EXPECT_EQ(back.columns[c].values, table.columns[c].values);
    }
    // Columns that no computation uses yet say so, however they came.
    for (const Issue& warning : result->warnings.all()) EXPECT_EQ(warning.code, "unused_column") << warning.message;
  }
}

TEST(Export, MixedResolutionsAreWrittenAtTheFinest) {
  const std::string hourly = std::string("timestamp,day_ahead\n") + rows("2023-12-31T23:00Z", 60, 24);
  const std::string quarters = std::string("timestamp,intraday\n") + rows("2023-12-31T23:00Z", 15, 48);
  const std::vector<InputFile> files{{"a.csv", hourly}, {"b.csv", quarters}};
  const auto first = import_files(files);
  const auto second = import_text(write_csv(first.value().tables[0]));
  ASSERT_TRUE(second) << second.issues().all()[0].message;
  EXPECT_EQ(second->tables[0].rows(), 96U);
  EXPECT_EQ(second->tables[0].columns[0].values[95], 23.0);
}

}  // namespace
}  // namespace bess
