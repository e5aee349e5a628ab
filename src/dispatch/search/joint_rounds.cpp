#include <algorithm>
#include <array>
#include <cmath>

#include "dispatch/search/direction_search.h"
#include "dispatch/search/search_step.h"
#include "dispatch/window/money.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// Grid of the direction search; the LP that follows removes its error.
constexpr int grid_points = 96;
/// Where the rounds start: the relaxation's reserves times this.
constexpr std::array<double, 2> reserve_starts{1.0, 0.75};

/// One product over several periods is delivered at one power: its periods share a direction.
void share_directions_within_products(const WindowProblem& w, const std::vector<double>& energy_mwh, std::vector<Allowed>& direction) {
  if (!w.has_positions() || w.has_imbalance() || w.has_intraday() || w.day_ahead_product.empty()) return;
  const auto n = direction.size();
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first + 1;
    while (last < n && !w.starts_product(static_cast<int>(last))) ++last;
    const double change = energy_mwh[last] - energy_mwh[first];
    for (std::size_t t = first; t < last; ++t)
      direction[t] = change > 0.0 ? Allowed::charge : change < 0.0 ? Allowed::discharge : Allowed::both;
    first = last;
  }
}

/// Idle periods: the LP may still use the direction that the price suggests, or the one that the connection leaves.
void direct_idle_periods(const WindowProblem& w, std::vector<Allowed>& direction) {
  const auto n = direction.size();
  const std::vector<double> price = w.has_positions() && w.has_intraday() ? w.prices[Product::intraday].sell : fold_prices(w).sell;
  std::vector<double> sorted = price;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(n / 2), sorted.end());
  const double median = sorted[n / 2];
  for (std::size_t t = 0; t < n; ++t) {
    if (direction[t] != Allowed::both) continue;
    const auto k = static_cast<int>(t);
    const bool nowhere_to = w.export_limit(k) <= 0.0;
    const bool nowhere_from = w.import_limit(k) <= 0.0 && w.generation_mw(k) <= 0.0;
    const bool discharge = nowhere_to == nowhere_from ? price[t] > median : nowhere_from;
    direction[t] = discharge ? Allowed::discharge : Allowed::charge;
  }
}

class JointRounds final : public SearchStep {
 public:
  Outcome begin(SearchContext& c) override {
    start_ = 0;
    c.reserves = c.reserves_of(c.relaxed);
    return begin_start(c);
  }

  Outcome accept(SearchContext& c, const lp::Solution& solution, double /*certified_bound_eur*/) override {
    if (solution.status != lp::SolveStatus::optimal) return next_start(c);
    c.read(solution, schedule_);
    const Positions positions = read_positions(c.window, c.lp, solution, schedule_);
    const double value = schedule_value_eur(c.window, schedule_, positions);
    c.consider(schedule_, positions);
    const double gain = value - last_value_eur_;
    const bool worth = first_round_ || gain > std::max(tolerance::least_gain * std::max(1.0, std::abs(c.bound_eur)),
                                                       tolerance::least_share_of_gap * (c.bound_eur - value));
    last_value_eur_ = value;
    first_round_ = false;
    if (c.good_enough() || c.lps_used_up()) return Outcome::plan_found;
    if (!c.window.has_reserves() || c.reserves_committed() || !worth) return next_start(c);
    c.reserves = reserves_by_block(c.window, schedule_);
    return ask(c);
  }

 private:
  Outcome begin_start(SearchContext& c) {
    first_round_ = true;
    return ask(c);
  }

  /// The LP of the directions that are best for the reserves at hand.
  Outcome ask(SearchContext& c) {
    const DirectionPlan plan = best_directions(c.window, c.reserves, grid_points);
    if (!std::isfinite(plan.value_eur)) return next_start(c);  // these reserves leave no path with one direction
    c.direction = plan.direction;
    share_directions_within_products(c.window, plan.energy_mwh, c.direction);
    direct_idle_periods(c.window, c.direction);
    if (std::find(solved_.begin(), solved_.end(), c.direction) != solved_.end()) return next_start(c);  // its LP is known
    solved_.push_back(c.direction);
    c.choose_directions();
    return Outcome::asks_lp;
  }

  Outcome next_start(SearchContext& c) {
    const bool more = c.window.has_reserves() && !c.reserves_committed() && start_ + 1 < reserve_starts.size() && !c.lps_used_up();
    if (more && !c.good_enough()) {
      ++start_;
      c.reserves = reserves_by_block(c.window, c.relaxed);
      for (ReserveLevel& r : c.reserves) {
        for (double& mw : r.values) mw *= reserve_starts[start_];
      }
      return begin_start(c);
    }
    const bool ramp = c.window.ramp_mw_per_period > 0.0;  // the direction search knows nothing of it
    const bool go_on = !c.has_plan() || (ramp && !c.lps_used_up() && !c.good_enough());
    return go_on ? Outcome::exhausted : Outcome::plan_found;
  }

  Schedule schedule_;
  std::vector<std::vector<Allowed>> solved_;  ///< directions whose LP was asked for: the same again would tell nothing
  std::size_t start_{0};
  double last_value_eur_{0};  ///< of this start's last LP
  bool first_round_{true};
};

}  // namespace

std::unique_ptr<SearchStep> make_joint_rounds() { return std::make_unique<JointRounds>(); }

}  // namespace bess::dispatch
