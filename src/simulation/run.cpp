#include "simulation/run.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "dispatch/window/money.h"
#include "simulation/peak_tariff.h"

namespace bess {

namespace {

/// Degradation reaches capacity and efficiency at the first window boundary this many executed quarters after the last update.
constexpr std::int64_t update_every_quarters = 672;
constexpr double quarters_per_year = 8760.0 / quarter_h;
/// A replay further than this from its plan is reported.
constexpr double reported_drift_mwh = 1e-6;

/// Puts the difference between what was sold and what was delivered (`missing_mw` of net export in period t) into the positions: into
/// imbalance where it is enabled, else what was traded last is cut.
void settle_shortfall(Positions& positions, const MarketSet& markets, std::size_t t, double missing_mw) {
  const auto trade = [t](Position& position, double net_mw) {
    (net_mw > 0.0 ? position.sold_mw : position.bought_mw)[t] += std::abs(net_mw);
  };
  Product last = energy_products.front();
  for (const Product p : energy_products) {
    if (!markets.has(info_of(p).market)) continue;
    last = p;
    if (info_of(p).kind == ProductKind::two_price) return trade(positions[p], missing_mw);
  }
  for (auto p = energy_products.rbegin(); p != energy_products.rend() && missing_mw != 0.0; ++p) {
    double& traded = (missing_mw < 0.0 ? positions[*p].sold_mw : positions[*p].bought_mw)[t];
    const double cut = std::min(traded, std::abs(missing_mw));
    traded -= cut;
    missing_mw += missing_mw < 0.0 ? cut : -cut;
  }
  if (missing_mw != 0.0) trade(positions[last], missing_mw);
}

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

Runner::Runner(const SimulationInput& input, const InformationView& view, SimulationResult& result, const CancellationToken* cancel)
    : input_(input),
      view_(view),
      result_(result),
      cancel_(cancel),
      ledger_(settlement_terms(input), result),
      backend_(input.run.solver, cancel) {}

Runner::Quarters Runner::next_span(std::int32_t day, const Stretch& stretch, std::int32_t& next_day) const {
  const ProjectTimeline& timeline = *input_.timeline;
  Quarters span;
  next_day = end_of_window(input_, day, stretch.last_day);
  const std::int32_t seen_day =
      info_of(input_.run.strategy).span == WindowSpan::year ? next_day : std::min(stretch.last_day, day + input_.run.foresight_days);
  span.first = first_quarter_of(timeline, day);
  span.executed = first_quarter_of(timeline, next_day) - span.first;
  span.seen = first_quarter_of(timeline, seen_day) - span.first;
  span.end = seen_day == stretch.last_day ? stretch.end : WindowEnd::inner;
  return span;
}

std::int32_t end_of_window(const SimulationInput& input, std::int32_t day, std::int32_t last_day) {
  const ProjectTimeline& timeline = *input.timeline;
  if (info_of(input.run.strategy).span == WindowSpan::year) {
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
    const Quarters span = next_span(day, stretch, next_day);
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

void Runner::decide_and_book(RunState& state, const Quarters& span, const Stretch& stretch) {
  dispatch::WindowProblem window = make_window(input_, view_, state, {.at = span.first, .first = span.first, .count = span.seen}, span.end);
  expect_peaks(input_, view_, state, {.first = span.first, .count = span.seen, .end = span.end},
               first_quarter_of(*input_.timeline, stretch.first_day), backend_, window);
  if (span.end == WindowEnd::closed) window.target_mwh = dispatch::reachable_target_mwh(window, stretch.closing_energy_mwh);
  const dispatch::DispatchPlan plan = info_of(input_.run.strategy).decide(window, input_.run.dispatch, backend_);
  if (plan.status != lp::SolveStatus::optimal) {
    throw Exception("infeasible_window", "no feasible plan for the window that starts " +
                                             format_instant(input_.timeline->instant(span.first)) + " (" + std::to_string(span.seen) +
                                             " quarter-hours): " + lp::to_string(plan.status));
  }
  count_plan(plan, span.seen > 0 ? static_cast<double>(span.executed) / span.seen : 0.0);
  enter_years(state, span.first, span.executed, nullptr);
  Execution done = replay(state, plan, span);
  take_positions(done, plan, window);
  ledger_.book(done, state.books);
  enter_years(state, span.first, span.executed, &done);
  state.previous_net_mw = done.discharge_mw.back() - done.grid_charge_mw.back() - done.self_charge_mw.back();
  state.has_previous = true;
  for (const Product p : reserve_products) state.block_sold[p] = done.reserve_mw[p].back();
}

Execution Runner::replay(RunState& state, const dispatch::DispatchPlan& plan, const Quarters& span) {
  const auto executed = static_cast<std::size_t>(span.executed);
  dispatch::Schedule planned = dispatch::part_of(plan.schedule, 0, executed);
  Execution done{.first = span.first,
                 .count = span.executed,
                 .grid_charge_mw = std::move(planned.grid_charge_mw),
                 .self_charge_mw = std::move(planned.self_charge_mw),
                 .discharge_mw = std::move(planned.discharge_mw),
                 .curtailed_mw = std::move(planned.curtailed_mw),
                 .stored_energy_mwh = std::vector<double>(executed + 1, state.battery.stored_energy_mwh),
                 .reserve_mw = std::move(planned.reserve_mw),
                 .positions = {},
                 .prices = {},
                 .bought_as = {},
                 .sold_as = {},
                 .day_ahead_reference = {},
                 .shortfall_mwh = {},
                 .limits = state.battery.limits,
                 .nominal_capacity_mwh = nominal_capacity_mwh(state.battery.tranches)};
  const double eta = done.limits.one_way_efficiency;
  for (std::size_t t = 0; t < executed; ++t) {
    const Flow wanted{done.grid_charge_mw[t] + done.self_charge_mw[t], done.discharge_mw[t]};
    const Flow flow = feasible_flow(done.limits, done.stored_energy_mwh[t], wanted, quarter_h);
    if (!(flow == wanted)) {
      const double kept = wanted.charge_mw > 0.0 ? flow.charge_mw / wanted.charge_mw : 0.0;
      done.grid_charge_mw[t] *= kept;
      done.self_charge_mw[t] *= kept;
      done.discharge_mw[t] = flow.discharge_mw;
    }
    done.stored_energy_mwh[t + 1] = advance(done.limits, done.stored_energy_mwh[t], flow, quarter_h);
    done.worst_drift_mwh = std::max(done.worst_drift_mwh, std::abs(done.stored_energy_mwh[t + 1] - planned.stored_energy_mwh[t + 1]));
    stored_mwh_ += quarter_h * (eta * flow.charge_mw - flow.discharge_mw / eta);
    use_since_update_.add(done.limits, flow, done.stored_energy_mwh[t], done.stored_energy_mwh[t + 1], quarter_h);
  }
  provenance_.replay_drift_mwh = std::max(provenance_.replay_drift_mwh, done.worst_drift_mwh);
  if (done.worst_drift_mwh > reported_drift_mwh) {
    warnings_.warning("replay_drift", "",
                      "the battery ended " + std::to_string(done.worst_drift_mwh) + " MWh from its plan in the window that starts " +
                          format_instant(input_.timeline->instant(span.first)) + "; the replay is booked");
  }
  set_realised_prices(done);
  state.battery.stored_energy_mwh = done.stored_energy_mwh.back();
  quarters_since_update_ += span.executed;
  return done;
}

/// The plan's own positions, less what the replay did not deliver of them; generation that was dispatched afterwards is sold on top.
void Runner::take_positions(Execution& done, const dispatch::DispatchPlan& plan, const dispatch::WindowProblem& window) {
  const auto executed = static_cast<std::size_t>(done.count);
  const dispatch::FoldedPrices routed = dispatch::fold_prices(window);
  done.bought_as.assign(routed.buy_product.begin(), routed.buy_product.begin() + done.count);
  done.sold_as.assign(routed.sell_product.begin(), routed.sell_product.begin() + done.count);
  done.generation_sold_as = energy_product(generation_market(input_.run));
  done.positions = part_of(plan.positions, 0, executed);
  for (const Product p : energy_products)  // a strategy answers with a position of every energy product, 0 where it trades none
    BESS_ASSERT(done.positions[p].sold_mw.size() == executed && done.positions[p].bought_mw.size() == executed);
  const dispatch::Schedule& planned = plan.schedule;
  for (std::size_t t = 0; t < executed; ++t) {
    const double planned_mw = planned.discharge_mw[t] - planned.grid_charge_mw[t] - planned.self_charge_mw[t];
    const double done_mw = done.discharge_mw[t] - done.grid_charge_mw[t] - done.self_charge_mw[t];
    if (done_mw == planned_mw) continue;
    if (done.shortfall_mwh.empty()) done.shortfall_mwh.assign(executed, 0.0);
    done.shortfall_mwh[t] = quarter_h * std::abs(done_mw - planned_mw);
    provenance_.delivery_shortfall_mwh += done.shortfall_mwh[t];
    settle_shortfall(done.positions, input_.run.markets, t, done_mw - planned_mw);
  }
  if (!input_.site.generation.any() || input_.run.generation_in_dispatch) return;
  add_generation_after(done);
  if (!input_.run.markets.has(generation_market(input_.run))) return;
  Position& sales = done.positions[done.generation_sold_as];
  for (std::size_t t = 0; t < executed; ++t)
    sales.sold_mw[t] += generation_mw(input_.site.generation, done.first + static_cast<std::int32_t>(t)) - done.curtailed_mw[t];
}

// The original's order: the battery was dispatched alone; generation comes on top and is curtailed at the connection, where the
// reserves that were sold keep their room.
void Runner::add_generation_after(Execution& done) const {
  for (std::size_t t = 0; t < static_cast<std::size_t>(done.count); ++t) {
    const std::int32_t q = done.first + static_cast<std::int32_t>(t);
    const double available = generation_mw(input_.site.generation, q);
    const double factor = input_.site.export_limit_factor.empty() ? 1.0 : input_.site.export_limit_factor[static_cast<std::size_t>(q)];
    ReserveLevel held;
    for (const Product p : reserve_products) held[p] = done.reserve_mw[p][t];
    const double room = input_.site.connection.export_limit_mw * factor - reserved_up_mw(input_.run.reserve_duties, held) -
                        done.discharge_mw[t] + done.grid_charge_mw[t];
    done.curtailed_mw[t] = std::clamp(available - room, 0.0, available);
  }
}

void Runner::set_realised_prices(Execution& done) const {
  const PriceSource source = price_source(input_);
  done.prices = realised_prices(source, done.first, done.count);
  if (input_.site.auxiliary_power_mw > 0.0 && input_.prices.has(PriceColumn::day_ahead))
    done.day_ahead_reference = column_prices(source, PriceColumn::day_ahead, Market::day_ahead, done.first, done.count);
}

/// Brings health and efficiency up to the executed quarters; a project year that ends here ends with them.
void Runner::age_battery(RunState& state, std::int32_t quarter) {
  const BatterySpec& spec = input_.site.battery;
  age(spec, state.battery, use_since_update_.use());
  use_since_update_.reset();
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
  const bool due =
      info_of(input_.run.strategy).span == WindowSpan::year || quarters_since_update_ >= update_every_quarters || lot_is_due(year);
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
      record.energy_start_mwh = done->stored_energy_mwh[static_cast<std::size_t>(year_first - first)];
    }
    if (done == nullptr) continue;
    const std::int32_t begin = std::max(first, year_first);
    const std::int32_t end = std::min(first + count, year_last);
    for (std::int32_t q = begin; q < end; ++q) {
      const auto t = static_cast<std::size_t>(q - first);
      const Flow flow{done->grid_charge_mw[t] + done->self_charge_mw[t], done->discharge_mw[t]};
      record.equivalent_full_cycles += equivalent_full_cycles(limits, done->nominal_capacity_mwh, flow, quarter_h);
      use_of_year_.add(limits, flow, done->stored_energy_mwh[t], done->stored_energy_mwh[t + 1], quarter_h);
    }
    record.state_of_charge = use_of_year_.use().state_of_charge;
    record.depth_of_discharge = use_of_year_.use().depth_of_discharge;
    if (end == year_last) use_of_year_.reset();
    record.state_of_health_end = limits.state_of_health;
    record.round_trip_efficiency_end = record.round_trip_efficiency_last = limits.round_trip_efficiency;
    record.capacity_last_mwh = limits.capacity_mwh;
    record.energy_end_mwh = done->stored_energy_mwh[static_cast<std::size_t>(end - first)];
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
