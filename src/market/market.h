#pragma once
// Markets by name, and the columns of prices. What is traded in a market stands in market/product.h.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bess {

enum class Market : std::uint8_t { day_ahead, intraday, imbalance, afrr, fcr };

/// A name by which products are enabled (market/product.h), and under which their money is told.
struct MarketInfo {
  Market id{};
  std::string_view name;          ///< as requests use it
  std::string_view label;         ///< as people read it
  std::string_view revenue_name;  ///< as keys of revenue use it
  bool energy{false};             ///< of energy; else of reserves
  std::string_view help;
};
inline constexpr std::array market_table{
    MarketInfo{Market::day_ahead, "day_ahead", "Day-ahead", "day_ahead", true, "the daily auction"},
    MarketInfo{Market::intraday, "intraday", "Intraday", "intraday", true, "one price per quarter-hour"},
    MarketInfo{Market::imbalance, "imbalance", "Imbalance", "imbalance", true,
               "take and feed price; known in advance here, so an upper bound"},
    MarketInfo{Market::afrr, "afrr", "aFRR capacity", "afrr_capacity", false, "secondary reserve capacity, up and down"},
    MarketInfo{Market::fcr, "fcr", "FCR", "fcr", false, "primary reserve, symmetric"},
};
inline constexpr std::size_t market_count = market_table.size();
[[nodiscard]] constexpr std::size_t index_of(Market m) { return static_cast<std::size_t>(m); }
[[nodiscard]] constexpr const MarketInfo& info_of(Market m) { return market_table[index_of(m)]; }
[[nodiscard]] constexpr std::string_view to_string(Market m) { return info_of(m).name; }

namespace detail {
template <std::size_t N, class Test>
[[nodiscard]] constexpr std::array<Market, N> select_markets(Test test) {
  std::array<Market, N> list{};
  std::size_t n = 0;
  for (const MarketInfo& info : market_table) {
    if (test(info)) list[n++] = info.id;
  }
  return list;
}
[[nodiscard]] constexpr std::size_t count_energy_markets() {
  std::size_t n = 0;
  for (const MarketInfo& info : market_table) n += info.energy ? 1 : 0;
  return n;
}
}  // namespace detail

inline constexpr auto all_markets = detail::select_markets<market_count>([](const MarketInfo&) { return true; });
inline constexpr auto energy_markets = detail::select_markets<detail::count_energy_markets()>([](const MarketInfo& m) { return m.energy; });

/// A value for each market.
template <class T>
struct ByMarket {
  std::array<T, market_count> values{};
  [[nodiscard]] constexpr T& operator[](Market m) { return values[index_of(m)]; }
  [[nodiscard]] constexpr const T& operator[](Market m) const { return values[index_of(m)]; }
  friend constexpr bool operator==(const ByMarket&, const ByMarket&) = default;
};
/// The same value for every market.
template <class T>
[[nodiscard]] constexpr ByMarket<T> for_all_markets(const T& value) {
  ByMarket<T> all;
  all.values.fill(value);
  return all;
}

/// A set of markets.
struct MarketSet {
  ByMarket<bool> enabled{};
  [[nodiscard]] constexpr bool has(Market m) const { return enabled[m]; }
  constexpr void add(Market m) { enabled[m] = true; }
  constexpr void remove(Market m) { enabled[m] = false; }
  [[nodiscard]] constexpr bool any_energy() const { return any(true); }
  [[nodiscard]] constexpr bool any_reserve() const { return any(false); }
  friend constexpr bool operator==(const MarketSet&, const MarketSet&) = default;

 private:
  [[nodiscard]] constexpr bool any(bool energy) const {
    for (const MarketInfo& info : market_table) {
      if (info.energy == energy && enabled[info.id]) return true;
    }
    return false;
  }
};

/// Columns of a price set. Energy prices EUR/MWh, capacity prices EUR/MW/h, production MW.
enum class PriceColumn : std::uint8_t {
  day_ahead,
  intraday,
  imbalance_take,  ///< paid by a party that takes from the system (short)
  imbalance_feed,  ///< received by a party that feeds into the system (long)
  regulation_state,
  afrr_up,
  afrr_down,
  fcr,
  afrr_up_energy,
  afrr_down_energy,
  afrr_up_ratio,
  afrr_down_ratio,
  solar_mw,
  installed_solar_mw,
};
inline constexpr std::size_t price_columns = 14;
/// The enumerator's own name, for messages and statistics.
[[nodiscard]] std::string_view to_string(PriceColumn column);

}  // namespace bess
