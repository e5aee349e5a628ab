#pragma once
// What is metered as import: control gi ≥ max(0, −net export), for fees on it; state peak, the month's highest import, for a peak tariff.

#include <algorithm>

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct MeterRows {
  int import_power{-1};      // control gi
  int row_import{-1};        // gi ≥ 0
  int row_net{-1};           // gi + d − g − v − u ≥ −Q
  int peak{-1};              // state: peak⁺ = peak
  int row_peak{-1};          // peak − gi ≥ 0
  int entry_peak_floor{-1};  // peak ≥ what is owed already, where a month starts

  constexpr void declare_peak_state(lp::Pattern& p) { peak = p.add_state(); }
  constexpr void declare_control(lp::Pattern& p) { import_power = p.add_control(); }
  constexpr void declare_transition(lp::Pattern& p) const { add_transition_term(p, peak, lp::Block::state, peak, 1); }
  constexpr void declare_import(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    row_import = not_negative(p, import_power);
    row_net = new_row(p);
    add_term(p, row_net, lp::Block::control, import_power, 1);
    battery.add_net(p, row_net, 1, generation, true);
  }
  constexpr void declare_peak(lp::Pattern& p) {
    row_peak = new_row(p);
    add_term(p, row_peak, lp::Block::state, peak, 1);
    add_term(p, row_peak, lp::Block::control, import_power, -1);
  }
  constexpr void declare_entry(lp::Pattern& p) {
    entry_peak_floor = new_entry_row(p);
    add_entry_term(p, entry_peak_floor, peak, 1);
  }

  template <class Stage>
  void fill(Stage& s) const {
    s.cost(import_power, s.dt_h * (s.window.import_fee(s.k) + s.rates.export_fee));
    s.rhs(row_import, 0.0);
    s.rhs(row_net, -s.generation_mw);
    s.box(import_power, 0.0, s.power_mw);
    if (peak < 0) return;
    s.rhs(row_peak, 0.0);
    if (s.window.starts_month(s.k)) {
      s.state_cost(peak, s.window.peak_cost_eur_per_mw(s.k));
      s.add_constant(s.window.peak_cost_eur_per_mw(s.k) * s.window.peak_floor_mw(s.k));  // already owed
    }
  }
  template <class Stage>
  void fill_entry(Stage& s) const {
    if (peak < 0 || !s.window.starts_month(s.k)) return;
    s.enter_free(peak);
    s.entry_row(entry_peak_floor, s.window.peak_floor_mw(s.k), true);
  }
  template <class Stage>
  void fill_state_box(Stage& s) const {
    if (peak >= 0) s.state_box(peak, 0.0, std::max(s.window.peak_floor_mw(s.last_period()), s.power_mw));
  }
};

}  // namespace bess::dispatch
