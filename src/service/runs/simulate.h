#pragma once
// The use case of the program: a request and its data in, a settled, valued and told simulation out.
//
//   parse_request → sources (sample, files, store) → prepare_simulation → run_simulation → write_response / text / files
//
// Everything that can be wrong with the input is found before run_simulation starts. Thread-safe: plain values and pure functions, so
// many requests may be prepared and run at once.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "generation/production.h"
#include "report/report_input.h"
#include "report/summary.h"
#include "service/answers/answer_json.h"
#include "service/data/exports.h"
#include "service/json.h"
#include "service/options/options.h"
#include "simulation/simulation.h"

namespace bess {
class Store;
}

namespace bess::service {

/// The data a request needs.
struct SimulationSources {
  PriceSet prices;
  std::shared_ptr<const ProductionSeries> solar, wind;                     ///< null: none
  std::shared_ptr<const ProductionSeries> import_limit{}, export_limit{};  ///< what the connection gives, MW; null: always its capacity
  Issues warnings;                                                         ///< of reading them
};

/// Scenario and profiles of the request, from the store. Codes: required (/run/scenario_id), not_found. With `prices_elsewhere` only the
/// profiles.
[[nodiscard]] Expected<SimulationSources> sources_from_store(const RunOptions& run, Store& store, bool prices_elsewhere = false);

struct PrepareOptions {
  std::size_t workers{1};   ///< threads for parallel years
  bool keep_series{false};  ///< keep the quarter-hour columns (needed for the time series)
};

/// Ready to run. Borrowing nothing; may be moved to another thread.
struct PreparedSimulation {
  SimulationInput input;
  report::ProjectEconomics economics;
  std::string title, description;
  bool yearly_summary{false};
  bool compare_without_battery{false};
  std::string input_hash;  ///< input_hash.h
  Issues warnings;
};

/// Brings a valid request and its data together: time line, markets, generation, subsidy, fees. Codes: market_data_missing, no_market,
/// incomplete_year, required, gap, out_of_range, time_zone; warnings imbalance_not_allowed, start_moved, negative_production, ….
[[nodiscard]] Expected<PreparedSimulation> prepare_simulation(const SimulationRequest& request, SimulationSources sources,
                                                              const PrepareOptions& options = {});

/// A part of the site behind the same connection in the same run: what it would earn alone.
struct PartOfSite {
  double total_revenue_eur{0};
  double grid_cost_eur{0};
  double net_revenue_eur{0};
  double curtailed_mwh{0};
};

struct SimulationAnswer {
  std::shared_ptr<const PreparedSimulation> prepared;
  SimulationResult result;
  report::Summary summary;
  std::optional<PartOfSite> without_battery;  ///< compare_without_battery
  std::optional<PartOfSite> battery_alone;    ///< the same, where there is generation
  std::vector<Issue> warnings;                ///< of request, data and run, each once
};

/// Throws Cancelled, or bess::Exception("infeasible_window").
[[nodiscard]] SimulationAnswer run_simulation(std::shared_ptr<const PreparedSimulation> prepared, const ProgressCallback& progress = {},
                                              const CancellationToken* cancel = nullptr);

struct ResponseOptions {
  const SeriesExport* timeseries{nullptr};  ///< a row with in_answer; null: the answer holds no series
  bool heatmap{false};
  double simulation_time_seconds{0};  ///< measured by the caller
};

/// The response of POST /simulate as JSON text, in parts of about 64 kB, so that long series are never held as a whole. False when the
/// sink said stop.
bool write_response(const SimulationAnswer& answer, const ResponseOptions& options, const TextSink& sink);
[[nodiscard]] std::string response_text(const SimulationAnswer& answer, const ResponseOptions& options);

[[nodiscard]] std::string heatmap_page(const SimulationAnswer& answer);

}  // namespace bess::service
