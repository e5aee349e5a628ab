#include "finance/finance.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bess::finance {
namespace {

constexpr double six_digits = 5.0001e-7;  // a value ending in …5 is rounded either way

/// The reference project: 15 years, all simulated, health falling by 2.095 points a year, new cells after year 10.
FinanceInput reference_project() {
  FinanceInput input;
  input.life_years = 15;
  input.economics.discount_rate = 0.07;
  input.economics.inflation = 0.02;
  input.economics.capex_eur = 2'000'000;
  input.economics.opex_eur_per_year = 40'000;
  input.economics.replacement_cost_eur = 600'000;
  input.economics.replacement_cost_decline = 1.0 - 1.0 / 1.02;
  for (int year = 1; year <= 15; ++year) {
    const int age = year <= 10 ? year - 1 : year - 11;
    const double health = 1.0 - age * (365 * 3e-5 + 0.01);
    SimulatedYear entry;
    entry.market_revenue_eur = 420'000 * health;
    entry.state_of_health = health;
    entry.capacity_mwh = 10 * health;
    entry.equivalent_full_cycles = 365;
    entry.discharge_mwh = 10 * 0.8 * 365 * health;
    entry.charge_mwh = entry.discharge_mwh / 0.9;
    entry.charging_cost_eur = 40 * entry.charge_mwh;
    entry.replacements = year == 10 ? 1 : 0;
    input.simulated.push_back(entry);
  }
  return input;
}

FinanceInput plain_project(double capex_eur, const std::vector<double>& revenue_eur, double rate) {
  FinanceInput input;
  input.life_years = static_cast<int>(revenue_eur.size());
  input.economics.discount_rate = rate;
  input.economics.capex_eur = capex_eur;
  for (const double revenue : revenue_eur) {
    input.simulated.emplace_back();
    input.simulated.back().market_revenue_eur = revenue;
    input.simulated.back().capacity_mwh = 10;
  }
  return input;
}

TEST(Evaluate, FiveEqualYears) {
  const FinanceResult result = evaluate(plain_project(1000, {300, 300, 300, 300, 300}, 0.05));
  EXPECT_NEAR(result.net_present_value_eur, 298.843001, six_digits);
  EXPECT_NEAR(result.internal_rate.rate.value(), 0.152382, six_digits);
  EXPECT_NEAR(result.return_on_investment.value(), 0.5, 1e-12);
  EXPECT_NEAR(result.payback_years.value(), 3.333333, six_digits);
  EXPECT_NEAR(result.discounted_payback_years.value(), 3.741563, six_digits);
  EXPECT_NEAR(result.simple_payback_years.value(), 1000.0 / 300.0, 1e-12);
  FinanceInput mid = plain_project(1000, {300, 300, 300, 300, 300}, 0.05);
  mid.economics.timing = Timing::mid_year;
  EXPECT_NEAR(evaluate(mid).net_present_value_eur, 330.918029, six_digits);
}

TEST(Evaluate, ReferenceProject) {
  const FinanceResult result = evaluate(reference_project());
  const auto flow = [&](std::size_t year) { return result.cash_flow[year].net_cash_flow_eur; };
  EXPECT_DOUBLE_EQ(flow(0), -2'000'000.0);
  EXPECT_NEAR(flow(1), 380'000.0, 1e-9);
  EXPECT_NEAR(flow(5), 341'506.713600, six_digits);
  EXPECT_NEAR(flow(10), -306'994.702745, six_digits);
  EXPECT_NEAR(flow(11), 371'240.223200, six_digits);
  EXPECT_NEAR(flow(15), 332'024.849477, six_digits);
  EXPECT_NEAR(result.net_present_value_eur, 832'485.597732, six_digits);
  EXPECT_NEAR(result.internal_rate.rate.value(), 0.137228, six_digits);
  EXPECT_NEAR(result.cash_flow.back().cumulative_eur, 2'524'318.323352, 1e-6);
  EXPECT_NEAR(result.payback_years.value(), 5.591100, six_digits);
  EXPECT_NEAR(100.0 * result.return_on_investment.value(), 126.215916, six_digits);
  EXPECT_NEAR(result.discounted_payback_years.value(), 7.515246, six_digits);
  EXPECT_NEAR(result.cash_flow[10].replacement_eur, 600'000.0, 1e-6);
}

TEST(Evaluate, ReferenceProjectWithoutDeclineOfTheReplacement) {
  FinanceInput input = reference_project();
  input.economics.replacement_cost_decline = 0;
  const FinanceResult result = evaluate(input);
  EXPECT_NEAR(result.cash_flow[10].replacement_eur, 717'055.54, 5e-3);
  EXPECT_NEAR(result.cash_flow[10].net_cash_flow_eur, -424'050.24, 5e-3);
  EXPECT_NEAR(result.net_present_value_eur, 772'980.50, 5e-3);
  EXPECT_NEAR(result.internal_rate.rate.value(), 0.133634, six_digits);
}

TEST(Evaluate, LevelisedCostOfStorage) {
  const FinanceInput input = reference_project();
  const FinanceResult result = evaluate(input);
  EXPECT_NEAR(result.levelised_cost_eur_per_mwh.value(), 154.524044, six_digits);
  EXPECT_NEAR(result.levelised_cost_without_charging_eur_per_mwh.value(), 110.079600, six_digits);
  double denominator_mwh = 0;
  for (const CashFlowRow& row : result.cash_flow) denominator_mwh += row.discharge_mwh * std::pow(1.07, -row.year);
  EXPECT_NEAR(denominator_mwh, 24'661.843590, six_digits);
}

TEST(Evaluate, PublishedCaseOfAGrowingIncome) {
  std::vector<double> income;
  for (int year = 1; year <= 10; ++year) income.push_back(167'621.63 * std::pow(1.02, year - 1));
  const FinanceResult result = evaluate(plain_project(1'600'000, income, 0.07));
  EXPECT_NEAR(result.net_present_value_eur, -324'985.9, 0.05);
  EXPECT_NEAR(result.simple_payback_years.value(), 9.5453, 5e-5);
  EXPECT_NEAR(result.payback_years.value(), 8.8213, 5e-5);
  EXPECT_FALSE(result.discounted_payback_years.has_value());
}

TEST(Evaluate, NoCapexHasNoRate) {
  const FinanceResult result = evaluate(plain_project(0, {300, 300}, 0.05));
  EXPECT_FALSE(result.internal_rate.rate.has_value());
  EXPECT_EQ(reason_code(result.internal_rate.reason), "no_capex");
  EXPECT_FALSE(result.return_on_investment.has_value());
  EXPECT_FALSE(result.payback_years.has_value());
  EXPECT_FALSE(result.simple_payback_years.has_value());
  EXPECT_GT(result.net_present_value_eur, 0.0);
}

TEST(Evaluate, OnlyLossesHaveNoRateButAReturn) {
  const FinanceResult result = evaluate(plain_project(100, {-1, -1}, 0.05));
  EXPECT_EQ(reason_code(result.internal_rate.reason), "no_sign_change");
  EXPECT_DOUBLE_EQ(result.return_on_investment.value(), -1.02);
  EXPECT_FALSE(result.payback_years.has_value());
  EXPECT_FALSE(result.simple_payback_years.has_value());
  EXPECT_FALSE(result.levelised_cost_eur_per_mwh.has_value()) << "nothing was discharged";
}

TEST(Evaluate, FeeOpexGridAndAugmentation) {
  FinanceInput input = plain_project(1000, {500, -100}, 0.05);
  input.economics.optimiser_fee = 0.1;
  input.economics.opex_eur_per_year = 40;
  input.economics.augmentation = {{.project_year = 2, .cost_eur = 70}};
  input.simulated[0].solar_subsidy_eur = 11;
  input.simulated[0].wind_subsidy_eur = 4;
  input.simulated[0].grid_standing_eur = 3;
  input.simulated[0].grid_energy_eur = 2;
  input.simulated[0].energy_tax_eur = 1;
  const FinanceResult result = evaluate(input);
  const CashFlowRow& one = result.cash_flow[1];
  EXPECT_DOUBLE_EQ(one.optimiser_fee_eur, 50.0) << "on market revenue, not on subsidy";
  EXPECT_DOUBLE_EQ(one.grid_cost_eur, 6.0);
  EXPECT_DOUBLE_EQ(one.grid_standing_eur + one.grid_contracted_eur + one.grid_peak_eur + one.grid_energy_eur + one.energy_tax_eur, 6.0);
  EXPECT_DOUBLE_EQ(one.net_cash_flow_eur, 500 + 15 - 50 - 40 - 6.0);
  const CashFlowRow& two = result.cash_flow[2];
  EXPECT_EQ(two.optimiser_fee_eur, 0.0) << "no fee on a loss";
  EXPECT_DOUBLE_EQ(two.opex_eur, 40 * 1.02);
  EXPECT_DOUBLE_EQ(two.augmentation_eur, 70.0);
  EXPECT_DOUBLE_EQ(result.total_revenue_eur, 415.0);
  EXPECT_DOUBLE_EQ(result.total_opex_eur, 50 + 40 + 40 * 1.02);
  EXPECT_DOUBLE_EQ(result.total_grid_cost_eur, 6.0);
  EXPECT_DOUBLE_EQ(result.net_revenue_eur, 415.0 - 130.8 - 6.0);
}

TEST(Extrapolation, RepeatsTheSimulatedYearsInOrder) {
  EXPECT_EQ(repeated_year(4, 3), 1);
  EXPECT_EQ(repeated_year(5, 3), 2);
  EXPECT_EQ(repeated_year(6, 3), 3);
  EXPECT_EQ(repeated_year(7, 3), 1);
  for (int n = 1; n <= 6; ++n) {
    for (int y = n + 1; y <= 25; ++y) {
      const int remainder = (((n - y) % n) + n) % n;  // the mathematical n − y mod n
      EXPECT_EQ(repeated_year(y, n), n - remainder);
    }
  }
}

TEST(Extrapolation, ScalesWithHealthAndEscalatesTheGrid) {
  FinanceInput input = plain_project(1000, {100, 200}, 0.05);
  input.life_years = 5;
  input.simulated[0].capacity_mwh = 10;
  input.simulated[1].capacity_mwh = 9;
  input.simulated[1].state_of_health = 0.9;
  input.simulated[0].discharge_mwh = 50;
  input.simulated[0].charge_mwh = 60;
  input.simulated[0].solar_subsidy_eur = 10;
  input.simulated[0].grid_standing_eur = 5;
  input.simulated[0].grid_energy_eur = 4;
  input.simulated[0].energy_tax_eur = 2;
  input.economics.grid_yearly_increase = 0.1;
  input.economics.solar_subsidy_years = 4;
  input.economics.replacement_cost_eur = 300;
  input.economics.replacement_cost_decline = 0.05;
  input.beyond = {{.state_of_health = 0.8, .capacity_mwh = 8},
                  {.state_of_health = 0.7, .capacity_mwh = 7, .replacements = 1},
                  {.state_of_health = 1.0, .capacity_mwh = 10}};
  const FinanceResult result = evaluate(input);
  ASSERT_EQ(result.cash_flow.size(), 6U);
  EXPECT_FALSE(result.cash_flow[2].extrapolated);
  const CashFlowRow& three = result.cash_flow[3];
  EXPECT_TRUE(three.extrapolated);
  EXPECT_EQ(three.repeats_year, 1);
  EXPECT_DOUBLE_EQ(three.market_revenue_eur, 80.0);
  EXPECT_DOUBLE_EQ(three.discharge_mwh, 40.0);
  EXPECT_DOUBLE_EQ(three.charge_mwh, 48.0);
  EXPECT_DOUBLE_EQ(three.subsidy_eur, 10.0) << "the sun does not age with the battery";
  EXPECT_NEAR(three.grid_cost_eur, 1.21 * (5 + 4 * 0.8) + 2 * 0.8, 1e-12);
  EXPECT_NEAR(three.grid_standing_eur, 1.21 * 5, 1e-12);
  EXPECT_NEAR(three.grid_energy_eur, 1.21 * 4 * 0.8, 1e-12);
  EXPECT_NEAR(three.energy_tax_eur, 2 * 0.8, 1e-12);
  const CashFlowRow& four = result.cash_flow[4];
  EXPECT_EQ(four.repeats_year, 2);
  EXPECT_NEAR(four.market_revenue_eur, 200.0 * 7 / 9, 1e-12);
  EXPECT_NEAR(four.replacement_eur, 300 * std::pow(0.95, 3) * std::pow(1.02, 3), 1e-9);
  EXPECT_EQ(result.cash_flow[5].subsidy_eur, 0.0) << "the grant has ended";
  EXPECT_DOUBLE_EQ(result.cash_flow[5].market_revenue_eur, 100.0);
  EXPECT_DOUBLE_EQ(result.total_revenue_eur, 310.0) << "totals cover the simulated years";
}

TEST(Extrapolation, ASiteWithoutBatteryRepeatsItsRevenue) {
  FinanceInput input = plain_project(1000, {100}, 0.05);
  input.life_years = 2;
  input.simulated[0].capacity_mwh = 0;
  input.beyond = {{.state_of_health = 1.0, .capacity_mwh = 0}};
  EXPECT_DOUBLE_EQ(evaluate(input).cash_flow[2].market_revenue_eur, 100.0);
}

}  // namespace
}  // namespace bess::finance
