#pragma once
// Own generation Q: v charges the battery, u is curtailed, the rest Q − v − u goes to the meter.

#include <algorithm>

#include "dispatch/model/handles.h"

namespace bess::dispatch {

struct GenerationRows {
  int self_charge{-1};      // control v
  int curtailed{-1};        // control u
  int row_self_charge{-1};  // v ≥ 0
  int row_curtailed{-1};    // u ≥ 0
  int row_available{-1};    // − v − u ≥ −Q

  [[nodiscard]] constexpr bool present() const { return self_charge >= 0; }

  // ---- declaring

  constexpr void declare_controls(lp::Pattern& p) {
    self_charge = p.add_control();
    curtailed = p.add_control();
  }
  constexpr void declare_bounds(lp::Pattern& p) {
    row_self_charge = not_negative(p, self_charge);
    row_curtailed = not_negative(p, curtailed);
  }
  constexpr void declare_available(lp::Pattern& p) {
    row_available = new_row(p);
    add_term(p, row_available, lp::Block::control, self_charge, -1);
    add_term(p, row_available, lp::Block::control, curtailed, -1);
  }

  // ---- filling period s.k; `charge` is the battery's control g

  template <class Stage>
  void fill(Stage& s, int charge) const {
    const double q = s.generation_mw;
    const auto& r = s.rates;
    const double sold = r.generation - r.export_fee + r.subsidy;  // what curtailing a MWh forgoes
    s.cost(self_charge, s.dt_h * (r.generation + r.wear - r.export_fee + r.lost_by_charging));
    s.add_cost(charge, s.dt_h * r.lost_by_charging);
    s.cost(curtailed, s.dt_h * sold);
    s.add_constant(s.dt_h * sold * q);
    s.rhs(row_self_charge, 0.0);
    s.rhs(row_curtailed, 0.0);
    s.rhs(row_available, -q);
    s.box(self_charge, 0.0, std::min(s.power_mw, q));
    s.box(curtailed, 0.0, q);
    if (!s.may_charge || q <= 0.0) s.drop(self_charge, row_self_charge);
    if (q <= 0.0) {  // night: nothing to take or to curtail
      s.drop(curtailed, row_curtailed);
      s.activate(row_available, false);
    } else if (s.all_generation_lost) {
      s.fix(curtailed, q);
      s.box(curtailed, q, q);
      s.activate(row_curtailed, false);
      s.activate(row_available, false);
    }
  }
};

}  // namespace bess::dispatch
