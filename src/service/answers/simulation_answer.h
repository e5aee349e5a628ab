#pragma once
// The answer of a simulation, described once (base/answer.h): POST /simulate, GET /jobs/{id}/result and `bess simulate --json` write it.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue_fields.h"
#include "report/summary_fields.h"
#include "service/answers/answer_json.h"
#include "service/answers/answer_schema.h"
#include "service/runs/simulate.h"

namespace bess::service {

constexpr AnswerRecord answer_record(const PartOfSite& /*record*/) {
  return {"PartOfSite", "What a part of the site earns, simulated years"};
}
template <class Visitor>
void describe(const PartOfSite& p, Visitor&& field) {
  field("total_revenue_eur", p.total_revenue_eur, "EUR", "markets and subsidies");
  field("grid_cost_eur", p.grid_cost_eur, "EUR", "grid charges, energy fees and energy tax");
  field("net_revenue_eur", p.net_revenue_eur, "EUR", "revenue less operation and grid costs");
  field("curtailed_mwh", p.curtailed_mwh, "MWh", "own generation not taken");
}

/// What the battery adds to the site.
struct Comparison {
  PartOfSite without_battery;
  std::optional<PartOfSite> battery_alone;
  PartOfSite battery_adds;
};
constexpr AnswerRecord answer_record(const Comparison& /*record*/) { return {"Comparison", "The site with and without its battery"}; }
template <class Visitor>
void describe(const Comparison& c, Visitor&& field) {
  field("without_battery", c.without_battery, "", "the site without its battery");
  field("battery_alone", c.battery_alone, "", "the battery without generation; null where there is none");
  field("battery_adds", c.battery_adds, "", "the site less the site without its battery");
}

/// The series of a run, written from its columns. Either null: none was asked for.
struct Timeseries {
  const SimulationResult* result{nullptr};
  const SeriesExport* format{nullptr};  ///< a row with in_answer
  void write(AnswerText& text) const;
  [[nodiscard]] Json schema(SchemaBook& book) const;
};

/// Everything that is answered. Without an answer it has the names and kinds only.
struct SimulationResponse {
  const SimulationAnswer* answer{nullptr};
  ResponseOptions options{};

  [[nodiscard]] const report::Summary& summary() const;
  [[nodiscard]] std::optional<std::vector<report::YearSummary>> yearly_summaries() const;
  [[nodiscard]] std::optional<Comparison> comparison() const;
  [[nodiscard]] const std::vector<Issue>& warnings() const;
  [[nodiscard]] Timeseries timeseries() const;
  [[nodiscard]] std::optional<std::string> heatmap_html() const;
};

inline constexpr std::array<std::string_view, 1> success_names{"success"};

constexpr AnswerRecord answer_record(const SimulationResponse& /*record*/) { return {"SimulationResponse", "A simulation that went well"}; }
template <class Visitor>
void describe(const SimulationResponse& r, Visitor&& field) {
  field("status", OneOf{success_names[0], success_names}, "",
        "a number instead where a run fails after its answer has begun: that is a Problem");
  field("summary", r.summary(), "", "what it earned and how it ran");
  field("yearly_summaries", r.yearly_summaries(), "", "per simulated project year; null unless run.yearly_summary");
  field("cash_flow", r.summary().cash_flow, "", "year 0 to the end of the project's life");
  field("provenance", r.summary().provenance, "", "how the numbers were made");
  field("notices", r.summary().notices, "", "what must be said beside the numbers");
  field("comparison", r.comparison(), "", "what the battery adds; null unless run.compare_without_battery");
  field("warnings", r.warnings(), "", "of request, data and run");
  field("timeseries", r.timeseries(), "", "per quarter-hour; null unless asked for");
  field("heatmap_html", r.heatmap_html(), "", "the daily heatmap as a page; null unless asked for");
  field("simulation_time_seconds", r.options.simulation_time_seconds, "s", "the run took");
}

}  // namespace bess::service
