#pragma once
// What every LP backend offers. A Solver owns its workspace: one thread uses it at a time; make one per thread.
// Finite input never gives NaN in an accepted answer: the status says how the solve ended, and callers accept a solution
// on certify() alone.

#include <memory>
#include <span>
#include <string_view>

#include "lp/staged_lp.h"

namespace bess {
class CancellationToken;
}

namespace bess::lp {

struct SolveOptions {
  double gap_tolerance{1e-8};       ///< relative duality gap at which to stop
  double residual_tolerance{1e-8};  ///< scaled primal and dual residuals at which to stop
  int max_iterations{80};
  double time_limit_s{0};  ///< 0: none
  /// When it is cancelled the solve ends early, as at its time limit. Must outlive the solve.
  const CancellationToken* cancel{nullptr};
  /// Start from the point already in the Solution (same pattern and stage count), re-centred.
  bool warm_start{false};
};

class Solver {
 public:
  virtual ~Solver() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Solves `problem` into `solution`, whose arrays are resized when they do not fit. Allocates nothing when the sizes are
  /// those of the last call.
  virtual void solve(const StagedLp& problem, const SolveOptions& options, Solution& solution) = 0;
  /// Solves independent problems of one pattern and one stage count; backends with SIMD lanes run them side by side.
  /// A lane's neighbours never change its answer beyond the certificate's tolerance.
  virtual void solve_batch(std::span<const StagedLp* const> problems, const SolveOptions& options, std::span<Solution* const> solutions);
};

enum class ClpAlgorithm : std::uint8_t { automatic, dual_simplex, primal_simplex };
/// The reference backend: the problem lowered to a general LP and solved by COIN-OR CLP.
[[nodiscard]] std::unique_ptr<Solver> make_clp_solver(ClpAlgorithm algorithm = ClpAlgorithm::automatic);

}  // namespace bess::lp
