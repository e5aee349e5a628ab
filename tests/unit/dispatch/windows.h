#pragma once
// Windows for the tests: reference files of ../shared/cases and the small problems of the specification.

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dispatch/dispatch.h"
#include "dispatch/window/limits.h"
#include "market/product.h"
#include "support/shared_data.h"

namespace bess::dispatch::test {

struct ReferenceCase {
  WindowProblem window;
  double optimum_eur{0};
};

inline BatteryLimits limits(double capacity, double power, double low, double high, double rte) {
  BatteryLimits b;
  b.capacity_mwh = capacity;
  b.energy_min_mwh = capacity * low;
  b.energy_max_mwh = capacity * high;
  b.power_mw = power;
  b.round_trip_efficiency = rte;
  b.one_way_efficiency = std::sqrt(rte);
  return b;
}

inline std::vector<double> per_period(const nlohmann::json& by_block, const std::vector<std::int32_t>& block) {
  std::vector<double> values;
  for (const auto b : block) values.push_back(by_block.at(static_cast<std::size_t>(b)).get<double>());
  return values;
}

/// One price for buyers and sellers.
inline ProductPrice energy_price(std::vector<double> eur_per_mwh) { return {eur_per_mwh, eur_per_mwh}; }
/// What is paid for reserve held.
inline ProductPrice reserve_price(std::vector<double> eur_per_mw_h) { return {{}, std::move(eur_per_mw_h)}; }

/// FCR for so many hours with so much power per MW, aFRR for so many hours.
inline ReserveDuties reserve_duties(double fcr_hours, double afrr_hours, double fcr_power_factor) {
  ReserveDuties duties;
  duties[Product::fcr] = {fcr_hours, fcr_power_factor};
  duties[Product::afrr_up] = duties[Product::afrr_down] = {.hours = afrr_hours, .power_factor = 1.0};
  return duties;
}

/// One hour, 10 MW, 0–20 MWh at η = 0.9, half full.
inline WindowProblem one_hour() {
  WindowProblem w;
  w.periods = 1;
  w.dt_h = 1.0;
  w.battery = limits(20.0, 10.0, 0.0, 1.0, 0.81);
  w.start_mwh = 10.0;
  return w;
}

inline ReferenceCase read_case(const std::string& name) {
  std::ifstream in(bess::test::shared("cases/" + name + ".json"));
  const nlohmann::json j = nlohmann::json::parse(in);
  ReferenceCase c;
  WindowProblem& w = c.window;
  c.optimum_eur = j["expected"]["optimum_eur"];
  const auto& b = j["battery"];
  w.battery = limits(b["capacity_mwh"], b["power_mw"].get<double>() * b["availability"].get<double>(), b["min_soc"], b["max_soc"],
                     b["round_trip_efficiency"]);
  w.installed_power_mw = b["power_mw"];
  w.nominal_capacity_mwh = b["capacity_mwh"];
  w.start_mwh = b["start_mwh"];
  w.target_mwh = b["target_mwh"];
  w.wear_cost_eur_per_mwh = b["wear_cost_eur_per_mwh"];
  w.connection = {j["site"]["import_limit_mw"], j["site"]["export_limit_mw"]};
  w.import_fee_eur_per_mwh = j["site"]["import_fee"];
  w.export_fee_eur_per_mwh = j["site"]["export_fee"];
  w.reserve_duties = reserve_duties(j["reserve"]["fcr_hours"], j["reserve"]["afrr_hours"], j["reserve"]["fcr_power_factor"]);
  w.dt_h = j["delta_h"];
  w.block = j["block_of_period"].get<std::vector<std::int32_t>>();
  w.periods = static_cast<int>(w.block.size());
  const auto& p = j["prices"];
  for (const std::string market : j["enabled_markets"]) {
    if (market == "day_ahead") w.prices[Product::day_ahead] = energy_price(p["day_ahead"].get<std::vector<double>>());
    if (market == "intraday") w.prices[Product::intraday] = energy_price(p["intraday"].get<std::vector<double>>());
    if (market == "imbalance") {
      w.prices[Product::imbalance] = {.buy = p["imbalance_take"].get<std::vector<double>>(),
                                      .sell = p["imbalance_feed"].get<std::vector<double>>()};
    }
  }
  for (const std::string product : j["enabled_reserves"]) {
    if (product == "fcr") w.prices[Product::fcr] = reserve_price(per_period(p["fcr_eur_per_mw_h"], w.block));
    if (product == "afrr_up") w.prices[Product::afrr_up] = reserve_price(per_period(p["afrr_up_eur_per_mw_h"], w.block));
    if (product == "afrr_down") w.prices[Product::afrr_down] = reserve_price(per_period(p["afrr_down_eur_per_mw_h"], w.block));
  }
  if (j.contains("generation_mw")) {
    w.generation.available_mw = j["generation_mw"].get<std::vector<double>>();
    w.generation.price_eur_per_mwh = w.prices[Product::day_ahead].sell;
  }
  return c;
}

/// Hourly one-market window, η = √RTE, energy window 0..capacity.
inline WindowProblem hourly(std::vector<double> prices, double capacity, double power, double start, double target, double rte = 0.81) {
  WindowProblem w;
  w.periods = static_cast<int>(prices.size());
  w.dt_h = 1.0;
  w.battery = limits(capacity, power, 0.0, 1.0, rte);
  w.nominal_capacity_mwh = capacity;
  w.start_mwh = start;
  w.target_mwh = target;
  w.connection = {100.0, 100.0};
  w.prices[Product::day_ahead] = energy_price(std::move(prices));
  return w;
}

inline DispatchOptions time_shared() {
  DispatchOptions o;
  o.direction = Direction::time_shared;
  return o;
}

}  // namespace bess::dispatch::test
