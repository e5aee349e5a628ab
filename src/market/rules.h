#pragma once
// The rules of the markets, as rows of {country, first and last delivery date, field, value}, by delivery date. docs/models/markets.md
// names the source of each row, how sure it is, and what reads it. Stateless; safe for threads.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "timeline/instant.h"

namespace bess {

/// Times of day are minutes since local midnight, of the day before delivery unless the name says otherwise. Flags are 0 or 1.
enum class RuleField : std::uint8_t {
  day_ahead_resolution_minutes,
  day_ahead_gate_closure_minute,
  day_ahead_price_min_eur_per_mwh,
  day_ahead_price_max_eur_per_mwh,
  intraday_resolution_minutes,
  intraday_price_min_eur_per_mwh,
  intraday_price_max_eur_per_mwh,
  intraday_auctions,              ///< number of pan-European or national quarter-hour auctions for a delivery day
  intraday_gate_closure_minutes,  ///< minutes before delivery, inside the zone
  settlement_period_minutes,
  imbalance_allowed,     ///< flag: a deliberate imbalance position is allowed
  imbalance_two_prices,  ///< flag: take and feed prices may differ
  imbalance_incentive_eur_per_mwh,
  fcr_block_hours,
  fcr_gate_closure_minute,
  fcr_gate_days_before,
  fcr_min_bid_mw,
  fcr_bid_step_mw,
  fcr_energy_hours,
  fcr_power_factor,
  fcr_full_activation_seconds,
  fcr_full_activation_millihertz,
  fcr_dead_band_millihertz,
  fcr_recovery_hours,
  afrr_block_hours,  ///< of a table without block ends; the data's own block length wins
  afrr_gate_closure_minute,
  afrr_min_bid_mw,
  afrr_bid_step_mw,
  afrr_energy_hours,
  afrr_full_activation_minutes,
  afrr_energy_gate_closure_minutes,  ///< minutes before delivery
  afrr_energy_price_min_eur_per_mwh,
  afrr_energy_price_max_eur_per_mwh,
  afrr_european_platform,  ///< flag: energy is activated through the European platform
};
[[nodiscard]] std::string_view to_string(RuleField field);

struct MarketRule {
  std::string_view country;  ///< empty: every country without a row of its own
  LocalDate valid_from{};    ///< first delivery date
  LocalDate valid_to{};      ///< last delivery date
  RuleField field{};
  double value{};
};

/// All rows, by field.
[[nodiscard]] std::span<const MarketRule> market_rules();

/// The value for a delivery date ("NL", "DE", "DE-LU": only the first two letters count); a row of the country goes before one of
/// every country; no value when no row covers the date.
[[nodiscard]] std::optional<double> market_rule(std::string_view country, RuleField field, LocalDate delivery);

/// First delivery date on which the field has this value; no value when it never has.
[[nodiscard]] std::optional<LocalDate> first_date_of(std::string_view country, RuleField field, double value);

}  // namespace bess
