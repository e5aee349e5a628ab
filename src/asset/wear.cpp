#include "asset/wear.h"

namespace bess {

CycleCost cycle_cost(double replacement_eur_per_mwh, double lifetime_cycles) {
  if (!(lifetime_cycles > 0.0)) return {};
  const double per_mwh = replacement_eur_per_mwh / lifetime_cycles;
  return {.eur_per_mwh_discharged = per_mwh, .eur_per_mwh_throughput = per_mwh / 2.0};
}

double fade_cost_eur_per_cycle_and_mwh(double replacement_eur_per_mwh, double fade_per_cycle, double usable_fade) {
  return usable_fade > 0.0 ? replacement_eur_per_mwh * fade_per_cycle / usable_fade : 0.0;
}

}  // namespace bess
