// How far the search for one-direction plans stays below the exact optimum, on windows small enough for branch and bound.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "dispatch/dispatch.h"
#include "simulation/run.h"
#include "unit/dispatch/windows.h"
#include "unit/exact/exact_window.h"
#include "unit/simulation/fixtures.h"

namespace bess::dispatch::test {

namespace {

// What may be lost to the exact optimum, relative; docs/models/exclusive_direction.md has what was measured. Without reserves the
// directions come from a grid of stored energy that loses next to nothing; with reserves they are chosen for a few sets of
// reserves only, and that loses more.
constexpr double accepted_loss_energy = 1e-3;
constexpr double accepted_loss_reserves = 1e-2;

struct Sample {
  std::string name;
  WindowProblem window;
};

struct Totals {
  double plan_eur{0}, exact_eur{0}, proven_eur{0}, bound_eur{0};
  double worst{0};
  int proven{0}, windows{0};
};

/// Solves a window both ways, prints a line, checks.
void compare(const Sample& sample, double time_limit_s, Totals& totals) {
  SCOPED_TRACE(sample.name);
  Backend backend(SolverChoice::own);
  const DispatchPlan plan = solve_window(sample.window, {}, backend);
  ASSERT_EQ(plan.status, lp::SolveStatus::optimal);
  const ExactAnswer exact = solve_exactly(sample.window, time_limit_s);
  ASSERT_TRUE(exact.found);
  EXPECT_LT(exact.violation, 1e-5);
  const double scale = std::max(1.0, std::abs(exact.bound_eur));
  const double loss = (exact.plan_eur - plan.objective_eur) / scale;
  std::cout << fmt::format(
      "{:<28} plan {:11.2f}  exact {:11.2f} ({}, bound {:11.2f}, {:5.1f} s)  relaxation {:11.2f}  loss {:8.4f} %  gap {:7.4f} %  {} LPs\n",
      sample.name, plan.objective_eur, exact.plan_eur, exact.proven ? "proven" : "open", exact.bound_eur, exact.seconds, plan.bound_eur,
      100 * loss, 100 * plan.relative_gap, plan.stats.lps);
  // Nothing beats what was proven, whoever found it, and the relaxation is a bound for both.
  EXPECT_LE(plan.objective_eur, exact.bound_eur + 1e-6 * scale);
  EXPECT_LE(exact.plan_eur, plan.bound_eur + 1e-6 * scale);
  EXPECT_GE(plan.objective_eur, exact.plan_eur - (sample.window.has_reserves() ? accepted_loss_reserves : accepted_loss_energy) * scale);
  totals.plan_eur += plan.objective_eur;
  totals.exact_eur += exact.plan_eur;
  totals.proven_eur += exact.bound_eur;
  totals.bound_eur += plan.bound_eur;
  totals.worst = std::max(totals.worst, loss);
  totals.proven += exact.proven ? 1 : 0;
  ++totals.windows;
}

void compare_all(const char* what, const std::vector<Sample>& samples, double time_limit_s) {
  Totals totals;
  for (const Sample& sample : samples) compare(sample, time_limit_s, totals);
  if (totals.windows == 0) return;
  std::cout << fmt::format(
      "{}: {} windows, {} proven; below the best plan known: mean {:.4f} %, worst {:.4f} %; below the relaxation {:.4f} %, of which at "
      "least {:.4f} % cannot be earned\n",
      what, totals.windows, totals.proven, 100 * (totals.exact_eur - totals.plan_eur) / totals.exact_eur, 100 * totals.worst,
      100 * (totals.bound_eur - totals.plan_eur) / totals.bound_eur, 100 * (totals.bound_eur - totals.proven_eur) / totals.bound_eur);
}

/// Windows of Dutch 2024 day-ahead and imbalance prices, 10 MW / 20 MWh, spread over the year.
std::vector<Sample> dutch_windows(int days, int count, int first_day = 0) {
  const SimulationInput input =
      bess::test::plain_project(bess::test::dutch_2024(), LocalDate{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}}, 1,
                                bess::test::markets_of({Market::day_ahead, Market::imbalance}));
  const RealisedView view(price_source(input));
  const RunState state = initial_state(input);
  std::vector<Sample> samples;
  const auto& calendar = input.timeline->days;
  const int step = (static_cast<int>(calendar.size()) - days - first_day) / count;
  for (int i = 0; i < count; ++i) {
    const ProjectDay& day = calendar[static_cast<std::size_t>(first_day + i * step)];
    std::int32_t quarters = 0;
    for (int k = 0; k < days; ++k) quarters += calendar[static_cast<std::size_t>(first_day + i * step + k)].quarters;
    const WindowQuarters window{.at = day.first_quarter, .first = day.first_quarter, .count = quarters};
    samples.push_back(
        {fmt::format("day {:3} of 2024, {} d", first_day + i * step + 1, days), make_window(input, view, state, window, WindowEnd::inner)});
  }
  return samples;
}

/// Days of a reference case, each from the middle of its energy window back to it.
std::vector<Sample> days_of_case(const std::string& name, int count) {
  const WindowProblem whole = read_case(name).window;
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    Sample sample{fmt::format("{} day {}", name, i + 1), slice(whole, 96 * i, 96)};
    sample.window.start_mwh = 0.5 * (whole.battery.energy_min_mwh + whole.battery.energy_max_mwh);
    sample.window.target_mwh = rule_target_mwh(sample.window);
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace

TEST(ExactDirections, DutchDayAheadAndImbalanceDays) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2024.csv");
  compare_all("day-ahead + imbalance, single days", dutch_windows(1, 4, 3), 3.0);
}

TEST(ExactDirections, ThreeMarketsDay) {
  BESS_NEEDS_SHARED("cases/three_markets_3d.json");
  compare_all("three energy markets, single days", days_of_case("three_markets_3d", 1), 5.0);
}

TEST(ExactDirections, FiveMarketsDay) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  compare_all("five markets, single day", days_of_case("five_markets_3d", 1), 5.0);
}

TEST(SlowExactDirections, DutchDayAheadAndImbalanceDays) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2024.csv");
  compare_all("day-ahead + imbalance, single days", dutch_windows(1, 24), 20.0);
}

TEST(SlowExactDirections, DutchDayAheadAndImbalanceThreeDays) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2024.csv");
  compare_all("day-ahead + imbalance, three days", dutch_windows(3, 6, 10), 20.0);
}

TEST(SlowExactDirections, ThreeMarkets) {
  BESS_NEEDS_SHARED("cases/three_markets_3d.json");
  std::vector<Sample> samples = days_of_case("three_markets_3d", 3);
  samples.push_back({"three_markets_3d", read_case("three_markets_3d").window});
  compare_all("three energy markets", samples, 20.0);
}

TEST(SlowExactDirections, FiveMarkets) {
  BESS_NEEDS_SHARED("cases/five_markets_3d.json");
  compare_all("five markets, single days", days_of_case("five_markets_3d", 3), 30.0);
}

}  // namespace bess::dispatch::test
