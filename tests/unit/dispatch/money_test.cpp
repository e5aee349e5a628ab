// What a period earns, by hand; and the LP, the direction search and the plan's value agree on it.

#include "dispatch/window/money.h"

#include <gtest/gtest.h>

#include "dispatch/window/tolerances.h"
#include "windows.h"

namespace bess::dispatch {
namespace {

/// 6 MW of sun at 40 EUR/MWh, day-ahead 50, imbalance 80 to take and 30 to feed, fees 2 in and 1 out, wear 3.
WindowProblem one_hour() {
  WindowProblem w = test::one_hour();
  w.connection = {100.0, 100.0};
  w.prices[Product::day_ahead] = test::energy_price({50.0});
  w.prices[Product::imbalance] = {.buy = {80.0}, .sell = {30.0}};
  w.prices[Product::fcr] = test::reserve_price({7.0});
  w.import_fee_eur_per_mwh = 2.0;
  w.export_fee_eur_per_mwh = 1.0;
  w.wear_cost_eur_per_mwh = 3.0;
  w.generation.available_mw = {6.0};
  w.generation.price_eur_per_mwh = {40.0};
  return w;
}

}  // namespace

TEST(Money, FeesFollowTheMeter) {
  const WindowProblem w = one_hour();
  EXPECT_EQ(fees_eur_per_h(w, 0, -4.0), 8.0);
  EXPECT_EQ(fees_eur_per_h(w, 0, 4.0), 4.0);
  EXPECT_EQ(fees_eur_per_h(w, 0, 0.0), 0.0);
  EXPECT_EQ(wear_eur_per_h(w, 5.0), 15.0);
}

TEST(Money, SubsidyOnSalesIsLostOnWhatCharges) {
  WindowProblem w = one_hour();
  EXPECT_EQ(subsidy_eur_per_h(w, 0, 5.0, 2.0), 0.0);
  w.generation.subsidy_eur_per_mwh = {10.0};
  EXPECT_EQ(subsidy_eur_per_h(w, 0, 5.0, 2.0), 50.0);
  w.generation.subsidy_on_sales_eur_per_mwh = {10.0};
  EXPECT_EQ(subsidy_eur_per_h(w, 0, 5.0, 2.0), 30.0);  // 3 MW are sold
  EXPECT_EQ(subsidy_eur_per_h(w, 0, 5.0, 9.0), 0.0);   // all of it charges
}

TEST(Money, APositionEarnsAtItsOwnProductsPrices) {
  const WindowProblem w = one_hour();
  Positions p = no_positions(1);
  p[Product::day_ahead] = {.bought_mw = {1.0}, .sold_mw = {4.0}};
  p[Product::imbalance] = {.bought_mw = {3.0}, .sold_mw = {2.0}};
  EXPECT_EQ(positions_eur_per_h(w, p, 0), 50.0 * 3.0 + 30.0 * 2.0 - 80.0 * 3.0);
  ReserveLevel held;
  held[Product::fcr] = 2.0;
  held[Product::afrr_up] = 5.0;  // not traded: no price
  EXPECT_EQ(reserve_eur_per_h(w, 0, held), 14.0);
}

TEST(Money, PeaksCostWhatTheyExceedOfWhatIsOwed) {
  WindowProblem w = one_hour();
  w.periods = 4;
  w.month = {7, 7, 8, 8};
  w.peak_tariff_eur_per_mw = 100.0;
  w.peak_so_far_mw = {3.0, 0.0};
  w.month_peak_share = {1.0, 0.5};
  PeakCost peak(w);
  EXPECT_EQ(peak.add(0, 2.0), 0.0);  // 3 MW are owed already
  EXPECT_EQ(peak.add(1, 5.0), 200.0);
  EXPECT_EQ(peak.add(2, 4.0), 200.0);  // a new month, half its tariff
  EXPECT_EQ(peak.add(3, 4.0), 0.0);
}

TEST(Money, MarginalRatesOfPhysicalTrade) {
  const WindowProblem w = one_hour();
  const MarginalRates r = MarginalMoney(w).at(0);
  EXPECT_EQ(r.buy, 50.0);   // the cheapest to buy
  EXPECT_EQ(r.sell, 50.0);  // the dearest to sell
  EXPECT_EQ(r.generation, 40.0);
  EXPECT_EQ(r.wear, 3.0 + tolerance::tie_break_eur_per_mwh);
  EXPECT_EQ(r.export_fee, 1.0);
  EXPECT_EQ(r.imbalance_buy_saving, 0.0);
}

TEST(Money, ACappedMarketSavesWhatItBeatsTheOthersBy) {
  WindowProblem w = one_hour();
  w.prices[Product::imbalance] = {.buy = {20.0}, .sell = {90.0}};
  w.max_mw[Product::imbalance] = 2.0;
  ASSERT_TRUE(caps_imbalance(w));
  const MarginalRates r = MarginalMoney(w).at(0);
  EXPECT_EQ(r.buy, 50.0);  // the market without a cap
  EXPECT_EQ(r.imbalance_buy_saving, 30.0);
  EXPECT_EQ(r.imbalance_sell_saving, 40.0);
}

TEST(Money, APeriodAtBestByHand) {
  const WindowProblem w = one_hour();
  const FoldedPrices folded = fold_prices(w);
  PeriodMoney money(w, folded);
  // Discharging 4: 4 at 50, the sun at 40, 10 MW exported at 1, wear on 4.
  EXPECT_DOUBLE_EQ(money(0, 4.0), 200.0 + 240.0 - 10.0 - 12.0);
  // Charging 4: from the sun, which is sold for less than energy costs; 2 MW exported.
  EXPECT_DOUBLE_EQ(money(0, -4.0), 2.0 * 40.0 - 2.0 - 12.0);
  // Behind 8 MW of export, of which reserve keeps 3: 5 go out, the rest of the sun is curtailed.
  WindowProblem narrow = w;
  narrow.connection.export_limit_mw = 8.0;
  PeriodMoney beside_reserve(narrow, folded);
  beside_reserve.set_reserved(3.0, 0.0);
  EXPECT_DOUBLE_EQ(beside_reserve(0, 4.0), 200.0 + 40.0 - 5.0 - 12.0);
}

TEST(Money, APlanIsWorthWhatItsPeriodsAre) {
  WindowProblem w = one_hour();
  w.generation.price_eur_per_mwh = {50.0};  // of the market it is sold in
  const FoldedPrices folded = fold_prices(w);
  const PeriodMoney money(w, folded);
  Schedule s;
  s.reset(1, 10.0);
  s.discharge_mw = {4.0};
  EXPECT_DOUBLE_EQ(schedule_value_eur(w, s, physical_positions(w, s)), money(0, 4.0));
  s.discharge_mw = {0.0};
  s.self_charge_mw = {4.0};
  EXPECT_DOUBLE_EQ(schedule_value_eur(w, s, physical_positions(w, s)), money(0, -4.0));
  s.reserve_mw[Product::fcr] = {2.0};
  EXPECT_DOUBLE_EQ(schedule_value_eur(w, s, physical_positions(w, s)), money(0, -4.0) + 14.0);
}

}  // namespace bess::dispatch
