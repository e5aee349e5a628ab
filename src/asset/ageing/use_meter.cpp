#include "asset/ageing/use_meter.h"

#include <cmath>

namespace bess {

namespace {
constexpr double rest = 1e-9;
constexpr double hours_per_year = 8760.0;
}  // namespace

void UseMeter::add(const BatteryLimits& limits, Flow flow, double start_mwh, double end_mwh, double dt_h) {
  const double eta = limits.one_way_efficiency;
  throughput_mwh_ += dt_h * (eta * flow.charge_mw + flow.discharge_mw / eta);
  hours_ += dt_h;
  if (!(limits.capacity_mwh > 0.0)) return;
  charge_hours_ += dt_h * 0.5 * (start_mwh + end_mwh) / limits.capacity_mwh;
  move((end_mwh - start_mwh) / limits.capacity_mwh);
}

void UseMeter::move(double change) {
  if (std::abs(change) < rest) return;
  if (change * swing_ < 0.0) {
    depth_ += std::abs(swing_);
    depth_squared_ += swing_ * swing_;
    swing_ = 0.0;
  }
  swing_ += change;
}

BatteryUse UseMeter::use() const {
  return {.throughput_mwh = throughput_mwh_,
          .years = hours_ / hours_per_year,
          .state_of_charge = hours_ > 0.0 ? charge_hours_ / hours_ : 0.0,
          .depth_of_discharge = depth_ > 0.0 ? depth_squared_ / depth_ : std::abs(swing_)};
}

void UseMeter::reset() {
  const double under_way = swing_;
  *this = {};
  swing_ = under_way;
}

}  // namespace bess
