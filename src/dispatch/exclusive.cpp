#include "dispatch/exclusive.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dispatch/direction_search.h"

namespace bess::dispatch {

namespace {

/// A share under this part of the power is the solver's last digit, not a plan.
constexpr double share_tolerance = 1e-5;
/// Grid of the direction search; the LP that follows removes its error.
constexpr int grid_points = 96;
/// Where the rounds of (b) and (c) start: the relaxation's reserves times this.
constexpr std::array<double, 2> reserve_starts{1.0, 0.75};
/// A known plan may break a rule by this part of the power: what tolerances of the stage before add up to along a window.
constexpr double known_tolerance = 1e-4;
/// How often (f) may turn back.
constexpr int most_careful_turns = 200;
/// A round that gains less than this part of the bound, or of what is left to it, is the last of its start.
constexpr double least_gain = 1e-4;
constexpr double least_share_of_gap = 0.02;

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
    const double kept = std::max(0.0, net_cells / eta) / c;
    one.grid_charge_mw[t] = s.grid_charge_mw[t] * kept;
    one.self_charge_mw[t] = s.self_charge_mw[t] * kept;
    one.discharge_mw[t] = std::max(0.0, -net_cells * eta);
  }
  return one;
}

}  // namespace

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options) : window_(window), options_(options) {
  choice_.exclusive = true;
  reserves_committed_ = committed_reserves(window_, committed_);
  if (reserves_committed_) choice_.fixed_reserves = &committed_;
}

ExclusiveSearch::ExclusiveSearch(const WindowProblem& window, const SearchOptions& options, const Schedule& relaxation, double bound_eur)
    : ExclusiveSearch(window, options) {
  bound_eur_ = bound_eur;
  relaxed_ = relaxation;
  status_ = lp::SolveStatus::optimal;
  after_relaxation();
}

int ExclusiveSearch::count_shared(const Schedule& s) const {
  int shared = 0;
  const double least = share_tolerance * window_.battery.power_mw;
  for (std::size_t t = 0; t < static_cast<std::size_t>(window_.periods); ++t) {
    if (std::min(charge_of(s, t), s.discharge_mw[t]) > least) ++shared;
  }
  return shared;
}

const WindowLp* ExclusiveSearch::next() {
  if (step_ == Step::done) return nullptr;
  build_lp(window_, choice_, lp_);
  return &lp_;
}

void ExclusiveSearch::accept(const lp::Solution& solution, double certified_bound_eur) {
  const bool solved = solution.status == lp::SolveStatus::optimal;
  switch (step_) {
    case Step::relax:
      status_ = solution.status;
      if (!solved) {
        step_ = Step::done;
        return;
      }
      bound_eur_ = certified_bound_eur;
      read_schedule(window_, choice_, lp_, solution, relaxed_);
      if (count_shared(relaxed_) == 0) {
        const Schedule one = on_energy_path(window_, relaxed_);  // crumbs under the tolerance
        consider(one, read_positions(window_, lp_, solution, one));
        step_ = Step::done;
        return;
      }
      after_relaxation();
      return;
    case Step::joint:
      if (solved) {
        on_joint(solution);
      } else {
        next_start();
      }
      return;
    case Step::round:
      if (solved) {
        on_round(solution);
      } else {
        begin_known();
      }
      return;
    case Step::known:
      if (solved) {
        on_known(solution);
      } else {
        consider_known();
        begin_careful_rounding();
      }
      return;
    case Step::careful:
      on_careful(solution, solved);
      return;
    case Step::done:
      return;
  }
}

bool ExclusiveSearch::consider(const Schedule& s, const Positions& positions) {
  const double value = schedule_value_eur(window_, s, positions);
  if (best_.valid && value <= best_.value_eur) return false;
  best_ = {s, positions, value, true};
  return true;
}

void ExclusiveSearch::consider_projection(const Schedule& s) {
  if (window_.has_positions()) return;  // its positions would no longer close
  const Schedule one = on_energy_path(window_, s);
  if (largest_violation(window_, one, true) <= 1e-6 * std::max(1.0, window_.battery.power_mw))
    consider(one, physical_positions(window_, one));
}

bool ExclusiveSearch::good_enough() const {
  return best_.valid && bound_eur_ - best_.value_eur <= options_.gap * std::max(1.0, std::abs(bound_eur_));
}

void ExclusiveSearch::after_relaxation() {
  stats_.shared_periods = count_shared(relaxed_);
  consider_projection(relaxed_);
  if ((stats_.shared_periods == 0 && best_.valid) || good_enough()) {
    step_ = Step::done;
    return;
  }
  start_ = 0;
  reserves_ = reserves_committed_      ? committed_
              : window_.has_reserves() ? reserves_by_block(window_, relaxed_)
                                       : std::vector<ReserveLevel>{};
  first_round_ = true;
  begin_joint();
}

// The next start of (d), or the end.
void ExclusiveSearch::next_start() {
  const bool more = window_.has_reserves() && !reserves_committed_ && start_ + 1 < reserve_starts.size() && stats_.lps < options_.max_lps;
  if (more && !good_enough()) {
    ++start_;
    reserves_ = reserves_by_block(window_, relaxed_);
    for (ReserveLevel& r : reserves_) {
      for (double& mw : r.values) mw *= reserve_starts[start_];
    }
    first_round_ = true;
    begin_joint();
    return;
  }
  const bool ramp = window_.ramp_mw_per_period > 0.0;  // the directions of (b) know nothing of it
  if (!best_.valid || (ramp && !rounded_ && stats_.lps < options_.max_lps && !good_enough())) {
    begin_rounding();
  } else {
    step_ = Step::done;
  }
}

// (b) and the LP of (c).
void ExclusiveSearch::begin_joint() {
  const DirectionPlan plan = best_directions(window_, reserves_, grid_points);
  if (!std::isfinite(plan.value_eur)) {  // these reserves leave no path with one direction
    next_start();
    return;
  }
  set_directions(plan.direction, plan.energy_mwh);
  if (std::find(solved_.begin(), solved_.end(), direction_) != solved_.end()) {  // its LP is known: this start has reached its end
    next_start();
    return;
  }
  solved_.push_back(direction_);
  choice_ = {};
  choice_.direction = &direction_;
  if (reserves_committed_) choice_.fixed_reserves = &committed_;
  step_ = Step::joint;
}

void ExclusiveSearch::set_directions(const std::vector<Allowed>& direction, const std::vector<double>& energy_mwh) {
  direction_ = direction;
  const auto n = direction_.size();
  // One product over several periods is delivered at one power: its periods share a direction.
  if (window_.has_positions() && !window_.has_imbalance() && !window_.has_intraday() && !window_.day_ahead_product.empty()) {
    for (std::size_t first = 0; first < n;) {
      std::size_t last = first + 1;
      while (last < n && window_.day_ahead_product[last] == window_.day_ahead_product[first]) ++last;
      const double change = energy_mwh[last] - energy_mwh[first];
      for (std::size_t t = first; t < last; ++t)
        direction_[t] = change > 0.0 ? Allowed::charge : change < 0.0 ? Allowed::discharge : Allowed::both;
      first = last;
    }
  }
  // Idle periods: the LP may still use the direction that the price suggests.
  std::vector<double> price =
      window_.has_positions() && window_.has_intraday() ? window_.prices[Product::intraday].sell : fold_prices(window_).sell;
  std::vector<double> sorted = price;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n / 2), sorted.end());
  const double median = sorted[n / 2];
  for (std::size_t t = 0; t < n; ++t) {
    if (direction_[t] != Allowed::both) continue;
    const auto k = static_cast<int>(t);
    const bool nowhere_to = window_.export_limit(k) <= 0.0;
    const bool nowhere_from = window_.import_limit(k) <= 0.0 && window_.generation_mw(k) <= 0.0;
    const bool discharge = nowhere_to == nowhere_from ? price[t] > median : nowhere_from;
    direction_[t] = discharge ? Allowed::discharge : Allowed::charge;
  }
}

void ExclusiveSearch::on_joint(const lp::Solution& solution) {
  read_schedule(window_, choice_, lp_, solution, schedule_);
  const Positions positions = read_positions(window_, lp_, solution, schedule_);
  const double value = schedule_value_eur(window_, schedule_, positions);
  consider(schedule_, positions);
  const double gain = value - last_value_eur_;
  const bool worth =
      first_round_ || gain > std::max(least_gain * std::max(1.0, std::abs(bound_eur_)), least_share_of_gap * (bound_eur_ - value));
  last_value_eur_ = value;
  first_round_ = false;
  if (good_enough() || stats_.lps >= options_.max_lps) {
    step_ = Step::done;
    return;
  }
  if (!window_.has_reserves() || reserves_committed_ || !worth) {
    next_start();
    return;
  }
  reserves_ = reserves_by_block(window_, schedule_);
  begin_joint();
}

// (e)
void ExclusiveSearch::begin_rounding() {
  rounded_ = true;
  direction_.assign(static_cast<std::size_t>(window_.periods), Allowed::both);
  reserves_ = reserves_committed_      ? committed_
              : window_.has_reserves() ? reserves_by_block(window_, relaxed_)
                                       : std::vector<ReserveLevel>{};
  fix_shared_periods(relaxed_);
  choice_ = {};
  choice_.direction = &direction_;
  if (window_.has_reserves()) choice_.fixed_reserves = &reserves_;
  step_ = Step::round;
}

/// False: nothing is shared. The larger share decides, or `known` where it is not null and not idle.
bool ExclusiveSearch::fix_shared_periods(const Schedule& s, const Schedule* known) {
  const double least = share_tolerance * window_.battery.power_mw;
  bool any = false;
  for (std::size_t t = 0; t < direction_.size(); ++t) {
    const double c = charge_of(s, t);
    const double d = s.discharge_mw[t];
    if (std::min(c, d) <= least) continue;
    double charge_room = window_.battery.power_mw;
    double discharge_room = window_.battery.power_mw;
    if (!reserves_.empty()) {
      const ReserveLevel& r = reserves_[static_cast<std::size_t>(window_.block_of(static_cast<int>(t)))];
      charge_room = charge_room_mw(window_, r);
      discharge_room = discharge_room_mw(window_, r);
    }
    const double known_net = known == nullptr ? 0.0 : known->discharge_mw[t] - charge_of(*known, t);
    const bool charge = known_net == 0.0 ? c * discharge_room > d * charge_room : known_net < 0.0;
    direction_[t] = charge ? Allowed::charge : Allowed::discharge;
    any = true;
  }
  return any;
}

void ExclusiveSearch::on_round(const lp::Solution& solution) {
  read_schedule(window_, choice_, lp_, solution, schedule_);
  if (fix_shared_periods(schedule_)) {
    consider_projection(schedule_);
    if (stats_.lps >= options_.max_lps && best_.valid) step_ = Step::done;
    return;
  }
  const Schedule one = on_energy_path(window_, schedule_);
  consider(one, read_positions(window_, lp_, solution, one));
  step_ = Step::done;
}

// (f) With reserves free again, every shared period takes its direction from the plan that is known: what is fixed agrees with it, so
// that it stays a solution.
void ExclusiveSearch::begin_known() {
  if (known_ == nullptr || best_.valid) {
    begin_careful_rounding();
    return;
  }
  direction_.assign(static_cast<std::size_t>(window_.periods), Allowed::both);
  fix_shared_periods(relaxed_, known_);
  choice_ = {};
  choice_.direction = &direction_;
  if (reserves_committed_) choice_.fixed_reserves = &committed_;
  step_ = Step::known;
}

// Where reserves leave room for their own plan only, an LP may not find it within its tolerance. It is there all the same.
void ExclusiveSearch::consider_known() {
  if (window_.has_positions() && (window_.frozen_position_mw.empty() || !window_.has_imbalance())) return;  // it closes no position here
  Schedule s = *known_;
  const auto n = static_cast<std::size_t>(window_.periods);
  for (std::size_t t = 0; t < n && reserves_committed_; ++t) {
    s.set_reserves(t, committed_[static_cast<std::size_t>(window_.block_of(static_cast<int>(t)))]);
  }
  if (largest_violation(window_, s, true) > known_tolerance * std::max(1.0, window_.battery.power_mw)) return;
  Positions positions = physical_positions(window_, s);
  if (window_.has_positions()) {
    for (std::size_t t = 0; t < n; ++t) {
      const double open = net_export_mw(window_, s, static_cast<int>(t)) - window_.frozen_position_mw[t];
      positions[Product::imbalance].sold_mw[t] = std::max(0.0, open);
      positions[Product::imbalance].bought_mw[t] = std::max(0.0, -open);
    }
  }
  consider(s, positions);
}

void ExclusiveSearch::on_known(const lp::Solution& solution) {
  read_schedule(window_, choice_, lp_, solution, schedule_);
  if (fix_shared_periods(schedule_, known_)) return;
  const Schedule one = on_energy_path(window_, schedule_);
  consider(one, read_positions(window_, lp_, solution, one));
  begin_careful_rounding();
}

// (f) As (e) with reserves free again, but an LP without solution takes the last directions back: half as many are tried, down to
// one, and then its other direction.
void ExclusiveSearch::begin_careful_rounding() {
  if (best_.valid) {
    step_ = Step::done;
    return;
  }
  direction_.assign(static_cast<std::size_t>(window_.periods), Allowed::both);
  choice_ = {};
  choice_.direction = &direction_;
  if (reserves_committed_) choice_.fixed_reserves = &committed_;
  fixed_.clear();
  careful_turns_ = 0;
  feasible_ = relaxed_;
  fix_most_shared(direction_.size());
  step_ = Step::careful;
}

/// The `count` most shared periods of the last feasible solution, each in the direction of its larger share.
void ExclusiveSearch::fix_most_shared(std::size_t count) {
  std::vector<std::pair<double, std::size_t>> shared;
  for (std::size_t t = 0; t < direction_.size(); ++t) {
    const double mw = std::min(charge_of(feasible_, t), feasible_.discharge_mw[t]);
    if (direction_[t] == Allowed::both && mw > share_tolerance * window_.battery.power_mw) shared.emplace_back(-mw, t);
  }
  std::sort(shared.begin(), shared.end());
  shared.resize(std::min(shared.size(), count));
  for (const auto& [mw, t] : shared) {
    direction_[t] = charge_of(feasible_, t) > feasible_.discharge_mw[t] ? Allowed::charge : Allowed::discharge;
    fixed_.push_back({t, false});
  }
  last_fixed_ = shared.size();
}

void ExclusiveSearch::on_careful(const lp::Solution& solution, bool solved) {
  if (solved) {
    read_schedule(window_, choice_, lp_, solution, schedule_);
    consider_projection(schedule_);
    const bool shared = count_shared(schedule_) > 0;
    if (!shared) {
      const Schedule one = on_energy_path(window_, schedule_);
      consider(one, read_positions(window_, lp_, solution, one));
    }
    if (!shared || best_.valid) {
      step_ = Step::done;
      return;
    }
    std::swap(feasible_, schedule_);
    fix_most_shared(2 * std::max<std::size_t>(1, last_fixed_));
    if (last_fixed_ == 0) step_ = Step::done;  // what is shared has its direction already: the solver's last digits
    return;
  }
  if (++careful_turns_ > most_careful_turns) {
    step_ = Step::done;
    return;
  }
  if (last_fixed_ > 1) {
    const std::size_t half = last_fixed_ / 2;
    for (; last_fixed_ > 0; --last_fixed_, fixed_.pop_back()) direction_[fixed_.back().period] = Allowed::both;
    fix_most_shared(half);
    return;
  }
  for (; !fixed_.empty() && fixed_.back().flipped; fixed_.pop_back()) direction_[fixed_.back().period] = Allowed::both;
  if (fixed_.empty()) {
    step_ = Step::done;
    return;
  }
  Allowed& wrong = direction_[fixed_.back().period];
  wrong = wrong == Allowed::charge ? Allowed::discharge : Allowed::charge;
  fixed_.back().flipped = true;
}

DispatchPlan ExclusiveSearch::take() {
  DispatchPlan plan;
  plan.status = best_.valid ? lp::SolveStatus::optimal : status_ == lp::SolveStatus::optimal ? lp::SolveStatus::infeasible : status_;
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
  bool before = false;
  while (const WindowLp* lp = search.next()) {
    const double bound = backend.solve(*lp, solution, search.stats(), !search.relaxing(), before);
    before = !search.relaxing();
    search.accept(solution, lp->constant_eur - bound);
  }
  return search.take();
}

}  // namespace bess::dispatch
