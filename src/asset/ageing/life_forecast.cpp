#include "asset/ageing/life_forecast.h"

#include <algorithm>
#include <cmath>

namespace bess {

namespace {

/// Ages `state` through one project year, replacing where end of life falls and is allowed; returns the moments.
std::vector<double> live_one_year(const BatterySpec& spec, BatteryState& state, const ForecastRequest& request, int project_year) {
  constexpr std::size_t most_per_year = 1000;  // a life of hours is absurd input, not a reason to hang
  std::vector<double> replaced_at;
  double gone_years = 0.0;
  while (gone_years < 1.0) {
    double step_years = 1.0 - gone_years;
    const auto until_end = years_until_end_of_life(spec.degradation, state.tranches.front(), request.use);
    const bool ends = until_end && *until_end < step_years && state.tranches.front().nominal_capacity_mwh > 0.0;
    if (ends) step_years = *until_end;
    const double months_left = 12.0 * (request.project_life_years - (project_year - 1) - gone_years - step_years);
    const bool replaces = ends && months_left > spec.no_replacement_last_months && replaced_at.size() < most_per_year;
    if (!replaces) step_years = 1.0 - gone_years;
    age_alike(spec, state, request.use, step_years);
    gone_years += step_years;
    update_limits(spec, state);
    if (!replaces) break;
    replace(spec, state);
    replaced_at.push_back(gone_years);
  }
  return replaced_at;
}

/// In how many steps a forecast covers `years`, none longer than the law allows.
double forecast_steps(const DegradationSpec& spec, double years) {
  const double longest_years = spec.law->functions->forecast_step_years;
  return longest_years > 0.0 ? std::max(1.0, std::ceil(years / longest_years - 1e-9)) : 1.0;
}

void age_tranche_alike(const DegradationSpec& spec, Tranche& tranche, const YearlyUse& use, double years) {
  const double steps = forecast_steps(spec, years);
  for (double step = 0; step < steps; ++step) {
    age_tranche(spec, tranche,
                {.equivalent_full_cycles = use.equivalent_full_cycles * (years / steps),
                 .years = years / steps,
                 .state_of_charge = use.state_of_charge,
                 .depth_of_discharge = use.depth_of_discharge});
  }
}

/// Years until the SoH of a copy that goes on ageing reaches the target, within a hundred years.
std::optional<double> search_years_until_soh(const DegradationSpec& spec, Tranche tranche, const YearlyUse& use, double target_soh) {
  constexpr int most_years = 100;
  constexpr double exact_years = 1e-12;
  if (state_of_health(spec, tranche) <= target_soh) return 0.0;
  for (int year = 0; year < most_years; ++year) {
    Tranche later = tranche;
    age_tranche_alike(spec, later, use, 1.0);
    if (state_of_health(spec, later) > target_soh) {
      tranche = later;
      continue;
    }
    double above = 0.0, reached = 1.0;
    while (reached - above > exact_years) {
      const double middle = 0.5 * (above + reached);
      later = tranche;
      age_tranche_alike(spec, later, use, middle);
      (state_of_health(spec, later) > target_soh ? above : reached) = middle;
    }
    return year + reached;
  }
  return std::nullopt;
}

}  // namespace

void age_alike(const BatterySpec& spec, BatteryState& state, const YearlyUse& use, double years) {
  const double steps = forecast_steps(spec.degradation, years);
  for (double step = 0; step < steps; ++step) {
    age(spec, state,
        {.throughput_mwh = 2.0 * nominal_capacity_mwh(state.tranches) * use.equivalent_full_cycles * (years / steps),
         .years = years / steps,
         .state_of_charge = use.state_of_charge,
         .depth_of_discharge = use.depth_of_discharge});
  }
}

std::optional<double> years_until_soh(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use, double target_soh) {
  const auto by_law = spec.law->functions->years_until_soh;
  return by_law != nullptr ? by_law(spec, tranche, use, target_soh) : search_years_until_soh(spec, tranche, use, target_soh);
}

std::optional<double> years_until_end_of_life(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use) {
  std::optional<double> years;
  if (spec.lifetime_cycles > 0.0) {
    const double cycles_left = std::max(0.0, spec.lifetime_cycles - tranche.equivalent_full_cycles);
    const double efc_per_year = use.equivalent_full_cycles;
    if (cycles_left == 0.0 || efc_per_year > 0.0) years = cycles_left == 0.0 ? 0.0 : cycles_left / efc_per_year;
  }
  if (spec.end_of_life_soh > 0.0) {
    const auto faded = years_until_soh(spec, tranche, use, spec.end_of_life_soh);
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
