// Windows whose directions are given have a stage form of their own, with one control for charge and discharge: it must say what
// the two-way form with forbidden directions says.

#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "dispatch/kernels.h"
#include "dispatch/model.h"
#include "dispatch/window_problem.h"
#include "lp/solver.h"
#include "windows.h"

namespace bess::dispatch::test {

namespace {

struct Answer {
  double objective{0};
  Schedule schedule;
};

Answer solve(const WindowProblem& w, const std::vector<Allowed>& direction, lp::Solver& solver, bool& one_way) {
  LpChoice choice;
  choice.direction = &direction;
  WindowLp lp;
  build_lp(w, choice, lp);
  one_way = lp.features.one_way;
  lp::Solution solution;
  solver.solve(lp.lp, {}, solution);
  Answer answer;
  EXPECT_EQ(solution.status, lp::SolveStatus::optimal);
  answer.objective = solution.objective;
  read_schedule(w, choice, lp, solution, answer.schedule);
  return answer;
}

}  // namespace

TEST(OneWay, SaysWhatTheTwoWayFormSays) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  const auto own = make_own_dispatch_solver();
  const auto clp = lp::make_clp_solver();
  const WindowProblem w = read_case("five_markets_3d").window;
  WindowProblem unbounding = w;  // a cycle budget that never binds keeps the two-way form
  unbounding.max_cycles_per_day = 1000.0;
  unbounding.day.assign(static_cast<std::size_t>(w.periods), 0);
  std::mt19937 random(7);
  for (int trial = 0; trial < 12; ++trial) {
    std::vector<Allowed> direction;
    for (int t = 0; t < w.periods; ++t) direction.push_back(random() % 2 == 0 ? Allowed::charge : Allowed::discharge);
    bool one_way = false;
    bool also = false;
    const Answer mine = solve(w, direction, *own, one_way);
    const Answer reference = solve(w, direction, *clp, also);
    EXPECT_TRUE(one_way && also);
    const Answer plain = solve(unbounding, direction, *clp, also);
    EXPECT_FALSE(also);
    const double scale = std::max(1.0, std::abs(plain.objective));
    EXPECT_NEAR(mine.objective, plain.objective, 1e-6 * scale);
    EXPECT_NEAR(reference.objective, plain.objective, 1e-7 * scale);
    // What it says can be done: within power, energy and headroom, and never against its direction.
    EXPECT_LE(largest_violation(w, mine.schedule, true), 1e-5);
    for (std::size_t t = 0; t < direction.size(); ++t) {
      EXPECT_EQ(direction[t] == Allowed::charge ? mine.schedule.discharge_mw[t] : mine.schedule.grid_charge_mw[t], 0.0) << t;
    }
  }
}

}  // namespace bess::dispatch::test
