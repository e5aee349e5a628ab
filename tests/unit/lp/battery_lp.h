#pragma once
// Staged LPs of a plain battery, written out by hand for the tests (the product's own builder lives in dispatch): prices in,
// minimisation out, so that the optimum of a test problem is −revenue.

#include <cmath>
#include <string>
#include <vector>

#include "dispatch/model/shape.h"
#include "lp/solver.h"

namespace bess::test {

struct BatteryCase {
  double delta_h{1.0};
  double efficiency{0.9};  ///< one way
  double power_mw{1.0};
  double energy_min_mwh{0.0};
  double energy_max_mwh{1.0};
  double start_mwh{0.0};
  double target_mwh{0.0};
  double wear_eur_per_mwh{0.0};
  bool hull_cut{true};
  std::vector<double> buy_eur_per_mwh;
  std::vector<double> sell_eur_per_mwh;
  // Reserves; prices per MW and hour by period, constant inside a block.
  bool reserves{false};
  double fcr_hours{0.25}, afrr_hours{1.0}, fcr_power_factor{1.25};
  std::vector<int> block;
  std::vector<double> fcr, up, down;  ///< empty: 0, not sold
  double fcr_max_mw{1e9}, up_max_mw{1e9}, down_max_mw{1e9};
  // Optional limits.
  double export_limit_mw{0.0};  ///< 0: no connection rows
  double import_limit_mw{0.0};
  double cycle_budget_mwh{0.0};  ///< 0: none; on Σ Δ(η c + d/η)/2
};

inline lp::StagedLp battery_lp(const BatteryCase& c) {
  dispatch::Features features;
  if (c.reserves) features.reserves = dispatch::usual_reserves;
  features.connection = c.export_limit_mw > 0.0;
  features.cycle_budget = c.cycle_budget_mwh > 0.0;
  const dispatch::Shape shape = dispatch::make_shape(features);
  const dispatch::Layout& at = shape.at;
  const lp::Pattern& p = shape.pattern;
  const int n = static_cast<int>(c.buy_eur_per_mwh.size());
  lp::StagedLp lp(p, n);
  const double eta = c.efficiency;
  const double power = c.power_mw;
  const auto size = [](int i) { return static_cast<std::size_t>(i); };

  for (int k = 0; k <= n; ++k) {
    double* low = lp.state_low.data() + size(k * p.states);
    double* high = lp.state_high.data() + size(k * p.states);
    low[at.battery.energy] = c.energy_min_mwh;
    high[at.battery.energy] = c.energy_max_mwh;
    if (c.reserves) {
      for (const Product r : reserve_products) {
        low[at.reserves.held[r]] = 0.0;
        high[at.reserves.held[r]] = power;
      }
    }
    if (at.cycles.cycled >= 0) {
      low[at.cycles.cycled] = 0.0;
      high[at.cycles.cycled] = c.cycle_budget_mwh;
    }
  }
  for (int k = 0; k < n; ++k) {
    const std::size_t kk = size(k);
    double* cost = lp.control_cost.data() + size(k * p.controls);
    cost[at.battery.charge] = c.delta_h * (c.buy_eur_per_mwh[kk] + c.wear_eur_per_mwh);
    cost[at.battery.discharge] = c.delta_h * (-c.sell_eur_per_mwh[kk] + c.wear_eur_per_mwh);
    for (int i = 0; i < p.controls; ++i) {
      lp.control_low[size(k * p.controls + i)] = 0.0;
      lp.control_high[size(k * p.controls + i)] = power;
    }
    double* a = lp.transition_coefficient.data() + size(k * p.stored_in_transitions());
    int stored = 0;
    a[stored++] = c.delta_h * eta;
    a[stored++] = -c.delta_h / eta;
    if (at.cycles.cycled >= 0) {
      a[stored++] = c.delta_h * eta / 2.0;
      a[stored++] = c.delta_h / (2.0 * eta);
    }
    double* row = lp.row_coefficient.data() + size(k * p.stored_in_rows());
    double* rhs = lp.row_rhs.data() + size(k * p.rows);
    auto set = [&](int r, std::initializer_list<double> values, double right) {
      if (r < 0) return;
      int offset = p.row_offset(r);
      for (const double v : values) row[offset++] = v;
      rhs[r] = right;
    };
    if (c.reserves) {
      set(at.battery.row_shared, {}, -power);
      set(at.reserves.row_discharge_power, {-c.fcr_power_factor}, -power);
      set(at.reserves.row_charge_power, {-c.fcr_power_factor}, -power);
      set(at.battery.row_energy_low, {-c.afrr_hours / eta, -c.fcr_hours / eta}, c.energy_min_mwh);
      set(at.battery.row_energy_high, {-c.afrr_hours * eta, -c.fcr_hours * eta}, -c.energy_max_mwh);
      set(at.connection.row_export, {-c.fcr_power_factor}, -c.export_limit_mw);
      set(at.connection.row_import, {-c.fcr_power_factor}, -c.import_limit_mw);
      double* state_cost = lp.state_cost.data() + size(k * p.states);
      state_cost[at.reserves.held[Product::afrr_up]] = c.up.empty() ? 0.0 : -c.delta_h * c.up[kk];
      state_cost[at.reserves.held[Product::afrr_down]] = c.down.empty() ? 0.0 : -c.delta_h * c.down[kk];
      state_cost[at.reserves.held[Product::fcr]] = c.fcr.empty() ? 0.0 : -c.delta_h * c.fcr[kk];
      lp::Entry* entry = lp.entry.data() + size(k * p.states);
      if (k == 0 || c.block[kk] != c.block[kk - 1]) {
        entry[at.reserves.held[Product::afrr_up]] = c.up.empty() ? lp::Entry::fixed : lp::Entry::free;
        entry[at.reserves.held[Product::afrr_down]] = c.down.empty() ? lp::Entry::fixed : lp::Entry::free;
        entry[at.reserves.held[Product::fcr]] = c.fcr.empty() ? lp::Entry::fixed : lp::Entry::free;
      }
      double* er = lp.entry_row_coefficient.data() + size(k * p.stored_in_entry_rows());
      double* er_rhs = lp.entry_row_rhs.data() + size(k * p.entry_rows);
      er[p.entry_row_offset(at.reserves.entry_energy_low)] = -c.afrr_hours / eta;
      er[p.entry_row_offset(at.reserves.entry_energy_low) + 1] = -c.fcr_hours / eta;
      er_rhs[at.reserves.entry_energy_low] = c.energy_min_mwh;
      er[p.entry_row_offset(at.reserves.entry_energy_high)] = -c.afrr_hours * eta;
      er[p.entry_row_offset(at.reserves.entry_energy_high) + 1] = -c.fcr_hours * eta;
      er_rhs[at.reserves.entry_energy_high] = -c.energy_max_mwh;
      er_rhs[at.reserves.entry_most[Product::afrr_up]] = -std::min(power, c.up_max_mw);
      er_rhs[at.reserves.entry_most[Product::afrr_down]] = -std::min(power, c.down_max_mw);
      er_rhs[at.reserves.entry_most[Product::fcr]] = -std::min(power, c.fcr_max_mw);
    } else {
      set(at.battery.row_shared, {-1, -1}, -power);
      set(at.battery.row_energy_low, {}, c.energy_min_mwh);
      set(at.battery.row_energy_high, {}, -c.energy_max_mwh);
      set(at.connection.row_export, {}, -c.export_limit_mw);
      set(at.connection.row_import, {}, -c.import_limit_mw);
    }
    set(at.cycles.row_budget, {}, -c.cycle_budget_mwh);
    if (!c.hull_cut) {  // separate power bounds instead of the cut: − g ≥ −P and − d ≥ −P by two more rows where the shape has them
      lp.row_active[size(k * p.rows + at.battery.row_shared)] = 0;
    }
  }
  lp.entry_value[size(at.battery.energy)] = c.start_mwh;
  lp.final_low[size(at.battery.energy)] = std::max(c.target_mwh, c.energy_min_mwh);
  return lp;
}

}  // namespace bess::test
