#pragma once
// Gathers what a battery does between two degradation updates.

#include "asset/battery.h"

namespace bess {

/// Adds up periods. A half cycle is all movement one way between two turning points of the state of charge (changes below 1e-9 are rest).
/// It counts when it has ended, so an update cuts none in two; until the first has ended, the depth is that of the one under way.
class UseMeter {
 public:
  /// A period of dt_h: average powers at the AC meter, stored energy at its start and at its end.
  void add(const BatteryLimits& limits, Flow flow, double start_mwh, double end_mwh, double dt_h);
  /// Since the last reset.
  [[nodiscard]] BatteryUse use() const;
  /// Begins anew; the half cycle under way goes on.
  void reset();

 private:
  void move(double change);

  double throughput_mwh_{0};
  double hours_{0};
  double charge_hours_{0};  ///< Σ state of charge · h
  double depth_{0};         ///< Σ depth of the half cycles that have ended
  double depth_squared_{0};
  double swing_{0};  ///< the half cycle under way, > 0: charging
};

}  // namespace bess
