#pragma once
// The search for a plan that never charges and discharges in the same period (docs/models/exclusive_direction.md).
//
// A search asks for one LP at a time and is told its solution, so that one driver can run a single window, and another many
// pieces of a long window side by side in lanes. Steps:
//   (a) the relaxation: its optimum is the bound; done if no period uses both directions;
//   (b) reserves fixed: the best directions by dynamic programming over stored energy (direction_search.h);
//   (c) directions fixed: one LP for energy and reserves together, whose optimum is a plan; its reserves go back to (b) until
//       nothing is gained;
//   (d) the same again from reserves moved inwards, which leaves other directions open;
//   (e) if that found no plan, and beside a ramp limit: the smaller share of every shared period is fixed to zero until none is shared;
//   (f) only if that too ends without: shared periods take their direction from a plan known to be feasible, where there is one; else
//       the same as (e), turning back where nothing feasible is left.

#include <vector>

#include "dispatch/backend.h"
#include "dispatch/model.h"
#include "dispatch/plan.h"

namespace bess::dispatch {

struct SearchOptions {
  double gap{1e-3};  ///< stop when the plan is this close to the bound, relative
  int max_lps{24};   ///< LPs per window (per piece of a long window)
};

class ExclusiveSearch {
 public:
  /// Search on a window whose relaxation is still to be solved. The window must outlive the search.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options);
  /// Search on a piece of a longer window: reserves and shares come from the whole's relaxation, `bound_eur` is its value on
  /// the piece.
  ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur);
  ExclusiveSearch(const ExclusiveSearch&) = delete;  // the LP choice points into the search
  ExclusiveSearch& operator=(const ExclusiveSearch&) = delete;

  /// Flows that are known to keep every rule of the window with one direction per period, such as the plan in which its reserves were
  /// sold: read where (e) finds none. Must outlive the search.
  void set_known(const Schedule* known) { known_ = known; }

  /// The LP to solve next, or null when the search has ended. Owned by the search, valid until the next call.
  [[nodiscard]] const WindowLp* next();
  /// The solution of the LP of the last next(), and the certified bound on its value (read for the relaxation only).
  void accept(const lp::Solution& solution, double certified_bound_eur);

  /// True while the LP asked for is the relaxation, whose optimum is the bound.
  [[nodiscard]] bool relaxing() const { return step_ == Step::relax; }
  [[nodiscard]] SearchStats& stats() { return stats_; }
  /// The best plan found; status is not optimal when the relaxation was infeasible.
  [[nodiscard]] DispatchPlan take();

 private:
  enum class Step : std::uint8_t { relax, joint, round, known, careful, done };
  struct Fixed {
    std::size_t period{0};
    bool flipped{false};  ///< tried both ways
  };
  struct Candidate {
    Schedule schedule;
    Positions positions;
    double value_eur{0};
    bool valid{false};
  };

  void after_relaxation();
  void on_joint(const lp::Solution& solution);
  void on_round(const lp::Solution& solution);
  void next_start();
  void begin_joint();
  void begin_rounding();
  void begin_known();
  void on_known(const lp::Solution& solution);
  void consider_known();
  void begin_careful_rounding();
  void fix_most_shared(std::size_t count);
  void on_careful(const lp::Solution& solution, bool solved);
  void set_directions(const std::vector<Allowed>& direction, const std::vector<double>& energy_mwh);
  bool fix_shared_periods(const Schedule& s, const Schedule* known = nullptr);
  bool consider(const Schedule& s, const Positions& positions);
  void consider_projection(const Schedule& s);
  [[nodiscard]] bool good_enough() const;
  [[nodiscard]] int count_shared(const Schedule& s) const;

  const WindowProblem& window_;
  SearchOptions options_;
  Step step_{Step::relax};
  LpChoice choice_{};
  WindowLp lp_;
  SearchStats stats_;
  Schedule schedule_;  // scratch
  Schedule relaxed_;
  const Schedule* known_{nullptr};
  Candidate best_;
  double bound_eur_{0};
  lp::SolveStatus status_{lp::SolveStatus::numerical_failure};
  bool reserves_committed_{false};  ///< every block is sold already: nothing about reserves is left to decide
  std::vector<ReserveLevel> committed_;
  std::vector<ReserveLevel> reserves_;        ///< of the current round of (b)
  std::vector<Allowed> direction_;            ///< of the current LP
  std::vector<std::vector<Allowed>> solved_;  ///< directions whose LP (c) was asked for: the same again would tell nothing
  std::size_t start_{0};                      ///< which start of (d)
  double last_value_eur_{0};                  ///< of this start's last (c)
  bool first_round_{true};
  bool rounded_{false};        ///< (e) was begun
  std::vector<Fixed> fixed_;   ///< of (f), in the order they were fixed
  std::size_t last_fixed_{0};  ///< how many of them since the last feasible LP
  Schedule feasible_;          ///< its solution
  int careful_turns_{0};
};

/// Runs a search to its end.
[[nodiscard]] DispatchPlan run_search(ExclusiveSearch& search, Backend& backend);

}  // namespace bess::dispatch
