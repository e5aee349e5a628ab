#include "simulation/simulation.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "asset/ageing/life_forecast.h"
#include "base/parallel.h"
#include "simulation/bound.h"
#include "simulation/run.h"

namespace bess {

namespace {

void merge(Provenance& total, const Provenance& part) {
  total.windows += part.windows;
  total.lps += part.lps;
  total.iterations += part.iterations;
  total.fallbacks += part.fallbacks;
  total.relaxed_windows += part.relaxed_windows;
  total.reserve_shortfall_mwh += part.reserve_shortfall_mwh;
  total.worst_certificate_gap = std::max(total.worst_certificate_gap, part.worst_certificate_gap);
  total.worst_direction_gap = std::max(total.worst_direction_gap, part.worst_direction_gap);
  total.total_direction_gap_eur += part.total_direction_gap_eur;
  total.total_bound_eur += part.total_bound_eur;
  total.shared_periods += part.shared_periods;
  total.energy_balance_residual_mwh += part.energy_balance_residual_mwh;
  total.delivery_shortfall_mwh += part.delivery_shortfall_mwh;
  total.replay_drift_mwh = std::max(total.replay_drift_mwh, part.replay_drift_mwh);
}

/// Reports windows of windows from any thread, in the order they end.
class ProgressCounter {
 public:
  ProgressCounter(const ProgressCallback& callback, std::int64_t total) : callback_(callback), total_(static_cast<std::size_t>(total)) {}
  void step(LocalDate date) {
    if (!callback_) return;
    const std::scoped_lock lock(mutex_);
    callback_({"simulate", ++done_, total_, format_date(date)});
  }

 private:
  const ProgressCallback& callback_;
  std::size_t total_;
  std::size_t done_{0};
  std::mutex mutex_;
};

/// How a project year of a parallel run begins: as if every year cycled like the first.
struct EstimatedYear {
  BatteryState battery;             ///< at half charge
  std::vector<double> replaced_at;  ///< parts of the year
  bool augmented{false};            ///< the year's lots are in
  int replaced_at_start{0};         ///< events that the state holds already and nobody has counted
};

EstimatedYear at_half_charge(EstimatedYear year) {
  BatteryState& battery = year.battery;
  battery.stored_energy_mwh = std::clamp(0.5 * battery.limits.capacity_mwh, battery.limits.energy_min_mwh, battery.limits.energy_max_mwh);
  battery.clamp_loss_mwh = battery.replacement_step_mwh = 0.0;
  return year;
}

/// Strategy `lp` holds capacity and efficiency all year: end of life, too, is seen at its end.
std::vector<EstimatedYear> estimate_whole_years(const SimulationInput& input, const YearlyUse& use, int life) {
  const BatterySpec& spec = input.site.battery;
  BatteryState battery = new_battery(spec, 0.5);
  std::vector<EstimatedYear> years;
  for (int y = 0; y < input.run.years; ++y) {
    EstimatedYear year{.battery = battery, .replaced_at = {}};
    if (y > 0 && replacement_due(spec, battery, 12.0 * (life - y))) {
      replace(spec, battery);
      year = {.battery = battery, .replaced_at = {}, .replaced_at_start = 1};
    }
    years.push_back(at_half_charge(std::move(year)));
    for (const Augmentation& lot : spec.augmentation) {
      if (lot.project_year == y + 1) augment(spec, battery, lot.capacity_mwh);
    }
    age_alike(spec, battery, use, 1.0);
    update_limits(spec, battery);
  }
  return years;
}

std::vector<EstimatedYear> estimate_years(const SimulationInput& input, const YearlyUse& use) {
  const int life = input.site.project_life_years > 0 ? input.site.project_life_years : input.run.years;
  if (info_of(input.run.strategy).span == WindowSpan::year) return estimate_whole_years(input, use, life);
  const ForecastRequest request{1, input.run.years, life, use};
  std::vector<EstimatedYear> years;
  for (ForecastYear& year : forecast_years(input.site.battery, new_battery(input.site.battery, 0.5), request))
    years.push_back(at_half_charge({std::move(year.start), std::move(year.replaced_at), true}));
  return years;
}

Stretch whole_run(const SimulationInput& input) {
  return {0, input.timeline->year_first_day[static_cast<std::size_t>(input.run.years)], WindowEnd::simulation, 0.0};
}

Stretch one_year(const SimulationInput& input, int year, double closing_energy_mwh) {
  const auto y = static_cast<std::size_t>(year);
  return {input.timeline->year_first_day[y], input.timeline->year_first_day[y + 1], WindowEnd::closed, closing_energy_mwh};
}

void run_sequential(const SimulationInput& input, const InformationView& view, const ProgressCallback& progress,
                    const CancellationToken* cancel, SimulationResult& result) {
  const Stretch stretch = whole_run(input);
  ProgressCounter counter(progress, windows_of(input, stretch));
  RunState state = initial_state(input);
  Runner runner(input, view, result, cancel);
  runner.run(state, stretch, [&](LocalDate date) { counter.step(date); });
  merge(result.provenance, runner.provenance());
  result.warnings.append(runner.warnings());
  result.final_state = state.battery;
}

void run_parallel_years(const SimulationInput& input, const InformationView& view, const ProgressCallback& progress,
                        const CancellationToken* cancel, SimulationResult& result) {
  const int years = input.run.years;
  std::int64_t windows = 0;
  for (int y = 0; y < years; ++y) windows += windows_of(input, one_year(input, y, 0.0));
  ProgressCounter counter(progress, windows);
  std::vector<Provenance> provenance(static_cast<std::size_t>(years));
  std::vector<Issues> warnings(static_cast<std::size_t>(years));
  std::vector<BatteryState> ends(static_cast<std::size_t>(years));
  std::vector<EstimatedYear> life(1);
  auto run_year = [&](int y) {
    const EstimatedYear& estimate = life[static_cast<std::size_t>(y)];
    YearRecord& record = result.year[static_cast<std::size_t>(y)];
    RunState state;
    state.battery = y == 0 ? new_battery(input.site.battery, 0.5) : estimate.battery;
    Runner runner(input, view, result, cancel);
    if (y > 0) {
      runner.follow_estimate(y, estimate.augmented, estimate.replaced_at);
      record.replacement_events += estimate.replaced_at_start;
      for (const Augmentation& lot : input.site.battery.augmentation) {
        if (estimate.augmented && lot.project_year == y + 1) record.augmentation_cost_eur += lot.cost_eur;
      }
    }
    runner.run(state, one_year(input, y, state.battery.stored_energy_mwh), [&](LocalDate date) { counter.step(date); });
    provenance[static_cast<std::size_t>(y)] = runner.provenance();
    warnings[static_cast<std::size_t>(y)] = runner.warnings();
    ends[static_cast<std::size_t>(y)] = state.battery;
  };
  run_year(0);
  life = estimate_years(input, mean_use({result.year.data(), 1}));
  parallel_for(static_cast<std::size_t>(years - 1), input.run.workers, [&](std::size_t i) { run_year(static_cast<int>(i) + 1); });
  for (int y = 0; y < years; ++y) {
    merge(result.provenance, provenance[static_cast<std::size_t>(y)]);
    result.warnings.append(warnings[static_cast<std::size_t>(y)]);
  }
  result.provenance.single_year_estimate = true;
  result.final_state = ends.back();
  result.final_state.replacement_events = 0;
  for (const YearRecord& year : result.year) result.final_state.replacement_events += year.replacement_events;
}

void add_notices(const SimulationInput& input, SimulationResult& result) {
  const MarketSet& markets = input.run.markets;
  if (!markets.any_energy() && markets.any_reserve()) {
    result.warnings.warning("energy_unpriced", "/run/enabled_markets",
                            "no energy market is enabled: charging and discharging are free in the optimisation");
  }
  if (input.timeline->years_repeated) {
    result.warnings.warning("price_years_repeated", "/run/scenario_id", "price years were repeated or stand in for other years");
  }
}

}  // namespace

PriceSource price_source(const SimulationInput& input) {
  return {
      .prices = input.prices, .timeline = *input.timeline, .markets = input.run.markets, .trend_per_year = input.run.price_trend_per_year};
}

SettlementTerms settlement_terms(const SimulationInput& input) {
  return {.timeline = *input.timeline,
          .generation = input.site.generation,
          .import_fee_eur_per_mwh = input.site.import_fee_eur_per_mwh,
          .export_fee_eur_per_mwh = input.site.export_fee_eur_per_mwh,
          .markets = input.run.markets,
          .capture = input.run.capture,
          .auxiliary_power_mw = input.site.auxiliary_power_mw,
          .wear_cost_eur_per_mwh = input.run.wear_cost_eur_per_mwh,
          .keep_series = input.run.keep_series};
}

SimulationResult simulate(const SimulationInput& input, const ProgressCallback& progress, const CancellationToken* cancel) {
  BESS_ASSERT(input.timeline != nullptr);
  return simulate(input, RealisedView(price_source(input)), progress, cancel);
}

SimulationResult simulate(const SimulationInput& input, const InformationView& view, const ProgressCallback& progress,
                          const CancellationToken* cancel) {
  BESS_ASSERT(input.timeline != nullptr);
  BESS_ASSERT(input.run.years >= 1 && input.run.years <= input.timeline->years());
  SimulationResult result;
  result.timeline = input.timeline;
  result.markets = input.run.markets;
  result.years = input.run.years;
  result.quarters = input.timeline->year_first_quarter[static_cast<std::size_t>(input.run.years)];
  result.year.assign(static_cast<std::size_t>(input.run.years), {});
  const SettlementTerms terms = settlement_terms(input);
  open_books(terms, input.run.years, result);
  add_notices(input, result);
  if (input.run.parallel_years && input.run.years > 1) {
    run_parallel_years(input, view, progress, cancel, result);
  } else {
    run_sequential(input, view, progress, cancel, result);
  }
  if (input.run.compare_to_bound) add_bounds(input, cancel, result);
  pay_banked_subsidy(terms, result);
  return result;
}

}  // namespace bess
