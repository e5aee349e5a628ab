// The reference backend: COIN-OR CLP on the lowered LP.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <coin/ClpEventHandler.hpp>
#include <coin/ClpSimplex.hpp>
#include <coin/ClpSolve.hpp>
#include <coin/CoinPackedMatrix.hpp>

#include "base/progress.h"
#include "lp/general_lp.h"
#include "lp/solver.h"

namespace bess::lp {

namespace {

/// Asked by CLP at every iteration; presolved copies of a model take a clone along.
class StopWhenCancelled final : public ClpEventHandler {
 public:
  explicit StopWhenCancelled(const CancellationToken& cancel) : cancel_(&cancel) {}
  int event(Event /*which*/) override { return cancel_->cancelled() ? stop : go_on; }
  [[nodiscard]] ClpEventHandler* clone() const override { return new StopWhenCancelled(*this); }

 private:
  static constexpr int stop = 0;
  static constexpr int go_on = -1;
  const CancellationToken* cancel_;
};

class ClpSolver final : public Solver {
 public:
  explicit ClpSolver(ClpAlgorithm algorithm) : algorithm_(algorithm) {}
  [[nodiscard]] std::string_view name() const override { return "clp"; }

  void solve(const StagedLp& problem, const SolveOptions& options, Solution& solution) override {
    Lowered lowered = lower(problem);
    close_rounding_gaps(lowered.lp);
    solution.certificate.reset();
    if (!acceptable(lowered.lp)) {
      resize_for(problem, solution);
      solution.status = SolveStatus::numerical_failure;
      return;
    }
    ClpSimplex model;
    model.setLogLevel(0);
    load(lowered.lp, model);
    const bool out_of_time = run(options, model);
    raise(problem, lowered, model.primalColumnSolution(), model.dualRowSolution(), model.dualColumnSolution(), solution);
    solution.iterations = model.numberIterations();
    solution.kernel = "clp";
    solution.status = out_of_time ? SolveStatus::time_limit : status_of(model);
    if (!std::isfinite(solution.objective)) solution.status = SolveStatus::numerical_failure;
  }

 private:
  /// CLP aborts on numbers it takes for infinity.
  static bool acceptable(const GeneralLp& lp) {
    const auto finite = [](double v) { return std::abs(v) < 1e20; };
    const auto bound = [](double v) { return !std::isnan(v); };
    return std::all_of(lp.cost.begin(), lp.cost.end(), finite) && std::all_of(lp.value.begin(), lp.value.end(), finite) &&
           std::all_of(lp.row_low.begin(), lp.row_low.end(), bound) && std::all_of(lp.row_high.begin(), lp.row_high.end(), bound) &&
           std::all_of(lp.column_low.begin(), lp.column_low.end(), bound) &&
           std::all_of(lp.column_high.begin(), lp.column_high.end(), bound);
  }

  /// Bounds that cross by rounding alone (a fixed quantity reached by two ways) would be called infeasible.
  static void close_rounding_gaps(GeneralLp& lp) {
    for (std::size_t j = 0; j < lp.cost.size(); ++j) {
      const double gap = lp.column_low[j] - lp.column_high[j];
      if (gap > 0.0 && gap <= 1e-9 * (1.0 + std::abs(lp.column_low[j]))) lp.column_low[j] = lp.column_high[j];
    }
  }

  static void load(const GeneralLp& lp, ClpSimplex& model) {
    const CoinPackedMatrix matrix(true, lp.rows, lp.columns, static_cast<CoinBigIndex>(lp.value.size()), lp.value.data(), lp.index.data(),
                                  lp.start.data(), nullptr);
    model.loadProblem(matrix, lp.column_low.data(), lp.column_high.data(), lp.cost.data(), lp.row_low.data(), lp.row_high.data());
    model.setOptimizationDirection(1.0);
    model.setPrimalTolerance(1e-9);
    model.setDualTolerance(1e-9);
  }

  /// True when the time limit or a cancellation ended it: CLP itself may call the first an iteration limit.
  bool run(const SolveOptions& options, ClpSimplex& model) const {
    const auto begun = std::chrono::steady_clock::now();
    const auto no_time_left = [&] {
      if (options.cancel != nullptr && options.cancel->cancelled()) return true;
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun;
      return options.time_limit_s > 0 && spent.count() >= options.time_limit_s;
    };
    if (options.time_limit_s > 0) model.setMaximumSeconds(options.time_limit_s);
    if (options.cancel != nullptr) {
      const StopWhenCancelled handler(*options.cancel);
      model.passInEventHandler(&handler);
    }
    ClpSolve how;
    switch (algorithm_) {
      case ClpAlgorithm::automatic:
        how.setSolveType(ClpSolve::automatic);
        break;
      case ClpAlgorithm::dual_simplex:
        how.setSolveType(ClpSolve::useDual);
        break;
      case ClpAlgorithm::primal_simplex:
        how.setSolveType(ClpSolve::usePrimal);
        break;
    }
    how.setPresolveType(ClpSolve::presolveOn);
    model.initialSolve(how);
    if (no_time_left() && model.status() != 0) return true;
    // Presolve and scaling may leave small infeasibilities in the original space, and reports infeasible without a ray:
    // a plain pass from the present basis settles both.
    if (model.status() != 0 || model.largestPrimalError() > 1e-7 || model.largestDualError() > 1e-7) model.primal(1);
    constexpr int stopped_on_errors = 4;
    if (model.status() == stopped_on_errors) {  // numbers of very different size: from the start, by the dual, as they are
      model.scaling(0);
      model.allSlackBasis(true);
      model.dual();
    }
    return no_time_left() && model.status() != 0;
  }

  static SolveStatus status_of(const ClpSimplex& model) {
    switch (model.status()) {
      case 0:
        return SolveStatus::optimal;
      case 1:
        return SolveStatus::infeasible;
      case 2:
        return SolveStatus::unbounded;
      case 3:
        return model.hitMaximumIterations() ? SolveStatus::iteration_limit : SolveStatus::time_limit;
      default:
        return SolveStatus::numerical_failure;
    }
  }

  ClpAlgorithm algorithm_;
};

}  // namespace

std::unique_ptr<Solver> make_clp_solver(ClpAlgorithm algorithm) { return std::make_unique<ClpSolver>(algorithm); }

void Solver::solve_batch(std::span<const StagedLp* const> problems, const SolveOptions& options, std::span<Solution* const> solutions) {
  for (std::size_t i = 0; i < problems.size(); ++i) solve(*problems[i], options, *solutions[i]);
}

}  // namespace bess::lp
