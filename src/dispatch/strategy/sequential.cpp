#include <algorithm>

#include "dispatch/dispatch.h"
#include "dispatch/strategy/bids.h"
#include "dispatch/strategy/relax.h"

namespace bess::dispatch {

namespace {

void keep_only(WindowProblem& w, Product product) {
  for (const Product p : energy_products) {
    if (p != product) w.prices[p] = {};
  }
}

/// A stage of one energy product: every MWh is traded as it, generation too.
WindowProblem single_product(const WindowProblem& window, Product product) {
  WindowProblem stage = window;
  keep_only(stage, product);
  stage.cross_market = CrossMarket::physical;
  stage.frozen_position_mw.clear();
  stage.generation.product = product;
  if (stage.has_generation()) stage.generation.price_eur_per_mwh = window.prices[product].sell;
  return stage;
}

std::vector<double> net_position(const Position& p) {
  std::vector<double> net(p.sold_mw.size());
  for (std::size_t t = 0; t < net.size(); ++t) net[t] = p.sold_mw[t] - p.bought_mw[t];
  return net;
}

Position split(const std::vector<double>& net) {
  Position p;
  for (const double x : net) {
    p.sold_mw.push_back(std::max(0.0, x));
    p.bought_mw.push_back(std::max(0.0, -x));
  }
  return p;
}

DispatchPlan solve_idle(const WindowProblem& window, Backend& backend) {
  WindowProblem idle = window;
  idle.target_mwh = window.battery.energy_min_mwh;
  idle.pinned_end = false;
  LpChoice choice;
  choice.idle = true;
  WindowLp lp;
  build_lp(idle, choice, lp);
  lp::Solution solution;
  DispatchPlan plan;
  plan.bound_eur = lp.constant_eur - backend.solve(lp, solution, plan.stats);
  plan.status = solution.status;
  if (plan.status != lp::SolveStatus::optimal) return plan;
  read_schedule(idle, choice, lp, solution, plan.schedule);
  plan.positions = physical_positions(idle, plan.schedule);
  plan.objective_eur = schedule_value_eur(idle, plan.schedule, plan.positions);
  return plan;
}

/// Carries the stages of one window forward.
class StagedTrade {
 public:
  StagedTrade(const WindowProblem& window, const DispatchOptions& options, Backend& backend)
      : window_(window), state_(window), options_(options), backend_(backend) {
    state_.cross_market = CrossMarket::physical;
    frozen_.assign(static_cast<std::size_t>(window.periods), 0.0);
  }

  DispatchPlan run() {
    positions_ = no_positions(static_cast<std::size_t>(window_.periods));
    const bool energy = window_.has_energy();
    if (window_.has_reserves() && !capacity()) return last_;
    if (!energy && window_.has_reserves()) return last_;
    clear_reserve_prices();
    if (window_.has_day_ahead() && !day_ahead()) return last_;
    if (window_.has_intraday() && !intraday()) return last_;
    if (window_.has_imbalance() && !imbalance()) return last_;
    return finish();
  }

 private:
  bool accept(DispatchPlan plan) {
    stats_.add_stage(plan.stats);
    worst_gap_ = std::max(worst_gap_, plan.relative_gap);
    last_ = std::move(plan);
    last_.stats = stats_;
    return last_.status == lp::SolveStatus::optimal;
  }

  /// The plan of the stage before, which the next one may go on with.
  [[nodiscard]] const Schedule* known() {
    if (last_.status != lp::SolveStatus::optimal || last_.schedule.discharge_mw.empty()) return nullptr;
    known_ = last_.schedule;
    return &known_;
  }

  bool capacity() {
    const auto recourse = std::find_if(energy_products.begin(), energy_products.end(), [&](Product p) { return window_.trades(p); });
    const bool energy = recourse != energy_products.end();
    const WindowProblem stage = energy ? single_product(window_, *recourse) : window_;
    const bool idle = options_.stage1_recourse == Recourse::none && energy;
    DispatchPlan plan = idle ? solve_idle(stage, backend_) : solve_relaxing(stage, options_, backend_);
    if (plan.status == lp::SolveStatus::optimal) {
      state_ = with_stepped_reserves(state_, plan.schedule, options_.reserve_step_mw);
      if (!energy && options_.reserve_step_mw > 0.0)
        plan = solve_relaxing(with_stepped_reserves(stage, plan.schedule, options_.reserve_step_mw), options_, backend_);
    }
    return accept(std::move(plan));
  }

  /// Later stages earn nothing on reserve that is sold already.
  void clear_reserve_prices() {
    for (const Product r : reserve_products) std::fill(state_.prices[r].sell.begin(), state_.prices[r].sell.end(), 0.0);
  }

  bool day_ahead() {
    WindowProblem stage = single_product(state_, Product::day_ahead);
    if (!stage.day_ahead_product.empty()) stage.cross_market = CrossMarket::netted;  // one position per product
    if (!accept(solve_relaxing(stage, options_, backend_, known()))) return false;
    positions_[Product::day_ahead] = last_.positions[Product::day_ahead];
    frozen_ = net_position(positions_[Product::day_ahead]);
    return true;
  }

  bool intraday() {
    WindowProblem stage = single_product(state_, Product::intraday);
    if (!accept(solve_relaxing(stage, options_, backend_, known()))) return false;
    std::vector<double> traded(frozen_.size());
    for (std::size_t t = 0; t < traded.size(); ++t) {
      const double net = net_export_mw(stage, last_.schedule, static_cast<int>(t));
      traded[t] = net - frozen_[t];
      frozen_[t] = net;
    }
    positions_[Product::intraday] = split(traded);
    return true;
  }

  bool imbalance() {
    WindowProblem stage = state_;
    keep_only(stage, Product::imbalance);
    stage.frozen_position_mw = frozen_;
    if (!accept(solve_relaxing(stage, options_, backend_, known()))) return false;
    positions_[Product::imbalance] = last_.positions[Product::imbalance];
    return true;
  }

  DispatchPlan finish() {
    WindowProblem valued = window_;
    valued.cross_market = CrossMarket::netted;
    const double last_gap_eur = last_.bound_eur - last_.objective_eur;
    last_.positions = positions_;
    last_.objective_eur = schedule_value_eur(valued, last_.schedule, positions_);
    last_.bound_eur = last_.objective_eur + std::max(0.0, last_gap_eur);
    last_.relative_gap = worst_gap_;
    return last_;
  }

  const WindowProblem& window_;
  WindowProblem state_;  ///< with the commitments made so far
  const DispatchOptions& options_;
  Backend& backend_;
  std::vector<double> frozen_;  ///< net sold so far
  Positions positions_;
  DispatchPlan last_;
  Schedule known_;
  SearchStats stats_;
  double worst_gap_{0};
};

}  // namespace

DispatchPlan solve_sequential(const WindowProblem& window, const DispatchOptions& options, Backend& backend) {
  return StagedTrade(window, options, backend).run();
}

}  // namespace bess::dispatch
