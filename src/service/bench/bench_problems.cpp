// Where the problems of the speed table come from.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dispatch/window/tolerances.h"
#include "market/sample.h"
#include "service/bench/bench.h"
#include "service/data/sources.h"
#include "service/runs/simulate.h"
#include "simulation/run.h"
#include "simulation/windows.h"

namespace bess::service {

namespace {

constexpr int sample_year = 2023;  // 365 days: 35,040 quarter-hours
constexpr int quarters_per_day = 96;
constexpr int quarters_per_year = 35'040;
constexpr std::uint64_t sample_seed = 1;

/// 10 MW / 20 MWh on an ample connection; every option else at its default.
SimulationRequest plain_request(const PriceSet& prices) {
  SimulationRequest request;
  ProjectOptions& p = request.params;
  const MarketCalendar calendar = MarketCalendar::for_country(prices.country);
  const LocalDate first = calendar.local_date(prices.start);
  p.title = "bench";
  p.start_project = fmt::format("{:04}-01-01", static_cast<int>(first.year()));
  p.project_life_years = 25;
  p.capacity_mwh = 20;
  p.power_mw = 10;
  p.grid_charging_capacity_mw = 20;
  p.grid_discharging_capacity_mw = 20;
  request.run.simulation_years = 1;
  request.run.imbalance_allowed = true;
  request.run.enabled_markets.assign(all_markets.begin(), all_markets.end());
  return request;
}

PreparedSimulation prepared(const SimulationRequest& request, const BenchData& data) {
  SimulationSources sources;
  sources.prices = data.prices;
  Expected<PreparedSimulation> ready = prepare_simulation(request, std::move(sources), {.workers = 1, .keep_series = false});
  if (!ready) throw Exception(ready.issues().all().front().code, ready.issues().all().front().message);
  return std::move(*ready);
}

/// Up to `wanted` windows of `days` local days, spread over the first project year; days with a clock change are left out so that
/// all have one length.
std::vector<dispatch::WindowProblem> spread_windows(const SimulationInput& input, int days, int wanted) {
  std::vector<dispatch::WindowProblem> windows;
  const RunState state = initial_state(input);
  const RealisedView view(price_source(input));
  const auto& calendar = input.timeline->days;
  const int last = input.timeline->year_first_day.at(1) - days;
  const int step = std::max(1, last / (wanted + 2));
  for (int day = 0; day <= last && std::ssize(windows) < wanted; day += step) {
    int quarters = 0;
    for (int i = 0; i < days; ++i) quarters += calendar[static_cast<std::size_t>(day + i)].quarters;
    if (quarters != days * quarters_per_day) continue;
    const std::int32_t first = calendar[static_cast<std::size_t>(day)].first_quarter;
    windows.push_back(make_window(input, view, state, {.at = first, .first = first, .count = quarters}, WindowEnd::inner));
  }
  return windows;
}

struct ShapeOfTable {
  const char* name;
  std::vector<int> days;
  bool year{false};
  std::function<void(SimulationRequest&)> change;
};

std::vector<ShapeOfTable> shapes_of(const BenchData& data) {
  const auto keep = [](std::initializer_list<Market> markets) {
    return [list = std::vector<Market>(markets)](SimulationRequest& r) { r.run.enabled_markets = list; };
  };
  std::vector<ShapeOfTable> shapes;
  shapes.push_back({"battery, day-ahead", {3, 7}, false, keep({Market::day_ahead})});
  shapes.push_back({"battery, three energy markets", {3}, false, keep({Market::day_ahead, Market::intraday, Market::imbalance})});
  shapes.push_back({"five markets", {3, 7}, true, [](SimulationRequest&) {}});
  shapes.push_back(
      {"five markets, netted positions", {3}, false, [](SimulationRequest& r) { r.run.cross_market = dispatch::CrossMarket::netted; }});
  shapes.push_back({"five markets, cycle budget, ramp", {3}, false, [](SimulationRequest& r) {
                      r.run.max_cycles_per_day = 1.5;
                      r.params.ramp_rate_percent = 2;
                    }});
  if (data.prices.has(PriceColumn::solar_mw)) {
    shapes.push_back({"five markets, solar, import fee", {3}, false, [](SimulationRequest& r) {
                        r.params.solar_capacity_mw = 12;
                        r.params.grid_charging_capacity_mw = 8;
                        r.params.grid_discharging_capacity_mw = 8;
                        r.params.grid_transported_energy_eur_per_mwh = 5;
                      }});
  }
  return shapes;
}

FileMapping mapped(TableKind table, std::map<std::string, std::string> columns, std::map<std::string, std::string> units = {}) {
  FileMapping mapping;
  mapping.table = table;
  mapping.columns = std::move(columns);
  mapping.time_zone = "UTC";
  mapping.units = std::move(units);
  return mapping;
}

}  // namespace

BenchData bench_sample() { return {"sample", make_sample_prices(sample_seed, sample_year)}; }

Expected<BenchData> bench_files(const std::filesystem::path& directory) {
  // Dutch day-ahead, imbalance and FCR; a German quarter-hour auction and aFRR capacity stand in where there is no Dutch series.
  ImportOptions options;
  options.country = "NL";
  options.mapping = {
      {"nl_day_ahead_2024_2025.csv",
       mapped(TableKind::price, {{"timestamp", "timestamp_utc"}, {"day_ahead", "day_ahead_price_eur_per_mwh"}})},
      {"de_auction_15min_2024.csv",
       mapped(TableKind::price, {{"timestamp", "timestamp_utc"}, {"intraday", "auction_15min_price_eur_per_mwh"}})},
      {"nl_imbalance_2024.csv", mapped(TableKind::price, {{"timestamp", "timestamp_utc"},
                                                          {"imbalance_take", "imbalance_price_short_eur_per_mwh"},
                                                          {"imbalance_feed", "imbalance_price_long_eur_per_mwh"}})},
      {"fcr_capacity_2024.csv",
       mapped(TableKind::fcr,
              {{"timestamp", "block_start_utc"}, {"timestamp_end", "block_end_utc"}, {"fcr_price", "nl_price_eur_per_mw_per_block"}},
              {{"fcr_price", "EUR/MW/block"}})},
      {"de_fcr_afrr_capacity_2024.csv", mapped(TableKind::afrr, {{"timestamp", "block_start_utc"},
                                                                 {"timestamp_end", "block_end_utc"},
                                                                 {"afrr_up_price", "afrr_up_avg_price_eur_per_mw_per_h"},
                                                                 {"afrr_down_price", "afrr_down_avg_price_eur_per_mw_per_h"}})},
  };
  std::vector<std::filesystem::path> paths;
  for (const auto& [name, mapping] : options.mapping) paths.push_back(directory / name);
  Expected<SourceSet> files = read_sources(paths);
  if (!files) return files.issues();
  Expected<LoadedPrices> loaded = load_prices(*files, options, "files of 2024");
  if (!loaded) return loaded.issues();
  return BenchData{"files 2024", std::move(loaded->prices)};
}

std::vector<BenchWindows> bench_windows(const BenchData& data, bool quick) {
  const int wanted = quick ? 4 : 64;
  std::vector<BenchWindows> sets;
  for (const ShapeOfTable& shape : shapes_of(data)) {
    SimulationRequest request = plain_request(data.prices);
    shape.change(request);
    const PreparedSimulation ready = prepared(request, data);
    for (const int days : shape.days) sets.push_back({data.name, shape.name, spread_windows(ready.input, days, wanted)});
    if (shape.year && !quick) {
      const RunState state = initial_state(ready.input);
      const RealisedView view(price_source(ready.input));
      sets.push_back({data.name,
                      shape.name,
                      {make_window(ready.input, view, state, {.at = 0, .first = 0, .count = quarters_per_year}, WindowEnd::simulation)}});
    }
  }
  return sets;
}

std::vector<BenchProgram> bench_programs(bool quick) {
  using enum BenchProgram;
  if (quick) return {year_rolling};
  return {year_lp, year_lp_exclusive, year_rolling, rolling_25_time_shared, rolling_25_exclusive, rolling_25_with_imbalance};
}

namespace {

struct ProgramSetting {
  const char* what;
  int years;
  Strategy strategy;
  dispatch::Direction direction;
  bool imbalance;
};

ProgramSetting setting_of(BenchProgram program) {
  using enum dispatch::Direction;
  switch (program) {
    case BenchProgram::year_lp:
      return {"lp, time_shared, five markets", 1, Strategy::lp, time_shared, true};
    case BenchProgram::year_lp_exclusive:
      return {"lp, exclusive, without imbalance", 1, Strategy::lp, exclusive, false};
    case BenchProgram::year_rolling:
      return {"rolling_lp, exclusive, without imbalance", 1, Strategy::rolling_lp, exclusive, false};
    case BenchProgram::rolling_25_time_shared:
      return {"rolling_lp, time_shared, five markets", 25, Strategy::rolling_lp, time_shared, true};
    case BenchProgram::rolling_25_exclusive:
      return {"rolling_lp, exclusive, without imbalance", 25, Strategy::rolling_lp, exclusive, false};
    case BenchProgram::rolling_25_with_imbalance:
      return {"rolling_lp, exclusive, five markets", 25, Strategy::rolling_lp, exclusive, true};
  }
  return {};
}

std::string program_failure(const ProgramRow& row, const Provenance& p) {
  if (!(p.worst_certificate_gap <= dispatch::tolerance::accepted_gap))
    return fmt::format("certificate gap {:.1e}", p.worst_certificate_gap);
  if (!(p.energy_balance_residual_mwh <= 1e-6)) return fmt::format("energy balance off by {:.1e} MWh", p.energy_balance_residual_mwh);
  const bool within_bound = row.total_revenue_eur < p.total_bound_eur * (1.0 + 1e-6) || p.total_bound_eur == 0.0;
  if (!within_bound) return "earns more than its bound";
  return {};
}

}  // namespace

ProgramRow bench_program(const BenchData& data, BenchProgram program, const BenchOptions& options) {
  const ProgramSetting setting = setting_of(program);
  SimulationRequest request = plain_request(data.prices);
  request.run.simulation_years = setting.years;
  request.run.strategy = setting.strategy;
  request.run.direction = setting.direction;
  if (!setting.imbalance) std::erase(request.run.enabled_markets, Market::imbalance);

  const BenchTime start = options.clock();
  auto ready = std::make_shared<const PreparedSimulation>(prepared(request, data));
  const SimulationAnswer answer = run_simulation(std::move(ready), {}, options.cancel);
  const std::string text = response_text(answer, {});
  const BenchTime end = options.clock();

  const Provenance& p = answer.result.provenance;
  ProgramRow row;
  row.data = data.name;
  row.what = setting.what;
  row.years = setting.years;
  row.wall_s = end.wall_s - start.wall_s;
  row.thread_cpu_s = end.thread_cpu_s - start.thread_cpu_s;
  row.windows = static_cast<double>(p.windows);
  row.lps_per_window = static_cast<double>(p.lps) / static_cast<double>(std::max<std::int64_t>(1, p.windows));
  row.mean_gap = p.total_bound_eur > 0 ? p.total_direction_gap_eur / p.total_bound_eur : 0.0;
  row.worst_gap = p.worst_direction_gap;
  row.certificate_gap = p.worst_certificate_gap;
  row.fallbacks = static_cast<double>(p.fallbacks);
  row.total_revenue_eur = answer.summary.financial.revenue.lines.total_eur();
  row.failure = text.empty() ? "no response" : program_failure(row, p);
  return row;
}

}  // namespace bess::service
