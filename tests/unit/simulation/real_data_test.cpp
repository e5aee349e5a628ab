#include <gtest/gtest.h>

#include <iostream>

#include "fixtures.h"

namespace bess::test {

using std::chrono::January;
constexpr LocalDate new_year_2024{std::chrono::year{2024}, January, std::chrono::day{1}};

// Perfect foresight over the year, one market, no wear and no ageing: the figure of an independent formulation.
TEST(RealData, DutchDayAhead2024PerfectForesight) {
  BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
  for (const auto& [availability, expected] : {std::pair{1.0, 695288.0}, std::pair{0.98, 693443.0}}) {
    SimulationInput input = plain_project(dutch_2024(), new_year_2024, 1, markets_of({Market::day_ahead}));
    input.site.battery.availability = availability;
    input.run.strategy = Strategy::lp;
    input.run.dispatch.direction = dispatch::Direction::time_shared;
    const SimulationResult result = simulate(input, {}, nullptr);
    EXPECT_NEAR(total_revenue(result), expected, 1.0);
    EXPECT_LT(result.provenance.energy_balance_residual_mwh, 1e-6);
    EXPECT_EQ(result.provenance.fallbacks, 0);
  }
}

TEST(RealData, DutchDayAheadAndImbalance2024) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2024.csv");
  SimulationInput input = plain_project(dutch_2024(), new_year_2024, 1, markets_of({Market::day_ahead, Market::imbalance}));
  const SimulationResult result = simulate(input, {}, nullptr);
  const Provenance& p = result.provenance;
  std::cout << "NL 2024 day-ahead + imbalance, exclusive: " << total_revenue(result) << " EUR, gap mean "
            << p.total_direction_gap_eur / p.total_bound_eur << " worst " << p.worst_direction_gap << ", LPs per window "
            << static_cast<double>(p.lps) / static_cast<double>(p.windows) << ", fallbacks " << p.fallbacks << '\n';
  EXPECT_EQ(p.windows, 122);
  EXPECT_EQ(p.fallbacks, 0);
  EXPECT_EQ(p.relaxed_windows, 0);
}

// Reserve sold in the first stage is found fixed by the later ones: it must leave them room, whatever the solver's tolerance.
TEST(RealData, LaterStagesKeepTheReserveThatWasSold) {
  BESS_NEEDS_SHARED("data/de_fcr_afrr_capacity_2024.csv");
  SimulationInput input = plain_project(dutch_2024_five(), new_year_2024, 1, markets_of({Market::day_ahead, Market::afrr, Market::fcr}));
  auto cut = std::make_shared<ProjectTimeline>(*input.timeline);
  cut->days.resize(60);
  cut->quarters = cut->days.back().first_quarter + cut->days.back().quarters;
  cut->year_first_day = {0, 60};
  cut->year_first_quarter = {0, cut->quarters};
  input.timeline = cut;
  input.run.dispatch.direction = dispatch::Direction::time_shared;
  const double joint = total_revenue(simulate(input, {}, nullptr));
  input.run.strategy = Strategy::sequential_lp;
  const SimulationResult staged = simulate(input, {}, nullptr);
  EXPECT_EQ(staged.provenance.relaxed_windows, 0);
  EXPECT_EQ(staged.provenance.reserve_shortfall_mwh, 0.0);
  EXPECT_GT(total_revenue(staged), 0.999 * joint);  // the day-ahead price is the recourse: little is lost
}

// Three days whose first block sells all the power: the energy that stays behind must not make the reserve undeliverable.
TEST(RealData, ReserveThatTakesAllPowerIsKept) {
  BESS_NEEDS_SHARED("data/de_fcr_afrr_capacity_2024.csv");
  constexpr LocalDate june{std::chrono::year{2024}, std::chrono::June, std::chrono::day{2}};
  for (const auto direction : {dispatch::Direction::exclusive, dispatch::Direction::time_shared}) {
    SimulationInput input =
        cut_to(plain_project(dutch_2024_five(), june, 1, markets_of({Market::day_ahead, Market::imbalance, Market::afrr, Market::fcr})), 9);
    input.site.battery.availability = 0.98;
    input.run.strategy = Strategy::sequential_lp;
    input.run.dispatch.direction = direction;
    const SimulationResult r = simulate(input, {}, nullptr);
    EXPECT_EQ(r.provenance.relaxed_windows, 0);
    EXPECT_EQ(r.provenance.reserve_shortfall_mwh, 0.0);
  }
}

}  // namespace bess::test
