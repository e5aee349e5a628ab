#include "generation/profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "generation/wind.h"

namespace bess {
namespace {

WeatherSeries clear_days(std::size_t days) {
  WeatherSeries w;
  w.latitude_deg = 52.37;
  w.longitude_deg = 4.90;
  w.start = *parse_instant("2024-06-20T00:00:00Z");
  w.state_offset_s = 3600;
  w.rows = 24 * days;
  const SunPath path(w.latitude_deg, w.longitude_deg);
  for (std::size_t i = 0; i < w.rows; ++i) {
    const auto middle = w.start + std::chrono::minutes{60 * static_cast<int>(i) + 30};
    w.ghi.push_back(950.0 * std::max(0.0, path.at(middle).sin_altitude));
    w.temperature_k.push_back(290.0);
    w.lower_wind.push_back(4.0);
    w.upper_wind.push_back(7.0);
    w.roughness_m.push_back(0.03);
    w.pressure_pa.push_back(101300.0);
    w.relative_humidity.push_back(0.6);
  }
  return w;
}

ProfileConfig pv(SolarChain chain) {
  ProfileConfig config;
  config.latitude = 52.37;
  config.longitude = 4.90;
  config.capacity_mw = 10.0;
  config.pv.chain = chain;
  return config;
}

double energy(const ProfileConfig& config) {
  const WeatherSeries w = clear_days(3);
  const auto profile = make_profile(w, config);
  EXPECT_TRUE(profile.has_value());
  return production_totals(profile->production).energy_mwh;
}

}  // namespace

TEST(Profile, OneQuarterOfTheAtliteChainByItsParts) {
  const WeatherSeries w = clear_days(1);
  const auto profile = make_profile(w, pv(SolarChain::atlite));
  ASSERT_TRUE(profile.has_value());
  const QuarterWeather q = to_quarters(w);
  const std::size_t noon = 4 * 11 + 2;
  const double diffuse = q.ghi[noon] * reindl_simple(q.ghi[noon] / q.toa[noon], q.sun[noon].sin_altitude);
  const PanelView view = panel_view(Tracking::fixed, radians(35.0), radians(180.0), q.sun[noon]);
  const double tilted = tilted_irradiance(q.sun[noon], view, q.ghi[noon] - diffuse, diffuse, 0.2);
  EXPECT_NEAR(profile->production.power_mw[noon], 10.0 * 0.9 * huld_dc(PanelType::csi, tilted, 290.0), 1e-9);
  EXPECT_EQ(profile->production.power_mw[0], 0.0);
  EXPECT_EQ(profile->production.start, w.start);
  EXPECT_TRUE(profile->warnings.empty());
}

TEST(Profile, OneQuarterOfThePvwattsChainByItsParts) {
  const WeatherSeries w = clear_days(1);
  auto config = pv(SolarChain::pvwatts);
  config.pv.inverter_limit = 8.0;
  const auto profile = make_profile(w, config);
  ASSERT_TRUE(profile.has_value());
  const QuarterWeather q = to_quarters(w);
  const std::size_t k = 4 * 9;
  const double normal = extraterrestrial_normal_w_per_m2(172);
  const auto split = erbs(q.ghi[k], q.sun[k].zenith(), normal);
  const auto plane = plane_of_array(SkyModel::hay_davies, {radians(35.0), radians(180.0)},
                                    {q.ghi[k], split.dni, split.dhi, normal, q.sun[k].zenith(), q.sun[k].azimuth, 0.2});
  const double cell = cell_temperature_c(CellTemperatureModel::sapm_glass_polymer, plane.total(), 290.0 - 273.15, 4.0);
  const double dc = 10.0 * pvwatts_dc(plane.total(), cell, -0.0035) * (1.0 - PvwattsLosses{}.combined());
  EXPECT_NEAR(profile->production.power_mw[k], pvwatts_inverter(dc, 8.0 / 0.96), 1e-6);
}

TEST(Profile, TheTwoChainsAgreeWithinTenPercentOnEqualLosses) {
  auto atlite = pv(SolarChain::atlite);
  auto watts = pv(SolarChain::pvwatts);
  atlite.pv.inverter_efficiency = 0.96;
  watts.pv.system_loss = 0.0;
  watts.pv.dc_ac_ratio = 0.9;
  EXPECT_NEAR(energy(watts) / energy(atlite), 1.0, 0.1);
}

TEST(Profile, OptionsMoveTheYieldTheRightWay) {
  for (const SolarChain chain : {SolarChain::atlite, SolarChain::pvwatts}) {
    const auto base = pv(chain);
    const double fixed = energy(base);
    const auto with = [&](auto&& change) {
      auto config = base;
      change(config.pv);
      return energy(config);
    };
    EXPECT_GT(with([](PvConfig& c) { c.tracking = Tracking::dual; }), 1.1 * fixed);
    EXPECT_GT(with([](PvConfig& c) { c.tracking = Tracking::vertical; }), fixed);
    EXPECT_GT(with([](PvConfig& c) { c.tracking = Tracking::horizontal; }), fixed);
    EXPECT_GT(with([](PvConfig& c) { c.tracking = Tracking::tilted_horizontal; }), fixed);
    EXPECT_GE(with([](PvConfig& c) { c.tracking = Tracking::dual; }), with([](PvConfig& c) { c.tracking = Tracking::tilted_horizontal; }));
    EXPECT_LT(with([](PvConfig& c) { c.azimuth = 0.0; }), 0.95 * fixed);
    EXPECT_LT(with([](PvConfig& c) { c.inverter_limit = 2.0; }), fixed);
    EXPECT_GT(with([](PvConfig& c) { c.albedo = 0.6; }), fixed);
    EXPECT_EQ(with([](PvConfig& c) { c.latitude_optimal = true; }), with([](PvConfig& c) { c.slope = 40.0; }));
  }
  const double loss_free = energy([] {
    auto c = pv(SolarChain::atlite);
    c.pv.system_loss = 0.0;
    return c;
  }());
  auto lossy = pv(SolarChain::atlite);
  lossy.pv.system_loss = 0.14;
  EXPECT_NEAR(energy(lossy), 0.86 * loss_free, 1e-9);
  auto watts = pv(SolarChain::pvwatts);
  const double plain = energy(watts);
  watts.pv.incidence_angle_modifier = true;
  EXPECT_LT(energy(watts), plain);
  EXPECT_GT(energy(watts), 0.9 * plain);
  watts.pv.incidence_angle_modifier = false;
  watts.pv.bifaciality = 0.7;
  EXPECT_GT(energy(watts), plain);
}

TEST(Profile, TiltedTrackerOfPvwattsFacesTheSunAsAtlitesDoes) {
  const SunPath path(52.37, 4.90);
  const TrackerSpec spec{.max_angle = radians(180.0), .backtrack = false};
  for (int quarter = 0; quarter < 96; ++quarter) {
    const SunPosition sun = path.at(*parse_instant("2024-06-20T00:00:00Z") + quarter * quarter_hour);
    if (sun.altitude < radians(1.0)) continue;
    const Surface surface = tilted_tracker_surface(spec, radians(30.0), sun.zenith(), sun.azimuth);
    const PanelView view = panel_view(Tracking::tilted_horizontal, radians(30.0), radians(180.0), sun);
    EXPECT_NEAR(cos_incidence(surface, sun.zenith(), sun.azimuth), view.cos_incidence, 1e-9);
    EXPECT_NEAR(surface.tilt, view.slope, 1e-9);
  }
}

TEST(Profile, EnhancedClearskyNeedsHumidity) {
  auto config = pv(SolarChain::atlite);
  config.pv.clearsky_model = ClearskyModel::enhanced;
  WeatherSeries w = clear_days(1);
  EXPECT_TRUE(make_profile(w, config)->warnings.empty());
  w.relative_humidity.clear();
  EXPECT_EQ(make_profile(w, config)->warnings.warnings().size(), 1U);
}

TEST(Profile, WindByItsParts) {
  auto config = pv(SolarChain::atlite);
  config.profile_type = ProfileType::wind;
  config.wind.turbine_type = "test_2mw";
  config.wind.hub_height = 120.0;
  const auto profile = make_profile(clear_days(1), config);
  ASSERT_TRUE(profile.has_value());
  const double speed = log_law(7.0, 100.0, 120.0, 0.03);
  const double density = air_density(290.0, 101300.0, 120.0);
  const double expected = 5.0 * power_at_density(*find_curve("test_2mw"), DensityCorrection::iec, speed, density) * WindLosses{}.kept();
  EXPECT_NEAR(profile->production.power_mw[50], expected, 1e-9);
  config.wind.interpolation = HubInterpolation::power;
  const double by_power = power_law(7.0, 100.0, 120.0, shear_exponent(4.0, 10.0, 7.0, 100.0));
  EXPECT_NEAR(make_profile(clear_days(1), config)->production.power_mw[50],
              5.0 * power_at_density(*find_curve("test_2mw"), DensityCorrection::iec, by_power, density) * WindLosses{}.kept(), 1e-9);
}

TEST(Profile, WindMakesDoWithWhatTheWeatherHasAndSaysSo) {
  auto config = pv(SolarChain::atlite);
  config.profile_type = ProfileType::wind;
  WeatherSeries w = clear_days(1);
  w.roughness_m.clear();
  w.temperature_k.clear();
  w.ghi.clear();
  const auto profile = make_profile(w, config);
  ASSERT_TRUE(profile.has_value());
  EXPECT_EQ(profile->warnings.warnings().size(), 2U);
  EXPECT_GT(production_totals(profile->production).energy_mwh, 0.0);
}

TEST(Profile, UsersOwnCurve) {
  auto config = pv(SolarChain::atlite);
  config.profile_type = ProfileType::wind;
  config.wind.curve = PowerCurve{.name = "own", .wind_speed = {0.0, 40.0}, .power_mw = {3.0, 3.0}};
  EXPECT_NEAR(make_profile(clear_days(1), config)->production.power_mw[0], 10.0 * WindLosses{}.kept(), 1e-12);
  config.wind.curve->power_mw[1] = -1.0;
  EXPECT_FALSE(make_profile(clear_days(1), config).has_value());
}

TEST(Profile, BadConfigurationsAreToldAllAtOnce) {
  auto config = pv(SolarChain::atlite);
  config.latitude = 91.0;
  config.capacity_mw = 0.0;
  config.pv.slope = -1.0;
  config.pv.system_loss = 1.2;
  const auto profile = make_profile(clear_days(1), config);
  ASSERT_FALSE(profile.has_value());
  std::vector<std::string> paths;
  for (const auto& issue : profile.issues().errors()) paths.push_back(issue.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"/latitude", "/capacity_mw", "/slope", "/system_loss"}));
  config = pv(SolarChain::atlite);
  config.profile_type = ProfileType::wind;
  config.wind.turbine_type = "windmill";
  const Issue unknown = make_profile(clear_days(1), config).issues().errors().front();
  EXPECT_EQ(std::pair(unknown.code, unknown.path), std::pair(std::string("wrong_type"), std::string("/turbine_type")));
  EXPECT_NE(unknown.message.find("generic_onshore_2mw"), std::string::npos) << "what there is";
}

TEST(Profile, MissingWeatherIsAnError) {
  WeatherSeries w = clear_days(1);
  w.temperature_k[12] = std::numeric_limits<double>::quiet_NaN();
  const auto gap = make_profile(w, pv(SolarChain::atlite));
  ASSERT_FALSE(gap.has_value());
  EXPECT_EQ(gap.issues().errors().front().code, "gap");
  w.temperature_k.clear();
  const auto absent = make_profile(w, pv(SolarChain::atlite));
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.issues().errors().front().code, "missing_column");
}

TEST(Profile, ProgressAndCancel) {
  const WeatherSeries w = clear_days(40);
  std::size_t last = 0;
  ASSERT_TRUE(make_profile(w, pv(SolarChain::atlite), [&](const Progress& p) {
                EXPECT_GT(p.done, last);
                last = p.done;
              }).has_value());
  EXPECT_EQ(last, 40U * 96U);
  CancellationToken token;
  token.cancel();
  EXPECT_THROW((void)make_profile(w, pv(SolarChain::atlite), {}, &token), Cancelled);
}

}  // namespace bess
