// bess simulate: one request, simulated.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "bess/command.h"
#include "bess/data_arguments.h"
#include "bess/progress_bar.h"
#include "report/text.h"
#include "service/data/exports.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

struct SimulateArguments {
  std::string file;
  PriceArguments prices;
  StoreArguments store;
  std::string out_dir;
  std::string timeseries{"none"};
  std::size_t workers{0};
  bool heatmap{false};
  bool json{false};
  bool quiet{false};
  bool show_options{false};
};

/// What the answer is to hold, or to be; null: none.
const service::SeriesExport* series_format(const SimulateArguments& a) {
  return service::find_export(service::series_exports(), a.timeseries);
}

/// "in the JSON answer objects, columns; instead of the answer csv".
std::string series_help() {
  std::vector<std::string_view> inside, alone;
  for (const service::SeriesExport& row : service::series_exports()) (row.in_answer ? inside : alone).push_back(row.name);
  return fmt::format("in the JSON answer {}; instead of the answer {}", fmt::join(inside, ", "), fmt::join(alone, ", "));
}

bool print_part(std::string_view part) {
  print(part);
  return true;
}

void answer_json(const service::SimulationAnswer& answer, const SimulateArguments& a, double seconds) {
  service::write_response(answer, {.timeseries = series_format(a), .heatmap = a.heatmap, .simulation_time_seconds = seconds}, print_part);
}

void print_warnings(const service::SimulationAnswer& answer) {
  for (const Issue& issue : answer.warnings) {
    Issues one;
    one.add(issue);
    print_issues(one);
  }
}

void answer_text(const service::SimulationAnswer& answer, const SimulateArguments& a, double seconds) {
  print_warnings(answer);
  if (a.quiet) return;
  print(report::summary_text(answer.summary,
                             {.unicode = unicode_output(), .yearly_table = answer.prepared->yearly_summary, .cash_flow_table = false}));
  if (answer.without_battery) {
    const double adds = answer.summary.financial.net_revenue_eur - answer.without_battery->net_revenue_eur;
    print(fmt::format("\nThe same site without its battery: net revenue {} EUR; the battery adds {} EUR.\n",
                      report::grouped(answer.without_battery->net_revenue_eur, 0), report::grouped(adds, 0)));
    if (answer.battery_alone)
      print(fmt::format("The battery alone behind the same connection: net revenue {} EUR.\n",
                        report::grouped(answer.battery_alone->net_revenue_eur, 0)));
  }
  print(fmt::format("\nSimulated in {:.2f} s.\n", seconds));
}

int run_simulate(const SimulateArguments& a, const CommandContext& context) {
  if (a.show_options) {
    print(service::request_help());
    return done;
  }
  const Expected<std::string> text = read_file(a.file);
  if (!text) return fail_with(text.issues(), a.json);
  const service::ParsedRequest parsed = service::parse_request(*text);
  if (parsed.issues.has_errors()) return fail_with(parsed.issues, a.json);
  Expected<service::SimulationSources> sources = a.prices.load(parsed.request, a.store.directory());
  if (!sources) return fail_with(sources.issues(), a.json);

  service::PrepareOptions options;
  options.workers = a.workers > 0 ? a.workers : hardware_workers();
  options.keep_series = !a.out_dir.empty() || a.timeseries != "none";
  Expected<service::PreparedSimulation> prepared = service::prepare_simulation(parsed.request, std::move(*sources), options);
  if (!prepared) return fail_with(prepared.issues(), a.json);
  Issues warnings = parsed.issues;
  warnings.append(prepared->warnings);
  prepared->warnings = std::move(warnings);

  if (!a.out_dir.empty()) make_directory(a.out_dir);  // before the work, not after it
  const StopWatch watch;
  ProgressBar bar;
  const service::SimulationAnswer answer =
      service::run_simulation(std::make_shared<const service::PreparedSimulation>(std::move(*prepared)), bar.callback(), context.cancel);
  const double seconds = watch.seconds();
  bar.clear();
  if (!a.out_dir.empty()) write_results(answer, seconds, a.out_dir);
  const service::SeriesExport* series = series_format(a);
  if (series != nullptr && !series->in_answer) {
    print_warnings(answer);
    series->write(answer.result, print_part);
  } else if (a.json) {
    answer_json(answer, a, seconds);
  } else {
    answer_text(answer, a, seconds);
    if (!a.out_dir.empty() && !a.quiet) print(fmt::format("Written to {}: summary.json, timeseries.csv, heatmap.html\n", a.out_dir));
  }
  return done;
}

CommandRun add_simulate(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<SimulateArguments>();
  const Argument file = arguments.option("REQUEST.json", a->file, "request: {\"params\": {...}, \"run\": {...}}; - reads standard input");
  const Argument show_options =
      arguments.flag("--options", a->show_options, "list every option of a request with unit, range, default and help");
  a->prices.add_to(arguments);
  a->store.add_to(arguments);
  arguments.option("--out", a->out_dir, "write summary.json, timeseries.csv and heatmap.html into this directory");
  std::vector<std::string> formats = service::names_of(service::series_exports());
  formats.insert(formats.begin(), "none");
  arguments.option("--timeseries", a->timeseries, fmt::format("quarter-hour series: {}", series_help())).one_of(formats).show_default();
  arguments.flag("--heatmap", a->heatmap, "heatmap page in the JSON answer");
  arguments.option("--workers", a->workers, "threads for parallel years; 0: one per core (SIMULATION_WORKERS)")
      .environment("SIMULATION_WORKERS")
      .within(0, 1024)
      .show_default();
  arguments.flag("--json", a->json, "answer as JSON, as POST /simulate does");
  arguments.flag("--quiet", a->quiet, "no summary");
  arguments.footer(
      "Examples:\n"
      "  bess simulate examples/battery_10mw_20mwh.json --sample\n"
      "  bess simulate examples/battery_10mw_20mwh.json --prices examples/prices --out results\n"
      "  bess simulate request.json --prices export.csv --column day_ahead=\"Price [EUR/MWh]\" --time-zone Europe/Amsterdam\n"
      "  bess simulate request.json --scenario 3 --json");
  arguments.require_unless(file, show_options);
  return [a, &context] { return run_simulate(*a, context); };
}

const CommandRegistration registration{
    {.order = 20, .name = "simulate", .help = "one simulation from a request file", .add = add_simulate}};

}  // namespace

}  // namespace bess::app
