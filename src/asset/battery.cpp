#include "asset/battery.h"

#include <algorithm>
#include <cmath>

namespace bess {

namespace {

double wish(double power_mw) { return std::isfinite(power_mw) ? std::max(0.0, power_mw) : 0.0; }

double clamp_to_window(const BatteryLimits& limits, double energy_mwh) {
  return std::clamp(energy_mwh, limits.energy_min_mwh, std::max(limits.energy_min_mwh, limits.energy_max_mwh));
}

}  // namespace

BatteryState new_battery(const BatterySpec& spec, double initial_state_of_charge) {
  BatteryState state;
  state.tranches.push_back(new_tranche(spec.degradation, spec.nominal_capacity_mwh));
  state.limits = limits_of(spec, state.tranches);
  state.stored_energy_mwh = clamp_to_window(state.limits, initial_state_of_charge * state.limits.capacity_mwh);
  return state;
}

Flow feasible_flow(const BatteryLimits& limits, double stored_energy_mwh, Flow wanted, double dt_h) {
  if (!(dt_h > 0.0) || !(limits.one_way_efficiency > 0.0)) return {};
  const double eta = limits.one_way_efficiency;
  const double power_mw = std::max(0.0, limits.power_mw);
  Flow flow{.charge_mw = std::min(wish(wanted.charge_mw), power_mw), .discharge_mw = std::min(wish(wanted.discharge_mw), power_mw)};

  // Both directions in one period share its time: c + d ≤ αP.
  const double both_mw = flow.charge_mw + flow.discharge_mw;
  if (both_mw > power_mw) {
    flow.charge_mw *= power_mw / both_mw;
    flow.discharge_mw *= power_mw / both_mw;
  }

  // e_min ≤ e + Δ (η c − d/η) ≤ e_max; alone, c ≤ (e_max − e)/(ηΔ) and d ≤ (e − e_min) η/Δ.
  const double room_mwh = limits.energy_max_mwh - stored_energy_mwh + dt_h * flow.discharge_mw / eta;
  flow.charge_mw = std::clamp(room_mwh / (eta * dt_h), 0.0, flow.charge_mw);
  const double stock_mwh = stored_energy_mwh - limits.energy_min_mwh + dt_h * eta * flow.charge_mw;
  flow.discharge_mw = std::clamp(stock_mwh * eta / dt_h, 0.0, flow.discharge_mw);
  return flow;
}

double advance(const BatteryLimits& limits, double stored_energy_mwh, Flow flow, double dt_h) {
  const double eta = limits.one_way_efficiency;
  return stored_energy_mwh + dt_h * (eta * flow.charge_mw - flow.discharge_mw / eta);
}

double equivalent_full_cycles(const BatteryLimits& limits, double nominal_capacity_mwh, Flow flow, double dt_h) {
  if (!(nominal_capacity_mwh > 0.0)) return 0.0;
  const double eta = limits.one_way_efficiency;
  return dt_h * (eta * flow.charge_mw + flow.discharge_mw / eta) / (2.0 * nominal_capacity_mwh);
}

void update_limits(const BatterySpec& spec, BatteryState& state) {
  state.limits = limits_of(spec, state.tranches);
  const double inside_mwh = clamp_to_window(state.limits, state.stored_energy_mwh);
  state.clamp_loss_mwh += state.stored_energy_mwh - inside_mwh;
  state.stored_energy_mwh = inside_mwh;
}

void replace(const BatterySpec& spec, BatteryState& state) {
  const double share = state.limits.capacity_mwh > 0.0 ? state.stored_energy_mwh / state.limits.capacity_mwh : spec.min_state_of_charge;
  const double before_mwh = state.stored_energy_mwh;
  state.tranches.assign(1, new_tranche(spec.degradation, spec.nominal_capacity_mwh));
  state.limits = limits_of(spec, state.tranches);
  state.stored_energy_mwh = clamp_to_window(state.limits, share * state.limits.capacity_mwh);
  state.replacement_step_mwh += state.stored_energy_mwh - before_mwh;
  ++state.replacement_events;
}

void augment(const BatterySpec& spec, BatteryState& state, double capacity_mwh) {
  state.tranches.push_back(new_tranche(spec.degradation, capacity_mwh));
  state.limits = limits_of(spec, state.tranches);
  const double missing_mwh = std::max(0.0, state.limits.energy_min_mwh - state.stored_energy_mwh);
  state.stored_energy_mwh += missing_mwh;
  state.replacement_step_mwh += missing_mwh;
  update_limits(spec, state);
}

}  // namespace bess
