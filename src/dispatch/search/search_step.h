#pragma once
// The steps of the search for a one-direction plan, and what follows what. A step asks for one LP at a time; what it makes of the solution
// is its outcome, and the table says where the search goes from there (docs/models/exclusive_direction.md).

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "dispatch/search/search_context.h"

namespace bess::dispatch {

enum class Step : std::uint8_t { relaxation, joint_rounds, rounding, known_directions, careful_rounding, done };

enum class Outcome : std::uint8_t {
  asks_lp,     ///< the step goes on with another LP
  plan_found,  ///< a plan that will do
  without_lp,  ///< the step's LP has no solution
  exhausted,   ///< the step has tried all it can
};

struct Transition {
  Step from;
  Outcome outcome;
  Step to;
  std::string_view why;
};

/// Every way from one step to another. A step that asks for another LP stays.
inline constexpr std::array transitions{
    Transition{Step::relaxation, Outcome::plan_found, Step::done, "no period is shared, or netting the shared ones loses nothing"},
    Transition{Step::relaxation, Outcome::without_lp, Step::done, "the window has no plan at all"},
    Transition{Step::relaxation, Outcome::exhausted, Step::joint_rounds, "periods are shared"},
    Transition{Step::joint_rounds, Outcome::plan_found, Step::done, "close enough to the bound, or all starts ended with a plan"},
    Transition{Step::joint_rounds, Outcome::exhausted, Step::rounding, "no plan, or a ramp limit that the directions knew nothing of"},
    Transition{Step::rounding, Outcome::plan_found, Step::done, "no period is shared any more"},
    Transition{Step::rounding, Outcome::without_lp, Step::known_directions, "the directions leave these reserves no plan"},
    Transition{Step::known_directions, Outcome::plan_found, Step::done, "a plan is there already, or the known one's directions have one"},
    Transition{Step::known_directions, Outcome::exhausted, Step::careful_rounding, "no plan is known, or its directions have none here"},
    Transition{Step::careful_rounding, Outcome::plan_found, Step::done, "no period is shared any more"},
    Transition{Step::careful_rounding, Outcome::exhausted, Step::done, "no direction is left to try"},
};

[[nodiscard]] std::string_view name_of(Step step);
[[nodiscard]] std::string_view name_of(Outcome outcome);
/// Where an outcome leads; asking for what the table lacks ends the program.
[[nodiscard]] Step step_after(Step from, Outcome outcome);
/// The table as Markdown, for the docs.
[[nodiscard]] std::string transition_table();

class SearchStep {
 public:
  SearchStep() = default;
  SearchStep(const SearchStep&) = delete;
  SearchStep& operator=(const SearchStep&) = delete;
  virtual ~SearchStep() = default;
  /// Enters the step: either chooses an LP (asks_lp) or ends at once.
  virtual Outcome begin(SearchContext& context) = 0;
  /// Takes the solution of the LP that was asked for, and the certified bound on its value.
  virtual Outcome accept(SearchContext& context, const lp::Solution& solution, double certified_bound_eur) = 0;
};

/// The window without the rule of one direction: its optimum is the bound.
[[nodiscard]] std::unique_ptr<SearchStep> make_relaxation();
/// Directions for fixed reserves by dynamic programming over stored energy (direction_search.h), then one LP for energy and reserves with
/// these directions, whose reserves go back to the first, until nothing is gained; then again from reserves moved inwards, which leaves
/// other directions open.
[[nodiscard]] std::unique_ptr<SearchStep> make_joint_rounds();
/// Reserves fixed, the smaller share of every shared period is forbidden until none is shared.
[[nodiscard]] std::unique_ptr<SearchStep> make_rounding();
/// Reserves free again, shared periods take their direction from a plan that is known: what is fixed agrees with it, so that it stays a
/// solution.
[[nodiscard]] std::unique_ptr<SearchStep> make_known_directions();
/// As rounding with reserves free, but an LP without solution takes the last directions back: half as many are tried, down to one, and
/// then its other direction.
[[nodiscard]] std::unique_ptr<SearchStep> make_careful_rounding();

/// What is to be done about a relaxation that `context` holds.
[[nodiscard]] Outcome judge_relaxation(SearchContext& context);

}  // namespace bess::dispatch
