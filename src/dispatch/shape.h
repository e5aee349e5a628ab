#pragma once
// The shapes of dispatch stages: which states, controls and rows a window has for a set of features. constexpr, so that
// the model builder and the specialised kernels cannot drift apart.
//
// Symbols (docs/models/dispatch.md): g charge from the grid, v charge from own generation, d discharge, u curtailment,
// gi metered import, s / b sold / bought imbalance, e stored energy, R reserve held, f its power factor, h its hours, Q generation.

#include <cstdint>

#include "lp/pattern.h"
#include "market/product.h"

namespace bess::dispatch {

enum class PositionMode : std::uint8_t {
  none,     ///< physical: every MWh bought charges, every MWh sold is discharged or generated
  open_id,  ///< netted with a free intraday position, eliminated as id = net − q_da − s + b
  closed,   ///< netted without intraday: net − s + b = q_da
};

/// Reserves as windows hold them: all that has a kernel of its own (what is not enabled is held at 0), or FCR alone, with no other feature
/// but one_way.
inline constexpr ProductSet usual_reserves{Product::afrr_up, Product::afrr_down, Product::fcr};
inline constexpr ProductSet fcr_alone{Product::fcr};

/// What a window's stages contain. Only the combinations that occur are built.
struct Features {
  ProductSet reserves{};     ///< a state R for each
  bool generation{false};    ///< controls v, u
  bool import_meter{false};  ///< control gi ≥ max(0, −net export): import fees, peak tariff
  bool connection{false};    ///< rows of the connection limits (absent where they cannot bind)
  bool cycle_budget{false};  ///< state cyc: throughput so far today
  bool ramp{false};          ///< state p_prev: net battery power of the previous period
  bool peak{false};          ///< state peak: the month's highest import so far (needs import_meter)
  bool market_caps{false};   ///< controls bc, sc: the part of g, d traded in a market with a volume cap
  bool one_way{false};       ///< each stage's direction is given: control p is g or d (with reserves, no other feature)
  PositionMode positions{PositionMode::none};
  friend constexpr bool operator==(const Features&, const Features&) = default;
};

/// Index of something of each product; −1 where absent.
struct ProductIndex : ByProduct<int> {
  constexpr ProductIndex() { values.fill(-1); }
};

/// Indices of states, controls and rows for a set of features; −1 where absent.
struct Layout {
  // states
  int e{0}, cyc{-1}, p_prev{-1}, peak{-1}, q_da{-1};
  ProductIndex r;  // R of each reserve
  [[nodiscard]] constexpr bool has_reserves() const {
    for (const int state : r.values) {
      if (state >= 0) return true;
    }
    return false;
  }
  // controls
  int g{0}, d{1}, v{-1}, u{-1}, gi{-1}, s{-1}, b{-1}, bc{-1}, sc{-1};
  int p{-1};  // one way: the power of the stage's direction; g and d are −1 then
  // rows
  int row_g{-1}, row_d{-1}, row_v{-1}, row_u{-1};     // ≥ 0
  int row_shared{-1};                                 // − a_c (g + v) − a_d d ≥ −αP: hull or time-sharing cut
  int row_generation{-1};                             // − v − u ≥ −Q
  int row_discharge_power{-1}, row_charge_power{-1};  // reserves: − d − Σ f R_up ≥ −αP; − g − v − Σ f R_dn ≥ −αP
  int row_p{-1}, row_power{-1};                       // one way: p ≥ 0; − p − Σ f R of the direction ≥ −αP
  int row_export{-1}, row_import{-1};                 // connection
  int row_energy_low{-1}, row_energy_high{-1};        // on x⁺
  int row_gi{-1}, row_gi_net{-1};                     // gi ≥ 0; gi + d − g − v − u ≥ −Q
  int row_cyc{-1};                                    // − cyc⁺ ≥ −budget
  int row_ramp_up{-1}, row_ramp_down{-1};
  int row_peak{-1};  // peak − gi ≥ 0
  int row_bc{-1}, row_bc_cap{-1}, row_bc_g{-1}, row_sc{-1}, row_sc_cap{-1}, row_sc_d{-1};
  int row_s{-1}, row_b{-1}, row_sb{-1}, row_position_low{-1}, row_position_high{-1}, row_position{-1};
  // entry rows
  int entry_energy_low{-1}, entry_energy_high{-1};
  ProductIndex entry_r_low, entry_r_high;      // R ≥ 0, − R ≥ −most
  int entry_up_power{-1}, entry_dn_power{-1};  // one way: − Σ f R ≥ −αP, also where the battery goes the other way
  int entry_power{-1};                         // the same where all reserves are symmetric
  int entry_peak_low{-1}, entry_q_low{-1}, entry_q_high{-1};
};

struct Shape {
  lp::Pattern pattern{};
  Layout at{};
};

/// The shape of a set of features. Each row's equation stands beside it; a test reads them back.
constexpr Shape make_shape(const Features& f) {
  using enum lp::Block;
  Shape shape;
  lp::Pattern& p = shape.pattern;
  Layout& at = shape.at;

  at.e = p.add_state();
  bool any_one_sided = false;
  for (const Product r : reserve_products) {
    if (!f.reserves.has(r)) continue;
    at.r[r] = p.add_state();
    any_one_sided = any_one_sided || info_of(r).kind != ProductKind::reserve_symmetric;
  }
  const bool reserves = f.reserves.any();
  // The reserves that hold up (down) with coefficient f, of which −1 is known for those that hold one way.
  auto add_reserves = [&](lp::Row& row, bool up) {
    for (const Product r : reserve_products) {
      const ProductKind kind = info_of(r).kind;
      if (at.r[r] >= 0 && (up ? holds_up(kind) : holds_down(kind)))
        row.add(state, at.r[r], kind == ProductKind::reserve_symmetric ? 0 : -1);
    }
  };
  auto add_energy = [&](lp::Row& row, lp::Block block, bool up) {
    for (const Product r : reserve_products) {
      if (at.r[r] >= 0 && (up ? holds_up(info_of(r).kind) : holds_down(info_of(r).kind))) row.add(block, at.r[r]);
    }
  };
  if (f.cycle_budget) at.cyc = p.add_state();
  if (f.ramp) at.p_prev = p.add_state();
  if (f.peak) at.peak = p.add_state();
  if (f.positions != PositionMode::none) at.q_da = p.add_state();

  if (f.one_way) {
    at.p = p.add_control();
    at.g = at.d = -1;
  } else {
    at.g = p.add_control();
    at.d = p.add_control();
  }
  if (f.generation) {
    at.v = p.add_control();
    at.u = p.add_control();
  }
  if (f.import_meter) at.gi = p.add_control();
  if (f.positions != PositionMode::none) {
    at.s = p.add_control();
    at.b = p.add_control();
  }
  if (f.market_caps) {
    at.bc = p.add_control();
    at.sc = p.add_control();
  }

  // Transitions. e⁺ = e + Δη (g + v) − Δ/η d; one way: e⁺ = e + Δη p or e − Δ/η p
  auto transition = [&p](int i) -> lp::Row& { return p.transition[static_cast<std::size_t>(i)]; };
  transition(at.e).add(state, at.e, 1);
  transition(at.e).add(control, f.one_way ? at.p : at.g);
  if (f.generation) transition(at.e).add(control, at.v);
  if (!f.one_way) transition(at.e).add(control, at.d);
  for (const Product r : reserve_products) {  // R⁺ = R
    if (at.r[r] >= 0) transition(at.r[r]).add(state, at.r[r], 1);
  }
  if (f.cycle_budget) {  // cyc⁺ = cyc + Δη/2 (g + v) + Δ/(2η) d
    transition(at.cyc).add(state, at.cyc, 1);
    transition(at.cyc).add(control, at.g);
    if (f.generation) transition(at.cyc).add(control, at.v);
    transition(at.cyc).add(control, at.d);
  }
  if (f.ramp) {  // p_prev⁺ = d − g − v
    transition(at.p_prev).add(control, at.d, 1);
    transition(at.p_prev).add(control, at.g, -1);
    if (f.generation) transition(at.p_prev).add(control, at.v, -1);
  }
  if (f.peak) transition(at.peak).add(state, at.peak, 1);
  if (f.positions != PositionMode::none) transition(at.q_da).add(state, at.q_da, 1);

  auto lower_bound = [&](int c) {
    p.add_row().add(control, c, 1);
    return p.rows - 1;
  };
  if (f.one_way) {
    at.row_p = lower_bound(at.p);
    lp::Row& row = p.add_row();  // − p − Σ f R ≥ −αP over the reserves of the direction
    at.row_power = p.rows - 1;
    row.add(control, at.p, -1);
    for (const Product r : reserve_products) {
      if (at.r[r] >= 0) row.add(state, at.r[r]);
    }
  } else {
    at.row_g = lower_bound(at.g);
    at.row_d = lower_bound(at.d);
  }
  if (f.generation) {
    at.row_v = lower_bound(at.v);
    at.row_u = lower_bound(at.u);
  }
  if (!f.one_way) {  // − a_c (g + v) − a_d d ≥ −αP; with reserves still to decide a = 1, the hull cut (a connection aside)
    const int stored_or_one = reserves && !f.connection ? -1 : 0;
    lp::Row& row = p.add_row();
    at.row_shared = p.rows - 1;
    row.add(control, at.g, stored_or_one);
    if (f.generation) row.add(control, at.v, stored_or_one);
    row.add(control, at.d, stored_or_one);
  }
  if (f.generation) {  // − v − u ≥ −Q
    lp::Row& row = p.add_row();
    at.row_generation = p.rows - 1;
    row.add(control, at.v, -1);
    row.add(control, at.u, -1);
  }
  if (reserves && !f.one_way) {
    lp::Row& up = p.add_row();  // − d − Σ f R_up ≥ −αP
    at.row_discharge_power = p.rows - 1;
    up.add(control, at.d, -1);
    add_reserves(up, true);
    lp::Row& down = p.add_row();  // − g − v − Σ f R_dn ≥ −αP
    at.row_charge_power = p.rows - 1;
    down.add(control, at.g, -1);
    if (f.generation) down.add(control, at.v, -1);
    add_reserves(down, false);
  }
  if (f.connection) {
    lp::Row& out = p.add_row();  // − d + g + v + u − Σ f R_up ≥ Q − Gexp
    at.row_export = p.rows - 1;
    out.add(control, at.d, -1);
    out.add(control, at.g, 1);
    if (f.generation) {
      out.add(control, at.v, 1);
      out.add(control, at.u, 1);
    }
    add_reserves(out, true);
    lp::Row& in = p.add_row();  // d − g − v − u − Σ f R_dn ≥ −Gimp − Q
    at.row_import = p.rows - 1;
    in.add(control, at.d, 1);
    in.add(control, at.g, -1);
    if (f.generation) {
      in.add(control, at.v, -1);
      in.add(control, at.u, -1);
    }
    add_reserves(in, false);
  }
  {  // e⁺ − Σ h R_up/η ≥ e_min
    lp::Row& row = p.add_row();
    at.row_energy_low = p.rows - 1;
    row.add(next, at.e, 1);
    add_energy(row, next, true);
  }
  {  // − e⁺ − η Σ h R_dn ≥ −e_max
    lp::Row& row = p.add_row();
    at.row_energy_high = p.rows - 1;
    row.add(next, at.e, -1);
    add_energy(row, next, false);
  }
  if (f.import_meter) {
    at.row_gi = lower_bound(at.gi);
    lp::Row& row = p.add_row();  // gi + d − g − v − u ≥ −Q
    at.row_gi_net = p.rows - 1;
    row.add(control, at.gi, 1);
    row.add(control, at.d, 1);
    row.add(control, at.g, -1);
    if (f.generation) {
      row.add(control, at.v, -1);
      row.add(control, at.u, -1);
    }
  }
  if (f.cycle_budget) {  // − cyc⁺ ≥ −budget
    p.add_row().add(next, at.cyc, -1);
    at.row_cyc = p.rows - 1;
  }
  if (f.ramp) {
    auto ramp_row = [&](int sign) {  // sign (d − g − v − p_prev) ≥ −ρ
      lp::Row& row = p.add_row();
      row.add(control, at.d, sign);
      row.add(control, at.g, -sign);
      if (f.generation) row.add(control, at.v, -sign);
      row.add(state, at.p_prev, -sign);
      return p.rows - 1;
    };
    at.row_ramp_down = ramp_row(1);
    at.row_ramp_up = ramp_row(-1);
  }
  if (f.peak) {  // peak − gi ≥ 0
    lp::Row& row = p.add_row();
    at.row_peak = p.rows - 1;
    row.add(state, at.peak, 1);
    row.add(control, at.gi, -1);
  }
  if (f.market_caps) {
    auto capped = [&](int part, int whole, int& row_low, int& row_cap, int& row_whole) {
      row_low = lower_bound(part);         // part ≥ 0
      p.add_row().add(control, part, -1);  // − part ≥ −cap
      row_cap = p.rows - 1;
      lp::Row& row = p.add_row();  // whole − part ≥ 0
      row_whole = p.rows - 1;
      row.add(control, whole, 1);
      row.add(control, part, -1);
    };
    capped(at.bc, at.g, at.row_bc, at.row_bc_cap, at.row_bc_g);
    capped(at.sc, at.d, at.row_sc, at.row_sc_cap, at.row_sc_d);
  }
  if (f.positions != PositionMode::none) {
    at.row_s = lower_bound(at.s);
    at.row_b = lower_bound(at.b);
    lp::Row& both = p.add_row();  // − s − b ≥ −(Xs + Xb)
    at.row_sb = p.rows - 1;
    both.add(control, at.s, -1);
    both.add(control, at.b, -1);
    auto position_row = [&](lp::RowKind kind, int sign) {  // sign (d − g − v − u − s + b) [− q_da when closed]
      lp::Row& row = p.add_row(kind);
      row.add(control, at.d, sign);
      row.add(control, at.g, -sign);
      if (f.generation) {
        row.add(control, at.v, -sign);
        row.add(control, at.u, -sign);
      }
      row.add(control, at.s, -sign);
      row.add(control, at.b, sign);
      return p.rows - 1;
    };
    if (f.positions == PositionMode::open_id) {  // −Xb ≤ q_da + q_id = net − s + b ≤ Xs
      at.row_position_low = position_row(lp::RowKind::at_least, 1);
      at.row_position_high = position_row(lp::RowKind::at_least, -1);
    } else {  // net − s + b − q_da = 0
      at.row_position = position_row(lp::RowKind::equal, 1);
      p.row[static_cast<std::size_t>(at.row_position)].add(state, at.q_da, -1);
    }
  }

  auto entry_bound = [&](int i, int sign) {
    p.add_entry_row().add(state, i, sign);
    return p.entry_rows - 1;
  };
  if (reserves) {
    lp::Row& low = p.add_entry_row();  // e − Σ h R_up/η ≥ e_min
    at.entry_energy_low = p.entry_rows - 1;
    low.add(state, at.e, 1);
    add_energy(low, state, true);
    lp::Row& high = p.add_entry_row();  // − e − η Σ h R_dn ≥ −e_max
    at.entry_energy_high = p.entry_rows - 1;
    high.add(state, at.e, -1);
    add_energy(high, state, false);
    for (const Product r : reserve_products) {
      if (at.r[r] >= 0) at.entry_r_low[r] = entry_bound(at.r[r], 1);
    }
    for (const Product r : reserve_products) {
      if (at.r[r] >= 0) at.entry_r_high[r] = entry_bound(at.r[r], -1);
    }
  }
  if (f.one_way) {
    auto room = [&](bool up) {  // − Σ f R ≥ −αP
      add_reserves(p.add_entry_row(), up);
      return p.entry_rows - 1;
    };
    if (any_one_sided) {
      at.entry_up_power = room(true);
      at.entry_dn_power = room(false);
    } else {
      at.entry_power = room(true);
    }
  }
  if (f.peak) at.entry_peak_low = entry_bound(at.peak, 1);
  if (f.positions != PositionMode::none) {
    at.entry_q_low = entry_bound(at.q_da, 1);
    at.entry_q_high = entry_bound(at.q_da, -1);
  }
  return shape;
}

}  // namespace bess::dispatch
