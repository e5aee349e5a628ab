#pragma once
// Reads a case file (../shared/cases, product formulation in its README) without generation into a BatteryCase: buy at the
// cheapest enabled market, sell at the dearest.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "unit/lp/battery_lp.h"

namespace bess::test {

inline BatteryCase read_case(const std::filesystem::path& path, double* optimum_eur = nullptr) {
  std::ifstream in(path);
  const nlohmann::json j = nlohmann::json::parse(in);
  BatteryCase c;
  const auto& b = j["battery"];
  c.delta_h = j["delta_h"];
  c.efficiency = std::sqrt(b["round_trip_efficiency"].get<double>());
  c.power_mw = b["power_mw"].get<double>() * b["availability"].get<double>();
  c.energy_min_mwh = b["capacity_mwh"].get<double>() * b["min_soc"].get<double>();
  c.energy_max_mwh = b["capacity_mwh"].get<double>() * b["max_soc"].get<double>();
  c.start_mwh = b["start_mwh"];
  c.target_mwh = b["target_mwh"];
  c.wear_eur_per_mwh = b["wear_cost_eur_per_mwh"];
  c.fcr_hours = j["reserve"]["fcr_hours"];
  c.afrr_hours = j["reserve"]["afrr_hours"];
  c.fcr_power_factor = j["reserve"]["fcr_power_factor"];
  c.block = j["block_of_period"].get<std::vector<int>>();
  const std::size_t n = c.block.size();
  c.buy_eur_per_mwh.assign(n, std::numeric_limits<double>::infinity());
  c.sell_eur_per_mwh.assign(n, -std::numeric_limits<double>::infinity());
  auto trade = [&](const char* buy, const char* sell) {
    const auto buys = j["prices"][buy].get<std::vector<double>>();
    const auto sells = j["prices"][sell].get<std::vector<double>>();
    for (std::size_t k = 0; k < n; ++k) {
      c.buy_eur_per_mwh[k] = std::min(c.buy_eur_per_mwh[k], buys[k]);
      c.sell_eur_per_mwh[k] = std::max(c.sell_eur_per_mwh[k], sells[k]);
    }
  };
  for (const auto& market : j["enabled_markets"]) {
    if (market == "imbalance")
      trade("imbalance_take", "imbalance_feed");
    else
      trade(market.get<std::string>().c_str(), market.get<std::string>().c_str());
  }
  if (j["enabled_markets"].empty()) {
    c.buy_eur_per_mwh.assign(n, 0.0);
    c.sell_eur_per_mwh.assign(n, 0.0);
  }
  for (const auto& reserve : j["enabled_reserves"]) {
    c.reserves = true;
    auto& prices = reserve == "fcr" ? c.fcr : reserve == "afrr_up" ? c.up : c.down;
    const auto by_block = j["prices"][reserve.get<std::string>() + "_eur_per_mw_h"].get<std::vector<double>>();
    prices.clear();
    for (const int block : c.block) prices.push_back(by_block.at(static_cast<std::size_t>(block)));
  }
  if (optimum_eur != nullptr) *optimum_eur = j["expected"]["optimum_eur"];
  return c;
}

}  // namespace bess::test
