#include "dispatch/search/search_step.h"

namespace bess::dispatch {

namespace {

class Relaxation final : public SearchStep {
 public:
  Outcome begin(SearchContext& /*context*/) override { return Outcome::asks_lp; }

  Outcome accept(SearchContext& c, const lp::Solution& solution, double certified_bound_eur) override {
    c.status = solution.status;
    if (solution.status != lp::SolveStatus::optimal) return Outcome::without_lp;
    c.bound_eur = certified_bound_eur;
    c.read(solution, c.relaxed);
    if (shared_periods(c.window, c.relaxed) > 0) return judge_relaxation(c);
    c.consider_solution(c.relaxed, solution);
    return Outcome::plan_found;
  }
};

}  // namespace

Outcome judge_relaxation(SearchContext& c) {
  c.stats.shared_periods = shared_periods(c.window, c.relaxed);
  c.consider_projection(c.relaxed);
  const bool will_do = (c.stats.shared_periods == 0 && c.has_plan()) || c.good_enough();
  return will_do ? Outcome::plan_found : Outcome::exhausted;
}

std::unique_ptr<SearchStep> make_relaxation() { return std::make_unique<Relaxation>(); }

}  // namespace bess::dispatch
