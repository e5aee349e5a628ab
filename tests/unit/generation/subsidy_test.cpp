#include "generation/subsidy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace bess {
namespace {

SdeSpec reference_grant(double base, double correction, double floor) {
  SdeSpec spec;
  spec.base_amount = base;
  spec.correction_amount = correction;
  spec.floor_price = floor;
  spec.max_full_load_hours = 950;
  return spec;
}

/// A year of subsidised production, booked quarter by quarter.
double pay_year(SubsidyAccount& account, const SubsidyYear& year, double bank_share, const std::vector<double>& subsidised_mw) {
  open_year(account, year);
  double eur = 0.0;
  for (std::size_t q = 0; q < subsidised_mw.size(); ++q) eur += book(account, subsidised_mw[q] / 4.0, year.rate_by_quarter_eur_per_mwh[q]);
  return eur + close_year(account, bank_share);
}

// A year of `mwh` spread over 1000 quarters, paid at 10 MW × 950 h = 9500 MWh at most.
double paid(const SdeSpec& spec, double mwh) {
  const std::vector<double> prices(1000, 50.0);
  const std::vector<double> production(1000, mwh / 250.0);
  const SubsidyYear year = sde_year(
      spec,
      {.project_year = 0, .lead = 0, .quarters = 1000, .day_ahead_eur_per_mwh = prices, .production_mw = production, .capacity_mw = 10.0});
  EXPECT_EQ(year.max_subsidised_mwh, 9500.0);
  SubsidyAccount account;
  return pay_year(account, year, spec.bank_share, production);
}

ProjectTimeline timeline_of(Instant start, int years) {
  const MarketCalendar calendar("Europe/Amsterdam");
  TimelineRequest request;
  request.start = start;
  request.years = years;
  request.data_start = start;
  request.data_quarters = 35136;
  auto timeline = build_timeline(calendar, request);
  EXPECT_TRUE(timeline.has_value());
  return std::move(timeline).value();
}

const Instant new_year_2024 = *parse_instant("2023-12-31T23:00:00Z");

}  // namespace

TEST(Sde, ReferenceYears) {
  EXPECT_NEAR(paid(reference_grant(0.080, 0.045, 0.040), 9000), 315000.0, 1e-6);
  EXPECT_NEAR(paid(reference_grant(0.080, 0.030, 0.040), 9000), 360000.0, 1e-6);
  EXPECT_NEAR(paid(reference_grant(0.080, 0.095, 0.040), 9000), 0.0, 1e-6);
  EXPECT_NEAR(paid(reference_grant(0.080, 0.045, 0.040), 10000), 332500.0, 1e-6);
}

TEST(Sde, SixHourRuleCountsConsecutiveQuartersBelowZero) {
  std::vector<double> price(200, 10.0);
  for (std::size_t q = 80; q < 103; ++q) price[q] = -1.0;  // 23 quarters, over midnight
  auto mask = suspended(price, NegativePriceRule::six_hours);
  EXPECT_EQ(std::accumulate(mask.begin(), mask.end(), 0), 0);
  price[103] = -0.01;
  mask = suspended(price, NegativePriceRule::six_hours);
  EXPECT_EQ(std::accumulate(mask.begin(), mask.end(), 0), 24);
  EXPECT_EQ(mask[80], 1);
  EXPECT_EQ(mask[103], 1);
  EXPECT_EQ(mask[104], 0);
  price[90] = 0.0;  // a price of zero ends the run
  mask = suspended(price, NegativePriceRule::six_hours);
  EXPECT_EQ(std::accumulate(mask.begin(), mask.end(), 0), 0);
  mask = suspended(price, NegativePriceRule::any);
  EXPECT_EQ(std::accumulate(mask.begin(), mask.end(), 0), 23);
  mask = suspended(price, NegativePriceRule::none);
  EXPECT_EQ(std::accumulate(mask.begin(), mask.end(), 0), 0);
}

TEST(Sde, CorrectionIsTheProfileWeightedPrice) {
  SdeSpec spec = reference_grant(0.080, 0.0, 0.0);
  spec.correction_amount.reset();
  spec.negative_price_rule = NegativePriceRule::none;
  const std::vector<double> price{100.0, 20.0, -10.0, 500.0};
  const std::vector<double> production{1.0, 3.0, 1.0, 0.0};
  const SubsidyYear year = sde_year(
      spec, {.project_year = 0, .lead = 0, .quarters = 4, .day_ahead_eur_per_mwh = price, .production_mw = production, .capacity_mw = 4.0});
  EXPECT_NEAR(year.correction_eur_per_mwh, (100.0 + 60.0 - 10.0) / 5.0, 1e-12);
  EXPECT_NEAR(year.rate_eur_per_mwh, 50.0, 1e-12);
}

TEST(Sde, CorrectionsByYearRepeatTheLast) {
  SdeSpec spec = reference_grant(0.080, 0.0, 0.0);
  spec.correction_by_year = {0.03, 0.05};
  const std::vector<double> price(4, 50.0);
  const std::vector<double> production(4, 1.0);
  const auto rate = [&](int y) {
    return sde_year(spec, {.project_year = y,
                           .lead = 0,
                           .quarters = 4,
                           .day_ahead_eur_per_mwh = price,
                           .production_mw = production,
                           .capacity_mw = 4.0})
        .rate_eur_per_mwh;
  };
  EXPECT_NEAR(rate(0), 50.0, 1e-9);
  EXPECT_NEAR(rate(1), 30.0, 1e-9);
  EXPECT_NEAR(rate(7), 30.0, 1e-9);
  EXPECT_EQ(rate(15), 0.0);  // the grant is over
}

TEST(Sde, SuspendedEnergyIsNeitherPaidNorCounted) {
  SdeSpec spec = reference_grant(0.080, 0.045, 0.040);
  spec.negative_price_rule = NegativePriceRule::any;
  spec.max_full_load_hours = 1;
  const std::vector<double> price{-5.0, 50.0, 50.0, 50.0, 50.0, 50.0};
  const std::vector<double> production(6, 4.0);  // 1 MWh a quarter, cap 4 MWh
  const SubsidyYear year = sde_year(
      spec, {.project_year = 0, .lead = 0, .quarters = 6, .day_ahead_eur_per_mwh = price, .production_mw = production, .capacity_mw = 4.0});
  EXPECT_EQ(year.rate_by_quarter_eur_per_mwh.front(), 0.0);
  SubsidyAccount account;
  EXPECT_NEAR(pay_year(account, year, 0.0, production), 4 * 35.0, 1e-9);
  EXPECT_NEAR(account.excess_mwh, 1.0, 1e-12);
}

TEST(Sde, ExcessIsBankedUpToItsShareAndPaidWhereThereIsRoom) {
  SubsidyYear year{.rate_eur_per_mwh = 40.0, .max_subsidised_mwh = 100.0, .rate_by_quarter_eur_per_mwh = std::vector<double>(4, 40.0)};
  SubsidyAccount account;
  EXPECT_NEAR(pay_year(account, year, 0.25, std::vector<double>(4, 130.0)), 4000.0, 1e-9);  // 130 MWh made, 100 paid
  EXPECT_NEAR(account.banked_mwh, 25.0, 1e-12);
  EXPECT_NEAR(pay_year(account, year, 0.25, std::vector<double>(4, 90.0)), 4000.0, 1e-9);  // 90 made + 10 banked
  EXPECT_NEAR(account.banked_mwh, 15.0, 1e-12);
  EXPECT_NEAR(pay_year(account, year, 0.25, std::vector<double>(4, 0.0)), 600.0, 1e-9);
  EXPECT_NEAR(account.banked_mwh, 0.0, 1e-12);
}

TEST(Sde, PlanOfTwoYearsSeesRunsAcrossTheYearsEnd) {
  const ProjectTimeline timeline = timeline_of(new_year_2024, 2);
  const auto total = static_cast<std::size_t>(timeline.quarters);
  const auto boundary = static_cast<std::size_t>(timeline.year_first_quarter[1]);
  std::vector<double> price(total, 50.0);
  for (std::size_t q = boundary - 12; q < boundary + 12; ++q) price[q] = -1.0;
  const std::vector<double> production(total, 2.0);
  SdeSpec spec = reference_grant(0.080, 0.045, 0.040);
  const SubsidyPlan plan = plan_sde(spec, timeline, price, production, 10.0);
  ASSERT_EQ(plan.rate_eur_per_mwh.size(), total);
  EXPECT_EQ(plan.rate_eur_per_mwh[boundary - 12], 0.0);
  EXPECT_EQ(plan.rate_eur_per_mwh[boundary + 11], 0.0);
  EXPECT_NEAR(plan.rate_eur_per_mwh[boundary + 12], 35.0, 1e-9);
  EXPECT_NEAR(plan.rate_eur_per_mwh[boundary - 13], 35.0, 1e-9);
}

TEST(Sde, GrantEndsWithItsYears) {
  const ProjectTimeline timeline = timeline_of(new_year_2024, 3);
  const auto total = static_cast<std::size_t>(timeline.quarters);
  const std::vector<double> price(total, 50.0);
  const std::vector<double> production(total, 2.0);
  SdeSpec spec = reference_grant(0.080, 0.045, 0.040);
  spec.years = 1.5;
  const SubsidyPlan plan = plan_sde(spec, timeline, price, production, 10.0);
  const auto first = static_cast<std::size_t>(timeline.year_first_quarter[1]);
  const auto length = static_cast<std::size_t>(timeline.year_first_quarter[2]) - first;
  EXPECT_GT(plan.rate_eur_per_mwh[first + length / 2 - 1], 0.0);
  EXPECT_EQ(plan.rate_eur_per_mwh[first + length / 2], 0.0);
  EXPECT_NEAR(plan.years[1].max_subsidised_mwh, 4750.0, 1e-6);
  EXPECT_EQ(plan.years[2].max_subsidised_mwh, 0.0);
}

TEST(Sde, SubsidisedPower) {
  EXPECT_EQ(subsidised_mw(true, 10.0, 3.0, 1.0), 9.0);
  EXPECT_EQ(subsidised_mw(false, 10.0, 3.0, 1.0), 6.0);
  EXPECT_EQ(subsidised_mw(false, 1.0, 1.0, 1.0), 0.0);
}

TEST(MarketPremium, MonthlyValueAndSuspension) {
  const ProjectTimeline timeline = timeline_of(new_year_2024, 1);
  const auto total = static_cast<std::size_t>(timeline.quarters);
  std::vector<double> price(total, 40.0);
  const std::size_t february = 31 * 96;
  for (std::size_t q = february; q < total; ++q) price[q] = 90.0;
  for (std::size_t q = 10; q < 22; ++q) price[q] = -1e-9;  // three hours
  const std::vector<double> production(total, 1.0);
  MarketPremiumSpec spec;
  spec.value = 0.07;
  spec.negative_hours = 3;
  const SubsidyPlan plan = plan_premium(spec, timeline, price, production);
  const double january = 40.0 * (february - 12) / static_cast<double>(february);
  EXPECT_NEAR(plan.rate_eur_per_mwh[0], 70.0 - january, 1e-6);
  EXPECT_EQ(plan.rate_eur_per_mwh[10], 0.0);
  EXPECT_EQ(plan.rate_eur_per_mwh[21], 0.0);
  EXPECT_EQ(plan.rate_eur_per_mwh[february], 0.0);  // the market pays more than the value
  spec.negative_hours = 4;
  EXPECT_GT(plan_premium(spec, timeline, price, production).rate_eur_per_mwh[10], 0.0);
  spec.monthly_value = {0.05};
  EXPECT_NEAR(plan_premium(spec, timeline, price, production).rate_eur_per_mwh[february], 20.0, 1e-9);
  spec.years = 0;
  EXPECT_EQ(plan_premium(spec, timeline, price, production).rate_eur_per_mwh[0], 0.0);
}

}  // namespace bess
