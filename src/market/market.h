#pragma once
// Markets and their price columns.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bess {

enum class Market : std::uint8_t { day_ahead, intraday, imbalance, afrr, fcr };
inline constexpr std::array all_markets{Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr};
[[nodiscard]] std::string_view to_string(Market market);
[[nodiscard]] std::optional<Market> parse_market(std::string_view name);

/// A set of markets.
struct MarketSet {
  std::array<bool, 5> enabled{};
  [[nodiscard]] bool has(Market m) const { return enabled[static_cast<std::size_t>(m)]; }
  void add(Market m) { enabled[static_cast<std::size_t>(m)] = true; }
  [[nodiscard]] bool any_energy() const { return has(Market::day_ahead) || has(Market::intraday) || has(Market::imbalance); }
  [[nodiscard]] bool any_reserve() const { return has(Market::afrr) || has(Market::fcr); }
  friend bool operator==(const MarketSet&, const MarketSet&) = default;
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
