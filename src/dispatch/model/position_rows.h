#pragma once
// Positions beside the flows (netted trade, and later stages of sequential trade): state q_da, the day-ahead position, net sold; controls s
// and b, sold to and bought from imbalance. A free intraday position closes them and is eliminated: q_id = net − q_da − s + b.

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "dispatch/model/battery_rows.h"

namespace bess::dispatch {

struct PositionRows {
  int day_ahead{-1};      // state q_da
  int sold{-1};           // control s
  int bought{-1};         // control b
  int row_sold{-1};       // s ≥ 0
  int row_bought{-1};     // b ≥ 0
  int row_imbalance{-1};  // − s − b ≥ −(Xs + Xb)
  int row_low{-1};        // open_id: −Xb ≤ q_da + q_id = net − s + b
  int row_high{-1};       //          ≤ Xs
  int row_closed{-1};     // closed: net − s + b − q_da = 0
  int entry_low{-1};      // q_da ≥ −Xb, where a day-ahead product starts
  int entry_high{-1};     // − q_da ≥ −Xs

  [[nodiscard]] constexpr bool present() const { return day_ahead >= 0; }
  [[nodiscard]] constexpr bool intraday_closes() const { return row_low >= 0; }

  // ---- declaring

  constexpr void declare_state(lp::Pattern& p) { day_ahead = p.add_state(); }
  constexpr void declare_controls(lp::Pattern& p) {
    sold = p.add_control();
    bought = p.add_control();
  }
  constexpr void declare_transition(lp::Pattern& p) const { add_transition_term(p, day_ahead, lp::Block::state, day_ahead, 1); }
  constexpr void declare_rows(lp::Pattern& p, const Features& f, const BatteryRows& battery, const GenerationRows& generation) {
    row_sold = not_negative(p, sold);
    row_bought = not_negative(p, bought);
    row_imbalance = new_row(p);
    add_term(p, row_imbalance, lp::Block::control, sold, -1);
    add_term(p, row_imbalance, lp::Block::control, bought, -1);
    if (f.positions == PositionMode::open_id) {
      row_low = declare_open(p, lp::RowKind::at_least, 1, battery, generation);
      row_high = declare_open(p, lp::RowKind::at_least, -1, battery, generation);
    } else {
      row_closed = declare_open(p, lp::RowKind::equal, 1, battery, generation);
      add_term(p, row_closed, lp::Block::state, day_ahead, -1);
    }
  }
  constexpr void declare_entries(lp::Pattern& p) {
    entry_low = new_entry_row(p);
    add_entry_term(p, entry_low, day_ahead, 1);
    entry_high = new_entry_row(p);
    add_entry_term(p, entry_high, day_ahead, -1);
  }

  // ---- filling period s.k

  template <class Stage>
  void fill(Stage& s) const {
    const auto& w = s.window;
    const double closing = s.closing_price_eur_per_mwh;  // earned by net export already
    const double feed = w.has_imbalance() ? w.sell_price(Product::imbalance, s.t) : 0.0;
    const double take = w.has_imbalance() ? w.buy_price(Product::imbalance, s.t) : 0.0;
    s.cost(sold, -s.dt_h * (feed - closing));
    s.cost(bought, s.dt_h * (take - closing));
    if (w.frozen_position_mw.empty() && w.has_day_ahead())
      s.state_cost(day_ahead, -s.dt_h * (w.sell_price(Product::day_ahead, s.t) - closing));
    const double xs = w.sell_cap_mw(s.k);
    const double xb = w.buy_cap_mw(s.k);
    const double most = std::min(xs + xb, w.max_mw[Product::imbalance]);
    s.rhs(row_sold, 0.0);
    s.rhs(row_bought, 0.0);
    s.rhs(row_imbalance, -most);
    s.box(sold, 0.0, most);
    s.box(bought, 0.0, most);
    s.rhs(row_closed, -s.generation_mw);
    s.rhs(row_low, -xb - s.generation_mw);
    s.rhs(row_high, -xs + s.generation_mw);
    if (!w.has_imbalance()) {
      s.drop(sold, row_sold);
      s.drop(bought, row_bought);
      s.activate(row_imbalance, false);
    }
  }

  template <class Stage>
  void fill_entry(Stage& s) const {
    const auto& w = s.window;
    if (!w.frozen_position_mw.empty()) {
      s.enter_fixed(day_ahead, w.frozen_position_mw[s.t]);
      return;
    }
    if (!w.has_day_ahead()) {
      s.enter_fixed(day_ahead, 0.0);
      return;
    }
    if (!w.starts_product(s.k)) return;
    s.enter_free(day_ahead);
    double sell = w.sell_cap_mw(s.k);
    double buy = w.buy_cap_mw(s.k);
    for (int t = s.k + 1; t < w.periods && !w.starts_product(t); ++t) {  // one position must fit all its quarters
      sell = std::min(sell, w.sell_cap_mw(t));
      buy = std::min(buy, w.buy_cap_mw(t));
    }
    s.entry_row(entry_low, -buy, true);
    s.entry_row(entry_high, -sell, true);
  }

  template <class Stage>
  void fill_state_box(Stage& s) const {
    const auto& w = s.window;
    const int t = s.last_period();
    double bound = std::max(w.sell_cap_mw(t), w.buy_cap_mw(t));
    if (!w.frozen_position_mw.empty()) bound = std::max(bound, std::abs(w.frozen_position_mw[static_cast<std::size_t>(t)]));
    if (!w.day_ahead_product.empty()) bound = std::max(bound, s.widest_cap_mw());
    s.state_box(day_ahead, -bound, bound);
  }

 private:
  // sign (d − g − v − u − s + b)
  [[nodiscard]] constexpr int declare_open(lp::Pattern& p, lp::RowKind kind, int sign, const BatteryRows& battery,
                                           const GenerationRows& generation) const {
    const int row = new_row(p, kind);
    battery.add_net(p, row, sign, generation, true);
    add_term(p, row, lp::Block::control, sold, -sign);
    add_term(p, row, lp::Block::control, bought, sign);
    return row;
  }
};

}  // namespace bess::dispatch
