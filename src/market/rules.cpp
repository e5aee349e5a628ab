#include "market/rules.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace bess {

namespace {

using namespace std::chrono_literals;
using enum RuleField;

constexpr LocalDate always = 1990y / 1 / 1;
constexpr LocalDate on = 2199y / 12 / 31;

constexpr std::array rules{
    MarketRule{"", always, 2025y / 9 / 30, day_ahead_resolution_minutes, 60},
    MarketRule{"", 2025y / 10 / 1, on, day_ahead_resolution_minutes, 15},
    MarketRule{"", always, on, day_ahead_gate_closure_minute, 12 * 60},
    MarketRule{"", always, on, day_ahead_price_min_eur_per_mwh, -500},
    MarketRule{"", always, 2022y / 5 / 10, day_ahead_price_max_eur_per_mwh, 3000},
    MarketRule{"", 2022y / 5 / 11, on, day_ahead_price_max_eur_per_mwh, 4000},
    MarketRule{"", always, on, intraday_resolution_minutes, 15},
    MarketRule{"", always, on, intraday_price_min_eur_per_mwh, -9999},
    MarketRule{"", always, on, intraday_price_max_eur_per_mwh, 9999},
    MarketRule{"", always, 2024y / 6 / 12, intraday_auctions, 0},
    MarketRule{"", 2024y / 6 / 13, on, intraday_auctions, 3},
    MarketRule{"DE", always, 2014y / 12 / 9, intraday_auctions, 0},
    MarketRule{"DE", 2014y / 12 / 10, 2024y / 6 / 12, intraday_auctions, 1},
    MarketRule{"DE", 2024y / 6 / 13, on, intraday_auctions, 3},
    MarketRule{"", always, on, intraday_gate_closure_minutes, 5},
    MarketRule{"", always, on, settlement_period_minutes, 15},
    MarketRule{"NL", always, on, imbalance_allowed, 1},
    MarketRule{"DE", always, on, imbalance_allowed, 0},
    MarketRule{"NL", always, on, imbalance_two_prices, 1},
    MarketRule{"DE", always, on, imbalance_two_prices, 0},
    MarketRule{"NL", always, on, imbalance_incentive_eur_per_mwh, 0},
    MarketRule{"", always, 2019y / 6 / 30, fcr_block_hours, 168},
    MarketRule{"", 2019y / 7 / 1, 2020y / 6 / 30, fcr_block_hours, 24},
    MarketRule{"", 2020y / 7 / 1, on, fcr_block_hours, 4},
    MarketRule{"", 2020y / 7 / 1, on, fcr_gate_closure_minute, 8 * 60},
    MarketRule{"", 2019y / 7 / 1, 2020y / 6 / 30, fcr_gate_days_before, 2},
    MarketRule{"", 2020y / 7 / 1, on, fcr_gate_days_before, 1},
    MarketRule{"", always, on, fcr_min_bid_mw, 1},
    MarketRule{"", always, on, fcr_bid_step_mw, 1},
    MarketRule{"", always, on, fcr_energy_hours, 0.25},
    MarketRule{"", always, on, fcr_power_factor, 1.25},
    MarketRule{"", always, on, fcr_full_activation_seconds, 30},
    MarketRule{"", always, on, fcr_full_activation_millihertz, 200},
    MarketRule{"", always, on, fcr_dead_band_millihertz, 10},
    MarketRule{"", always, on, fcr_recovery_hours, 2},
    MarketRule{"", always, on, afrr_block_hours, 4},
    MarketRule{"", always, on, afrr_gate_closure_minute, 9 * 60},
    MarketRule{"", always, on, afrr_min_bid_mw, 1},
    MarketRule{"", always, on, afrr_bid_step_mw, 1},
    MarketRule{"", always, on, afrr_energy_hours, 1},
    MarketRule{"NL", always, 2024y / 12 / 17, afrr_full_activation_minutes, 15},
    MarketRule{"NL", 2024y / 12 / 18, on, afrr_full_activation_minutes, 5},
    MarketRule{"DE", always, on, afrr_full_activation_minutes, 5},
    MarketRule{"", always, on, afrr_energy_gate_closure_minutes, 25},
    MarketRule{"", always, on, afrr_energy_price_min_eur_per_mwh, -15000},
    MarketRule{"", always, on, afrr_energy_price_max_eur_per_mwh, 15000},
    MarketRule{"NL", always, 2023y / 12 / 31, afrr_european_platform, 0},
    MarketRule{"NL", 2024y / 1 / 1, on, afrr_european_platform, 1},
    MarketRule{"DE", always, 2022y / 5 / 31, afrr_european_platform, 0},
    MarketRule{"DE", 2022y / 6 / 1, on, afrr_european_platform, 1},
};

constexpr std::array<std::string_view, 34> field_names{
    "day_ahead_resolution_minutes",
    "day_ahead_gate_closure_minute",
    "day_ahead_price_min_eur_per_mwh",
    "day_ahead_price_max_eur_per_mwh",
    "intraday_resolution_minutes",
    "intraday_price_min_eur_per_mwh",
    "intraday_price_max_eur_per_mwh",
    "intraday_auctions",
    "intraday_gate_closure_minutes",
    "settlement_period_minutes",
    "imbalance_allowed",
    "imbalance_two_prices",
    "imbalance_incentive_eur_per_mwh",
    "fcr_block_hours",
    "fcr_gate_closure_minute",
    "fcr_gate_days_before",
    "fcr_min_bid_mw",
    "fcr_bid_step_mw",
    "fcr_energy_hours",
    "fcr_power_factor",
    "fcr_full_activation_seconds",
    "fcr_full_activation_millihertz",
    "fcr_dead_band_millihertz",
    "fcr_recovery_hours",
    "afrr_block_hours",
    "afrr_gate_closure_minute",
    "afrr_min_bid_mw",
    "afrr_bid_step_mw",
    "afrr_energy_hours",
    "afrr_full_activation_minutes",
    "afrr_energy_gate_closure_minutes",
    "afrr_energy_price_min_eur_per_mwh",
    "afrr_energy_price_max_eur_per_mwh",
    "afrr_european_platform",
};

bool of_country(const MarketRule& rule, std::string_view country) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return country.size() >= 2 && rule.country.size() == 2 && upper(country[0]) == rule.country[0] && upper(country[1]) == rule.country[1];
}

/// Rows of the country where it has any for the field, else the rows of every country.
template <class Visitor>
void for_rows(std::string_view country, RuleField field, Visitor&& visit) {
  const bool own = std::any_of(rules.begin(), rules.end(), [&](const MarketRule& r) { return r.field == field && of_country(r, country); });
  for (const MarketRule& rule : rules) {
    if (rule.field == field && (own ? of_country(rule, country) : rule.country.empty())) visit(rule);
  }
}

}  // namespace

std::string_view to_string(RuleField field) { return field_names[static_cast<std::size_t>(field)]; }

std::span<const MarketRule> market_rules() { return rules; }

std::optional<double> market_rule(std::string_view country, RuleField field, LocalDate delivery) {
  std::optional<double> value;
  for_rows(country, field, [&](const MarketRule& rule) {
    if (delivery >= rule.valid_from && delivery <= rule.valid_to) value = rule.value;
  });
  return value;
}

std::optional<LocalDate> first_date_of(std::string_view country, RuleField field, double value) {
  std::optional<LocalDate> first;
  for_rows(country, field, [&](const MarketRule& rule) {
    if (rule.value == value && (!first || rule.valid_from < *first)) first = rule.valid_from;
  });
  return first;
}

}  // namespace bess
