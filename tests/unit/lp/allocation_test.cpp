// No allocation in solve() once its memory is sized: every operator new of this program is counted.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "dispatch/kernels/kernels.h"
#include "lp/interior_solver.h"
#include "unit/lp/random_lp.h"

namespace {
std::atomic<long> allocations{0};
void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* p = alignment <= alignof(std::max_align_t) ? std::malloc(size)
                                                   : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
}  // namespace

// The replaced operators pair malloc with free by hand; the compiler cannot see that.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) { return counted(size, 1); }
void* operator new[](std::size_t size) { return counted(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
#pragma GCC diagnostic pop

namespace bess::test {
namespace {

TEST(Allocation, SolveAllocatesNothingAfterSetUp) {
  const auto solver = dispatch::make_own_dispatch_solver();
  RandomLpOptions options;
  options.stages = 96;
  for (const dispatch::Features& features :
       {dispatch::Features{.reserves = dispatch::usual_reserves}, dispatch::Features{.generation = true, .ramp = true}}) {
    std::vector<lp::StagedLp> problems;
    for (int i = 0; i < 12; ++i) {
      RandomStream random(9, "allocation", static_cast<std::uint64_t>(i));
      problems.push_back(random_dispatch_lp(features, random, options));
    }
    std::vector<lp::Solution> answers(problems.size());
    std::vector<const lp::StagedLp*> in;
    std::vector<lp::Solution*> out;
    for (std::size_t i = 0; i < problems.size(); ++i) {
      in.push_back(&problems[i]);
      out.push_back(&answers[i]);
    }
    for (std::size_t i = 0; i < problems.size(); ++i) solver->solve(problems[i], {}, answers[i]);  // set-up
    solver->solve_batch(in, {}, out);
    const long before = allocations;
    for (std::size_t i = 0; i < problems.size(); ++i) solver->solve(problems[i], {}, answers[i]);
    solver->solve_batch(in, {}, out);
    EXPECT_EQ(allocations - before, 0) << describe(features);
  }
}

}  // namespace
}  // namespace bess::test
