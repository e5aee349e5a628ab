#include "simulation/run.h"

#include <algorithm>
#include <cmath>

#include "simulation/peak_tariff.h"

namespace bess {

namespace {

/// Degradation reaches capacity and efficiency at the first window boundary this many executed quarters after the last update.
constexpr std::int64_t update_every_quarters = 672;
constexpr double quarters_per_year = 8760.0 / quarter_h;
/// A replay further than this from its plan is reported.
constexpr double reported_drift_mwh = 1e-6;

std::int32_t first_quarter_of(const ProjectTimeline& timeline, std::int32_t day) {
  if (static_cast<std::size_t>(day) < timeline.days.size()) return timeline.days[static_cast<std::size_t>(day)].first_quarter;
  return timeline.quarters;
}

}  // namespace

RunState initial_state(const SimulationInput& input) {
  RunState state;
  state.battery = new_battery(input.site.battery, input.run.initial_state_of_charge);
  return state;
}

Runner::Runner(const SimulationInput& input, SimulationResult& result, const CancellationToken* cancel)
    : input_(input), result_(result), cancel_(cancel), ledger_(input, result), backend_(input.run.solver, cancel) {}

Runner::WindowSpan Runner::next_span(std::int32_t day, const Stretch& stretch, std::int32_t& next_day) const {
  const ProjectTimeline& timeline = *input_.timeline;
  WindowSpan span;
  next_day = end_of_window(input_, day, stretch.last_day);
  const std::int32_t seen_day =
      input_.run.strategy == Strategy::lp ? next_day : std::min(stretch.last_day, day + input_.run.foresight_days);
  span.first = first_quarter_of(timeline, day);
  span.executed = first_quarter_of(timeline, next_day) - span.first;
  span.seen = first_quarter_of(timeline, seen_day) - span.first;
  span.end = seen_day == stretch.last_day ? stretch.end : WindowEnd::inner;
  return span;
}

std::int32_t end_of_window(const SimulationInput& input, std::int32_t day, std::int32_t last_day) {
  const ProjectTimeline& timeline = *input.timeline;
  if (input.run.strategy == Strategy::lp) {
    const std::int32_t year = timeline.days[static_cast<std::size_t>(day)].year;
    return std::min(last_day, timeline.year_first_day[static_cast<std::size_t>(year) + 1]);
  }
  std::int32_t end = std::min(last_day, day + input.run.execute_days);
  for (const Augmentation& lot : input.site.battery.augmentation) {
    if (lot.project_year < 1 || lot.project_year > timeline.years()) continue;
    const std::int32_t joins = timeline.year_first_day[static_cast<std::size_t>(lot.project_year) - 1];
    if (joins > day) end = std::min(end, joins);
  }
  return end;
}

std::int64_t windows_of(const SimulationInput& input, const Stretch& stretch) {
  std::int64_t windows = 0;
  for (std::int32_t day = stretch.first_day; day < stretch.last_day; day = end_of_window(input, day, stretch.last_day)) ++windows;
  return windows;
}

void Runner::follow_estimate(int year, bool augmented, const std::vector<double>& replaced_at) {
  augmented_years_ = augmented ? year + 1 : year;
  follows_estimate_ = true;
  const auto y = static_cast<std::size_t>(year);
  const std::int32_t first = input_.timeline->year_first_quarter[y];
  const std::int32_t quarters = input_.timeline->year_first_quarter[y + 1] - first;
  for (const double part : replaced_at) replacement_quarters_.push_back(first + static_cast<std::int32_t>(std::ceil(part * quarters)));
}

bool Runner::lot_is_due(int year) const {
  const auto& lots = input_.site.battery.augmentation;
  return std::any_of(lots.begin(), lots.end(),
                     [&](const Augmentation& lot) { return lot.project_year > augmented_years_ && lot.project_year <= year + 1; });
}

bool Runner::replaces_now(const BatteryState& battery, std::int32_t quarter) {
  if (follows_estimate_) {
    const auto later = std::upper_bound(replacement_quarters_.begin(), replacement_quarters_.end(), quarter);
    const bool due = later != replacement_quarters_.begin();
    if (due) replacement_quarters_.erase(replacement_quarters_.begin());
    return due;
  }
  const int life = input_.site.project_life_years > 0 ? input_.site.project_life_years : input_.run.years;
  const double months_left = 12.0 * life - 12.0 * static_cast<double>(quarter) / quarters_per_year;
  return replacement_due(input_.site.battery, battery, months_left);
}

void Runner::replace_battery(RunState& state, YearRecord& record) {
  const double step_before = state.battery.replacement_step_mwh;
  replace(input_.site.battery, state.battery);
  ++record.replacement_events;
  record.replacement_step_mwh += state.battery.replacement_step_mwh - step_before;
}

void Runner::run(RunState& state, const Stretch& stretch, const WindowCallback& after_window) {
  const double energy_before = state.battery.stored_energy_mwh;
  const double loss_before = state.battery.clamp_loss_mwh;
  const double step_before = state.battery.replacement_step_mwh;
  for (std::int32_t day = stretch.first_day; day < stretch.last_day;) {
    if (cancel_ != nullptr) cancel_->throw_if_cancelled();
    std::int32_t next_day = day;
    const WindowSpan span = next_span(day, stretch, next_day);
    update_battery(state, span.first);
    decide_and_book(state, span, stretch);
    day = next_day;
    if (after_window) after_window(input_.timeline->days[static_cast<std::size_t>(day - 1)].date);
  }
  close(state, first_quarter_of(*input_.timeline, stretch.last_day));
  // Σ ηc − Σ d/η = Δe + clamp loss − replacement step
  const double change = state.battery.stored_energy_mwh - energy_before + (state.battery.clamp_loss_mwh - loss_before) -
                        (state.battery.replacement_step_mwh - step_before);
  provenance_.energy_balance_residual_mwh += std::abs(stored_mwh_.value() - change);
}

void Runner::decide_and_book(RunState& state, const WindowSpan& span, const Stretch& stretch) {
  dispatch::WindowProblem window = make_window(input_, state, span.first, span.seen, span.end);
  expect_peaks(input_, state, {.first = span.first, .count = span.seen, .end = span.end},
               first_quarter_of(*input_.timeline, stretch.first_day), backend_, window);
  if (span.end == WindowEnd::closed) window.target_mwh = dispatch::reachable_target_mwh(window, stretch.closing_energy_mwh);
  const dispatch::DispatchPlan plan = input_.run.strategy == Strategy::sequential_lp
                                          ? dispatch::solve_sequential(window, input_.run.dispatch, backend_)
                                          : dispatch::solve_window(window, input_.run.dispatch, backend_);
  if (plan.status != lp::SolveStatus::optimal) {
    throw Exception("infeasible_window", "no feasible plan for the window that starts " +
                                             format_instant(input_.timeline->instant(span.first)) + " (" + std::to_string(span.seen) +
                                             " quarter-hours): " + lp::to_string(plan.status));
  }
  count_plan(plan, span.seen > 0 ? static_cast<double>(span.executed) / span.seen : 0.0);
  enter_years(state, span.first, span.executed, nullptr);
  Execution done = replay(state, plan, span);
  ledger_.book(done, state);
  enter_years(state, span.first, span.executed, &done);
  state.previous_net_mw = done.schedule.discharge_mw.back() - done.schedule.grid_charge_mw.back() - done.schedule.self_charge_mw.back();
  state.has_previous = true;
  state.block_sold = dispatch::BlockCommitment(done.schedule.reserves(static_cast<std::size_t>(span.executed) - 1));
}

Execution Runner::replay(RunState& state, const dispatch::DispatchPlan& plan, const WindowSpan& span) {
  Execution done;
  done.first = span.first;
  done.count = span.executed;
  done.limits = state.battery.limits;
  done.nominal_capacity_mwh = nominal_capacity_mwh(state.battery.tranches);
  const dispatch::Schedule& planned = plan.schedule;
  dispatch::Schedule& s = done.schedule;
  const auto executed = static_cast<std::size_t>(span.executed);
  s = dispatch::part_of(planned, 0, executed);
  s.stored_energy_mwh.assign(executed + 1, state.battery.stored_energy_mwh);
  const double eta = done.limits.one_way_efficiency;
  for (std::size_t t = 0; t < executed; ++t) {
    const Flow wanted{s.grid_charge_mw[t] + s.self_charge_mw[t], s.discharge_mw[t]};
    const Flow flow = feasible_flow(done.limits, s.stored_energy_mwh[t], wanted, quarter_h);
    if (!(flow == wanted)) {
      const double kept = wanted.charge_mw > 0.0 ? flow.charge_mw / wanted.charge_mw : 0.0;
      s.grid_charge_mw[t] *= kept;
      s.self_charge_mw[t] *= kept;
      s.discharge_mw[t] = flow.discharge_mw;
    }
    s.stored_energy_mwh[t + 1] = advance(done.limits, s.stored_energy_mwh[t], flow, quarter_h);
    done.worst_drift_mwh = std::max(done.worst_drift_mwh, std::abs(s.stored_energy_mwh[t + 1] - planned.stored_energy_mwh[t + 1]));
    stored_mwh_ += quarter_h * (eta * flow.charge_mw - flow.discharge_mw / eta);
    throughput_since_update_mwh_ += quarter_h * (eta * flow.charge_mw + flow.discharge_mw / eta);
  }
  provenance_.replay_drift_mwh = std::max(provenance_.replay_drift_mwh, done.worst_drift_mwh);
  if (done.worst_drift_mwh > reported_drift_mwh) {
    warnings_.warning("replay_drift", "",
                      "the battery ended " + std::to_string(done.worst_drift_mwh) + " MWh from its plan in the window that starts " +
                          format_instant(input_.timeline->instant(span.first)) + "; the replay is booked");
  }
  set_realised_prices(done);
  const bool generation = input_.site.generation.any();
  const bool generation_after = generation && !input_.run.generation_in_dispatch;
  if (generation_after) add_generation_after(done);
  if (input_.run.cross_market == dispatch::CrossMarket::netted || input_.run.strategy == Strategy::sequential_lp) {
    done.positions = dispatch::part_of(plan.positions, 0, executed);
    if (generation_after) sell_generation_after(done);
  } else {
    dispatch::WindowProblem w;
    w.periods = span.executed;
    w.prices = done.prices;
    w.max_mw = input_.run.max_mw;
    w.generation.product = energy_product(generation_market(input_.run));
    if (generation) {
      w.generation.available_mw.resize(static_cast<std::size_t>(span.executed));
      for (std::int32_t t = 0; t < span.executed; ++t)
        w.generation.available_mw[static_cast<std::size_t>(t)] = generation_mw(input_.site.generation, span.first + t);
    }
    done.positions = dispatch::physical_positions(w, s);
  }
  state.battery.stored_energy_mwh = s.stored_energy_mwh.back();
  quarters_since_update_ += span.executed;
  return done;
}

// The original's order: the battery was dispatched alone; generation comes on top and is curtailed at the connection, where the
// reserves that were sold keep their room.
void Runner::add_generation_after(Execution& done) const {
  for (std::size_t t = 0; t < static_cast<std::size_t>(done.count); ++t) {
    const std::int32_t q = done.first + static_cast<std::int32_t>(t);
    const double available = generation_mw(input_.site.generation, q);
    const double factor = input_.site.export_limit_factor.empty() ? 1.0 : input_.site.export_limit_factor[static_cast<std::size_t>(q)];
    const double reserved = reserved_up_mw(input_.run.reserve_duties, done.schedule.reserves(t));
    const double room =
        input_.site.connection.export_limit_mw * factor - reserved - done.schedule.discharge_mw[t] + done.schedule.grid_charge_mw[t];
    done.schedule.curtailed_mw[t] = std::clamp(available - room, 0.0, available);
  }
}

// Where the plan has positions of its own, they know nothing of that generation.
void Runner::sell_generation_after(Execution& done) const {
  const Market market = generation_market(input_.run);
  if (!input_.run.markets.has(market)) return;
  dispatch::Position& position = done.positions[energy_product(market)];
  for (std::size_t t = 0; t < static_cast<std::size_t>(done.count); ++t) {
    const std::int32_t q = done.first + static_cast<std::int32_t>(t);
    position.sold_mw[t] += generation_mw(input_.site.generation, q) - done.schedule.curtailed_mw[t];
  }
}

void Runner::set_realised_prices(Execution& done) const {
  done.prices = realised_prices(input_, done.first, done.count);
  dispatch::WindowProblem w;
  w.periods = done.count;
  w.prices = done.prices;
  done.folded = dispatch::fold_prices(w);
  if (input_.site.generation.any()) {
    done.generation_price = done.prices[energy_product(generation_market(input_.run))].sell;
  }
  if (input_.site.auxiliary_power_mw > 0.0 && input_.prices.has(PriceColumn::day_ahead)) {
    const std::span<const double> source = input_.prices.values(PriceColumn::day_ahead);
    for (std::int32_t t = 0; t < done.count; ++t) {
      const std::int32_t q = done.first + t;
      const double trend = trend_factor(input_.run, Market::day_ahead, year_of_quarter(*input_.timeline, q));
      done.day_ahead_reference.push_back(trend * source[static_cast<std::size_t>(input_.timeline->source[static_cast<std::size_t>(q)])]);
    }
  }
}

/// Brings health and efficiency up to the executed quarters; a project year that ends here ends with them.
void Runner::age_battery(RunState& state, std::int32_t quarter) {
  const BatterySpec& spec = input_.site.battery;
  age(spec, state.battery, throughput_since_update_mwh_, static_cast<double>(quarters_since_update_) / quarters_per_year);
  throughput_since_update_mwh_ = 0.0;
  quarters_since_update_ = 0;
  const int ended = year_of_quarter(*input_.timeline, quarter - 1);
  if (quarter != input_.timeline->year_first_quarter[static_cast<std::size_t>(ended) + 1]) return;
  const BatteryLimits aged = limits_of(spec, state.battery.tranches);
  YearRecord& record = result_.year[static_cast<std::size_t>(ended)];
  record.state_of_health_end = aged.state_of_health;
  record.round_trip_efficiency_end = aged.round_trip_efficiency;
}

void Runner::update_battery(RunState& state, std::int32_t quarter) {
  const BatterySpec& spec = input_.site.battery;
  const int year = year_of_quarter(*input_.timeline, quarter);
  YearRecord& record = result_.year[static_cast<std::size_t>(year)];
  const bool due = input_.run.strategy == Strategy::lp || quarters_since_update_ >= update_every_quarters || lot_is_due(year);
  if (due && quarters_since_update_ > 0) {
    age_battery(state, quarter);
    const double loss_before = state.battery.clamp_loss_mwh;
    update_limits(spec, state.battery);
    record.clamp_loss_mwh += state.battery.clamp_loss_mwh - loss_before;
    if (replaces_now(state.battery, quarter)) replace_battery(state, record);
  }
  for (; augmented_years_ <= year; ++augmented_years_) {
    for (const Augmentation& a : spec.augmentation) {
      if (a.project_year != augmented_years_ + 1) continue;
      augment(spec, state.battery, a.capacity_mwh);
      result_.year[static_cast<std::size_t>(augmented_years_)].augmentation_cost_eur += a.cost_eur;
    }
  }
}

/// The stretch is over: what it executed has aged the battery. Nothing is stored or lost any more.
void Runner::close(RunState& state, std::int32_t quarter) {
  if (quarters_since_update_ > 0) age_battery(state, quarter);
  if (follows_estimate_) {  // what the estimate replaces after the year's last update still belongs to the year
    YearRecord& record = result_.year[static_cast<std::size_t>(year_of_quarter(*input_.timeline, quarter - 1))];
    while (replaces_now(state.battery, quarter)) replace_battery(state, record);
  }
  state.battery.limits = limits_of(input_.site.battery, state.battery.tranches);
}

// Start and end figures of the project years that the executed quarters touch.
void Runner::enter_years(const RunState& state, std::int32_t first, std::int32_t count, const Execution* done) {
  const ProjectTimeline& timeline = *input_.timeline;
  const BatteryLimits& limits = state.battery.limits;
  const int from = year_of_quarter(timeline, first);
  const int to = year_of_quarter(timeline, first + count - 1);
  for (int y = from; y <= to && y < input_.run.years; ++y) {
    YearRecord& record = result_.year[static_cast<std::size_t>(y)];
    const std::int32_t year_first = timeline.year_first_quarter[static_cast<std::size_t>(y)];
    const std::int32_t year_last = timeline.year_first_quarter[static_cast<std::size_t>(y) + 1];
    if (year_first >= first && done != nullptr) {
      record.state_of_health_start = limits.state_of_health;
      record.round_trip_efficiency_start = limits.round_trip_efficiency;
      record.capacity_start_mwh = limits.capacity_mwh;
      record.energy_start_mwh = done->schedule.stored_energy_mwh[static_cast<std::size_t>(year_first - first)];
    }
    if (done == nullptr) continue;
    const std::int32_t begin = std::max(first, year_first);
    const std::int32_t end = std::min(first + count, year_last);
    for (std::int32_t q = begin; q < end; ++q) {
      const auto t = static_cast<std::size_t>(q - first);
      record.equivalent_full_cycles += equivalent_full_cycles(
          limits, done->nominal_capacity_mwh,
          {done->schedule.grid_charge_mw[t] + done->schedule.self_charge_mw[t], done->schedule.discharge_mw[t]}, quarter_h);
    }
    record.state_of_health_end = limits.state_of_health;
    record.round_trip_efficiency_end = record.round_trip_efficiency_last = limits.round_trip_efficiency;
    record.capacity_last_mwh = limits.capacity_mwh;
    record.energy_end_mwh = done->schedule.stored_energy_mwh[static_cast<std::size_t>(end - first)];
  }
}

void Runner::count_plan(const dispatch::DispatchPlan& plan, double executed_share) {
  ++provenance_.windows;
  provenance_.lps += plan.stats.lps;
  provenance_.iterations += plan.stats.iterations;
  provenance_.fallbacks += plan.stats.fallbacks;
  provenance_.shared_periods += plan.stats.shared_periods;
  provenance_.reserve_shortfall_mwh += plan.stats.reserve_shortfall_mwh;
  if (plan.stats.relaxed_terminal || plan.stats.reserve_shortfall_mwh > 0.0) ++provenance_.relaxed_windows;
  provenance_.worst_certificate_gap = std::max(provenance_.worst_certificate_gap, plan.stats.certificate_gap);
  provenance_.worst_direction_gap = std::max(provenance_.worst_direction_gap, plan.relative_gap);
  provenance_.total_direction_gap_eur += executed_share * std::max(0.0, plan.bound_eur - plan.objective_eur);
  provenance_.total_bound_eur += executed_share * plan.bound_eur;
}

}  // namespace bess
