// A connection that gives one direction little or nothing. Periods that charge and discharge at once would net the two against each
// other behind it, so that the relaxation must know what a direction can do alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "dispatch/model/model.h"
#include "windows.h"

namespace bess::dispatch::test {

namespace {

/// Quarter-hours on day-ahead, imbalance (often paying to take and to feed in the same quarter) and reserves.
WindowProblem quarters(int days, std::uint32_t seed) {
  WindowProblem w;
  w.periods = 96 * days;
  w.battery = limits(20.0, 10.0, 0.1, 0.9, 0.9);
  w.nominal_capacity_mwh = 20.0;
  w.start_mwh = w.target_mwh = 10.0;
  w.connection = {20.0, 20.0};
  std::mt19937 random(seed);
  std::normal_distribution<double> noise;
  std::vector<double> day_ahead_price;
  for (int t = 0; t < w.periods; ++t) {
    const double day_ahead = 70.0 - 40.0 * std::cos(4.0 * std::numbers::pi * t / 96.0) + 5.0 * noise(random);
    const double imbalance = day_ahead + 120.0 * noise(random);
    day_ahead_price.push_back(day_ahead);
    w.prices[Product::imbalance].buy.push_back(imbalance + 5.0);
    w.prices[Product::imbalance].sell.push_back(imbalance - 5.0);
    w.block.push_back(t / 16);
    w.day.push_back(t / 96);
  }
  w.prices[Product::day_ahead] = energy_price(std::move(day_ahead_price));
  for (int b = 0; b <= w.block.back(); ++b) {
    const double up = 8.0 + 4.0 * noise(random);
    const double down = 12.0 + 4.0 * noise(random);
    for (int t = 0; t < 16; ++t) {
      w.prices[Product::afrr_up].sell.push_back(std::max(0.0, up));
      w.prices[Product::afrr_down].sell.push_back(std::max(0.0, down));
      w.prices[Product::fcr].sell.push_back(15.0);
    }
  }
  return w;
}

void add_sun(WindowProblem& w) {
  for (int t = 0; t < w.periods; ++t)
    w.generation.available_mw.push_back(std::max(0.0, 8.0 * std::sin(std::numbers::pi * (t % 96 - 30) / 40.0)));
  w.generation.price_eur_per_mwh = w.prices[Product::day_ahead].sell;
}

double relaxation_eur(const WindowProblem& w, bool exclusive) {
  LpChoice choice;
  choice.exclusive = exclusive;
  WindowLp lp;
  build_lp(w, choice, lp);
  lp::Solution solution;
  SearchStats stats;
  Backend backend(SolverChoice::own);
  const double bound = backend.solve(lp, solution, stats);
  EXPECT_EQ(solution.status, lp::SolveStatus::optimal);
  EXPECT_EQ(stats.fallbacks, 0);
  return lp.constant_eur - bound;
}

/// The best of all 2^n assignments of directions, each an LP of its own.
double exact_eur(const WindowProblem& w) {
  Backend backend(SolverChoice::clp);
  double best = -1e300;
  for (int mask = 0; mask < 1 << w.periods; ++mask) {
    std::vector<Allowed> direction;
    for (int t = 0; t < w.periods; ++t) direction.push_back((mask >> t) % 2 == 0 ? Allowed::charge : Allowed::discharge);
    LpChoice choice;
    choice.direction = &direction;
    WindowLp lp;
    build_lp(w, choice, lp);
    lp::Solution solution;
    SearchStats stats;
    backend.solve(lp, solution, stats);
    if (solution.status != lp::SolveStatus::optimal) continue;
    Schedule s;
    read_schedule(w, choice, lp, solution, s);
    EXPECT_LE(largest_violation(w, s, true), 1e-5);
    best = std::max(best, schedule_value_eur(w, s, physical_positions(w, s)));
  }
  return best;
}

}  // namespace

// Neither bound is ever earned less than by the best plan there is, and the one that knows of the directions is the closer one.
TEST(ConnectionLimits, BoundNoPlanFromBelow) {
  for (const double export_mw : {0.0, 0.5, 6.0}) {
    for (const double import_mw : {0.0, 0.5, 20.0}) {
      for (const bool sun : {false, true}) {
        for (const bool reserves : {false, true}) {
          WindowProblem w = slice(quarters(1, 3), 32, 6);
          w.start_mwh = 9.0;
          w.target_mwh = 2.0;
          w.connection = {import_mw, export_mw};
          if (sun) {
            w.generation.available_mw = {0.0, 0.0, 0.4, 3.0, 9.0, 15.0};
            w.generation.price_eur_per_mwh = w.prices[Product::day_ahead].sell;
          }
          if (!reserves) {
            for (const Product p : {Product::fcr, Product::afrr_up, Product::afrr_down}) w.prices[p] = {};
          }
          SCOPED_TRACE(::testing::Message() << export_mw << " MW out, " << import_mw << " MW in, sun " << sun << ", reserves " << reserves);
          const double exact = exact_eur(w);
          const double bound = relaxation_eur(w, true);
          EXPECT_GE(bound, exact - 1e-4);
          EXPECT_LE(bound, relaxation_eur(w, false) + 1e-4);
        }
      }
    }
  }
}

// Without export nothing is ever discharged, so that the relaxation is the plan.
TEST(ConnectionLimits, NothingIsDischargedWithoutExport) {
  for (const int days : {3, 10}) {
    WindowProblem w = quarters(days, 5);
    w.connection.export_limit_mw = 0.0;
    Backend backend(SolverChoice::own);
    const DispatchPlan plan = solve_window(w, {}, backend);
    ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
    EXPECT_EQ(*std::max_element(plan.schedule.discharge_mw.begin(), plan.schedule.discharge_mw.end()), 0.0);
    EXPECT_LE(largest_violation(w, plan.schedule, true), 1e-5);
    EXPECT_LT(plan.relative_gap, 1e-4);
    EXPECT_EQ(plan.stats.lps, 1);
  }
}

// The pieces of a long window end where the relaxation was: it must not go where one direction at a time cannot follow, for then
// every two pieces would be searched as one, and so on.
TEST(ConnectionLimits, PiecesOfALongWindowCanMeetTheirEnds) {
  for (const bool sun : {false, true}) {
    for (const auto& [import_mw, export_mw] : {std::pair{20.0, 0.02}, {20.0, 0.5}, {0.02, 20.0}, {0.5, 20.0}, {0.0, 20.0}}) {
      SCOPED_TRACE(::testing::Message() << export_mw << " MW out, " << import_mw << " MW in, sun " << sun);
      WindowProblem w = quarters(12, 7);
      if (sun) add_sun(w);
      w.connection = {import_mw, export_mw};
      w.target_mwh = w.battery.energy_min_mwh;
      Backend backend(SolverChoice::own);
      const DispatchPlan plan = solve_window(w, {}, backend);
      ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
      EXPECT_LE(largest_violation(w, plan.schedule, true), 1e-5);
      EXPECT_EQ(plan.stats.fallbacks, 0);
      EXPECT_LE(plan.stats.lps, 1 + 4 * SearchOptions{}.max_lps);
      EXPECT_LT(plan.relative_gap, 0.05);
    }
  }
}

}  // namespace bess::dispatch::test
