// What the ageing of its tranches (asset/ageing/) makes of a battery: limits, end of life.

#include <algorithm>
#include <cmath>

#include "asset/battery.h"
#include "base/number_range.h"
#include "base/sum.h"

namespace bess {

namespace {
constexpr double end_of_life_tolerance = 1e-9;
}  // namespace

double nominal_capacity_mwh(const std::vector<Tranche>& tranches) {
  Sum sum;
  for (const Tranche& tranche : tranches) sum += tranche.nominal_capacity_mwh;
  return sum.value();
}

BatteryLimits make_limits(double capacity_mwh, StateOfChargeWindow window, double power_mw, double round_trip_efficiency) {
  BatteryLimits limits;
  limits.capacity_mwh = size_or_nothing(capacity_mwh);
  limits.energy_min_mwh = limits.capacity_mwh * window.low;
  limits.energy_max_mwh = limits.capacity_mwh * window.high;
  if (limits.energy_max_mwh - limits.energy_min_mwh < least_number) limits.energy_max_mwh = limits.energy_min_mwh;
  limits.power_mw = size_or_nothing(power_mw);
  limits.round_trip_efficiency = round_trip_efficiency;
  limits.one_way_efficiency = std::sqrt(round_trip_efficiency);
  return limits;
}

BatteryLimits limits_of(const BatterySpec& spec, const std::vector<Tranche>& tranches) {
  Sum capacity_mwh;
  Sum weighted_efficiency;
  for (const Tranche& tranche : tranches) {
    const double present_mwh = tranche.nominal_capacity_mwh * state_of_health(spec.degradation, tranche);
    capacity_mwh += present_mwh;
    weighted_efficiency += present_mwh * faded_round_trip_efficiency(spec.degradation, spec.round_trip_efficiency, tranche);
  }
  const double nominal_mwh = nominal_capacity_mwh(tranches);
  const double present_mwh = capacity_mwh.value();
  double round_trip_efficiency = present_mwh > 0.0 ? weighted_efficiency.value() / present_mwh : spec.round_trip_efficiency;
  if (tranches.size() == 1)
    round_trip_efficiency = faded_round_trip_efficiency(spec.degradation, spec.round_trip_efficiency, tranches.front());  // no rounding
  BatteryLimits limits = make_limits(present_mwh, {spec.min_state_of_charge, spec.max_state_of_charge}, spec.availability * spec.power_mw,
                                     round_trip_efficiency);
  limits.state_of_health = nominal_mwh > 0.0 ? limits.capacity_mwh / nominal_mwh : 1.0;
  return limits;
}

void age(const BatterySpec& spec, BatteryState& state, const BatteryUse& use) {
  const double nominal_mwh = nominal_capacity_mwh(state.tranches);
  const CellUse each{.equivalent_full_cycles = nominal_mwh > 0.0 ? use.throughput_mwh / (2.0 * nominal_mwh) : 0.0,
                     .years = use.years,
                     .state_of_charge = use.state_of_charge,
                     .depth_of_discharge = use.depth_of_discharge};
  for (Tranche& tranche : state.tranches) age_tranche(spec.degradation, tranche, each);
}

bool end_of_life(const BatterySpec& spec, const BatteryState& state) {
  if (state.tranches.empty() || !(state.tranches.front().nominal_capacity_mwh > 0.0)) return false;
  const Tranche& first = state.tranches.front();
  const DegradationSpec& ageing = spec.degradation;
  const bool cycled =
      ageing.lifetime_cycles > 0.0 && first.equivalent_full_cycles >= ageing.lifetime_cycles * (1.0 - end_of_life_tolerance);
  const bool faded =
      ageing.end_of_life_soh > 0.0 && state_of_health(ageing, first) <= ageing.end_of_life_soh * (1.0 + end_of_life_tolerance);
  return cycled || faded;
}

bool replacement_due(const BatterySpec& spec, const BatteryState& state, double months_left) {
  return months_left > spec.no_replacement_last_months && end_of_life(spec, state);
}

}  // namespace bess
