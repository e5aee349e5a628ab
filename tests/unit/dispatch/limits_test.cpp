// What a period allows, by hand.

#include "dispatch/window/limits.h"

#include <gtest/gtest.h>

#include "windows.h"

namespace bess::dispatch {
namespace {

/// 8 MW out and 5 MW in at the meter; aFRR an hour, FCR a quarter and 1.25 of power.
WindowProblem one_hour() {
  WindowProblem w = test::one_hour();
  w.connection = {5.0, 8.0};
  for (const Product p : reserve_products) w.prices[p] = test::reserve_price({1.0});
  return w;
}

Schedule idle() {
  Schedule s;
  s.reset(1, 10.0);
  return s;
}

}  // namespace

TEST(Limits, ReservesLeaveWhatTheyDoNotNeed) {
  const WindowProblem w = one_hour();
  ReserveLevel held;
  held[Product::afrr_up] = 4.5;
  held[Product::fcr] = 3.6;
  EnergyRange range = energy_range(w.battery);
  EXPECT_EQ(range.low_mwh, 0.0);
  EXPECT_EQ(range.high_mwh, 20.0);
  range.leave(w.battery, reserve_need(w.reserve_duties, w.battery.one_way_efficiency, held));
  EXPECT_DOUBLE_EQ(range.low_mwh, (4.5 + 0.25 * 3.6) / 0.9);
  EXPECT_DOUBLE_EQ(range.high_mwh, 20.0 - 0.9 * 0.25 * 3.6);
  EXPECT_DOUBLE_EQ(discharge_room_mw(w, held), 10.0 - 4.5 - 1.25 * 3.6);
  EXPECT_DOUBLE_EQ(charge_room_mw(w, held), 10.0 - 1.25 * 3.6);
  held[Product::afrr_up] = 5.4995;  // leaves 0.0005 MW, less than a ten-thousandth of the power
  EXPECT_EQ(discharge_room_mw(w, held), 0.0);
}

TEST(Limits, ChargeComesThroughTheMeterOrFromTheSun) {
  WindowProblem w = one_hour();
  EXPECT_EQ(most_charge_mw(w, 0), 5.0);
  w.generation.available_mw = {3.0};
  EXPECT_EQ(most_charge_mw(w, 0), 8.0);
  w.generation.available_mw = {30.0};
  EXPECT_EQ(most_charge_mw(w, 0), 10.0);
  w.import_limit_mw = {-2.0};
  w.generation.available_mw = {3.0};
  EXPECT_EQ(most_import_mw(w, 0), 0.0);
  EXPECT_EQ(most_charge_mw(w, 0), 3.0);
}

TEST(Limits, EachRuleIsCheckedByHowFarItIsMissed) {
  const WindowProblem w = one_hour();
  EXPECT_EQ(largest_violation(w, idle(), true), 0.0);

  Schedule s = idle();
  s.discharge_mw = {9.0};  // 1 MW beyond the export limit; the energy is right
  s.stored_energy_mwh = {10.0, 0.0};
  EXPECT_NEAR(largest_violation(w, s, true), 1.0, 1e-12);

  s = idle();
  s.grid_charge_mw = {2.0};
  s.discharge_mw = {0.5};
  s.stored_energy_mwh = {10.0, 10.0 + 0.9 * 2.0 - 0.5 / 0.9};
  EXPECT_NEAR(largest_violation(w, s, false), 0.0, 1e-12);
  EXPECT_NEAR(largest_violation(w, s, true), 0.5, 1e-12);  // both at once

  s = idle();
  s.stored_energy_mwh = {10.0, 10.25};  // energy from nowhere
  EXPECT_NEAR(largest_violation(w, s, true), 0.25, 1e-12);

  s = idle();
  s.reserve_mw[Product::afrr_down] = {7.0};  // 2 MW beyond the import limit
  EXPECT_NEAR(largest_violation(w, s, true), 2.0, 1e-12);
}

TEST(Limits, ADaysCyclesAndARampAreCounted) {
  WindowProblem w = one_hour();
  w.nominal_capacity_mwh = 20.0;
  w.max_cycles_per_day = 0.1;  // 2 MWh at the cells, there and back
  w.ramp_mw_per_period = 3.0;
  w.ramp_from_previous = true;
  w.previous_net_mw = -1.0;
  Schedule s = idle();
  s.discharge_mw = {4.5};
  s.stored_energy_mwh = {10.0, 5.0};
  EXPECT_NEAR(largest_violation(w, s, true), 2.5, 1e-12);  // 5.5 MW of ramp; 0.5 MWh of cycles beyond
  w.ramp_from_previous = false;
  EXPECT_NEAR(largest_violation(w, s, true), 0.5, 1e-12);
}

}  // namespace bess::dispatch
