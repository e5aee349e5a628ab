#include "simulation/ledger.h"

#include <algorithm>
#include <cmath>

#include "generation/subsidy.h"
#include "simulation/windows.h"

namespace bess {

namespace {
double at(const std::vector<double>& column, std::size_t t) { return column.empty() ? 0.0 : column[t]; }
constexpr std::size_t day_ahead = 0;
constexpr std::size_t intraday = 1;
constexpr std::size_t imbalance = 2;
constexpr std::size_t afrr = 3;
constexpr std::size_t fcr = 4;
}  // namespace

/// Figures of one quarter on their way into the books.
struct Ledger::Period {
  std::size_t t{0};
  std::int32_t quarter{0};
  double charge_mw{0}, grid_charge_mw{0}, self_charge_mw{0}, discharge_mw{0};
  double generation_mw{0}, curtailed_mw{0}, net_export_mw{0};
  double behind_meter_mw{0};  ///< o: charged from the grid while generation is sold; the meter sees neither
  std::array<double, 3> position_mw{};
  std::array<double, 5> revenue_eur{};  ///< net of capture
};

void prepare_result(const SimulationInput& input, SimulationResult& result) {
  const ProjectTimeline& timeline = *input.timeline;
  result.timeline = input.timeline;
  result.markets = input.run.markets;
  result.years = input.run.years;
  const auto years = static_cast<std::size_t>(input.run.years);
  result.quarters = timeline.year_first_quarter[years];
  result.year.assign(years, {});
  result.days.assign(static_cast<std::size_t>(timeline.year_first_day[years]), {});
  for (std::size_t d = 0; d < result.days.size(); ++d) {
    result.days[d].date = timeline.days[d].date;
    result.days[d].project_year = timeline.days[d].year;
  }
  if (!input.run.keep_series) return;
  const auto n = static_cast<std::size_t>(result.quarters);
  SeriesColumns& s = result.series;
  for (auto* column :
       {&s.charge_mw, &s.discharge_mw, &s.grid_charge_mw, &s.self_charge_mw, &s.generation_mw, &s.curtailed_mw, &s.net_export_mw,
        &s.stored_energy_mwh, &s.state_of_health, &s.round_trip_efficiency, &s.fcr_mw, &s.afrr_up_mw, &s.afrr_down_mw}) {
    column->assign(n, 0.0);
  }
  auto of_market = [&](Market m, std::initializer_list<std::vector<double>*> columns) {
    if (!input.run.markets.has(m)) return;
    for (auto* column : columns) column->assign(n, 0.0);
  };
  of_market(Market::day_ahead, {&s.position_mw[day_ahead], &s.revenue_eur[day_ahead], &s.day_ahead_price});
  of_market(Market::intraday, {&s.position_mw[intraday], &s.revenue_eur[intraday], &s.intraday_price});
  of_market(Market::imbalance, {&s.position_mw[imbalance], &s.revenue_eur[imbalance], &s.imbalance_take_price, &s.imbalance_feed_price});
  of_market(Market::afrr, {&s.afrr_revenue_eur, &s.afrr_up_price, &s.afrr_down_price});
  of_market(Market::fcr, {&s.fcr_revenue_eur, &s.fcr_price});
}

void Ledger::book(const Execution& done, RunState& state) {
  const std::vector<ProjectDay>& days = input_.timeline->days;
  auto day =
      std::upper_bound(days.begin(), days.end(), done.first, [](std::int32_t q, const ProjectDay& d) { return q < d.first_quarter; }) - 1;
  for (std::int32_t t = 0; t < done.count; ++t) {
    while (done.first + t >= day->first_quarter + day->quarters) ++day;
    DayRecord& record = result_.days[static_cast<std::size_t>(day - days.begin())];
    record.replay_drift_mwh = std::max(record.replay_drift_mwh, done.worst_drift_mwh);
    book_period(done, static_cast<std::size_t>(t), record, state);
  }
}

void Ledger::book_period(const Execution& done, std::size_t t, DayRecord& day, RunState& state) {
  const dispatch::Schedule& s = done.schedule;
  Period p;
  p.t = t;
  p.quarter = done.first + static_cast<std::int32_t>(t);
  p.grid_charge_mw = s.grid_charge_mw[t];
  p.self_charge_mw = s.self_charge_mw[t];
  p.charge_mw = p.grid_charge_mw + p.self_charge_mw;
  p.discharge_mw = s.discharge_mw[t];
  p.generation_mw = generation_mw(input_.site.generation, p.quarter);
  p.curtailed_mw = s.curtailed_mw[t];
  p.behind_meter_mw = std::min(p.grid_charge_mw, std::max(0.0, p.generation_mw - p.self_charge_mw - p.curtailed_mw));
  p.net_export_mw = p.discharge_mw - p.grid_charge_mw + p.generation_mw - p.self_charge_mw - p.curtailed_mw;

  const double dt = quarter_h;
  const dispatch::PriceView& prices = done.prices;
  // Energy markets: what was sold and bought, at realised prices.
  const std::array<const dispatch::Positions3*, 3> positions{&done.positions.day_ahead, &done.positions.intraday,
                                                             &done.positions.imbalance};
  const std::array<const std::vector<double>*, 3> sell{&prices.day_ahead, &prices.intraday, &prices.imbalance_feed};
  const std::array<const std::vector<double>*, 3> buy{&prices.day_ahead, &prices.intraday, &prices.imbalance_take};
  double booked = 0.0;
  for (std::size_t m = 0; m < 3; ++m) {
    if (sell[m]->empty()) continue;
    const double sold = dt * at(positions[m]->sold_mw, t);
    const double bought = dt * at(positions[m]->bought_mw, t);
    const double income = sold * (*sell[m])[t];
    const double expense = bought * (*buy[m])[t];
    day.sold_mwh[m] += sold;
    day.bought_mwh[m] += bought;
    day.sold_eur[m] += income;
    day.bought_eur[m] += expense;
    p.position_mw[m] = at(positions[m]->sold_mw, t) - at(positions[m]->bought_mw, t);
    p.revenue_eur[m] = income - expense;
    booked += income - expense;
  }
  // Reserves.
  const double up = dt * s.afrr_up_mw[t] * at(prices.afrr_up, t);
  const double down = dt * s.afrr_down_mw[t] * at(prices.afrr_down, t);
  day.afrr_up_eur += up;
  day.afrr_down_eur += down;
  day.reserve_mw_h[0] += dt * s.fcr_mw[t];
  day.reserve_mw_h[1] += dt * s.afrr_up_mw[t];
  day.reserve_mw_h[2] += dt * s.afrr_down_mw[t];
  p.revenue_eur[afrr] = up + down;
  p.revenue_eur[fcr] = dt * s.fcr_mw[t] * at(prices.fcr, t);
  for (std::size_t m = 0; m < p.revenue_eur.size(); ++m) {
    day.gross_revenue_eur[m] += p.revenue_eur[m];
    p.revenue_eur[m] *= input_.run.capture[m];
    day.revenue_eur[m] += p.revenue_eur[m];
  }
  if (input_.site.auxiliary_power_mw > 0.0 && !done.day_ahead_reference.empty()) {  // a cost is paid in full, whatever trade captures
    const double cost = dt * input_.site.auxiliary_power_mw * done.day_ahead_reference[t];
    day.auxiliary_eur += cost;
    day.gross_revenue_eur[day_ahead] -= cost;
    day.revenue_eur[day_ahead] -= cost;
    p.revenue_eur[day_ahead] -= cost;
  }

  // Of which: what netting earned beyond the metered flows at the physical prices (contract, money and metrics).
  {
    const dispatch::FoldedPrices& folded = done.folded;
    const double generation_price = at(done.generation_price, t);
    const double sold_generation = std::max(0.0, p.generation_mw - p.self_charge_mw - p.curtailed_mw);
    const double behind_meter = p.behind_meter_mw;
    const double shared = std::min(p.grid_charge_mw - behind_meter, p.discharge_mw);
    const double metered = dt * (folded.sell[t] * (p.discharge_mw - shared) - folded.buy[t] * (p.grid_charge_mw - behind_meter - shared) +
                                 generation_price * (sold_generation - behind_meter));
    day.cross_market_eur += booked - metered;
    day.generation_sales_eur += dt * generation_price * (sold_generation - behind_meter);
    day.generation_sold_mwh += dt * (sold_generation - behind_meter);
    day.self_charge_mwh += dt * (p.self_charge_mw + behind_meter);
  }

  // The meter.
  const int year = year_of_quarter(*input_.timeline, p.quarter);
  const double metered_mw = p.net_export_mw - input_.site.auxiliary_power_mw;
  const double imported = std::max(0.0, -metered_mw);
  const double exported = std::max(0.0, metered_mw);
  day.imported_mwh += dt * imported;
  day.exported_mwh += dt * exported;
  day.highest_import_mw = std::max(day.highest_import_mw, imported);
  day.fee_eur +=
      dt * (imported * by_year(input_.site.import_fee_eur_per_mwh, year) + exported * by_year(input_.site.export_fee_eur_per_mwh, year));
  const std::int32_t month = input_.timeline->month[static_cast<std::size_t>(p.quarter)];
  if (month != state.month || year != state.month_year) {
    state.month = month;
    state.month_year = year;
    state.month_peak_mw = 0.0;
  }
  state.month_peak_mw = std::max(state.month_peak_mw, std::max(0.0, -p.net_export_mw));

  day.charge_mwh += dt * p.charge_mw;
  day.discharge_mwh += dt * p.discharge_mw;
  day.wear_eur += dt * input_.run.wear_cost_eur_per_mwh * (p.charge_mw + p.discharge_mw);
  day.equivalent_full_cycles += equivalent_full_cycles(done.limits, done.nominal_capacity_mwh, {p.charge_mw, p.discharge_mw}, dt);
  book_generation(done, p, day, state);
  if (input_.run.keep_series) keep(done, p);
}

void Ledger::book_generation(const Execution&, const Period& p, DayRecord& day, RunState& state) {
  if (p.generation_mw <= 0.0) return;
  const double dt = quarter_h;
  day.generated_mwh += dt * p.generation_mw;
  day.curtailed_mwh += dt * p.curtailed_mw;
  const int year = year_of_quarter(*input_.timeline, p.quarter);
  if (state.subsidy_year != year) {
    state.subsidy_year = year;
    state.solar_subsidised_mwh = state.wind_subsidised_mwh = 0.0;
  }
  const GenerationInput& generation = input_.site.generation;
  const auto q = static_cast<std::size_t>(p.quarter);
  YearRecord& record = result_.year[static_cast<std::size_t>(year)];
  auto pay = [&](const SubsidyInput& subsidy, const std::vector<double>& output, double& so_far, SubsidisedEnergy& of_year) {
    if (subsidy.rate_eur_per_mwh.empty() || output.empty() || output[q] <= 0.0) return 0.0;
    const double share = output[q] / p.generation_mw;
    if (subsidy.rate_eur_per_mwh[q] <= 0.0) return 0.0;
    const double earned =
        dt * share * subsidised_mw(subsidy.self_charge, p.generation_mw, p.self_charge_mw + p.behind_meter_mw, p.curtailed_mw);
    double paid = earned;
    if (!subsidy.max_subsidised_mwh.empty()) paid = std::clamp(by_year(subsidy.max_subsidised_mwh, year) - so_far, 0.0, earned);
    so_far += paid;
    of_year.paid_mwh += paid;
    of_year.beyond_cap_mwh += earned - paid;
    return paid * subsidy.rate_eur_per_mwh[q];
  };
  day.solar_subsidy_eur += pay(generation.solar_subsidy, generation.solar_mw, state.solar_subsidised_mwh, record.solar_subsidised);
  day.wind_subsidy_eur += pay(generation.wind_subsidy, generation.wind_mw, state.wind_subsidised_mwh, record.wind_subsidised);
}

void Ledger::keep(const Execution& done, const Period& p) {
  SeriesColumns& s = result_.series;
  const auto q = static_cast<std::size_t>(p.quarter);
  const dispatch::Schedule& schedule = done.schedule;
  s.charge_mw[q] = p.charge_mw;
  s.discharge_mw[q] = p.discharge_mw;
  s.grid_charge_mw[q] = p.grid_charge_mw - p.behind_meter_mw;  // as the meter tells them apart
  s.self_charge_mw[q] = p.self_charge_mw + p.behind_meter_mw;
  s.generation_mw[q] = p.generation_mw;
  s.curtailed_mw[q] = p.curtailed_mw;
  s.net_export_mw[q] = p.net_export_mw;
  s.stored_energy_mwh[q] = schedule.stored_energy_mwh[p.t + 1];
  s.state_of_health[q] = done.limits.state_of_health;
  s.round_trip_efficiency[q] = done.limits.round_trip_efficiency;
  s.fcr_mw[q] = schedule.fcr_mw[p.t];
  s.afrr_up_mw[q] = schedule.afrr_up_mw[p.t];
  s.afrr_down_mw[q] = schedule.afrr_down_mw[p.t];
  for (std::size_t m = 0; m < 3; ++m) {
    if (s.position_mw[m].empty()) continue;
    s.position_mw[m][q] = p.position_mw[m];
    s.revenue_eur[m][q] = p.revenue_eur[m];
  }
  auto put = [q](std::vector<double>& column, double value) {
    if (!column.empty()) column[q] = value;
  };
  put(s.afrr_revenue_eur, p.revenue_eur[afrr]);
  put(s.fcr_revenue_eur, p.revenue_eur[fcr]);
  put(s.day_ahead_price, at(done.prices.day_ahead, p.t));
  put(s.intraday_price, at(done.prices.intraday, p.t));
  put(s.imbalance_take_price, at(done.prices.imbalance_take, p.t));
  put(s.imbalance_feed_price, at(done.prices.imbalance_feed, p.t));
  put(s.afrr_up_price, at(done.prices.afrr_up, p.t));
  put(s.afrr_down_price, at(done.prices.afrr_down, p.t));
  put(s.fcr_price, at(done.prices.fcr, p.t));
}

void pay_banked_subsidy(const SimulationInput& input, SimulationResult& result) {
  auto pay = [&](const SubsidyInput& subsidy, SubsidisedEnergy YearRecord::* energy, double DayRecord::* line) {
    if (subsidy.bank_share <= 0.0 || subsidy.max_subsidised_mwh.empty() || subsidy.year_rate_eur_per_mwh.empty()) return;
    SubsidyAccount account;
    for (int y = 0; y < result.years; ++y) {
      const auto year = static_cast<std::size_t>(y);
      const SubsidisedEnergy& of_year = result.year[year].*energy;
      open_year(account, {.rate_eur_per_mwh = by_year(subsidy.year_rate_eur_per_mwh, y),
                          .max_subsidised_mwh = by_year(subsidy.max_subsidised_mwh, y)});
      account.remaining_mwh = std::max(0.0, account.cap_mwh - of_year.paid_mwh);
      account.excess_mwh = of_year.beyond_cap_mwh;
      const auto last_day = static_cast<std::size_t>(input.timeline->year_first_day[year + 1]) - 1;
      result.days[last_day].*line += close_year(account, subsidy.bank_share);
    }
  };
  pay(input.site.generation.solar_subsidy, &YearRecord::solar_subsidised, &DayRecord::solar_subsidy_eur);
  pay(input.site.generation.wind_subsidy, &YearRecord::wind_subsidised, &DayRecord::wind_subsidy_eur);
}

}  // namespace bess
