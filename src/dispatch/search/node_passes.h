#pragma once
// Passes over the grid of the direction search: plain loops over arrays, where it spends its time. Pure functions: thread-safe.

#include <limits>

namespace bess::dispatch {

/// r(δ) = at_low + slope (δ − low) on [low, high]: what a period earns whose stored energy moves by δ, EUR and MWh.
struct LinearPiece {
  double low{0}, high{0}, at_low{0}, slope{0};
  [[nodiscard]] double value(double delta) const { return at_low + slope * (delta - low); }
};

/// now[i] = max(now[i], max over low ≤ δ ≤ high of r(δ) + next(i step + δ)) on n evenly spaced nodes. `key` is scratch of 3 n
/// numbers. The maximum over a window of L nodes is the larger of two of length 2^k, found by doubling; beyond the grid lies
/// minus infinity, so that every window is whole. The window's two ends are interpolated.
void slide_over_nodes(const LinearPiece& piece, double step, int n, const double* __restrict next, double* __restrict now,
                      double* __restrict key);

/// The best of value[j] + per_node j over 0 ≤ j < n, and the first j that has it. `scratch` holds n numbers.
struct BestNode {
  double value{-std::numeric_limits<double>::infinity()};
  int node{0};
};
[[nodiscard]] BestNode best_node(const double* __restrict value, double per_node, int n, double* __restrict scratch);

}  // namespace bess::dispatch
