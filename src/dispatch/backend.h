#pragma once
// Solves the LPs of dispatch: the chosen solver first, the reference solver where a certificate fails, with counts for the
// provenance. One thread uses a Backend at a time.

#include <memory>
#include <span>
#include <string>

#include "dispatch/model/model.h"
#include "lp/solver.h"

namespace bess {
class CancellationToken;
}

namespace bess::dispatch {

enum class SolverChoice : std::uint8_t { own, clp };

class Backend {
 public:
  /// Once `cancel` is cancelled (from any thread), solving ends soon and throws Cancelled, in CLP too. It must outlive the Backend.
  explicit Backend(SolverChoice choice, const CancellationToken* cancel = nullptr);
  ~Backend();
  Backend(Backend&&) noexcept;
  Backend& operator=(Backend&&) noexcept;

  /// Solves and certifies; on a failed certificate solves again with the reference solver. Adds to `stats`. Returns the
  /// certified lower bound on the LP's minimum (minus infinity when there is no solution). An inner step of a search, whose plan
  /// is valued from the plan itself, stops a little earlier; it is certified all the same. `warm`: starts from the point in `solution`, an
  /// LP of the same window before it.
  double solve(const WindowLp& lp, lp::Solution& solution, SearchStats& stats, bool inner_step = false, bool warm = false);
  /// The same for independent LPs of one shape, side by side.
  void solve_batch(std::span<const WindowLp* const> lps, std::span<lp::Solution* const> solutions, std::span<SearchStats* const> stats,
                   bool inner_step = false, bool warm = false);

  [[nodiscard]] SolverChoice choice() const { return choice_; }

 private:
  lp::Solver& reference();
  double settle(const WindowLp& lp, lp::Solution& solution, SearchStats& stats, bool inner_step);
  void throw_if_cancelled() const;
  SolverChoice choice_;
  const CancellationToken* cancel_;
  std::unique_ptr<lp::Solver> primary_;
  std::unique_ptr<lp::Solver> reference_;
};

}  // namespace bess::dispatch
