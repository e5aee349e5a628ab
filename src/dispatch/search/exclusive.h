#pragma once
// The search for a plan that never charges and discharges in the same period (docs/models/exclusive_direction.md).
//
// A search asks for one LP at a time and is told its solution, so that one driver can run a single window, and another many
// pieces of a long window side by side in lanes. Its steps and their order: search_step.h.

#include <memory>

#include "dispatch/backend.h"
#include "dispatch/search/search_step.h"

namespace bess::dispatch {

class ExclusiveSearch {
 public:
  /// Search on a window whose relaxation is still to be solved. The window must outlive the search.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options);
  /// Search on a piece of a longer window: reserves and shares come from the whole's relaxation, `bound_eur` is its value on
  /// the piece.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur);

  /// Flows that are known to keep every rule of the window with one direction per period, such as the plan in which its reserves were
  /// sold: read where the other steps find no plan. Must outlive the search.
  void set_known(const Schedule* known) { context_.known = known; }

  /// The LP to solve next, or null when the search has ended. Owned by the search, valid until the next call.
  [[nodiscard]] const WindowLp* next();
  /// The solution of the LP of the last next(), and the certified bound on its value (read for the relaxation only).
  void accept(const lp::Solution& solution, double certified_bound_eur);

  /// True while the LP asked for is the relaxation, whose optimum is the bound.
  [[nodiscard]] bool relaxing() const { return step_ == Step::relaxation; }
  [[nodiscard]] SearchStats& stats() { return context_.stats; }
  /// The best plan found; status is not optimal when the relaxation was infeasible.
  [[nodiscard]] DispatchPlan take() { return context_.take(); }

 private:
  void enter(Step step);
  void follow(Outcome outcome);

  SearchContext context_;
  Step step_{Step::relaxation};
  std::unique_ptr<SearchStep> doing_;  ///< the step; null: done
};

/// Runs a search to its end.
[[nodiscard]] DispatchPlan run_search(ExclusiveSearch& search, Backend& backend);

}  // namespace bess::dispatch
