// Windows whose directions are given have a stage form of their own, with one control for charge and discharge: it must say what
// the two-way form with forbidden directions says.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

#include "dispatch/kernels/kernels.h"
#include "dispatch/model/model.h"
#include "dispatch/window/problem.h"
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

void expect_what_the_two_way_form_says(const WindowProblem& w) {
  const auto own = make_own_dispatch_solver();
  const auto clp = lp::make_clp_solver();
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

TEST(OneWay, SaysWhatTheTwoWayFormSays) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  expect_what_the_two_way_form_says(read_case("five_markets_3d").window);
}

TEST(OneWay, SaysItOfFcrAlone) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  WindowProblem w = read_case("five_markets_3d").window;
  w.prices[Product::afrr_up] = w.prices[Product::afrr_down] = {};
  expect_what_the_two_way_form_says(w);
}

// FCR alone has a form without the aFRR states: at worthless aFRR the full form must say the same.
TEST(FcrAlone, SaysWhatTheFormWithAfrrSays) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  const auto own = make_own_dispatch_solver();
  const auto clp = lp::make_clp_solver();
  WindowProblem full = read_case("five_markets_3d").window;
  for (const Product p : {Product::afrr_up, Product::afrr_down}) std::ranges::fill(full.prices[p].sell, 0.0);
  WindowProblem alone = full;
  alone.prices[Product::afrr_up] = alone.prices[Product::afrr_down] = {};
  auto optimum = [](const WindowProblem& w, lp::Solver& solver, bool fcr_only) {
    WindowLp lp;
    build_lp(w, {}, lp);
    EXPECT_EQ(lp.features.reserves, fcr_only ? fcr_alone : usual_reserves);
    lp::Solution solution;
    solver.solve(lp.lp, {}, solution);
    EXPECT_EQ(solution.status, lp::SolveStatus::optimal);
    return solution.objective;
  };
  const double expected = optimum(full, *clp, false);
  const double scale = std::max(1.0, std::abs(expected));
  EXPECT_NEAR(optimum(alone, *clp, true), expected, 1e-7 * scale);
  EXPECT_NEAR(optimum(alone, *own, true), expected, 1e-6 * scale);
  for (const double cap : {0.0, 3.0}) {
    full.max_mw[Product::fcr] = alone.max_mw[Product::fcr] = cap;
    EXPECT_NEAR(optimum(alone, *own, true), optimum(full, *clp, false), 1e-6 * scale) << cap;
  }
}

}  // namespace bess::dispatch::test
