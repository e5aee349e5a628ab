#include "market/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>
#include <vector>

namespace bess {
namespace {

TEST(Tables, AreFoundByTheirNamesAndHoldEachPriceColumnOnce) {
  std::set<PriceColumn> held;
  std::set<std::string_view> names;
  for (const TableInfo& table : all_tables()) {
    EXPECT_EQ(parse_table_kind(table.name), table.id);
    EXPECT_EQ(to_string(table.id), table.name);
    EXPECT_EQ(columns_of(table.id).size(), table.columns.size());
    for (const TableColumnInfo& column : table.columns) {
      EXPECT_TRUE(held.insert(column.column).second) << column.name;
      EXPECT_TRUE(names.insert(to_string(column.column)).second) << column.name;
    }
  }
  EXPECT_EQ(held.size(), price_columns);
  EXPECT_FALSE(parse_table_kind("prices"));
}

TEST(Tables, OnlyWhatIsPaidForHeldReserveIsAReservePrice) {
  std::vector<std::string_view> reserve;
  for (const TableInfo& table : all_tables()) {
    for (const TableColumnInfo& column : table.columns) {
      if (is_reserve_price(column.column)) reserve.push_back(column.name);
    }
  }
  EXPECT_THAT(reserve, testing::ElementsAre("afrr_up_price", "afrr_down_price", "fcr_price"));
}

}  // namespace
}  // namespace bess
