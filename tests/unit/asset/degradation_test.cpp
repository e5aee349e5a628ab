#include <gtest/gtest.h>

#include <cmath>

#include "asset/battery.h"
#include "asset/wear.h"

namespace bess {
namespace {

constexpr double six_digits = 5e-7;

BatterySpec ageing_spec() {
  BatterySpec spec;
  spec.nominal_capacity_mwh = 10;
  spec.power_mw = 5;
  spec.availability = 1.0;
  spec.degradation = {.fade_per_cycle = 3e-5, .fade_per_year = 0.01};
  return spec;
}

double capacity_after(const BatterySpec& spec, double cycles, double years) {
  BatteryState battery = new_battery(spec, 0.5);
  age(spec, battery, {.throughput_mwh = 2.0 * spec.nominal_capacity_mwh * cycles, .years = years});
  update_limits(spec, battery);
  return battery.limits.capacity_mwh;
}

TEST(Degradation, CapacityAfterCyclesAndYears) {
  EXPECT_NEAR(capacity_after(ageing_spec(), 365, 1), 9.790500, six_digits);
  EXPECT_NEAR(capacity_after(ageing_spec(), 1850, 5), 8.945000, six_digits);
  EXPECT_NEAR(capacity_after(ageing_spec(), 3650, 10), 7.905000, six_digits);
  EXPECT_NEAR(state_of_health(ageing_spec().degradation, {.nominal_capacity_mwh = 10, .equivalent_full_cycles = 365, .age_years = 1}),
              1.0 - 0.020950, 1e-12);
  EXPECT_NEAR(
      state_of_health(ageing_spec().degradation, {.nominal_capacity_mwh = 10, .equivalent_full_cycles = 8000, .age_years = 8000.0 / 365}),
      0.540822, six_digits);
}

TEST(Degradation, HealthNeverFallsBelowZero) {
  EXPECT_EQ(state_of_health(ageing_spec().degradation, {.nominal_capacity_mwh = 10, .equivalent_full_cycles = 1e6, .age_years = 1}), 0.0);
}

TEST(Degradation, AWeekOfTrading) {
  const BatterySpec spec = ageing_spec();
  BatteryState battery = new_battery(spec, 0.5);
  // 80 MWh charged and 72 MWh discharged at the meter over 672 quarter-hours.
  const Flow mean{.charge_mw = 80.0 / 168.0, .discharge_mw = 72.0 / 168.0};
  const double cycles = equivalent_full_cycles(battery.limits, 10.0, mean, 168.0);
  EXPECT_NEAR(cycles, 7.589466, six_digits);
  age(spec, battery, {.throughput_mwh = 2.0 * 10.0 * cycles, .years = 672.0 / 35'040.0});
  update_limits(spec, battery);
  EXPECT_NEAR(1.0 - battery.limits.state_of_health, 0.000419465, 5e-10);
  EXPECT_NEAR(battery.limits.capacity_mwh, 9.995805, six_digits);
}

TEST(Degradation, RoundTripEfficiencyFades) {
  BatterySpec spec = ageing_spec();
  spec.degradation.efficiency_fade_per_cycle = 4e-6;
  const auto after = [&](double cycles) {
    BatteryState battery = new_battery(spec, 0.5);
    age(spec, battery, {.throughput_mwh = 20.0 * cycles, .years = 0.0});
    update_limits(spec, battery);
    return battery.limits;
  };
  EXPECT_NEAR(after(365).round_trip_efficiency, 0.898540, six_digits);
  EXPECT_NEAR(after(1850).round_trip_efficiency, 0.892600, six_digits);
  EXPECT_NEAR(after(8000).round_trip_efficiency, 0.868000, six_digits);
  EXPECT_NEAR(after(365).one_way_efficiency, 0.947913, six_digits);
  EXPECT_NEAR(after(1850).one_way_efficiency, 0.944775, six_digits);
  EXPECT_NEAR(after(8000).one_way_efficiency, 0.931665, six_digits);
  EXPECT_EQ(after(1e9).round_trip_efficiency, 0.5);
}

TEST(Degradation, DoesNotDependOnTheStepLength) {
  BatterySpec spec = ageing_spec();
  spec.degradation.efficiency_fade_per_cycle = 4e-6;
  BatteryState once = new_battery(spec, 0.5);
  augment(spec, once, 3.0);
  BatteryState often = once;
  age(spec, once, {.throughput_mwh = 5000.0, .years = 1.0});
  update_limits(spec, once);
  constexpr int steps = 35'040;
  for (int i = 0; i < steps; ++i) {
    age(spec, often, {.throughput_mwh = 5000.0 / steps, .years = 1.0 / steps});
    if (i % 672 == 671) update_limits(spec, often);
  }
  update_limits(spec, often);
  EXPECT_NEAR(once.limits.capacity_mwh, often.limits.capacity_mwh, 1e-9);
  EXPECT_NEAR(once.limits.round_trip_efficiency, often.limits.round_trip_efficiency, 1e-12);
}

TEST(Degradation, AugmentationAgesFromItsOwnStart) {
  const BatterySpec spec = ageing_spec();
  BatteryState battery = new_battery(spec, 0.5);
  age(spec, battery, {.throughput_mwh = 20.0 * 3650, .years = 10.0});
  update_limits(spec, battery);
  augment(spec, battery, 2.095);
  EXPECT_NEAR(battery.limits.capacity_mwh, 10.0, 1e-9);
  age(spec, battery, {.throughput_mwh = 2.0 * nominal_capacity_mwh(battery.tranches) * 365 * 5, .years = 5.0});
  update_limits(spec, battery);
  const auto present = [&](std::size_t i) {
    return battery.tranches[i].nominal_capacity_mwh * state_of_health(spec.degradation, battery.tranches[i]);
  };
  EXPECT_NEAR(present(0), 6.857500, six_digits);
  EXPECT_NEAR(present(1), 1.875549, six_digits);
  EXPECT_NEAR(battery.limits.capacity_mwh, 8.733049, six_digits);
  EXPECT_NEAR(battery.limits.state_of_health, 8.733049 / 12.095, six_digits);
}

TEST(Degradation, AugmentationKeepsTheStoredEnergyUnlessTheWindowRises) {
  const BatterySpec spec = ageing_spec();
  BatteryState middle = new_battery(spec, 0.5);
  augment(spec, middle, 10.0);
  EXPECT_DOUBLE_EQ(middle.stored_energy_mwh, 5.0);
  EXPECT_EQ(middle.replacement_step_mwh, 0.0);
  BatteryState empty = new_battery(spec, 0.1);
  augment(spec, empty, 10.0);
  EXPECT_DOUBLE_EQ(empty.stored_energy_mwh, 2.0);
  EXPECT_DOUBLE_EQ(empty.replacement_step_mwh, 1.0);
  EXPECT_EQ(empty.clamp_loss_mwh, 0.0);
}

TEST(Degradation, FallingCapacityClampsAndBooksTheLoss) {
  const BatterySpec spec = ageing_spec();
  BatteryState battery = new_battery(spec, 0.9);
  age(spec, battery, {.throughput_mwh = 20.0 * 365, .years = 1.0});
  EXPECT_DOUBLE_EQ(battery.limits.capacity_mwh, 10.0) << "limits move only with update_limits";
  update_limits(spec, battery);
  EXPECT_NEAR(battery.stored_energy_mwh, 0.9 * 9.7905, 1e-12);
  EXPECT_NEAR(battery.clamp_loss_mwh, 0.9 * (10.0 - 9.7905), 1e-12);
  EXPECT_NEAR(battery.stored_energy_mwh + battery.clamp_loss_mwh, 9.0, 1e-12);
}

TEST(Replacement, ComesAtTheLifetimeCyclesOrTheHealthLimit) {
  BatterySpec spec = ageing_spec();
  BatteryState battery = new_battery(spec, 0.5);
  age(spec, battery, {.throughput_mwh = 20.0 * 7999.9, .years = 20.0});
  EXPECT_FALSE(end_of_life(spec, battery));
  for (int i = 0; i < 1000; ++i) age(spec, battery, {.throughput_mwh = 20.0 * 0.0001, .years = 0.0});
  EXPECT_TRUE(end_of_life(spec, battery)) << "rounding in a long sum must not delay it";

  spec.degradation.lifetime_cycles = 0;
  EXPECT_FALSE(end_of_life(spec, battery));
  spec.degradation.end_of_life_soh = 0.8;
  EXPECT_TRUE(end_of_life(spec, battery));
  BatteryState young = new_battery(spec, 0.5);
  age(spec, young, {.throughput_mwh = 0.0, .years = 19.9});
  EXPECT_FALSE(end_of_life(spec, young));
  age(spec, young, {.throughput_mwh = 0.0, .years = 0.1});
  EXPECT_TRUE(end_of_life(spec, young));
}

TEST(Replacement, NoneInTheLastMonths) {
  const BatterySpec spec = ageing_spec();
  BatteryState battery = new_battery(spec, 0.5);
  age(spec, battery, {.throughput_mwh = 20.0 * 8000, .years = 20.0});
  EXPECT_TRUE(replacement_due(spec, battery, 12.5));
  EXPECT_FALSE(replacement_due(spec, battery, 12.0));
  EXPECT_FALSE(replacement_due(spec, battery, 3.0));
}

TEST(Replacement, KeepsTheShareAndCountsTheStep) {
  BatterySpec spec = ageing_spec();
  spec.degradation.efficiency_fade_per_cycle = 4e-6;
  BatteryState battery = new_battery(spec, 0.5);
  age(spec, battery, {.throughput_mwh = 20.0 * 8000, .years = 20.0});
  update_limits(spec, battery);
  const double share = battery.stored_energy_mwh / battery.limits.capacity_mwh;
  const double before_mwh = battery.stored_energy_mwh;
  replace(spec, battery);
  EXPECT_EQ(battery.tranches, (std::vector<Tranche>{{.nominal_capacity_mwh = 10}}));
  EXPECT_EQ(battery.replacement_events, 1);
  EXPECT_DOUBLE_EQ(battery.limits.capacity_mwh, 10.0);
  EXPECT_DOUBLE_EQ(battery.limits.round_trip_efficiency, 0.9);
  EXPECT_NEAR(battery.stored_energy_mwh / battery.limits.capacity_mwh, share, 1e-12);
  EXPECT_NEAR(battery.replacement_step_mwh, battery.stored_energy_mwh - before_mwh, 1e-12);
}

TEST(Wear, CostOfACycle) {
  const CycleCost cost = cycle_cost(200'000, 8000);
  EXPECT_DOUBLE_EQ(cost.eur_per_mwh_discharged, 25.0);
  EXPECT_DOUBLE_EQ(cost.eur_per_mwh_throughput, 12.5);
  EXPECT_EQ(cycle_cost(200'000, 0).eur_per_mwh_discharged, 0.0);
  EXPECT_NEAR(fade_cost_eur_per_cycle_and_mwh(200'000, 3e-5, 0.2), 30.0, 1e-12);
  EXPECT_EQ(fade_cost_eur_per_cycle_and_mwh(200'000, 3e-5, 0.0), 0.0);
}

}  // namespace
}  // namespace bess
