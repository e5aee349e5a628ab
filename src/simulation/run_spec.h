#pragma once
// How a simulation is run: strategy, markets, horizon, and what the optimiser weighs.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "dispatch/dispatch.h"
#include "market/reserve_duty.h"
#include "simulation/strategy.h"

namespace bess {

enum class TerminalRule : std::uint8_t { rule, none, percent };

struct RunSpec {
  Strategy strategy{Strategy::rolling_lp};
  MarketSet markets;
  int years{1};
  int foresight_days{3};
  int execute_days{3};
  dispatch::DispatchOptions dispatch{};
  dispatch::SolverChoice solver{dispatch::SolverChoice::own};
  dispatch::CrossMarket cross_market{dispatch::CrossMarket::physical};
  std::optional<Market> generation_market;  ///< default: day-ahead, else the first enabled energy market
  bool generation_in_dispatch{true};
  ReserveDuties reserve_duties{usual_reserve_duties()};
  double wear_cost_eur_per_mwh{0};
  double max_cycles_per_day{0};
  double position_cap_factor{1};
  ByProduct<double> max_mw{dispatch::no_bounds_mw()};  ///< most that is sold of a reserve, or traded in a two-price product
  ByMarket<double> capture{for_all_markets(1.0)};      ///< part of the gross revenue that is booked
  ByMarket<double> price_trend_per_year{};             ///< fraction, compounding from year 2
  double initial_state_of_charge{0.5};
  TerminalRule terminal{TerminalRule::rule};
  double terminal_state_of_charge{0.5};  ///< for TerminalRule::percent
  bool parallel_years{false};
  std::size_t workers{1};
  bool keep_series{false};
  bool compare_to_bound{false};
};

/// Where generation is sold: as asked, else day-ahead, else the first enabled energy market.
[[nodiscard]] Market generation_market(const RunSpec& run);

}  // namespace bess
