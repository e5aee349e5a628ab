// Reference values: atlite formulas evaluated independently, pvlib 'nrel_numpy' sun positions, pvlib functions of the pvwatts chain.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "generation/solar_atlite.h"
#include "generation/solar_pvwatts.h"
#include "generation/sun.h"

namespace bess {
namespace {

using namespace std::chrono_literals;

constexpr double six_digits = 5.1e-7;

Instant at(int year, unsigned month, unsigned day, std::chrono::seconds time) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} + time;
}

struct SunCase {
  Instant when;
  double spa_zenith;
  double spa_azimuth;
  double spa_refracted_zenith;
  double altitude;
  double azimuth;
};

const std::vector<SunCase>& sun_cases() {
  static const std::vector<SunCase> cases{
      {at(2024, 3, 31, 12h), 48.026709, 185.235466, 48.008027, 41.978048, 185.227584},
      {at(2024, 6, 21, 11h + 45min), 28.938800, 181.270782, 28.929497, 61.059569, 181.268371},
      {at(2024, 6, 21, 4h + 30min), 81.878581, 61.776972, 81.770435, 8.120921, 61.777796},
      {at(2024, 9, 15, 15h + 7min + 30s), 66.190199, 240.731612, 66.152457, 23.811528, 240.731843},
      {at(2024, 12, 21, 11h + 30min), 75.834499, 177.946462, 75.769946, 14.170847, 177.942485},
      {at(2024, 12, 21, 8h), 89.482705, 131.549410, 89.069629, 0.520520, 131.544639},
  };
  return cases;
}

}  // namespace

TEST(Sun, SimpleMethodAtAmsterdam) {
  const SunPath path(52.37, 4.90);
  for (const auto& c : sun_cases()) {
    const SunPosition sun = path.at(c.when);
    EXPECT_NEAR(degrees(sun.altitude), c.altitude, six_digits) << format_instant(c.when);
    EXPECT_NEAR(degrees(sun.azimuth), c.azimuth, six_digits) << format_instant(c.when);
    EXPECT_NEAR(sun.sin_altitude, std::sin(sun.altitude), 1e-12);
  }
}

TEST(Sun, WithinTwoHundredthsOfADegreeOfTheNrelAlgorithm) {
  const SunPath path(52.37, 4.90);
  for (const auto& c : sun_cases()) {
    const SunPosition sun = path.at(c.when);
    EXPECT_NEAR(degrees(sun.zenith()), c.spa_zenith, 0.02);
    EXPECT_NEAR(degrees(sun.azimuth), c.spa_azimuth, 0.02);
  }
}

TEST(Sun, AirLiftsItAsTheNrelAlgorithmSays) {
  for (const auto& c : sun_cases()) {
    const double lifted = degrees(refraction(radians(90.0 - c.spa_zenith)));
    EXPECT_NEAR(c.spa_zenith - lifted, c.spa_refracted_zenith, 1.1e-6);  // both are given to six digits
  }
  EXPECT_EQ(refraction(radians(-5.0)), 0.0);
}

TEST(Sun, HemispheresMirrorAtTheEquinoxAndThePolesSeeNoDay) {
  const SunPosition north = SunPath(40.0, 0.0).at(at(2024, 6, 21, 12h));
  const SunPosition south = SunPath(-40.0, 0.0).at(at(2024, 6, 21, 12h));
  EXPECT_GT(degrees(north.altitude), 73.0);
  EXPECT_LT(degrees(south.altitude), 27.0);
  EXPECT_NEAR(degrees(north.azimuth), 180.0, 2.0);
  const double south_azimuth = degrees(south.azimuth);
  EXPECT_TRUE(south_azimuth < 2.0 || south_azimuth > 358.0) << south_azimuth;
  const SunPath pole(90.0, 0.0);
  EXPECT_NEAR(pole.at(at(2024, 6, 21, 0h)).altitude, pole.at(at(2024, 6, 21, 12h)).altitude, 1e-3);
}

TEST(Sun, SpencerRadiationAboveTheAtmosphere) {
  EXPECT_NEAR(extraterrestrial_normal_w_per_m2(1), 1413.981805, six_digits);
  EXPECT_NEAR(extraterrestrial_normal_w_per_m2(91), 1368.027546, six_digits);
  EXPECT_NEAR(extraterrestrial_normal_w_per_m2(173), 1321.458423, six_digits);
  EXPECT_NEAR(extraterrestrial_normal_w_per_m2(356), 1412.898187, six_digits);
}

TEST(Sun, DayOfYearCountsLeapDays) {
  EXPECT_EQ(day_of_year(at(2024, 1, 1, 0s)), 1);
  EXPECT_EQ(day_of_year(at(2024, 12, 31, 86399s)), 366);
  EXPECT_EQ(day_of_year(at(2023, 12, 31, 0s)), 365);
}

TEST(Atlite, HuldCrystallineSilicon) {
  EXPECT_NEAR(huld_dc(PanelType::csi, 1000, 263.0), 1.0, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::csi, 1000, 293.15), 0.863413, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::csi, 800, 298.15), 0.698658, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::csi, 200, 278.15), 0.196335, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::csi, 50, 273.15), 0.038792, six_digits);
  EXPECT_EQ(huld_dc(PanelType::csi, 0, 273.15), 0.0);
}

TEST(Atlite, HuldCadmiumTelluride) {
  EXPECT_NEAR(huld_dc(PanelType::cdte, 1000, 293.15), 0.928832, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::cdte, 800, 298.15), 0.773506, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::cdte, 200, 278.15), 0.216843, six_digits);
  EXPECT_NEAR(huld_dc(PanelType::cdte, 50, 273.15), 0.056427, six_digits);
}

TEST(Atlite, BofingerKanena) {
  EXPECT_NEAR(bofinger_ac(1000, 293.15), 0.831572, six_digits);
  EXPECT_NEAR(bofinger_ac(800, 298.15), 0.657560, six_digits);
  EXPECT_NEAR(bofinger_ac(200, 278.15), 0.168288, six_digits);
  EXPECT_EQ(bofinger_ac(0.99, 278.15), 0.0);
}

TEST(Atlite, ReindlSimple) {
  EXPECT_NEAR(reindl_simple(0.2, 0.3), 0.972890, six_digits);
  EXPECT_NEAR(reindl_simple(0.5, 0.6), 0.631700, six_digits);
  EXPECT_NEAR(reindl_simple(0.7, 0.8), 0.317300, six_digits);
  EXPECT_NEAR(reindl_simple(0.8, 0.8), 0.243200, six_digits);
  EXPECT_EQ(reindl_simple(0.0, 0.0), 1.0);
}

TEST(Atlite, ReindlEnhancedInItsThreeRanges) {
  // by hand: 1 − 0.0464 + 0.00717 − 0.191 + 0.0117; 1.329 − 0.858 + 0.1602 − 0.9996 + 0.0636 < 0.1; 0.3408 − 0.2048 + 0.9772 + 0.04404
  EXPECT_NEAR(reindl_enhanced(0.2, 0.3, 280.0, 0.6), 1.0 - 0.0464 + 0.00717 - 0.19096 + 0.0117, 1e-12);
  EXPECT_NEAR(reindl_enhanced(0.5, 0.6, 280.0, 0.6), 0.1, 1e-12);
  EXPECT_NEAR(reindl_enhanced(0.8, 0.8, 280.0, 0.6), 0.3408 - 0.2048 + 0.9772 + 0.04404, 1e-12);
}

TEST(Atlite, AcTakesInverterLossesAndLimit) {
  AtliteSpec spec;
  EXPECT_NEAR(atlite_ac(spec, 1000, 293.15), 0.9 * 0.863413, 1e-6);
  spec.system_loss = 0.1;
  EXPECT_NEAR(atlite_ac(spec, 1000, 293.15), 0.81 * 0.863413, 1e-6);
  spec.inverter_limit = 0.5;
  EXPECT_EQ(atlite_ac(spec, 1000, 293.15), 0.5);
  spec = {};
  spec.panel = PanelType::kanena;
  EXPECT_NEAR(atlite_ac(spec, 1000, 293.15), 0.831572, six_digits);
}

TEST(Atlite, OptimalSlopeByLatitude) {
  EXPECT_DOUBLE_EQ(latitude_optimal_slope_deg(-20.0), 17.4);
  EXPECT_DOUBLE_EQ(latitude_optimal_slope_deg(45.0), 34.51);
  EXPECT_DOUBLE_EQ(latitude_optimal_slope_deg(52.3), 40.0);
}

TEST(Atlite, TrackersNeverFaceTheSunWorseThanTheFixedPanel) {
  const SunPath path(52.37, 4.90);
  const double slope = radians(35.0);
  for (int quarter = 0; quarter < 96; ++quarter) {
    const SunPosition sun = path.at(at(2024, 5, 10, quarter * 900s));
    if (sun.altitude < radians(1.0)) continue;
    const double fixed = panel_view(Tracking::fixed, slope, radians(180.0), sun).cos_incidence;
    const PanelView tilted = panel_view(Tracking::tilted_horizontal, slope, radians(180.0), sun);
    const PanelView flat_axis = panel_view(Tracking::horizontal, slope, radians(180.0), sun);
    EXPECT_GE(tilted.cos_incidence, fixed - 1e-12);
    EXPECT_GE(panel_view(Tracking::vertical, slope, 0.0, sun).cos_incidence, fixed - 1e-12);
    EXPECT_EQ(panel_view(Tracking::dual, slope, 0.0, sun).cos_incidence, 1.0);
    EXPECT_GE(flat_axis.cos_incidence, sun.sin_altitude - 1e-12);  // better than lying flat
    // A horizontal axis can cancel everything but the sun's component along it.
    const double along = sun.cos_altitude * std::cos(sun.azimuth - radians(180.0));
    EXPECT_NEAR(flat_axis.cos_incidence, std::sqrt(1.0 - along * along), 1e-12);
  }
}

TEST(Atlite, FlatPanelSeesGlobalRadiation) {
  const SunPosition sun = SunPath(52.37, 4.90).at(at(2024, 6, 21, 11h + 45min));
  const PanelView flat = panel_view(Tracking::fixed, 0.0, radians(180.0), sun);
  EXPECT_NEAR(tilted_irradiance(sun, flat, 500.0, 200.0, 0.2), 700.0, 1e-9);
  const SunPosition low = SunPath(52.37, 4.90).at(at(2024, 12, 21, 8h));
  EXPECT_EQ(tilted_irradiance(low, flat, 5.0, 10.0, 0.2), 0.0);
}

TEST(Pvwatts, ErbsSplit) {
  struct Case {
    double ghi, zenith, day, dni, dhi;
  };
  for (const auto& c :
       {Case{800, 40, 173, 872.408271, 131.696492}, Case{400, 60, 91, 421.404551, 189.297725}, Case{100, 75, 356, 13.862980, 96.411997},
        Case{900, 30, 173, 867.804740, 148.459050}, Case{600, 50, 91, 678.539906, 163.842956}}) {
    const auto split = erbs(c.ghi, radians(c.zenith), extraterrestrial_normal_w_per_m2(static_cast<int>(c.day)));
    EXPECT_NEAR(split.dni, c.dni, six_digits);
    EXPECT_NEAR(split.dhi, c.dhi, six_digits);
  }
  const auto low = erbs(20.0, radians(87.5), 1367.0);
  EXPECT_EQ(low.dni, 0.0);
  EXPECT_EQ(low.dhi, 20.0);
}

TEST(Pvwatts, PlaneOfArray) {
  const double toa = extraterrestrial_normal_w_per_m2(173);
  const auto split = erbs(800.0, radians(40.0), toa);
  const Surface surface{radians(35.0), radians(180.0)};
  const SkyInput input{.ghi = 800.0,
                       .dni = split.dni,
                       .dhi = split.dhi,
                       .extraterrestrial_normal = toa,
                       .zenith = radians(40.0),
                       .sun_azimuth = radians(160.0)};
  EXPECT_NEAR(degrees(std::acos(cos_incidence(surface, input.zenith, input.sun_azimuth))), 13.104010, six_digits);
  const auto plane = plane_of_array(SkyModel::hay_davies, surface, input);
  EXPECT_NEAR(plane.beam, 849.690848, six_digits);
  EXPECT_NEAR(plane.sky, 151.247728, six_digits);
  EXPECT_NEAR(plane.ground, 14.467836, six_digits);
  EXPECT_NEAR(plane.total(), 1015.406413, 1e-6);
  const auto isotropic = plane_of_array(SkyModel::isotropic, surface, input);
  EXPECT_NEAR(isotropic.sky, 119.787971, six_digits);
  EXPECT_NEAR(isotropic.total(), 983.946656, 1e-6);
}

TEST(Pvwatts, CellTemperature) {
  using M = CellTemperatureModel;
  EXPECT_NEAR(cell_temperature_c(M::sapm_glass_polymer, 1000, 25, 1), 54.383934, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::pvsyst, 1000, 25, 1), 52.931034, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::faiman, 1000, 25, 1), 56.407035, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::sapm_glass_polymer, 800, 20, 1), 43.507148, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::pvsyst, 800, 20, 1), 42.344828, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::faiman, 800, 20, 1), 45.125628, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::sapm_glass_polymer, 200, 0, 5), 4.509140, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::pvsyst, 200, 0, 5), 5.586207, six_digits);
  EXPECT_NEAR(cell_temperature_c(M::faiman, 200, 0, 5), 3.378378, six_digits);
  EXPECT_GT(cell_temperature_c(M::sapm_glass_glass, 800, 20, 1), cell_temperature_c(M::sapm_glass_polymer, 800, 20, 1));
}

TEST(Pvwatts, FromIrradianceToAc) {
  const double losses = PvwattsLosses{}.combined();
  EXPECT_NEAR(100.0 * losses, 14.075661, six_digits);
  const double dc_limit = 8.0 / 0.96;
  EXPECT_NEAR(pvwatts_inverter(0.1, dc_limit), 0.049204, six_digits);
  EXPECT_NEAR(pvwatts_inverter(1.0, dc_limit), 0.931101, six_digits);
  EXPECT_NEAR(pvwatts_inverter(4.0, dc_limit), 3.848098, six_digits);
  EXPECT_NEAR(pvwatts_inverter(8.0, dc_limit), 7.683205, six_digits);
  EXPECT_NEAR(pvwatts_inverter(9.0, dc_limit), 8.0, six_digits);
  const double dc = 10.0 * pvwatts_dc(1015.406413, 46.104944, -0.0035);
  EXPECT_NEAR(dc, 9.404011, six_digits);
  EXPECT_NEAR(dc * (1.0 - losses), 8.080334, six_digits);
  EXPECT_NEAR(pvwatts_inverter(dc * (1.0 - losses), dc_limit), 7.759593, six_digits);
  EXPECT_NEAR(pvwatts_inverter(10.0 * pvwatts_dc(800.0, 45.0, -0.0035) * (1.0 - losses), dc_limit), 6.149678, six_digits);
}

TEST(Pvwatts, TrackerWithBacktracking) {
  const TrackerSpec spec;  // axis towards the south, ±60°, GCR 0.35
  EXPECT_NEAR(degrees(*tracker_rotation(spec, radians(40), radians(120))), -36.005215, six_digits);
  EXPECT_NEAR(degrees(*tracker_rotation(spec, radians(70), radians(95))), -58.594551, six_digits);
  EXPECT_NEAR(degrees(*tracker_rotation(spec, radians(85), radians(80))), -9.568191, six_digits);
  EXPECT_FALSE(tracker_rotation(spec, radians(95), radians(80)).has_value());
  const Surface east = tracker_surface(spec, radians(-30.0));
  EXPECT_NEAR(degrees(east.azimuth), 90.0, 1e-9);
  EXPECT_NEAR(degrees(tracker_surface(spec, radians(30.0)).azimuth), 270.0, 1e-9);
}

TEST(Pvwatts, IncidenceAngleModifier) {
  EXPECT_NEAR(incidence_angle_modifier(radians(30.0)), 0.997887, six_digits);
  EXPECT_NEAR(incidence_angle_modifier(radians(60.0)), 0.946003, six_digits);
  EXPECT_NEAR(incidence_angle_modifier(radians(80.0)), 0.634117, six_digits);
  EXPECT_NEAR(incidence_angle_modifier(0.0), 1.0, 1e-9);
  EXPECT_EQ(incidence_angle_modifier(radians(90.0)), 0.0);
}

TEST(Pvwatts, BifacialGain) { EXPECT_NEAR(bifacial_gain(0.7, 800.0, 0.2, radians(60.0)), 0.7 * 800.0 * 0.2 * 0.75 * 0.9, 1e-9); }

}  // namespace bess
