#include "store/table_merge.h"

#include <map>

#include "base/random.h"
#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

MarketTable one_column(const std::string& name, std::int64_t first_minute, int step_minutes, std::vector<double> values) {
  MarketTable table = make_table(TableKind::price, {name}, first_minute, values.size(), step_minutes, 0.0);
  table.columns[0].values = std::move(values);
  return table;
}

std::vector<std::int64_t> minutes_of(const MarketTable& table) {
  std::vector<std::int64_t> result;
  for (const Instant t : table.delivery_start) result.push_back((t - at_minute(0)).count() / 60);
  return result;
}

TEST(TableMerge, ImportIntoNothingDropsEmptyRowsOnly) {
  const MarketTable merged = merge_tables({}, one_column("day_ahead", 0, 60, {1, no_value, no_value, 4}));
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 180}));
  EXPECT_EQ(merged.columns[0].values, (std::vector<double>{1, 4}));
}

TEST(TableMerge, ReplacesOnlyOverTheRangeOfTheColumn) {
  const MarketTable stored = one_column("day_ahead", 0, 60, {1, 2, 3, 4, 5});
  const MarketTable merged = merge_tables(stored, one_column("day_ahead", 60, 60, {no_value, 30, no_value, 50, no_value}));
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 60, 120, 240}));
  EXPECT_EQ(merged.columns[0].values, (std::vector<double>{1, 2, 30, 50}));  // the hole inside the range is a hole, hour 1 is outside
}

TEST(TableMerge, QuartersMeetHours) {
  const MarketTable stored = one_column("day_ahead", 0, 60, {10, 20});
  const MarketTable merged = merge_tables(stored, one_column("imbalance_take", 0, 15, {1, 2, 3, 4}));
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 15, 30, 45, 60}));
  EXPECT_EQ(merged.duration_s, (std::vector<std::int32_t>{900, 900, 900, 900, 3600}));
  EXPECT_TRUE(same_values(merged.find("day_ahead")->values, {10, 10, 10, 10, 20}));
  EXPECT_TRUE(same_values(merged.find("imbalance_take")->values, {1, 2, 3, 4, no_value}));
}

TEST(TableMerge, RowsOfAReplacedResolutionDoNotSplitTheNewOnes) {
  const MarketTable stored = one_column("day_ahead", 0, 15, {1, 2, 3, 4, 5, 6, 7, 8});
  const MarketTable merged = merge_tables(stored, one_column("day_ahead", 0, 60, {10, 20}));
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 60}));
  EXPECT_EQ(merged.duration_s, (std::vector<std::int32_t>{3600, 3600}));
}

TEST(TableMerge, CutsAStoredRowAtBothEnds) {
  const MarketTable merged = merge_tables(one_column("day_ahead", 0, 240, {7}), one_column("day_ahead", 60, 60, {9}));
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 60, 120}));
  EXPECT_EQ(merged.duration_s, (std::vector<std::int32_t>{3600, 3600, 7200}));
  EXPECT_EQ(merged.columns[0].values, (std::vector<double>{7, 9, 7}));
}

TEST(TableMerge, ColumnWithoutValuesChangesNothing) {
  const MarketTable stored = one_column("day_ahead", 0, 60, {1, 2});
  EXPECT_TRUE(same_rows(merge_tables(stored, one_column("intraday", 0, 60, {no_value, no_value})), stored));
}

// A file speaks about all its rows: what it leaves empty is empty now.
TEST(TableMerge, EmptyCellsOfTheFileReplaceToo) {
  MarketTable incoming = one_column("day_ahead", 60, 60, {20, 30, no_value, no_value});
  incoming.columns[0].covers_from = at_minute(60);
  incoming.columns[0].covers_to = at_minute(270);
  const MarketTable merged = merge_tables(one_column("day_ahead", 0, 60, {1, 2, 3, 4, 5, 6}), incoming);
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 60, 120, 270, 300}));
  EXPECT_EQ(merged.columns[0].values, (std::vector<double>{1, 20, 30, 5, 6}));
  EXPECT_EQ(merged.duration_s, (std::vector<std::int32_t>{3600, 3600, 3600, 1800, 3600}));
}

TEST(TableMerge, StepsHoldUntilTheNextWhicheverImportBroughtIt) {
  MarketTable stored = make_table(TableKind::installed_capacity, {"solar_mw"}, 0, 3, 1000, 0.0);
  stored.columns[0].values = {10, 20, 40};
  MarketTable incoming = make_table(TableKind::installed_capacity, {"solar_mw"}, 1500, 1, 15, 0.0);
  incoming.columns[0].values = {30};
  const MarketTable merged = merge_tables(stored, incoming);
  EXPECT_EQ(minutes_of(merged), (std::vector<std::int64_t>{0, 1000, 1500, 2000}));
  EXPECT_EQ(merged.columns[0].values, (std::vector<double>{10, 20, 30, 40}));
  EXPECT_EQ(merged.duration_s[1], 500 * 60);
  EXPECT_EQ(merged.duration_s[2], 500 * 60);
  MarketTable range = make_table(TableKind::installed_capacity, {"solar_mw"}, 500, 2, 1500, 0.0);
  range.columns[0].values = {7, 9};
  EXPECT_EQ(merge_tables(stored, range).columns[0].values, (std::vector<double>{10, 7, 9}));
}

// Against a model that knows only "value of a column in a minute".
TEST(TableMerge, AgreesWithTheModelOnRandomImports) {
  const std::vector<std::string> names{"day_ahead", "intraday", "imbalance_take"};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed, "table merge");
    std::map<std::string, std::map<std::int64_t, double>> model;
    MarketTable stored;
    for (int import = 0; import < 6; ++import) {
      const int step = std::vector{5, 15, 30, 60}[static_cast<std::size_t>(random.integer(0, 3))];
      const auto rows = static_cast<std::size_t>(random.integer(1, 12));
      std::vector<std::string> brought;
      for (const auto& name : names) {
        if (random.chance(0.6)) brought.push_back(name);
      }
      MarketTable incoming = make_table(TableKind::price, brought, 60 * random.integer(0, 10), rows, step, 0.0);
      for (auto& column : incoming.columns) {
        for (double& value : column.values) value = random.chance(0.25) ? no_value : random.integer(-5, 5);
        const ColumnRange range = range_of(incoming, column);
        for (Instant t = range.from; t < range.to; t += std::chrono::minutes(5)) model[column.name].erase((t - at_minute(0)).count());
        for (std::size_t row = 0; row < rows; ++row) {
          if (column.values[row] != column.values[row]) continue;
          for (int m = 0; m < step; m += 5)
            model[column.name][(incoming.delivery_start[row] - at_minute(0)).count() + m * 60] = column.values[row];
        }
      }
      stored = merge_tables(stored, incoming);

      std::map<std::string, std::map<std::int64_t, double>> merged;
      for (std::size_t row = 0; row < stored.rows(); ++row) {
        ASSERT_GT(stored.duration_s[row], 0);
        if (row > 0) {
          ASSERT_LE(stored.delivery_start[row - 1] + std::chrono::seconds(stored.duration_s[row - 1]), stored.delivery_start[row]);
        }
        bool any = false;
        for (const auto& column : stored.columns) {
          if (column.values[row] != column.values[row]) continue;
          any = true;
          for (int s = 0; s < stored.duration_s[row]; s += 300)
            merged[column.name][(stored.delivery_start[row] - at_minute(0)).count() + s] = column.values[row];
        }
        ASSERT_TRUE(any);
      }
      std::erase_if(model, [](const auto& column) { return column.second.empty(); });
      ASSERT_EQ(merged, model) << "seed " << seed << ", import " << import;
    }
  }
}

}  // namespace
}  // namespace bess::test
