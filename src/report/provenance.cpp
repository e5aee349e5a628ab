#include "report/provenance.h"

#include <algorithm>
#include <cmath>

#include "base/version.h"
#include "report/summary_fields.h"

namespace bess::report {

namespace {

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
  p.input_hash = input.input_hash;
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
