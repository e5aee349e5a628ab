// Times the solvers on staged LPs of the reference cases and of a synthetic year; every answer is checked before a time is
// printed. Usage: lp_bench [--year | --own] (one thread; --own: without CLP).

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include "base/random.h"
#include "dispatch/kernels/kernels.h"
#include "lp/interior_solver.h"
#include "lp/solver.h"
#include "support/shared_data.h"
#include "unit/lp/battery_lp.h"
#include "unit/lp/case_lp.h"

namespace {

using namespace bess;

/// Processor time of this thread: a busy machine disturbs it little.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds(const auto& work, int repeats) {
  double best = 1e9;
  for (int i = 0; i < repeats; ++i) {
    const double start = thread_seconds();
    work();
    best = std::min(best, thread_seconds() - start);
  }
  return best;
}

struct Line {
  double ms{0};
  double objective{0};
};

Line time_solver(const char* label, lp::Solver& solver, const lp::StagedLp& problem, int repeats) {
  lp::Solution s;
  solver.solve(problem, {}, s);
  const lp::Certificate c = lp::certify(problem, s);
  const double time = seconds([&] { solver.solve(problem, {}, s); }, repeats);
  std::printf("  %-18s %10.3f ms  %4d it  obj %.6f  gap %.1e  res %.1e  %s (%s)\n", label, 1e3 * time, s.iterations, s.objective,
              c.relative_gap, c.primal_residual, lp::to_string(s.status), s.kernel.c_str());
  return {1e3 * time, s.objective};
}

void compare(const char* label, const lp::StagedLp& problem, bool slow_clp, bool own_alone) {
  std::printf("%s: %d stages\n", label, problem.stages);
  const auto own = dispatch::make_own_dispatch_solver();
  const auto generic = lp::make_own_solver();
  const Line a = time_solver("own", *own, problem, slow_clp ? 5 : 30);
  const lp::SolveOptions options;
  std::vector<const lp::StagedLp*> many(64, &problem);
  std::vector<lp::Solution> answers(64);
  std::vector<lp::Solution*> out;
  for (lp::Solution& s : answers) out.push_back(&s);
  double batched = 0;
  if (!slow_clp) {
    own->solve_batch(many, options, out);
    batched = 1e3 * seconds([&] { own->solve_batch(many, options, out); }, 5) / 64.0;
    std::printf("  %-18s %10.3f ms per window (%s), obj %.6f\n", "own batched", batched, answers[7].kernel.c_str(), answers[7].objective);
  }
  if (own_alone) return;
  time_solver("generic", *generic, problem, 3);
  double best = 1e9;
  lp::Solution s;
  for (const auto& [name, algorithm] :
       {std::pair{"clp dual", lp::ClpAlgorithm::dual_simplex}, std::pair{"clp primal", lp::ClpAlgorithm::primal_simplex},
        std::pair{"clp automatic", lp::ClpAlgorithm::automatic}}) {
    if (slow_clp && algorithm == lp::ClpAlgorithm::automatic) continue;
    const auto clp = lp::make_clp_solver(algorithm);
    best = std::min(best, time_solver(name, *clp, problem, slow_clp ? 1 : 5).ms);
  }
  std::printf("  ratio %.1f scalar, %.1f batched\n", best / a.ms, batched > 0 ? best / batched : 0.0);
}

lp::StagedLp synthetic_year() {
  test::BatteryCase c = test::read_case(test::shared("cases/five_markets_14d.json"));
  const test::BatteryCase base = c;
  const std::size_t n = base.buy_eur_per_mwh.size();
  RandomStream random(7, "year");
  auto stretch = [&](std::vector<double>& v, const std::vector<double>& from, bool noise) {
    v.clear();
    if (from.empty()) return;
    double level = 1.0;
    for (std::size_t k = 0; k < 35040; ++k) {
      if (k % 96 == 0) level = random.uniform(0.6, 1.4);
      v.push_back(from[k % n] * level + (noise ? random.normal() * 5.0 : 0.0));
    }
  };
  stretch(c.buy_eur_per_mwh, base.buy_eur_per_mwh, true);
  stretch(c.sell_eur_per_mwh, base.sell_eur_per_mwh, false);
  for (std::size_t k = 0; k < 35040; ++k) c.sell_eur_per_mwh[k] = std::max(c.sell_eur_per_mwh[k], c.buy_eur_per_mwh[k]);
  stretch(c.fcr, base.fcr, false);
  stretch(c.up, base.up, false);
  stretch(c.down, base.down, false);
  c.block.clear();
  for (int k = 0; k < 35040; ++k) c.block.push_back(k / 16);
  return test::battery_lp(c);
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool own_alone = argc > 1 && std::strcmp(argv[1], "--own") == 0;
  const bool year = own_alone || (argc > 1 && std::strcmp(argv[1], "--year") == 0);
  for (const char* name : {"day_ahead_3d", "five_markets_3d", "reserves_only_3d", "five_markets_14d"}) {
    compare(name, test::battery_lp(test::read_case(test::shared(std::string("cases/") + name + ".json"))), false, own_alone);
  }
  if (year) compare("one year, five markets", synthetic_year(), true, own_alone);
}
