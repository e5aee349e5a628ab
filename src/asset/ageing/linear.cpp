// Linear ageing (docs/models/battery.md):
//   fade = δ_c EFC + δ_y years,  SoH = max(0, 1 − fade)
// Linear in EFC and years, and EFC is shared by nominal capacity, so that any cut of the time gives the same end. The counters of the
// tranche are its whole state; depth and state of charge do not matter.

#include <algorithm>

#include "asset/ageing/laws.h"

namespace bess::ageing {

namespace {

double linear_state_of_health(const DegradationSpec& spec, const Tranche& tranche) {
  return std::max(0.0, 1.0 - spec.fade_per_cycle * tranche.equivalent_full_cycles - spec.fade_per_year * tranche.age_years);
}

std::optional<double> years_until(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use, double target) {
  const double margin = linear_state_of_health(spec, tranche) - target;
  if (margin <= 0.0) return 0.0;
  const double fade_per_year = spec.fade_per_cycle * use.equivalent_full_cycles + spec.fade_per_year;
  if (!(fade_per_year > 0.0)) return std::nullopt;
  return margin / fade_per_year;
}

}  // namespace

constinit const AgeingFunctions linear{.state_of_health = &linear_state_of_health, .years_until_soh = &years_until};

}  // namespace bess::ageing
