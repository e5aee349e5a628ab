// The small reference problems of the specification (hourly, energy window 0..E, RTE 0.81 unless noted), each optimum found
// by an independent solver.

#include <gtest/gtest.h>

#include <tuple>

#include "windows.h"

namespace bess::dispatch::test {

namespace {

constexpr double tolerance = 1.5e-6;  // the references carry six digits

DispatchPlan shared_plan(const WindowProblem& w, SolverChoice solver = SolverChoice::own) {
  Backend backend(solver);
  return solve_window(w, time_shared(), backend);
}

DispatchPlan exclusive_plan(const WindowProblem& w) {
  Backend backend(SolverChoice::own);
  DispatchOptions options;
  options.search.gap = 1e-9;
  return solve_window(w, options, backend);
}

class SmallProblems : public ::testing::TestWithParam<SolverChoice> {
 protected:
  void expect_optimum(const WindowProblem& w, double expected) {
    const DispatchPlan plan = shared_plan(w, GetParam());
    ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
    EXPECT_NEAR(plan.objective_eur, expected, tolerance);
    EXPECT_NEAR(plan.bound_eur, expected, 1e-4);  // carries the tie-break
  }
};

}  // namespace

TEST_P(SmallProblems, L1BuysTwiceSellsTwice) {
  const WindowProblem w = hourly({10, 20, 50, 80}, 2, 1, 0, 0);
  expect_optimum(w, 81.0);
  const DispatchPlan plan = shared_plan(w, GetParam());
  const std::vector<double> charge{1, 1, 0, 0};
  const std::vector<double> discharge{0, 0, 0.62, 1};
  for (std::size_t t = 0; t < 4; ++t) {
    EXPECT_NEAR(plan.schedule.grid_charge_mw[t], charge[t], 1e-5);
    EXPECT_NEAR(plan.schedule.discharge_mw[t], discharge[t], 1e-5);
  }
}

TEST_P(SmallProblems, L1bReturnsToItsStart) { expect_optimum(hourly({10, 20, 50, 80}, 2, 1, 1, 1), 59.777778); }

TEST_P(SmallProblems, L2QuarterHours) {
  WindowProblem w = hourly({10, 12, 40, 60, 55, 8, 5, 70}, 1, 2, 0.5, 0.5, 0.9);
  w.dt_h = 0.25;
  w.battery.energy_min_mwh = 0.1;
  w.battery.energy_max_mwh = 0.9;
  expect_optimum(w, 61.342635);
  w.wear_cost_eur_per_mwh = 5.0;
  expect_optimum(w, 49.325980);
}

TEST_P(SmallProblems, L3HullCutAtNegativePrices) { expect_optimum(hourly({-100, -100, 20, 60}, 1, 1, 0, 0), 174.441989); }

TEST(ExclusiveDirection, L3) {
  const DispatchPlan plan = exclusive_plan(hourly({-100, -100, 20, 60}, 1, 1, 0, 0));
  EXPECT_NEAR(plan.objective_eur, 165.111111, tolerance);
  EXPECT_NEAR(plan.bound_eur, 174.441989, 1e-4);
}

TEST_P(SmallProblems, L4CycleBudget) {
  WindowProblem w = hourly({10, 60, 15, 90}, 1, 1, 0, 0);
  expect_optimum(w, 99.2);
  // Σ d/η ≤ 1 MWh. Starting and ending empty, Σ ηc = Σ d/η, so the throughput (Σ ηc + Σ d/η)/2 is the same sum.
  w.max_cycles_per_day = 1.0;
  w.day = {0, 0, 0, 0};
  expect_optimum(w, 69.333333);
}

TEST_P(SmallProblems, L5ExportLimit) {
  WindowProblem w = hourly({10, 20, 50, 80}, 2, 1, 0, 0);
  w.connection.export_limit_mw = 0.5;
  expect_optimum(w, 50.308642);
}

TEST_P(SmallProblems, L7OneFcrBlock) {
  for (const auto& [block_price, optimum, sold] : {std::tuple{0.0, 49.222222, 0.0}, std::tuple{20.0, 49.584991, 0.095465},
                                                   std::tuple{60.0, 63.387654, 0.395062}, std::tuple{200.0, 160.0, 0.8}}) {
    WindowProblem w = hourly({20, 25, 70, 80}, 2, 1, 1, 1);
    w.prices[Product::fcr].sell.assign(4, block_price / 4.0);
    expect_optimum(w, optimum);
    if (block_price > 0.0) {
      EXPECT_NEAR(shared_plan(w, GetParam()).schedule.reserve_mw[Product::fcr][0], sold, 2e-6);
    }
  }
}

TEST_P(SmallProblems, L8SunBehindAConnection) {
  for (const auto& [import_limit, optimum] : {std::pair{0.0, 75.0}, std::pair{1.0, 105.0}}) {
    WindowProblem w = hourly({30, -10, -20, 60}, 2, 1, 0, 0);
    w.connection = {import_limit, 1.0};
    w.generation.available_mw = {0.5, 2, 2.5, 0.2};
    w.generation.price_eur_per_mwh = w.prices[Product::day_ahead].sell;
    expect_optimum(w, optimum);
  }
}

TEST_P(SmallProblems, L9WholeHorizon) { expect_optimum(hourly({10, 60, 30, 20, 90, 25, 15, 100}, 1, 1, 0, 0), 168.488889); }

// Rolling without a terminal value: see foresight hours, execute some, roll.
TEST_P(SmallProblems, L9Rolling) {
  const WindowProblem whole = hourly({10, 60, 30, 20, 90, 25, 15, 100}, 1, 1, 0, 0);
  for (const auto& [foresight, execute, value] : {std::tuple{4, 4, 110.822222}, std::tuple{4, 2, 168.488889}, std::tuple{3, 3, 157.5},
                                                  std::tuple{3, 1, 168.488889}, std::tuple{2, 2, 104.6}}) {
    Backend backend(GetParam());
    double stored = 0.0;
    double earned = 0.0;
    for (int first = 0; first < whole.periods; first += execute) {
      WindowProblem window = slice(whole, first, std::min(foresight, whole.periods - first));
      window.start_mwh = stored;
      const DispatchPlan plan = solve_window(window, time_shared(), backend);
      for (int t = 0; t < std::min(execute, window.periods); ++t) {
        const auto i = static_cast<std::size_t>(t);
        earned += window.sell_price(Product::day_ahead, i) * (plan.schedule.discharge_mw[i] - plan.schedule.grid_charge_mw[i]);
        stored = plan.schedule.stored_energy_mwh[i + 1];
      }
    }
    EXPECT_NEAR(earned, value, 2e-5) << foresight << "/" << execute;
  }
}

// aFRR alone: one hour, energy held, up bound by the stored energy, down by the power.
TEST_P(SmallProblems, L10Afrr) {
  WindowProblem w = hourly({0}, 2, 1, 1, 1);
  w.prices[Product::day_ahead] = {};
  w.prices[Product::afrr_up] = reserve_price({12});
  w.prices[Product::afrr_down] = reserve_price({8});
  expect_optimum(w, 18.8);
  const DispatchPlan plan = shared_plan(w, GetParam());
  EXPECT_NEAR(plan.schedule.reserve_mw[Product::afrr_up][0], 0.9, 1e-6);
  EXPECT_NEAR(plan.schedule.reserve_mw[Product::afrr_down][0], 1.0, 1e-6);
}

// Two markets, bounded positions: jointly sells day-ahead and buys back intraday; one after the other it cannot.
TEST_P(SmallProblems, L6TwoMarkets) {
  WindowProblem w = hourly({30, 90}, 1, 1, 0, 0);
  w.prices[Product::intraday] = energy_price({25, 70});
  w.cross_market = CrossMarket::netted;
  w.installed_power_mw = 1.0;
  const DispatchPlan joint = shared_plan(w, GetParam());
  EXPECT_NEAR(joint.objective_eur, 56.7, 1e-5);
  EXPECT_NEAR(joint.positions[Product::day_ahead].sold_mw[0], 1.0, 1e-5);
  Backend backend(GetParam());
  EXPECT_NEAR(solve_sequential(w, time_shared(), backend).objective_eur, 42.9, 1e-5);
}

// A position that an empty battery cannot deliver is bought in imbalance.
TEST_P(SmallProblems, L11MustBuyImbalance) {
  WindowProblem w = hourly({80}, 1, 1, 0, 0);
  w.prices[Product::imbalance] = {.buy = {120}, .sell = {60}};
  w.prices[Product::day_ahead] = {};
  w.frozen_position_mw = {1.0};
  const DispatchPlan plan = shared_plan(w, GetParam());
  ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
  EXPECT_NEAR(80.0 + plan.objective_eur, -40.0, 1e-5);
  EXPECT_NEAR(plan.positions[Product::imbalance].bought_mw[0], 1.0, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(BothSolvers, SmallProblems, ::testing::Values(SolverChoice::own, SolverChoice::clp),
                         [](const auto& parameter) { return parameter.param == SolverChoice::own ? "own" : "clp"; });

}  // namespace bess::dispatch::test
