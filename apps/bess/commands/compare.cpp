// bess compare: one request, several strategies and sets of markets, one table.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>

#include "base/parallel.h"
#include "bess/command.h"
#include "bess/data_arguments.h"
#include "bess/progress_bar.h"
#include "report/text.h"

namespace bess::app {

namespace {

struct CompareArguments {
  std::string file;
  std::vector<std::string> strategies{"lp", "rolling_lp", "sequential_lp"};
  std::vector<std::string> markets;  ///< each a list joined by "+"
  PriceArguments prices;
  StoreArguments store;
  bool bound{true};
  bool json{false};
};

struct Row {
  std::string strategy;
  std::vector<std::string> markets;
  service::SimulationAnswer answer;
  double seconds{0};
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

/// The request with another strategy and other markets, read again so that names are checked like any option.
service::ParsedRequest variant(service::Json request, const std::string& strategy, const std::vector<std::string>& markets, bool bound) {
  const service::Json* given = request.find("run");
  service::Json run = given != nullptr && given->is_object() ? *given : service::Json::object();
  run.set("strategy", strategy);
  if (!markets.empty()) {
    service::Json list = service::Json::array();
    for (const std::string& m : markets) list.push(m);
    run.set("enabled_markets", std::move(list));
  }
  if (bound) run.set("compare_to_bound", true);
  request.set("run", std::move(run));
  return service::read_request(request);
}

service::Json row_json(const Row& row) {
  const report::Summary& s = row.answer.summary;
  service::Json json = service::Json::object();
  json.set("strategy", row.strategy);
  service::Json names = service::Json::array();
  for (const std::string& m : row.markets) names.push(m);
  json.set("markets", std::move(names));
  for (const Market m : all_markets) {
    json.set(fmt::format("{}_revenue_eur", info_of(m).revenue_name),
             s.markets.has(m) ? service::Json(s.financial.revenue.lines.market(m)) : service::Json());
  }
  json.set("total_revenue_eur", s.financial.revenue.lines.total_eur());
  json.set("total_revenue_eur_per_mw_year", s.financial.revenue.per_mw_year.total_eur());
  json.set("total_cycles", s.operational.total_cycles);
  json.set("cycles_per_day", s.operational.cycles_per_day);
  json.set("bound_eur", s.highlights.bound_eur);
  json.set("capture_of_bound_percent", s.highlights.capture_of_bound_percent);
  json.set("worst_gap", s.provenance.worst_gap);
  json.set("lps", s.provenance.run.lps);
  json.set("simulation_time_seconds", row.seconds);
  return json;
}

std::string table(const std::vector<Row>& rows) {
  const bool unicode = unicode_output();
  auto number = [unicode](double x, int decimals) { return report::grouped(x, decimals, unicode); };
  std::string out = fmt::format("{:<15}", "Strategy");
  for (const Market m : all_markets) out += fmt::format("{:>14}", info_of(m).label);
  out += fmt::format("{:>14}{:>9}{:>10}{:>9}\n", "Total EUR", "EFC/day", "of bound", "Time s");
  std::vector<std::string> last;
  for (const Row& row : rows) {
    if (row.markets != last) out += fmt::format("{}\n", fmt::join(row.markets, " + "));
    last = row.markets;
    const report::Summary& s = row.answer.summary;
    out += fmt::format("  {:<13}", row.strategy);
    for (const Market m : all_markets)
      out += fmt::format("{:>14}", s.markets.has(m) ? number(s.financial.revenue.lines.market(m), 0) : std::string("-"));
    const double share = s.highlights.capture_of_bound_percent;
    out += fmt::format("{:>14}{:>9.2f}{:>10}{:>9.2f}\n", number(s.financial.revenue.lines.total_eur(), 0), s.operational.cycles_per_day,
                       std::isfinite(share) ? fmt::format("{:.2f} %", share) : std::string("-"), row.seconds);
  }
  return out;
}

Expected<Row> run_one(const CompareArguments& a, const service::ParsedRequest& parsed, const service::SimulationSources& sources,
                      const CommandContext& context) {
  Expected<service::PreparedSimulation> prepared =
      service::prepare_simulation(parsed.request, sources, {.workers = hardware_workers(), .keep_series = false});
  if (!prepared) return prepared.issues();
  const StopWatch watch;
  ProgressBar bar(!a.json);
  Row row;
  row.answer =
      service::run_simulation(std::make_shared<const service::PreparedSimulation>(std::move(*prepared)), bar.callback(), context.cancel);
  row.seconds = watch.seconds();
  row.strategy = to_string(parsed.request.run.strategy);
  for (const Market m : parsed.request.run.enabled_markets) row.markets.emplace_back(to_string(m));
  return row;
}

int run_compare(const CompareArguments& a, const CommandContext& context) {
  const Expected<std::string> text = read_file(a.file);
  if (!text) return fail_with(text.issues(), a.json);
  const Expected<service::Json> request = service::parse_json(*text);
  if (!request) return fail_with(request.issues(), a.json);
  if (!request->is_object()) return fail_with(service::read_request(*request).issues, a.json);

  std::vector<service::ParsedRequest> variants;
  const std::vector<std::string> market_sets = a.markets.empty() ? std::vector<std::string>{""} : a.markets;
  for (const std::string& set : market_sets) {
    for (const std::string& strategy : a.strategies) {
      variants.push_back(variant(*request, strategy, split(set, '+'), a.bound));
      if (variants.back().issues.has_errors()) return fail_with(variants.back().issues, a.json);
    }
  }
  if (variants.empty()) return bad_usage;
  print_issues(variants.front().issues);
  const Expected<service::SimulationSources> sources = a.prices.load(variants.front().request, a.store.directory());
  if (!sources) return fail_with(sources.issues(), a.json);

  std::vector<Row> rows;
  for (const service::ParsedRequest& parsed : variants) {
    Expected<Row> row = run_one(a, parsed, *sources, context);
    if (!row) return fail_with(row.issues(), a.json);
    rows.push_back(std::move(*row));
  }
  if (a.json) {
    service::Json list = service::Json::array();
    for (const Row& row : rows) list.push(row_json(row));
    service::Json json = service::Json::object();
    json.set("status", "success");
    json.set("rows", std::move(list));
    print(json.dump(2) + "\n");
    return done;
  }
  print(table(rows));
  std::vector<std::string> told;  // each notice once, whichever row it belongs to
  for (const Row& row : rows) {
    for (const report::Notice& notice : row.answer.summary.notices) {
      if (std::find(told.begin(), told.end(), notice.code) != told.end()) continue;
      print(fmt::format("{}{}\n", told.empty() ? "\n" : "", notice.text));
      told.push_back(notice.code);
    }
  }
  return done;
}

CommandRun add_compare(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<CompareArguments>();
  arguments.option("REQUEST.json", a->file, "request; strategy and markets are replaced").required();
  arguments.option("--strategies", a->strategies, "comma separated: lp, rolling_lp, sequential_lp").comma_separated().show_default();
  arguments
      .option("--markets", a->markets,
              "sets of markets, comma separated, markets joined by +: day_ahead,day_ahead+afrr+fcr; default: the request's")
      .comma_separated();
  arguments.flag("--bound,!--no-bound", a->bound, "compute the perfect-foresight bound and each strategy's share of it (default)");
  a->prices.add_to(arguments);
  a->store.add_to(arguments);
  arguments.flag("--json", a->json, "answer as JSON");
  arguments.footer("Example:\n  bess compare examples/battery_10mw_20mwh.json --sample --strategies lp,rolling_lp,sequential_lp");
  return [a, &context] { return run_compare(*a, context); };
}

const CommandRegistration registration{
    {.order = 30, .name = "compare", .help = "one request with several strategies and sets of markets", .add = add_compare}};

}  // namespace

}  // namespace bess::app
