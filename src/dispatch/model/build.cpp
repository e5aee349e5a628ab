// From a window to the staged LP. What each row says, and what fills it: model/*_rows.h.

#include <algorithm>
#include <limits>

#include "dispatch/model/stage_writer.h"

namespace bess::dispatch {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void fill_period(StageWriter& s, const Layout& at) {
  at.battery.fill(s);
  if (at.positions.present()) at.positions.fill(s);
  if (at.caps.present()) at.caps.fill(s);
  if (at.generation.present()) at.generation.fill(s, at.battery.charge);
  if (at.connection.present()) at.connection.fill(s);
  if (at.reserves.present()) {
    at.reserves.fill(s, at.connection);
  } else {
    ReserveRows::fill_fixed(s);
  }
  if (at.meter.import_power >= 0) at.meter.fill(s);
  if (at.cycles.present()) at.cycles.fill(s);
  if (at.ramp.present()) at.ramp.fill(s);
}

void fill_entries(StageWriter& s, const Layout& at) {
  at.battery.fill_entry(s);
  if (at.reserves.present()) at.reserves.fill_entry(s);
  if (at.cycles.present()) at.cycles.fill_entry(s);
  if (at.ramp.present()) at.ramp.fill_entry(s);
  at.meter.fill_entry(s);
  if (at.positions.present()) at.positions.fill_entry(s);
}

void fill_state_boxes(StageWriter& s, const Layout& at) {
  at.battery.fill_state_box(s);
  at.reserves.fill_state_box(s);
  if (at.cycles.present()) at.cycles.fill_state_box(s);
  if (at.ramp.present()) at.ramp.fill_state_box(s);
  at.meter.fill_state_box(s);
  if (at.positions.present()) at.positions.fill_state_box(s);
}

void fill_end(const WindowProblem& w, const BatteryRows& battery, lp::StagedLp& lp) {
  const auto e = static_cast<std::size_t>(battery.energy);
  if (w.pinned_end) {
    lp.final_low[e] = lp.final_high[e] = w.target_mwh;
  } else if (w.target_mwh > w.battery.energy_min_mwh) {
    lp.final_low[e] = w.target_mwh;
  }
}

void reset(lp::StagedLp& lp, const lp::Pattern& pattern, int stages) {
  if (lp.stages != stages || !(lp.pattern == pattern)) {
    lp = lp::StagedLp(pattern, stages);
    std::fill(lp.entry_row_active.begin(), lp.entry_row_active.end(), std::uint8_t{0});  // those that are filled become active
    return;
  }
  std::fill(lp.state_cost.begin(), lp.state_cost.end(), 0.0);
  std::fill(lp.control_cost.begin(), lp.control_cost.end(), 0.0);
  std::fill(lp.transition_constant.begin(), lp.transition_constant.end(), 0.0);
  std::fill(lp.row_active.begin(), lp.row_active.end(), std::uint8_t{1});
  std::fill(lp.entry_row_active.begin(), lp.entry_row_active.end(), std::uint8_t{0});
  std::fill(lp.entry.begin(), lp.entry.end(), lp::Entry::inherit);
  std::fill(lp.entry.begin(), lp.entry.begin() + pattern.states, lp::Entry::fixed);
  std::fill(lp.entry_value.begin(), lp.entry_value.end(), 0.0);
  std::fill(lp.control_fixed.begin(), lp.control_fixed.end(), std::numeric_limits<double>::quiet_NaN());
  std::fill(lp.final_low.begin(), lp.final_low.end(), -inf);
  std::fill(lp.final_high.begin(), lp.final_high.end(), inf);
}

}  // namespace

Features features_of(const WindowProblem& w, const LpChoice& choice) {
  Features f;
  const ProductSet sold = w.reserves();
  if (sold.any() && choice.fixed_reserves == nullptr) f.reserves = usual_reserves | sold;
  f.generation = w.has_generation();
  f.peak = w.peak_tariff_eur_per_mw > 0.0;
  f.import_meter = f.peak;
  for (int t = 0; t < w.periods && !f.import_meter; ++t) f.import_meter = w.import_fee(t) + w.export_fee(t) > 0.0;
  for (int t = 0; t < w.periods && !f.connection; ++t) {
    f.connection = w.export_limit(t) < w.battery.power_mw + w.generation_mw(t) || w.import_limit(t) < w.battery.power_mw;
  }
  f.cycle_budget = w.max_cycles_per_day > 0.0;
  f.ramp = w.ramp_mw_per_period > 0.0 && w.ramp_mw_per_period < 2.0 * w.battery.power_mw;
  f.market_caps = caps_imbalance(w);
  const bool plain = f.reserves.any() && f == Features{.reserves = f.reserves} && !w.has_positions();
  if (plain && sold == fcr_alone) f.reserves = fcr_alone;
  if (plain && choice.direction != nullptr && !choice.idle && w.battery.power_mw > 0.0) {
    f.one_way = std::none_of(choice.direction->begin(), choice.direction->end(), [](Allowed a) { return a == Allowed::both; });
  }
  if (w.has_positions()) {
    const bool intraday = w.has_intraday() && w.frozen_position_mw.empty();
    f.positions = intraday ? PositionMode::open_id : PositionMode::closed;
  }
  return f;
}

void build_lp(const WindowProblem& window, const LpChoice& choice, WindowLp& out) {
  out.features = features_of(window, choice);
  const Shape shape = make_shape(out.features);
  out.at = shape.at;
  out.constant_eur = 0.0;
  reset(out.lp, shape.pattern, window.periods);
  StageWriter stage(window, choice, out);
  for (int k = 0; k < window.periods; ++k) {
    stage.go_to(k);
    fill_period(stage, out.at);
    fill_entries(stage, out.at);
    fill_state_boxes(stage, out.at);
  }
  stage.go_to(window.periods);
  fill_state_boxes(stage, out.at);
  fill_end(window, out.at.battery, out.lp);
}

}  // namespace bess::dispatch
