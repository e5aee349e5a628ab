#pragma once
// The way in: one window in, one plan out. Thread-safe for different Backends.

#include "dispatch/search/exclusive.h"

namespace bess::dispatch {

enum class Recourse : std::uint8_t { da_price, none };

struct DispatchOptions {
  Direction direction{Direction::exclusive};
  SearchOptions search{};
  double reserve_step_mw{0};  ///< bids are rounded down to this step; 0: continuous
  Recourse stage1_recourse{Recourse::da_price};
};

/// The joint plan of a window (strategies `rolling_lp` and `lp`). A window that has no feasible plan is relaxed in this order:
/// terminal energy, then committed reserve (the shortfall is counted); bounds of stored energy are never relaxed.
/// The plan's status is not optimal only when even that failed.
[[nodiscard]] DispatchPlan solve_window(const WindowProblem& window, const DispatchOptions& options, Backend& backend);

/// One LP per market stage: capacity, day-ahead, intraday, imbalance; each stage's commitments are frozen for the next
/// (strategy `sequential_lp`). Positions are always netted.
[[nodiscard]] DispatchPlan solve_sequential(const WindowProblem& window, const DispatchOptions& options, Backend& backend);

}  // namespace bess::dispatch
