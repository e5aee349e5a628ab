// Decisions know what the view believes and nothing else: under a fixed view all realised prices may turn to noise, and every decision and
// position keeps its bytes, while the money is booked at what came true.
#include <gtest/gtest.h>

#include <random>

#include "fixtures.h"

namespace bess {
namespace {

using test::cut_to;
using test::markets_of;
using test::plain_project;

SimulationInput project(Strategy strategy, const MarketSet& markets) {
  SimulationInput input =
      plain_project(make_sample_prices(5, 2024), LocalDate{std::chrono::year{2024}, std::chrono::June, std::chrono::day{3}}, 1, markets);
  input.run.strategy = strategy;
  input.run.keep_series = true;
  input.site.battery.degradation.fade_per_cycle = 1e-4;
  input.site.connection = {8.0, 9.0};
  return cut_to(std::move(input), 10);
}

/// Every price replaced, each market's otherwise.
PriceSet noise(const PriceSet& prices) {
  PriceSet other = prices;
  std::mt19937 chance(7);
  std::normal_distribution<double> price(60.0, 90.0);
  for (SharedColumn& column : other.column) {
    if (!column) continue;
    auto values = std::make_shared<std::vector<double>>(column->size());
    for (double& value : *values) value = price(chance);
    column = std::move(values);
  }
  return other;
}

void expect_same_decisions(const SimulationResult& a, const SimulationResult& b) {
  EXPECT_EQ(a.series.charge_mw, b.series.charge_mw);
  EXPECT_EQ(a.series.grid_charge_mw, b.series.grid_charge_mw);
  EXPECT_EQ(a.series.self_charge_mw, b.series.self_charge_mw);
  EXPECT_EQ(a.series.discharge_mw, b.series.discharge_mw);
  EXPECT_EQ(a.series.curtailed_mw, b.series.curtailed_mw);
  EXPECT_EQ(a.series.stored_energy_mwh, b.series.stored_energy_mwh);
  EXPECT_EQ(a.series.state_of_health, b.series.state_of_health);
  EXPECT_EQ(a.series.reserve_mw, b.series.reserve_mw);
  EXPECT_EQ(a.series.position_mw, b.series.position_mw);
  EXPECT_EQ(a.provenance.lps, b.provenance.lps);
}

void expect_seam(const SimulationInput& input, const char* what) {
  SCOPED_TRACE(what);
  SimulationInput other = input;
  other.prices = noise(input.prices);
  const RealisedView view(price_source(input));
  const SimulationResult known = simulate(input, view, {}, nullptr);
  const SimulationResult surprised = simulate(other, view, {}, nullptr);
  expect_same_decisions(known, surprised);
  EXPECT_GT(std::abs(test::total_revenue(known) - test::total_revenue(surprised)), 1.0) << "the money is booked at realised prices";
  double traded = 0.0;
  for (const double mw : known.series.discharge_mw) traded += mw;
  EXPECT_GT(traded, 1.0) << "there is something to decide";
  // The same run without the view believes the noise, and decides otherwise.
  EXPECT_NE(simulate(other, {}, nullptr).series.discharge_mw, known.series.discharge_mw);
}

TEST(InformationView, NoDecisionReadsARealisedPrice) {
  const MarketSet all = markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr});
  for (const StrategyInfo& strategy : strategy_table) {
    SimulationInput input = project(strategy.id, all);
    expect_seam(input, strategy.name.data());
    input.run.cross_market = dispatch::CrossMarket::netted;
    expect_seam(input, "netted");
  }
}

TEST(InformationView, NorDoPeaksGenerationAndCaps) {
  SimulationInput input = project(Strategy::rolling_lp, markets_of({Market::day_ahead, Market::imbalance}));
  input.site.peak_tariff_eur_per_mw = {500.0};
  expect_seam(input, "peak tariff");
  input.site.peak_tariff_eur_per_mw.clear();
  input.site.generation.solar_mw.assign(static_cast<std::size_t>(input.timeline->quarters), 3.0);
  expect_seam(input, "generation");
  input.run.generation_in_dispatch = false;
  expect_seam(input, "generation afterwards");
  input.run.max_mw[Product::imbalance] = 2.0;
  expect_seam(input, "capped imbalance");
}

}  // namespace
}  // namespace bess
