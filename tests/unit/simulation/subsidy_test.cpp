// Subsidies where a battery can take the generation: what the dispatch sees, what the ledger pays, what the report calls it.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "fixtures.h"

namespace bess::test {
namespace {

constexpr double power_mw = 4.0;
constexpr double rate_eur_per_mwh = 40.0;

/// One day: in the first quarter 8 MW of sun at 30 EUR/MWh, in the second `next` EUR/MWh, else 0; a lossless, empty battery
/// that holds one quarter-hour of its power.
SimulationInput one_quarter_of_sun(double sun_mw, double next, bool self_charge) {
  const LocalDate start{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};
  SimulationInput input = plain_project(make_sample_prices(7, 2024), start, 1, markets_of({Market::day_ahead}));
  auto cut = std::make_shared<ProjectTimeline>(*input.timeline);
  cut->days.resize(1);
  cut->quarters = 96;
  cut->year_first_day = {0, 1};
  cut->year_first_quarter = {0, 96};
  input.timeline = cut;
  auto prices = std::make_shared<std::vector<double>>(static_cast<std::size_t>(input.prices.quarters), 0.0);
  (*prices)[static_cast<std::size_t>(cut->source[0])] = 30.0;
  (*prices)[static_cast<std::size_t>(cut->source[1])] = next;
  input.prices.column[0] = prices;
  input.prices.day_ahead_quarter_products_from = 0;  // every quarter its own position
  BatterySpec& battery = input.site.battery;
  battery.power_mw = power_mw;
  battery.nominal_capacity_mwh = 0.25 * power_mw;
  battery.min_state_of_charge = 0.0;
  battery.max_state_of_charge = 1.0;
  battery.round_trip_efficiency = 1.0;
  input.run.initial_state_of_charge = 0.0;
  input.run.keep_series = true;
  GenerationInput& generation = input.site.generation;
  generation.solar_mw.assign(96, 0.0);
  generation.solar_mw[0] = sun_mw;
  generation.solar_subsidy.rate_eur_per_mwh.assign(96, rate_eur_per_mwh);
  generation.solar_subsidy.self_charge = self_charge;
  return input;
}

struct Quarter {
  double charged_mw{0}, subsidy_eur{0}, sold_mwh{0}, self_charge_mwh{0}, revenue_eur{0};
};

Quarter first_quarter(const SimulationInput& input) {
  const SimulationResult r = simulate(input, {}, nullptr);
  const DayRecord& day = r.days.front();
  return {r.series.charge_mw[0], day.solar_subsidy_eur, day.generation_sold_mwh, day.self_charge_mwh, total_revenue(r)};
}

}  // namespace

// Charging 4 of 8 MW forgoes 30 + 40 EUR/MWh where only sales are subsidised, 30 where all generation is.
TEST(SubsidySelfCharge, OnSalesOnlyChargingLosesTheRate) {
  for (const dispatch::CrossMarket mode : {dispatch::CrossMarket::physical, dispatch::CrossMarket::netted}) {
    SimulationInput input = one_quarter_of_sun(8.0, 60.0, false);
    input.run.cross_market = mode;
    const Quarter q = first_quarter(input);
    EXPECT_NEAR(q.charged_mw, 0.0, 1e-4);
    EXPECT_NEAR(q.subsidy_eur, 0.25 * 8.0 * 40.0, 1e-2);
    EXPECT_NEAR(q.sold_mwh, 2.0, 1e-4);
    EXPECT_NEAR(q.revenue_eur, 2.0 * 30.0, 1e-2);
  }
}

TEST(SubsidySelfCharge, OnSalesOnlyADearerHourStillPays) {
  for (const dispatch::CrossMarket mode : {dispatch::CrossMarket::physical, dispatch::CrossMarket::netted}) {
    SimulationInput input = one_quarter_of_sun(8.0, 100.0, false);
    input.run.cross_market = mode;
    const Quarter q = first_quarter(input);
    EXPECT_NEAR(q.charged_mw, 4.0, 1e-4);
    EXPECT_NEAR(q.subsidy_eur, 0.25 * 4.0 * 40.0, 1e-2);  // on the 4 MW that are sold, whichever way the plan names the charging
    EXPECT_NEAR(q.sold_mwh, 1.0, 1e-4);
    EXPECT_NEAR(q.self_charge_mwh, 1.0, 1e-4);
    EXPECT_NEAR(q.revenue_eur, 1.0 * 30.0 + 1.0 * 100.0, 1e-2);
  }
}

TEST(SubsidySelfCharge, AtTheProductionMeterChargingLosesNothing) {
  const Quarter q = first_quarter(one_quarter_of_sun(8.0, 60.0, true));
  EXPECT_NEAR(q.charged_mw, 4.0, 1e-4);
  EXPECT_NEAR(q.subsidy_eur, 0.25 * 8.0 * 40.0, 1e-2);
  EXPECT_NEAR(q.sold_mwh, 1.0, 1e-4);
}

// At a price of −50 the rate of 40 doesn't save the sun: it is curtailed, and charging loses nothing.
TEST(SubsidySelfCharge, WhereCurtailingPaysThereIsNothingToLose) {
  SimulationInput input = one_quarter_of_sun(8.0, 0.0, false);
  auto prices = std::make_shared<std::vector<double>>(*input.prices.column[0]);
  (*prices)[static_cast<std::size_t>(input.timeline->source[0])] = -50.0;
  input.prices.column[0] = prices;
  const Quarter q = first_quarter(input);
  EXPECT_NEAR(q.charged_mw, 4.0, 1e-4);
  EXPECT_NEAR(q.subsidy_eur, 0.0, 1e-2);
  EXPECT_NEAR(q.revenue_eur, 50.0, 1e-2);
}

// 1 MW of sun, 4 MW of battery: the meter takes 1 MW from the sun, 3 from the grid, and nothing is sold. All of it costs
// 4·30 + 1·40 = 160 EUR/h, so it pays from 40 EUR/MWh on: not at 39, at 41 fully.
TEST(SubsidySelfCharge, LittleSunIsLostFirst) {
  EXPECT_NEAR(first_quarter(one_quarter_of_sun(1.0, 39.0, false)).subsidy_eur, 10.0, 1e-2);
  const Quarter q = first_quarter(one_quarter_of_sun(1.0, 41.0, false));
  EXPECT_NEAR(q.charged_mw, 4.0, 1e-4);
  EXPECT_NEAR(q.subsidy_eur, 0.0, 1e-2);
  EXPECT_NEAR(q.self_charge_mwh, 0.25, 1e-4);
}

// The same behind a connection that gives 1 MW: at most 2 MW are charged, which costs 2·30 + 1·40 = 100 EUR/h, so it pays from 50 EUR/MWh
// on. A plan that spread the loss over the battery's 4 MW would charge from 40 on.
TEST(SubsidySelfCharge, WhatCanBeDrawnDecidesHowFastTheRateIsLost) {
  for (const dispatch::CrossMarket mode : {dispatch::CrossMarket::physical, dispatch::CrossMarket::netted}) {
    for (const double next : {45.0, 49.0, 51.0}) {
      SimulationInput input = one_quarter_of_sun(1.0, next, false);
      input.site.connection.import_limit_mw = 1.0;
      input.run.cross_market = mode;
      const Quarter q = first_quarter(input);
      EXPECT_NEAR(q.charged_mw, next > 50.0 ? 2.0 : 0.0, 1e-4) << next;
      EXPECT_NEAR(q.subsidy_eur, next > 50.0 ? 0.0 : 10.0, 1e-2) << next;
    }
  }
}

// Half sun with its rate at the production meter, half wind with its rate on sales: charging 4 of 8 MW forgoes 30 and, of the wind
// alone, half of 40. It does not pay at a next price of 49, and does at 51; the sun's subsidy stays whole either way, for whichever
// generator the two rules are given.
TEST(SubsidySelfCharge, SunAndWindEachKeepTheirOwnRule) {
  for (const dispatch::CrossMarket mode : {dispatch::CrossMarket::physical, dispatch::CrossMarket::netted}) {
    for (const bool solar_keeps : {true, false}) {
      for (const double next : {49.0, 51.0}) {
        SimulationInput input = one_quarter_of_sun(4.0, next, solar_keeps);
        GenerationInput& generation = input.site.generation;
        generation.wind_mw = generation.solar_mw;
        generation.wind_subsidy = generation.solar_subsidy;
        generation.wind_subsidy.self_charge = !solar_keeps;
        input.run.cross_market = mode;
        const SimulationResult r = simulate(input, {}, nullptr);
        const double charged_mw = next > 50.0 ? 4.0 : 0.0;
        const double whole_eur = 0.25 * 4.0 * 40.0;
        const double on_sales_eur = 0.25 * (4.0 - 0.5 * charged_mw) * 40.0;
        EXPECT_NEAR(r.series.charge_mw[0], charged_mw, 1e-4) << next;
        EXPECT_NEAR(r.days.front().solar_subsidy_eur, solar_keeps ? whole_eur : on_sales_eur, 1e-2) << next;
        EXPECT_NEAR(r.days.front().wind_subsidy_eur, solar_keeps ? on_sales_eur : whole_eur, 1e-2) << next;
        EXPECT_NEAR(r.provenance.total_bound_eur, total_revenue(r) + whole_eur + on_sales_eur, 1e-2) << "plan and ledger agree";
      }
    }
  }
}

namespace {

/// Two years at 100 EUR/MWh with 4 and 1 MW of sun in the first `sunny` quarters of each, a rate of 40 and 30, no battery.
SimulationInput two_years_of_sun(double cap_mwh, double bank_share) {
  const LocalDate start{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};
  SimulationInput input = plain_project(make_sample_prices(7, 2024), start, 2, markets_of({Market::day_ahead}));
  input.prices.column[0] = std::make_shared<std::vector<double>>(static_cast<std::size_t>(input.prices.quarters), 100.0);
  input.site.battery.power_mw = 0.0;
  constexpr std::size_t sunny = 40;  // ten hours: 40 MWh, then 10 MWh
  GenerationInput& generation = input.site.generation;
  generation.solar_mw.assign(static_cast<std::size_t>(input.timeline->quarters), 0.0);
  SubsidyInput& subsidy = generation.solar_subsidy;
  subsidy.rate_eur_per_mwh.assign(generation.solar_mw.size(), 40.0);
  const auto second = static_cast<std::size_t>(input.timeline->year_first_quarter[1]);
  for (std::size_t q = 0; q < sunny; ++q) {
    generation.solar_mw[q] = 4.0;
    generation.solar_mw[second + q] = 1.0;
  }
  for (std::size_t q = second; q < subsidy.rate_eur_per_mwh.size(); ++q) subsidy.rate_eur_per_mwh[q] = 30.0;
  subsidy.year_rate_eur_per_mwh = {40.0, 30.0};
  subsidy.max_subsidised_mwh = {cap_mwh, cap_mwh};
  subsidy.bank_share = bank_share;
  return input;
}

std::array<double, 2> subsidy_by_year(const SimulationResult& r) {
  std::array<double, 2> eur{};
  for (const DayRecord& day : r.days) eur[static_cast<std::size_t>(day.project_year)] += day.solar_subsidy_eur;
  return eur;
}

}  // namespace

// A cap of 20 MWh: year 1 makes 40, is paid 20 and has 20 too many; year 2 makes 10 and has room for 10. A quarter of the cap may be
// banked, 5 MWh, and is paid at the second year's rate on its last day; all of the cap: 20, of which 10 find room.
TEST(SubsidyBanking, ExcessIsPaidWhereALaterCapHasRoom) {
  EXPECT_NEAR(subsidy_by_year(simulate(two_years_of_sun(20.0, 0.0), {}, nullptr))[1], 10.0 * 30.0, 1e-3);
  for (const bool parallel : {false, true}) {
    SimulationInput input = two_years_of_sun(20.0, 0.25);
    input.run.parallel_years = parallel;
    const SimulationResult quarter = simulate(input, {}, nullptr);
    EXPECT_NEAR(subsidy_by_year(quarter)[0], 20.0 * 40.0, 1e-3);
    EXPECT_NEAR(subsidy_by_year(quarter)[1], (10.0 + 5.0) * 30.0, 1e-3);
    EXPECT_NEAR(quarter.days.back().solar_subsidy_eur, 5.0 * 30.0, 1e-3);
    EXPECT_NEAR(quarter.solar_subsidised[0].beyond_cap_mwh, 20.0, 1e-4);
  }
  const SimulationResult all = simulate(two_years_of_sun(20.0, 1.0), {}, nullptr);
  EXPECT_NEAR(subsidy_by_year(all)[1], (10.0 + 10.0) * 30.0, 1e-3);
}

}  // namespace bess::test
