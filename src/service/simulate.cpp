#include "service/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/heatmap.h"
#include "report/summary_tree.h"
#include "service/text_parts.h"

namespace bess::service {

namespace {

report::ReportInput report_input(const PreparedSimulation& prepared, const SimulationInput& input, const SimulationResult& result) {
  return {
      .simulation = input, .result = result, .economics = prepared.economics, .title = prepared.title, .description = prepared.description};
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

namespace {

struct NodeToJson {
  Json operator()(report::Node::Null) const { return {}; }
  Json operator()(bool x) const { return x; }
  Json operator()(std::int64_t x) const { return x; }
  Json operator()(double x) const { return x; }
  Json operator()(const std::string& x) const { return x; }
  Json operator()(const report::Node::Array& items) const {
    Json list = Json::array();
    for (const report::Node& item : items) list.push(std::visit(*this, item.value()));
    return list;
  }
  Json operator()(const report::Node::Object& members) const {
    Json object = Json::object();
    for (const auto& member : members) object.append(member.key, std::visit(*this, member.value.value()));
    return object;
  }
};

Json tree_json(const report::Node& node) { return std::visit(NodeToJson{}, node.value()); }

void member_name(std::string& out, std::string_view name) {
  append_json_string(out, name);
  out += ':';
}

Json comparison_json(const SimulationAnswer& answer) {
  if (!answer.without_battery) return {};
  const PartOfSite& without = *answer.without_battery;
  const report::Financial& with = answer.summary.financial;
  auto object = [](double revenue, double grid, double net, double curtailed) {
    Json json = Json::object();
    json.set("total_revenue_eur", revenue);
    json.set("grid_cost_eur", grid);
    json.set("net_revenue_eur", net);
    json.set("curtailed_mwh", curtailed);
    return json;
  };
  auto part = [&object](const PartOfSite& p) { return object(p.total_revenue_eur, p.grid_cost_eur, p.net_revenue_eur, p.curtailed_mwh); };
  Json json = Json::object();
  json.set("without_battery", part(without));
  json.set("battery_alone", answer.battery_alone ? part(*answer.battery_alone) : Json());
  json.set("battery_adds",
           object(with.revenue.lines.total_eur() - without.total_revenue_eur, with.grid_cost_eur - without.grid_cost_eur,
                  with.net_revenue_eur - without.net_revenue_eur, answer.summary.operational.curtailed_mwh - without.curtailed_mwh));
  return json;
}

/// The members of the response before the series: what the report calls one tree, cut where the response has its own members.
Json response_head(const SimulationAnswer& answer) {
  Json tree = tree_json(report::summary_tree(answer.summary));
  Json head = Json::object();
  head.set("status", "success");
  Json summary = Json::object();
  Json aside = Json::object();
  for (const JsonMember& member : tree.members()) {
    const bool own = member.key == "cash_flow" || member.key == "provenance" || member.key == "notices";
    (own ? aside : summary).append(member.key, member.value);
  }
  head.set("summary", std::move(summary));
  head.set("yearly_summaries", answer.prepared->yearly_summary ? tree_json(report::yearly_tree(answer.summary)) : Json());
  for (const JsonMember& member : aside.members()) head.set(member.key, member.value);
  head.set("comparison", comparison_json(answer));
  Json warnings = Json::array();
  for (const Issue& issue : answer.warnings) warnings.push(to_json(issue));
  head.set("warnings", std::move(warnings));
  return head;
}

}  // namespace

bool write_response(const SimulationAnswer& answer, const ResponseOptions& options, const TextSink& sink) {
  Parts parts(sink);
  std::string& out = parts.text();
  out = response_head(answer).dump(0);
  out.pop_back();  // the closing brace: more members follow
  out += ',';
  member_name(out, "timeseries");
  const SeriesExport* series = answer.prepared->input.run.keep_series ? options.timeseries : nullptr;
  BESS_ASSERT(series == nullptr || series->in_answer);
  if (series == nullptr) {
    out += "null";
  } else if (!parts.flush(true) || !series->write(answer.result, sink)) {
    return false;
  }
  out += ',';
  member_name(out, "heatmap_html");
  if (options.heatmap) {
    append_json_string(out, heatmap_page(answer));
  } else {
    out += "null";
  }
  out += ',';
  member_name(out, "simulation_time_seconds");
  append_json_number(out, options.simulation_time_seconds);
  out += "}\n";
  return parts.flush(true);
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
