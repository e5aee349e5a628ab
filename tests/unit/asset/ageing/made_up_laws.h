#pragma once
// Laws that only the tests know: what any law can ask of the interface.

#include <algorithm>
#include <cmath>

#include "asset/ageing/ageing.h"

namespace bess::test {

/// Calendar fade with the square root of time: fade = δ_c EFC + δ_y √years. No state of its own, no closed form given.
inline const AgeingFunctions root_of_time{.state_of_health = [](const DegradationSpec& spec, const Tranche& tranche) {
  return std::max(0.0, 1.0 - spec.fade_per_cycle * tranche.equivalent_full_cycles - spec.fade_per_year * std::sqrt(tranche.age_years));
}};
inline const AgeingLaw root_law{"root_of_time", "for tests", &root_of_time};

/// Fade by depth and by state of charge, summed in numbers of its own: δ_c Σ EFC δ² + δ_y Σ years s; an efficiency that falls with age.
inline const AgeingFunctions by_depth_and_charge{
    .state_of_health =
        [](const DegradationSpec& spec, const Tranche& tranche) {
          return 1.0 - spec.fade_per_cycle * tranche.law_state[0] - spec.fade_per_year * tranche.law_state[1];
        },
    .round_trip_efficiency = [](const DegradationSpec&, double initial,
                                const Tranche& tranche) { return initial - 0.01 * tranche.age_years; },
    .step =
        [](const DegradationSpec&, Tranche& tranche, const CellUse& use) {
          tranche.law_state[0] += use.equivalent_full_cycles * use.depth_of_discharge * use.depth_of_discharge;
          tranche.law_state[1] += use.years * use.state_of_charge;
          tranche.law_state[2] += 1.0;  // steps taken
        },
    .state_size = 3,
    .forecast_step_years = 1.0 / 12};
inline const AgeingLaw depth_law{"by_depth_and_charge", "for tests", &by_depth_and_charge};

}  // namespace bess::test
