#include <algorithm>
#include <utility>

#include "dispatch/search/search_step.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// How often directions may be taken back.
constexpr int most_turns = 200;

class CarefulRounding final : public SearchStep {
 public:
  Outcome begin(SearchContext& c) override {
    c.direction.assign(static_cast<std::size_t>(c.window.periods), Allowed::both);
    c.choose_directions();
    fixed_.clear();
    turns_ = 0;
    feasible_ = c.relaxed;
    fix_most_shared(c, c.direction.size());
    return Outcome::asks_lp;
  }

  Outcome accept(SearchContext& c, const lp::Solution& solution, double /*certified_bound_eur*/) override {
    return solution.status == lp::SolveStatus::optimal ? go_on(c, solution) : turn_back(c);
  }

 private:
  struct Fixed {
    std::size_t period{0};
    bool flipped{false};  ///< tried both ways
  };

  Outcome go_on(SearchContext& c, const lp::Solution& solution) {
    c.read(solution, schedule_);
    c.consider_projection(schedule_);
    if (shared_periods(c.window, schedule_) == 0) {
      c.consider_solution(schedule_, solution);
      return Outcome::plan_found;
    }
    if (c.has_plan()) return Outcome::plan_found;
    std::swap(feasible_, schedule_);
    fix_most_shared(c, 2 * std::max<std::size_t>(1, last_fixed_));
    return last_fixed_ == 0 ? Outcome::exhausted : Outcome::asks_lp;  // 0: what is shared has its direction, to the solver's last digits
  }

  Outcome turn_back(SearchContext& c) {
    if (++turns_ > most_turns) return Outcome::exhausted;
    if (last_fixed_ > 1) {
      const std::size_t half = last_fixed_ / 2;
      for (; last_fixed_ > 0; --last_fixed_) open_last(c);
      fix_most_shared(c, half);
      return Outcome::asks_lp;
    }
    while (!fixed_.empty() && fixed_.back().flipped) open_last(c);
    if (fixed_.empty()) return Outcome::exhausted;
    Allowed& wrong = c.direction[fixed_.back().period];
    wrong = wrong == Allowed::charge ? Allowed::discharge : Allowed::charge;
    fixed_.back().flipped = true;
    return Outcome::asks_lp;
  }

  void open_last(SearchContext& c) {
    c.direction[fixed_.back().period] = Allowed::both;
    fixed_.pop_back();
  }

  /// The `count` most shared periods of the last feasible solution, each in the direction of its larger share.
  void fix_most_shared(SearchContext& c, std::size_t count) {
    std::vector<std::pair<double, std::size_t>> shared;
    for (std::size_t t = 0; t < c.direction.size(); ++t) {
      const double mw = std::min(feasible_.charge_mw(t), feasible_.discharge_mw[t]);
      if (c.direction[t] == Allowed::both && mw > tolerance::shared_flow * c.window.battery.power_mw) shared.emplace_back(-mw, t);
    }
    std::sort(shared.begin(), shared.end());
    shared.resize(std::min(shared.size(), count));
    for (const auto& [mw, t] : shared) {
      c.direction[t] = feasible_.charge_mw(t) > feasible_.discharge_mw[t] ? Allowed::charge : Allowed::discharge;
      fixed_.push_back({t, false});
    }
    last_fixed_ = shared.size();
  }

  Schedule schedule_;
  Schedule feasible_;          ///< the last solution of an LP that had one
  std::vector<Fixed> fixed_;   ///< in the order they were fixed
  std::size_t last_fixed_{0};  ///< how many of them since the last feasible LP
  int turns_{0};
};

}  // namespace

std::unique_ptr<SearchStep> make_careful_rounding() { return std::make_unique<CarefulRounding>(); }

}  // namespace bess::dispatch
