#include "settlement/ledger.h"

#include <algorithm>
#include <cmath>

#include "generation/subsidy.h"
#include "timeline/project_years.h"

namespace bess {

namespace {
double at(const std::vector<double>& column, std::size_t t) { return column.empty() ? 0.0 : column[t]; }
}  // namespace

/// Figures of one quarter on their way into the books.
struct Ledger::Period {
  std::size_t t{0};
  std::int32_t quarter{0};
  double charge_mw{0}, grid_charge_mw{0}, self_charge_mw{0}, discharge_mw{0};
  double generation_mw{0}, curtailed_mw{0}, net_export_mw{0};
  double behind_meter_mw{0};  ///< o: charged from the grid while generation is sold; the meter sees neither
  ByProduct<double> position_mw{};
  ByMarket<double> revenue_eur{};  ///< net of capture
};

void open_books(const SettlementTerms& terms, int years, Books& books) {
  const ProjectTimeline& timeline = terms.timeline;
  const auto count = static_cast<std::size_t>(years);
  books.solar_subsidised.assign(count, {});
  books.wind_subsidised.assign(count, {});
  books.days.assign(static_cast<std::size_t>(timeline.year_first_day[count]), {});
  for (std::size_t d = 0; d < books.days.size(); ++d) {
    books.days[d].date = timeline.days[d].date;
    books.days[d].project_year = timeline.days[d].year;
  }
  if (!terms.keep_series) return;
  const auto n = static_cast<std::size_t>(timeline.year_first_quarter[count]);
  SeriesColumns& s = books.series;
  for (auto* column : {&s.charge_mw, &s.discharge_mw, &s.grid_charge_mw, &s.self_charge_mw, &s.generation_mw, &s.curtailed_mw,
                       &s.net_export_mw, &s.stored_energy_mwh, &s.state_of_health, &s.round_trip_efficiency}) {
    column->assign(n, 0.0);
  }
  for (const ProductInfo& info : product_table) {
    if (is_reserve(info.kind)) s.reserve_mw[info.id].assign(n, 0.0);
    if (!terms.markets.has(info.market)) continue;
    s.price[info.id].sell.assign(n, 0.0);
    if (info.kind == ProductKind::two_price) s.price[info.id].buy.assign(n, 0.0);
    if (is_energy(info.kind)) s.position_mw[info.id].assign(n, 0.0);
    s.revenue_eur[info.market].assign(n, 0.0);
  }
}

void Ledger::book(const Execution& done, LedgerState& state) {
  const std::vector<ProjectDay>& days = terms_.timeline.days;
  auto day =
      std::upper_bound(days.begin(), days.end(), done.first, [](std::int32_t q, const ProjectDay& d) { return q < d.first_quarter; }) - 1;
  for (std::int32_t t = 0; t < done.count; ++t) {
    while (done.first + t >= day->first_quarter + day->quarters) ++day;
    DayRecord& record = books_.days[static_cast<std::size_t>(day - days.begin())];
    record.replay_drift_mwh = std::max(record.replay_drift_mwh, done.worst_drift_mwh);
    book_period(done, static_cast<std::size_t>(t), record, state);
  }
}

void Ledger::book_period(const Execution& done, std::size_t t, DayRecord& day, LedgerState& state) {
  Period p;
  p.t = t;
  p.quarter = done.first + static_cast<std::int32_t>(t);
  p.grid_charge_mw = done.grid_charge_mw[t];
  p.self_charge_mw = done.self_charge_mw[t];
  p.charge_mw = p.grid_charge_mw + p.self_charge_mw;
  p.discharge_mw = done.discharge_mw[t];
  p.generation_mw = generation_mw(terms_.generation, p.quarter);
  p.curtailed_mw = done.curtailed_mw[t];
  p.behind_meter_mw = std::min(p.grid_charge_mw, std::max(0.0, p.generation_mw - p.self_charge_mw - p.curtailed_mw));
  p.net_export_mw = p.discharge_mw - p.grid_charge_mw + p.generation_mw - p.self_charge_mw - p.curtailed_mw;

  const double dt = quarter_h;
  const ProductPrices& prices = done.prices;
  // Energy: what was sold and bought, at realised prices.
  double booked = 0.0;
  for (const Product product : energy_products) {
    if (prices[product].sell.empty()) continue;
    const double sold = dt * at(done.positions[product].sold_mw, t);
    const double bought = dt * at(done.positions[product].bought_mw, t);
    const double income = sold * prices[product].sell[t];
    const double expense = bought * prices[product].buy[t];
    day.sold_mwh[product] += sold;
    day.bought_mwh[product] += bought;
    day.sold_eur[product] += income;
    day.bought_eur[product] += expense;
    p.position_mw[product] = at(done.positions[product].sold_mw, t) - at(done.positions[product].bought_mw, t);
    p.revenue_eur[info_of(product).market] += income - expense;
    booked += income - expense;
  }
  // Reserves.
  for (const Product product : reserve_products) {
    const double eur = dt * done.reserve_mw[product][t] * at(prices[product].sell, t);
    day.reserve_eur[product] += eur;
    day.reserve_mw_h[product] += dt * done.reserve_mw[product][t];
    p.revenue_eur[info_of(product).market] += eur;
  }
  for (const Market m : all_markets) {
    day.gross_revenue_eur[m] += p.revenue_eur[m];
    p.revenue_eur[m] *= terms_.capture[m];
    day.revenue_eur[m] += p.revenue_eur[m];
  }
  if (terms_.auxiliary_power_mw > 0.0 && !done.day_ahead_reference.empty()) {  // a cost is paid in full, whatever trade captures
    const double cost = dt * terms_.auxiliary_power_mw * done.day_ahead_reference[t];
    day.auxiliary_eur += cost;
    day.gross_revenue_eur[Market::day_ahead] -= cost;
    day.revenue_eur[Market::day_ahead] -= cost;
    p.revenue_eur[Market::day_ahead] -= cost;
  }

  // Of which: what netting earned beyond the metered flows at the physical prices (contract, money and metrics).
  {
    const double generation_price = at(prices[done.generation_sold_as].sell, t);
    const double sell_price = at(prices[done.sold_as[t]].sell, t);
    const double buy_price = at(prices[done.bought_as[t]].buy, t);
    const double sold_generation = std::max(0.0, p.generation_mw - p.self_charge_mw - p.curtailed_mw);
    const double behind_meter = p.behind_meter_mw;
    const double shared = std::min(p.grid_charge_mw - behind_meter, p.discharge_mw);
    const double metered = dt * (sell_price * (p.discharge_mw - shared) - buy_price * (p.grid_charge_mw - behind_meter - shared) +
                                 generation_price * (sold_generation - behind_meter));
    day.cross_market_eur += booked - metered;
    day.generation_sales_eur += dt * generation_price * (sold_generation - behind_meter);
    day.generation_sold_mwh += dt * (sold_generation - behind_meter);
    day.self_charge_mwh += dt * (p.self_charge_mw + behind_meter);
  }

  // The meter.
  const int year = year_of_quarter(terms_.timeline, p.quarter);
  const double metered_mw = p.net_export_mw - terms_.auxiliary_power_mw;
  const double imported = std::max(0.0, -metered_mw);
  const double exported = std::max(0.0, metered_mw);
  day.imported_mwh += dt * imported;
  day.exported_mwh += dt * exported;
  day.highest_import_mw = std::max(day.highest_import_mw, imported);
  day.fee_eur += dt * (imported * by_year(terms_.import_fee_eur_per_mwh, year) + exported * by_year(terms_.export_fee_eur_per_mwh, year));
  const std::int32_t month = terms_.timeline.month[static_cast<std::size_t>(p.quarter)];
  if (month != state.month || year != state.month_year) {
    state.month = month;
    state.month_year = year;
    state.month_peak_mw = 0.0;
  }
  state.month_peak_mw = std::max(state.month_peak_mw, std::max(0.0, -p.net_export_mw));

  day.charge_mwh += dt * p.charge_mw;
  day.discharge_mwh += dt * p.discharge_mw;
  day.wear_eur += dt * terms_.wear_cost_eur_per_mwh * (p.charge_mw + p.discharge_mw);
  day.equivalent_full_cycles += equivalent_full_cycles(done.limits, done.nominal_capacity_mwh, {p.charge_mw, p.discharge_mw}, dt);
  if (!done.shortfall_mwh.empty()) day.delivery_shortfall_mwh += done.shortfall_mwh[t];
  book_generation(p, day, state);
  if (terms_.keep_series) keep(done, p);
}

void Ledger::book_generation(const Period& p, DayRecord& day, LedgerState& state) {
  if (p.generation_mw <= 0.0) return;
  const double dt = quarter_h;
  day.generated_mwh += dt * p.generation_mw;
  day.curtailed_mwh += dt * p.curtailed_mw;
  const int year = year_of_quarter(terms_.timeline, p.quarter);
  if (state.subsidy_year != year) {
    state.subsidy_year = year;
    state.solar_subsidised_mwh = state.wind_subsidised_mwh = 0.0;
  }
  const GenerationInput& generation = terms_.generation;
  const auto q = static_cast<std::size_t>(p.quarter);
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
  day.solar_subsidy_eur += pay(generation.solar_subsidy, generation.solar_mw, state.solar_subsidised_mwh,
                               books_.solar_subsidised[static_cast<std::size_t>(year)]);
  day.wind_subsidy_eur +=
      pay(generation.wind_subsidy, generation.wind_mw, state.wind_subsidised_mwh, books_.wind_subsidised[static_cast<std::size_t>(year)]);
}

void Ledger::keep(const Execution& done, const Period& p) {
  SeriesColumns& s = books_.series;
  const auto q = static_cast<std::size_t>(p.quarter);
  s.charge_mw[q] = p.charge_mw;
  s.discharge_mw[q] = p.discharge_mw;
  s.grid_charge_mw[q] = p.grid_charge_mw - p.behind_meter_mw;  // as the meter tells them apart
  s.self_charge_mw[q] = p.self_charge_mw + p.behind_meter_mw;
  s.generation_mw[q] = p.generation_mw;
  s.curtailed_mw[q] = p.curtailed_mw;
  s.net_export_mw[q] = p.net_export_mw;
  s.stored_energy_mwh[q] = done.stored_energy_mwh[p.t + 1];
  s.state_of_health[q] = done.limits.state_of_health;
  s.round_trip_efficiency[q] = done.limits.round_trip_efficiency;
  const auto put = [q](std::vector<double>& column, double value) {
    if (!column.empty()) column[q] = value;
  };
  for (const ProductInfo& info : product_table) {
    if (is_reserve(info.kind)) s.reserve_mw[info.id][q] = done.reserve_mw[info.id][p.t];
    put(s.position_mw[info.id], p.position_mw[info.id]);
    put(s.price[info.id].sell, at(done.prices[info.id].sell, p.t));
    put(s.price[info.id].buy, at(done.prices[info.id].buy, p.t));
  }
  for (const Market m : all_markets) put(s.revenue_eur[m], p.revenue_eur[m]);
}

void pay_banked_subsidy(const SettlementTerms& terms, Books& books) {
  auto pay = [&](const SubsidyInput& subsidy, const std::vector<SubsidisedEnergy>& by_project_year, double DayRecord::* line) {
    if (subsidy.bank_share <= 0.0 || subsidy.max_subsidised_mwh.empty() || subsidy.year_rate_eur_per_mwh.empty()) return;
    SubsidyAccount account;
    for (std::size_t year = 0; year < by_project_year.size(); ++year) {
      const SubsidisedEnergy& of_year = by_project_year[year];
      const int y = static_cast<int>(year);
      open_year(account, {.rate_eur_per_mwh = by_year(subsidy.year_rate_eur_per_mwh, y),
                          .max_subsidised_mwh = by_year(subsidy.max_subsidised_mwh, y)});
      account.remaining_mwh = std::max(0.0, account.cap_mwh - of_year.paid_mwh);
      account.excess_mwh = of_year.beyond_cap_mwh;
      const auto last_day = static_cast<std::size_t>(terms.timeline.year_first_day[year + 1]) - 1;
      books.days[last_day].*line += close_year(account, subsidy.bank_share);
    }
  };
  pay(terms.generation.solar_subsidy, books.solar_subsidised, &DayRecord::solar_subsidy_eur);
  pay(terms.generation.wind_subsidy, books.wind_subsidised, &DayRecord::wind_subsidy_eur);
}

}  // namespace bess
