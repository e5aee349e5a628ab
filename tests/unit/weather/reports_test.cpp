// Files that users of such tools brought, with what is right of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "generation/profile.h"
#include "importers/netcdf_era5.h"
#include "importers/profile_csv.h"
#include "importers/weather_csv.h"
#include "support/shared_data.h"

namespace bess {
namespace {

double era5_hours(const char* file) {
  const WeatherRequest request{.latitude = 52.6, .longitude = 13.1, .needs = {WeatherNeed::solar}};
  const std::vector<std::filesystem::path> files{test::shared(file)};
  const auto weather = read_era5(files, request);
  EXPECT_TRUE(weather) << weather.issues().all().front().message;
  if (!weather) return 0.0;
  const auto profile =
      make_profile(weather->series, {.profile_type = ProfileType::pv, .latitude = 52.6, .longitude = 13.1, .capacity_mw = 10.0});
  EXPECT_TRUE(profile);
  return profile ? production_totals(profile->production).full_load_hours_per_year : 0.0;
}

double wind_factor(const char* file, const std::string& unit) {
  WeatherCsvOptions options;
  options.columns = {{"upper_wind", "wind_speed_100m (" + unit + ")"},
                     {"lower_wind", "wind_speed_10m (" + unit + ")"},
                     {"temperature", "temperature_2m (°C)"}};
  options.stamp = WeatherStamp::interval_end;
  options.instantaneous_states = true;
  const auto weather = read_weather_csv(test::shared(file), {.latitude = 52.3, .longitude = 4.9}, options);
  EXPECT_TRUE(weather) << weather.issues().all().front().message;
  if (!weather) return 0.0;
  const auto profile =
      make_profile(weather->series, {.profile_type = ProfileType::wind, .latitude = 52.3, .longitude = 4.9, .capacity_mw = 1.0});
  EXPECT_TRUE(profile);
  return profile ? production_totals(profile->production).capacity_factor : 0.0;
}

TEST(Reports, HourlySumsSampledEveryThreeHours) {
  BESS_NEEDS_SHARED("reports/era5_hourly_reference.nc");
  const double reference = era5_hours("reports/era5_hourly_reference.nc");
  const double sampled = era5_hours("reports/era5_3hourly_sampled.nc");
  std::printf("hourly %.2f h, sampled every 3 h %.2f h (%+.2f %%)\n", reference, sampled, 100.0 * (sampled / reference - 1.0));
  EXPECT_NEAR(reference, 936.2, 0.1);
  EXPECT_NEAR(sampled, reference, 0.02 * reference);
}

TEST(Reports, WindInKilometresAnHourByTheHeaderAlone) {
  BESS_NEEDS_SHARED("reports/openmeteo_wind_kmh.csv");
  const double reference = wind_factor("reports/openmeteo_wind_ms_reference.csv", "m/s");
  const double kilometres = wind_factor("reports/openmeteo_wind_kmh.csv", "km/h");
  std::printf("m/s %.4f %%, km/h %.4f %%\n", 100.0 * reference, 100.0 * kilometres);
  EXPECT_NEAR(reference, 0.3107, 0.00005);
  EXPECT_NEAR(kilometres, 0.3107, 0.0001);
}

TEST(Reports, PvgisHourlyAsProductionAndAsWeather) {
  BESS_NEEDS_SHARED("reports/pvgis_hourly_power.csv");
  std::ifstream stream(test::shared("reports/pvgis_hourly_power.csv"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  // The file goes from 3 January to 31 December: time, unit and legend are understood, and the hole of a year is told.
  const auto hole = import_profile({"pvgis_hourly_power.csv", whole}, {});
  ASSERT_FALSE(hole);
  ASSERT_EQ(hole.issues().errors().size(), 1U);
  EXPECT_EQ(hole.issues().errors().front().code, "gap");
  std::string text = whole;
  const auto second_part = text.find("20201231:");
  text.erase(second_part, text.find("\r\n\r\n", second_part) + 2 - second_part);
  const auto production = import_profile({"pvgis_hourly_power.csv", text}, {});
  ASSERT_TRUE(production) << production.issues().all().front().message;
  EXPECT_EQ(production->production.capacity_mw, 1.0);
  EXPECT_EQ(production->production.power_mw.size(), 3U * 96U);
  EXPECT_NEAR(production->production.power_mw[8 * 4], 0.00937050, 1e-9) << "the row of 08:10 begins at 07:45";
  const WeatherRequest request{.latitude = 52.3, .longitude = 4.9, .allow_partial = true, .needs = {WeatherNeed::solar}};
  const auto weather = parse_weather_csv(text, "pvgis_hourly_power.csv", request);
  ASSERT_TRUE(weather) << weather.issues().all().front().message;
  const auto profile =
      make_profile(weather->series, {.profile_type = ProfileType::pv, .latitude = 52.3, .longitude = 4.9, .capacity_mw = 1.0});
  ASSERT_TRUE(profile);
  // The same plant by another model of panels and losses (14 % there, the inverter's 10 % here).
  const double theirs = production_totals(production->production).energy_mwh;
  const double ours = production_totals(profile->production).energy_mwh;
  std::printf("P %.4f MWh, from G(i) %.4f MWh\n", theirs, ours);
  EXPECT_NEAR(ours, theirs, 0.15 * theirs);
}

}  // namespace
}  // namespace bess
