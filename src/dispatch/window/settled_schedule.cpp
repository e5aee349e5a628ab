#include "dispatch/window/settled_schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dispatch/window/limits.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// What stored energy may be at every instant: the battery's own range, less what the reserves on both sides need, and the window's end.
std::vector<EnergyRange> energy_ranges(const WindowProblem& w, const Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  std::vector<EnergyRange> ranges(n + 1, energy_range(w.battery));
  for (std::size_t t = 0; t < n; ++t) {
    const ReserveLevel held = s.reserves(t);
    if (std::all_of(reserve_products.begin(), reserve_products.end(), [&held](Product r) { return held[r] <= 0.0; })) continue;
    const ReserveNeed need = reserve_need(w.reserve_duties, w.battery.one_way_efficiency, held);
    ranges[t].leave(w.battery, need);
    ranges[t + 1].leave(w.battery, need);
  }
  ranges[n].low_mwh = std::max(ranges[n].low_mwh, w.target_mwh);
  if (w.pinned_end) ranges[n].high_mwh = std::min(ranges[n].high_mwh, w.target_mwh);
  return ranges;
}

/// One period's flows, and by how much each may change.
struct Step {
  double charge_mw{0}, discharge_mw{0};
  double more_mw{0};  ///< of net export: less charge, more discharge
  double less_mw{0};  ///< more charge, less discharge
  double shared_mw{0};
};

/// Moves the energy at the period's end by `missing_mwh`: first by less of the flow that leads away from it, then by more of the other
/// where that flows already: a flow that is 0 stays 0, so that a period keeps its one direction.
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
  const std::vector<EnergyRange> ranges = energy_ranges(w, s);
  const double eta = w.battery.one_way_efficiency;
  const double window_mwh = w.battery.energy_max_mwh - w.battery.energy_min_mwh;
  const bool moves = eta > 0.0 && w.battery.power_mw > 0.0 && window_mwh > 0.0;
  s.stored_energy_mwh.assign(n + 1, w.start_mwh);
  for (std::size_t t = 0; t < n; ++t) {
    const Flow wanted{s.charge_mw(t), s.discharge_mw[t]};
    const Flow flow = feasible_flow(w.battery, s.stored_energy_mwh[t], wanted, w.dt_h);
    Step step{.charge_mw = flow.charge_mw, .discharge_mw = flow.discharge_mw};
    const double end = advance(w.battery, s.stored_energy_mwh[t], flow, w.dt_h);
    const double missing = std::max(0.0, ranges[t + 1].low_mwh - end) - std::max(0.0, end - ranges[t + 1].high_mwh);
    if (moves && missing != 0.0 && std::abs(missing) <= tolerance::mended_miss * window_mwh) {
      const int k = static_cast<int>(t);
      const ReserveLevel held = s.reserves(t);
      const double up = reserved_up_mw(w.reserve_duties, held);
      const double down = reserved_down_mw(w.reserve_duties, held);
      const double net = net_export_mw(w, s, k);
      step.more_mw = std::max(0.0, std::min(w.battery.power_mw - up - flow.discharge_mw, most_export_mw(w, k) - net - up));
      step.less_mw = std::max(0.0, std::min(w.battery.power_mw - down - flow.charge_mw, most_import_mw(w, k) + net - down));
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
    const double charge = s.charge_mw(t);
    room.up_mw = std::min({room.up_mw, w.battery.power_mw - s.discharge_mw[t], most_export_mw(w, k) - net});
    room.down_mw = std::min({room.down_mw, w.battery.power_mw - charge, most_import_mw(w, k) + net});
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
