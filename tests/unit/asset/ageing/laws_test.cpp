#include "asset/ageing/laws.h"

#include <gtest/gtest.h>

#include <set>

#include "asset/ageing/life_forecast.h"
#include "made_up_laws.h"

namespace bess {
namespace {

BatterySpec ten_mwh(const AgeingLaw& law) {
  BatterySpec spec;
  spec.nominal_capacity_mwh = 10;
  spec.power_mw = 5;
  spec.degradation = {.fade_per_cycle = 1e-4, .fade_per_year = 0.02, .efficiency_fade_per_cycle = 1e-5, .lifetime_cycles = 0, .law = &law};
  return spec;
}

TEST(AgeingLaws, EveryRowHasANameOfItsOwnAndAStateOfHealth) {
  std::set<std::string_view> names;
  for (const AgeingLaw& law : ageing_laws()) {
    EXPECT_TRUE(names.insert(law.name).second) << law.name;
    EXPECT_FALSE(law.help.empty()) << law.name;
    ASSERT_NE(law.functions, nullptr) << law.name;
    EXPECT_NE(law.functions->state_of_health, nullptr) << law.name;
    const DegradationSpec spec{.law = &law};
    EXPECT_EQ(state_of_health(spec, new_tranche(spec, 10)), 1.0) << law.name;
    EXPECT_EQ(faded_round_trip_efficiency(spec, 0.9, new_tranche(spec, 10)), 0.9) << law.name;
  }
  EXPECT_EQ(&default_ageing_law(), &ageing_law(AgeingLawId::linear));
  EXPECT_EQ(default_ageing_law().name, "linear");
  EXPECT_EQ(DegradationSpec{}.law, &default_ageing_law());
}

// 1 − 1e-4 · 500 − 0.02 · 2.5 = 0.9; 0.9 − 1e-5 · 500 = 0.895
TEST(AgeingLaws, LinearReadsCyclesAndTimeAlone) {
  const BatterySpec spec = ten_mwh(ageing_law(AgeingLawId::linear));
  BatteryState battery = new_battery(spec, 0.5);
  EXPECT_TRUE(battery.tranches.front().law_state.empty());
  BatteryState deep = battery;
  age(spec, battery, {.throughput_mwh = 2.0 * 10 * 500, .years = 2.5, .state_of_charge = 0.2, .depth_of_discharge = 0.1});
  age(spec, deep, {.throughput_mwh = 2.0 * 10 * 500, .years = 2.5, .state_of_charge = 0.9, .depth_of_discharge = 0.8});
  EXPECT_EQ(battery, deep);
  EXPECT_NEAR(state_of_health(spec.degradation, battery.tranches.front()), 0.9, 1e-15);
  EXPECT_NEAR(faded_round_trip_efficiency(spec.degradation, 0.9, battery.tranches.front()), 0.895, 1e-15);
  EXPECT_EQ(faded_round_trip_efficiency(spec.degradation, 0.45, battery.tranches.front()), 0.45) << "never below what it began with";
}

// One step, a thousand, and steps of uneven length come to the same end.
TEST(AgeingLaws, LinearDoesNotDependOnTheCut) {
  const DegradationSpec spec = ten_mwh(ageing_law(AgeingLawId::linear)).degradation;
  const auto aged = [&](const std::vector<double>& parts) {
    Tranche tranche = new_tranche(spec, 10);
    for (const double part : parts) age_tranche(spec, tranche, {.equivalent_full_cycles = 500 * part, .years = 2.5 * part});
    return state_of_health(spec, tranche);
  };
  EXPECT_NEAR(aged({1.0}), 0.9, 1e-15);
  EXPECT_NEAR(aged(std::vector<double>(1000, 0.001)), 0.9, 1e-12);
  EXPECT_NEAR(aged({0.5, 0.001, 0.25, 0.249}), 0.9, 1e-14);
}

// EFC 100 at δ 0.5 and 300 at δ 1; a year at s 0.2 and three at s 0.8: 1 − 1e-4 (25 + 300) − 0.02 (0.2 + 2.4) = 0.9155; 0.9 − 0.04.
TEST(AgeingLaws, ALawKeepsNumbersOfItsOwn) {
  const BatterySpec spec = ten_mwh(test::depth_law);
  BatteryState battery = new_battery(spec, 0.5);
  augment(spec, battery, 10.0);
  age(spec, battery, {.throughput_mwh = 2.0 * 20 * 100, .years = 1, .state_of_charge = 0.2, .depth_of_discharge = 0.5});
  const BatteryState kept = battery;
  const BatteryUse rest{.throughput_mwh = 2.0 * 20 * 300, .years = 3, .state_of_charge = 0.8, .depth_of_discharge = 1};
  age(spec, battery, rest);
  ASSERT_EQ(battery.tranches.size(), 2U);
  for (const Tranche& tranche : battery.tranches) {
    EXPECT_NEAR(state_of_health(spec.degradation, tranche), 0.9155, 1e-15);
    EXPECT_EQ(tranche.equivalent_full_cycles, 400.0);
    EXPECT_EQ(tranche.age_years, 4.0);
  }
  update_limits(spec, battery);
  EXPECT_NEAR(battery.limits.capacity_mwh, 20 * 0.9155, 1e-12);
  EXPECT_NEAR(battery.limits.round_trip_efficiency, 0.86, 1e-15);

  BatteryState restarted = kept;
  EXPECT_NE(restarted, battery);
  age(spec, restarted, rest);
  update_limits(spec, restarted);
  EXPECT_EQ(restarted, battery);

  replace(spec, battery);
  EXPECT_EQ(battery.tranches, (std::vector<Tranche>{new_tranche(spec.degradation, 10)}));
  EXPECT_EQ(battery.tranches.front().law_state, (std::vector<double>{0, 0, 0}));
}

// δ_c n t + δ_y √t = 1 − target with n = 365: √t = (−0.02 + √(0.02² + 4 · 0.0365 · 0.2)) / (2 · 0.0365)
TEST(AgeingLaws, YearsAreSearchedWhereALawGivesNoFormula) {
  const DegradationSpec spec = ten_mwh(test::root_law).degradation;
  const Tranche fresh = new_tranche(spec, 10);
  const double root = (-0.02 + std::sqrt(0.0004 + 4 * 0.0365 * 0.2)) / (2 * 0.0365);
  EXPECT_NEAR(years_until_soh(spec, fresh, {.equivalent_full_cycles = 365}, 0.8).value(), root * root, 1e-10);
  // By time alone: √t = 0.1 / 0.02, from the start and from the ninth year on.
  EXPECT_NEAR(years_until_soh(spec, fresh, {}, 0.9).value(), 25.0, 1e-10);
  EXPECT_NEAR(years_until_soh(spec, {.nominal_capacity_mwh = 10, .age_years = 9}, {}, 0.9).value(), 16.0, 1e-10);
  EXPECT_EQ(years_until_soh(spec, {.nominal_capacity_mwh = 10, .age_years = 26}, {}, 0.9), 0.0);
  EXPECT_FALSE(years_until_soh(spec, fresh, {}, 0.5).has_value()) << "after 625 years";
}

// The same formula through a forecast: end of life at √t = 3, that is after nine years, and again after another nine.
TEST(AgeingLaws, AForecastReplacesByTheLaw) {
  BatterySpec spec = ten_mwh(test::root_law);
  spec.degradation.end_of_life_soh = 0.94;
  const auto years =
      forecast_years(spec, new_battery(spec, 0.5), {.first_project_year = 1, .last_project_year = 20, .project_life_years = 30});
  for (const ForecastYear& year : years)
    EXPECT_EQ(year.replaced_at.size(), year.project_year == 10 || year.project_year == 19 ? 1U : 0U) << year.project_year;
  EXPECT_NEAR(years[4].start.limits.state_of_health, 1 - 0.02 * 2, 1e-12);
}

// Twelve steps a year where the law asks for months, one where it does not care.
TEST(AgeingLaws, AForecastTakesStepsAsLongAsTheLawAllows) {
  const BatterySpec spec = ten_mwh(test::depth_law);
  const YearlyUse use{.equivalent_full_cycles = 300, .state_of_charge = 0.5, .depth_of_discharge = 0.8};
  const auto years =
      forecast_years(spec, new_battery(spec, 0.5), {.first_project_year = 1, .last_project_year = 3, .project_life_years = 9, .use = use});
  const Tranche& third = years.back().start.tranches.front();
  EXPECT_EQ(third.law_state[2], 24.0);
  EXPECT_NEAR(state_of_health(spec.degradation, third), 1 - 1e-4 * 600 * 0.64 - 0.02 * 2 * 0.5, 1e-12);
  BatteryState part = new_battery(spec, 0.5);
  age_alike(spec, part, use, 0.3);  // 3.6 months: four steps
  EXPECT_EQ(part.tranches.front().law_state[2], 4.0);
  EXPECT_NEAR(part.tranches.front().age_years, 0.3, 1e-15);
}

}  // namespace
}  // namespace bess
