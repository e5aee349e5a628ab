#include "report/project_finance.h"

#include <gmock/gmock.h>

#include "made_up_run.h"
#include "report/summary.h"
#include "report/totals.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;

double fixed_grid_eur(const ReportInput& input) {
  const finance::SimulatedYear year = make_finance_input(input).simulated[0];
  return year.grid_standing_eur + year.grid_contracted_eur + year.grid_peak_eur;
}

TEST(ProjectFinance, PeaksAreThoseOfCalendarMonths) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  const double monthly[] = {4.2, 4.0, 5.0, 3.1, 2.8, 4.9, 5.0, 4.4, 3.9, 4.1, 4.7, 4.8};
  for (DayRecord& day : run.result.days) {
    day.highest_import_mw = day.date.day() == 17d ? monthly[static_cast<unsigned>(day.date.month()) - 1] : 1.0;
  }
  EXPECT_THAT(monthly_peaks_mw(run.result, 0), testing::ElementsAreArray(monthly));
  run.economics.grid = {.standing_charge_eur_per_year = 441.0,
                        .contracted_mw = 5.0,
                        .contracted_eur_per_kw_year = 30.0,
                        .monthly_peak_eur_per_kw_month = 3.5};
  EXPECT_NEAR(fixed_grid_eur(run.input()), 328'591.0, 1e-6);
  run.economics.grid.maximum_mw = 5.0;
  EXPECT_NEAR(fixed_grid_eur(run.input()), 441.0 + 150'000.0 + 12 * 17'500.0, 1e-6);
}

TEST(ProjectFinance, AMonthCutByAProjectYearCountsByItsDays) {
  MadeUpRun run = empty_run(2024y / 1 / 16, 2);
  for (DayRecord& day : run.result.days) day.highest_import_mw = 2.0;
  const std::vector<double> peaks = monthly_peaks_mw(run.result, 0);
  ASSERT_EQ(peaks.size(), 13U);
  EXPECT_DOUBLE_EQ(peaks.front(), 2.0 * 16.0 / 31.0);
  EXPECT_DOUBLE_EQ(peaks.back(), 2.0 * 15.0 / 31.0);
  EXPECT_DOUBLE_EQ(peaks[1], 2.0);
}

TEST(ProjectFinance, EnergyFeesSplitIntoTransportAndTax) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  run.result.days[3].fee_eur = 30.0;
  run.result.days[3].imported_mwh = 4.0;
  run.economics.energy_tax_eur_per_mwh = 2.5;
  const finance::SimulatedYear year = make_finance_input(run.input()).simulated[0];
  EXPECT_DOUBLE_EQ(year.energy_tax_eur, 10.0);
  EXPECT_DOUBLE_EQ(year.grid_energy_eur, 20.0);
  EXPECT_DOUBLE_EQ(make_summary(run.input()).financial.grid_cost_eur, 30.0);
}

TEST(ProjectFinance, EveryGridChargeHasItsColumn) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  run.economics.grid.standing_charge_eur_per_year = 441.0;
  run.economics.grid.contracted_mw = 2.0;
  run.economics.grid.contracted_eur_per_kw_year = 30.0;
  run.economics.grid.monthly_peak_eur_per_kw_month = 3.5;
  run.result.days[0].highest_import_mw = 1.5;
  run.result.days[3].fee_eur = 30.0;
  run.result.days[3].imported_mwh = 4.0;
  run.economics.energy_tax_eur_per_mwh = 2.5;
  const Summary summary = make_summary(run.input());
  const finance::CashFlowRow& row = summary.cash_flow.at(1);
  EXPECT_NEAR(row.grid_standing_eur, 441.0, 1e-9);
  EXPECT_DOUBLE_EQ(row.grid_contracted_eur, 60'000.0);
  EXPECT_DOUBLE_EQ(row.grid_peak_eur, 5'250.0);
  EXPECT_DOUBLE_EQ(row.grid_energy_eur, 20.0);
  EXPECT_DOUBLE_EQ(row.energy_tax_eur, 10.0);
  EXPECT_NEAR(row.grid_cost_eur, 441.0 + 60'000.0 + 5'250.0 + 30.0, 1e-9);
  EXPECT_DOUBLE_EQ(summary.financial.grid_cost_eur, row.grid_cost_eur);
}

TEST(ProjectFinance, ChargingCostsWhatWasPaidOrForgone) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  DayRecord& day = run.result.days[0];
  day.bought_mwh[Product::day_ahead] = 10.0;
  day.bought_eur[Product::day_ahead] = 300.0;
  day.charge_mwh = 9.0;  // of which 4 from own generation
  day.self_charge_mwh = 4.0;
  day.generation_sold_mwh = 2.0;
  day.generation_sales_eur = 50.0;
  EXPECT_DOUBLE_EQ(make_finance_input(run.input()).simulated[0].charging_cost_eur, 5.0 * 30.0 + 4.0 * 25.0);
}

TEST(ProjectFinance, YearsBeyondTheSimulatedOnesAgeOn) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  DegradationSpec& ageing = run.simulation.site.battery.degradation;
  ageing = {.fade_per_cycle = 3e-5, .fade_per_year = 0.01, .lifetime_cycles = 0};
  run.economics.life_years = 3;
  for (DayRecord& day : run.result.days) day.revenue_eur[Market::day_ahead] = 100.0;
  run.result.year[0].equivalent_full_cycles = 365.0;
  const BatterySpec& battery = run.simulation.site.battery;
  run.result.final_state.tranches[0].equivalent_full_cycles = 365.0;
  run.result.final_state.tranches[0].age_years = 1.0;
  update_limits(battery, run.result.final_state);
  const Summary s = make_summary(run.input());
  // SoH at the start of years 2 and 3: 1 − 365·3e−5 − 0.01 = 0.97905, 0.9581.
  EXPECT_NEAR(s.cash_flow[2].market_revenue_eur, 36'600.0 * 0.97905, 1e-6);
  EXPECT_NEAR(s.cash_flow[3].market_revenue_eur, 36'600.0 * 0.9581, 1e-6);
  EXPECT_TRUE(s.cash_flow[2].extrapolated);
  EXPECT_DOUBLE_EQ(s.financial.revenue.lines.total_eur(), 36'600.0) << "totals cover the simulated years only";
}

TEST(Totals, ADayCutByAProjectYearIsOneDate) {
  std::vector<DayRecord> days(3);
  days[0].date = days[1].date = LocalDate(2024y / 5 / 1);
  days[2].date = LocalDate(2024y / 5 / 2);
  days[0].revenue_eur[Market::day_ahead] = 1.0;
  days[1].revenue_eur[Market::day_ahead] = 2.0;
  days[0].highest_import_mw = 3.0;
  days[1].highest_import_mw = 2.0;
  days[1].project_year = 1;
  const std::vector<DayRecord> dates = days_by_date(days);
  ASSERT_EQ(dates.size(), 2U);
  EXPECT_DOUBLE_EQ(dates[0].revenue_eur[Market::day_ahead], 3.0);
  EXPECT_DOUBLE_EQ(dates[0].highest_import_mw, 3.0);
}

}  // namespace
}  // namespace bess::report
