#include "asset/connection.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bess {
namespace {

constexpr double six_digits = 5e-7;

TEST(ReserveNeed, Fcr) {
  const double eta = std::sqrt(0.9);
  const ReserveNeed need = reserve_need({}, eta, 3.0, 0.0, 0.0);
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
  const ReserveNeed up = reserve_need({}, eta, 0.0, 2.0, 0.0);
  EXPECT_NEAR(up.stored_above_minimum_mwh, 2.108185, six_digits);
  EXPECT_EQ(up.room_below_maximum_mwh, 0.0);
  EXPECT_EQ(up.discharge_power_mw, 2.0);
  EXPECT_EQ(up.charge_power_mw, 0.0);
  const ReserveNeed down = reserve_need({}, eta, 0.0, 0.0, 2.0);
  EXPECT_NEAR(down.room_below_maximum_mwh, 1.897367, six_digits);
  EXPECT_EQ(down.stored_above_minimum_mwh, 0.0);
  EXPECT_EQ(down.charge_power_mw, 2.0);
  EXPECT_EQ(down.discharge_power_mw, 0.0);
}

TEST(ReserveNeed, ProductsAdd) {
  const ReserveNeed all = reserve_need({.fcr_hours = 0.5, .afrr_hours = 2.0, .fcr_power_factor = 1.5}, 0.9, 1.0, 2.0, 3.0);
  EXPECT_DOUBLE_EQ(all.discharge_power_mw, 3.5);
  EXPECT_DOUBLE_EQ(all.charge_power_mw, 4.5);
  EXPECT_DOUBLE_EQ(all.stored_above_minimum_mwh, 4.5 / 0.9);
  EXPECT_DOUBLE_EQ(all.room_below_maximum_mwh, 6.5 * 0.9);
}

TEST(LargestFcr, PowerOrEnergyBinds) {
  const double power_only = largest_fcr_mw({}, 0.9, 1.0, 1e9);
  EXPECT_DOUBLE_EQ(power_only, 0.8);
  EXPECT_NEAR(largest_fcr_mw({}, 0.9, 1e9, 1.0), 1.988950, six_digits);
  EXPECT_NEAR(largest_fcr_mw({.fcr_hours = 0.5}, 0.9, 1e9, 1.0), 0.994475, six_digits);
  EXPECT_DOUBLE_EQ(largest_fcr_mw({}, 0.9, 1.0, 1.0), 0.8);
  EXPECT_DOUBLE_EQ(largest_fcr_mw({.fcr_hours = 0.5}, 0.9, 1.0, 1.0), 0.8);
  EXPECT_EQ(std::floor(largest_fcr_mw({}, 0.9, 1.0, 1.0)), 0.0) << "whole megawatts: nothing to sell";
}

TEST(LargestFcr, NothingWithoutABattery) {
  EXPECT_EQ(largest_fcr_mw({}, 0.9, 0.0, 1.0), 0.0);
  EXPECT_EQ(largest_fcr_mw({}, 0.9, 1.0, 0.0), 0.0);
  EXPECT_EQ(largest_fcr_mw({}, 0.0, 1.0, 1.0), 0.0);
}

}  // namespace
}  // namespace bess
