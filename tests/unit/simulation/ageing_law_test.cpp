// A law that only the tests know goes through a run: what the replay hands over is what the series show.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "asset/ageing/life_forecast.h"
#include "fixtures.h"
#include "unit/asset/ageing/made_up_laws.h"

namespace bess::test {
namespace {

constexpr LocalDate new_year{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};

SimulationInput by_law(const AgeingLaw& law, int years) {
  SimulationInput input = plain_project(make_sample_prices(1, 2024), new_year, years, markets_of({Market::day_ahead}));
  input.site.project_life_years = years;
  input.site.battery.degradation = {.fade_per_cycle = 2e-4, .fade_per_year = 0.05, .lifetime_cycles = 0, .law = &law};
  input.run.keep_series = true;
  return input;
}

/// The battery of 20 MWh, 10 to 90 %, watched from outside: half cycles, time and energy since the last update.
struct Watch {
  double fade{0}, years{0};  // of the law
  double efc{0}, hours{0}, charge{0}, ended{0}, ended_squared{0}, swing{0};

  void quarter(double start_mwh, double end_mwh, double moved_mwh, double capacity_mwh) {
    efc += moved_mwh / 40.0;
    hours += 0.25;
    charge += 0.25 * 0.5 * (start_mwh + end_mwh) / capacity_mwh;
    const double change = (end_mwh - start_mwh) / capacity_mwh;
    if (std::abs(change) < 1e-9) return;
    if ((change > 0) != (swing > 0) && swing != 0.0) {
      ended += std::abs(swing);
      ended_squared += swing * swing;
      swing = 0.0;
    }
    swing += change;
  }
  void update() {
    const double depth = ended > 0.0 ? ended_squared / ended : std::abs(swing);
    fade += 2e-4 * efc * depth * depth + 0.05 * (hours / 8760.0) * (charge / hours);
    years += hours / 8760.0;
    efc = hours = charge = ended = ended_squared = 0.0;
  }
};

TEST(AgeingLawInARun, SeesThroughputDepthChargeAndTime) {
  const SimulationInput input = by_law(depth_law, 1);
  const SimulationResult r = simulate(input, {}, nullptr);
  const SeriesColumns& s = r.series;
  Watch watch;
  double energy_mwh = 10.0;
  int updates = 0;
  for (std::size_t q = 0; q < s.state_of_health.size(); ++q) {
    if (q > 0 && s.state_of_health[q] != s.state_of_health[q - 1]) {
      watch.update();
      ++updates;
      EXPECT_NEAR(s.state_of_health[q], 1.0 - watch.fade, 1e-12) << q;
      EXPECT_NEAR(s.round_trip_efficiency[q], 0.9 - 0.01 * watch.years, 1e-12) << q;
    }
    const double capacity_mwh = 20.0 * s.state_of_health[q];
    const double eta = std::sqrt(s.round_trip_efficiency[q]);
    energy_mwh = std::clamp(energy_mwh, 0.1 * capacity_mwh, 0.9 * capacity_mwh);
    watch.quarter(energy_mwh, s.stored_energy_mwh[q], 0.25 * (eta * s.charge_mw[q] + s.discharge_mw[q] / eta), capacity_mwh);
    energy_mwh = s.stored_energy_mwh[q];
  }
  EXPECT_EQ(updates, 40);  // 366 days by nine, but for what is left at the end
  watch.update();
  EXPECT_NEAR(r.year.front().state_of_health_end, 1.0 - watch.fade, 1e-12);
  EXPECT_GT(watch.fade, 0.03);
  EXPECT_EQ(r.final_state.tranches.front().law_state[2], 41.0);
  EXPECT_NEAR(r.year.front().state_of_charge, 0.5, 0.2);
  EXPECT_GT(r.year.front().depth_of_discharge, 0.3);
  EXPECT_LE(r.year.front().depth_of_discharge, 0.8 + 1e-9);
}

// Years side by side start where the law's forecast from the first year's use puts them.
TEST(AgeingLawInARun, ParallelYearsStartFromTheLawsForecast) {
  SimulationInput input = by_law(depth_law, 3);
  input.run.parallel_years = true;
  const SimulationResult r = simulate(input, {}, nullptr);
  const YearRecord& first = r.year.front();
  const double yearly =
      2e-4 * first.equivalent_full_cycles * first.depth_of_discharge * first.depth_of_discharge + 0.05 * first.state_of_charge;
  EXPECT_NEAR(r.year[1].state_of_health_start, 1.0 - yearly, 1e-12);
  EXPECT_NEAR(r.year[2].state_of_health_start, 1.0 - 2 * yearly, 1e-12);
}

TEST(AgeingLawInARun, MeanUseIsTheMeanOfItsYears) {
  const std::vector<YearRecord> years{{.equivalent_full_cycles = 300, .state_of_charge = 0.4, .depth_of_discharge = 0.8},
                                      {.equivalent_full_cycles = 400, .state_of_charge = 0.6, .depth_of_discharge = 0.5}};
  const YearlyUse mean = mean_use(years);
  EXPECT_DOUBLE_EQ(mean.equivalent_full_cycles, 350);
  EXPECT_DOUBLE_EQ(mean.state_of_charge, 0.5);
  EXPECT_DOUBLE_EQ(mean.depth_of_discharge, 0.65);
  EXPECT_EQ(mean_use({}).equivalent_full_cycles, 0.0);
}

}  // namespace
}  // namespace bess::test
