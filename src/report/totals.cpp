#include "report/totals.h"

#include <algorithm>

#include "base/sum.h"

namespace bess::report {

namespace {

template <class Value>
double add_up(std::span<const DayRecord> days, Value value) {
  Sum sum;
  for (const DayRecord& day : days) sum += value(day);
  return sum.value();
}

/// Of a ByMarket or ByProduct: each of its values.
template <class List>
List add_up(std::span<const DayRecord> days, List DayRecord::* member) {
  List totals{};
  for (std::size_t i = 0; i < totals.values.size(); ++i) {
    totals.values[i] = add_up(days, [&](const DayRecord& day) { return (day.*member).values[i]; });
  }
  return totals;
}

double add_up(std::span<const DayRecord> days, double DayRecord::* member) {
  return add_up(days, [&](const DayRecord& day) { return day.*member; });
}

template <class List>
void merge(List& into, const List& from) {
  for (std::size_t i = 0; i < into.values.size(); ++i) into.values[i] += from.values[i];
}

void merge(DayRecord& into, const DayRecord& from) {
  merge(into.revenue_eur, from.revenue_eur);
  merge(into.gross_revenue_eur, from.gross_revenue_eur);
  merge(into.bought_mwh, from.bought_mwh);
  merge(into.sold_mwh, from.sold_mwh);
  merge(into.bought_eur, from.bought_eur);
  merge(into.sold_eur, from.sold_eur);
  merge(into.reserve_mw_h, from.reserve_mw_h);
  merge(into.reserve_eur, from.reserve_eur);
  for (const auto member :
       {&DayRecord::cross_market_eur, &DayRecord::generation_sales_eur, &DayRecord::solar_subsidy_eur, &DayRecord::wind_subsidy_eur,
        &DayRecord::fee_eur, &DayRecord::auxiliary_eur, &DayRecord::wear_eur, &DayRecord::charge_mwh, &DayRecord::self_charge_mwh,
        &DayRecord::discharge_mwh, &DayRecord::generated_mwh, &DayRecord::curtailed_mwh, &DayRecord::generation_sold_mwh,
        &DayRecord::imported_mwh, &DayRecord::exported_mwh, &DayRecord::equivalent_full_cycles, &DayRecord::delivery_shortfall_mwh}) {
    into.*member += from.*member;
  }
  into.highest_import_mw = std::max(into.highest_import_mw, from.highest_import_mw);
  into.replay_drift_mwh = std::max(into.replay_drift_mwh, from.replay_drift_mwh);
}

}  // namespace

double RevenueLines::markets_eur() const { return sum_of(market_eur.values); }

RevenueLines RevenueLines::scaled(double factor) const {
  RevenueLines lines = *this;
  for (double& eur : lines.market_eur.values) eur *= factor;
  lines.solar_subsidy_eur *= factor;
  lines.wind_subsidy_eur *= factor;
  lines.cross_market_eur *= factor;
  lines.generation_sales_eur *= factor;
  return lines;
}

Totals totals_of(std::span<const DayRecord> days) {
  Totals t;
  t.revenue = {.market_eur = add_up(days, &DayRecord::revenue_eur),
               .solar_subsidy_eur = add_up(days, &DayRecord::solar_subsidy_eur),
               .wind_subsidy_eur = add_up(days, &DayRecord::wind_subsidy_eur),
               .cross_market_eur = add_up(days, &DayRecord::cross_market_eur),
               .generation_sales_eur = add_up(days, &DayRecord::generation_sales_eur)};
  t.gross = t.revenue;
  t.gross.market_eur = add_up(days, &DayRecord::gross_revenue_eur);
  t.bought_mwh = add_up(days, &DayRecord::bought_mwh);
  t.sold_mwh = add_up(days, &DayRecord::sold_mwh);
  t.bought_eur = add_up(days, &DayRecord::bought_eur);
  t.sold_eur = add_up(days, &DayRecord::sold_eur);
  t.reserve_mw_h = add_up(days, &DayRecord::reserve_mw_h);
  t.reserve_eur = add_up(days, &DayRecord::reserve_eur);
  t.fee_eur = add_up(days, &DayRecord::fee_eur);
  t.auxiliary_eur = add_up(days, &DayRecord::auxiliary_eur);
  t.wear_eur = add_up(days, &DayRecord::wear_eur);
  t.charge_mwh = add_up(days, &DayRecord::charge_mwh);
  t.self_charge_mwh = add_up(days, &DayRecord::self_charge_mwh);
  t.discharge_mwh = add_up(days, &DayRecord::discharge_mwh);
  t.generated_mwh = add_up(days, &DayRecord::generated_mwh);
  t.curtailed_mwh = add_up(days, &DayRecord::curtailed_mwh);
  t.generation_sold_mwh = add_up(days, &DayRecord::generation_sold_mwh);
  t.imported_mwh = add_up(days, &DayRecord::imported_mwh);
  t.exported_mwh = add_up(days, &DayRecord::exported_mwh);
  t.equivalent_full_cycles = add_up(days, &DayRecord::equivalent_full_cycles);
  return t;
}

std::span<const DayRecord> days_of_year(const SimulationResult& result, std::int32_t project_year) {
  const auto [first, last] = std::ranges::equal_range(result.days, project_year, {}, &DayRecord::project_year);
  return {first, last};
}

std::vector<std::span<const DayRecord>> months_of(std::span<const DayRecord> days) {
  std::vector<std::span<const DayRecord>> months;
  std::size_t first = 0;
  for (std::size_t i = 1; i <= days.size(); ++i) {
    const bool ends =
        i == days.size() || days[i].date.month() != days[first].date.month() || days[i].date.year() != days[first].date.year();
    if (!ends) continue;
    months.push_back(days.subspan(first, i - first));
    first = i;
  }
  return months;
}

std::vector<DayRecord> days_by_date(std::span<const DayRecord> days) {
  std::vector<DayRecord> dates;
  dates.reserve(days.size());
  for (const DayRecord& day : days) {
    if (!dates.empty() && dates.back().date == day.date) {
      merge(dates.back(), day);
    } else {
      dates.push_back(day);
    }
  }
  return dates;
}

double day_revenue_eur(const DayRecord& day) { return sum_of(day.revenue_eur.values) + day.solar_subsidy_eur + day.wind_subsidy_eur; }

double day_net_eur(const DayRecord& day) { return day_revenue_eur(day) - day.fee_eur; }

}  // namespace bess::report
