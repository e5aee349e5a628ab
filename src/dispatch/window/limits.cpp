#include "dispatch/window/limits.h"

#include <cmath>

#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

double room(double power_mw, double reserved_mw) {
  const double left = power_mw - reserved_mw;
  return left > tolerance::no_room * power_mw ? left : 0.0;
}

}  // namespace

double charge_room_mw(const WindowProblem& w, const ReserveLevel& r) {
  return room(w.battery.power_mw, reserved_down_mw(w.reserve_duties, r));
}

double discharge_room_mw(const WindowProblem& w, const ReserveLevel& r) {
  return room(w.battery.power_mw, reserved_up_mw(w.reserve_duties, r));
}

double largest_violation(const WindowProblem& w, const Schedule& s, bool exclusive) {
  double worst = 0.0;
  auto check = [&worst](double excess) { worst = std::max(worst, excess); };
  const double eta = w.battery.one_way_efficiency;
  double cycled_mwh = w.cycles_used_today * w.nominal_capacity_mwh;
  double previous_mw = w.previous_net_mw;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const auto k = static_cast<int>(t);
    const double c = s.charge_mw(t);
    const double d = s.discharge_mw[t];
    if (w.max_cycles_per_day > 0.0) {
      if (t > 0 && w.starts_day(k)) cycled_mwh = 0.0;
      cycled_mwh += 0.5 * w.dt_h * (eta * c + d / eta);
      check(cycled_mwh - w.max_cycles_per_day * w.nominal_capacity_mwh);
    }
    if (w.ramp_mw_per_period > 0.0 && (t > 0 || w.ramp_from_previous)) check(std::abs((d - c) - previous_mw) - w.ramp_mw_per_period);
    previous_mw = d - c;
    const double e0 = s.stored_energy_mwh[t];
    const double e1 = s.stored_energy_mwh[t + 1];
    const ReserveLevel held = s.reserves(t);
    const ReserveNeed need = reserve_need(w.reserve_duties, eta, held);
    for (const double x : {s.grid_charge_mw[t], s.self_charge_mw[t], d, s.curtailed_mw[t]}) check(-x);
    for (const Product r : reserve_products) check(-held[r]);
    check(std::abs(e1 - e0 - w.dt_h * (eta * c - d / eta)));
    check(w.battery.energy_min_mwh - e1);
    check(e1 - w.battery.energy_max_mwh);
    check(c + d - w.battery.power_mw);
    check(s.self_charge_mw[t] + s.curtailed_mw[t] - w.generation_mw(k));
    check(d + need.discharge_power_mw - w.battery.power_mw);
    check(c + need.charge_power_mw - w.battery.power_mw);
    const double net = net_export_mw(w, s, k);
    check(net + need.discharge_power_mw - most_export_mw(w, k));
    check(-net + need.charge_power_mw - most_import_mw(w, k));
    for (const double e : {e0, e1}) {
      check(w.battery.energy_min_mwh + need.stored_above_minimum_mwh - e);
      check(e - (w.battery.energy_max_mwh - need.room_below_maximum_mwh));
    }
    if (exclusive) check(std::min(c, d));
  }
  return worst;
}

}  // namespace bess::dispatch
