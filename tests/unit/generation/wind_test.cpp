#include "generation/wind.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "generation/power_curve.h"

namespace bess {
namespace {
constexpr double six_digits = 5.1e-7;
PowerCurve test_curve() { return *find_curve("test_2mw"); }
}  // namespace

TEST(Wind, HubSpeed) {
  EXPECT_NEAR(log_law(8.0, 100.0, 120.0, 0.03), 8.179810, six_digits);
  const double alpha = shear_exponent(5.0, 10.0, 8.0, 100.0);
  EXPECT_NEAR(alpha, 0.204120, six_digits);
  EXPECT_NEAR(power_law(8.0, 100.0, 120.0, alpha), 8.303333, six_digits);
  EXPECT_NEAR(power_law(5.0, 10.0, 100.0, neutral_shear_exponent), 6.947477, six_digits);
}

TEST(Wind, BadRoughnessAndWeakWindFallBack) {
  EXPECT_EQ(log_law(8.0, 100.0, 120.0, -0.01), log_law(8.0, 100.0, 120.0, 2e-4));
  EXPECT_EQ(shear_exponent(0.4, 10.0, 8.0, 100.0), 1.0 / 7.0);
  EXPECT_EQ(shear_exponent(8.0, 10.0, 5.0, 100.0), 0.0);
  EXPECT_EQ(shear_exponent(1.0, 10.0, 9.0, 100.0), 0.6);
}

TEST(Wind, AirDensity) {
  EXPECT_NEAR(hub_temperature_k(283.15, 120.0), 282.383, 1e-9);
  EXPECT_NEAR(air_density(283.15, 101300.0, 120.0), 1.231702, six_digits);
}

TEST(Wind, TestCurve) {
  const PowerCurve curve = test_curve();
  EXPECT_NEAR(curve.at(3.5), 0.04, 1e-12);
  EXPECT_NEAR(curve.at(7.25), 0.675, 1e-12);
  EXPECT_NEAR(curve.at(8.5), 1.085, 1e-12);
  EXPECT_NEAR(curve.at(12.5), 1.99, 1e-12);
  EXPECT_NEAR(curve.at(25.0), 2.0, 1e-12);
  EXPECT_EQ(curve.at(26.0), 0.0);
  EXPECT_EQ(curve.at(-1.0), 0.0);
  EXPECT_EQ(curve.at(std::numeric_limits<double>::quiet_NaN()), 0.0);
  EXPECT_EQ(curve.rated_mw(), 2.0);
}

TEST(Wind, DensityCorrections) {
  const PowerCurve curve = test_curve();
  constexpr double density = 1.252424;
  EXPECT_NEAR(power_at_density(curve, DensityCorrection::iec, 8.5, density), 1.108296, six_digits);
  // the reference's density is given to six digits, which moves this value by up to 1e-6
  EXPECT_NEAR(power_at_density(curve, DensityCorrection::curve_shift, 8.5, density), 1.113468, 1.1e-6);
  EXPECT_NEAR(power_at_density(curve, DensityCorrection::iec, 11.0, density), 1.906518, six_digits);
  EXPECT_NEAR(power_at_density(curve, DensityCorrection::curve_shift, 11.0, density), 1.911310, six_digits);
  EXPECT_EQ(power_at_density(curve, DensityCorrection::none, 8.5, density), curve.at(8.5));
}

TEST(Wind, Losses) { EXPECT_NEAR(0.9 * WindLosses{}.kept(), 0.787097, six_digits); }

TEST(Wind, SmoothingOfAConstantCurveIsTheEfficiency) {
  PowerCurve flat{.name = "flat", .wind_speed = {0.0, 200.0}, .power_mw = {1.0, 1.0}};
  const PowerCurve fleet = smoothed(flat);
  EXPECT_NEAR(fleet.at(30.0), 0.95, 1e-9);
}

TEST(Wind, SmoothingOfALinearCurveShiftsIt) {
  // ∫ (v − x) N(x; Δ, σ) dx = v − Δ
  PowerCurve line{.name = "line", .wind_speed = {0.0, 200.0}, .power_mw = {0.0, 200.0}};
  const PowerCurve fleet = smoothed(line);
  EXPECT_NEAR(fleet.at(30.0), 0.95 * (30.0 - 1.27), 1e-6);
}

TEST(Wind, SmoothingKeepsTheCurveBelowRatedAndStartsEarlier) {
  const PowerCurve curve = test_curve();
  const PowerCurve fleet = smoothed(curve);
  EXPECT_GT(fleet.at(3.0), 0.0);
  for (double v = 0.0; v < 35.0; v += 0.5) EXPECT_LE(fleet.at(v), 0.95 * curve.rated_mw() + 1e-12);
}

TEST(Wind, LibraryCurvesAreValidAndFollowTheirClass) {
  for (const auto& name : curve_names()) {
    const auto curve = find_curve(name);
    ASSERT_TRUE(curve.has_value()) << name;
    EXPECT_FALSE(check_curve(*curve, "/turbine_type").has_errors()) << name;
  }
  for (const auto& turbine : turbine_classes()) {
    const PowerCurve curve = curve_of_class(turbine);
    EXPECT_EQ(curve.rated_mw(), turbine.rated_mw);
    EXPECT_EQ(curve.at(turbine.cut_out), turbine.rated_mw);
    EXPECT_EQ(curve.at(turbine.cut_out + 0.1), 0.0);
    const double area = M_PI / 4.0 * turbine.rotor_diameter_m * turbine.rotor_diameter_m;
    EXPECT_NEAR(curve.at(7.0), 0.5 * 1.225 * area * turbine.power_coefficient * 343.0 / 1e6, 0.002 * turbine.rated_mw) << turbine.name;
  }
  EXPECT_FALSE(find_curve("no such turbine").has_value());
}

TEST(Wind, BadCurvesAreNamed) {
  const PowerCurve unsorted{.name = "x", .wind_speed = {3, 5, 4}, .power_mw = {0, 1, 2}};
  const PowerCurve negative{.name = "x", .wind_speed = {3, 5}, .power_mw = {0, -1}};
  const PowerCurve single{.name = "x", .wind_speed = {3}, .power_mw = {1}};
  const PowerCurve dead{.name = "x", .wind_speed = {3, 5}, .power_mw = {0, 0}};
  for (const auto& curve : {unsorted, negative, single, dead}) {
    const Issues issues = check_curve(curve, "/curve");
    ASSERT_TRUE(issues.has_errors());
    EXPECT_EQ(issues.all().front().code, "out_of_range");
    EXPECT_EQ(issues.all().front().path, "/curve");
  }
}

}  // namespace bess
