#include "report/project_finance.h"

#include <algorithm>
#include <span>

#include "asset/ageing/life_forecast.h"
#include "report/totals.h"

namespace bess::report {

namespace {

constexpr int months_per_year = 12;

unsigned days_in_month(LocalDate date) { return static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()); }

/// Grid-charged energy at the average purchase price, self-charged energy at what generation was sold for.
double charging_cost_eur(const Totals& t) {
  double bought_mwh = 0.0;
  double bought_eur = 0.0;
  for (const Product p : energy_products) {
    bought_mwh += t.bought_mwh[p];
    bought_eur += t.bought_eur[p];
  }
  double cost = 0.0;
  if (bought_mwh > 0.0) cost += (t.charge_mwh - t.self_charge_mwh) * bought_eur / bought_mwh;
  if (t.generation_sold_mwh > 0.0) cost += t.self_charge_mwh * t.revenue.generation_sales_eur / t.generation_sold_mwh;
  return cost;
}

finance::SimulatedYear simulated_year(const ReportInput& input, std::int32_t project_year) {
  const SimulationResult& result = input.result;
  const ProjectEconomics& economics = input.economics;
  const Totals t = totals_of(days_of_year(result, project_year));
  const YearRecord& record = result.year[static_cast<std::size_t>(project_year)];
  // A billed maximum is charged for twelve months, however many calendar months the project year touches.
  const std::vector<double> peaks_mw =
      economics.grid.maximum_mw ? std::vector<double>(months_per_year, *economics.grid.maximum_mw) : monthly_peaks_mw(result, project_year);
  const GridCost fixed = grid_cost(economics.grid, {.monthly_peak_mw = peaks_mw}, project_year + 1);
  finance::SimulatedYear year;
  year.market_revenue_eur = t.revenue.markets_eur();
  year.solar_subsidy_eur = t.revenue.solar_subsidy_eur;
  year.wind_subsidy_eur = t.revenue.wind_subsidy_eur;
  year.grid_standing_eur = fixed.standing_eur;
  year.grid_contracted_eur = fixed.contracted_eur;
  year.grid_peak_eur = fixed.peak_eur;
  year.energy_tax_eur = economics.energy_tax_eur_per_mwh * t.imported_mwh;
  year.grid_energy_eur = t.fee_eur - year.energy_tax_eur;
  year.charging_cost_eur = charging_cost_eur(t);
  year.charge_mwh = t.charge_mwh;
  year.discharge_mwh = t.discharge_mwh;
  year.equivalent_full_cycles = record.equivalent_full_cycles;
  year.state_of_health = record.state_of_health_start;
  year.capacity_mwh = record.capacity_start_mwh;
  year.replacements = record.replacement_events;
  return year;
}

std::vector<finance::ForecastHealth> health_beyond(const ReportInput& input) {
  const SimulationResult& result = input.result;
  const ForecastRequest request{.first_project_year = result.years + 1,
                                .last_project_year = input.economics.life_years,
                                .project_life_years = input.economics.life_years,
                                .use = mean_use(result.year)};
  std::vector<finance::ForecastHealth> health;
  for (const ForecastYear& year : forecast_years(input.simulation.site.battery, result.final_state, request)) {
    health.push_back({.state_of_health = year.start.limits.state_of_health,
                      .capacity_mwh = year.start.limits.capacity_mwh,
                      .replacements = static_cast<int>(year.replaced_at.size())});
  }
  return health;
}

}  // namespace

std::vector<double> monthly_peaks_mw(const SimulationResult& result, std::int32_t project_year) {
  std::vector<double> peaks_mw;
  for (const std::span<const DayRecord> month : months_of(days_of_year(result, project_year))) {
    double peak_mw = 0.0;
    std::size_t dates = 0;
    for (const DayRecord& day : month) {
      peak_mw = std::max(peak_mw, day.highest_import_mw);
      if (&day == &month.front() || day.date != (&day - 1)->date) ++dates;
    }
    const double share = static_cast<double>(dates) / static_cast<double>(days_in_month(month.front().date));
    peaks_mw.push_back(peak_mw * std::min(1.0, share));
  }
  return peaks_mw;
}

finance::FinanceInput make_finance_input(const ReportInput& input) {
  finance::FinanceInput finance;
  finance.life_years = input.economics.life_years;
  finance.economics = input.economics.economics;
  if (finance.economics.augmentation.empty()) {
    for (const Augmentation& lot : input.simulation.site.battery.augmentation) {
      finance.economics.augmentation.push_back({.project_year = lot.project_year, .cost_eur = lot.cost_eur});
    }
  }
  for (std::int32_t y = 0; y < input.result.years; ++y) finance.simulated.push_back(simulated_year(input, y));
  finance.beyond = health_beyond(input);
  return finance;
}

}  // namespace bess::report
