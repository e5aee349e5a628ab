// Thousands of random staged LPs: the own solver's objective is CLP's, and its certificate holds.

#include <gtest/gtest.h>

#include <cmath>

#include "backends.h"
#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

struct Failure {
  std::string text;
  int iterations{0};
  /// The right objective without a certificate of 1e-6, and the status says so: callers turn to the reference. Happens where
  /// the optimum is next to nothing beside the money that goes round, or multipliers are unbounded.
  bool declined{false};
};

/// Empty text: solved alike by both.
Failure compare(lp::Solver& own, lp::Solver& clp, const lp::StagedLp& problem, const std::string& label) {
  lp::Solution a;
  lp::Solution b;
  own.solve(problem, {}, a);
  clp.solve(problem, {}, b);
  Failure out;
  out.iterations = a.iterations;
  auto fail = [&](const std::string& why) {
    out.text = label + ": " + why + " | own " + lp::to_string(a.status) + " " + std::to_string(a.objective) + " after " +
               std::to_string(a.iterations) + ", clp " + lp::to_string(b.status) + " " + std::to_string(b.objective);
  };
  if (b.status == lp::SolveStatus::infeasible) {
    if (a.status == lp::SolveStatus::optimal && lp::certify(problem, a).primal_residual > 1e-6) fail("infeasible taken for optimal");
    if (a.status != lp::SolveStatus::infeasible && a.status != lp::SolveStatus::optimal) fail("infeasible not recognised");
    return out;
  }
  if (a.status != lp::SolveStatus::optimal) {
    fail("status");
    out.declined = std::abs(a.objective - b.objective) <= 1e-5 * std::max(1.0, std::abs(b.objective));
    return out;
  }
  const lp::Certificate c = lp::certify(problem, a);
  // A point that misses the rows by r may beat the optimum by Σ|z| r: where multipliers are huge, that explains a difference.
  double weight = 0.0;
  for (const auto* z : {&b.row_multiplier, &b.entry_row_multiplier, &b.final_multiplier}) {
    for (const double v : *z) weight += std::abs(v);
  }
  const double allowed = 1e-6 * std::max(1.0, std::abs(b.objective)) + weight * c.primal_residual;
  if (!(std::abs(a.objective - b.objective) <= allowed)) fail("objective");
  if (!(c.relative_gap <= 1e-6)) fail("gap " + std::to_string(c.relative_gap * 1e6) + "e-6");
  double size = 1.0;
  for (const double v : problem.control_high) size = std::max(size, std::abs(v));
  for (const double v : problem.state_high) size = std::max(size, std::abs(v));
  if (!(c.primal_residual <= 1e-7 * size)) fail("residual " + std::to_string(c.primal_residual * 1e6) + "e-6");
  return out;
}

void expect_alike(const std::string& purpose, int count, int linked_from = lp::default_linked_from) {
  const auto own = lp::make_own_solver(dispatch::supported_kernel_sets().back().table, linked_from);
  const auto clp = make_backend("clp_dual");
  const std::vector<dispatch::Features> shapes = all_features();
  int failures = 0;
  int declined = 0;
  long iterations = 0;
  int worst = 0;
  for (int i = 0; i < count; ++i) {
    RandomStream random(2024, purpose, static_cast<std::uint64_t>(i));
    const bool generic = i % 5 == 4;
    const dispatch::Features& f = shapes[static_cast<std::size_t>(random.integer(0, static_cast<int>(shapes.size()) - 1))];
    const lp::StagedLp problem = generic ? random_generic_lp(random) : random_dispatch_lp(f, random);
    const Failure failure = compare(*own, *clp, problem, std::to_string(i) + " " + (generic ? "generic pattern" : describe(f)));
    iterations += failure.iterations;
    worst = std::max(worst, failure.iterations);
    if (failure.declined) {
      ++declined;
      std::printf("declined: %s\n", failure.text.c_str());
    }
    if (failure.text.empty() || failure.declined) continue;
    ++failures;
    if (failures <= 20) ADD_FAILURE() << failure.text;
  }
  EXPECT_EQ(failures, 0);
  EXPECT_LE(declined, count / 500);
  std::printf("%d problems, %d failures, %d declined, %.1f iterations on average, %d at most\n", count, failures, declined,
              static_cast<double>(iterations) / count, worst);
}

TEST(RandomStaged, OwnAgreesWithClp) { expect_alike("fast", 1500); }
TEST(RandomStaged, OverAllLanesOwnAgreesWithClp) { expect_alike("linked", 1500, 4); }
TEST(SlowRandomStaged, TenThousandAgreeWithClp) { expect_alike("slow", 10000); }
TEST(SlowRandomStaged, TenThousandOverAllLanesAgreeWithClp) { expect_alike("slow linked", 10000, 4); }

}  // namespace
}  // namespace bess::test
