#pragma once
// The search for a plan that never charges and discharges in the same period (docs/models/exclusive_direction.md).
//
// A search asks for one LP at a time and is told its solution, so that one driver can run a single window, and another many
// pieces of a long window side by side in lanes. Steps: (a) relaxation, the bound; (b) reserves fixed, exact time-sharing
// cut; (c) fix the smaller share to zero until no period shares; (d) improve: re-optimise reserves at fixed directions, flip
// directions that the multipliers of stored energy call wrong, move the reserves and round again.

#include <vector>

#include "dispatch/backend.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace bess::dispatch {

struct SearchOptions {
  double gap{1e-3};   ///< stop when the plan is this close to the bound, relative
  int max_lps{24};    ///< LPs per window (per piece of a long window)
};

class ExclusiveSearch {
 public:
  /// Search on a window whose relaxation is still to be solved.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options);
  /// Search on a piece of a longer window: reserves and shares come from the whole's relaxation, `bound_eur` is its value on
  /// the piece.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur);

  ExclusiveSearch(const ExclusiveSearch&) = delete;  // the LP choice points into the search
  ExclusiveSearch& operator=(const ExclusiveSearch&) = delete;

  /// The LP to solve next, or null when the search has ended. Owned by the search, valid until the next call.
  [[nodiscard]] const WindowLp* next();
  /// True when the LP of the last next() is the relaxation, whose certificate the caller owes.
  [[nodiscard]] bool wants_certificate() const { return step_ == Step::relax; }
  /// The solution of the LP of the last next(). `certified_bound_eur` is read for the relaxation only.
  void accept(const lp::Solution& solution, double certified_bound_eur = 0.0);

  [[nodiscard]] SearchStats& stats() { return stats_; }
  /// The best plan found; status is not optimal when the relaxation was infeasible.
  [[nodiscard]] DispatchPlan take();

 private:
  enum class Step : std::uint8_t { relax, exact, round, joint, done };
  struct Candidate {
    Schedule schedule;
    MarketPositions positions;
    double value_eur{-1e300};
    bool valid{false};
  };

  void on_relaxation(const lp::Solution& solution, double bound_eur);
  void on_energy_step(const lp::Solution& solution);
  void on_joint(const lp::Solution& solution);
  void start_rounding(bool have_reserves);
  void fix_commitments();
  void begin_joint();
  void after_joint_failed();
  bool fix_shared_periods(const Schedule& s);
  bool propose_flips();
  void consider(const Schedule& s, const MarketPositions& positions);
  void consider_projection(const Schedule& s);
  void read_multipliers(const lp::Solution& solution);
  [[nodiscard]] bool finished();
  [[nodiscard]] int count_shared(const Schedule& s) const;
  [[nodiscard]] std::vector<Allowed> directions_of(const Schedule& s) const;

  const WindowProblem& window_;
  SearchOptions options_;
  Step step_{Step::relax};
  LpChoice choice_{};
  WindowLp lp_;
  SearchStats stats_;
  Schedule schedule_;  // scratch
  Candidate best_;
  double bound_eur_{0};
  lp::SolveStatus status_{lp::SolveStatus::numerical_failure};
  std::vector<ReserveLevel> reserves_;  // of the current (b)/(c) round
  std::vector<Allowed> direction_;      // of the current LP
  std::vector<Allowed> best_direction_;
  std::vector<double> energy_value_;    // EUR/MWh of stored energy at the end of each period
  std::vector<double> value_history_;   // best value after each LP
  std::vector<int> flip_order_;
  int flip_count_{0};
  bool multipliers_of_best_{false};
  int exact_rounds_{0};
  bool reserves_committed_{false};  ///< every block is sold already: nothing about reserves is left to decide
  FoldedPrices folded_;
};

/// Runs a search to its end.
[[nodiscard]] DispatchPlan run_search(ExclusiveSearch& search, Backend& backend);

}  // namespace bess::dispatch
