#include "asset/forecast.h"

#include <algorithm>

namespace bess {

namespace {

/// Ages `state` through one project year, replacing where end of life falls and is allowed; returns the moments.
std::vector<double> live_one_year(const BatterySpec& spec, BatteryState& state, const ForecastRequest& request, int project_year) {
  constexpr std::size_t most_per_year = 1000;  // a life of hours is absurd input, not a reason to hang
  const double efc_per_year = request.equivalent_full_cycles_per_year;
  std::vector<double> replaced_at;
  double gone_years = 0.0;
  while (gone_years < 1.0) {
    double step_years = 1.0 - gone_years;
    const auto until_end = years_until_end_of_life(spec.degradation, state.tranches.front(), efc_per_year);
    const bool ends = until_end && *until_end < step_years && state.tranches.front().nominal_capacity_mwh > 0.0;
    if (ends) step_years = *until_end;
    const double months_left = 12.0 * (request.project_life_years - (project_year - 1) - gone_years - step_years);
    const bool replaces = ends && months_left > spec.no_replacement_last_months && replaced_at.size() < most_per_year;
    if (!replaces) step_years = 1.0 - gone_years;
    age(spec, state, 2.0 * nominal_capacity_mwh(state.tranches) * efc_per_year * step_years, step_years);
    gone_years += step_years;
    update_limits(spec, state);
    if (!replaces) break;
    replace(spec, state);
    replaced_at.push_back(gone_years);
  }
  return replaced_at;
}

}  // namespace

std::optional<double> years_until_soh(const DegradationSpec& spec, const Tranche& tranche, double efc_per_year, double target_soh) {
  const double margin = state_of_health(spec, tranche) - target_soh;
  if (margin <= 0.0) return 0.0;
  const double fade_per_year = spec.fade_per_cycle * efc_per_year + spec.fade_per_year;
  if (!(fade_per_year > 0.0)) return std::nullopt;
  return margin / fade_per_year;
}

std::optional<double> years_until_end_of_life(const DegradationSpec& spec, const Tranche& tranche, double efc_per_year) {
  std::optional<double> years;
  if (spec.lifetime_cycles > 0.0) {
    const double cycles_left = std::max(0.0, spec.lifetime_cycles - tranche.equivalent_full_cycles);
    if (cycles_left == 0.0 || efc_per_year > 0.0) years = cycles_left == 0.0 ? 0.0 : cycles_left / efc_per_year;
  }
  if (spec.end_of_life_soh > 0.0) {
    const auto faded = years_until_soh(spec, tranche, efc_per_year, spec.end_of_life_soh);
    if (faded) years = years ? std::min(*years, *faded) : *faded;
  }
  return years;
}

std::vector<ForecastYear> forecast_years(const BatterySpec& spec, BatteryState state, const ForecastRequest& request) {
  std::vector<ForecastYear> years;
  if (state.tranches.empty()) return years;
  for (int year = request.first_project_year; year <= request.last_project_year; ++year) {
    for (const Augmentation& lot : spec.augmentation) {
      if (lot.project_year == year) augment(spec, state, lot.capacity_mwh);
    }
    update_limits(spec, state);
    ForecastYear entry{.project_year = year, .start = state};
    entry.replaced_at = live_one_year(spec, state, request, year);
    years.push_back(std::move(entry));
  }
  return years;
}

}  // namespace bess
