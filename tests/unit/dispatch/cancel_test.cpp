// A cancelled Backend answers soon, whatever it is doing.

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>

#include "base/progress.h"
#include "windows.h"

namespace bess::dispatch::test {

namespace {

/// Without structure to exploit and with a cycle budget: the reference solver needs many seconds for it.
WindowProblem long_window() {
  std::mt19937 random(1);
  std::normal_distribution<double> noise;
  std::vector<double> price;
  for (int t = 0; t < 12000; ++t) price.push_back(60.0 + 80.0 * noise(random));
  WindowProblem w = hourly(std::move(price), 20.0, 10.0, 10.0, 10.0);
  for (int t = 0; t < w.periods; ++t) {
    w.block.push_back(t / 4);
    w.day.push_back(t / 24);
  }
  w.max_cycles_per_day = 1.5;
  w.ramp_mw_per_period = 3.0;
  w.prices[Product::fcr].sell.assign(static_cast<std::size_t>(w.periods), 15.0);
  w.prices[Product::afrr_up].sell.assign(static_cast<std::size_t>(w.periods), 9.0);
  w.prices[Product::afrr_down].sell.assign(static_cast<std::size_t>(w.periods), 12.0);
  return w;
}

}  // namespace

TEST(Cancel, InterruptsTheReferenceSolver) {
  using namespace std::chrono;
  const WindowProblem w = long_window();
  CancellationToken cancel;
  Backend backend(SolverChoice::clp, &cancel);
  steady_clock::time_point cancelled;
  std::jthread other([&] {
    std::this_thread::sleep_for(milliseconds{700});
    cancelled = steady_clock::now();
    cancel.cancel();
  });
  EXPECT_THROW((void)solve_window(w, time_shared(), backend), Cancelled);
  const duration<double> late = steady_clock::now() - cancelled;
  other.join();
  EXPECT_LT(late.count(), 2.0);
}

TEST(Cancel, IsHeardBeforeTheNextLp) {
  CancellationToken cancel;
  cancel.cancel();
  for (const SolverChoice solver : {SolverChoice::own, SolverChoice::clp}) {
    Backend backend(solver, &cancel);
    EXPECT_THROW((void)solve_window(hourly({10, 20, 50, 80}, 2, 1, 1, 1), {}, backend), Cancelled);
  }
}

}  // namespace bess::dispatch::test
