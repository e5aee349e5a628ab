#include "dispatch/backend.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dispatch/kernels.h"

namespace bess::dispatch {

Backend::Backend(SolverChoice choice) : choice_(choice) {
  primary_ = choice == SolverChoice::own ? make_own_dispatch_solver() : lp::make_clp_solver();
}
Backend::~Backend() = default;
Backend::Backend(Backend&&) noexcept = default;
Backend& Backend::operator=(Backend&&) noexcept = default;

lp::Solver& Backend::reference() {
  if (!reference_) reference_ = lp::make_clp_solver();
  return *reference_;
}

double Backend::solve_certified(const WindowLp& lp, lp::Solution& solution, SearchStats& stats) {
  solve(lp, solution, stats);
  if (solution.status != lp::SolveStatus::optimal) return -std::numeric_limits<double>::infinity();
  lp::Certificate certificate = lp::certify(lp.lp, solution);
  if (!(certificate.relative_gap <= accepted_gap) && choice_ == SolverChoice::own) {
    reference().solve(lp.lp, {}, solution);
    ++stats.lps;
    ++stats.fallbacks;
    if (solution.status != lp::SolveStatus::optimal) return -std::numeric_limits<double>::infinity();
    certificate = lp::certify(lp.lp, solution);
  }
  stats.certificate_gap = std::max(stats.certificate_gap, certificate.relative_gap);
  return certificate.bound;
}

void Backend::solve(const WindowLp& lp, lp::Solution& solution, SearchStats& stats, bool warm_start) {
  lp::SolveOptions options;
  options.warm_start = warm_start;
  primary_->solve(lp.lp, options, solution);
  ++stats.lps;
  stats.iterations += solution.iterations;
  const bool unexplained = solution.status != lp::SolveStatus::optimal;
  if (unexplained && choice_ == SolverChoice::own) {  // the reference decides, infeasibility included
    reference().solve(lp.lp, {}, solution);
    ++stats.lps;
    if (solution.status == lp::SolveStatus::optimal) ++stats.fallbacks;
  }
}

void Backend::solve_batch(std::span<const WindowLp* const> lps, std::span<lp::Solution* const> solutions, std::span<SearchStats* const> stats) {
  if (lps.size() == 1) {
    solve(*lps.front(), *solutions.front(), *stats.front());
    return;
  }
  std::vector<const lp::StagedLp*> problems;
  problems.reserve(lps.size());
  for (const WindowLp* lp : lps) problems.push_back(&lp->lp);
  primary_->solve_batch(problems, {}, solutions);
  for (std::size_t i = 0; i < lps.size(); ++i) {
    ++stats[i]->lps;
    stats[i]->iterations += solutions[i]->iterations;
    if (solutions[i]->status != lp::SolveStatus::optimal && choice_ == SolverChoice::own) {
      reference().solve(*problems[i], {}, *solutions[i]);
      ++stats[i]->lps;
      if (solutions[i]->status == lp::SolveStatus::optimal) ++stats[i]->fallbacks;
    }
  }
}

}  // namespace bess::dispatch
