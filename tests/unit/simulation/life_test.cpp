// The battery's life over several project years: replacements in years side by side, and cells that are added.

#include <gtest/gtest.h>

#include "fixtures.h"

namespace bess::test {
namespace {

constexpr LocalDate new_year{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};

SimulationInput four_years() {
  SimulationInput input = plain_project(make_sample_prices(1, 2024), new_year, 4, markets_of({Market::day_ahead}));
  input.site.project_life_years = 4;
  input.site.battery.no_replacement_last_months = 0;
  return input;
}

std::vector<int> replacements(const SimulationResult& r) {
  std::vector<int> events;
  for (const YearRecord& year : r.year) events.push_back(year.replacement_events);
  return events;
}

}  // namespace

// The same prices every year, so that the first year's cycles are the others' too: end of life falls where it does in sequence, within
// years and at their ends.
TEST(ParallelYears, ReplaceWithinTheYear) {
  for (const Strategy strategy : {Strategy::rolling_lp, Strategy::lp}) {
    for (const double lifetime_cycles : {600.0, 800.0, 1600.0}) {
      SimulationInput input = four_years();
      input.run.strategy = strategy;
      input.site.battery.degradation.lifetime_cycles = lifetime_cycles;
      const SimulationResult in_sequence = simulate(input, {}, nullptr);
      input.run.parallel_years = true;
      const SimulationResult side_by_side = simulate(input, {}, nullptr);
      EXPECT_EQ(replacements(in_sequence), replacements(side_by_side)) << to_string(strategy) << ' ' << lifetime_cycles;
      EXPECT_EQ(side_by_side.final_state.replacement_events, in_sequence.final_state.replacement_events);
      EXPECT_GE(in_sequence.final_state.replacement_events, 1);
    }
  }
}

// A fade of a tenth a year: what remains of it after each replacement tells when it happened.
TEST(ParallelYears, GoOnFromTheReplacement) {
  SimulationInput input = four_years();
  input.site.battery.degradation.fade_per_year = 0.1;
  input.site.battery.degradation.end_of_life_soh = 0.85;  // after one and a half years
  input.run.parallel_years = true;
  const SimulationResult r = simulate(input, {}, nullptr);
  EXPECT_EQ(replacements(r), (std::vector<int>{0, 1, 0, 1}));  // at 1.5 and at 3.0, seen by the first update of the fourth year
  EXPECT_NEAR(r.year[1].state_of_health_start, 0.9, 1e-9);
  EXPECT_NEAR(r.year[2].state_of_health_start, 0.95, 1e-9);
  EXPECT_NEAR(r.year[1].state_of_health_end, 0.95, 0.003);
}

// A threshold that a new battery does not pass either is absurd, and no reason to hang: one replacement per update.
TEST(Replacement, EndsWhereNothingIsGoodEnough) {
  for (const bool parallel : {false, true}) {
    SimulationInput input = plain_project(make_sample_prices(1, 2024), new_year, 2, markets_of({Market::day_ahead}));
    input.site.project_life_years = 2;
    input.site.battery.no_replacement_last_months = 0;
    input.site.battery.degradation.end_of_life_soh = 1.0;
    input.run.parallel_years = parallel;
    const SimulationResult r = simulate(input, {}, nullptr);
    EXPECT_GE(r.final_state.replacement_events, 1) << parallel;
  }
}

// Cells bought for the second year are there on its first day, however long windows are, and the days before do not age them.
TEST(Augmentation, JoinsOnTheFirstDayOfItsYear) {
  for (const int days : {1, 3, 30}) {
    for (const bool parallel : {false, true}) {
      SimulationInput input = plain_project(make_sample_prices(1, 2024), new_year, 2, markets_of({Market::day_ahead}));
      input.run.foresight_days = input.run.execute_days = days;
      input.run.parallel_years = parallel;
      input.site.battery.degradation.fade_per_year = 0.1;
      input.site.battery.augmentation = {{.project_year = 2, .capacity_mwh = 5.0, .cost_eur = 1000.0}};
      const SimulationResult r = simulate(input, {}, nullptr);
      const double years = parallel ? 1.0 : 8784.0 / 8760.0;  // estimates count whole years
      EXPECT_NEAR(r.year[1].capacity_start_mwh, 20.0 * (1.0 - 0.1 * years) + 5.0, 1e-9) << days << ' ' << parallel;
      EXPECT_EQ(r.year[0].augmentation_cost_eur, 0.0);
      EXPECT_EQ(r.year[1].augmentation_cost_eur, 1000.0);
    }
  }
}

}  // namespace bess::test
