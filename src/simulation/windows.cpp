#include "simulation/windows.h"

#include <algorithm>
#include <cmath>

#include "simulation/peak_tariff.h"

namespace bess {

namespace {

template <class T>
std::vector<T> part(const std::vector<T>& all, std::int32_t first, std::int32_t count) {
  if (all.empty()) return {};
  return {all.begin() + first, all.begin() + first + count};
}

void add_generation(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count,
                    dispatch::WindowProblem& w) {
  const GenerationInput& generation = input.site.generation;
  w.generation.product = energy_product(generation_market(input.run));
  if (!generation.any() || !input.run.generation_in_dispatch) return;
  const auto n = static_cast<std::size_t>(count);
  w.generation.available_mw.assign(n, 0.0);
  for (std::size_t t = 0; t < n; ++t) w.generation.available_mw[t] = generation_mw(generation, first + static_cast<std::int32_t>(t));
  w.generation.price_eur_per_mwh = w.prices[w.generation.product].sell;
  if (w.generation.price_eur_per_mwh.empty()) w.generation.price_eur_per_mwh.assign(n, 0.0);
  const SubsidyInput& solar = generation.solar_subsidy;
  const SubsidyInput& wind = generation.wind_subsidy;
  if (solar.rate_eur_per_mwh.empty() && wind.rate_eur_per_mwh.empty()) return;
  // Curtailment is shared pro rata between solar and wind, so the rate of the mix is the weighted one; the ledger books the same.
  const int year = year_of_quarter(*input.timeline, first);
  const bool same_year = state.books.subsidy_year == year;
  const auto capped = [&](const SubsidyInput& subsidy, double so_far) {
    return !subsidy.max_subsidised_mwh.empty() && same_year && so_far >= by_year(subsidy.max_subsidised_mwh, year);
  };
  const bool pay_solar =
      !solar.rate_eur_per_mwh.empty() && !generation.solar_mw.empty() && !capped(solar, state.books.solar_subsidised_mwh);
  const bool pay_wind = !wind.rate_eur_per_mwh.empty() && !generation.wind_mw.empty() && !capped(wind, state.books.wind_subsidised_mwh);
  const bool solar_on_sales = pay_solar && !solar.self_charge;
  const bool wind_on_sales = pay_wind && !wind.self_charge;
  w.generation.subsidy_eur_per_mwh.assign(n, 0.0);
  if (solar_on_sales || wind_on_sales) w.generation.subsidy_on_sales_eur_per_mwh.assign(n, 0.0);
  for (std::size_t t = 0; t < n; ++t) {
    const auto q = static_cast<std::size_t>(first) + t;
    const double total = w.generation.available_mw[t];
    if (total <= 0.0) continue;
    const double of_solar = pay_solar ? solar.rate_eur_per_mwh[q] * generation.solar_mw[q] / total : 0.0;
    const double of_wind = pay_wind ? wind.rate_eur_per_mwh[q] * generation.wind_mw[q] / total : 0.0;
    w.generation.subsidy_eur_per_mwh[t] = of_solar + of_wind;
    if (!w.generation.subsidy_on_sales_eur_per_mwh.empty()) {
      w.generation.subsidy_on_sales_eur_per_mwh[t] = (solar_on_sales ? of_solar : 0.0) + (wind_on_sales ? of_wind : 0.0);
    }
  }
}

void add_fees(const SimulationInput& input, std::int32_t first, std::int32_t count, dispatch::WindowProblem& w) {
  const ProjectTimeline& timeline = *input.timeline;
  const int first_year = year_of_quarter(timeline, first);
  const int last_year = year_of_quarter(timeline, first + count - 1);
  w.import_fee_eur_per_mwh = by_year(input.site.import_fee_eur_per_mwh, first_year);
  w.export_fee_eur_per_mwh = by_year(input.site.export_fee_eur_per_mwh, first_year);
  w.peak_tariff_eur_per_mw = by_year(input.site.peak_tariff_eur_per_mw, first_year);
  if (last_year == first_year) return;
  const bool same = by_year(input.site.import_fee_eur_per_mwh, last_year) == w.import_fee_eur_per_mwh &&
                    by_year(input.site.export_fee_eur_per_mwh, last_year) == w.export_fee_eur_per_mwh;
  if (same) return;
  for (std::int32_t t = 0; t < count; ++t) {
    const int year = year_of_quarter(timeline, first + t);
    w.import_fee_by_period.push_back(by_year(input.site.import_fee_eur_per_mwh, year));
    w.export_fee_by_period.push_back(by_year(input.site.export_fee_eur_per_mwh, year));
  }
}

void add_limits(const SimulationInput& input, std::int32_t first, std::int32_t count, dispatch::WindowProblem& w) {
  w.connection = input.site.connection;
  w.import_limit_mw = part(input.site.import_limit_factor, first, count);
  w.export_limit_mw = part(input.site.export_limit_factor, first, count);
  for (double& x : w.import_limit_mw) x *= w.connection.import_limit_mw;
  for (double& x : w.export_limit_mw) x *= w.connection.export_limit_mw;
}

/// Reserve blocks that the window cuts: what is sold of the first one stays, the last one sells nothing.
void commit_cut_blocks(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count,
                       dispatch::WindowProblem& w) {
  const std::vector<std::int32_t>& block = input.timeline->block;
  const auto begin = static_cast<std::size_t>(first);
  const std::size_t end = begin + static_cast<std::size_t>(count);
  const bool partial_head = input.first_block_partial && block[begin] == block.front();
  const bool partial_tail = input.last_block_partial && block[end - 1] == block.back();
  const bool head_cut = begin > 0 && block[begin] == block[begin - 1];
  const bool tail_cut = end < block.size() && block[end - 1] == block[end];
  if (!w.has_reserves() || !(partial_head || partial_tail || head_cut || tail_cut)) return;
  w.commitment.assign(static_cast<std::size_t>(w.block.back() - w.block.front()) + 1, {});
  const dispatch::BlockCommitment nothing{ReserveLevel{}};
  if (partial_tail || tail_cut) w.commitment.back() = nothing;
  if (partial_head || head_cut) w.commitment.front() = head_cut ? state.block_sold : nothing;
}

void add_reserves(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count, dispatch::WindowProblem& w) {
  const RunSpec& run = input.run;
  w.reserve_duties = run.reserve_duties;
  w.max_mw = run.max_mw;
  w.block = part(input.timeline->block, first, count);
  commit_cut_blocks(input, state, first, count, w);
}

void add_calendar(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count, dispatch::WindowProblem& w) {
  const ProjectTimeline& timeline = *input.timeline;
  const auto n = static_cast<std::size_t>(count);
  w.day.resize(n);
  auto day = std::upper_bound(timeline.days.begin(), timeline.days.end(), first,
                              [](std::int32_t q, const ProjectDay& d) { return q < d.first_quarter; }) -
             1;
  for (std::int32_t t = 0; t < count; ++t) {
    while (first + t >= day->first_quarter + day->quarters) ++day;
    w.day[static_cast<std::size_t>(t)] = static_cast<std::int32_t>(day - timeline.days.begin());
  }
  if (w.peak_tariff_eur_per_mw > 0.0) weigh_peaks(input, state, first, count, w);
  // An hourly day-ahead product has one position for its quarters; from its date on, every quarter is its own.
  if (w.has_day_ahead() && (w.cross_market == dispatch::CrossMarket::netted || info_of(input.run.strategy).netted)) {
    const std::int32_t switch_at = input.prices.day_ahead_quarter_products_from;
    const std::int32_t from = timeline.source[static_cast<std::size_t>(first)];
    const std::int32_t to = timeline.source[static_cast<std::size_t>(first + count - 1)];
    if (switch_at >= 0 && std::min(from, to) >= switch_at) return;
    w.day_ahead_product.resize(n);
    std::int32_t product = -1;
    for (std::int32_t t = 0; t < count; ++t) {
      const auto q = static_cast<std::size_t>(first + t);
      const bool own = switch_at >= 0 && timeline.source[q] >= switch_at;
      if (t == 0 || own || timeline.hour[q] != timeline.hour[q - 1]) ++product;
      w.day_ahead_product[static_cast<std::size_t>(t)] = product;
    }
  }
}

void set_target(const RunSpec& run, WindowEnd end, dispatch::WindowProblem& w) {
  if (end == WindowEnd::closed) {
    w.target_mwh = w.start_mwh;
    return;
  }
  switch (run.terminal) {
    case TerminalRule::rule:
      w.target_mwh = end == WindowEnd::simulation ? w.battery.energy_min_mwh : dispatch::rule_target_mwh(w);
      break;
    case TerminalRule::none:
      w.target_mwh = w.battery.energy_min_mwh;
      break;
    case TerminalRule::percent: {
      const double wanted =
          std::clamp(run.terminal_state_of_charge * w.battery.capacity_mwh, w.battery.energy_min_mwh, w.battery.energy_max_mwh);
      w.target_mwh = dispatch::reachable_target_mwh(w, wanted);
      break;
    }
  }
}

}  // namespace

Market generation_market(const RunSpec& run) {
  if (run.generation_market) return *run.generation_market;
  for (const Market m : energy_markets) {
    if (run.markets.has(m)) return m;
  }
  return Market::day_ahead;
}

dispatch::WindowProblem make_window(const SimulationInput& input, const InformationView& view, const RunState& state,
                                    const WindowQuarters& quarters, WindowEnd end) {
  const std::int32_t first = quarters.first;
  const std::int32_t count = quarters.count;
  dispatch::WindowProblem w;
  const RunSpec& run = input.run;
  const BatterySpec& battery = input.site.battery;
  w.periods = count;
  w.dt_h = quarter_h;
  w.battery = state.battery.limits;
  w.nominal_capacity_mwh = state.battery.tranches.empty() ? battery.nominal_capacity_mwh : nominal_capacity_mwh(state.battery.tranches);
  w.installed_power_mw = battery.power_mw;
  w.start_mwh = state.battery.stored_energy_mwh;
  w.wear_cost_eur_per_mwh = run.wear_cost_eur_per_mwh;
  w.max_cycles_per_day = run.max_cycles_per_day;
  w.position_cap_factor = run.position_cap_factor;
  w.cross_market = run.cross_market;
  w.prices = view.prices(quarters.at, first, count);
  w.ramp_mw_per_period = battery.ramp_mw_per_period;
  w.previous_net_mw = state.previous_net_mw;
  w.ramp_from_previous = state.has_previous;
  add_generation(input, state, first, count, w);
  add_fees(input, first, count, w);
  add_limits(input, first, count, w);
  add_reserves(input, state, first, count, w);
  add_calendar(input, state, first, count, w);
  set_target(run, end, w);
  return w;
}

}  // namespace bess
