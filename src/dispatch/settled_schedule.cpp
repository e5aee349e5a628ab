#include "dispatch/settled_schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bess::dispatch {

namespace {

/// Part of the energy window up to which a missed bound is a matter of tolerance.
constexpr double largest_miss = 1e-4;

/// Bounds of the energy at every instant: those of the battery, of the reserves on both sides, and of the end.
struct EnergyBounds {
  std::vector<double> low, high;
};

EnergyBounds energy_bounds(const WindowProblem& w, const Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  EnergyBounds bounds{std::vector<double>(n + 1, w.battery.energy_min_mwh), std::vector<double>(n + 1, w.battery.energy_max_mwh)};
  for (std::size_t t = 0; t < n; ++t) {
    const ReserveLevel held = s.reserves(t);
    if (std::all_of(reserve_products.begin(), reserve_products.end(), [&held](Product r) { return held[r] <= 0.0; })) continue;
    const ReserveNeed need = reserve_need(w.reserve_duties, w.battery.one_way_efficiency, held);
    for (const std::size_t i : {t, t + 1}) {
      bounds.low[i] = std::max(bounds.low[i], w.battery.energy_min_mwh + need.stored_above_minimum_mwh);
      bounds.high[i] = std::min(bounds.high[i], w.battery.energy_max_mwh - need.room_below_maximum_mwh);
    }
  }
  bounds.low[n] = std::max(bounds.low[n], w.target_mwh);
  if (w.pinned_end) bounds.high[n] = std::min(bounds.high[n], w.target_mwh);
  return bounds;
}

/// One period's flows, and by how much each may change.
struct Step {
  double charge_mw{0}, discharge_mw{0};
  double more_mw{0};  ///< of net export: less charge, more discharge
  double less_mw{0};  ///< more charge, less discharge
  double shared_mw{0};
};

/// Moves the energy at the period's end by `missing_mwh`: first by less of the flow that leads away from it, then by more of the other,
/// where there is any: no direction is begun.
void give_way(Step& step, double missing_mwh, double eta, double dt_h) {
  const bool up = missing_mwh > 0.0;
  double& wrong = up ? step.discharge_mw : step.charge_mw;
  double& right = up ? step.charge_mw : step.discharge_mw;
  const double wrong_mwh = up ? dt_h / eta : dt_h * eta;  // per MW
  const double right_mwh = up ? dt_h * eta : dt_h / eta;
  const double room = up ? step.less_mw : step.more_mw;
  const double less = std::min({wrong, std::abs(missing_mwh) / wrong_mwh, room});
  wrong -= less;
  const double still = std::abs(missing_mwh) - less * wrong_mwh;
  if (still > 0.0 && right > 0.0) right += std::min({still / right_mwh, room - less, step.shared_mw + less});
}

}  // namespace

void settle_flows(const WindowProblem& w, Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  const EnergyBounds bounds = energy_bounds(w, s);
  const double eta = w.battery.one_way_efficiency;
  const double window_mwh = w.battery.energy_max_mwh - w.battery.energy_min_mwh;
  const bool moves = eta > 0.0 && w.battery.power_mw > 0.0 && window_mwh > 0.0;
  s.stored_energy_mwh.assign(n + 1, w.start_mwh);
  for (std::size_t t = 0; t < n; ++t) {
    const Flow wanted{s.grid_charge_mw[t] + s.self_charge_mw[t], s.discharge_mw[t]};
    const Flow flow = feasible_flow(w.battery, s.stored_energy_mwh[t], wanted, w.dt_h);
    Step step{.charge_mw = flow.charge_mw, .discharge_mw = flow.discharge_mw};
    const double end = advance(w.battery, s.stored_energy_mwh[t], flow, w.dt_h);
    const double missing = std::max(0.0, bounds.low[t + 1] - end) - std::max(0.0, end - bounds.high[t + 1]);
    if (moves && missing != 0.0 && std::abs(missing) <= largest_miss * window_mwh) {
      const int k = static_cast<int>(t);
      const ReserveLevel held = s.reserves(t);
      const double up = reserved_up_mw(w.reserve_duties, held);
      const double down = reserved_down_mw(w.reserve_duties, held);
      const double net = net_export_mw(w, s, k);
      step.more_mw = std::max(0.0, std::min(w.battery.power_mw - up - flow.discharge_mw, std::max(0.0, w.export_limit(k)) - net - up));
      step.less_mw = std::max(0.0, std::min(w.battery.power_mw - down - flow.charge_mw, std::max(0.0, w.import_limit(k)) + net - down));
      step.shared_mw = std::max(0.0, w.battery.power_mw - flow.charge_mw - flow.discharge_mw);
      give_way(step, missing, eta, w.dt_h);
    }
    const double charged = wanted.charge_mw;
    if (step.charge_mw < charged) {
      s.grid_charge_mw[t] *= step.charge_mw / charged;
      s.self_charge_mw[t] *= step.charge_mw / charged;
    } else {
      s.grid_charge_mw[t] += step.charge_mw - charged;
    }
    s.discharge_mw[t] = step.discharge_mw;
    s.stored_energy_mwh[t + 1] = advance(w.battery, s.stored_energy_mwh[t], {step.charge_mw, step.discharge_mw}, w.dt_h);
  }
}

std::vector<ReserveRoom> reserve_rooms(const WindowProblem& w, const Schedule& s) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  std::vector<ReserveRoom> rooms(static_cast<std::size_t>(w.block_of(w.periods - 1)) + 1, {inf, inf, inf, inf});
  for (int k = 0; k < w.periods; ++k) {
    const auto t = static_cast<std::size_t>(k);
    ReserveRoom& room = rooms[static_cast<std::size_t>(w.block_of(k))];
    for (const double e : {s.stored_energy_mwh[t], s.stored_energy_mwh[t + 1]}) {
      room.stock_mwh = std::min(room.stock_mwh, e - w.battery.energy_min_mwh);
      room.room_mwh = std::min(room.room_mwh, w.battery.energy_max_mwh - e);
    }
    const double net = net_export_mw(w, s, k);
    const double charge = s.grid_charge_mw[t] + s.self_charge_mw[t];
    room.up_mw = std::min({room.up_mw, w.battery.power_mw - s.discharge_mw[t], std::max(0.0, w.export_limit(k)) - net});
    room.down_mw = std::min({room.down_mw, w.battery.power_mw - charge, std::max(0.0, w.import_limit(k)) + net});
  }
  return rooms;
}

ReserveLevel held_reserve(const WindowProblem& w, const ReserveRoom& room, const ReserveLevel& wanted, double margin) {
  auto held = [margin](double available, double needed) {
    return needed > std::max(0.0, available) ? std::max(0.0, available) / needed * (1.0 - margin) : 1.0;
  };
  const ReserveNeed need = reserve_need(w.reserve_duties, w.battery.one_way_efficiency, wanted);
  const double up = std::min(held(room.stock_mwh, need.stored_above_minimum_mwh), held(room.up_mw, need.discharge_power_mw));
  const double down = std::min(held(room.room_mwh, need.room_below_maximum_mwh), held(room.down_mw, need.charge_power_mw));
  ReserveLevel level;
  for (const Product r : reserve_products) {
    const ProductKind kind = info_of(r).kind;
    level[r] = wanted[r] * (kind == ProductKind::reserve_up ? up : kind == ProductKind::reserve_down ? down : std::min(up, down));
  }
  return level;
}

void settle_reserves(const WindowProblem& w, Schedule& s) {
  const std::vector<ReserveRoom> rooms = reserve_rooms(w, s);
  for (int k = 0; k < w.periods; ++k) {
    const auto t = static_cast<std::size_t>(k);
    const auto b = static_cast<std::size_t>(w.block_of(k));
    const BlockCommitment committed = w.commitment.empty() ? BlockCommitment{} : w.commitment[b];
    const ReserveLevel level = held_reserve(w, rooms[b], s.reserves(t));
    for (const Product r : reserve_products) {
      if (std::isnan(committed[r])) s.reserve_mw[r][t] = level[r];
    }
  }
}

}  // namespace bess::dispatch
