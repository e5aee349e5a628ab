#include "asset/grid_cost.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace bess {
namespace {
constexpr std::array peaks{4.2, 4.0, 5.0, 3.1, 2.8, 4.9, 5.0, 4.4, 3.9, 4.1, 4.7, 4.8};
}

TEST(GridCost, YearOfAMediumVoltageConnection) {
  GridCostSpec spec{.standing_charge_eur_per_year = 441.0,
                    .contracted_mw = 5.0,
                    .contracted_eur_per_kw_year = 30.0,
                    .monthly_peak_eur_per_kw_month = 3.5};
  const GridCost cost = grid_cost(spec, {.monthly_peak_mw = peaks}, 1);
  EXPECT_NEAR(cost.total_eur(), 328591.0, 1e-6);
  EXPECT_NEAR(cost.peak_eur, 50.9 * 3500.0, 1e-6);
  EXPECT_NEAR(grid_cost(spec, {.monthly_peak_mw = peaks}, 3).total_eur(), 328591.0 * 1.02 * 1.02, 1e-6);
}

TEST(GridCost, FixedMaximumReplacesTheMeasuredPeaks) {
  GridCostSpec spec{.monthly_peak_eur_per_kw_month = 2.0, .maximum_mw = 6.0};
  EXPECT_NEAR(grid_cost(spec, {.monthly_peak_mw = peaks}, 1).peak_eur, 12 * 6.0 * 2000.0, 1e-9);
}

TEST(GridCost, TransportedEnergyAndTax) {
  GridCostSpec spec{.transported_energy_eur_per_mwh = 9.3, .yearly_increase = 0.1, .energy_tax = dutch_energy_tax(2025)};
  const GridCost cost = grid_cost(spec, {.monthly_peak_mw = {}, .imported_mwh = 1000.0, .taxed_mwh = 30.0}, 2);
  EXPECT_NEAR(cost.transport_eur, 9300.0 * 1.1, 1e-9);
  EXPECT_NEAR(cost.energy_tax_eur, 1015.4 + 20 * 69.37, 1e-9);
  EXPECT_NEAR(import_fee_eur_per_mwh(spec, 2, 30.0), 9.3 * 1.1 + 69.37, 1e-12);
}

TEST(GridCost, EnergyTaxBrackets) {
  const auto brackets = dutch_energy_tax(2025);
  EXPECT_NEAR(energy_tax_eur(brackets, 12000.0), 395076.2, 1e-6);
  EXPECT_NEAR(energy_tax_eur(brackets, 10.0), 1015.4, 1e-9);
  EXPECT_EQ(energy_tax_eur(brackets, 0.0), 0.0);
  EXPECT_NEAR(energy_tax_eur(dutch_energy_tax(2026), 10.0), 916.0, 1e-9);
  EXPECT_EQ(energy_tax_eur({}, 100.0), 0.0);
  EXPECT_EQ(marginal_energy_tax_eur_per_mwh(brackets, 20000.0), 3.21);
  EXPECT_EQ(marginal_energy_tax_eur_per_mwh({}, 5.0), 0.0);
}

TEST(GridCost, PresetFillsOnlyWhatTheRequestLacks) {
  GridCostRequest request;
  request.tariff_name = "ms-d";
  request.standing_charge_eur_per_year = 500.0;
  request.contracted_eur_per_kw_year = 12.0;
  request.contracted_mw = 5.0;
  Issues issues;
  const GridCostSpec spec = resolve_grid_cost(request, 2025, issues);
  EXPECT_TRUE(issues.empty());
  EXPECT_EQ(spec.standing_charge_eur_per_year, 500.0);
  EXPECT_EQ(spec.contracted_eur_per_kw_year, 12.0);
  EXPECT_EQ(spec.monthly_peak_eur_per_kw_month, 3.5);
  EXPECT_EQ(spec.transported_energy_eur_per_mwh, 0.0);
}

TEST(GridCost, PresetsAreDated) {
  EXPECT_EQ(find_tariff("MS-D", 2016)->year, 2015);
  EXPECT_EQ(find_tariff("MS-D", 2030)->year, 2025);
  EXPECT_EQ(find_tariff("MS-D", 2019)->year, 2015);
  EXPECT_EQ(find_tariff("MS-D", 2020)->year, 2025);
  EXPECT_EQ(find_tariff("MS-D", 2024)->year, 2025);
  EXPECT_EQ(find_tariff("MS-D", 2000)->year, 2015);
  EXPECT_EQ(find_tariff("HT/LT", 2025), nullptr);
}

TEST(GridCost, UnknownTariffAddsNothingAndWarns) {
  GridCostRequest request;
  request.tariff_name = "HT/LT";
  Issues issues;
  const GridCostSpec spec = resolve_grid_cost(request, 2025, issues);
  ASSERT_EQ(issues.all().size(), 1U);
  EXPECT_FALSE(issues.has_errors());
  EXPECT_EQ(issues.all().front().code, "unknown_tariff");
  EXPECT_EQ(grid_cost(spec, {.monthly_peak_mw = peaks, .imported_mwh = 100.0}, 5).total_eur(), 0.0);
}

TEST(GridCost, BadNumbersAreAllNamed) {
  GridCostRequest request;
  request.standing_charge_eur_per_year = -1.0;
  request.maximum_mw = std::numeric_limits<double>::quiet_NaN();
  request.yearly_increase = -1.0;
  Issues issues;
  (void)resolve_grid_cost(request, 2025, issues);
  EXPECT_EQ(issues.errors().size(), 3U);
  for (const auto& issue : issues.errors()) EXPECT_EQ(issue.code, "out_of_range");
}

}  // namespace bess
