#include "asset/ageing/use_meter.h"

#include <gtest/gtest.h>

namespace bess {
namespace {

/// 10 MWh without losses, moved along a path of stored energies, an hour each.
class Path {
 public:
  explicit Path(double start_mwh) : energy_mwh_(start_mwh) { limits_.capacity_mwh = 10; }
  void to(std::initializer_list<double> energies_mwh) {
    for (const double end_mwh : energies_mwh) {
      const double change = end_mwh - energy_mwh_;
      meter.add(limits_, {.charge_mw = std::max(0.0, change), .discharge_mw = std::max(0.0, -change)}, energy_mwh_, end_mwh, 1.0);
      energy_mwh_ = end_mwh;
    }
  }
  UseMeter meter;

 private:
  BatteryLimits limits_;
  double energy_mwh_;
};

// Half cycles of 0.4, 0.6 and 0.2 end, one of 0.15 is under way: depth (0.16 + 0.36 + 0.04) / 1.2. Mean state of charge of the six hours:
// (0.3 + 0.5 + 0.6 + 0.3 + 0.1 + 0.125)/6, where the rest at 6 MWh counts as time.
TEST(UseMeter, AddsUpWhatTheBatteryDid) {
  Path path(2);
  path.to({4, 6, 6, 0});
  path.to({2, 0.5});
  const BatteryUse use = path.meter.use();
  EXPECT_NEAR(use.throughput_mwh, 4 + 6 + 2 + 1.5, 1e-12);
  EXPECT_NEAR(use.years, 6.0 / 8760, 1e-18);
  EXPECT_NEAR(use.state_of_charge, (0.3 + 0.5 + 0.6 + 0.3 + 0.1 + 0.125) / 6, 1e-12);
  EXPECT_NEAR(use.depth_of_discharge, (0.16 + 0.36 + 0.04) / 1.2, 1e-12);
}

TEST(UseMeter, ALossIsThroughputToo) {
  BatteryLimits limits = make_limits(10, {0, 1}, 5, 0.81);
  UseMeter meter;
  meter.add(limits, {.charge_mw = 4}, 0, 0.25 * 0.9 * 4, 0.25);
  meter.add(limits, {.discharge_mw = 1.8}, 0.9, 0.4, 0.25);
  EXPECT_NEAR(meter.use().throughput_mwh, 0.9 + 0.5, 1e-12);
}

// An update in the middle of a charge cuts no half cycle: the 0.8 counts in the stretch in which it ends.
TEST(UseMeter, AHalfCycleGoesOnOverAReset) {
  Path path(1);
  path.to({3, 5});
  EXPECT_NEAR(path.meter.use().depth_of_discharge, 0.4, 1e-12) << "none has ended: the one under way";
  path.meter.reset();
  EXPECT_EQ(path.meter.use().throughput_mwh, 0.0);
  EXPECT_EQ(path.meter.use().years, 0.0);
  path.to({9, 8});
  EXPECT_NEAR(path.meter.use().depth_of_discharge, 0.8, 1e-12);
  EXPECT_NEAR(path.meter.use().throughput_mwh, 5.0, 1e-12);
}

TEST(UseMeter, NoCapacityMovesNothing) {
  UseMeter meter;
  meter.add({}, {}, 0, 0, 0.25);
  const BatteryUse use = meter.use();
  EXPECT_EQ(use.throughput_mwh, 0.0);
  EXPECT_EQ(use.state_of_charge, 0.0);
  EXPECT_EQ(use.depth_of_discharge, 0.0);
  EXPECT_NEAR(use.years, 0.25 / 8760, 1e-18);
}

}  // namespace
}  // namespace bess
