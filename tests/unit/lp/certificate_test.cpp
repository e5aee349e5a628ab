// certify() uses the problem's data alone: its bound never exceeds the optimum whatever the multipliers, and it sees every
// kind of violation.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backends.h"
#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

TEST(Certificate, TheBoundHoldsForAnyMultipliers) {
  const auto clp = make_backend("clp_dual");
  const std::vector<dispatch::Features> shapes = all_features();
  for (int i = 0; i < 150; ++i) {
    RandomStream random(3, "certificate", static_cast<std::uint64_t>(i));
    RandomLpOptions options;
    options.stages = random.integer(1, 24);
    options.degenerate = false;
    const lp::StagedLp problem = random_dispatch_lp(shapes[static_cast<std::size_t>(i * 7) % shapes.size()], random, options);
    lp::Solution s;
    clp->solve(problem, {}, s);
    if (s.status != lp::SolveStatus::optimal) continue;
    const double optimum = s.objective;
    const double slack = 1e-7 * std::max(1.0, std::abs(optimum));
    EXPECT_NEAR(lp::certify(problem, s).bound, optimum, 10 * slack) << i;
    for (int trial = 0; trial < 5; ++trial) {
      lp::Solution wrong = s;
      for (auto* values : {&wrong.row_multiplier, &wrong.entry_row_multiplier, &wrong.transition_multiplier, &wrong.final_multiplier}) {
        for (double& v : *values) v = v * random.uniform(0.5, 1.5) + 5.0 * random.normal();
      }
      EXPECT_LE(lp::certify(problem, wrong).bound, optimum + slack) << i;
    }
  }
}

class Violations : public testing::Test {
 protected:
  Violations() {
    RandomStream random(8, "violations");
    RandomLpOptions options;
    options.stages = 20;
    options.degenerate = false;
    problem_ = random_dispatch_lp({.reserves = dispatch::usual_reserves, .connection = true}, random, options);
    make_backend("clp_dual")->solve(problem_, {}, point_);
    EXPECT_EQ(point_.status, lp::SolveStatus::optimal);
    EXPECT_LE(residual(), 1e-9);
  }
  double residual() { return lp::certify(problem_, point_).primal_residual; }
  lp::StagedLp problem_;
  lp::Solution point_;
};

TEST_F(Violations, OfATransition) {
  point_.state[4 * 7] += 0.25;
  EXPECT_GE(residual(), 0.25 - 1e-9);
}
TEST_F(Violations, OfARow) {
  problem_.row_rhs[5] += 1e3;
  EXPECT_GE(residual(), 100.0);
}
TEST_F(Violations, OfAnEntryRow) {
  problem_.entry_row_rhs[2] += 1e3;
  EXPECT_GE(residual(), 100.0);
}
TEST_F(Violations, OfAFixedEntry) {
  problem_.entry_value[0] += 0.5;
  EXPECT_GE(residual(), 0.5 - 1e-9);
}
TEST_F(Violations, OfAFixedControl) {
  problem_.control_fixed[3] = point_.control[3] + 0.5;
  EXPECT_GE(residual(), 0.5 - 1e-9);
}
TEST_F(Violations, OfAFinalBound) {
  problem_.final_high[0] = point_.state[4 * 20] - 0.5;
  EXPECT_GE(residual(), 0.5 - 1e-9);
}
TEST_F(Violations, ANaNIsNeverFine) {
  point_.control[6] = std::numeric_limits<double>::quiet_NaN();
  const lp::Certificate c = lp::certify(problem_, point_);
  EXPECT_EQ(c.primal_residual, std::numeric_limits<double>::infinity());
  EXPECT_EQ(c.relative_gap, std::numeric_limits<double>::infinity());
}
TEST_F(Violations, AnEmptySolutionIsNoSolution) {
  EXPECT_EQ(lp::certify(problem_, lp::Solution{}).relative_gap, std::numeric_limits<double>::infinity());
}
TEST_F(Violations, AnInactiveRowIsNone) {
  problem_.row_active[5] = 0;
  problem_.row_rhs[5] += 1e3;
  EXPECT_LE(residual(), 1e-9);
}

}  // namespace
}  // namespace bess::test
