#include "dispatch/backend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "dispatch/kernels/kernels.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

double size_of(const lp::StagedLp& lp) {
  double largest = 1.0;
  for (const double x : lp.row_rhs) largest = std::max(largest, std::abs(x));
  return largest;
}

/// Distance of a certified point from the optimum, relative. A bound above the objective means that the point gained by a
/// violation within the residual: a wider berth, as the plan is cleaned and valued on its own afterwards.
double distance(const lp::Certificate& c) {
  const double gap_eur = (c.relative_gap < 0.0 ? -0.1 * c.relative_gap : c.relative_gap) * std::max(1.0, std::abs(c.objective));
  return gap_eur / std::max(tolerance::least_money_eur, std::abs(c.objective));
}

bool acceptable(const lp::StagedLp& lp, const lp::Certificate& c) {
  return distance(c) <= tolerance::accepted_gap && c.primal_residual <= tolerance::accepted_residual * size_of(lp);
}

}  // namespace

Backend::Backend(SolverChoice choice, const CancellationToken* cancel) : choice_(choice), cancel_(cancel) {
  primary_ = choice == SolverChoice::own ? make_own_dispatch_solver() : lp::make_clp_solver();
}
Backend::~Backend() = default;
Backend::Backend(Backend&&) noexcept = default;
Backend& Backend::operator=(Backend&&) noexcept = default;

lp::Solver& Backend::reference() {
  if (!reference_) reference_ = lp::make_clp_solver();
  return *reference_;
}

void Backend::throw_if_cancelled() const {
  if (cancel_ != nullptr) cancel_->throw_if_cancelled();
}

// Accepts a solution on its certificate alone; what fails is solved again by the reference, which also decides what is infeasible.
// In an inner step of a search that proof is enough: another way is tried anyway.
double Backend::settle(const WindowLp& lp, lp::Solution& solution, SearchStats& stats, bool inner_step) {
  ++stats.lps;
  stats.iterations += solution.iterations;
  lp::Certificate certificate;
  bool accepted = false;
  if (solution.status == lp::SolveStatus::optimal) {
    certificate = solution.certificate ? *solution.certificate : lp::certify(lp.lp, solution);
    accepted = acceptable(lp.lp, certificate);
  }
  const bool proven = inner_step && solution.status == lp::SolveStatus::infeasible;
  if (!accepted && !proven && choice_ == SolverChoice::own) {
    lp::SolveOptions options;
    options.cancel = cancel_;
    throw_if_cancelled();
    reference().solve(lp.lp, options, solution);
    throw_if_cancelled();
    ++stats.lps;
    if (solution.status == lp::SolveStatus::optimal) {
      ++stats.fallbacks;
      certificate = lp::certify(lp.lp, solution);
    }
  }
  if (solution.status != lp::SolveStatus::optimal) return -std::numeric_limits<double>::infinity();
  stats.certificate_gap = std::max(stats.certificate_gap, distance(certificate));
  return certificate.bound;
}

double Backend::solve(const WindowLp& lp, lp::Solution& solution, SearchStats& stats, bool inner_step, bool warm) {
  lp::SolveOptions options;
  options.warm_start = warm;
  options.cancel = cancel_;
  if (inner_step) options.gap_tolerance = tolerance::inner_step_gap;
  throw_if_cancelled();
  primary_->solve(lp.lp, options, solution);
  throw_if_cancelled();
  return settle(lp, solution, stats, inner_step);
}

void Backend::solve_batch(std::span<const WindowLp* const> lps, std::span<lp::Solution* const> solutions,
                          std::span<SearchStats* const> stats, bool inner_step, bool warm) {
  std::vector<const lp::StagedLp*> problems;
  problems.reserve(lps.size());
  for (const WindowLp* lp : lps) {
    BESS_ASSERT(lp->lp.stages == lps.front()->lp.stages && lp->lp.pattern == lps.front()->lp.pattern);
    problems.push_back(&lp->lp);
  }
  lp::SolveOptions options;
  options.warm_start = warm;
  options.cancel = cancel_;
  if (inner_step) options.gap_tolerance = tolerance::inner_step_gap;
  throw_if_cancelled();
  primary_->solve_batch(problems, options, solutions);
  throw_if_cancelled();
  for (std::size_t i = 0; i < lps.size(); ++i) settle(*lps[i], *solutions[i], *stats[i], inner_step);
}

}  // namespace bess::dispatch
