#include "service/runs/simulate.h"

#include <algorithm>

#include "report/heatmap.h"
#include "service/answers/simulation_answer.h"

namespace bess::service {

namespace {

report::ReportInput report_input(const PreparedSimulation& prepared, const SimulationInput& input, const SimulationResult& result) {
  return {.simulation = input,
          .result = result,
          .economics = prepared.economics,
          .title = prepared.title,
          .description = prepared.description,
          .input_hash = prepared.input_hash};
}

/// Money of a part of the site in the same run.
PartOfSite simulate_part(const PreparedSimulation& prepared, SimulationInput input, const CancellationToken* cancel) {
  input.run.keep_series = false;
  input.run.compare_to_bound = false;
  const SimulationResult result = simulate(input, {}, cancel);
  const report::Summary summary = report::make_summary(report_input(prepared, input, result));
  return {.total_revenue_eur = summary.financial.revenue.lines.total_eur(),
          .grid_cost_eur = summary.financial.grid_cost_eur,
          .net_revenue_eur = summary.financial.net_revenue_eur,
          .curtailed_mwh = summary.operational.curtailed_mwh};
}

/// With a battery of no power and no capacity.
PartOfSite simulate_without_battery(const PreparedSimulation& prepared, const CancellationToken* cancel) {
  SimulationInput input = prepared.input;
  BatterySpec& battery = input.site.battery;
  battery.nominal_capacity_mwh = 0.0;
  battery.power_mw = 0.0;
  battery.ramp_mw_per_period = 0.0;
  battery.augmentation.clear();
  return simulate_part(prepared, std::move(input), cancel);
}

PartOfSite simulate_battery_alone(const PreparedSimulation& prepared, const CancellationToken* cancel) {
  SimulationInput input = prepared.input;
  input.site.generation = {};
  return simulate_part(prepared, std::move(input), cancel);
}

void add_each_once(std::vector<Issue>& out, const std::vector<Issue>& more) {
  for (const Issue& issue : more) {
    if (issue.severity == Severity::error) continue;
    const bool known = std::any_of(out.begin(), out.end(), [&](const Issue& i) {
      return i.code == issue.code && i.path == issue.path && i.file == issue.file && i.row == issue.row && i.column == issue.column;
    });
    if (!known) out.push_back(issue);
  }
}

}  // namespace

SimulationAnswer run_simulation(std::shared_ptr<const PreparedSimulation> prepared, const ProgressCallback& progress,
                                const CancellationToken* cancel) {
  SimulationAnswer answer;
  answer.result = simulate(prepared->input, progress, cancel);
  answer.summary = report::make_summary(report_input(*prepared, prepared->input, answer.result));
  if (prepared->compare_without_battery) {
    answer.without_battery = simulate_without_battery(*prepared, cancel);
    if (prepared->input.site.generation.any()) answer.battery_alone = simulate_battery_alone(*prepared, cancel);
  }
  add_each_once(answer.warnings, prepared->warnings.all());
  add_each_once(answer.warnings, answer.summary.warnings);
  answer.prepared = std::move(prepared);
  return answer;
}

bool write_response(const SimulationAnswer& answer, const ResponseOptions& options, const TextSink& sink) {
  return write_answer(SimulationResponse{.answer = &answer, .options = options}, sink);
}

std::string response_text(const SimulationAnswer& answer, const ResponseOptions& options) {
  std::string text;
  write_response(answer, options, [&text](std::string_view part) {
    text += part;
    return true;
  });
  return text;
}

std::string heatmap_page(const SimulationAnswer& answer) { return report::heatmap_html(answer.summary, answer.result); }

}  // namespace bess::service
