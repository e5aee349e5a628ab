#pragma once
// A market with a volume cap beside others, in physical trade: controls bc and sc, the part of g and of d that is traded there.

#include <algorithm>

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct CapRows {
  /// One side: the part of the battery's charge or discharge that the capped market takes.
  struct Side {
    int part{-1};       // control
    int row_low{-1};    // part ≥ 0
    int row_cap{-1};    // − part ≥ −cap
    int row_whole{-1};  // whole − part ≥ 0

    constexpr void declare_rows(lp::Pattern& p, int whole) {
      row_low = not_negative(p, part);
      row_cap = new_row(p);
      add_term(p, row_cap, lp::Block::control, part, -1);
      row_whole = new_row(p);
      add_term(p, row_whole, lp::Block::control, whole, 1);
      add_term(p, row_whole, lp::Block::control, part, -1);
    }
    template <class Stage>
    void fill(Stage& s, double saving_eur_per_mwh, bool allowed) const {
      const double cap = s.window.max_mw[Product::imbalance];
      s.cost(part, -s.dt_h * saving_eur_per_mwh);
      s.rhs(row_low, 0.0);
      s.rhs(row_cap, -cap);
      s.rhs(row_whole, 0.0);
      s.box(part, 0.0, std::min(s.power_mw, cap));
      if (allowed) return;
      s.drop(part, row_low);
      s.activate(row_cap, false);
      s.activate(row_whole, false);
    }
  };
  Side buy, sell;

  [[nodiscard]] constexpr bool present() const { return buy.part >= 0; }

  constexpr void declare_controls(lp::Pattern& p) {
    buy.part = p.add_control();
    sell.part = p.add_control();
  }
  constexpr void declare_rows(lp::Pattern& p, const BatteryRows& battery) {
    buy.declare_rows(p, battery.charge);
    sell.declare_rows(p, battery.discharge);
  }
  template <class Stage>
  void fill(Stage& s) const {
    buy.fill(s, s.rates.imbalance_buy_saving, s.may_charge);
    sell.fill(s, s.rates.imbalance_sell_saving, s.may_discharge);
  }
};

}  // namespace bess::dispatch
