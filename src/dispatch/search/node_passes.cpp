#include "dispatch/search/node_passes.h"

#include <algorithm>

#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {
constexpr double minus_inf = -std::numeric_limits<double>::infinity();
constexpr double same_node = tolerance::same_node;
}  // namespace

// Plain passes over arrays, compiled twice where g++ can choose at run time: this is where the search spends its time. (clang
// builds are for lint and sanitizers, which cannot start before such a choice.)
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BESS_WIDE_CLONE __attribute__((target_clones("avx2", "default"), optimize("O3", "no-trapping-math", "no-signed-zeros")))
#else
#define BESS_WIDE_CLONE
#endif

BESS_WIDE_CLONE void slide_over_nodes(const LinearPiece& piece, double step, int n, const double* __restrict next, double* __restrict now,
                                      double* __restrict key) {
  const double beyond = n + 1.0;  // further than the grid is long is all the same
  const double from = std::clamp(piece.low / step, -beyond, beyond);
  const double to = std::clamp(piece.high / step, -beyond, beyond);
  if (!(from <= to)) return;                                       // not a number
  int first = static_cast<int>(__builtin_ceil(from - same_node));  // nodes i + first … i + last lie in the window of node i
  int last = static_cast<int>(__builtin_floor(to + same_node));
  first = first < -n ? -n : first;
  last = last > n ? n : last;
  const double per_node = piece.slope * step;
  const double constant = piece.at_low - piece.slope * piece.low;  // r(δ) = constant + slope δ
  if (last >= first) {
    const int below = first < 0 ? -first : 0;
    const int size = below + n + (last > 0 ? last : 0);
    for (int j = 0; j < below; ++j) key[j] = minus_inf;
    for (int j = 0; j < n; ++j) key[below + j] = next[j] + per_node * j;
    for (int j = below + n; j < size; ++j) key[j] = minus_inf;
    const int length = last - first + 1;
    int width = 1;
    for (; 2 * width <= length; width *= 2) {
      for (int j = 0; j < size - width; ++j) key[j] = key[j] > key[j + width] ? key[j] : key[j + width];
    }
    const double* front = key + below + first;
    const double* back = key + below + last - width + 1;
    for (int i = 0; i < n; ++i) {
      const double best = constant - per_node * i + (front[i] > back[i] ? front[i] : back[i]);
      now[i] = now[i] > best ? now[i] : best;
    }
  }
  for (int side = 0; side < 2; ++side) {
    const double x = side == 0 ? from : to;
    const int whole = static_cast<int>(__builtin_floor(x));
    const double part = x - whole;
    if (part <= same_node || part >= 1.0 - same_node) continue;  // a node, taken above
    const double reward = constant + per_node * x;
    const int begin = whole < 0 ? -whole : 0;
    const int end = whole >= 0 ? n - 2 - whole : n - 1;
    for (int i = begin; i <= end; ++i) {
      const double value = reward + ((1.0 - part) * next[i + whole] + part * next[i + whole + 1]);
      now[i] = now[i] > value ? now[i] : value;
    }
  }
}

BESS_WIDE_CLONE BestNode best_node(const double* __restrict value, double per_node, int n, double* __restrict scratch) {
  constexpr int width = 8;
  double most[width];
  for (double& m : most) m = minus_inf;
  int j = 0;
  for (; j + width <= n; j += width) {
    for (int i = 0; i < width; ++i) {
      const double x = value[j + i] + per_node * (j + i);
      scratch[j + i] = x;
      most[i] = most[i] > x ? most[i] : x;
    }
  }
  for (; j < n; ++j) {
    scratch[j] = value[j] + per_node * j;
    most[0] = most[0] > scratch[j] ? most[0] : scratch[j];
  }
  BestNode best;
  for (const double m : most) best.value = best.value > m ? best.value : m;
  while (best.node < n - 1 && scratch[best.node] != best.value) ++best.node;
  return best;
}

}  // namespace bess::dispatch
