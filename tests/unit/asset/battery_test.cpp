#include "asset/battery.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace bess {
namespace {

constexpr double six_digits = 5e-7;

BatterySpec ten_mwh() {
  BatterySpec spec;
  spec.nominal_capacity_mwh = 10;
  spec.power_mw = 5;
  spec.availability = 1.0;
  return spec;
}

TEST(BatteryLimits, FollowTheSpecification) {
  BatterySpec spec = ten_mwh();
  spec.availability = 0.98;
  const BatteryState battery = new_battery(spec, 0.5);
  EXPECT_DOUBLE_EQ(battery.stored_energy_mwh, 5.0);
  EXPECT_DOUBLE_EQ(battery.limits.capacity_mwh, 10.0);
  EXPECT_DOUBLE_EQ(battery.limits.energy_min_mwh, 1.0);
  EXPECT_DOUBLE_EQ(battery.limits.energy_max_mwh, 9.0);
  EXPECT_DOUBLE_EQ(battery.limits.power_mw, 4.9);
  EXPECT_NEAR(battery.limits.one_way_efficiency, 0.948683, six_digits);
  EXPECT_DOUBLE_EQ(battery.limits.state_of_health, 1.0);
}

TEST(BatteryLimits, InitialEnergyIsClampedIntoTheWindow) {
  EXPECT_DOUBLE_EQ(new_battery(ten_mwh(), 0.0).stored_energy_mwh, 1.0);
  EXPECT_DOUBLE_EQ(new_battery(ten_mwh(), 1.0).stored_energy_mwh, 9.0);
}

TEST(BatteryStep, TenMwhFromTheGridGiveNineBack) {
  BatterySpec spec = ten_mwh();
  spec.nominal_capacity_mwh = 20;
  spec.min_state_of_charge = 0;
  spec.max_state_of_charge = 1;
  spec.power_mw = 10;
  const BatteryLimits limits = new_battery(spec, 0).limits;
  const double stored = advance(limits, 0.0, {.charge_mw = 10, .discharge_mw = 0}, 1.0);
  EXPECT_NEAR(stored, 9.486833, six_digits);
  const Flow out = feasible_flow(limits, stored, {.charge_mw = 0, .discharge_mw = 10}, 1.0);
  EXPECT_NEAR(out.discharge_mw, 9.0, 1e-12);
  EXPECT_NEAR(advance(limits, stored, out, 1.0), 0.0, 1e-12);
}

TEST(BatteryStep, LargestChargeAndDischargeOfAQuarterHour) {
  const BatteryLimits limits = new_battery(ten_mwh(), 0.5).limits;
  const auto charge_mwh = [&](double stored) { return 0.25 * feasible_flow(limits, stored, {.charge_mw = 99}, 0.25).charge_mw; };
  const auto discharge_mwh = [&](double stored) { return 0.25 * feasible_flow(limits, stored, {.discharge_mw = 99}, 0.25).discharge_mw; };
  EXPECT_NEAR(charge_mwh(8.9), 0.105409, six_digits);
  EXPECT_NEAR(discharge_mwh(8.9), 1.25, 1e-12);
  EXPECT_NEAR(charge_mwh(1.05), 1.25, 1e-12);
  EXPECT_NEAR(discharge_mwh(1.05), 0.047434, six_digits);
}

TEST(BatteryStep, BadWishesCountAsZero) {
  const BatteryLimits limits = new_battery(ten_mwh(), 0.5).limits;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(feasible_flow(limits, 5.0, {.charge_mw = nan, .discharge_mw = -3}, 0.25), Flow{});
  EXPECT_EQ(feasible_flow(limits, 5.0, {.charge_mw = inf, .discharge_mw = -inf}, 0.25), Flow{});
  EXPECT_EQ(feasible_flow(limits, 5.0, {.charge_mw = 1}, 0.0), Flow{});
}

TEST(BatteryStep, BothDirectionsShareThePower) {
  const BatteryLimits limits = new_battery(ten_mwh(), 0.5).limits;
  const Flow flow = feasible_flow(limits, 5.0, {.charge_mw = 4, .discharge_mw = 4}, 0.25);
  EXPECT_DOUBLE_EQ(flow.charge_mw, 2.5);
  EXPECT_DOUBLE_EQ(flow.discharge_mw, 2.5);
}

TEST(BatteryStep, OutsideTheWindowOnlyTheWayBackIsOpen) {
  const BatteryLimits limits = new_battery(ten_mwh(), 0.5).limits;
  EXPECT_EQ(feasible_flow(limits, 9.5, {.charge_mw = 1}, 0.25), Flow{});
  EXPECT_GT(feasible_flow(limits, 9.5, {.discharge_mw = 1}, 0.25).discharge_mw, 0.0);
  EXPECT_EQ(feasible_flow(limits, 0.5, {.discharge_mw = 1}, 0.25), Flow{});
}

TEST(BatteryStep, NoCapacityOrNoPowerNeverDividesByZero) {
  for (const auto& [capacity_mwh, power_mw] : {std::pair{0.0, 5.0}, std::pair{10.0, 0.0}, std::pair{0.0, 0.0}}) {
    BatterySpec spec = ten_mwh();
    spec.nominal_capacity_mwh = capacity_mwh;
    spec.power_mw = power_mw;
    BatteryState battery = new_battery(spec, 0.5);
    const Flow flow = feasible_flow(battery.limits, battery.stored_energy_mwh, {.charge_mw = 1, .discharge_mw = 0}, 0.25);
    EXPECT_EQ(flow, Flow{});
    EXPECT_EQ(equivalent_full_cycles(battery.limits, capacity_mwh, flow, 0.25), 0.0);
    age(spec, battery, {.throughput_mwh = 0.0, .years = 1.0});
    update_limits(spec, battery);
    EXPECT_TRUE(std::isfinite(battery.limits.state_of_health));
    EXPECT_TRUE(std::isfinite(battery.limits.one_way_efficiency));
    if (capacity_mwh == 0.0) {
      EXPECT_EQ(battery.limits.state_of_health, 1.0);
      EXPECT_FALSE(end_of_life(spec, battery));
    }
    replace(spec, battery);
    EXPECT_TRUE(std::isfinite(battery.stored_energy_mwh));
  }
}

TEST(BatteryStep, RandomFeasibleFlowsStayInTheWindowAndBalance) {
  RandomStream random(7, "battery steps");
  const BatteryLimits limits = new_battery(ten_mwh(), 0.5).limits;
  double stored = 5.0;
  for (int i = 0; i < 20'000; ++i) {
    const Flow wanted{.charge_mw = 8.0 * random.uniform(), .discharge_mw = i % 3 == 0 ? 8.0 * random.uniform() : 0.0};
    const Flow flow = feasible_flow(limits, stored, wanted, 0.25);
    EXPECT_LE(flow.charge_mw, wanted.charge_mw);
    EXPECT_LE(flow.discharge_mw, wanted.discharge_mw);
    EXPECT_LE(flow.charge_mw + flow.discharge_mw, limits.power_mw + 1e-12);
    stored = advance(limits, stored, flow, 0.25);
    ASSERT_GE(stored, limits.energy_min_mwh - 1e-9);
    ASSERT_LE(stored, limits.energy_max_mwh + 1e-9);
    if (i % 7 == 0) stored = limits.energy_min_mwh + random.uniform() * (limits.energy_max_mwh - limits.energy_min_mwh);
  }
}

// What is next to nothing is nothing, also where a fade leaves it: no ratio of such sizes may decide anything.
TEST(BatteryLimits, NextToNothingIsNothing) {
  EXPECT_EQ(make_limits(1e-10, {0.1, 0.9}, 5, 0.9).capacity_mwh, 0.0);
  EXPECT_EQ(make_limits(10, {0.1, 0.9}, 1e-10, 0.9).power_mw, 0.0);
  const BatteryLimits narrow = make_limits(10, {0.5, 0.5 + 1e-11}, 5, 0.9);
  EXPECT_EQ(narrow.energy_min_mwh, narrow.energy_max_mwh);
  const BatteryLimits least = make_limits(1e-8, {0.1, 0.9}, 1e-9, 0.9);
  EXPECT_EQ(least.power_mw, 1e-9);
  EXPECT_GT(least.energy_max_mwh, least.energy_min_mwh);

  BatterySpec spec = ten_mwh();
  spec.degradation.fade_per_year = 0.1;
  Tranche faded{.nominal_capacity_mwh = 10};
  for (int year = 0; year < 10; ++year) faded.age_years += 0.999999999999;
  EXPECT_EQ(limits_of(spec, {faded}).capacity_mwh, 0.0);
  EXPECT_EQ(limits_of(spec, {faded}).state_of_health, 0.0);
}

}  // namespace
}  // namespace bess
