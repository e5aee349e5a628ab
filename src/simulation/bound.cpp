#include "simulation/bound.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/parallel.h"
#include "base/sum.h"
#include "simulation/peak_tariff.h"
#include "simulation/windows.h"

namespace bess {

namespace {

/// Battery limits that contain those of every moment of a project year.
BatteryLimits widest_limits(const SimulationInput& input, const YearRecord& record) {
  const BatterySpec& spec = input.site.battery;
  BatteryLimits limits = new_battery(spec, 0.5).limits;
  double capacity = std::max(record.capacity_start_mwh, record.capacity_last_mwh);
  double lowest = std::min(record.capacity_start_mwh, record.capacity_last_mwh);
  double efficiency = std::max(record.round_trip_efficiency_start, record.round_trip_efficiency_last);
  if (record.replacement_events > 0) {
    capacity = std::max(capacity, spec.nominal_capacity_mwh);
    efficiency = std::max(efficiency, spec.round_trip_efficiency);
    lowest = 0.0;
  }
  limits.capacity_mwh = capacity;
  limits.energy_min_mwh = std::min(lowest, capacity) * spec.min_state_of_charge;
  limits.energy_max_mwh = capacity * spec.max_state_of_charge;
  limits.round_trip_efficiency = efficiency;
  limits.one_way_efficiency = std::sqrt(efficiency);
  return limits;
}

/// What the run's dispatch earned in a year on the optimiser's own terms: gross market revenue and subsidy less fees, wear and
/// peak charges.
double dispatch_value_eur(const SimulationInput& input, const SimulationResult& result, int year) {
  const ProjectTimeline& timeline = *input.timeline;
  Sum value;
  struct Peak {
    double mw{0};
    double billed_share{1};
  };
  std::map<std::int32_t, Peak> months;
  const auto first = static_cast<std::size_t>(timeline.year_first_day[static_cast<std::size_t>(year)]);
  const auto last = static_cast<std::size_t>(timeline.year_first_day[static_cast<std::size_t>(year) + 1]);
  for (std::size_t d = first; d < last; ++d) {
    const DayRecord& day = result.days[d];
    for (const double eur : day.gross_revenue_eur.values) value += eur;
    value += day.solar_subsidy_eur + day.wind_subsidy_eur + day.auxiliary_eur;
    value += -day.fee_eur - day.wear_eur;
    const std::int32_t quarter = timeline.days[d].first_quarter;
    const auto [month, first_seen] = months.try_emplace(timeline.month[static_cast<std::size_t>(quarter)]);
    if (first_seen) month->second.billed_share = billed_month(timeline, quarter).share;
    month->second.mw = std::max(month->second.mw, day.highest_import_mw);
  }
  const double tariff = by_year(input.site.peak_tariff_eur_per_mw, year);
  for (const auto& [month, peak] : months) value += -peak.mw * peak.billed_share * tariff;
  return value.value();
}

}  // namespace

void add_bounds(const SimulationInput& input, const CancellationToken* cancel, SimulationResult& result) {
  SimulationInput relaxed = input;
  if (info_of(input.run.strategy).netted) relaxed.run.cross_market = dispatch::CrossMarket::netted;
  relaxed.run.strategy = Strategy::lp;
  relaxed.run.generation_in_dispatch = true;  // what is added afterwards is part of the run's value, and one of the joint plans
  dispatch::DispatchOptions options = input.run.dispatch;
  options.direction = dispatch::Direction::time_shared;
  options.reserve_step_mw = 0.0;
  const RealisedView view(price_source(relaxed));
  parallel_for(static_cast<std::size_t>(input.run.years), input.run.workers, [&](std::size_t y) {
    if (cancel != nullptr) cancel->throw_if_cancelled();
    YearRecord& record = result.year[y];
    RunState state;
    state.battery.limits = widest_limits(input, record);
    state.battery.stored_energy_mwh =
        std::clamp(record.energy_start_mwh, state.battery.limits.energy_min_mwh, state.battery.limits.energy_max_mwh);
    const std::int32_t first = input.timeline->year_first_quarter[y];
    const std::int32_t count = input.timeline->year_first_quarter[y + 1] - first;
    dispatch::WindowProblem window =
        make_window(relaxed, view, state, {.at = first, .first = first, .count = count}, WindowEnd::simulation);
    window.target_mwh = std::clamp(record.energy_end_mwh, window.battery.energy_min_mwh, window.battery.energy_max_mwh);
    if (!window.commitment.empty()) {  // a block that the year's ends cut may have been sold: only the project's own ends forbid it
      if (first > 0 || !input.first_block_partial) window.commitment.front() = {};
      if (first + count < input.timeline->quarters || !input.last_block_partial) window.commitment.back() = {};
    }
    dispatch::Backend backend(input.run.solver, cancel);
    const dispatch::DispatchPlan plan = dispatch::solve_window(window, options, backend);
    if (plan.status != lp::SolveStatus::optimal) return;
    record.bound_eur = plan.bound_eur;
    record.bound_basis_eur = dispatch_value_eur(input, result, static_cast<int>(y));
  });
}

}  // namespace bess
