#include "report/highlights.h"

#include "base/sum.h"

namespace bess::report {

namespace {

/// Part of its calendar year that a month's simulated quarters are (a leap year's month is shorter in years).
double years_of(std::int64_t quarters, LocalDate date) {
  const double days = date.year().is_leap() ? 366.0 : 365.0;
  return static_cast<double>(quarters) / (96.0 * days);
}

MonthSummary month_summary(const ReportInput& input, std::span<const DayRecord> days, std::size_t first_day) {
  const double power_mw = input.simulation.site.battery.power_mw;
  const Totals t = totals_of(days);
  std::int64_t quarters = 0;
  for (std::size_t d = 0; d < days.size(); ++d) quarters += input.result.timeline->days[first_day + d].quarters;
  const double mw_years = power_mw * years_of(quarters, days.front().date);
  MonthSummary month;
  month.month = days.front().date.year() / days.front().date.month();
  for (std::size_t d = 0; d < days.size(); ++d) {
    if (d == 0 || days[d].date != days[d - 1].date) ++month.days;
  }
  month.revenue = {t.revenue, t.revenue.scaled(mw_years > 0.0 ? 1.0 / mw_years : undefined)};
  month.net_eur = t.revenue.total_eur() - t.fee_eur;
  month.cycles = t.equivalent_full_cycles;
  month.cycles_per_day = quarters > 0 ? month.cycles / (static_cast<double>(quarters) / 96.0) : 0.0;
  return month;
}

void add_days(Highlights& h, std::span<const DayRecord> dates) {
  Sum sum;
  for (const DayRecord& day : dates) {
    const double net_eur = day_net_eur(day);
    sum += net_eur;
    if (net_eur < 0.0) ++h.negative_days;
    if (!h.best_day || net_eur > h.best_day->value) h.best_day = DayMark{day.date, net_eur};
    if (!h.worst_day || net_eur < h.worst_day->value) h.worst_day = DayMark{day.date, net_eur};
  }
  h.days = std::ssize(dates);
  h.mean_day_eur = dates.empty() ? 0.0 : sum.value() / static_cast<double>(dates.size());
}

}  // namespace

double capture_of_bound_percent(double basis_eur, double bound_eur) { return bound_eur > 0.0 ? 100.0 * basis_eur / bound_eur : undefined; }

Highlights make_highlights(const ReportInput& input, double cycles_per_day) {
  const SimulationResult& result = input.result;
  Highlights h;
  add_days(h, days_by_date(result.days));
  h.cycles_per_day = cycles_per_day;
  Sum bound;
  Sum basis;
  for (const YearRecord& year : result.year) {
    bound += year.bound_eur;
    basis += year.bound_basis_eur;
  }
  h.bound_eur = bound.value();
  h.bound_basis_eur = basis.value();
  h.capture_of_bound_percent = capture_of_bound_percent(h.bound_basis_eur, h.bound_eur);
  std::size_t first_day = 0;
  for (const std::span<const DayRecord> month : months_of(result.days)) {
    h.months.push_back(month_summary(input, month, first_day));
    first_day += month.size();
  }
  return h;
}

}  // namespace bess::report
