#pragma once
// A general sparse LP and the lowering of a staged LP to it: what the reference backend solves, and what tests read back.
//
//   min cᵀv + offset   s.t.  row_low ≤ M v ≤ row_high,  column_low ≤ v ≤ column_high      (M by columns)
//
// Lowering keeps the LP as small as the staged form allows: transitions that only hand a state on (x⁺_i = x_i + b) become
// the same column, fixed controls and states become constants, and a row with one variable becomes a column bound.

#include <string>
#include <vector>

#include "lp/staged_lp.h"

namespace bess::lp {

struct GeneralLp {
  int columns{0};
  int rows{0};
  double offset{0};
  std::vector<double> cost, column_low, column_high;  ///< columns
  std::vector<double> row_low, row_high;              ///< rows
  std::vector<int> start;                             ///< columns + 1: the entries of column j are start[j] … start[j+1]−1
  std::vector<int> index;                             ///< row of each entry
  std::vector<double> value;
};

/// v[column] + offset, or just offset when column < 0.
struct AffineColumn {
  int column{-1};
  double offset{0};
};

/// Where a staged constraint went, or which staged constraint a column bound came from.
struct RowPlace {
  enum class Kind : std::uint8_t { none, row, entry_row, final_bound } kind{Kind::none};
  int position{-1};       ///< k·rows + r, k·entry_rows + r, or i
  double coefficient{1};  ///< of the one variable, for a bound
};

struct Lowered {
  GeneralLp lp;
  std::vector<AffineColumn> state;    ///< (N+1) × states
  std::vector<AffineColumn> control;  ///< N × controls
  std::vector<AffineColumn> next;     ///< N × states: x⁺; column −1 where nothing uses it
  // Row of the general LP that holds the constraint, or −1 (a bound, inactive, or absent).
  std::vector<int> row, entry_row, transition, final_bound;
  std::vector<RowPlace> low_owner, high_owner;  ///< columns: the constraint behind each bound
};

[[nodiscard]] Lowered lower(const StagedLp& problem);

/// Column values and duals (row: d(optimum)/d(rhs), column: reduced cost) back to a staged solution. The status and names
/// are left alone; the objective is recomputed.
void raise(const StagedLp& problem, const Lowered& lowered, const double* column_value, const double* row_dual, const double* reduced_cost,
           Solution& solution);

/// Sizes the arrays of a solution for a problem (no allocation when they fit already).
void resize_for(const StagedLp& problem, Solution& solution);

/// The LP in free MPS form, for golden files and for looking at.
[[nodiscard]] std::string to_mps(const GeneralLp& lp, const std::string& name);

}  // namespace bess::lp
