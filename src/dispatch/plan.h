#pragma once
// The answer of the optimiser for one window. All per-period vectors have one entry per period.

#include <cstdint>
#include <string>
#include <vector>

#include "dispatch/window_problem.h"
#include "lp/staged_lp.h"
#include "market/positions.h"

namespace bess::dispatch {

/// Physical decisions and reserves.
struct Schedule {
  std::vector<double> grid_charge_mw, self_charge_mw, discharge_mw, curtailed_mw;
  std::vector<double> stored_energy_mwh;      ///< periods + 1: at the start of each period, then at the end
  ByProduct<std::vector<double>> reserve_mw;  ///< of reserve products

  /// visit(column) for every column with one entry per period.
  template <class Visit>
  void for_each_flow(Visit&& visit) {
    for (std::vector<double>* column : {&grid_charge_mw, &self_charge_mw, &discharge_mw, &curtailed_mw}) visit(*column);
    for (const Product p : reserve_products) visit(reserve_mw[p]);
  }
  /// Everything 0 over `periods`, the battery at `stored_mwh` throughout.
  void reset(std::size_t periods, double stored_mwh);
  [[nodiscard]] double charge_mw(std::size_t t) const { return grid_charge_mw[t] + self_charge_mw[t]; }
  [[nodiscard]] ReserveLevel reserves(std::size_t t) const {
    ReserveLevel level;
    for (const Product p : reserve_products) level[p] = reserve_mw[p][t];
    return level;
  }
  void set_reserves(std::size_t t, const ReserveLevel& level) {
    for (const Product p : reserve_products) reserve_mw[p][t] = level[p];
  }
};
/// Periods [first, first + count) of a schedule.
[[nodiscard]] Schedule part_of(const Schedule& s, std::size_t first, std::size_t count);
/// Goes on with a schedule that starts where this one ends.
void append(Schedule& all, const Schedule& part);

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
  Positions positions;
  double objective_eur{0};  ///< of the plan, without the tie-break
  double bound_eur{0};      ///< optimum of the relaxation: no plan of this window earns more
  double relative_gap{0};   ///< (bound − objective) / max(1, |bound|)
  SearchStats stats;
};

/// Net export of the site in period t: d − g + Q − v − u.
[[nodiscard]] double net_export_mw(const WindowProblem& window, const Schedule& s, int t);
/// Objective of docs/models/dispatch.md for a schedule with given positions (physical mode ignores `positions`).
[[nodiscard]] double schedule_value_eur(const WindowProblem& window, const Schedule& s, const Positions& positions);
/// Positions of a schedule in physical mode.
[[nodiscard]] Positions physical_positions(const WindowProblem& window, const Schedule& s);
/// Largest violation of any constraint of the window by a schedule, MW or MWh (exclusive direction included when asked).
[[nodiscard]] double largest_violation(const WindowProblem& window, const Schedule& s, bool exclusive);

}  // namespace bess::dispatch
