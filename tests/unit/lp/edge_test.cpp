// Degenerate and absurd input: what solver and certificate owe to any finite numbers.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "backends.h"
#include "support/shared_data.h"
#include "unit/lp/battery_lp.h"
#include "unit/lp/case_lp.h"
#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

BatteryCase quarter_hours(std::vector<double> prices) {
  BatteryCase c;
  c.delta_h = 0.25;
  c.power_mw = 2.0;
  c.energy_max_mwh = 1.0;
  c.start_mwh = c.target_mwh = 0.5;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = std::move(prices);
  return c;
}

/// Both backends agree, and the own answer is certified.
double agreed(const lp::StagedLp& problem) {
  lp::Solution own;
  lp::Solution clp;
  make_backend("own")->solve(problem, {}, own);
  make_backend("clp_dual")->solve(problem, {}, clp);
  EXPECT_EQ(own.status, lp::SolveStatus::optimal) << lp::to_string(own.status);
  EXPECT_EQ(clp.status, lp::SolveStatus::optimal);
  const lp::Certificate c = lp::certify(problem, own);
  EXPECT_NEAR(own.objective, clp.objective, 1e-6 * std::max(1.0, std::abs(clp.objective)));
  EXPECT_LE(c.relative_gap, 1e-6);
  EXPECT_LE(c.primal_residual, 1e-7);
  return own.objective;
}

TEST(Edge, ZeroPowerDoesNothing) {
  BatteryCase c = quarter_hours({10, 90, 10, 90});
  c.power_mw = 0.0;
  EXPECT_NEAR(agreed(battery_lp(c)), 0.0, 1e-6);
}
TEST(Edge, EmptyEnergyWindow) {
  BatteryCase c = quarter_hours({10, 90, 10, 90});
  c.energy_min_mwh = c.energy_max_mwh = 0.5;
  EXPECT_NEAR(agreed(battery_lp(c)), 0.0, 1e-5);
}
TEST(Edge, EqualPrices) {
  BatteryCase c = quarter_hours(std::vector<double>(24, 50.0));
  c.efficiency = 1.0;
  EXPECT_NEAR(agreed(battery_lp(c)), 0.0, 1e-5);
}
TEST(Edge, NoPricesAtAll) { EXPECT_NEAR(agreed(battery_lp(quarter_hours(std::vector<double>(24, 0.0)))), 0.0, 1e-9); }
TEST(Edge, SpikesOfBothSigns) {
  std::vector<double> prices(96, 40.0);
  prices[30] = 4000.0;
  prices[60] = -4000.0;
  EXPECT_LT(agreed(battery_lp(quarter_hours(prices))), -1000.0);
}
TEST(Edge, StartsOnEitherBound) {
  BatteryCase c = quarter_hours({10, 90, 30, 80, 20, 70});
  c.start_mwh = c.energy_min_mwh;
  agreed(battery_lp(c));
  c.start_mwh = c.energy_max_mwh;
  agreed(battery_lp(c));
}
TEST(Edge, ReservesFromAnEmptyBattery) {
  BatteryCase c = quarter_hours({10, 90, 30, 80, 20, 70, 15, 60});
  c.start_mwh = c.energy_min_mwh;
  c.target_mwh = 0.0;
  c.reserves = true;
  c.block = {0, 0, 0, 0, 1, 1, 1, 1};
  c.up = c.down = c.fcr = std::vector<double>(8, 5.0);
  agreed(battery_lp(c));
}
TEST(Edge, TargetJustReachable) {
  BatteryCase c = quarter_hours({50, 40, 60});
  c.start_mwh = 0.0;
  c.energy_max_mwh = 2.0;
  c.target_mwh = 3 * 0.25 * c.efficiency * c.power_mw;  // full charge in every period, nothing else
  EXPECT_NEAR(agreed(battery_lp(c)), 0.25 * 2.0 * 150.0, 1e-4);
}
TEST(Edge, TargetOutOfReachIsInfeasible) {
  BatteryCase c = quarter_hours({50, 40, 60});
  c.start_mwh = 0.0;
  c.energy_max_mwh = 2.0;
  c.target_mwh = 1.001 * 3 * 0.25 * c.efficiency * c.power_mw;
  for (const char* name : {"own", "generic", "clp"}) {
    lp::Solution s;
    make_backend(name)->solve(battery_lp(c), {}, s);
    EXPECT_EQ(s.status, lp::SolveStatus::infeasible) << name;
  }
}
TEST(Edge, OneStage) {
  BatteryCase c = quarter_hours({80});
  c.target_mwh = 0.0;
  EXPECT_NEAR(agreed(battery_lp(c)), -80.0 * 0.25 * std::min(2.0, 0.5 * c.efficiency / 0.25), 1e-6);
}
TEST(Edge, PinnedEnd) {
  BatteryCase c = quarter_hours({10, 90, 30, 80, 20, 70});
  lp::StagedLp problem = battery_lp(c);
  problem.final_low[0] = problem.final_high[0] = 0.31;
  lp::Solution s;
  make_backend("own")->solve(problem, {}, s);
  EXPECT_NEAR(s.state.back(), 0.31, 1e-7);
  agreed(problem);
}
TEST(Edge, EverythingFixed) {
  lp::StagedLp problem = battery_lp(quarter_hours({10, 90, 30, 80}));
  for (double& f : problem.control_fixed) f = 0.0;
  EXPECT_NEAR(agreed(problem), 0.0, 1e-12);
}
TEST(Edge, TheSolutionOfEqualPricesIsTheSameFromEverySolverInstance) {
  const lp::StagedLp problem = battery_lp(quarter_hours(std::vector<double>(12, 50.0)));
  lp::Solution a;
  lp::Solution b;
  make_backend("own")->solve(problem, {}, a);
  make_backend("own")->solve(problem, {}, b);
  EXPECT_EQ(a.control, b.control);
}

TEST(Edge, ReferenceCasesOfABatteryAlone) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  for (const char* name :
       {"day_ahead_3d", "three_markets_3d", "five_markets_3d", "reserves_only_3d", "five_markets_14d", "zero_power_1d"}) {
    double optimum = 0.0;
    const lp::StagedLp problem = battery_lp(read_case(shared(std::string("cases/") + name + ".json"), &optimum));
    lp::Solution s;
    make_backend("own")->solve(problem, {}, s);
    EXPECT_EQ(s.status, lp::SolveStatus::optimal) << name;
    EXPECT_NEAR(-s.objective, optimum, 1e-6 * std::max(1.0, std::abs(optimum))) << name;
    EXPECT_LE(lp::certify(problem, s).relative_gap, 1e-6) << name;
    EXPECT_LE(s.iterations, 30) << name;
  }
}

TEST(Edge, AWarmStartGivesTheSameOptimumInFewerIterations) {
  const auto own = make_backend("own");
  int cold_iterations = 0;
  int warm_iterations = 0;
  for (int i = 0; i < 40; ++i) {
    RandomStream random(6, "warm", static_cast<std::uint64_t>(i));
    RandomLpOptions options;
    options.stages = 96;
    options.degenerate = false;
    const ProductSet reserves = i % 2 == 0 ? dispatch::usual_reserves : ProductSet{};
    lp::StagedLp problem = random_dispatch_lp({.reserves = reserves, .generation = i % 3 == 0}, random, options);
    lp::Solution parent;
    own->solve(problem, {}, parent);
    if (parent.status != lp::SolveStatus::optimal) continue;
    for (int fixed = 0; fixed < 3; ++fixed) {  // a child: a few directions forbidden
      const int k = random.integer(0, 95);
      problem.control_fixed[static_cast<std::size_t>(k * problem.pattern.controls + random.integer(0, 1))] = 0.0;
    }
    lp::Solution cold;
    own->solve(problem, {}, cold);
    lp::Solution warm = parent;
    lp::SolveOptions from_parent;
    from_parent.warm_start = true;
    own->solve(problem, from_parent, warm);
    ASSERT_EQ(warm.status, cold.status) << i;
    if (cold.status != lp::SolveStatus::optimal) continue;
    EXPECT_NEAR(warm.objective, cold.objective, 1e-6 * std::max(1.0, std::abs(cold.objective))) << i;
    cold_iterations += cold.iterations;
    warm_iterations += warm.iterations;
  }
  std::printf("iterations: cold %d, warm %d\n", cold_iterations, warm_iterations);
  EXPECT_LT(warm_iterations, cold_iterations);
}

/// Any finite number anywhere: no crash, and no NaN in what is called optimal.
TEST(Edge, AnyFiniteNumbersGiveAStatusAndNoNaN) {
  const auto own = make_backend("own");
  const std::vector<dispatch::Features> shapes = all_features();
  for (int i = 0; i < 400; ++i) {
    RandomStream random(31, "absurd", static_cast<std::uint64_t>(i));
    RandomLpOptions options;
    options.stages = random.integer(1, 12);
    lp::StagedLp problem =
        random_dispatch_lp(shapes[static_cast<std::size_t>(random.integer(0, static_cast<int>(shapes.size()) - 1))], random, options);
    for (auto* values : {&problem.state_cost, &problem.control_cost, &problem.transition_coefficient, &problem.transition_constant,
                         &problem.row_coefficient, &problem.row_rhs, &problem.entry_row_rhs, &problem.entry_value, &problem.control_low,
                         &problem.control_high, &problem.state_low, &problem.state_high}) {
      for (double& v : *values) {
        if (random.chance(0.02)) v = random.normal() * std::pow(10.0, random.uniform(-300.0, 300.0));
      }
    }
    lp::Solution s;
    own->solve(problem, {}, s);
    if (s.status != lp::SolveStatus::optimal) continue;
    EXPECT_TRUE(std::isfinite(s.objective)) << i;
    for (const auto* values : {&s.state, &s.control, &s.row_multiplier, &s.entry_row_multiplier, &s.transition_multiplier}) {
      for (const double v : *values) EXPECT_TRUE(std::isfinite(v)) << i;
    }
  }
}

TEST(Edge, TheReferenceSaysWhenItsTimeRanOut) {
  BESS_NEEDS_SHARED("cases/five_markets_14d.json");
  const lp::StagedLp problem = battery_lp(read_case(shared("cases/five_markets_14d.json")));
  for (const lp::ClpAlgorithm algorithm : {lp::ClpAlgorithm::dual_simplex, lp::ClpAlgorithm::primal_simplex}) {
    lp::Solution s;
    lp::make_clp_solver(algorithm)->solve(problem, {.time_limit_s = 0.005}, s);
    EXPECT_EQ(s.status, lp::SolveStatus::time_limit) << lp::to_string(s.status);
    lp::make_clp_solver(algorithm)->solve(problem, {.time_limit_s = 300.0}, s);
    EXPECT_EQ(s.status, lp::SolveStatus::optimal) << lp::to_string(s.status);
  }
}

}  // namespace
}  // namespace bess::test
