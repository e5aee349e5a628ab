// bess demo: what the program does, on made-up prices, in seconds and without any file.

#include <fmt/format.h>

#include <memory>

#include "base/parallel.h"
#include "bess/command.h"
#include "bess/data_arguments.h"
#include "bess/demo_request.h"
#include "bess/progress_bar.h"
#include "market/sample.h"
#include "report/text.h"

namespace bess::app {

namespace {

struct DemoArguments {
  std::string out_dir{"bess-demo"};
  std::int64_t seed{1};
  bool json{false};
};

constexpr int demo_year = 2024;

service::SimulationAnswer simulate_demo(const service::SimulationRequest& request, const PriceSet& prices, bool keep_series,
                                        const CommandContext& context) {
  service::SimulationSources sources;
  sources.prices = prices;
  Expected<service::PreparedSimulation> prepared =
      service::prepare_simulation(request, std::move(sources), {.workers = hardware_workers(), .keep_series = keep_series});
  BESS_ASSERT(prepared.has_value());  // our own request
  ProgressBar bar;
  return service::run_simulation(std::make_shared<const service::PreparedSimulation>(std::move(*prepared)), bar.callback(), context.cancel);
}

double total_eur(const service::SimulationAnswer& answer) { return answer.summary.financial.revenue.lines.total_eur(); }

/// The same year with the imbalance market too, side by side.
std::string upper_bound_table(const service::SimulationAnswer& base, const service::SimulationAnswer& bound) {
  const bool unicode = unicode_output();
  std::string out = "\nUpper bound, not a forecast: the same year with the imbalance market, its price known in advance\n\n";
  out += fmt::format("  {:<28}{:>16}{:>20}\n", "Revenue (EUR)", "four markets", "five, upper bound");
  for (const Market m : all_markets) {
    const double four = base.summary.financial.revenue.lines.market(m);
    const double five = bound.summary.financial.revenue.lines.market(m);
    const std::string left = base.summary.markets.has(m) ? report::grouped(four, 0, unicode) : std::string("-");
    out += fmt::format("  {:<28}{:>16}{:>20}\n", info_of(m).label, left, report::grouped(five, 0, unicode));
  }
  out += fmt::format("  {:<28}{:>16}{:>20}\n", "Total", report::grouped(total_eur(base), 0, unicode),
                     report::grouped(total_eur(bound), 0, unicode));
  out += fmt::format("  {:<28}{:>16}{:>20}\n", "Total per MW and year",
                     report::grouped(base.summary.financial.revenue.per_mw_year.total_eur(), 0, unicode),
                     report::grouped(bound.summary.financial.revenue.per_mw_year.total_eur(), 0, unicode));
  out += fmt::format("  {:<28}{:>16.2f}{:>20.2f}\n", "Full cycles per day", base.summary.operational.cycles_per_day,
                     bound.summary.operational.cycles_per_day);
  return out;
}

int run_demo(const DemoArguments& a, const CommandContext& context) {
  const service::ParsedRequest parsed = service::parse_request(demo_request);
  BESS_ASSERT(!parsed.issues.has_errors());
  const PriceSet prices = make_sample_prices(static_cast<std::uint64_t>(a.seed), demo_year);
  make_directory(a.out_dir);
  const StopWatch watch;
  const service::SimulationAnswer base = simulate_demo(parsed.request, prices, true, context);
  const double seconds = watch.seconds();
  service::SimulationRequest five = parsed.request;
  five.run.enabled_markets.push_back(Market::imbalance);
  const service::SimulationAnswer bound = simulate_demo(five, prices, false, context);
  write_results(base, seconds, a.out_dir);
  if (a.json) {
    service::Json json = service::Json::object();
    json.set("out", a.out_dir);
    json.set("synthetic_prices", true);
    json.set("total_revenue_eur", total_eur(base));
    json.set("five_markets_upper_bound_eur", total_eur(bound));
    json.set("simulation_time_seconds", seconds);
    json.set("time_seconds", watch.seconds());
    print(json.dump(2) + "\n");
    return done;
  }
  print(report::summary_text(base.summary, {.unicode = unicode_output(), .yearly_table = false, .cash_flow_table = false}));
  print(upper_bound_table(base, bound));
  print(fmt::format("\nSimulated one year in {:.2f} s, both in {:.2f} s. The prices are synthetic.\n", seconds, watch.seconds()));
  print(fmt::format(
      "Written to {0}/:\n  summary.json     all numbers\n  timeseries.csv   every quarter-hour\n  heatmap.html     open it in a browser\n",
      a.out_dir));
  return done;
}

CommandRun add_demo(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<DemoArguments>();
  arguments.option("--out", a->out_dir, "directory for summary.json, timeseries.csv and heatmap.html").show_default();
  arguments.option("--seed", a->seed, "seed of the synthetic prices").show_default();
  arguments.flag("--json", a->json, "a short answer as JSON");
  arguments.footer(
      "One year of a 10 MW / 20 MWh battery on day-ahead, intraday, FCR and aFRR, with synthetic Dutch-like prices;\n"
      "beside it the same with the imbalance market as an upper bound. The request is examples/battery_10mw_20mwh.json.");
  return [a, &context] { return run_demo(*a, context); };
}

const CommandRegistration registration{
    {.order = 10, .name = "demo", .help = "simulate one year on synthetic prices and show the result", .add = add_demo}};

}  // namespace

}  // namespace bess::app
