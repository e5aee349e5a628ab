#include "finance/grid_cost.h"

#include <gtest/gtest.h>

#include <array>

namespace bess::finance {
namespace {

TEST(GridCost, ContractPeaksAndStandingCharge) {
  constexpr std::array peaks_mw{4.2, 4.0, 5.0, 3.1, 2.8, 4.9, 5.0, 4.4, 3.9, 4.1, 4.7, 4.8};
  const GridTariff tariff{.standing_charge_eur_per_year = 441, .contracted_eur_per_kw_year = 30, .peak_eur_per_kw_month = 3.5};
  const GridUse use{.contracted_mw = 5, .monthly_peak_mw = peaks_mw, .import_mwh = 1000};
  EXPECT_NEAR(grid_cost(tariff, use, 1).total_eur(), 328'591.0, 1e-6);
  EXPECT_NEAR(grid_cost(tariff, use, 3).total_eur(), 328'591.0 * 1.02 * 1.02, 1e-6);
}

TEST(GridCost, TransportIsPerImportedEnergy) {
  const GridTariff tariff{.transport_eur_per_mwh = 2.5, .yearly_increase = 0.1};
  const GridCost cost = grid_cost(tariff, {.import_mwh = 1000}, 2);
  EXPECT_EQ(cost.fixed_eur, 0.0);
  EXPECT_NEAR(cost.energy_eur, 2750.0, 1e-9);
}

}  // namespace
}  // namespace bess::finance
