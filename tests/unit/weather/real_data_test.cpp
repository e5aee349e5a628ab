// Whole chains on real weather. What is measured here is written in docs/models/solar.md and docs/models/wind.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "generation/profile.h"
#include "importers/netcdf_era5.h"
#include "importers/weather_csv.h"
#include "support/shared_data.h"

namespace bess {
namespace {

double sum(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0); }

WeatherSeries csv(const std::string& name, double latitude, double longitude, const WeatherCsvOptions& options = {}) {
  WeatherRequest request;
  request.latitude = latitude;
  request.longitude = longitude;
  auto weather = read_weather_csv(test::shared("data/" + name), request, options);
  EXPECT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  return std::move(weather->series);
}

ProductionTotals totals_of(const WeatherSeries& weather, const ProfileConfig& config) {
  const auto profile = make_profile(weather, config);
  EXPECT_TRUE(profile.has_value());
  return production_totals(profile->production);
}

ProfileConfig park(const WeatherSeries& weather, SolarChain chain) {
  ProfileConfig config;
  config.latitude = weather.latitude_deg;
  config.longitude = weather.longitude_deg;
  config.capacity_mw = 1.0;
  config.pv.chain = chain;
  return config;
}

// kWh/kWp of a fixed 35° south plant with the defaults of either chain: atlite (inverter 0.9, no other loss), pvwatts (0.96, 14.08 %
// losses).
struct Yields {
  double atlite;
  double pvwatts;
};
Yields yields(const WeatherSeries& weather, const std::string& name) {
  const auto atlite = totals_of(weather, park(weather, SolarChain::atlite));
  const auto pvwatts = totals_of(weather, park(weather, SolarChain::pvwatts));
  fmt::print("{}: atlite {:.1f} kWh/kWp (capacity factor {:.4f}), pvwatts {:.1f} kWh/kWp ({:.4f})\n", name, atlite.energy_mwh,
             atlite.capacity_factor, pvwatts.energy_mwh, pvwatts.capacity_factor);
  return {atlite.energy_mwh, pvwatts.energy_mwh};  // of 1 MWp, so MWh are kWh/kWp
}

struct Comparison {
  double correlation, bias, rmse;
};
Comparison compare(const std::vector<double>& model, const std::vector<double>& measured) {
  const double n = static_cast<double>(model.size());
  const double mx = sum(model) / n;
  const double my = sum(measured) / n;
  double xx = 0, yy = 0, xy = 0, square = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    xx += (model[i] - mx) * (model[i] - mx);
    yy += (measured[i] - my) * (measured[i] - my);
    xy += (model[i] - mx) * (measured[i] - my);
    square += (model[i] - measured[i]) * (model[i] - measured[i]);
  }
  return {xy / std::sqrt(xx * yy), mx / my - 1.0, std::sqrt(square / n)};
}

std::vector<double> hourly_mean(const std::vector<double>& quarters) {
  std::vector<double> hours(quarters.size() / 4);
  for (std::size_t h = 0; h < hours.size(); ++h)
    hours[h] = (quarters[4 * h] + quarters[4 * h + 1] + quarters[4 * h + 2] + quarters[4 * h + 3]) / 4.0;
  return hours;
}

std::vector<double> column(const std::string& file, std::size_t index) {
  std::ifstream in(test::shared("data/" + file));
  std::string line;
  std::getline(in, line);
  std::vector<double> values;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (std::size_t i = 0; i <= index; ++i) std::getline(cells, cell, ',');
    values.push_back(cell.empty() ? 0.0 : std::stod(cell));
  }
  return values;
}

WeatherSeries era5_berlin() {
  WeatherRequest request;
  request.latitude = 52.60;
  request.longitude = 13.10;
  const std::vector<std::filesystem::path> files{test::shared("data/era5_berlin_2017.nc")};
  auto weather = read_era5(files, request);
  EXPECT_TRUE(weather.has_value());
  return std::move(weather->series);
}

PowerCurve published_curve(const std::string& turbine) {
  std::ifstream in(test::shared("data/wind_power_curves.csv"));
  PowerCurve curve{.name = turbine, .wind_speed = {}, .power_mw = {}};
  std::string line;
  while (std::getline(in, line)) {
    if (!line.starts_with(turbine + ",")) continue;
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
    curve.wind_speed.push_back(std::stod(cells.at(3)));
    curve.power_mw.push_back(std::max(0.0, std::stod(cells.at(4)) / 1000.0));
  }
  return curve;
}

}  // namespace

// Published: 947 kWh/kWp, mean of Dutch roof systems 2015–2019 (Schardt & te Heesen, EU PVSEC 2021); 950 full-load hours are what RVO
// grants a field (SDE++).
TEST(RealWeather, AmsterdamTypicalYear) {
  BESS_NEEDS_SHARED("data/weather_tmy_amsterdam_iwec.csv");
  const WeatherSeries w = csv("weather_tmy_amsterdam_iwec.csv", 52.30, 4.77);
  ASSERT_EQ(w.rows, 8760U);
  EXPECT_NEAR(sum(w.ghi) / 1000.0, 982.0, 1.0);
  const QuarterWeather q = to_quarters(w);
  EXPECT_NEAR(sum(q.ghi) / 4000.0, 982.0, 0.005 * 982.0);
  const auto yield = yields(w, "Amsterdam");
  EXPECT_NEAR(yield.atlite, 947.0, 94.7);
  EXPECT_NEAR(yield.pvwatts, 947.0, 94.7);
}

// Published: 1113–1291 kWh/kWp at the best angle, the class of northern Italy on the map of the Joint Research Centre; a sunny spot in
// the plain of the Po, so its upper end.
TEST(RealWeather, PvgisTypicalYear) {
  BESS_NEEDS_SHARED("data/weather_pvgis_tmy_45n_8e.csv");
  WeatherCsvOptions options;
  options.irradiance_offset_h = 0.1761;  // as PVGIS states for this place
  const WeatherSeries w = csv("weather_pvgis_tmy_45n_8e.csv", 45.0, 8.0, options);
  ASSERT_EQ(w.rows, 8760U);
  EXPECT_NEAR(sum(w.ghi) / 1000.0, 1436.0, 1.0);
  const QuarterWeather q = to_quarters(w);
  EXPECT_NEAR(sum(q.ghi) / 4000.0, 1436.0, 0.005 * 1436.0);
  // The split given agrees with the sun: DNI · sin(alt) + DHI is GHI.
  double rebuilt = 0.0;
  for (std::size_t k = 0; k < q.size(); ++k) rebuilt += q.direct[k] + (q.ghi[k] - q.direct[k]);
  EXPECT_NEAR(rebuilt / sum(q.ghi), 1.0, 1e-9);
  const auto yield = yields(w, "45N 8E");
  EXPECT_NEAR(yield.atlite, 1291.0, 129.1);
  EXPECT_NEAR(yield.pvwatts, 1291.0, 129.1);
}

// The series' power follows its irradiance without tilt; its stamps jump by an hour when the clocks change.
TEST(RealWeather, LelystadParkOf2021) {
  BESS_NEEDS_SHARED("data/nl_pv_park_lelystad_2021.csv");
  const WeatherSeries w = csv("nl_pv_park_lelystad_2021.csv", 52.52, 5.47);
  auto measured = column("nl_pv_park_lelystad_2021.csv", 4);
  for (double& v : measured) v = std::max(0.0, v / 1000.0);
  ASSERT_EQ(measured.size(), w.rows);
  const auto report = [&](std::string_view label, ProfileConfig config) {
    config.capacity_mw = 25.4;
    auto model = hourly_mean(make_profile(w, config)->production.power_mw);
    const auto at_nominal = compare(model, measured);
    const double fitted = 25.4 * sum(measured) / sum(model);
    for (double& v : model) v *= fitted / 25.4;
    const auto at_fitted = compare(model, measured);
    fmt::print("Lelystad, {}: correlation {:.4f}; at 25.4 MWp bias {:+.1f} %, RMSE {:.2f} MW; at the fitted {:.1f} MWp RMSE {:.2f} MW\n",
               label, at_nominal.correlation, 100.0 * at_nominal.bias, at_nominal.rmse, fitted, at_fitted.rmse);
    return at_fitted;
  };
  ProfileConfig flat = park(w, SolarChain::atlite);
  flat.pv.slope = 0.0;
  const auto horizontal = report("atlite, flat", flat);
  ProfileConfig tilted = park(w, SolarChain::atlite);
  const auto south = report("atlite, 35° south", tilted);
  ProfileConfig watts = park(w, SolarChain::pvwatts);
  watts.pv.slope = 0.0;
  watts.pv.dc_ac_ratio = 0.9;
  const auto flat_watts = report("pvwatts, flat", watts);
  EXPECT_GT(horizontal.correlation, 0.97);
  EXPECT_GT(flat_watts.correlation, 0.97);
  EXPECT_GT(south.correlation, 0.9);
}

TEST(RealWeather, WindYearOfBerlinByCurve) {
  BESS_NEEDS_SHARED("data/era5_berlin_2017.nc");
  const WeatherSeries w = era5_berlin();
  ProfileConfig config;
  config.profile_type = ProfileType::wind;
  config.latitude = w.latitude_deg;
  config.longitude = w.longitude_deg;
  config.capacity_mw = 1.0;
  for (const auto& name : curve_names()) {
    config.wind.turbine_type = name;
    config.wind.smoothing = false;
    const double gross_and_losses = totals_of(w, config).capacity_factor;
    config.wind.smoothing = true;
    const double fleet = totals_of(w, config).capacity_factor;
    fmt::print("Berlin 2017, 100 m hub, {}: capacity factor {:.4f} net ({:.0f} h), fleet curve {:.4f}\n", name, gross_and_losses,
               8760.0 * gross_and_losses, fleet);
    EXPECT_GT(gross_and_losses, 0.15) << name;
    EXPECT_LT(gross_and_losses, 0.45) << name;
  }
}

// Curves computed from class figures against the published curves of the same reference turbines, on the same wind.
TEST(RealWeather, ClassCurvesYieldWhatThePublishedCurvesDo) {
  BESS_NEEDS_SHARED("data/wind_power_curves.csv");
  BESS_NEEDS_SHARED("data/era5_berlin_2017.nc");
  const WeatherSeries w = era5_berlin();
  for (const auto& [ours, theirs] :
       {std::pair{"nrel_5mw_126", "NREL_Reference_5MW_126"}, std::pair{"iea_onshore_3_4mw_130", "IEA_Reference_3.4MW_130"},
        std::pair{"dtu_10mw_178", "DTU_Reference_v1_10MW_178"}, std::pair{"iea_offshore_15mw_240", "IEA_Reference_15MW_240"}}) {
    ProfileConfig config;
    config.profile_type = ProfileType::wind;
    config.capacity_mw = 1.0;
    config.wind.turbine_type = ours;
    const double from_class = totals_of(w, config).capacity_factor;
    config.wind.curve = published_curve(theirs);
    ASSERT_FALSE(check_curve(*config.wind.curve, "/curve").has_errors()) << theirs;
    const double published = totals_of(w, config).capacity_factor;
    fmt::print("{}: capacity factor {:.4f} by class, {:.4f} by published curve ({:+.1f} %)\n", ours, from_class, published,
               100.0 * (from_class / published - 1.0));
    EXPECT_NEAR(from_class / published, 1.0, 0.10) << ours;
  }
}

TEST(RealWeather, GermanWeatherOf2010ServesSunAndWind) {
  BESS_NEEDS_SHARED("data/weather_germany_2010_windpowerlib.csv");
  WeatherCsvOptions options;
  options.columns = {{"temperature", "temperature_2m_k"}};
  const WeatherSeries w = csv("weather_germany_2010_windpowerlib.csv", 53.4, 12.5, options);
  EXPECT_EQ(w.upper_wind_height_m, 80.0);
  EXPECT_FALSE(w.roughness_m.empty());
  ProfileConfig wind;
  wind.profile_type = ProfileType::wind;
  wind.capacity_mw = 1.0;
  EXPECT_GT(totals_of(w, wind).capacity_factor, 0.1);
  EXPECT_GT(totals_of(w, park(w, SolarChain::pvwatts)).energy_mwh, 700.0);
}

}  // namespace bess
