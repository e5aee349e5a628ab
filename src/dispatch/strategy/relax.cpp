#include "dispatch/strategy/relax.h"

#include <cmath>
#include <limits>

#include "dispatch/search/pieces.h"

namespace bess::dispatch {

namespace {

DispatchPlan solve_time_shared(const WindowProblem& window, Backend& backend) {
  const LpChoice choice;  // committed reserves too: fixed ones would bring the exact cut, which the plan that sold them need not keep
  WindowLp lp;
  build_lp(window, choice, lp);
  lp::Solution solution;
  DispatchPlan plan;
  const double bound = backend.solve(lp, solution, plan.stats);
  plan.status = solution.status;
  if (solution.status != lp::SolveStatus::optimal) return plan;
  read_schedule(window, choice, lp, solution, plan.schedule);
  plan.positions = read_positions(window, lp, solution, plan.schedule);
  plan.set_value(schedule_value_eur(window, plan.schedule, plan.positions), lp.constant_eur - bound);
  plan.stats.shared_periods = shared_periods(window, plan.schedule);
  return plan;
}

/// `known` (may be null): flows that keep every rule, see ExclusiveSearch.
DispatchPlan solve_once(const WindowProblem& window, const DispatchOptions& options, const Schedule* known, Backend& backend) {
  if (options.direction == Direction::time_shared) return solve_time_shared(window, backend);
  if (is_long(window)) return solve_in_pieces(window, options.search, backend);
  ExclusiveSearch search(window, options.search);
  search.set_known(known);
  return run_search(search, backend);
}

/// Energy that committed reserves demand but the window does not deliver, when they are given up.
double committed_mwh(const WindowProblem& window) {
  double total = 0.0;
  for (int t = 0; t < window.periods; ++t) {
    const BlockCommitment& c = window.commitment[static_cast<std::size_t>(window.block_of(t))];
    for (const Product r : reserve_products) total += std::isnan(c[r]) ? 0.0 : window.dt_h * c[r];
  }
  return total;
}

/// The ways out of a window without a plan, in this order, each on top of those before it; false: nothing here to give up.
bool give_up_terminal(WindowProblem& w, SearchStats& /*stats*/) {
  w.pinned_end = false;
  w.target_mwh = w.battery.energy_min_mwh;
  return true;
}
/// Position slack: an hourly position need not be kept in each of its quarters, imbalance may exceed its cap.
bool give_up_positions(WindowProblem& w, SearchStats& /*stats*/) {
  if (!w.has_positions()) return false;
  w.day_ahead_product.clear();
  w.max_mw[Product::imbalance] = std::numeric_limits<double>::infinity();
  return true;
}
/// The window before ended at a power from which the ramp limit leads out of the energy window.
bool give_up_ramp_from_before(WindowProblem& w, SearchStats& /*stats*/) {
  if (!(w.ramp_mw_per_period > 0.0) || !w.ramp_from_previous) return false;
  w.ramp_from_previous = false;
  return true;
}
bool give_up_commitment(WindowProblem& w, SearchStats& stats) {
  if (w.commitment.empty()) return false;
  stats.reserve_shortfall_mwh = committed_mwh(w);
  for (BlockCommitment& c : w.commitment) {
    for (const Product r : reserve_products) {
      if (!std::isnan(c[r])) c[r] = 0.0;
    }
  }
  return true;
}

}  // namespace

DispatchPlan solve_relaxing(const WindowProblem& window, const DispatchOptions& options, Backend& backend, const Schedule* known) {
  DispatchPlan plan = solve_once(window, options, known, backend);
  if (plan.status == lp::SolveStatus::optimal) return plan;
  WindowProblem relaxed = window;
  SearchStats spent;
  spent.relaxed_terminal = true;
  for (const auto give_up : {give_up_terminal, give_up_positions, give_up_ramp_from_before, give_up_commitment}) {
    if (!give_up(relaxed, spent)) continue;
    spent.add_effort(plan.stats);
    plan = solve_once(relaxed, options, known, backend);
    if (plan.status == lp::SolveStatus::optimal) break;
  }
  plan.stats.add_effort(spent);
  plan.stats.relaxed_terminal = spent.relaxed_terminal;
  plan.stats.reserve_shortfall_mwh = spent.reserve_shortfall_mwh;
  return plan;
}

}  // namespace bess::dispatch
