#pragma once
// Transition multipliers from the other multipliers, by stationarity, and the Lagrangian bound (equations in staged_lp.cpp).

#include "lp/staged_lp.h"

namespace bess::lp {

enum class Costs : bool { none, own };

/// Sets λ so that the reduced cost of every inherited x⁺ is zero:
///   λ_{k,i} = [ q_{k+1} + A_{k+1}ᵀλ_{k+1} − F_{k+1}ᵀz_{k+1} − Gᵀζ_{k+1} ]_i (where x_{k+1,i} inherits) − D_kᵀz_k.
/// With `only` (N × states), only those entries with only[…] < 0 are set; the others are read.
void set_transition_multipliers(const StagedLp& problem, Solution& solution, Costs costs = Costs::own,
                                const std::vector<int>* only = nullptr);

/// A lower bound on the optimum, with the problem's costs or with none. Without costs a positive value proves that no point
/// satisfies the constraints (the multipliers are then a Farkas certificate over the boxes).
[[nodiscard]] double lagrangian_bound(const StagedLp& problem, const Solution& solution, Costs costs = Costs::own);

}  // namespace bess::lp
