#include "service/runs/input_hash.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "market/product.h"
#include "service/options/option_json.h"
#include "service/runs/simulate.h"

namespace bess::service {

namespace {

void add(Hash& hash, std::span<const double> values) {
  hash.add(static_cast<std::uint64_t>(values.size()));
  hash.add(values);
}

void append_options(const OptionSlots& slots, const std::string& pointer, std::string& out) {
  for (const OptionSlot& slot : slots) {
    const std::string at = child_pointer(pointer, slot.name);
    if (const auto* record = std::get_if<RecordSlot>(&slot.target)) {
      append_options(record->fields(), at, out);
    } else if (const auto* list = std::get_if<RecordListSlot>(&slot.target)) {
      for (std::size_t i = 0; i < list->size(); ++i) append_options(list->fields(i), child_pointer(at, i), out);
    } else {
      BESS_ASSERT(slot.info.stage != Stage::unstated);
      if (slot.info.stage != Stage::dispatch && slot.info.stage != Stage::finance) continue;
      out += at;
      out += ' ';
      write_slot(slot).dump_to(out);
      out += '\n';
    }
  }
}

/// The request with what its absent options mean in this simulation. An option that is given stays as it was given.
SimulationRequest resolved(SimulationRequest request, const PreparedSimulation& prepared) {
  RunOptions& run = request.run;
  const RunSpec& spec = prepared.input.run;
  const bool imbalance_asked = market_set(run).has(Market::imbalance);
  run.simulation_years = spec.years;
  run.execute_days = spec.execute_days;
  if (imbalance_asked && !run.imbalance_allowed) run.imbalance_allowed = spec.markets.has(Market::imbalance);
  run.enabled_markets.clear();
  for (const Market m : all_markets) {
    if (spec.markets.has(m)) run.enabled_markets.push_back(m);
  }
  if (!run.generation_market) {
    const auto traded = std::ranges::find_if(energy_markets, [&spec](Market m) { return spec.markets.has(m); });
    run.generation_market = traded == energy_markets.end() ? Market::day_ahead : *traded;
  }
  ProjectOptions& params = request.params;
  params.grid_contracted_tariff_eur_per_kw_year = prepared.economics.grid.contracted_eur_per_kw_year;
  params.grid_peak_tariff_eur_per_kw_month = prepared.economics.grid.monthly_peak_eur_per_kw_month;
  return request;
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

/// Series that come with the request or from profiles, on the project's quarter-hours.
void add_series(Hash& hash, const SiteSpec& site) {
  hash.add("series");
  for (const auto* column : {&site.generation.solar_mw, &site.generation.wind_mw, &site.import_limit_factor, &site.export_limit_factor})
    add(hash, *column);
}

void add_prices(Hash& hash, const MarketSet& traded, const PriceSet& prices) {
  MarketSet read = traded;
  read.add(Market::day_ahead);
  hash.add("prices");
  for (const Market m : all_markets) {
    if (!read.has(m)) continue;
    for (const PriceColumn column : columns_of(m)) {
      if (!prices.has(column)) continue;
      hash.add(to_string(column));
      add(hash, prices.values(column));
    }
  }
}

}  // namespace

std::string deciding_options(const OptionSlots& slots, const std::string& pointer) {
  std::string out;
  append_options(slots, pointer, out);
  return out;
}

std::string input_hash(const SimulationRequest& request, const PreparedSimulation& prepared) {
  SimulationRequest known = resolved(request, prepared);
  Hash hash;
  hash.add(deciding_options(project_slots(known.params), "/params"));
  hash.add(deciding_options(run_slots(known.run), "/run"));
  add_timeline(hash, *prepared.input.timeline, prepared.input.prices);
  add_series(hash, prepared.input.site);
  add_prices(hash, prepared.input.run.markets, prepared.input.prices);
  return hash.hex();
}

}  // namespace bess::service
