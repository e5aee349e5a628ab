// What tolerances leave is taken out of a schedule by hand-worked figures.

#include "dispatch/window/settled_schedule.h"

#include <gtest/gtest.h>

#include "windows.h"

namespace bess::dispatch {
namespace {

/// 10 MW, 0–20 MWh, no losses, one block of two hours at 10 MWh; aFRR needs an hour of energy, FCR a quarter and 1.25 of power.
WindowProblem two_hours() {
  WindowProblem w;
  w.periods = 2;
  w.dt_h = 1.0;
  w.battery = test::limits(20.0, 10.0, 0.0, 1.0, 1.0);
  w.start_mwh = 10.0;
  w.target_mwh = 0.0;
  w.block = {0, 0};
  w.connection = {100.0, 100.0};
  for (const Product p : reserve_products) w.prices[p] = test::reserve_price({1.0, 1.0});
  return w;
}

Schedule flows(double charge0, double discharge0, double charge1, double discharge1) {
  Schedule s;
  s.reset(2, 0.0);
  s.grid_charge_mw = {charge0, charge1};
  s.discharge_mw = {discharge0, discharge1};
  s.stored_energy_mwh = {10.0, 0.0, 0.0};
  return s;
}

}  // namespace

TEST(SettleFlows, DischargesLessWhereReserveNeedsTheEnergy) {
  Schedule s = flows(0.0, 5.001, 0.0, 0.0);
  s.reserve_mw[Product::afrr_up] = {5.0, 5.0};
  settle_flows(two_hours(), s);
  EXPECT_NEAR(s.discharge_mw[0], 5.0, 1e-12);
  EXPECT_NEAR(s.stored_energy_mwh[1], 5.0, 1e-12);
}

TEST(SettleFlows, ChargesMoreOnlyWhereItChargesAndThereIsRoom) {
  Schedule s = flows(0.0, 0.0, 0.0, 0.0);
  WindowProblem w = two_hours();
  w.target_mwh = 15.0;
  s.grid_charge_mw = {3.0, 1.999};
  settle_flows(w, s);
  EXPECT_NEAR(s.grid_charge_mw[1], 2.0, 1e-12);
  EXPECT_NEAR(s.stored_energy_mwh[2], 15.0, 1e-12);
  s.grid_charge_mw = {3.0, 1.999};
  s.reserve_mw[Product::afrr_down] = {8.0005, 8.0005};  // 10 MW of power leave 1.9995
  w.battery.energy_max_mwh = 40.0;
  settle_flows(w, s);
  EXPECT_NEAR(s.grid_charge_mw[1], 1.9995, 1e-12);
  s = flows(4.999, 0.0, 0.0, 0.0);
  settle_flows(w, s);
  EXPECT_EQ(s.grid_charge_mw[1], 0.0) << "a flow that is 0 stays 0";
}

TEST(SettleFlows, LeavesARealBreachVisible) {
  Schedule s = flows(0.0, 5.1, 0.0, 0.0);
  s.reserve_mw[Product::afrr_up] = {5.0, 5.0};
  settle_flows(two_hours(), s);
  EXPECT_NEAR(s.stored_energy_mwh[1], 4.9, 1e-12);
  s = flows(0.0, 10.0, 0.0, 1.0);
  settle_flows(two_hours(), s);  // but never out of the battery
  EXPECT_EQ(s.stored_energy_mwh[2], 0.0);
  EXPECT_EQ(s.discharge_mw[1], 0.0);
}

TEST(SettleFlows, ConnectionStandsBeforeReserve) {
  WindowProblem w = two_hours();
  w.import_limit_mw = {100.0, 100.0};
  w.export_limit_mw = {5.0, 5.0};
  Schedule s = flows(1.0, 0.0, 0.0, 0.0);
  s.reserve_mw[Product::afrr_up] = {6.0, 6.0};  // deliverable while it charges 1 MW
  s.reserve_mw[Product::afrr_down] = {9.0005, 9.0005};
  settle_flows(w, s);
  EXPECT_EQ(s.grid_charge_mw[0], 1.0);
}

TEST(SettleReserves, LowersWhatTheFlowsCannotHold) {
  WindowProblem w = two_hours();
  w.commitment.assign(1, {});
  Schedule s = flows(0.0, 5.0, 0.0, 0.0);
  s.stored_energy_mwh = {10.0, 5.0, 5.0};
  s.reserve_mw[Product::afrr_up] = {5.001, 5.001};  // 5 MWh and 5 MW are left
  s.reserve_mw[Product::afrr_down] = {10.0, 10.0};
  settle_reserves(w, s);
  EXPECT_NEAR(s.reserve_mw[Product::afrr_up][0], 5.0, 1e-12);
  EXPECT_EQ(s.reserve_mw[Product::afrr_up][0], s.reserve_mw[Product::afrr_up][1]);
  EXPECT_EQ(s.reserve_mw[Product::afrr_down][0], 10.0);
  s.reserve_mw[Product::afrr_up] = {5.001, 5.001};
  w.commitment[0][Product::afrr_up] = 5.001;  // sold before: not ours to lower
  settle_reserves(w, s);
  EXPECT_EQ(s.reserve_mw[Product::afrr_up][0], 5.001);
}

TEST(SettleReserves, NothingIsAskedOfNothing) {
  WindowProblem w = two_hours();
  w.battery.energy_min_mwh = 10.0 + 1e-9;
  Schedule s = flows(0.0, 0.0, 0.0, 0.0);
  s.stored_energy_mwh = {10.0, 10.0, 10.0};
  settle_reserves(w, s);
  EXPECT_EQ(s.reserve_mw[Product::fcr][0], 0.0);
}

}  // namespace bess::dispatch
