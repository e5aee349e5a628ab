#pragma once
// The answer of the optimiser for one window. All per-period vectors have one entry per period.

#include <cstdint>
#include <string>
#include <vector>

#include "dispatch/window_problem.h"
#include "lp/staged_lp.h"

namespace bess::dispatch {

/// Physical decisions and reserves.
struct Schedule {
  std::vector<double> grid_charge_mw, self_charge_mw, discharge_mw, curtailed_mw;
  std::vector<double> stored_energy_mwh;  ///< periods + 1: at the start of each period, then at the end
  std::vector<double> afrr_up_mw, afrr_down_mw, fcr_mw;
};

/// What is bought and sold per energy market, both ≥ 0 (net position = sold − bought).
struct Positions3 {
  std::vector<double> bought_mw, sold_mw;
};
struct MarketPositions {
  Positions3 day_ahead, intraday, imbalance;
};

/// How the search for a plan went.
struct SearchStats {
  int lps{0};
  int iterations{0};
  int fallbacks{0};           ///< LPs solved again by the reference backend
  int shared_periods{0};      ///< periods of the relaxation that use both directions
  double certificate_gap{0};  ///< worst relative gap of an accepted relaxation
  bool relaxed_terminal{false};
  double reserve_shortfall_mwh{0};

  /// Adds what an attempt cost and how well its LPs were certified, whether or not its plan was taken.
  void add_effort(const SearchStats& attempt);
};

struct DispatchPlan {
  lp::SolveStatus status{lp::SolveStatus::numerical_failure};
  Schedule schedule;
  MarketPositions positions;
  double objective_eur{0};  ///< of the plan, without the tie-break
  double bound_eur{0};      ///< optimum of the relaxation: no plan of this window earns more
  double relative_gap{0};   ///< (bound − objective) / max(1, |bound|)
  SearchStats stats;
};

/// Net export of the site in period t: d − g + Q − v − u.
[[nodiscard]] double net_export_mw(const WindowProblem& window, const Schedule& s, int t);
/// Objective of docs/models/dispatch.md for a schedule with given positions (physical mode ignores `positions`).
[[nodiscard]] double schedule_value_eur(const WindowProblem& window, const Schedule& s, const MarketPositions& positions);
/// Positions of a schedule in physical mode.
[[nodiscard]] MarketPositions physical_positions(const WindowProblem& window, const Schedule& s);
/// Largest violation of any constraint of the window by a schedule, MW or MWh (exclusive direction included when asked).
[[nodiscard]] double largest_violation(const WindowProblem& window, const Schedule& s, bool exclusive);

}  // namespace bess::dispatch
