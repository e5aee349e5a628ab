// SIMD lanes and instruction sets: a batch equals the scalar runs, neighbours change nothing, and every kernel that this
// processor can run agrees with the generic one.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dispatch/kernels/kernels.h"
#include "lp/interior_solver.h"
#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

std::vector<lp::StagedLp> windows(const dispatch::Features& features, int count, std::uint64_t seed) {
  std::vector<lp::StagedLp> out;
  RandomLpOptions options;
  options.stages = 48;
  for (int i = 0; i < count; ++i) {
    RandomStream random(seed, "lanes", static_cast<std::uint64_t>(i));
    out.push_back(random_dispatch_lp(features, random, options));
  }
  return out;
}

std::vector<lp::Solution> solve_all(lp::Solver& solver, const std::vector<lp::StagedLp>& problems) {
  std::vector<lp::Solution> out(problems.size());
  std::vector<const lp::StagedLp*> in;
  std::vector<lp::Solution*> answers;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    in.push_back(&problems[i]);
    answers.push_back(&out[i]);
  }
  solver.solve_batch(in, {}, answers);
  return out;
}

std::vector<dispatch::Features> batched_shapes() {
  using dispatch::Features;
  return {Features{}, Features{.reserves = dispatch::usual_reserves}, Features{.reserves = dispatch::fcr_alone},
          Features{.generation = true, .connection = true},
          Features{.reserves = dispatch::usual_reserves, .generation = true, .connection = true}};
}

void expect_same(const lp::StagedLp& problem, const lp::Solution& a, const lp::Solution& b, const std::string& what) {
  ASSERT_EQ(a.status, b.status) << what << " " << a.kernel << " against " << b.kernel;
  if (a.status != lp::SolveStatus::optimal) return;
  EXPECT_NEAR(a.objective, b.objective, 1e-6 * std::max(1.0, std::abs(b.objective))) << what;
  EXPECT_LE(lp::certify(problem, a).relative_gap, 1e-6) << what;
}

TEST(Lanes, ABatchEqualsTheScalarRuns) {
  for (const dispatch::KernelSet& set : dispatch::supported_kernel_sets()) {
    const auto solver = lp::make_own_solver(set.table);
    for (const dispatch::Features& features : batched_shapes()) {
      const std::vector<lp::StagedLp> problems = windows(features, 21, 5);
      const std::vector<lp::Solution> batch = solve_all(*solver, problems);
      EXPECT_NE(batch[0].kernel.find("lanes"), std::string::npos) << describe(features);
      for (std::size_t i = 0; i < problems.size(); ++i) {
        lp::Solution one;
        solver->solve(problems[i], {}, one);
        expect_same(problems[i], batch[i], one, std::string(set.name) + " " + describe(features) + " " + std::to_string(i));
      }
    }
  }
}

TEST(Lanes, NeighboursNeverChangeAnAnswer) {
  const auto solver = dispatch::make_own_dispatch_solver();
  std::vector<lp::StagedLp> problems = windows({.reserves = dispatch::usual_reserves}, 8, 11);
  const std::vector<lp::Solution> before = solve_all(*solver, problems);
  for (std::size_t i = 1; i < problems.size(); ++i) {  // neighbours become infeasible, absurd, or not a number
    if (i % 3 == 0) problems[i].final_low[0] = 1e9;
    if (i % 3 == 1) problems[i].control_cost[3] = std::numeric_limits<double>::quiet_NaN();
    if (i % 3 == 2) problems[i].row_coefficient[5] = 1e300;
  }
  const std::vector<lp::Solution> after = solve_all(*solver, problems);
  ASSERT_EQ(after[0].status, before[0].status);
  EXPECT_EQ(after[0].control, before[0].control);  // to the last bit
  EXPECT_EQ(after[0].row_multiplier, before[0].row_multiplier);
  for (std::size_t i = 1; i < problems.size(); ++i) EXPECT_NE(after[i].status, lp::SolveStatus::optimal) << i;
}

TEST(Lanes, EveryKernelOfThisProcessorAgreesWithTheGenericOne) {
  const auto generic = lp::make_own_solver();
  for (const dispatch::KernelSet& set : dispatch::supported_kernel_sets()) {
    const auto solver = lp::make_own_solver(set.table);
    for (int k = 0; k < set.table.count; ++k) {
      const lp::Kernel& kernel = set.table.kernels[k];
      if (kernel.lanes > 1) continue;
      for (const dispatch::Features& features : all_features()) {
        if (!(dispatch::make_shape(features).pattern == *kernel.pattern)) continue;
        for (const lp::StagedLp& problem : windows(features, 6, 77)) {
          lp::Solution a;
          lp::Solution b;
          solver->solve(problem, {}, a);
          generic->solve(problem, {}, b);
          EXPECT_EQ(a.kernel.find(kernel.name), 0U) << a.kernel;
          expect_same(problem, a, b, std::string(set.name) + " " + describe(features));
        }
      }
    }
  }
}

bool has_linked_kernel(const dispatch::KernelSet& set, const lp::Pattern& pattern) {
  for (int k = 0; k < set.table.count; ++k) {
    if (set.table.kernels[k].linked && *set.table.kernels[k].pattern == pattern) return true;
  }
  return false;
}

// One problem cut over the lanes of a linked kernel: cold and from a warm point the same answer as in one lane, also where there is none.
TEST(Lanes, OneProblemOverAllLanesEqualsTheScalarRun) {
  for (const dispatch::KernelSet& set : dispatch::supported_kernel_sets()) {
    const auto over_lanes = lp::make_own_solver(set.table, 8);
    const auto scalar = lp::make_own_solver(set.table, std::numeric_limits<int>::max());
    int shapes = 0;
    int infeasible = 0;
    for (const dispatch::Features& features : all_features()) {
      if (!has_linked_kernel(set, dispatch::make_shape(features).pattern)) continue;
      ++shapes;
      int linked = 0;
      for (int i = 0; i < 24; ++i) {
        RandomStream random(19, "linked", static_cast<std::uint64_t>(i));
        RandomLpOptions options;
        options.stages = random.integer(24, 160);
        lp::StagedLp problem = random_dispatch_lp(features, random, options);
        const std::string what = std::string(set.name) + " " + describe(features) + " " + std::to_string(i);
        lp::Solution a;
        lp::Solution b;
        over_lanes->solve(problem, {}, a);
        scalar->solve(problem, {}, b);
        expect_same(problem, a, b, what);
        linked += a.kernel.find("linked") != std::string::npos ? 1 : 0;
        infeasible += a.status == lp::SolveStatus::infeasible ? 1 : 0;
        EXPECT_EQ(b.kernel.find("linked"), std::string::npos);
        if (a.status != lp::SolveStatus::optimal) continue;
        for (double& cost : problem.control_cost) cost *= random.uniform(0.9, 1.1);
        lp::SolveOptions warm;
        warm.warm_start = true;
        over_lanes->solve(problem, warm, a);
        scalar->solve(problem, {}, b);
        expect_same(problem, a, b, what + " warm");
      }
      EXPECT_GE(linked, 8) << describe(features);
    }
    EXPECT_GE(shapes, 16) << set.name;
    EXPECT_GE(infeasible, 5) << set.name;
  }
}

// The multipliers at a seam are those of the whole: a price for stored energy that the parts agree on.
TEST(Lanes, MultipliersOverAllLanesAreThoseOfTheScalarRun) {
  const dispatch::KernelSet& set = dispatch::supported_kernel_sets().back();
  const auto over_lanes = lp::make_own_solver(set.table, 8);
  const auto scalar = lp::make_own_solver(set.table, std::numeric_limits<int>::max());
  RandomStream random(5, "linked multipliers", 0);
  RandomLpOptions options;
  options.stages = 128;
  options.degenerate = false;
  const lp::StagedLp problem = random_dispatch_lp({}, random, options);
  lp::Solution a;
  lp::Solution b;
  over_lanes->solve(problem, {}, a);
  scalar->solve(problem, {}, b);
  ASSERT_NE(a.kernel.find("linked"), std::string::npos);
  ASSERT_EQ(a.transition_multiplier.size(), b.transition_multiplier.size());
  for (std::size_t k = 0; k < a.transition_multiplier.size(); ++k)
    EXPECT_NEAR(a.transition_multiplier[k], b.transition_multiplier[k], 1e-2) << k;
}

TEST(Lanes, TheSameInputGivesTheSameBits) {
  const auto solver = dispatch::make_own_dispatch_solver();
  const auto other = dispatch::make_own_dispatch_solver();
  for (const lp::StagedLp& problem : windows({.reserves = dispatch::usual_reserves, .generation = true, .connection = true}, 4, 3)) {
    lp::Solution a;
    lp::Solution b;
    solver->solve(problem, {}, a);
    other->solve(problem, {}, b);
    solver->solve(problem, {}, b);
    EXPECT_EQ(a.control, b.control);
    EXPECT_EQ(a.row_multiplier, b.row_multiplier);
  }
}

}  // namespace
}  // namespace bess::test
