#include "market/reserve_duty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace bess {
namespace {

constexpr double six_digits = 5e-7;

ReserveLevel sold(double fcr_mw, double afrr_up_mw, double afrr_down_mw) {
  ReserveLevel level;
  level[Product::fcr] = fcr_mw;
  level[Product::afrr_up] = afrr_up_mw;
  level[Product::afrr_down] = afrr_down_mw;
  return level;
}

TEST(ReserveNeed, Fcr) {
  const double eta = std::sqrt(0.9);
  const ReserveNeed need = reserve_need(usual_reserve_duties(), eta, sold(3.0, 0.0, 0.0));
  EXPECT_NEAR(need.stored_above_minimum_mwh, 0.790569, six_digits);
  EXPECT_NEAR(need.room_below_maximum_mwh, 0.711512, six_digits);
  EXPECT_DOUBLE_EQ(need.discharge_power_mw, 3.75);
  EXPECT_DOUBLE_EQ(need.charge_power_mw, 3.75);
  // In a 10 MWh battery with the window 1..9 the stored energy must stay in:
  EXPECT_NEAR(1.0 + need.stored_above_minimum_mwh, 1.790569, six_digits);
  EXPECT_NEAR(9.0 - need.room_below_maximum_mwh, 8.288488, six_digits);
}

TEST(ReserveNeed, AfrrEachDirection) {
  const double eta = std::sqrt(0.9);
  const ReserveNeed up = reserve_need(usual_reserve_duties(), eta, sold(0.0, 2.0, 0.0));
  EXPECT_NEAR(up.stored_above_minimum_mwh, 2.108185, six_digits);
  EXPECT_EQ(up.room_below_maximum_mwh, 0.0);
  EXPECT_EQ(up.discharge_power_mw, 2.0);
  EXPECT_EQ(up.charge_power_mw, 0.0);
  const ReserveNeed down = reserve_need(usual_reserve_duties(), eta, sold(0.0, 0.0, 2.0));
  EXPECT_NEAR(down.room_below_maximum_mwh, 1.897367, six_digits);
  EXPECT_EQ(down.stored_above_minimum_mwh, 0.0);
  EXPECT_EQ(down.charge_power_mw, 2.0);
  EXPECT_EQ(down.discharge_power_mw, 0.0);
}

TEST(ReserveNeed, ProductsAdd) {
  ReserveDuties duties;
  duties[Product::fcr] = {.hours = 0.5, .power_factor = 1.5};
  duties[Product::afrr_up].hours = duties[Product::afrr_down].hours = 2.0;
  const ReserveNeed all = reserve_need(duties, 0.9, sold(1.0, 2.0, 3.0));
  EXPECT_DOUBLE_EQ(all.discharge_power_mw, 3.5);
  EXPECT_DOUBLE_EQ(all.charge_power_mw, 4.5);
  EXPECT_DOUBLE_EQ(all.stored_above_minimum_mwh, 4.5 / 0.9);
  EXPECT_DOUBLE_EQ(all.room_below_maximum_mwh, 6.5 * 0.9);
  EXPECT_DOUBLE_EQ(reserved_up_mw(duties, sold(1.0, 2.0, 3.0)), 3.5);
  EXPECT_DOUBLE_EQ(reserved_down_mw(duties, sold(1.0, 2.0, 3.0)), 4.5);
}

/// Largest FCR that a battery alone can sell: what one MW needs of power and of the energy window tells.
double largest_fcr_mw(const ReserveDuties& duties, double one_way_efficiency, double power_mw, double window_mwh) {
  const ReserveNeed one = reserve_need(duties, one_way_efficiency, sold(1.0, 0.0, 0.0));
  return std::min(power_mw / one.discharge_power_mw, window_mwh / (one.stored_above_minimum_mwh + one.room_below_maximum_mwh));
}

TEST(LargestFcr, PowerOrEnergyBinds) {
  const ReserveDuties usual = usual_reserve_duties();
  ReserveDuties half_an_hour = usual;
  half_an_hour[Product::fcr].hours = 0.5;
  const double power_only = largest_fcr_mw(usual, 0.9, 1.0, 1e9);
  EXPECT_DOUBLE_EQ(power_only, 0.8);
  EXPECT_NEAR(largest_fcr_mw(usual, 0.9, 1e9, 1.0), 1.988950, six_digits);
  EXPECT_NEAR(largest_fcr_mw(half_an_hour, 0.9, 1e9, 1.0), 0.994475, six_digits);
  EXPECT_DOUBLE_EQ(largest_fcr_mw(usual, 0.9, 1.0, 1.0), 0.8);
  EXPECT_DOUBLE_EQ(largest_fcr_mw(half_an_hour, 0.9, 1.0, 1.0), 0.8);
  EXPECT_EQ(std::floor(largest_fcr_mw(usual, 0.9, 1.0, 1.0)), 0.0) << "whole megawatts: nothing to sell";
}

TEST(LargestFcr, NothingWithoutABattery) {
  EXPECT_EQ(largest_fcr_mw(usual_reserve_duties(), 0.9, 0.0, 1.0), 0.0);
  EXPECT_EQ(largest_fcr_mw(usual_reserve_duties(), 0.9, 1.0, 0.0), 0.0);
  EXPECT_EQ(largest_fcr_mw(usual_reserve_duties(), 0.0, 1.0, 1.0), 0.0);
}

}  // namespace
}  // namespace bess
