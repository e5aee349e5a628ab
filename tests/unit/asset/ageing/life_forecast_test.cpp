#include "asset/ageing/life_forecast.h"

#include <gtest/gtest.h>

namespace bess {
namespace {

constexpr double six_digits = 5e-7;

BatterySpec ageing_spec() {
  BatterySpec spec;
  spec.nominal_capacity_mwh = 10;
  spec.power_mw = 5;
  spec.degradation = {.fade_per_cycle = 3e-5, .fade_per_year = 0.01};
  return spec;
}

TEST(Forecast, YearsToHealthAndToLifetimeCycles) {
  const DegradationSpec ageing = ageing_spec().degradation;
  const Tranche fresh{.nominal_capacity_mwh = 10};
  EXPECT_NEAR(years_until_soh(ageing, fresh, {.equivalent_full_cycles = 365}, 0.8).value(), 9.546539, six_digits);
  EXPECT_NEAR(years_until_end_of_life(ageing, fresh, {.equivalent_full_cycles = 365}).value(), 21.917808, six_digits);
  EXPECT_NEAR(years_until_soh(ageing, fresh, {.equivalent_full_cycles = 730}, 0.8).value(), 6.269592, six_digits);
  EXPECT_NEAR(years_until_end_of_life(ageing, fresh, {.equivalent_full_cycles = 730}).value(), 10.958904, six_digits);
}

TEST(Forecast, NeverEndsWithoutCyclesOrHealthLimit) {
  DegradationSpec ageing = ageing_spec().degradation;
  EXPECT_FALSE(years_until_end_of_life(ageing, {.nominal_capacity_mwh = 10}, {.equivalent_full_cycles = 0.0}).has_value());
  ageing.fade_per_year = 0;
  EXPECT_FALSE(years_until_soh(ageing, {.nominal_capacity_mwh = 10}, {.equivalent_full_cycles = 0.0}, 0.8).has_value());
  EXPECT_EQ(years_until_soh(ageing, {.nominal_capacity_mwh = 10, .equivalent_full_cycles = 10'000}, {.equivalent_full_cycles = 0.0}, 0.8),
            0.0);
}

TEST(Forecast, StartsOfYearsFollowTheFadeLine) {
  const BatterySpec spec = ageing_spec();
  const auto years =
      forecast_years(spec, new_battery(spec, 0.5),
                     {.first_project_year = 1, .last_project_year = 11, .project_life_years = 25, .use = {.equivalent_full_cycles = 365}});
  ASSERT_EQ(years.size(), 11U);
  EXPECT_EQ(years.front().start.limits.state_of_health, 1.0);
  EXPECT_NEAR(years[1].start.limits.capacity_mwh, 9.7905, 1e-9);
  EXPECT_NEAR(years[10].start.limits.capacity_mwh, 7.905, 1e-9);
}

TEST(Forecast, ReplacesAtTheMomentOfEndOfLife) {
  const BatterySpec spec = ageing_spec();
  const auto years =
      forecast_years(spec, new_battery(spec, 0.5),
                     {.first_project_year = 1, .last_project_year = 25, .project_life_years = 25, .use = {.equivalent_full_cycles = 730}});
  // 8000 cycles at 730 a year end 10.958904 and 21.917808 years after the start.
  for (const ForecastYear& year : years) EXPECT_EQ(year.replaced_at.size(), year.project_year == 11 || year.project_year == 22 ? 1U : 0U);
  const double rest_years = 1.0 - 0.958904109589;
  EXPECT_NEAR(years[11].start.limits.state_of_health, 1.0 - rest_years * (730 * 3e-5 + 0.01), 1e-9);
  EXPECT_EQ(years[11].start.replacement_events, 1);
}

TEST(Forecast, NoReplacementInTheLastMonths) {
  BatterySpec spec = ageing_spec();
  const ForecastRequest request{
      .first_project_year = 1, .last_project_year = 22, .project_life_years = 22, .use = {.equivalent_full_cycles = 730}};
  EXPECT_EQ(forecast_years(spec, new_battery(spec, 0.5), request).back().replaced_at.size(), 0U);
  spec.no_replacement_last_months = 0;
  EXPECT_EQ(forecast_years(spec, new_battery(spec, 0.5), request).back().replaced_at.size(), 1U);
}

TEST(Forecast, AugmentationEntersAtTheStartOfItsYear) {
  BatterySpec spec = ageing_spec();
  spec.augmentation = {{.project_year = 11, .capacity_mwh = 2.095, .cost_eur = 1}};
  const auto years =
      forecast_years(spec, new_battery(spec, 0.5),
                     {.first_project_year = 1, .last_project_year = 16, .project_life_years = 25, .use = {.equivalent_full_cycles = 365}});
  EXPECT_NEAR(years[10].start.limits.capacity_mwh, 10.0, 1e-9);
  EXPECT_NEAR(years[15].start.limits.capacity_mwh, 8.733049, six_digits);
}

TEST(Forecast, ContinuesFromAnyStateAndMayBeEmpty) {
  const BatterySpec spec = ageing_spec();
  BatteryState used = new_battery(spec, 0.5);
  age(spec, used, {.throughput_mwh = 20.0 * 365 * 5, .years = 5.0});
  const auto years = forecast_years(
      spec, used, {.first_project_year = 6, .last_project_year = 7, .project_life_years = 25, .use = {.equivalent_full_cycles = 365}});
  ASSERT_EQ(years.size(), 2U);
  EXPECT_EQ(years.front().project_year, 6);
  EXPECT_NEAR(years.front().start.limits.state_of_health, 1.0 - 5 * 0.02095, 1e-12);
  EXPECT_TRUE(forecast_years(spec, used, {.first_project_year = 6, .last_project_year = 5}).empty());
}

}  // namespace
}  // namespace bess
