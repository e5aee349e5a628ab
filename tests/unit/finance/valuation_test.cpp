#include "finance/valuation.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace bess::finance {
namespace {

using namespace std::chrono_literals;
constexpr double six_digits = 5.0001e-7;  // a value ending in …5 is rounded either way
constexpr std::array f1{-1000.0, 300.0, 300.0, 300.0, 300.0, 300.0};

TEST(NetPresentValue, FiveEqualYears) {
  EXPECT_NEAR(net_present_value(f1, 0.05), 298.843001, six_digits);
  EXPECT_NEAR(net_present_value(f1, 0.05, Timing::mid_year), 330.918029, six_digits);
  EXPECT_NEAR(net_present_value(f1, 0.0), 500.0, 1e-9);
}

TEST(InternalRate, FiveEqualYears) {
  const RateOfReturn irr = internal_rate_of_return(f1, 0.05);
  EXPECT_NEAR(irr.rate.value(), 0.152382, six_digits);
  EXPECT_FALSE(irr.multiple());
  EXPECT_EQ(irr.reason, NoRateReason::none);
  EXPECT_NEAR(net_present_value(f1, *irr.rate), 0.0, 1e-7);
}

TEST(InternalRate, MidYearIsTheRootOfTheMidYearValue) {
  const RateOfReturn irr = internal_rate_of_return(f1, 0.05, Timing::mid_year);
  EXPECT_GT(irr.rate.value(), 0.152382);
  EXPECT_NEAR(net_present_value(f1, *irr.rate, Timing::mid_year), 0.0, 1e-7);
}

TEST(InternalRate, SeveralRootsGiveTheOneNearestTheDiscountRate) {
  constexpr std::array f3{-1000.0, 2500.0, -1540.0};
  const RateOfReturn low = internal_rate_of_return(f3, 0.10);
  ASSERT_EQ(low.roots.size(), 2U);
  EXPECT_TRUE(low.multiple());
  EXPECT_NEAR(low.roots[0], 0.100000, 1e-10);
  EXPECT_NEAR(low.roots[1], 0.400000, 1e-10);
  EXPECT_NEAR(low.rate.value(), 0.1, 1e-10);
  EXPECT_NEAR(internal_rate_of_return(f3, 0.30).rate.value(), 0.4, 1e-10);
  EXPECT_NEAR(net_present_value(f3, 0.10), 0.0, 1e-9);
}

TEST(InternalRate, NoneWithoutASignChange) {
  constexpr std::array gains{100.0, 50.0, 50.0};
  constexpr std::array losses{-100.0, -1.0, -1.0};
  constexpr std::array nothing{0.0, 0.0, 0.0};
  for (const auto& flows : {gains, losses, nothing}) {
    const RateOfReturn irr = internal_rate_of_return(flows, 0.05);
    EXPECT_FALSE(irr.rate.has_value());
    EXPECT_EQ(reason_code(irr.reason), "no_sign_change");
  }
  constexpr std::array no_root{-1000.0, 2000.0, -1500.0};  // turns negative at every rate
  EXPECT_EQ(internal_rate_of_return(no_root, 0.05).reason, NoRateReason::no_sign_change);
}

TEST(InternalRate, MayBeNegative) {
  constexpr std::array f5{-1000.0, 200.0, 200.0, 200.0, 200.0};
  EXPECT_NEAR(internal_rate_of_return(f5, 0.05).rate.value(), -0.083645, six_digits);
}

TEST(InternalRate, TheRangeIsClosedAtTenAndOpenBelow) {
  constexpr std::array eleven_fold{-1.0, 11.0};
  EXPECT_NEAR(internal_rate_of_return(eleven_fold, 0.05).rate.value(), 10.0, 1e-12);
  constexpr std::array beyond{-1.0, 12.0};
  EXPECT_FALSE(internal_rate_of_return(beyond, 0.05).rate.has_value());
  constexpr std::array nearly_lost{-1000.0, 10.5};
  EXPECT_NEAR(internal_rate_of_return(nearly_lost, 0.05).rate.value(), -0.9895, 1e-10);
  constexpr std::array lost{-1000.0, 9.0};
  EXPECT_FALSE(internal_rate_of_return(lost, 0.05).rate.has_value());
}

TEST(InternalRate, FiftyYearsDoNotOverflow) {
  std::vector<double> flows(51, 1e9);
  flows[0] = -1e12;
  const RateOfReturn irr = internal_rate_of_return(flows, 0.05);
  ASSERT_TRUE(irr.rate.has_value());
  EXPECT_TRUE(std::isfinite(*irr.rate));
  EXPECT_LT(std::abs(net_present_value(flows, *irr.rate)), 1e-9 * 1e12);
}

TEST(InternalRate, RandomInvestmentsAreSolvedAndScaleFree) {
  RandomStream random(11, "internal rates");
  for (int i = 0; i < 200; ++i) {
    std::vector<double> flows{-random.uniform(100, 10'000)};
    const int years = random.integer(1, 50);
    for (int y = 0; y < years; ++y) flows.push_back(random.uniform(10, 1000));
    const RateOfReturn irr = internal_rate_of_return(flows, 0.05);
    if (!irr.rate) continue;  // outside (−0.99, 10]
    ASSERT_EQ(irr.roots.size(), 1U) << "one investment, only gains after it";
    // The value crosses zero within the tolerance of the rate.
    EXPECT_GE(net_present_value(flows, *irr.rate - 1e-11), -1e-6);
    EXPECT_LE(net_present_value(flows, *irr.rate + 1e-11), 1e-6);
    for (double& x : flows) x *= 1e6;
    EXPECT_NEAR(*internal_rate_of_return(flows, 0.05).rate, *irr.rate, 1e-10);
  }
}

TEST(DatedRate, ActualDaysOver365) {
  const std::array<DatedCashFlow, 4> flows{{{std::chrono::sys_days{2024y / 1 / 1}, -1000},
                                            {std::chrono::sys_days{2024y / 12 / 31}, 400},
                                            {std::chrono::sys_days{2025y / 12 / 31}, 400},
                                            {std::chrono::sys_days{2026y / 12 / 31}, 400}}};
  EXPECT_NEAR(dated_rate_of_return(flows, 0.05).rate.value(), 0.097010, six_digits);
  EXPECT_EQ(dated_rate_of_return({}, 0.05).reason, NoRateReason::no_sign_change);
}

TEST(Payback, LinearWithinTheYear) {
  EXPECT_NEAR(payback_years(f1).value(), 3.333333, six_digits);
  std::vector<double> discounted;
  for (std::size_t y = 0; y < f1.size(); ++y) discounted.push_back(f1[y] * discount_factor(0.05, static_cast<int>(y), Timing::year_end));
  EXPECT_NEAR(payback_years(discounted).value(), 3.741563, six_digits);
}

TEST(Payback, NeverOrAtOnce) {
  constexpr std::array never{-1000.0, 200.0, 200.0};
  EXPECT_FALSE(payback_years(never).has_value());
  constexpr std::array at_once{0.0, 200.0};
  EXPECT_EQ(payback_years(at_once), 0.0);
  constexpr std::array exactly{-400.0, 200.0, 200.0, 200.0};
  EXPECT_DOUBLE_EQ(payback_years(exactly).value(), 2.0);
  EXPECT_FALSE(payback_years({}).has_value());
}

TEST(Rates, CapitalRecoveryInflationAndRealRate) {
  EXPECT_NEAR(capital_recovery_factor(0.07, 15), 0.109795, six_digits);
  EXPECT_NEAR(annuity_factor(0.07, 15), 9.107914, six_digits);
  EXPECT_DOUBLE_EQ(capital_recovery_factor(0.0, 20), 0.05);
  EXPECT_NEAR(inflated(40'000, 0.02, 10), 47'803.702745, six_digits);
  EXPECT_EQ(inflated(40'000, 0.02, 1), 40'000.0);
  EXPECT_NEAR(real_rate(0.07, 0.02), 0.049020, six_digits);
}

}  // namespace
}  // namespace bess::finance
