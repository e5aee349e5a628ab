#pragma once
// The battery: stored energy e, charge from the grid g, discharge d; one way: p is g or d. v: charge from own generation.
// The rows and what fills them; how: model/stage_writer.h.

#include <algorithm>

#include "dispatch/model/features.h"
#include "dispatch/model/generation_rows.h"
#include "dispatch/model/handles.h"

namespace bess::dispatch {

struct BatteryRows {
  int energy{-1};                       // state e
  int charge{-1};                       // control g
  int discharge{-1};                    // control d
  int power{-1};                        // control p, one way: the power of the stage's direction; g and d are absent then
  Coefficient into, into_self, out_of;  // of g (p), v, d in e⁺ = e + Δη (g + v) − Δ/η d; one way: e⁺ = e + Δη p or e − Δ/η p
  int row_charge{-1};                   // g ≥ 0
  int row_discharge{-1};                // d ≥ 0
  int row_power{-1};                    // p ≥ 0
  int row_shared{-1};                   // − a_c (g + v) − a_d d ≥ −αP: hull cut (a = 1) or time-sharing cut
  Coefficient shared_charge, shared_self, shared_discharge;
  bool shared_known{false};  // a = 1: reserves are still to decide, a connection aside
  int row_energy_low{-1};    // e⁺ [− Σ h R_up/η] ≥ e_min
  int row_energy_high{-1};   // − e⁺ [− η Σ h R_dn] ≥ −e_max

  [[nodiscard]] constexpr bool one_way() const { return power >= 0; }

  // ---- declaring

  constexpr void declare_state(lp::Pattern& p) { energy = p.add_state(); }
  constexpr void declare_controls(lp::Pattern& p, const Features& f) {
    if (f.one_way) {
      power = p.add_control();
    } else {
      charge = p.add_control();
      discharge = p.add_control();
    }
  }
  constexpr void declare_transition(lp::Pattern& p, const GenerationRows& generation) {
    using enum lp::Block;
    add_transition_term(p, energy, state, energy, 1);
    into = add_transition_term(p, energy, control, one_way() ? power : charge);
    if (generation.present()) into_self = add_transition_term(p, energy, control, generation.self_charge);
    if (!one_way()) out_of = add_transition_term(p, energy, control, discharge);
  }
  constexpr void declare_bounds(lp::Pattern& p) {
    if (one_way()) {
      row_power = not_negative(p, power);
    } else {
      row_charge = not_negative(p, charge);
      row_discharge = not_negative(p, discharge);
    }
  }
  constexpr void declare_shared(lp::Pattern& p, const Features& f, const GenerationRows& generation) {
    if (one_way()) return;
    shared_known = f.reserves.any() && !f.connection;
    const int known = shared_known ? -1 : 0;
    row_shared = new_row(p);
    shared_charge = add_term(p, row_shared, lp::Block::control, charge, known);
    if (generation.present()) shared_self = add_term(p, row_shared, lp::Block::control, generation.self_charge, known);
    shared_discharge = add_term(p, row_shared, lp::Block::control, discharge, known);
  }
  constexpr void declare_energy(lp::Pattern& p) {
    row_energy_low = new_row(p);
    add_term(p, row_energy_low, lp::Block::next, energy, 1);
    row_energy_high = new_row(p);
    add_term(p, row_energy_high, lp::Block::next, energy, -1);
  }
  /// sign (d − g − v − u), net export less generation, as terms of a row.
  constexpr void add_net(lp::Pattern& p, int row, int sign, const GenerationRows& generation, bool with_curtailment) const {
    add_term(p, row, lp::Block::control, discharge, sign);
    add_term(p, row, lp::Block::control, charge, -sign);
    if (!generation.present()) return;
    add_term(p, row, lp::Block::control, generation.self_charge, -sign);
    if (with_curtailment) add_term(p, row, lp::Block::control, generation.curtailed, -sign);
  }

  // ---- filling period s.k

  template <class Stage>
  void fill(Stage& s) const {
    fill_energy_rows(s);
    if (one_way()) {
      fill_one_way(s);
      return;
    }
    const double in = s.dt_h * s.eta;
    s.transition(into, in);
    if (into_self.present()) s.transition(into_self, in);
    s.transition(out_of, -s.dt_h / s.eta);
    s.cost(charge, s.dt_h * (s.rates.buy + s.rates.wear - s.rates.export_fee));
    s.cost(discharge, s.dt_h * (-s.rates.sell + s.rates.wear + s.rates.export_fee));
    s.rhs(row_charge, 0.0);
    s.rhs(row_discharge, 0.0);
    s.box(charge, 0.0, s.power_mw);
    s.box(discharge, 0.0, s.power_mw);
    fill_shared(s);
    if (!s.may_charge) s.drop(charge, row_charge);
    if (!s.may_discharge) s.drop(discharge, row_discharge);
  }

  template <class Stage>
  void fill_entry(Stage& s) const {
    if (s.k == 0) s.enter_fixed(energy, s.window.start_mwh);
  }

  template <class Stage>
  void fill_state_box(Stage& s) const {
    const auto& battery = s.window.battery;
    s.state_box(energy, std::min(s.window.start_mwh, battery.energy_min_mwh), std::max(s.window.start_mwh, battery.energy_max_mwh));
  }

 private:
  // A stage whose direction is given. What reserves leave of the power: ReserveRows::row_one_way.
  template <class Stage>
  void fill_one_way(Stage& s) const {
    s.transition(into, s.charging ? s.dt_h * s.eta : -s.dt_h / s.eta);
    s.cost(power, s.dt_h * (s.rates.wear + (s.charging ? s.rates.buy : -s.rates.sell)));
    s.rhs(row_power, 0.0);
    s.box(power, 0.0, s.power_mw);
  }

  // c/charge_room + d/discharge_room ≤ 1, scaled by the power. With reserves still to decide it is the hull cut, and where a direction is
  // given the power rows say it already.
  template <class Stage>
  void fill_shared(Stage& s) const {
    s.rhs(row_shared, -s.power_mw);
    s.activate(row_shared, s.power_mw > 0.0 && (!s.reserves_are_states || s.both_ways) && (s.may_charge || s.may_discharge));
    if (shared_known) return;
    const double per_charge = s.charge_room_mw > 0.0 ? s.power_mw / s.charge_room_mw : 0.0;
    const double per_discharge = s.discharge_room_mw > 0.0 ? s.power_mw / s.discharge_room_mw : 0.0;
    s.coefficient(shared_charge, -per_charge);
    if (shared_self.present()) s.coefficient(shared_self, -per_charge);
    s.coefficient(shared_discharge, -per_discharge);
  }

  // Where reserves are fixed, what they need bounds the energy: the end of period k is also the start of period k + 1.
  template <class Stage>
  void fill_energy_rows(Stage& s) const {
    const auto range = s.energy_range_at_end();
    s.rhs(row_energy_low, range.low_mwh);
    s.rhs(row_energy_high, -range.high_mwh);
  }
};

}  // namespace bess::dispatch
