#include "dispatch/search/search_step.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bess::dispatch {

std::string_view name_of(Step step) {
  switch (step) {
    case Step::relaxation:
      return "relaxation";
    case Step::joint_rounds:
      return "joint rounds";
    case Step::rounding:
      return "rounding";
    case Step::known_directions:
      return "known directions";
    case Step::careful_rounding:
      return "careful rounding";
    case Step::done:
      return "done";
  }
  return "";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::asks_lp:
      return "asks for another LP";
    case Outcome::plan_found:
      return "plan found";
    case Outcome::without_lp:
      return "LP without solution";
    case Outcome::exhausted:
      return "exhausted";
  }
  return "";
}

Step step_after(Step from, Outcome outcome) {
  if (outcome == Outcome::asks_lp) return from;
  for (const Transition& t : transitions) {
    if (t.from == from && t.outcome == outcome) return t.to;
  }
  assertion_failed("transition exists", "dispatch/search/search_step.h: a step ended in an outcome that leads nowhere", 0);
}

std::string transition_table() {
  std::string table = "| Step | Outcome | Next step | Why |\n|---|---|---|---|\n";
  for (const Transition& t : transitions)
    table += fmt::format("| {} | {} | {} | {} |\n", name_of(t.from), name_of(t.outcome), name_of(t.to), t.why);
  return table;
}

}  // namespace bess::dispatch
