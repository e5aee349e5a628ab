// Published reference problems of a single battery (optima from an independent solver), and the certificate of each answer.

#include <gtest/gtest.h>

#include "backends.h"
#include "battery_lp.h"
#include "lp/general_lp.h"

namespace bess::test {
namespace {

BatteryCase l1() {
  BatteryCase c;
  c.energy_max_mwh = 2.0;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {10, 20, 50, 80};
  return c;
}

BatteryCase l2() {
  BatteryCase c;
  c.delta_h = 0.25;
  c.efficiency = std::sqrt(0.9);
  c.power_mw = 2.0;
  c.energy_min_mwh = 0.1;
  c.energy_max_mwh = 0.9;
  c.start_mwh = c.target_mwh = 0.5;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {10, 12, 40, 60, 55, 8, 5, 70};
  return c;
}

BatteryCase l7(double price_per_block) {
  BatteryCase c;
  c.energy_max_mwh = 2.0;
  c.start_mwh = c.target_mwh = 1.0;
  c.reserves = true;
  c.block = {0, 0, 0, 0};
  c.fcr.assign(4, price_per_block / 4.0);
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {20, 25, 70, 80};
  return c;
}

class Reference : public testing::TestWithParam<std::string> {
 protected:
  void expect_optimum(const lp::StagedLp& problem, double revenue) {
    const auto solver = make_backend(GetParam());
    lp::Solution s;
    solver->solve(problem, {}, s);
    ASSERT_EQ(s.status, lp::SolveStatus::optimal) << lp::to_string(s.status);
    const lp::Certificate c = lp::certify(problem, s);
    EXPECT_NEAR(-s.objective, revenue, 1e-6);
    EXPECT_NEAR(-c.bound, revenue, 1e-6);
    EXPECT_LE(c.primal_residual, 1e-7);
  }
};

TEST_P(Reference, L1) { expect_optimum(battery_lp(l1()), 81.0); }
TEST_P(Reference, L1bStartsAndEndsHalfFull) {
  BatteryCase c = l1();
  c.start_mwh = c.target_mwh = 1.0;
  expect_optimum(battery_lp(c), 59.777778);
}
TEST_P(Reference, L2) { expect_optimum(battery_lp(l2()), 61.342635); }
TEST_P(Reference, L2WithWear) {
  BatteryCase c = l2();
  c.wear_eur_per_mwh = 5.0;
  expect_optimum(battery_lp(c), 49.325980);
}
TEST_P(Reference, L3HullCut) {
  BatteryCase c;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {-100, -100, 20, 60};
  expect_optimum(battery_lp(c), 174.441989);
}
TEST_P(Reference, L3RelaxedHasSeparatePowerBounds) {
  // The reserve shape with all reserves fixed at 0 has the two power rows without the cut.
  BatteryCase c;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {-100, -100, 20, 60};
  c.reserves = true;
  c.block = {0, 0, 0, 0};
  c.hull_cut = false;
  expect_optimum(battery_lp(c), 182.0);
}
TEST_P(Reference, L3OneDirectionFixed) {
  // The best of the 2⁴ direction choices is 165.111111; it charges first, then discharges while still paid to charge.
  BatteryCase c;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {-100, -100, 20, 60};
  const auto solver = make_backend(GetParam());
  double best = -1e9;
  for (unsigned mask = 0; mask < 16; ++mask) {
    lp::StagedLp problem = battery_lp(c);
    for (std::size_t k = 0; k < 4; ++k) problem.control_fixed[2 * k + ((mask >> k) & 1U)] = 0.0;
    lp::Solution s;
    solver->solve(problem, {}, s);
    ASSERT_EQ(s.status, lp::SolveStatus::optimal) << mask;
    EXPECT_LE(lp::certify(problem, s).relative_gap, 1e-7) << mask;
    best = std::max(best, -s.objective);
  }
  EXPECT_NEAR(best, 165.111111, 1e-6);
}
TEST_P(Reference, L4) {
  BatteryCase c;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {10, 60, 15, 90};
  expect_optimum(battery_lp(c), 99.2);
}
TEST_P(Reference, L4CycleBudget) {
  // Σ d/η ≤ 1 from an empty battery: with e_N free, throughput (Σ ηc + Σ d/η)/2 ≤ 1 says the same.
  BatteryCase c;
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {10, 60, 15, 90};
  c.cycle_budget_mwh = 1.0;
  expect_optimum(battery_lp(c), 69.333333);
}
TEST_P(Reference, L5ExportLimit) {
  BatteryCase c = l1();
  c.export_limit_mw = 0.5;
  c.import_limit_mw = 10.0;
  expect_optimum(battery_lp(c), 50.308642);
}
TEST_P(Reference, L7FourFcrPrices) {
  expect_optimum(battery_lp(l7(0)), 49.222222);
  expect_optimum(battery_lp(l7(20)), 49.584991);
  expect_optimum(battery_lp(l7(60)), 63.387654);
  expect_optimum(battery_lp(l7(200)), 160.0);
}
TEST_P(Reference, L10ReservesAlone) {
  BatteryCase c;
  c.energy_max_mwh = 2.0;
  c.start_mwh = 1.0;
  c.reserves = true;
  c.block = {0};
  c.up = {12.0};
  c.down = {8.0};
  c.buy_eur_per_mwh = c.sell_eur_per_mwh = {0.0};
  lp::StagedLp problem = battery_lp(c);
  problem.control_fixed[0] = problem.control_fixed[1] = 0.0;  // held
  expect_optimum(problem, 18.8);
}

INSTANTIATE_TEST_SUITE_P(Backends, Reference, testing::ValuesIn(backend_names()), [](const auto& i) { return i.param; });

}  // namespace
}  // namespace bess::test
