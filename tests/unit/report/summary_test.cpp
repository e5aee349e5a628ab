#include "report/summary.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "made_up_run.h"
#include "report/notices.h"
#include "report/text.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// 2024 (366 days), 2 MW: one good day, one bad day, FCR on every day.
MadeUpRun worked_run() {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  for (DayRecord& day : run.result.days) {
    day.revenue_eur[Market::fcr] = day.gross_revenue_eur[Market::fcr] = day.reserve_eur[Product::fcr] = 24.0;  // 1 MW, 24 h, 1 EUR/MW/h
    day.reserve_mw_h[Product::fcr] = 24.0;
  }
  DayRecord& good = day_of(run, 2024y / 3 / 31);
  good.bought_mwh[Product::day_ahead] = good.charge_mwh = good.imported_mwh = 4.0;
  good.bought_eur[Product::day_ahead] = 40.0;
  good.sold_mwh[Product::day_ahead] = good.discharge_mwh = good.exported_mwh = 3.24;
  good.sold_eur[Product::day_ahead] = 324.0;
  good.revenue_eur[Market::day_ahead] = good.gross_revenue_eur[Market::day_ahead] = 284.0;
  good.fee_eur = 8.0;
  good.equivalent_full_cycles = 0.9;
  good.highest_import_mw = 2.0;
  DayRecord& bad = day_of(run, 2024y / 10 / 27);
  bad.bought_mwh[Product::day_ahead] = bad.charge_mwh = bad.imported_mwh = 1.0;
  bad.bought_eur[Product::day_ahead] = 100.0;
  bad.revenue_eur[Market::day_ahead] = bad.gross_revenue_eur[Market::day_ahead] = -100.0;
  bad.equivalent_full_cycles = 0.1125;
  bad.highest_import_mw = 1.0;
  YearRecord& year = run.result.year[0];
  year.energy_start_mwh = 2.0;
  year.energy_end_mwh = 2.9;  // the 0.9 MWh stored on the bad day
  year.equivalent_full_cycles = 1.0125;
  year.state_of_health_end = 0.99;
  return run;
}

TEST(Summary, AddsUpRevenueByHand) {
  const MadeUpRun run = worked_run();
  const Summary s = make_summary(run.input());
  const RevenueLines& lines = s.financial.revenue.lines;
  EXPECT_DOUBLE_EQ(lines.market(Market::day_ahead), 184.0);
  EXPECT_DOUBLE_EQ(lines.market(Market::fcr), 366 * 24.0);
  EXPECT_DOUBLE_EQ(lines.total_eur(), 8968.0);
  EXPECT_DOUBLE_EQ(s.financial.revenue.per_mw_year.total_eur(), 4484.0);  // 2 MW, 1 project year
  EXPECT_DOUBLE_EQ(s.financial.grid_cost_eur, 8.0);
  EXPECT_DOUBLE_EQ(s.financial.net_revenue_eur, 8960.0);
  EXPECT_DOUBLE_EQ(s.financial.net_revenue_eur_per_mw_year, 4480.0);
}

TEST(Summary, OperatesByHand) {
  const Summary s = make_summary(worked_run().input());
  const Operational& o = s.operational;
  EXPECT_DOUBLE_EQ(o.total_charge_mwh, 5.0);
  EXPECT_DOUBLE_EQ(o.total_discharge_mwh, 3.24);
  EXPECT_NEAR(o.average_rte_percent, 81.0, 1e-12);  // 3.24 / (5 − 0.9/0.9)
  EXPECT_NEAR(o.capacity_utilization_percent, 100.0 * 8.24 / (2.0 * 8784.0), 1e-12);
  EXPECT_NEAR(o.cycles_per_day, 1.0125 / 366.0, 1e-15);
  EXPECT_DOUBLE_EQ(o.final_soh_percent, 99.0);
  EXPECT_DOUBLE_EQ(o.highest_import_mw, 2.0);
}

TEST(Summary, TradesByHand) {
  const Summary s = make_summary(worked_run().input());
  const EnergyTrading& e = s.trading.energy[Product::day_ahead].value();
  EXPECT_DOUBLE_EQ(e.average_buy_price_eur_per_mwh, 28.0);  // 140 / 5
  EXPECT_DOUBLE_EQ(e.average_sell_price_eur_per_mwh, 100.0);
  EXPECT_DOUBLE_EQ(e.captured_spread_eur_per_mwh, 72.0);
  EXPECT_EQ(e.idle_days, 364);
  EXPECT_EQ(e.busiest_day->date, 2024y / 3 / 31);
  EXPECT_DOUBLE_EQ(e.busiest_day->value, 7.24);
  EXPECT_FALSE(s.trading.energy[Product::intraday]);
  EXPECT_FALSE(s.trading.reserve[Product::afrr_up]);
  const ReserveTrading& fcr = s.trading.reserve[Product::fcr].value();
  EXPECT_DOUBLE_EQ(fcr.sold_mw_h, 8784.0);
  EXPECT_DOUBLE_EQ(fcr.mean_sold_mw, 1.0);
  EXPECT_DOUBLE_EQ(fcr.average_price_eur_per_mw_h, 1.0);
  EXPECT_EQ(fcr.idle_days, 0);
  EXPECT_EQ(s.trading.idle_days, 0);
}

TEST(Summary, PointsAtDaysByHand) {
  const Highlights h = make_summary(worked_run().input()).highlights;
  EXPECT_EQ(h.best_day->date, 2024y / 3 / 31);
  EXPECT_DOUBLE_EQ(h.best_day->value, 300.0);  // 284 + 24 − 8
  EXPECT_EQ(h.worst_day->date, 2024y / 10 / 27);
  EXPECT_DOUBLE_EQ(h.worst_day->value, -76.0);
  EXPECT_EQ(h.negative_days, 1);
  EXPECT_NEAR(h.mean_day_eur, 8960.0 / 366.0, 1e-12);
  EXPECT_TRUE(std::isnan(h.capture_of_bound_percent));
}

TEST(Summary, MonthsWithClockChangesKeepTheirLength) {
  const Highlights h = make_summary(worked_run().input()).highlights;
  ASSERT_EQ(h.months.size(), 12U);
  const MonthSummary& march = h.months[2];  // 31 days, one of 23 hours
  EXPECT_EQ(march.days, 31);
  EXPECT_DOUBLE_EQ(march.revenue.lines.total_eur(), 31 * 24.0 + 284.0);
  EXPECT_DOUBLE_EQ(march.net_eur, 31 * 24.0 + 276.0);
  EXPECT_NEAR(march.cycles_per_day, 0.9 / (743.0 / 24.0), 1e-15);
  EXPECT_NEAR(march.revenue.per_mw_year.total_eur(), 1028.0 / 2.0 / (743.0 / 8784.0), 1e-9);
  const MonthSummary& october = h.months[9];  // one day of 25 hours
  EXPECT_NEAR(october.cycles_per_day, 0.1125 / (745.0 / 24.0), 1e-15);
  double sum = 0.0;
  for (const MonthSummary& month : h.months) sum += month.revenue.lines.total_eur();
  EXPECT_DOUBLE_EQ(sum, 8968.0);
}

TEST(Summary, CaptureIsShownGrossAndNet) {
  MadeUpRun run = worked_run();
  run.simulation.run.capture[Market::fcr] = 0.5;
  for (DayRecord& day : run.result.days) day.revenue_eur[Market::fcr] = 12.0;
  const Summary s = make_summary(run.input());
  EXPECT_DOUBLE_EQ(s.financial.revenue.lines.market(Market::fcr), 366 * 12.0);
  EXPECT_DOUBLE_EQ(s.financial.gross.market(Market::fcr), 366 * 24.0);
  EXPECT_DOUBLE_EQ(s.trading.reserve[Product::fcr]->average_price_eur_per_mw_h, 1.0);
  EXPECT_DOUBLE_EQ(s.trading.reserve[Product::fcr]->revenue_eur, 366 * 12.0);
  EXPECT_DOUBLE_EQ(s.trading.reserve[Product::fcr]->capture_percent, 50.0);
}

TEST(Summary, CaptureAgainstTheBound) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 2);
  run.result.year[0].bound_eur = 100.0;
  run.result.year[0].bound_basis_eur = 90.0;
  EXPECT_TRUE(std::isnan(make_summary(run.input()).highlights.capture_of_bound_percent)) << "one year's bound is missing";
  run.result.year[1].bound_eur = 300.0;
  run.result.year[1].bound_basis_eur = 210.0;
  const Summary s = make_summary(run.input());
  EXPECT_DOUBLE_EQ(s.highlights.capture_of_bound_percent, 75.0);
  EXPECT_DOUBLE_EQ(s.years[1].capture_of_bound_percent, 70.0);
}

/// Hourly prices 0 … 23 by the UTC hour of the data grid: every day has all 24 values but for the days of the clock changes.
double hour_price(std::int32_t quarter) { return (quarter / 4) % 24; }

TEST(Summary, TopBottomSpreadAndItsShare) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1, hour_price);
  run.result.days[5].revenue_eur[Market::day_ahead] = 366 * 2.0 * 44.0 / 4.0;  // a quarter of TB2 = 22 + 23 − 0 − 1 per MW and day
  const PriceLevels p = make_summary(run.input()).prices;
  // The spring day lacks hour 23 of the UTC+1 count, the autumn day has hour 23 of its neighbour twice: means over 366 days stay within.
  EXPECT_NEAR(p.tb1_eur_per_mw_day, 23.0, 0.1);
  EXPECT_NEAR(p.tb2_eur_per_mw_day, 44.0, 0.1);
  EXPECT_NEAR(p.tb4_eur_per_mw_day, 80.0, 0.2);
  EXPECT_DOUBLE_EQ(p.duration_hours, 2.0);
  EXPECT_DOUBLE_EQ(p.tb_at_duration_eur_per_mw_day, p.tb2_eur_per_mw_day);
  EXPECT_NEAR(p.day_ahead_share_of_tb_percent, 25.0 * 44.0 / p.tb2_eur_per_mw_day, 1e-9);
  EXPECT_NEAR(p.day_ahead_mean_eur_per_mwh, 11.5, 0.01);
  EXPECT_DOUBLE_EQ(p.day_ahead_negative_hours, 0.0);
}

TEST(Summary, SpreadFollowsThePriceTrend) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 2, hour_price);
  run.simulation.run.price_trend_per_year[Market::day_ahead] = 0.5;
  MadeUpRun flat = empty_run(2024y / 1 / 1, 2, hour_price);
  const double with = make_summary(run.input()).prices.tb1_eur_per_mw_day;
  const double without = make_summary(flat.input()).prices.tb1_eur_per_mw_day;
  EXPECT_NEAR(with / without, (366.0 + 365.0 * 1.5) / 731.0, 1e-3);
}

TEST(Summary, GenerationSalesAreNoBatteryRevenueInTheShare) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1, hour_price);
  run.result.days[5].revenue_eur[Market::day_ahead] = 1000.0;
  run.result.days[5].generation_sales_eur = 1000.0;
  run.result.days[5].generation_sold_mwh = 20.0;
  run.result.days[5].generated_mwh = 25.0;
  const Summary s = make_summary(run.input());
  EXPECT_DOUBLE_EQ(s.prices.day_ahead_share_of_tb_percent, 0.0);
  EXPECT_DOUBLE_EQ(s.operational.generation_capture_price_eur_per_mwh, 50.0);
  EXPECT_NEAR(s.operational.base_price_eur_per_mwh, 11.5, 0.01);
  EXPECT_NEAR(s.operational.generation_capture_rate_percent, 100.0 * 50.0 / 11.5, 0.5);
  EXPECT_DOUBLE_EQ(s.financial.revenue.lines.total_eur(), 1000.0) << "of-which lines are never added again";
}

TEST(Summary, WithoutABatteryNothingIsDividedByZero) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  run.simulation.site.battery.power_mw = 0.0;
  run.simulation.site.battery.nominal_capacity_mwh = 0.0;
  const Summary s = make_summary(run.input());
  EXPECT_DOUBLE_EQ(s.operational.capacity_utilization_percent, 0.0);
  EXPECT_TRUE(std::isnan(s.financial.revenue.per_mw_year.total_eur()));
  EXPECT_TRUE(std::isnan(s.operational.average_rte_percent));
  EXPECT_TRUE(std::isnan(s.prices.duration_hours));
  EXPECT_DOUBLE_EQ(s.operational.total_cycles, 0.0);
}

// What is charged and kept, and lost with the ageing cells, is no efficiency of 0.
TEST(Summary, WithoutDischargeThereIsNoEfficiency) {
  for (const double discharged_mwh : {0.0, 4e-9}) {  // the latter is what a solver leaves of nothing
    MadeUpRun run = empty_run(2024y / 1 / 1, 1);
    run.result.days[5].charge_mwh = 8.4;
    run.result.days[5].discharge_mwh = discharged_mwh;
    run.result.year[0].energy_start_mwh = 10.0;
    run.result.year[0].energy_end_mwh = 17.0;
    const Summary s = make_summary(run.input());
    EXPECT_TRUE(std::isnan(s.operational.average_rte_percent));
    EXPECT_FALSE(s.financial.lcos_eur_per_mwh.has_value());
    EXPECT_THAT(summary_text(s), testing::Not(testing::ContainsRegex("Round-trip efficiency +0")));
    EXPECT_TRUE(std::isnan(s.years.front().average_rte_percent));
  }
}

TEST(Summary, NoCapexHasAReason) {
  const Financial f = make_summary(empty_run(2024y / 1 / 1, 1).input()).financial;
  EXPECT_FALSE(f.irr_percent.has_value());
  EXPECT_FALSE(f.roi_percent.has_value());
  EXPECT_EQ(f.irr_reason, "no_capex");
  EXPECT_EQ(f.roi_reason, "no_capex");
}

std::vector<std::string> codes(const std::vector<Notice>& notices) {
  std::vector<std::string> list;
  for (const Notice& n : notices) list.push_back(n.code);
  return list;
}

TEST(Summary, NoticesSayWhatMustBeSaid) {
  EXPECT_TRUE(make_summary(empty_run(2024y / 1 / 1, 1).input()).notices.empty());
  MadeUpRun run = busy_run(2024y / 1 / 1, 3);  // data end with 2025
  run.economics.life_years = 10;
  const Summary s = make_summary(run.input());
  EXPECT_THAT(codes(s.notices), ElementsAre("imbalance_upper_bound", "synthetic_prices", "price_years_repeated", "years_extrapolated"));
  EXPECT_EQ(std::ranges::count(s.warnings, std::string("price_years_repeated"), &Issue::code), 1);
  for (const std::string& code : codes(s.notices)) EXPECT_EQ(std::ranges::count(notice_codes, code), 1) << code;
}

TEST(Summary, YearsFollowTheProject) {
  MadeUpRun run = empty_run(2024y / 7 / 1, 2);
  for (DayRecord& day : run.result.days)
    day.revenue_eur[Market::day_ahead] = day.gross_revenue_eur[Market::day_ahead] = day.project_year == 0 ? 10.0 : 20.0;
  const Summary s = make_summary(run.input());
  ASSERT_EQ(s.years.size(), 2U);
  EXPECT_EQ(s.years[0].first_day, 2024y / 7 / 1);
  EXPECT_EQ(s.years[0].last_day, 2025y / 6 / 30);
  EXPECT_DOUBLE_EQ(s.years[0].revenue.lines.total_eur(), 3650.0);
  EXPECT_DOUBLE_EQ(s.years[1].revenue.lines.total_eur(), 7300.0);
  EXPECT_DOUBLE_EQ(s.years[1].revenue.per_mw_year.total_eur(), 3650.0);
  EXPECT_EQ(s.years[0].data_year, 2024);
  ASSERT_EQ(s.cash_flow.size(), 3U);
  EXPECT_DOUBLE_EQ(s.cash_flow[2].revenue_eur(), 7300.0);
}

TEST(Summary, SumsHoldOnRandomRuns) {
  RandomStream random(11, "summary");
  for (int i = 0; i < 5; ++i) {
    MadeUpRun run = busy_run(LocalDate(2023y / 1 / 1), 1 + i % 3);
    for (DayRecord& day : run.result.days) {
      day.solar_subsidy_eur = random.uniform(0.0, 50.0);
      day.wind_subsidy_eur = random.uniform(0.0, 50.0);
      day.cross_market_eur = random.uniform(-5.0, 5.0);
    }
    const Summary s = make_summary(run.input());
    const RevenueLines& lines = s.financial.revenue.lines;
    double markets = 0.0;
    for (const Market m : all_markets) markets += lines.market(m);
    const double total = lines.total_eur();
    EXPECT_NEAR(total, markets + lines.solar_subsidy_eur + lines.wind_subsidy_eur, 1e-9 * total);
    double years = 0.0;
    double months = 0.0;
    double days = 0.0;
    for (const YearSummary& y : s.years) years += y.revenue.lines.total_eur();
    for (const MonthSummary& m : s.highlights.months) months += m.revenue.lines.total_eur();
    for (const DayRecord& d : run.result.days) days += day_revenue_eur(d);
    EXPECT_NEAR(years, total, 1e-9 * total);
    EXPECT_NEAR(months, total, 1e-9 * total);
    EXPECT_NEAR(days, total, 1e-9 * total);
    EXPECT_NEAR(s.financial.net_revenue_eur, total - s.financial.total_opex_eur - s.financial.grid_cost_eur, 1e-6);
    EXPECT_GE(s.highlights.best_day->value, s.highlights.mean_day_eur);
    EXPECT_LE(s.highlights.worst_day->value, s.highlights.mean_day_eur);
  }
}

}  // namespace
}  // namespace bess::report
