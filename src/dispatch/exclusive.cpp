#include "dispatch/exclusive.h"

#include <algorithm>
#include <cmath>

namespace bess::dispatch {

namespace {

/// A share under this part of the power is the solver's last digit, not a plan.
constexpr double share_tolerance = 1e-5;

double charge_of(const Schedule& s, std::size_t t) { return s.grid_charge_mw[t] + s.self_charge_mw[t]; }

/// The same path of stored energy with one direction per period: always within the battery's limits.
Schedule on_energy_path(const WindowProblem& w, const Schedule& s) {
  Schedule one = s;
  const double eta = w.battery.one_way_efficiency;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const double c = charge_of(s, t);
    const double d = s.discharge_mw[t];
    if (c <= 0.0 || d <= 0.0) continue;
    const double net_cells = eta * c - d / eta;
    const double charge = std::max(0.0, net_cells / eta);
    const double kept = charge / c;
    one.grid_charge_mw[t] = s.grid_charge_mw[t] * kept;
    one.self_charge_mw[t] = s.self_charge_mw[t] * kept;
    one.discharge_mw[t] = std::max(0.0, -net_cells * eta);
  }
  return one;
}

}  // namespace

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options) : window_(window), options_(options), folded_(fold_prices(window)) {
  fix_commitments();
}

void ExclusiveSearch::fix_commitments() {
  reserves_committed_ = committed_reserves(window_, reserves_);
  if (reserves_committed_) choice_.fixed_reserves = &reserves_;
}

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur)
    : ExclusiveSearch(window, options) {
  bound_eur_ = bound_eur;
  schedule_ = relaxation;
  status_ = lp::SolveStatus::optimal;
  stats_.shared_periods = count_shared(schedule_);
  consider_projection(schedule_);
  if (stats_.shared_periods == 0 && best_.valid) {
    step_ = Step::done;
  } else {
    start_rounding(window_.has_reserves() && !reserves_committed_);
  }
}

int ExclusiveSearch::count_shared(const Schedule& s) const {
  int shared = 0;
  const double least = share_tolerance * window_.battery.power_mw;
  for (std::size_t t = 0; t < static_cast<std::size_t>(window_.periods); ++t) {
    if (std::min(charge_of(s, t), s.discharge_mw[t]) > least) ++shared;
  }
  return shared;
}

std::vector<Allowed> ExclusiveSearch::directions_of(const Schedule& s) const {
  std::vector<Allowed> direction(static_cast<std::size_t>(window_.periods), Allowed::both);
  for (std::size_t t = 0; t < direction.size(); ++t) {
    const double c = charge_of(s, t);
    const double d = s.discharge_mw[t];
    if (c > d) direction[t] = Allowed::charge;
    if (d > c) direction[t] = Allowed::discharge;
  }
  return direction;
}

const WindowLp* ExclusiveSearch::next() {
  if (step_ == Step::done) return nullptr;
  build_lp(window_, choice_, lp_);
  return &lp_;
}

void ExclusiveSearch::accept(const lp::Solution& solution, double certified_bound_eur) {
  if (solution.status != lp::SolveStatus::optimal) {
    if (step_ == Step::relax) status_ = solution.status;
    if (step_ == Step::joint) {
      after_joint_failed();
    } else {
      step_ = Step::done;  // the projection of the relaxation is the plan
    }
    return;
  }
  switch (step_) {
    case Step::relax: on_relaxation(solution, certified_bound_eur); break;
    case Step::exact:
    case Step::round: on_energy_step(solution); break;
    case Step::joint: on_joint(solution); break;
    case Step::done: break;
  }
}

void ExclusiveSearch::consider(const Schedule& s, const MarketPositions& positions) {
  const double value = schedule_value_eur(window_, s, positions);
  if (best_.valid && value <= best_.value_eur) return;
  best_ = {s, positions, value, true};
  multipliers_of_best_ = false;
}

void ExclusiveSearch::consider_projection(const Schedule& s) {
  Schedule one = on_energy_path(window_, s);
  if (largest_violation(window_, one, true) > 1e-6 * std::max(1.0, window_.battery.power_mw)) return;
  if (window_.has_positions()) return;  // its positions would no longer close
  consider(one, physical_positions(window_, one));
}

void ExclusiveSearch::on_relaxation(const lp::Solution& solution, double bound_eur) {
  status_ = lp::SolveStatus::optimal;
  bound_eur_ = bound_eur;
  read_schedule(window_, choice_, lp_, solution, schedule_);
  stats_.shared_periods = count_shared(schedule_);
  if (stats_.shared_periods == 0) {
    const Schedule one = on_energy_path(window_, schedule_);  // crumbs under the tolerance
    consider(one, read_positions(window_, lp_, solution, one));
    step_ = Step::done;
    return;
  }
  consider_projection(schedule_);
  start_rounding(window_.has_reserves() && !reserves_committed_);
}

void ExclusiveSearch::start_rounding(bool have_reserves) {
  direction_.assign(static_cast<std::size_t>(window_.periods), Allowed::both);
  if (have_reserves) reserves_ = reserves_by_block(window_, schedule_);
  choice_ = {};
  choice_.direction = &direction_;
  if (have_reserves || reserves_committed_) choice_.fixed_reserves = &reserves_;
  if (have_reserves) {
    step_ = Step::exact;
    return;
  }
  fix_shared_periods(schedule_);
  step_ = Step::round;
}

bool ExclusiveSearch::fix_shared_periods(const Schedule& s) {
  const double least = share_tolerance * window_.battery.power_mw;
  bool any = false;
  for (std::size_t t = 0; t < direction_.size(); ++t) {
    const double c = charge_of(s, t);
    const double d = s.discharge_mw[t];
    if (std::min(c, d) <= least) continue;
    double charge_room = window_.battery.power_mw;
    double discharge_room = window_.battery.power_mw;
    if (choice_.fixed_reserves != nullptr) {
      const ReserveLevel& r = reserves_[static_cast<std::size_t>(window_.block_of(static_cast<int>(t)))];
      charge_room = charge_room_mw(window_, r);
      discharge_room = discharge_room_mw(window_, r);
    }
    direction_[t] = c * discharge_room > d * charge_room ? Allowed::charge : Allowed::discharge;
    any = true;
  }
  return any;
}

void ExclusiveSearch::read_multipliers(const lp::Solution& solution) {
  const auto n = static_cast<std::size_t>(window_.periods);
  const auto nx = static_cast<std::size_t>(lp_.lp.pattern.states);
  energy_value_.resize(n);
  for (std::size_t t = 0; t < n; ++t) energy_value_[t] = -solution.transition_multiplier[t * nx + static_cast<std::size_t>(lp_.at.e)];
}

void ExclusiveSearch::on_energy_step(const lp::Solution& solution) {
  read_schedule(window_, choice_, lp_, solution, schedule_);
  if (fix_shared_periods(schedule_)) {
    consider_projection(schedule_);
    step_ = Step::round;
    if (finished()) step_ = Step::done;
    return;
  }
  const Schedule one = on_energy_path(window_, schedule_);
  const double before = best_.valid ? best_.value_eur : -1e300;
  consider(one, read_positions(window_, lp_, solution, one));
  if (best_.value_eur > before) {
    read_multipliers(solution);
    multipliers_of_best_ = true;
  }
  if (finished()) {
    step_ = Step::done;
    return;
  }
  direction_ = directions_of(one);
  begin_joint();
}

// Directions fixed as they stand, reserves free: an LP whose optimum is a plan.
void ExclusiveSearch::begin_joint() {
  best_direction_ = direction_;
  for (std::size_t t = 0; t < direction_.size(); ++t) {
    if (direction_[t] != Allowed::both) continue;
    // Idle: allow the direction that is nearer to earning.
    const double value = energy_value_.empty() ? 0.0 : energy_value_[t];
    const double eta = window_.battery.one_way_efficiency;
    direction_[t] = eta * value - folded_.buy[t] > folded_.sell[t] - value / eta ? Allowed::charge : Allowed::discharge;
  }
  choice_ = {};
  choice_.direction = &direction_;
  if (reserves_committed_) choice_.fixed_reserves = &reserves_;
  flip_count_ = -1;
  step_ = Step::joint;
}

void ExclusiveSearch::on_joint(const lp::Solution& solution) {
  read_schedule(window_, choice_, lp_, solution, schedule_);
  const double before = best_.value_eur;
  consider(schedule_, read_positions(window_, lp_, solution, schedule_));
  const bool improved = best_.value_eur > before + 1e-9 * std::max(1.0, std::abs(before));
  if (improved || flip_count_ < 0) {
    best_direction_ = direction_;
    read_multipliers(solution);
    flip_count_ = -1;
  }
  if (finished()) {
    step_ = Step::done;
    return;
  }
  if (improved || flip_order_.empty() || flip_count_ < 0) {
    if (!propose_flips()) after_joint_failed();
    return;
  }
  after_joint_failed();
}

// The last flips did not help: fewer of them, then a new round of (b) and (c) around the best reserves, then the end.
void ExclusiveSearch::after_joint_failed() {
  if (finished()) {
    step_ = Step::done;
    return;
  }
  if (flip_count_ > 1) {
    flip_count_ = std::max(1, flip_count_ / 3);
    direction_ = best_direction_;
    for (int i = 0; i < flip_count_; ++i) {
      auto& d = direction_[static_cast<std::size_t>(flip_order_[static_cast<std::size_t>(i)])];
      d = d == Allowed::charge ? Allowed::discharge : Allowed::charge;
    }
    return;
  }
  if (window_.has_reserves() && !reserves_committed_ && exact_rounds_ < 2) {
    ++exact_rounds_;
    schedule_ = best_.schedule;
    start_rounding(true);
    return;
  }
  step_ = Step::done;
}

bool ExclusiveSearch::propose_flips() {
  const double eta = window_.battery.one_way_efficiency;
  const double wear = window_.wear_cost_eur_per_mwh;
  std::vector<std::pair<double, int>> regret;
  for (int t = 0; t < window_.periods; ++t) {
    const auto i = static_cast<std::size_t>(t);
    const ReserveLevel r{schedule_.afrr_up_mw[i], schedule_.afrr_down_mw[i], schedule_.fcr_mw[i]};
    const double v = energy_value_[i];
    const double charge = charge_room_mw(window_, r) * std::max(0.0, eta * v - folded_.buy[i] - wear);
    const double discharge = discharge_room_mw(window_, r) * std::max(0.0, folded_.sell[i] - v / eta - wear);
    const double gain = best_direction_[i] == Allowed::charge ? discharge - charge : charge - discharge;
    if (gain > 1e-6 * std::max(1.0, std::abs(bound_eur_) / window_.periods)) regret.emplace_back(-gain, t);
  }
  flip_order_.clear();
  if (regret.empty()) {
    flip_count_ = 0;
    return false;
  }
  std::sort(regret.begin(), regret.end());
  for (const auto& [gain, t] : regret) flip_order_.push_back(t);
  flip_count_ = std::max(1, static_cast<int>(flip_order_.size()) / 2);
  direction_ = best_direction_;
  for (int i = 0; i < flip_count_; ++i) {
    auto& d = direction_[static_cast<std::size_t>(flip_order_[static_cast<std::size_t>(i)])];
    d = d == Allowed::charge ? Allowed::discharge : Allowed::charge;
  }
  return true;
}

bool ExclusiveSearch::finished() {
  value_history_.push_back(best_.valid ? best_.value_eur : -1e300);
  const double scale = std::max(1.0, std::abs(bound_eur_));
  if (best_.valid && bound_eur_ - best_.value_eur <= options_.gap * scale) return true;
  if (stats_.lps >= options_.max_lps && best_.valid) return true;
  const std::size_t n = value_history_.size();
  return step_ == Step::joint && n > 4 && value_history_[n - 1] - value_history_[n - 5] < 1e-4 * scale;
}

DispatchPlan ExclusiveSearch::take() {
  DispatchPlan plan;
  plan.status = best_.valid ? lp::SolveStatus::optimal : status_;
  plan.schedule = std::move(best_.schedule);
  plan.positions = std::move(best_.positions);
  plan.objective_eur = best_.value_eur;
  plan.bound_eur = bound_eur_;
  plan.relative_gap = std::max(0.0, (bound_eur_ - best_.value_eur) / std::max(1.0, std::abs(bound_eur_)));
  plan.stats = stats_;
  return plan;
}

DispatchPlan run_search(ExclusiveSearch& search, Backend& backend) {
  lp::Solution solution;
  while (const WindowLp* lp = search.next()) {
    if (search.wants_certificate()) {
      const double bound = backend.solve_certified(*lp, solution, search.stats());
      search.accept(solution, lp->constant_eur - bound);
    } else {
      backend.solve(*lp, solution, search.stats());
      search.accept(solution);
    }
  }
  return search.take();
}

}  // namespace bess::dispatch
