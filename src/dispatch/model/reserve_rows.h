#pragma once
// Reserve still to be sold: a state R for each product, constant over a block. Per MW it keeps f of the power and of the connection each
// way it may be called, h/η of stored energy for calls up and η h of room for calls down. (Reserve that is fixed is in the bounds instead.)

#include <cmath>

#include "dispatch/model/battery_rows.h"
#include "dispatch/model/connection_rows.h"

namespace bess::dispatch {

struct ReserveRows {
  ProductIndex held;            // state R of each reserve
  int row_discharge_power{-1};  // − d − Σ f R_up ≥ −αP
  int row_charge_power{-1};     // − g − v − Σ f R_dn ≥ −αP
  int row_one_way{-1};          // one way: − p − Σ f R ≥ −αP over the reserves of the direction
  ByProduct<Coefficient> discharge_power, charge_power, one_way, on_export, on_import;
  ByProduct<Coefficient> energy_low, energy_high;  // in the rows of stored energy, at the end of the period
  int entry_energy_low{-1};                        // e − Σ h R_up/η ≥ e_min, where a block starts
  int entry_energy_high{-1};                       // − e − η Σ h R_dn ≥ −e_max
  ByProduct<Coefficient> entry_low, entry_high;
  ProductIndex entry_not_negative, entry_most;  // R ≥ 0, − R ≥ −most
  int entry_up_power{-1};                       // one way: − Σ f R_up ≥ −αP, also where the battery goes the other way
  int entry_down_power{-1};
  int entry_power{-1};  // the same where all reserves are symmetric
  ByProduct<Coefficient> up_power, down_power, both_power;

  [[nodiscard]] constexpr bool present() const {
    for (const int state : held.values) {
      if (state >= 0) return true;
    }
    return false;
  }
  [[nodiscard]] constexpr bool has(Product r) const { return held[r] >= 0; }

  // ---- declaring

  constexpr void declare_states(lp::Pattern& p, const Features& f) {
    for (const Product r : reserve_products) {
      if (f.reserves.has(r)) held[r] = p.add_state();
    }
  }
  constexpr void declare_transitions(lp::Pattern& p) const {  // R⁺ = R
    for (const Product r : reserve_products) {
      if (has(r)) add_transition_term(p, held[r], lp::Block::state, held[r], 1);
    }
  }
  constexpr void declare_one_way(lp::Pattern& p, const BatteryRows& battery) {
    row_one_way = new_row(p);
    add_term(p, row_one_way, lp::Block::control, battery.power, -1);
    for (const Product r : reserve_products) {
      if (has(r)) one_way[r] = add_term(p, row_one_way, lp::Block::state, held[r]);
    }
  }
  constexpr void declare_power(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    row_discharge_power = new_row(p);
    add_term(p, row_discharge_power, lp::Block::control, battery.discharge, -1);
    discharge_power = declare_kept(p, row_discharge_power, true);
    row_charge_power = new_row(p);
    add_term(p, row_charge_power, lp::Block::control, battery.charge, -1);
    if (generation.present()) add_term(p, row_charge_power, lp::Block::control, generation.self_charge, -1);
    charge_power = declare_kept(p, row_charge_power, false);
  }
  constexpr void declare_in_connection(lp::Pattern& p, const ConnectionRows& connection) {
    on_export = declare_kept(p, connection.row_export, true);
    on_import = declare_kept(p, connection.row_import, false);
  }
  constexpr void declare_in_energy(lp::Pattern& p, const BatteryRows& battery) {
    for (const Product r : reserve_products) {
      if (!has(r)) continue;
      if (holds_up(info_of(r).kind)) energy_low[r] = add_term(p, battery.row_energy_low, lp::Block::next, held[r]);
      if (holds_down(info_of(r).kind)) energy_high[r] = add_term(p, battery.row_energy_high, lp::Block::next, held[r]);
    }
  }
  constexpr void declare_entries(lp::Pattern& p, const Features& f, const BatteryRows& battery) {
    entry_energy_low = new_entry_row(p);
    add_entry_term(p, entry_energy_low, battery.energy, 1);
    entry_energy_high = new_entry_row(p);
    add_entry_term(p, entry_energy_high, battery.energy, -1);
    bool one_sided = false;
    for (const Product r : reserve_products) {
      if (!has(r)) continue;
      if (holds_up(info_of(r).kind)) entry_low[r] = add_entry_term(p, entry_energy_low, held[r]);
      if (holds_down(info_of(r).kind)) entry_high[r] = add_entry_term(p, entry_energy_high, held[r]);
      one_sided = one_sided || !symmetric(r);
    }
    for (const Product r : reserve_products) {
      if (has(r)) entry_not_negative[r] = declare_bound(p, held[r], 1);
    }
    for (const Product r : reserve_products) {
      if (has(r)) entry_most[r] = declare_bound(p, held[r], -1);
    }
    if (!f.one_way) return;
    if (one_sided) {
      entry_up_power = new_entry_row(p);
      up_power = declare_kept_at_entry(p, entry_up_power, true);
      entry_down_power = new_entry_row(p);
      down_power = declare_kept_at_entry(p, entry_down_power, false);
    } else {
      entry_power = new_entry_row(p);
      both_power = declare_kept_at_entry(p, entry_power, true);
    }
  }

  // ---- filling period s.k

  template <class Stage>
  void fill(Stage& s, const ConnectionRows& connection) const {
    for (const Product r : reserve_products) {
      if (!has(r)) continue;
      s.state_cost(held[r], s.window.trades(r) ? -s.dt_h * s.window.sell_price(r, s.t) : 0.0);
      s.coefficient(energy_low[r], -s.need_per_mw[r].stored_above_minimum_mwh);
      s.coefficient(energy_high[r], -s.need_per_mw[r].room_below_maximum_mwh);
    }
    if (row_one_way >= 0) {
      for (const Product r : reserve_products) {
        const ProductKind kind = info_of(r).kind;
        s.coefficient(one_way[r], (s.charging ? holds_down(kind) : holds_up(kind)) ? -s.power_per_mw(r) : 0.0);
      }
      s.rhs(row_one_way, -s.power_mw);
      return;
    }
    fill_kept(s, discharge_power);
    fill_kept(s, charge_power);
    s.rhs(row_discharge_power, -s.power_mw);
    s.rhs(row_charge_power, -s.power_mw);
    if (!connection.present()) return;
    fill_kept(s, on_export);
    fill_kept(s, on_import);
  }

  /// Where reserve is fixed instead, what it earns is known; what it needs is in the bounds.
  template <class Stage>
  static void fill_fixed(Stage& s) {
    if (s.fixed_reserves == nullptr) return;
    for (const Product r : reserve_products) {
      if (s.window.trades(r)) s.add_constant(s.dt_h * s.window.sell_price(r, s.t) * (*s.fixed_reserves)[r]);
    }
  }

  template <class Stage>
  void fill_entry(Stage& s) const {
    if (!s.window.starts_block(s.k)) return;
    const auto committed = s.committed();  // by product, NaN: free
    bool any_free = false;
    for (const Product r : reserve_products) {
      if (!has(r)) continue;
      if (!s.window.trades(r) || !std::isnan(committed[r])) {
        s.enter_fixed(held[r], s.window.trades(r) ? committed[r] : 0.0);
        continue;
      }
      any_free = true;
      s.enter_free(held[r]);
      s.entry_row(entry_not_negative[r], 0.0, true);
      if (s.window.max_mw[r] < s.power_mw) s.entry_row(entry_most[r], -s.window.max_mw[r], true);
    }
    // Headroom at the start of the block's first period; the other periods start where one of the same block ended.
    for (const Product r : reserve_products) {
      s.entry_coefficient(entry_low[r], -s.need_per_mw[r].stored_above_minimum_mwh);
      s.entry_coefficient(entry_high[r], -s.need_per_mw[r].room_below_maximum_mwh);
      s.entry_coefficient(up_power[r], -s.power_per_mw(r));
      s.entry_coefficient(down_power[r], -s.power_per_mw(r));
      s.entry_coefficient(both_power[r], -s.power_per_mw(r));
    }
    for (const int row : {entry_up_power, entry_down_power, entry_power}) s.entry_row(row, -s.power_mw, any_free);
    s.entry_row(entry_energy_low, s.window.battery.energy_min_mwh, any_free || s.k > 0);
    s.entry_row(entry_energy_high, -s.window.battery.energy_max_mwh, any_free || s.k > 0);
  }

  template <class Stage>
  void fill_state_box(Stage& s) const {
    for (const Product r : reserve_products) {
      const double f = s.power_per_mw(r);
      if (has(r)) s.state_box(held[r], 0.0, f > 0.0 ? s.power_mw / f : s.power_mw);
    }
  }

 private:
  [[nodiscard]] static constexpr bool symmetric(Product r) { return info_of(r).kind == ProductKind::reserve_symmetric; }
  [[nodiscard]] static constexpr bool holds(Product r, bool up) { return up ? holds_up(info_of(r).kind) : holds_down(info_of(r).kind); }

  // Σ f R over the reserves that hold up (down). Those that hold one way keep just their power, f = 1: the pattern knows it.
  constexpr ByProduct<Coefficient> declare_kept(lp::Pattern& p, int row, bool up) const {
    ByProduct<Coefficient> places;
    for (const Product r : reserve_products) {
      if (has(r) && holds(r, up)) places[r] = add_term(p, row, lp::Block::state, held[r], symmetric(r) ? 0 : -1);
    }
    return places;
  }
  constexpr ByProduct<Coefficient> declare_kept_at_entry(lp::Pattern& p, int row, bool up) const {
    ByProduct<Coefficient> places;
    for (const Product r : reserve_products) {
      if (has(r) && holds(r, up)) places[r] = add_entry_term(p, row, held[r], symmetric(r) ? 0 : -1);
    }
    return places;
  }
  static constexpr int declare_bound(lp::Pattern& p, int state, int sign) {
    const int row = new_entry_row(p);
    add_entry_term(p, row, state, sign);
    return row;
  }
  template <class Stage>
  static void fill_kept(Stage& s, const ByProduct<Coefficient>& places) {
    for (const Product r : reserve_products) s.coefficient(places[r], -s.power_per_mw(r));
  }
};

}  // namespace bess::dispatch
