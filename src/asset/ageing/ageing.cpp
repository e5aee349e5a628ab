#include "asset/ageing/ageing.h"

#include <algorithm>

namespace bess {

namespace {

constexpr double round_trip_efficiency_floor = 0.5;

/// RTE = max(0.5, RTE_0 − δ_r EFC)
double efficiency_by_cycles(const DegradationSpec& spec, double initial, const Tranche& tranche) {
  const double floor = std::min(round_trip_efficiency_floor, initial);
  return std::max(floor, initial - spec.efficiency_fade_per_cycle * tranche.equivalent_full_cycles);
}

}  // namespace

Tranche new_tranche(const DegradationSpec& spec, double nominal_capacity_mwh) {
  return {.nominal_capacity_mwh = nominal_capacity_mwh, .law_state = std::vector<double>(spec.law->functions->state_size)};
}

void age_tranche(const DegradationSpec& spec, Tranche& tranche, const CellUse& use) {
  tranche.equivalent_full_cycles += use.equivalent_full_cycles;
  tranche.age_years += use.years;
  if (const auto step = spec.law->functions->step) step(spec, tranche, use);
}

double state_of_health(const DegradationSpec& spec, const Tranche& tranche) { return spec.law->functions->state_of_health(spec, tranche); }

double faded_round_trip_efficiency(const DegradationSpec& spec, double initial, const Tranche& tranche) {
  const auto by_law = spec.law->functions->round_trip_efficiency;
  return by_law != nullptr ? by_law(spec, initial, tranche) : efficiency_by_cycles(spec, initial, tranche);
}

}  // namespace bess
