// Multipliers mean what staged_lp.h says: derivatives of the optimum. Each right side is moved a little and the problem solved
// again; where the optimum is smooth there, the difference quotient is the multiplier.

#include <gtest/gtest.h>

#include <cmath>

#include "backends.h"
#include "unit/lp/battery_lp.h"

namespace bess::test {
namespace {

BatteryCase day() {
  BatteryCase c;
  c.delta_h = 0.5;
  c.power_mw = 1.3;
  c.energy_min_mwh = 0.2;
  c.energy_max_mwh = 1.9;
  c.start_mwh = 0.9;
  c.target_mwh = 0.7;
  c.reserves = true;
  c.export_limit_mw = 0.8;
  c.import_limit_mw = 1.1;
  c.cycle_budget_mwh = 1.2;
  for (int k = 0; k < 16; ++k) {
    c.block.push_back(k / 8);
    c.buy_eur_per_mwh.push_back(30.0 + 25.0 * std::sin(0.9 * k) + 3.0 * std::cos(2.3 * k));
    c.sell_eur_per_mwh.push_back(c.buy_eur_per_mwh.back() + 0.37 * (k % 3));
    c.up.push_back(4.0 + 1.7 * (k / 8));
    c.down.push_back(3.1);
    c.fcr.push_back(9.3 - 2.0 * (k / 8));
  }
  return c;
}

class Duals : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    problem_ = battery_lp(day());
    for (auto* low : {&problem_.control_low, &problem_.state_low}) {  // boxes must hold for the moved problems too
      for (double& v : *low) v -= 0.01;
    }
    for (auto* high : {&problem_.control_high, &problem_.state_high}) {
      for (double& v : *high) v += 0.01;
    }
    solver_ = make_backend(GetParam());
    solver_->solve(problem_, {}, base_);
    ASSERT_EQ(base_.status, lp::SolveStatus::optimal);
  }
  double optimum() {
    lp::Solution s;
    solver_->solve(problem_, {}, s);
    EXPECT_EQ(s.status, lp::SolveStatus::optimal);
    return s.objective;
  }
  /// Compares d(optimum)/d(value) with `multiplier` unless left and right derivative differ (a kink).
  void expect_slope(double& value, double multiplier, const std::string& what) {
    const double kept = value;
    const double step = 1e-4;
    value = kept + step;
    const double right = (optimum() - base_.objective) / step;
    value = kept - step;
    const double left = (base_.objective - optimum()) / step;
    value = kept;
    ++checked_;
    if (std::abs(right - left) > 1e-2) {  // a convex optimum: the multiplier lies between the two
      ++kinks_;
      EXPECT_GE(multiplier, std::min(left, right) - 1e-2) << what;
      EXPECT_LE(multiplier, std::max(left, right) + 1e-2) << what;
      return;
    }
    EXPECT_NEAR(0.5 * (left + right), multiplier, 2e-2) << what;
  }
  lp::StagedLp problem_;
  std::unique_ptr<lp::Solver> solver_;
  lp::Solution base_;
  int checked_{0}, kinks_{0};
};

TEST_P(Duals, RowsEntriesTransitionsAndFinalBounds) {
  for (std::size_t i = 0; i < problem_.row_rhs.size(); ++i)
    expect_slope(problem_.row_rhs[i], base_.row_multiplier[i], "row " + std::to_string(i));
  for (std::size_t i = 0; i < problem_.entry_row_rhs.size(); ++i) {
    expect_slope(problem_.entry_row_rhs[i], base_.entry_row_multiplier[i], "entry row " + std::to_string(i));
  }
  for (std::size_t i = 0; i < problem_.transition_constant.size(); ++i) {
    expect_slope(problem_.transition_constant[i], base_.transition_multiplier[i], "transition " + std::to_string(i));
  }
  expect_slope(problem_.final_low[0], base_.final_multiplier[0], "final low");
  EXPECT_LT(kinks_, checked_ / 2);
}

INSTANTIATE_TEST_SUITE_P(Backends, Duals, testing::Values("own", "clp_dual"), [](const auto& i) { return i.param; });

}  // namespace
}  // namespace bess::test
