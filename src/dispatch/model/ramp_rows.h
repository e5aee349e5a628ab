#pragma once
// Ramp limit ρ of the battery's net power: state p_prev, the net power of the period before.

#include <algorithm>

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct RampRows {
  int before{-1};    // state p_prev; p_prev⁺ = d − g − v
  int row_down{-1};  // d − g − v − p_prev ≥ −ρ
  int row_up{-1};    // − d + g + v + p_prev ≥ −ρ

  [[nodiscard]] constexpr bool present() const { return before >= 0; }

  constexpr void declare_state(lp::Pattern& p) { before = p.add_state(); }
  constexpr void declare_transition(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    using enum lp::Block;
    add_transition_term(p, before, control, battery.discharge, 1);
    add_transition_term(p, before, control, battery.charge, -1);
    if (generation.present()) add_transition_term(p, before, control, generation.self_charge, -1);
  }
  constexpr void declare_rows(lp::Pattern& p, const BatteryRows& battery, const GenerationRows& generation) {
    row_down = declare_row(p, 1, battery, generation);
    row_up = declare_row(p, -1, battery, generation);
  }

  template <class Stage>
  void fill(Stage& s) const {
    // A period without any flow is not held to the limit, but where reserves alone stop it the period before must slow down.
    const bool stands_still = !s.may_charge && !s.may_discharge && (s.idle || s.power_mw <= 0.0);
    const bool active = (s.k > 0 || s.window.ramp_from_previous) && !stands_still;
    for (const int row : {row_up, row_down}) {
      s.rhs(row, -s.window.ramp_mw_per_period);
      s.activate(row, active);
    }
  }
  template <class Stage>
  void fill_entry(Stage& s) const {
    if (s.k == 0) s.enter_fixed(before, s.window.ramp_from_previous ? s.window.previous_net_mw : 0.0);
  }
  template <class Stage>
  void fill_state_box(Stage& s) const {
    s.state_box(before, std::min(-s.power_mw, s.window.previous_net_mw), std::max(s.power_mw, s.window.previous_net_mw));
  }

 private:
  [[nodiscard]] constexpr int declare_row(lp::Pattern& p, int sign, const BatteryRows& battery, const GenerationRows& generation) const {
    const int row = new_row(p);
    battery.add_net(p, row, sign, generation, false);
    add_term(p, row, lp::Block::state, before, -sign);
    return row;
  }
};

}  // namespace bess::dispatch
