#include <algorithm>

#include "dispatch/search/search_step.h"
#include "dispatch/window/limits.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

void open_all_directions(SearchContext& c) { c.direction.assign(static_cast<std::size_t>(c.window.periods), Allowed::both); }

class Rounding final : public SearchStep {
 public:
  Outcome begin(SearchContext& c) override {
    open_all_directions(c);
    c.reserves = c.reserves_of(c.relaxed);
    c.fix_shared_periods(c.relaxed, nullptr);
    c.choose_directions();
    if (c.window.has_reserves()) c.choice.fixed_reserves = &c.reserves;
    return Outcome::asks_lp;
  }

  Outcome accept(SearchContext& c, const lp::Solution& solution, double /*certified_bound_eur*/) override {
    if (solution.status != lp::SolveStatus::optimal) return Outcome::without_lp;
    c.read(solution, schedule_);
    if (c.fix_shared_periods(schedule_, nullptr)) {
      c.consider_projection(schedule_);
      return c.lps_used_up() && c.has_plan() ? Outcome::plan_found : Outcome::asks_lp;
    }
    c.consider_solution(schedule_, solution);
    return Outcome::plan_found;
  }

 private:
  Schedule schedule_;
};

class KnownDirections final : public SearchStep {
 public:
  Outcome begin(SearchContext& c) override {
    if (c.has_plan()) return Outcome::plan_found;
    if (c.known == nullptr) return Outcome::exhausted;
    open_all_directions(c);
    c.fix_shared_periods(c.relaxed, c.known);
    c.choose_directions();
    return Outcome::asks_lp;
  }

  Outcome accept(SearchContext& c, const lp::Solution& solution, double /*certified_bound_eur*/) override {
    if (solution.status != lp::SolveStatus::optimal) {
      consider_known(c);
    } else {
      c.read(solution, schedule_);
      if (c.fix_shared_periods(schedule_, c.known)) return Outcome::asks_lp;
      c.consider_solution(schedule_, solution);
    }
    return c.has_plan() ? Outcome::plan_found : Outcome::exhausted;
  }

 private:
  /// Where reserves leave room for their own plan only, an LP may not find it within its tolerance. It is there all the same.
  static void consider_known(SearchContext& c) {
    const WindowProblem& w = c.window;
    if (w.has_positions() && (w.frozen_position_mw.empty() || !w.has_imbalance())) return;  // it closes no position here
    Schedule s = *c.known;
    const auto n = static_cast<std::size_t>(w.periods);
    for (std::size_t t = 0; t < n && c.reserves_committed(); ++t)
      s.set_reserves(t, c.committed()[static_cast<std::size_t>(w.block_of(static_cast<int>(t)))]);
    if (largest_violation(w, s, true) > tolerance::kept_rule_of_known_plan * std::max(1.0, w.battery.power_mw)) return;
    Positions positions = physical_positions(w, s);
    if (w.has_positions()) {
      for (std::size_t t = 0; t < n; ++t) {
        const double open = net_export_mw(w, s, static_cast<int>(t)) - w.frozen_position_mw[t];
        positions[Product::imbalance].sold_mw[t] = std::max(0.0, open);
        positions[Product::imbalance].bought_mw[t] = std::max(0.0, -open);
      }
    }
    c.consider(s, positions);
  }

  Schedule schedule_;
};

}  // namespace

std::unique_ptr<SearchStep> make_rounding() { return std::make_unique<Rounding>(); }
std::unique_ptr<SearchStep> make_known_directions() { return std::make_unique<KnownDirections>(); }

}  // namespace bess::dispatch
