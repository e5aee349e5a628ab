#pragma once
// The answer of the optimiser for one window. All per-period vectors have one entry per period.

#include <cstdint>
#include <string>
#include <vector>

#include "dispatch/window/problem.h"
#include "dispatch/window/schedule.h"
#include "lp/staged_lp.h"
#include "market/positions.h"

namespace bess::dispatch {

/// How the search for a plan went.
struct SearchStats {
  int lps{0};
  int iterations{0};
  int fallbacks{0};           ///< LPs solved again by the reference backend
  int shared_periods{0};      ///< periods of the relaxation that use both directions
  double certificate_gap{0};  ///< worst relative gap of an accepted relaxation
  bool relaxed_terminal{false};
  double reserve_shortfall_mwh{0};

  /// Adds what an attempt cost and how well its LPs were certified, whether or not its plan was taken.
  void add_effort(const SearchStats& attempt);
  /// Adds a stage that follows: its effort, the most periods shared, what was given up in any of them.
  void add_stage(const SearchStats& stage);
};

struct DispatchPlan {
  lp::SolveStatus status{lp::SolveStatus::numerical_failure};
  Schedule schedule;
  Positions positions;
  double objective_eur{0};  ///< of the plan, without the tie-break
  double bound_eur{0};      ///< optimum of the relaxation: no plan of this window earns more
  double relative_gap{0};   ///< (bound − objective) / max(1, |bound|), never negative
  SearchStats stats;

  /// Sets objective, bound and their gap.
  void set_value(double objective, double bound);
};

/// Objective of docs/models/dispatch.md: what a schedule and its positions earn, without the tie-break.
[[nodiscard]] double schedule_value_eur(const WindowProblem& window, const Schedule& s, const Positions& positions);
/// Positions of a schedule in physical mode.
[[nodiscard]] Positions physical_positions(const WindowProblem& window, const Schedule& s);

}  // namespace bess::dispatch
