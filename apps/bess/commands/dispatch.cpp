// bess dispatch: one window of the case format, solved.

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>

#include "bess/command.h"
#include "service/runs/window_file.h"

namespace bess::app {

namespace {

struct DispatchArguments {
  std::string file;
  service::WindowOptions options;
  bool json{false};
  bool schedule{false};
};

void print_answer(const service::Json& json) {
  auto line = [&json](std::string_view key, std::string_view unit, int digits) {
    const service::Json* value = json.find(key);
    if (value == nullptr || value->is_null()) return;
    std::string text = value->is_string()    ? value->as_string()
                       : value->is_integer() ? fmt::format("{}", value->as_integer())
                                             : fmt::format("{:.{}f}", value->as_number(), digits);
    if (key == "relative_gap") text = fmt::format("{:.3g}", value->as_number());
    print(fmt::format("{:<18}{:>18} {}\n", key, text, unit));
  };
  line("optimum_eur", "EUR", 6);
  line("bound_eur", "EUR", 6);
  line("relative_gap", "", 0);
  line("solver", "", 0);
  line("direction", "", 0);
  line("status", "", 0);
  line("time_seconds", "s", 4);
  line("lps", "", 0);
  line("periods_touched", "", 0);
  line("windows", "", 0);
}

int run_dispatch(const DispatchArguments& arguments) {
  const Expected<std::string> text = read_file(arguments.file);
  if (!text) return fail_with(text.issues(), arguments.json);
  const service::ParsedWindow window = service::parse_window(*text);
  if (window.issues.has_errors()) return fail_with(window.issues, arguments.json);
  print_issues(window.issues);

  const auto start = std::chrono::steady_clock::now();
  const service::WindowAnswer answer = service::solve_window_file(window, arguments.options);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;

  service::Json json = service::to_json(answer, arguments.schedule);
  json.set("solver", arguments.options.solver == dispatch::SolverChoice::own ? "own" : "clp");
  json.set("direction", arguments.options.dispatch.direction == dispatch::Direction::exclusive ? "exclusive" : "time_shared");
  json.set("time_seconds", spent.count());
  const Issues problems = service::issues_of(answer);
  print_issues(problems);
  if (problems.has_errors()) json.set("errors", service::to_json(problems.errors()));
  if (arguments.json) {
    print(json.dump(2) + "\n");
  } else {
    print_answer(json);
    if (arguments.schedule && !problems.has_errors()) print(json.find("schedule")->dump(2) + "\n");
  }
  if (answer.plan.status == lp::SolveStatus::infeasible) return bad_input;
  return answer.plan.status == lp::SolveStatus::optimal ? done : failed;
}

CommandRun add_dispatch(Arguments& arguments, CommandContext&) {
  auto a = std::make_shared<DispatchArguments>();
  arguments.option("WINDOW", a->file, "window file (JSON, docs/cli.md); - reads standard input").required();
  arguments.choice("--solver", a->options.solver, {{"own", dispatch::SolverChoice::own}, {"clp", dispatch::SolverChoice::clp}},
                   "own (default) or clp, the reference solver");
  arguments.choice("--direction", a->options.dispatch.direction,
                   {{"exclusive", dispatch::Direction::exclusive}, {"time_shared", dispatch::Direction::time_shared}},
                   "exclusive (default): no period charges and discharges; time_shared: the LP relaxation");
  arguments.option("--exclusive-gap", a->options.dispatch.search.gap, "exclusive: stop at this relative gap to the bound")
      .within(0.0, 1.0)
      .show_default();
  arguments.option("--exclusive-solves", a->options.dispatch.search.max_lps, "exclusive: at most this many LPs")
      .within(1, 100000)
      .show_default();
  arguments.flag("--schedule", a->schedule, "add the schedule, one value per period (MW; stored energy in MWh at the end)");
  arguments.flag("--json", a->json, "answer as JSON");
  arguments.footer(
      "optimum_eur is the value of the plan that is returned, bound_eur what no plan of this window can exceed.\n\n"
      "Example:\n  bess dispatch examples/window.json --direction time_shared --json");
  return [a] { return run_dispatch(*a); };
}

const CommandRegistration registration{{.order = 40, .name = "dispatch", .help = "solve one window file", .add = add_dispatch}};

}  // namespace

}  // namespace bess::app
