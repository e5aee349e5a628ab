#include "dispatch/search/search_context.h"

#include <algorithm>
#include <cmath>

#include "dispatch/window/limits.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// The same path of stored energy with one direction per period: always within the battery's limits.
Schedule on_energy_path(const WindowProblem& w, const Schedule& s) {
  Schedule one = s;
  const double eta = w.battery.one_way_efficiency;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const double c = s.charge_mw(t);
    const double d = s.discharge_mw[t];
    if (c <= 0.0 || d <= 0.0) continue;
    const double net_cells = eta * c - d / eta;
    const double kept = std::max(0.0, net_cells / eta) / c;
    one.grid_charge_mw[t] = s.grid_charge_mw[t] * kept;
    one.self_charge_mw[t] = s.self_charge_mw[t] * kept;
    one.discharge_mw[t] = std::max(0.0, -net_cells * eta);
  }
  return one;
}

}  // namespace

SearchContext::SearchContext(const WindowProblem& window_problem, const SearchOptions& search_options)
    : window(window_problem), options(search_options) {
  choice.exclusive = true;
  reserves_committed_ = committed_reserves(window, committed_);
  if (reserves_committed_) choice.fixed_reserves = &committed_;
}

void SearchContext::choose_directions() {
  choice = {};
  choice.direction = &direction;
  if (reserves_committed_) choice.fixed_reserves = &committed_;
}

std::vector<ReserveLevel> SearchContext::reserves_of(const Schedule& s) const {
  if (reserves_committed_) return committed_;
  return window.has_reserves() ? reserves_by_block(window, s) : std::vector<ReserveLevel>{};
}

bool SearchContext::good_enough() const {
  return best_.valid && bound_eur - best_.value_eur <= options.gap * std::max(1.0, std::abs(bound_eur));
}

void SearchContext::consider(const Schedule& s, const Positions& positions) {
  const double value = schedule_value_eur(window, s, positions);
  if (best_.valid && value <= best_.value_eur) return;
  best_ = {s, positions, value, true};
}

void SearchContext::consider_solution(const Schedule& s, const lp::Solution& solution) {
  const Schedule one = on_energy_path(window, s);
  consider(one, read_positions(window, lp, solution, one));
}

void SearchContext::consider_projection(const Schedule& s) {
  if (window.has_positions()) return;  // its positions would no longer close
  const Schedule one = on_energy_path(window, s);
  if (largest_violation(window, one, true) <= tolerance::kept_rule * std::max(1.0, window.battery.power_mw))
    consider(one, physical_positions(window, one));
}

bool SearchContext::fix_shared_periods(const Schedule& s, const Schedule* guide) {
  const double least = tolerance::shared_flow * window.battery.power_mw;
  bool any = false;
  for (std::size_t t = 0; t < direction.size(); ++t) {
    const double c = s.charge_mw(t);
    const double d = s.discharge_mw[t];
    if (std::min(c, d) <= least) continue;
    double charge_room = window.battery.power_mw;
    double discharge_room = window.battery.power_mw;
    if (!reserves.empty()) {
      const ReserveLevel& r = reserves[static_cast<std::size_t>(window.block_of(static_cast<int>(t)))];
      charge_room = charge_room_mw(window, r);
      discharge_room = discharge_room_mw(window, r);
    }
    const double guide_net = guide == nullptr ? 0.0 : guide->discharge_mw[t] - guide->charge_mw(t);
    const bool charge = guide_net == 0.0 ? c * discharge_room > d * charge_room : guide_net < 0.0;
    direction[t] = charge ? Allowed::charge : Allowed::discharge;
    any = true;
  }
  return any;
}

DispatchPlan SearchContext::take() {
  DispatchPlan plan;
  plan.status = best_.valid ? lp::SolveStatus::optimal : status == lp::SolveStatus::optimal ? lp::SolveStatus::infeasible : status;
  plan.schedule = std::move(best_.schedule);
  plan.positions = std::move(best_.positions);
  plan.set_value(best_.value_eur, bound_eur);
  plan.stats = stats;
  return plan;
}

}  // namespace bess::dispatch
