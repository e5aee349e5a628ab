#include "market/product.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

namespace bess {
namespace {

using testing::ElementsAre;

TEST(Products, StandInTheOrderOfTheirEnumerators) {
  for (std::size_t i = 0; i < product_count; ++i) {
    EXPECT_EQ(index_of(product_table[i].id), i);
    EXPECT_EQ(&info_of(static_cast<Product>(i)), &product_table[i]);
  }
  for (std::size_t i = 0; i < market_count; ++i) {
    EXPECT_EQ(index_of(market_table[i].id), i);
    EXPECT_EQ(all_markets[i], market_table[i].id);
  }
  EXPECT_THAT(energy_markets, ElementsAre(Market::day_ahead, Market::intraday, Market::imbalance));
  EXPECT_THAT(energy_products, ElementsAre(Product::day_ahead, Product::intraday, Product::imbalance));
  EXPECT_THAT(reserve_products, ElementsAre(Product::afrr_up, Product::afrr_down, Product::fcr));
}

TEST(Products, AreFoundByTheirNames) {
  for (const ProductInfo& info : product_table) {
    EXPECT_EQ(parse_product(info.name), info.id);
    EXPECT_FALSE(info.label.empty());
    const auto same = std::count_if(product_table.begin(), product_table.end(), [&](const ProductInfo& p) { return p.name == info.name; });
    EXPECT_EQ(same, 1) << info.name;
  }
  for (const char* other : {"", "afrr", "FCR", "day_ahead ", "day-ahead"}) EXPECT_FALSE(parse_product(other)) << other;
}

TEST(Products, BelongToTheMarketThatEnablesThem) {
  for (const ProductInfo& info : product_table) {
    EXPECT_TRUE(products_of(info.market).has(info.id)) << info.name;
    for (const MarketInfo& market : market_table) {
      if (market.id != info.market) {
        EXPECT_FALSE(products_of(market.id).has(info.id)) << market.name << " has " << info.name;
      }
    }
    EXPECT_EQ(is_energy(info.kind), info_of(info.market).energy) << info.name;
    if (is_energy(info.kind)) {
      EXPECT_EQ(energy_product(info.market), info.id) << info.name;
    }
  }
  EXPECT_EQ(products_of(Market::afrr), (ProductSet{Product::afrr_up, Product::afrr_down}));
  MarketSet markets;
  EXPECT_FALSE(products_of(markets).any());
  markets.add(Market::intraday);
  markets.add(Market::afrr);
  EXPECT_EQ(products_of(markets), (ProductSet{Product::intraday, Product::afrr_up, Product::afrr_down}));
  for (const Market m : all_markets) markets.add(m);
  for (const ProductInfo& info : product_table) EXPECT_TRUE(products_of(markets).has(info.id)) << info.name;
}

TEST(Products, HavePricesForBothSides) {
  for (const ProductInfo& info : product_table) EXPECT_EQ(info.buy != info.sell, info.kind == ProductKind::two_price) << info.name;
  EXPECT_EQ(info_of(Product::imbalance).buy, PriceColumn::imbalance_take);
  EXPECT_EQ(info_of(Product::imbalance).sell, PriceColumn::imbalance_feed);
}

TEST(ProductKinds, SayWhatIsTradedAndWhatIsHeld) {
  struct Expected {
    ProductKind kind;
    bool energy, up, down;
  };
  for (const Expected& e : {Expected{ProductKind::energy, true, false, false}, Expected{ProductKind::two_price, true, false, false},
                            Expected{ProductKind::reserve_up, false, true, false}, Expected{ProductKind::reserve_down, false, false, true},
                            Expected{ProductKind::reserve_symmetric, false, true, true}}) {
    EXPECT_EQ(is_energy(e.kind), e.energy) << static_cast<int>(e.kind);
    EXPECT_EQ(is_reserve(e.kind), !e.energy) << static_cast<int>(e.kind);
    EXPECT_EQ(holds_up(e.kind), e.up) << static_cast<int>(e.kind);
    EXPECT_EQ(holds_down(e.kind), e.down) << static_cast<int>(e.kind);
  }
}

TEST(ProductSet, HoldsWhatWasAdded) {
  ProductSet set;
  EXPECT_FALSE(set.any());
  for (const ProductInfo& info : product_table) EXPECT_FALSE(set.has(info.id)) << info.name;
  set.add(Product::fcr);
  set.add(Product::fcr);
  EXPECT_TRUE(set.any());
  for (const ProductInfo& info : product_table) EXPECT_EQ(set.has(info.id), info.id == Product::fcr) << info.name;
  EXPECT_EQ(set, ProductSet{Product::fcr});
  EXPECT_NE(set, ProductSet{Product::afrr_up});
  EXPECT_NE(set, ProductSet{});
}

TEST(ProductSet, JoinsWithAnother) {
  const ProductSet both{Product::afrr_up, Product::fcr};
  EXPECT_EQ(both | ProductSet{}, both);
  EXPECT_EQ((both | ProductSet{Product::fcr, Product::day_ahead}), (ProductSet{Product::day_ahead, Product::afrr_up, Product::fcr}));
  EXPECT_EQ(both, (ProductSet{Product::fcr, Product::afrr_up})) << "the order in which they were named is nothing";
}

TEST(ByProduct, HoldsAValueForEach) {
  ByProduct<int> values;
  for (const ProductInfo& info : product_table) EXPECT_EQ(values[info.id], 0);
  values[Product::imbalance] = 7;
  ByProduct<int> same;
  EXPECT_NE(values, same);
  same.values[index_of(Product::imbalance)] = 7;
  EXPECT_EQ(values, same);
}

}  // namespace
}  // namespace bess
