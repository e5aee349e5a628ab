#include "dispatch/dispatch.h"
#include "dispatch/strategy/bids.h"
#include "dispatch/strategy/relax.h"

namespace bess::dispatch {

DispatchPlan solve_window(const WindowProblem& window, const DispatchOptions& options, Backend& backend) {
  DispatchPlan plan = solve_relaxing(window, options, backend);
  if (options.reserve_step_mw <= 0.0 || !window.has_reserves() || plan.status != lp::SolveStatus::optimal) return plan;
  const double bound = plan.bound_eur;
  SearchStats stats = plan.stats;
  plan = solve_relaxing(with_stepped_reserves(window, plan.schedule, options.reserve_step_mw), options, backend);
  stats.add_stage(plan.stats);
  plan.stats = stats;
  plan.set_value(plan.objective_eur, bound);
  return plan;
}

}  // namespace bess::dispatch
