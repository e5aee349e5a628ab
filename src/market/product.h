#pragma once
// The products that can be traded, one row each. Everything that differs from product to product stands in its row; other code asks for
// the row and loops over products, so that a new product is a row here (with its price columns in market.h) and its rules by date.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "market/market.h"

namespace bess {

enum class Product : std::uint8_t { day_ahead, intraday, imbalance, afrr_up, afrr_down, fcr };

enum class ProductKind : std::uint8_t {
  energy,             ///< bought and sold at one price
  two_price,          ///< bought at one price, sold at another
  reserve_up,         ///< capacity held for more export
  reserve_down,       ///< capacity held for more import
  reserve_symmetric,  ///< the same capacity held both ways
};
[[nodiscard]] constexpr bool is_energy(ProductKind kind) { return kind == ProductKind::energy || kind == ProductKind::two_price; }
[[nodiscard]] constexpr bool is_reserve(ProductKind kind) { return !is_energy(kind); }
/// Whether the product holds capacity for more export (more import).
[[nodiscard]] constexpr bool holds_up(ProductKind kind) {
  return kind == ProductKind::reserve_up || kind == ProductKind::reserve_symmetric;
}
[[nodiscard]] constexpr bool holds_down(ProductKind kind) {
  return kind == ProductKind::reserve_down || kind == ProductKind::reserve_symmetric;
}

struct ProductInfo {
  Product id{};
  std::string_view name;   ///< as keys and columns use it
  std::string_view label;  ///< as people read it
  Market market{};         ///< the name that enables it; products of one market add up to its revenue
  ProductKind kind{};
  PriceColumn buy{};   ///< what a buyer pays, EUR/MWh; of a reserve what is paid for it, EUR/MW/h
  PriceColumn sell{};  ///< what a seller gets
};

/// In the order of their markets' stages; of a market's products up before down.
inline constexpr std::array product_table{
    ProductInfo{Product::day_ahead, "day_ahead", "Day-ahead", Market::day_ahead, ProductKind::energy, PriceColumn::day_ahead,
                PriceColumn::day_ahead},
    ProductInfo{Product::intraday, "intraday", "Intraday", Market::intraday, ProductKind::energy, PriceColumn::intraday,
                PriceColumn::intraday},
    ProductInfo{Product::imbalance, "imbalance", "Imbalance", Market::imbalance, ProductKind::two_price, PriceColumn::imbalance_take,
                PriceColumn::imbalance_feed},
    ProductInfo{Product::afrr_up, "afrr_up", "aFRR up", Market::afrr, ProductKind::reserve_up, PriceColumn::afrr_up, PriceColumn::afrr_up},
    ProductInfo{Product::afrr_down, "afrr_down", "aFRR down", Market::afrr, ProductKind::reserve_down, PriceColumn::afrr_down,
                PriceColumn::afrr_down},
    ProductInfo{Product::fcr, "fcr", "FCR", Market::fcr, ProductKind::reserve_symmetric, PriceColumn::fcr, PriceColumn::fcr},
};
inline constexpr std::size_t product_count = product_table.size();

[[nodiscard]] constexpr std::size_t index_of(Product p) { return static_cast<std::size_t>(p); }
[[nodiscard]] constexpr const ProductInfo& info_of(Product p) { return product_table[index_of(p)]; }

/// A value for each product.
template <class T>
struct ByProduct {
  std::array<T, product_count> values{};
  [[nodiscard]] constexpr T& operator[](Product p) { return values[index_of(p)]; }
  [[nodiscard]] constexpr const T& operator[](Product p) const { return values[index_of(p)]; }
  friend constexpr bool operator==(const ByProduct&, const ByProduct&) = default;
};

/// A set of products.
class ProductSet {
 public:
  constexpr ProductSet() = default;
  template <class... More>
  constexpr explicit ProductSet(Product first, More... more) {
    add(first);
    (add(more), ...);
  }
  constexpr void add(Product p) { bits_ |= std::uint64_t{1} << index_of(p); }
  [[nodiscard]] constexpr bool has(Product p) const { return (bits_ >> index_of(p) & 1U) != 0; }
  [[nodiscard]] constexpr bool any() const { return bits_ != 0; }
  friend constexpr ProductSet operator|(ProductSet a, ProductSet b) {
    a.bits_ |= b.bits_;
    return a;
  }
  friend constexpr bool operator==(const ProductSet&, const ProductSet&) = default;

 private:
  std::uint64_t bits_{0};
};

namespace detail {
template <class Test>
[[nodiscard]] constexpr std::size_t count_products(Test test) {
  std::size_t n = 0;
  for (const ProductInfo& info : product_table) n += test(info.kind) ? 1 : 0;
  return n;
}
template <std::size_t N, class Test>
[[nodiscard]] constexpr std::array<Product, N> select_products(Test test) {
  std::array<Product, N> list{};
  std::size_t n = 0;
  for (const ProductInfo& info : product_table) {
    if (test(info.kind)) list[n++] = info.id;
  }
  return list;
}
}  // namespace detail

/// Products by kind, in the order of the table.
inline constexpr auto energy_products = detail::select_products<detail::count_products(is_energy)>(is_energy);
inline constexpr auto reserve_products = detail::select_products<detail::count_products(is_reserve)>(is_reserve);

/// Those that a market's name enables.
[[nodiscard]] constexpr ProductSet products_of(Market market) {
  ProductSet set;
  for (const ProductInfo& info : product_table) {
    if (info.market == market) set.add(info.id);
  }
  return set;
}
[[nodiscard]] constexpr ProductSet products_of(const MarketSet& markets) {
  ProductSet set;
  for (const ProductInfo& info : product_table) {
    if (markets.has(info.market)) set.add(info.id);
  }
  return set;
}
/// The energy product of an energy market.
[[nodiscard]] constexpr Product energy_product(Market market) {
  for (const ProductInfo& info : product_table) {
    if (info.market == market && is_energy(info.kind)) return info.id;
  }
  return Product::day_ahead;
}
[[nodiscard]] constexpr std::optional<Product> parse_product(std::string_view name) {
  for (const ProductInfo& info : product_table) {
    if (info.name == name) return info.id;
  }
  return std::nullopt;
}

static_assert(
    [] {
      for (std::size_t i = 0; i < product_count; ++i) {
        if (index_of(product_table[i].id) != i) return false;
      }
      return true;
    }(),
    "rows stand in the order of the enumerators");

}  // namespace bess
