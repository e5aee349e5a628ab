#include "dispatch/dispatch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "dispatch/pieces.h"
#include "dispatch/settled_schedule.h"

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
  plan.objective_eur = schedule_value_eur(window, plan.schedule, plan.positions);
  plan.bound_eur = lp.constant_eur - bound;
  plan.relative_gap = std::max(0.0, (plan.bound_eur - plan.objective_eur) / std::max(1.0, std::abs(plan.bound_eur)));
  const double least = 1e-5 * window.battery.power_mw;
  for (std::size_t t = 0; t < static_cast<std::size_t>(window.periods); ++t) {
    const double charge = plan.schedule.grid_charge_mw[t] + plan.schedule.self_charge_mw[t];
    if (std::min(charge, plan.schedule.discharge_mw[t]) > least) ++plan.stats.shared_periods;
  }
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

DispatchPlan solve_relaxing(const WindowProblem& window, const DispatchOptions& options, Backend& backend,
                            const Schedule* known = nullptr) {
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

/// What a bid without a step is taken back by: the plan keeps its rows within the solver's tolerance, and a later stage that finds the
/// reserve fixed must find room.
constexpr double backed_off = 2e-6;

/// Reserve beyond the export limit is delivered out of charging that goes on all the while (beyond the import limit, out of discharging).
/// For less than this part of the power it is not bid: it would pin every later stage to that flow, which is worth more in trade.
constexpr double least_beyond_limit = 1e-2;

std::vector<ReserveRoom> rooms_without_slivers(const WindowProblem& window, const Schedule& s) {
  std::vector<ReserveRoom> rooms = reserve_rooms(window, s);
  const double sliver_mw = least_beyond_limit * window.battery.power_mw;
  const auto cut = [sliver_mw](double& room_mw, double limit_mw) {
    if (room_mw > limit_mw && room_mw < limit_mw + sliver_mw) room_mw = limit_mw;
  };
  for (int t = 0; t < window.periods; ++t) {
    ReserveRoom& room = rooms[static_cast<std::size_t>(window.block_of(t))];
    cut(room.up_mw, std::max(0.0, window.export_limit(t)));
    cut(room.down_mw, std::max(0.0, window.import_limit(t)));
  }
  return rooms;
}

/// Free bids of `fixed` are taken back to what the plan holds when its flows keep to the room that the bids leave them: where a bid
/// takes all power that room counts as none, the energy it would have moved stays where it is, and the connection must do without it.
void fit_bids_to_plan(const WindowProblem& window, const Schedule& s, WindowProblem& fixed) {
  Schedule kept = s;
  for (int t = 0; t < window.periods; ++t) {
    const auto i = static_cast<std::size_t>(t);
    const ReserveLevel& level = fixed.commitment[static_cast<std::size_t>(window.block_of(t))];
    const double charge = s.grid_charge_mw[i] + s.self_charge_mw[i];
    const double part = charge > 0.0 ? std::min(1.0, charge_room_mw(window, level) / charge) : 0.0;
    kept.grid_charge_mw[i] *= part;
    kept.self_charge_mw[i] *= part;
    kept.discharge_mw[i] = std::min(s.discharge_mw[i], discharge_room_mw(window, level));
    const Flow flow{kept.grid_charge_mw[i] + kept.self_charge_mw[i], kept.discharge_mw[i]};
    kept.stored_energy_mwh[i + 1] = advance(window.battery, kept.stored_energy_mwh[i], flow, window.dt_h);
  }
  const std::vector<ReserveRoom> rooms = rooms_without_slivers(window, kept);
  for (std::size_t b = 0; b < fixed.commitment.size(); ++b) {
    const BlockCommitment firm = window.commitment.empty() ? BlockCommitment{} : window.commitment[b];
    BlockCommitment& bid = fixed.commitment[b];
    const ReserveLevel held = held_reserve(window, rooms[b], bid, backed_off);
    for (const Product r : reserve_products) {
      if (std::isnan(firm[r])) bid[r] = held[r];
    }
  }
  if (!fixed.pinned_end)
    fixed.target_mwh = std::max(window.battery.energy_min_mwh, std::min(fixed.target_mwh, kept.stored_energy_mwh.back()));
}

/// The window with each block's free bids fixed at the plan's, rounded down to the step.
WindowProblem with_stepped_reserves(const WindowProblem& window, const Schedule& s, double step_mw) {
  WindowProblem fixed = window;
  const std::vector<ReserveLevel> levels = reserves_by_block(window, s);
  fixed.commitment.assign(levels.size(), {});
  auto step = [step_mw](double mw) { return step_mw > 0.0 ? step_mw * std::floor(mw / step_mw + 1e-6) : mw * (1.0 - backed_off); };
  for (std::size_t b = 0; b < levels.size(); ++b) {
    for (const Product r : reserve_products) {
      const bool sold = !window.commitment.empty() && !std::isnan(window.commitment[b][r]);
      fixed.commitment[b][r] = sold ? window.commitment[b][r] : step(levels[b][r]);
    }
  }
  if (!(step_mw > 0.0)) fit_bids_to_plan(window, s, fixed);
  return fixed;
}

void add_stats(SearchStats& total, const SearchStats& part) {
  total.add_effort(part);
  total.shared_periods = std::max(total.shared_periods, part.shared_periods);
  total.relaxed_terminal = total.relaxed_terminal || part.relaxed_terminal;
  total.reserve_shortfall_mwh += part.reserve_shortfall_mwh;
}

// ---- sequential trade

enum class Stage : std::uint8_t { capacity, day_ahead, intraday };

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
    add_stats(stats_, plan.stats);
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

DispatchPlan solve_window(const WindowProblem& window, const DispatchOptions& options, Backend& backend) {
  DispatchPlan plan = solve_relaxing(window, options, backend);
  if (options.reserve_step_mw <= 0.0 || !window.has_reserves() || plan.status != lp::SolveStatus::optimal) return plan;
  const double bound = plan.bound_eur;
  SearchStats stats = plan.stats;
  plan = solve_relaxing(with_stepped_reserves(window, plan.schedule, options.reserve_step_mw), options, backend);
  add_stats(stats, plan.stats);
  plan.stats = stats;
  plan.bound_eur = bound;
  plan.relative_gap = std::max(0.0, (bound - plan.objective_eur) / std::max(1.0, std::abs(bound)));
  return plan;
}

DispatchPlan solve_sequential(const WindowProblem& window, const DispatchOptions& options, Backend& backend) {
  return StagedTrade(window, options, backend).run();
}

}  // namespace bess::dispatch
