// Headroom per MW of reserve sold (docs/models/battery.md):
//   discharge power ≥ f R_fcr + R_up         charge power ≥ f R_fcr + R_dn
//   e − e_min ≥ (T R_fcr + h R_up)/η         e_max − e ≥ η (T R_fcr + h R_dn)

#include "asset/connection.h"

#include <algorithm>
#include <limits>

namespace bess {

ReserveNeed reserve_need(const ReserveRules& rules, double one_way_efficiency, double fcr_mw, double afrr_up_mw, double afrr_down_mw) {
  const double fcr_power_mw = rules.fcr_power_factor * fcr_mw;
  const double fcr_energy_mwh = rules.fcr_hours * fcr_mw;
  return {.discharge_power_mw = fcr_power_mw + afrr_up_mw,
          .charge_power_mw = fcr_power_mw + afrr_down_mw,
          .stored_above_minimum_mwh = (fcr_energy_mwh + rules.afrr_hours * afrr_up_mw) / one_way_efficiency,
          .room_below_maximum_mwh = (fcr_energy_mwh + rules.afrr_hours * afrr_down_mw) * one_way_efficiency};
}

double largest_fcr_mw(const ReserveRules& rules, double one_way_efficiency, double power_mw, double window_mwh) {
  if (!(power_mw > 0.0) || !(window_mwh > 0.0) || !(one_way_efficiency > 0.0)) return 0.0;
  constexpr double unlimited = std::numeric_limits<double>::infinity();
  const double by_power_mw = rules.fcr_power_factor > 0.0 ? power_mw / rules.fcr_power_factor : unlimited;
  const double energy_per_mw = rules.fcr_hours * (1.0 / one_way_efficiency + one_way_efficiency);
  const double by_energy_mw = energy_per_mw > 0.0 ? window_mwh / energy_per_mw : unlimited;
  return std::min(by_power_mw, by_energy_mw);
}

}  // namespace bess
