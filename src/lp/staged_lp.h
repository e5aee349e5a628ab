#pragma once
// A linear program that is a chain of stages k = 0 … N−1:
//
//   min  Σ_k ( q_kᵀ x_k + r_kᵀ u_k ) + q_Nᵀ x_N
//   s.t. x⁺_k = A_k x_k + B_k u_k + b_k                       transitions
//        D_k x⁺_k + E_k u_k + F_k x_k  ≥ f_k  (or = f_k)       rows; bounds are rows with one term
//        G_k x_k ≥ g_k                                         entry rows, only at stages that have an entry
//        x_N = x⁺_{N−1},  low_N ≤ x_N ≤ high_N                 final bounds (may be infinite; equal: pinned)
//
// Entry: component i of x_k, k ≥ 1, either inherits x⁺_{k−1,i}, or is free (a new decision taken when the stage is entered,
// such as a quantity that stays constant over a block of stages), or is fixed to a given value. Components of x_0 are
// fixed or free. A stage has an entry when k = 0 or at least one component does not inherit.
//
// All arrays are stage-major and owned by the StagedLp. A const StagedLp may be read by many threads.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lp/pattern.h"

namespace bess::lp {

enum class Entry : std::uint8_t { inherit, free, fixed };

struct StagedLp {
  StagedLp() = default;
  /// Sizes every array: costs 0, all entries inherit but stage 0 (fixed to 0), rows active with right side 0, final bounds
  /// infinite, controls not fixed, boxes [−inf, inf] (the caller must make them finite).
  StagedLp(const Pattern& shape, int stage_count);

  Pattern pattern{};
  int stages{0};

  std::vector<double> state_cost;              ///< (N+1) × states
  std::vector<double> control_cost;            ///< N × controls
  std::vector<double> transition_coefficient;  ///< N × pattern.stored_in_transitions()
  std::vector<double> transition_constant;     ///< N × states (b_k)
  std::vector<double> row_coefficient;         ///< N × pattern.stored_in_rows()
  std::vector<double> row_rhs;                 ///< N × rows (f_k)
  std::vector<std::uint8_t> row_active;        ///< N × rows; an inactive row does not exist at that stage
  std::vector<double> entry_row_coefficient;   ///< N × pattern.stored_in_entry_rows()
  std::vector<double> entry_row_rhs;           ///< N × entry_rows
  std::vector<std::uint8_t> entry_row_active;  ///< N × entry_rows; ignored at stages without an entry
  std::vector<Entry> entry;                    ///< N × states
  std::vector<double> entry_value;             ///< N × states; read where entry is fixed
  std::vector<double> final_low;               ///< states
  std::vector<double> final_high;              ///< states
  /// NaN: a decision. A number: the control is fixed to it and is no variable (rows still count it).
  std::vector<double> control_fixed;  ///< N × controls

  // Boxes: finite bounds that every feasible (or every optimal) point satisfies. They add no constraint; certify() needs
  // them for its lower bound, and solvers take their starting point from them.
  std::vector<double> control_low, control_high;  ///< N × controls
  std::vector<double> state_low, state_high;      ///< (N+1) × states, of x_k after its entry

  [[nodiscard]] bool has_entry(int k) const;
};

enum class SolveStatus : std::uint8_t { optimal, infeasible, unbounded, iteration_limit, time_limit, numerical_failure };
[[nodiscard]] const char* to_string(SolveStatus status);

/// Recomputed from the problem data alone (docs/models/certificate.md). All in the problem's own units but relative_gap.
struct Certificate {
  double primal_residual{0};  ///< worst violation of any transition, row, entry, final bound
  double objective{0};        ///< objective of the point
  double bound{0};            ///< a valid lower bound on the optimum, from the multipliers and the boxes
  double relative_gap{0};     ///< (objective − bound) / max(1, |objective|)
};

/// A primal-dual point. Multiplier signs: at an optimum of the minimisation,
///   row multiplier z ≥ 0 is d(optimum)/d(rhs) (free sign for equal rows); transition multiplier λ_{k,i} is
///   d(optimum)/d(transition_constant_{k,i}); final_multiplier is d(optimum)/d(final bound), positive on low, negative on high.
/// Multipliers of inactive rows are 0.
struct Solution {
  SolveStatus status{SolveStatus::numerical_failure};
  double objective{std::numeric_limits<double>::quiet_NaN()};
  int iterations{0};
  std::vector<double> state;                  ///< (N+1) × states: x_k after its entry; k = N: x_N
  std::vector<double> control;                ///< N × controls (fixed ones at their value)
  std::vector<double> row_multiplier;         ///< N × rows
  std::vector<double> entry_row_multiplier;   ///< N × entry_rows
  std::vector<double> transition_multiplier;  ///< N × states
  std::vector<double> final_multiplier;       ///< states
  std::string kernel;                         ///< which code solved it, for reports ("clp", "generic", …)
  std::optional<Certificate> certificate;     ///< certify() of this very point, from a solver that needed it itself
};

/// Value of x⁺_{k,i} at a point.
[[nodiscard]] double transition_value(const StagedLp& problem, int k, int i, const double* state, const double* control);
/// q, r applied to a point.
[[nodiscard]] double objective_value(const StagedLp& problem, const Solution& point);

[[nodiscard]] Certificate certify(const StagedLp& problem, const Solution& solution);

}  // namespace bess::lp
