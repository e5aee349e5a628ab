#pragma once
// The shapes of dispatch stages: which states, controls and rows a window has for a set of features. constexpr, so that
// the model builder and the specialised kernels cannot drift apart. Each part of the model declares its own (the headers below, with the
// equations); here stands their order, which the kernels keep.
//
// Symbols (docs/models/dispatch.md): g charge from the grid, v charge from own generation, d discharge, u curtailment,
// gi metered import, s / b sold / bought imbalance, e stored energy, R reserve held, f its power factor, h its hours, Q generation.

#include "dispatch/model/battery_rows.h"
#include "dispatch/model/cap_rows.h"
#include "dispatch/model/connection_rows.h"
#include "dispatch/model/cycle_rows.h"
#include "dispatch/model/features.h"
#include "dispatch/model/generation_rows.h"
#include "dispatch/model/meter_rows.h"
#include "dispatch/model/position_rows.h"
#include "dispatch/model/ramp_rows.h"
#include "dispatch/model/reserve_rows.h"

namespace bess::dispatch {

/// Where everything stands: the handles of each part.
struct Layout {
  BatteryRows battery;
  GenerationRows generation;
  ReserveRows reserves;
  CycleRows cycles;
  RampRows ramp;
  ConnectionRows connection;
  MeterRows meter;
  CapRows caps;
  PositionRows positions;
};

struct Shape {
  lp::Pattern pattern{};
  Layout at{};
};

/// Reports features that have no shape. Not constexpr: a shape of them made at compile time is a compile error.
[[noreturn]] void no_such_shape();

/// The shape of a legal set of features.
constexpr Shape make_shape(const Features& f) {
  if (!legal(f)) no_such_shape();
  const bool reserves = f.reserves.any();
  const bool positions = f.positions != PositionMode::none;
  Shape shape;
  lp::Pattern& p = shape.pattern;
  Layout& at = shape.at;

  at.battery.declare_state(p);
  at.reserves.declare_states(p, f);
  if (f.cycle_budget) at.cycles.declare_state(p);
  if (f.ramp) at.ramp.declare_state(p);
  if (f.peak) at.meter.declare_peak_state(p);
  if (positions) at.positions.declare_state(p);

  at.battery.declare_controls(p, f);
  if (f.generation) at.generation.declare_controls(p);
  if (f.import_meter) at.meter.declare_control(p);
  if (positions) at.positions.declare_controls(p);
  if (f.market_caps) at.caps.declare_controls(p);

  at.battery.declare_transition(p, at.generation);
  at.reserves.declare_transitions(p);
  if (f.cycle_budget) at.cycles.declare_transition(p, at.battery, at.generation);
  if (f.ramp) at.ramp.declare_transition(p, at.battery, at.generation);
  if (f.peak) at.meter.declare_transition(p);
  if (positions) at.positions.declare_transition(p);

  at.battery.declare_bounds(p);
  if (f.one_way) at.reserves.declare_one_way(p, at.battery);
  if (f.generation) at.generation.declare_bounds(p);
  at.battery.declare_shared(p, f, at.generation);
  if (f.generation) at.generation.declare_available(p);
  if (reserves && !f.one_way) at.reserves.declare_power(p, at.battery, at.generation);
  if (f.connection) at.connection.declare(p, at.battery, at.generation);
  if (f.connection && reserves) at.reserves.declare_in_connection(p, at.connection);
  at.battery.declare_energy(p);
  at.reserves.declare_in_energy(p, at.battery);
  if (f.import_meter) at.meter.declare_import(p, at.battery, at.generation);
  if (f.cycle_budget) at.cycles.declare_row(p);
  if (f.ramp) at.ramp.declare_rows(p, at.battery, at.generation);
  if (f.peak) at.meter.declare_peak(p);
  if (f.market_caps) at.caps.declare_rows(p, at.battery);
  if (positions) at.positions.declare_rows(p, f, at.battery, at.generation);

  if (reserves) at.reserves.declare_entries(p, f, at.battery);
  if (f.peak) at.meter.declare_entry(p);
  if (positions) at.positions.declare_entries(p);
  return shape;
}

}  // namespace bess::dispatch
