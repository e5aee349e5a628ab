#pragma once
// From a window to the staged LP (docs/models/dispatch.md) and back. Each part's rows and what fills them: model/*_rows.h.

#include <cstdint>
#include <vector>

#include "dispatch/model/shape.h"
#include "dispatch/window/plan.h"
#include "lp/staged_lp.h"

namespace bess::dispatch {

enum class Allowed : std::uint8_t { both, charge, discharge };

/// Which LP of the window is wanted.
struct LpChoice {
  const std::vector<ReserveLevel>* fixed_reserves{nullptr};  ///< by block: folded into the bounds, with the exact time-sharing cut
  const std::vector<Allowed>* direction{nullptr};            ///< by period
  bool idle{false};                                          ///< no charge and no discharge at all (reserves only)
  /// The plan will have one direction per period: what the connection forbids to either of them on its own is left out, though
  /// directions are open yet.
  bool exclusive{false};
};

struct WindowLp {
  lp::StagedLp lp;
  Features features{};
  Layout at{};
  double constant_eur{0};  ///< value = constant − LP objective (tie-break aside)
};

[[nodiscard]] Features features_of(const WindowProblem& window, const LpChoice& choice);

/// Fills `out` (its memory is reused).
void build_lp(const WindowProblem& window, const LpChoice& choice, WindowLp& out);

/// Reads a solution back: clean flows (tiny ones 0, both ≥ 0), stored energy recomputed by the dynamics, reserves per period.
void read_schedule(const WindowProblem& window, const LpChoice& choice, const WindowLp& lp, const lp::Solution& solution,
                   Schedule& schedule);

/// Positions that go with a schedule: physical ones, or the LP's, closed exactly by the market that closes them.
[[nodiscard]] Positions read_positions(const WindowProblem& window, const WindowLp& lp, const lp::Solution& solution,
                                       const Schedule& schedule);

/// Reserves by block of a schedule.
[[nodiscard]] std::vector<ReserveLevel> reserves_by_block(const WindowProblem& window, const Schedule& schedule);

/// True when every enabled reserve product of every block is committed; then `levels` has them, by block.
[[nodiscard]] bool committed_reserves(const WindowProblem& window, std::vector<ReserveLevel>& levels);

}  // namespace bess::dispatch
