// A connection that changes with time, and generation that the plan does not know: what crosses the meter, and who is paid.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>

#include "fixtures.h"

namespace bess::test {
namespace {

constexpr LocalDate new_year{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};
constexpr LocalDate june{std::chrono::year{2024}, std::chrono::June, std::chrono::day{1}};
const std::initializer_list<Market> with_reserves{Market::day_ahead, Market::intraday, Market::afrr, Market::fcr};

struct Way {
  const char* name;
  Strategy strategy;
  dispatch::CrossMarket cross_market;
};
constexpr Way ways[]{{"rolling_lp", Strategy::rolling_lp, dispatch::CrossMarket::physical},
                     {"netted", Strategy::rolling_lp, dispatch::CrossMarket::netted},
                     {"lp", Strategy::lp, dispatch::CrossMarket::physical},
                     {"sequential_lp", Strategy::sequential_lp, dispatch::CrossMarket::physical}};

/// Some June days of a 10 MW / 20 MWh battery and 12 MWp of sun behind 11 MW each way.
SimulationInput park(const Way& way, std::initializer_list<Market> markets, int days) {
  SimulationInput input = cut_to(plain_project(make_sample_prices(7, 2024), june, 1, markets_of(markets)), days);
  input.site.connection = {11.0, 11.0};
  input.run.strategy = way.strategy;
  input.run.cross_market = way.cross_market;
  input.run.keep_series = true;
  auto& sun = input.site.generation.solar_mw;
  sun.resize(static_cast<std::size_t>(input.timeline->quarters));
  for (std::size_t q = 0; q < sun.size(); ++q) sun[q] = 12.0 * std::max(0.0, std::sin(M_PI * (static_cast<double>(q % 96) - 20.0) / 60.0));
  return input;
}

/// 17 to 20 o'clock nothing may be drawn; noon to 14 o'clock a quarter may be fed in; at night both are halved.
void limit_hours(SimulationInput& input) {
  const auto n = static_cast<std::size_t>(input.timeline->quarters);
  input.site.import_limit_factor.assign(n, 1.0);
  input.site.export_limit_factor.assign(n, 1.0);
  for (std::size_t q = 0; q < n; ++q) {
    const std::size_t hour = q % 96 / 4;
    if (hour >= 17 && hour < 20) input.site.import_limit_factor[q] = 0.0;
    if (hour >= 12 && hour < 14) input.site.export_limit_factor[q] = 0.25;
    if (hour < 4) input.site.import_limit_factor[q] = input.site.export_limit_factor[q] = 0.5;
  }
}

/// What the meter shows, and what it would show if all reserve that was sold were called.
void expect_within_limits(const SimulationInput& input, const SimulationResult& r, const std::string& what, double tolerance = 2e-5) {
  const SeriesColumns& s = r.series;
  const std::vector<double>& afrr_up_mw = s.reserve_mw[Product::afrr_up];
  const std::vector<double>& afrr_down_mw = s.reserve_mw[Product::afrr_down];
  const std::vector<double>& fcr_mw = s.reserve_mw[Product::fcr];
  const double f = input.run.reserve_duties[Product::fcr].power_factor;
  for (std::size_t q = 0; q < static_cast<std::size_t>(r.quarters); ++q) {
    const double export_mw = input.site.connection.export_limit_mw * input.site.export_limit_factor[q];
    const double import_mw = input.site.connection.import_limit_mw * input.site.import_limit_factor[q];
    ASSERT_LE(s.net_export_mw[q] + afrr_up_mw[q] + f * fcr_mw[q], export_mw + tolerance) << what << ' ' << q;
    ASSERT_LE(-s.net_export_mw[q] + afrr_down_mw[q] + f * fcr_mw[q], import_mw + tolerance) << what << ' ' << q;
    ASSERT_NEAR(s.net_export_mw[q], s.discharge_mw[q] - s.charge_mw[q] + s.generation_mw[q] - s.curtailed_mw[q], tolerance)
        << what << ' ' << q;
    ASSERT_GE(s.curtailed_mw[q], -tolerance) << what << ' ' << q;
  }
}

double traded_eur(const SimulationResult& r) {
  double sum = 0.0;
  for (const DayRecord& day : r.days) {
    sum += day.revenue_eur[Market::day_ahead] + day.revenue_eur[Market::intraday] + day.revenue_eur[Market::imbalance];
  }
  return sum;
}

}  // namespace

TEST(ChangingConnection, IsKeptInEveryQuarterReservesIncluded) {
  for (const Way& way : ways) {
    SimulationInput input = park(way, with_reserves, 6);
    const double free_eur = total_revenue(simulate(input, {}, nullptr));
    limit_hours(input);
    const SimulationResult r = simulate(input, {}, nullptr);
    expect_within_limits(input, r, way.name);
    EXPECT_EQ(r.provenance.relaxed_windows, 0) << way.name;
    EXPECT_LT(total_revenue(r), free_eur) << way.name;
    EXPECT_GT(total_revenue(r), 0.0) << way.name;
  }
}

// Behind 6 MW of export, 6.001 MW of upward reserve are sold where the battery charges 1 kW all the while: what a bid leaves of the power
// must be enough for that. And where periods are shared, the later stages share them by the rules of the first.
TEST(SequentialTrade, KeepsTheReserveThatWasSoldBehindAConnection) {
  for (const auto direction : {dispatch::Direction::exclusive, dispatch::Direction::time_shared}) {
    for (const double export_mw : {3.0, 6.0}) {
      SimulationInput input =
          cut_to(plain_project(make_sample_prices(1, 2024), new_year, 1,
                               markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr})),
                 90);
      input.site.connection = {10.0, export_mw};
      input.site.battery.availability = 0.98;
      input.run.strategy = Strategy::sequential_lp;
      input.run.dispatch.direction = direction;
      input.run.keep_series = true;
      const SimulationResult r = simulate(input, {}, nullptr);
      const auto n = static_cast<std::size_t>(r.quarters);
      input.site.import_limit_factor.assign(n, 1.0);
      input.site.export_limit_factor.assign(n, 1.0);
      // Charging that reserve depends on gives way by what the solver's tolerance adds up to before the battery is overfilled.
      expect_within_limits(input, r, fmt::format("{} MW", export_mw), 5e-4);
      EXPECT_EQ(r.provenance.relaxed_windows, 0) << export_mw;
      EXPECT_EQ(r.provenance.reserve_shortfall_mwh, 0.0) << export_mw;
      EXPECT_LT(r.provenance.total_direction_gap_eur, 5e-3 * total_revenue(r)) << export_mw;
      EXPECT_GT(total_revenue(r), 0.0);
    }
  }
}

// A year behind 3 MW of export: in one window the reserves leave room for their own plan only, and no LP of the imbalance stage's search
// has a solution within its tolerance. The plan is kept instead of the reserve given up.
TEST(SequentialTrade, GoesOnWithThePlanBeforeWhereNoOtherIsFound) {
  SimulationInput input = plain_project(make_sample_prices(1, 2024), new_year, 1,
                                        markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr}));
  input.site.connection = {9.7, 3.0};
  input.site.battery.availability = 0.98;
  input.site.battery.round_trip_efficiency = 0.88;
  input.site.battery.degradation = {.fade_per_cycle = 0.00003, .fade_per_year = 0.01};
  input.run.wear_cost_eur_per_mwh = 0.0;
  input.run.strategy = Strategy::sequential_lp;
  const SimulationResult r = simulate(input, {}, nullptr);
  EXPECT_EQ(r.provenance.relaxed_windows, 0);
  EXPECT_EQ(r.provenance.reserve_shortfall_mwh, 0.0);
}

TEST(ChangingConnection, FactorsOfOneChangeNothing) {
  for (const Way& way : ways) {
    SimulationInput input = park(way, {Market::day_ahead, Market::afrr, Market::fcr}, 6);
    const SimulationResult plain = simulate(input, {}, nullptr);
    const auto n = static_cast<std::size_t>(input.timeline->quarters);
    input.site.import_limit_factor.assign(n, 1.0);
    input.site.export_limit_factor.assign(n, 1.0);
    const SimulationResult ones = simulate(input, {}, nullptr);
    EXPECT_EQ(plain.series.net_export_mw, ones.series.net_export_mw) << way.name;
    EXPECT_EQ(plain.series.reserve_mw[Product::fcr], ones.series.reserve_mw[Product::fcr]) << way.name;
    EXPECT_EQ(total_revenue(plain), total_revenue(ones)) << way.name;
  }
}

// A battery alone that may not draw at all keeps what it has: it sells that once and stays empty.
TEST(ChangingConnection, NothingIsDrawnWhereNothingMayBe) {
  SimulationInput input = cut_to(plain_project(make_sample_prices(7, 2024), new_year, 1, markets_of({Market::day_ahead})), 6);
  input.run.keep_series = true;
  input.run.terminal = TerminalRule::none;
  input.site.import_limit_factor.assign(static_cast<std::size_t>(input.timeline->quarters), 0.0);
  const SimulationResult r = simulate(input, {}, nullptr);
  double discharged_mwh = 0.0;
  for (const DayRecord& day : r.days) {
    EXPECT_NEAR(day.charge_mwh, 0.0, 1e-6);
    discharged_mwh += day.discharge_mwh;
  }
  EXPECT_NEAR(discharged_mwh, (10.0 - 2.0) * std::sqrt(0.9), 1e-4);
}

// The original's order: the battery trades as if alone, in whatever way; every MWh of sun that the connection lets through is sold in
// the generation market beside it, and sold reserve keeps its room.
TEST(GenerationAfterwards, IsSoldHoweverTheBatteryTrades) {
  for (const Way& way : ways) {
    SimulationInput input = park(way, with_reserves, 6);
    limit_hours(input);
    input.run.generation_in_dispatch = false;
    const SimulationResult r = simulate(input, {}, nullptr);
    expect_within_limits(input, r, way.name);
    SimulationInput alone = input;
    alone.site.generation = {};
    const SimulationResult battery = simulate(alone, {}, nullptr);
    EXPECT_EQ(r.series.charge_mw, battery.series.charge_mw) << way.name;
    EXPECT_EQ(r.series.discharge_mw, battery.series.discharge_mw) << way.name;
    double sold_eur = 0.0;
    double curtailed = 0.0;
    for (std::size_t q = 0; q < static_cast<std::size_t>(r.quarters); ++q) {
      sold_eur += 0.25 * r.series.price[Product::day_ahead].sell[q] * (r.series.generation_mw[q] - r.series.curtailed_mw[q]);
      curtailed += r.series.curtailed_mw[q];
    }
    EXPECT_GT(curtailed, 0.0) << way.name;
    EXPECT_NEAR(traded_eur(r), traded_eur(battery) + sold_eur, 1e-6 * std::abs(sold_eur) + 1e-6) << way.name;
  }
}

// A joint plan could have done the same, so the bound of perfect foresight holds for the original's order too.
TEST(GenerationAfterwards, StaysBelowTheBound) {
  for (const Way& way : ways) {
    SimulationInput input = park(way, with_reserves, 6);
    input.run.generation_in_dispatch = false;
    input.run.compare_to_bound = true;
    const SimulationResult r = simulate(input, {}, nullptr);
    const YearRecord& year = r.year.front();
    EXPECT_GE(year.bound_eur, year.bound_basis_eur * (1.0 - 1e-6)) << way.name;
    EXPECT_GT(year.bound_basis_eur, 0.3 * year.bound_eur) << way.name;
  }
}

}  // namespace bess::test
