#pragma once
// What the battery, the generation and the reserves do in each period of a window. Plain values.

#include <cstddef>
#include <vector>

#include "dispatch/window/problem.h"

namespace bess::dispatch {

/// Physical decisions and reserves, average powers over each period, MW.
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
  /// From the grid and from own generation.
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

/// Net export of the site in period t: d − g + Q − v − u.
[[nodiscard]] double net_export_mw(const WindowProblem& window, const Schedule& s, int t);

/// Periods that charge and discharge at once.
[[nodiscard]] int shared_periods(const WindowProblem& window, const Schedule& s);

}  // namespace bess::dispatch
