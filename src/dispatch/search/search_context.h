#pragma once
// What the steps of the search for a one-direction plan share: the window, its relaxation, the LP that is asked for next, and the best plan
// so far. One search uses a context at a time.

#include <vector>

#include "dispatch/model/model.h"
#include "dispatch/window/plan.h"

namespace bess::dispatch {

struct SearchOptions {
  double gap{1e-3};  ///< stop when the plan is this close to the bound, relative
  int max_lps{24};   ///< LPs per window (per piece of a long window)
};

class SearchContext {
 public:
  SearchContext(const WindowProblem& window, const SearchOptions& options);
  SearchContext(const SearchContext&) = delete;  // the LP choice points into the context
  SearchContext& operator=(const SearchContext&) = delete;

  const WindowProblem& window;
  const SearchOptions options;
  const Schedule* known{nullptr};  ///< flows that keep every rule of the window with one direction per period; null: none are known
  SearchStats stats;

  // ---- the relaxation
  lp::SolveStatus status{lp::SolveStatus::numerical_failure};
  Schedule relaxed;
  double bound_eur{0};

  // ---- the LP that is asked for
  LpChoice choice{};
  WindowLp lp;
  std::vector<Allowed> direction;      ///< where the choice gives directions
  std::vector<ReserveLevel> reserves;  ///< by block, where the choice or the directions start from some; empty: none
  /// Directions given, reserves free but for what is sold already.
  void choose_directions();
  /// Reads a solution of the LP, reserves and flows.
  void read(const lp::Solution& solution, Schedule& schedule) const { read_schedule(window, choice, lp, solution, schedule); }

  // ---- reserves
  /// Every block is sold already: nothing about reserves is left to decide.
  [[nodiscard]] bool reserves_committed() const { return reserves_committed_; }
  [[nodiscard]] const std::vector<ReserveLevel>& committed() const { return committed_; }
  /// Those of a schedule by block, or what is committed; empty where the window sells none.
  [[nodiscard]] std::vector<ReserveLevel> reserves_of(const Schedule& s) const;

  // ---- plans
  [[nodiscard]] bool has_plan() const { return best_.valid; }
  /// The best plan is as close to the bound as was asked for.
  [[nodiscard]] bool good_enough() const;
  [[nodiscard]] bool lps_used_up() const { return stats.lps >= options.max_lps; }
  /// Keeps a plan if it is the best so far.
  void consider(const Schedule& s, const Positions& positions);
  /// A solution that shares no period: what is left of both directions is the solver's last digits and is netted away.
  void consider_solution(const Schedule& s, const lp::Solution& solution);
  /// The solution's path of stored energy with one direction per period, where that keeps the other rules too.
  void consider_projection(const Schedule& s);
  /// Gives what was found and ends the context's use.
  [[nodiscard]] DispatchPlan take();

  /// Gives every shared period of `s` the direction of its larger share (beside the room that reserves leave), or that of `guide` where it
  /// is not null and not idle. False: nothing is shared.
  bool fix_shared_periods(const Schedule& s, const Schedule* guide);

 private:
  struct Candidate {
    Schedule schedule;
    Positions positions;
    double value_eur{0};
    bool valid{false};
  };
  Candidate best_;
  bool reserves_committed_{false};
  std::vector<ReserveLevel> committed_;
};

}  // namespace bess::dispatch
