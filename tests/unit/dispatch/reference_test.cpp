#include <gtest/gtest.h>

#include <iostream>

#include "windows.h"

namespace bess::dispatch::test {

class ReferenceCases : public ::testing::TestWithParam<const char*> {};

TEST_P(ReferenceCases, TimeSharedOptimumOnBothSolvers) {
  BESS_NEEDS_SHARED(std::string("cases/") + GetParam() + ".json");
  const ReferenceCase c = read_case(GetParam());
  for (const SolverChoice solver : {SolverChoice::own, SolverChoice::clp}) {
    Backend backend(solver);
    const DispatchPlan plan = solve_window(c.window, time_shared(), backend);
    ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
    const double tolerance = 1e-6 * std::max(1.0, std::abs(c.optimum_eur));
    EXPECT_NEAR(plan.objective_eur, c.optimum_eur, tolerance);
    EXPECT_NEAR(plan.bound_eur, c.optimum_eur, tolerance);
    EXPECT_LT(largest_violation(c.window, plan.schedule, false), 1e-5);
    EXPECT_EQ(plan.stats.fallbacks, 0);
  }
}

TEST_P(ReferenceCases, ExclusivePlanIsFeasibleAndBelowTheBound) {
  BESS_NEEDS_SHARED(std::string("cases/") + GetParam() + ".json");
  const ReferenceCase c = read_case(GetParam());
  Backend backend(SolverChoice::own);
  const DispatchPlan plan = solve_window(c.window, {}, backend);
  ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
  EXPECT_LE(plan.objective_eur, c.optimum_eur + 1e-6 * std::max(1.0, std::abs(c.optimum_eur)));
  EXPECT_LT(largest_violation(c.window, plan.schedule, true), 1e-5);
  std::cout << GetParam() << ": plan " << plan.objective_eur << " bound " << plan.bound_eur << " gap " << plan.relative_gap << " lps "
            << plan.stats.lps << " shared " << plan.stats.shared_periods << '\n';
}

INSTANTIATE_TEST_SUITE_P(Shared, ReferenceCases,
                         ::testing::Values("day_ahead_3d", "three_markets_3d", "five_markets_3d", "reserves_only_3d", "solar_park_7d",
                                           "solar_two_markets_7d", "five_markets_14d", "zero_power_1d"),
                         [](const auto& parameter) { return std::string(parameter.param); });

}  // namespace bess::dispatch::test
