#include "report/provenance.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/version.h"
#include "report/summary_fields.h"

namespace bess::report {

namespace {

void add(Hash& hash, std::span<const double> values) {
  hash.add(static_cast<std::uint64_t>(values.size()));
  hash.add(values);
}

template <class... Numbers>
void add_numbers(Hash& hash, Numbers... numbers) {
  (hash.add(static_cast<double>(numbers)), ...);
}

void add_battery(Hash& hash, const BatterySpec& b) {
  add_numbers(hash, b.nominal_capacity_mwh, b.power_mw, b.min_state_of_charge, b.max_state_of_charge, b.round_trip_efficiency,
              b.availability, b.ramp_mw_per_period, b.no_replacement_last_months);
  const DegradationSpec& d = b.degradation;
  add_numbers(hash, d.fade_per_cycle, d.fade_per_year, d.efficiency_fade_per_cycle, d.lifetime_cycles, d.end_of_life_soh);
  for (const Augmentation& lot : b.augmentation) add_numbers(hash, lot.project_year, lot.capacity_mwh, lot.cost_eur);
}

void add_subsidy(Hash& hash, const SubsidyInput& s) {
  add(hash, s.rate_eur_per_mwh);
  add(hash, s.max_subsidised_mwh);
  add(hash, s.year_rate_eur_per_mwh);
  add_numbers(hash, s.self_charge, s.bank_share);
}

void add_site(Hash& hash, const SiteSpec& site) {
  hash.add("site");
  add_battery(hash, site.battery);
  add_numbers(hash, site.connection.import_limit_mw, site.connection.export_limit_mw, site.auxiliary_power_mw, site.project_life_years);
  for (const auto* column : {&site.import_limit_factor, &site.export_limit_factor, &site.generation.solar_mw, &site.generation.wind_mw,
                             &site.import_fee_eur_per_mwh, &site.export_fee_eur_per_mwh, &site.peak_tariff_eur_per_mw}) {
    add(hash, *column);
  }
  add_subsidy(hash, site.generation.solar_subsidy);
  add_subsidy(hash, site.generation.wind_subsidy);
}

void add_run(Hash& hash, const RunSpec& run) {
  hash.add("run");
  for (const Market m : all_markets) add_numbers(hash, run.markets.has(m));
  add_numbers(hash, static_cast<int>(run.strategy), run.years, run.foresight_days, run.execute_days,
              static_cast<int>(run.dispatch.direction), run.dispatch.search.gap, run.dispatch.search.max_lps, run.dispatch.reserve_step_mw,
              static_cast<int>(run.dispatch.stage1_recourse), static_cast<int>(run.solver), static_cast<int>(run.cross_market),
              run.generation_market ? static_cast<int>(*run.generation_market) : -1, run.generation_in_dispatch);
  for (const Product p : reserve_products) add_numbers(hash, run.reserve_duties[p].hours, run.reserve_duties[p].power_factor);
  add_numbers(hash, run.wear_cost_eur_per_mwh, run.max_cycles_per_day, run.position_cap_factor);
  add(hash, run.max_mw.values);
  add(hash, run.capture.values);
  add(hash, run.price_trend_per_year.values);
  add_numbers(hash, run.initial_state_of_charge, static_cast<int>(run.terminal), run.terminal_state_of_charge, run.parallel_years,
              run.compare_to_bound);
}

void add_economics(Hash& hash, const ProjectEconomics& p) {
  hash.add("economics");
  const finance::Economics& e = p.economics;
  add_numbers(hash, p.life_years, e.discount_rate, e.inflation, static_cast<int>(e.timing), e.capex_eur, e.opex_eur_per_year,
              e.replacement_cost_eur, e.replacement_cost_decline, e.optimiser_fee, e.grid_yearly_increase, e.solar_subsidy_years,
              e.wind_subsidy_years);
  for (const finance::AugmentationCost& lot : e.augmentation) add_numbers(hash, lot.project_year, lot.cost_eur);
  add_numbers(hash, p.grid.standing_charge_eur_per_year, p.grid.contracted_eur_per_kw_year, p.grid.monthly_peak_eur_per_kw_month,
              p.grid.yearly_increase, p.grid.contracted_mw, p.grid.maximum_mw.value_or(-1.0), p.energy_tax_eur_per_mwh);
}

void add_timeline(Hash& hash, const ProjectTimeline& timeline, const PriceSet& prices) {
  hash.add("time");
  hash.add(static_cast<std::uint64_t>(timeline.start.time_since_epoch().count()));
  hash.add(static_cast<std::uint64_t>(timeline.quarters));
  for (const int year : timeline.data_year_of_project_year) hash.add(static_cast<std::uint64_t>(year));
  hash.add(static_cast<std::uint64_t>(prices.start.time_since_epoch().count()));
  hash.add(static_cast<std::uint64_t>(prices.quarters));
  hash.add(static_cast<std::uint64_t>(static_cast<std::int64_t>(prices.day_ahead_quarter_products_from)));
  hash.add(prices.country);
}

template <class Visit>
void for_used_columns(const ReportInput& input, Visit&& visit) {
  for (const Market m : all_markets) {
    if (!input.result.markets.has(m)) continue;
    for (const PriceColumn column : columns_of(m)) {
      if (input.simulation.prices.has(column)) visit(column);
    }
  }
}

}  // namespace

std::string input_hash(const ReportInput& input) {
  Hash hash;
  add_site(hash, input.simulation.site);
  add_run(hash, input.simulation.run);
  add_economics(hash, input.economics);
  add_timeline(hash, *input.result.timeline, input.simulation.prices);
  hash.add("prices");
  for_used_columns(input, [&](PriceColumn column) {
    hash.add(to_string(column));
    add(hash, input.simulation.prices.values(column));
  });
  return hash.hex();
}

ProvenanceSummary make_provenance(const ReportInput& input) {
  const RunSpec& run = input.simulation.run;
  const SimulationResult& result = input.result;
  ProvenanceSummary p;
  p.engine_version = engine_version();
  p.solver = solver_names[static_cast<std::size_t>(run.solver)];
  p.strategy = to_string(run.strategy);
  p.direction = direction_names[static_cast<std::size_t>(run.dispatch.direction)];
  const bool netted = run.cross_market == dispatch::CrossMarket::netted || info_of(run.strategy).netted;
  p.cross_market = cross_market_names[netted ? 1 : 0];
  p.country = input.simulation.prices.country;
  p.price_set = input.simulation.prices.name;
  p.input_hash = input_hash(input);
  for (const Market m : all_markets) {
    if (result.markets.has(m)) p.markets.emplace_back(to_string(m));
  }
  p.project_start = format_instant(result.timeline->start);
  p.project_end = format_instant(result.timeline->instant(result.quarters));
  p.simulated_years = result.years;
  p.foresight_days = run.foresight_days;
  p.execute_days = run.execute_days;
  p.synthetic_prices = input.simulation.prices.synthetic;
  p.price_years_repeated = result.timeline->years_repeated;
  const std::vector<int>& data_years = result.timeline->data_year_of_project_year;
  p.data_years.assign(data_years.begin(), data_years.begin() + std::min<std::ptrdiff_t>(result.years, std::ssize(data_years)));
  p.run = result.provenance;
  p.worst_gap = std::max(result.provenance.worst_certificate_gap, result.provenance.worst_direction_gap);
  if (result.provenance.total_bound_eur != 0.0) {
    p.total_direction_gap = result.provenance.total_direction_gap_eur / std::abs(result.provenance.total_bound_eur);
  }
  for_used_columns(input, [&](PriceColumn column) {
    p.data_quality.push_back({std::string(to_string(column)), input.simulation.prices.quality[static_cast<std::size_t>(column)]});
  });
  return p;
}

}  // namespace bess::report
