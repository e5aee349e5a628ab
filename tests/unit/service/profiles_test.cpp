// What POST /profiles and bess profile generate can be asked for beside the model: how weather is read, and a turbine of one's own.

#include "service/data/profiles.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "store/store.h"

namespace bess::service {
namespace {

namespace fs = std::filesystem;

class Profiles : public testing::Test {
 protected:
  void SetUp() override { store_ = std::make_unique<Store>(StoreOptions{.data_directory = folder_}); }
  void TearDown() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  Expected<JsonAnswer> make(const std::string& changes, const std::string& weather) {
    Json body =
        *parse_json(R"({"name": "x", "profile_type": "pv", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 1, "allow_partial": true})");
    const Json wanted = *parse_json(changes);
    for (const JsonMember& member : wanted.members()) body.set(member.key, member.value);
    return generate_profile(*store_, body, {{"w.csv", weather}}, folder_ / "weather");
  }
  std::vector<double> power(const std::string& changes, const std::string& weather) {
    const Expected<JsonAnswer> made = make(changes, weather);
    if (!made) {
      ADD_FAILURE() << to_json(made.issues().all()).dump();
      return {};
    }
    return (*store_->profiles().series(made->json.find("id")->as_string()))->power_mw;
  }
  std::string refused(const std::string& changes, const std::string& weather) {
    const Expected<JsonAnswer> made = make(changes, weather);
    EXPECT_FALSE(made) << changes;
    EXPECT_TRUE(store_->profiles().list().empty()) << changes;
    return made ? std::string() : made.issues().all().front().code + " " + made.issues().all().front().path;
  }

  fs::path folder_{fs::temp_directory_path() / ("bess_profiles_" + std::to_string(::getpid()))};
  std::unique_ptr<Store> store_;
};

double sun_w_per_m2(int hour) { return std::max(0.0, 600.0 - 20.0 * (hour - 12) * (hour - 12)); }

/// Two June days, hourly.
std::string known_headers() {
  std::string csv = "timestamp,ghi_w_per_m2,temp_air_c\n";
  for (int h = 0; h < 48; ++h) csv += fmt::format("2024-06-{:02}T{:02}:00:00Z,{},15\n", 1 + h / 24, h % 24, sun_w_per_m2(h % 24));
  return csv;
}

/// The same in an export of someone else's: kW, kelvin, local summer time, stamps at the ends of the hours.
std::string other_headers() {
  std::string csv = "Zeit;Globalstrahlung;Lufttemperatur\n";
  for (int h = 0; h < 48; ++h) {
    std::string sun = fmt::format("{:.3f}", sun_w_per_m2(h % 24) / 1000.0);
    std::replace(sun.begin(), sun.end(), '.', ',');
    const int local = h + 3;  // UTC + 2, and the hour's end
    csv += fmt::format("2024-06-{:02} {:02}:00;{};288,15\n", 1 + local / 24, local % 24, sun);
  }
  return csv;
}

const char* const how_to_read = R"({"weather_columns": [{"variable": "timestamp", "column": "Zeit"},
    {"variable": "ghi", "column": "Globalstrahlung", "unit": "kW/m2"}, {"variable": "temperature", "column": "Lufttemperatur", "unit": "K"}],
  "weather_time_zone": "Europe/Amsterdam", "weather_stamp": "interval_end"})";

std::string wind_csv() {
  std::string csv = "timestamp,wind_speed_100m\n";
  for (int h = 0; h < 48; ++h) csv += fmt::format("2024-06-{:02}T{:02}:00:00Z,{}\n", 1 + h / 24, h % 24, 5 + h % 24);
  return csv;
}

}  // namespace

TEST_F(Profiles, ATableOfSomeoneElsesIsReadAsTold) {
  const std::vector<double> ours = power("{}", known_headers());
  const std::vector<double> theirs = power(how_to_read, other_headers());
  ASSERT_EQ(ours.size(), 192U);
  ASSERT_EQ(theirs.size(), ours.size());
  EXPECT_GT(*std::max_element(ours.begin(), ours.end()), 0.3);
  for (std::size_t q = 0; q < ours.size(); ++q) EXPECT_NEAR(theirs[q], ours[q], 1e-9) << q;
}

TEST_F(Profiles, WhatIsToldMustFit) {
  EXPECT_EQ(refused(R"({"weather_columns": [{"variable": "ghi", "column": "nowhere"}]})", known_headers()), "missing_column ");
  EXPECT_EQ(refused(R"({"weather_columns": [{"variable": "rain", "column": "x"}]})", known_headers()),
            "wrong_type /weather_columns/0/variable");
  EXPECT_EQ(refused(R"({"weather_columns": [{"variable": "ghi"}]})", known_headers()), "required /weather_columns/0/column");
  EXPECT_EQ(refused(R"({"weather_time_zone": "Mars/Crater"})", known_headers()), "ambiguous_time ");
  EXPECT_EQ(refused(R"({"weather_selection": "best"})", known_headers()), "wrong_type /weather_selection");
  EXPECT_EQ(refused(R"({"weather_last_year": 2024})", known_headers()), "required /weather_first_year");
  EXPECT_EQ(refused(R"({"weather_first_year": 2024, "weather_last_year": 2023})", known_headers()), "out_of_range /weather_last_year");
  EXPECT_EQ(refused(R"({"weather_first_year": 2023, "allow_partial": false})", known_headers()), "incomplete_year /weather/years");
  EXPECT_EQ(refused("{}", std::string("PK\x03\x04 what a download may be", 27)), "zip_unsafe ");
}

/// Two days as PVGIS and open-meteo answer in JSON.
std::string pvgis_json() {
  std::string rows;
  for (int h = 0; h < 48; ++h) {
    const bool day = h % 24 >= 6 && h % 24 < 18;
    rows += fmt::format(
        R"x({}{{"time": "202406{:02}:{:02}10", "P": {}.0, "G(i)": {}.0, "H_sun": 10.0, "T2m": 15.0, "WS10m": 3.0, "Int": 0.0}})x",
        h > 0 ? "," : "", 1 + h / 24, h % 24, day ? 250000 : 0, day ? 400 : 0);
  }
  return R"x({"inputs": {"location": {"latitude": 52.3, "longitude": 4.9, "elevation": 3.0}, "mounting_system": {"fixed": {
    "slope": {"value": 35, "optimal": false}, "azimuth": {"value": 0, "optimal": false}, "type": "free-standing"}},
    "pv_module": {"technology": "c-Si", "peak_power": 1000.0, "system_loss": 14.0}}, "outputs": {"hourly": [)x" +
         rows + R"x(]}, "meta": {}})x";
}

std::string open_meteo_json() {
  std::string times, sun, warm;
  for (int h = 0; h < 48; ++h) {
    const std::string comma = h > 0 ? "," : "";
    times += fmt::format("{}\"2024-06-{:02}T{:02}:00\"", comma, 1 + h / 24, h % 24);
    sun += comma + (h == 30 ? "null" : fmt::format("{:.3f}", sun_w_per_m2((h + 22) % 24)));  // local time + 1 h, the hour before
    warm += comma + "59.0";
  }
  return R"({"latitude": 52.3, "longitude": 4.8, "elevation": 2.0, "utc_offset_seconds": 3600, "timezone": "Europe/X", "hourly_units": {"time": "iso8601",
    "shortwave_radiation": "W/m²", "temperature_2m": "°F"}, "hourly": {"time": [)" +
         times + R"(], "shortwave_radiation": [)" + sun + R"(], "temperature_2m": [)" + warm + "]}}";
}

TEST_F(Profiles, AnswersOfWeatherServicesInJson) {
  const std::vector<double> ours = power("{}", known_headers());
  const std::vector<double> theirs = power("{}", open_meteo_json());
  ASSERT_EQ(theirs.size(), 192U);
  // One hour of zone and one of the interval's end: the rows begin two hours before ours.
  for (std::size_t q = 8; q < 100; ++q) EXPECT_NEAR(theirs[q], ours[q - 8], 1e-6) << q;
  EXPECT_GT(power("{}", pvgis_json())[48], 0.2) << "radiation in the plane that the defaults have";
}

TEST_F(Profiles, AnswersThatCantServeAreRefused) {
  EXPECT_EQ(refused(R"({"slope": 10})", pvgis_json()), "weather_plane /slope");
  EXPECT_EQ(refused("{}", R"({"inputs": {}, "outputs": {}})"), "wrong_type ");
  EXPECT_EQ(refused(R"({"weather_preset": "epw"})", known_headers()), "preset_mismatch ");
  EXPECT_EQ(refused(R"({"weather_accumulation": "2h"})", known_headers()), "wrong_type /weather_accumulation");
}

TEST_F(Profiles, AYearCanBeChosen) {
  std::string csv = "timestamp,ghi_w_per_m2,temp_air_c\n";
  Instant at = std::chrono::sys_days(std::chrono::year{2022} / 12 / 30);
  const Instant end = std::chrono::sys_days(std::chrono::year{2024} / 1 / 3);
  for (; at < end; at += std::chrono::hours{1}) csv += format_instant(at) + ",100,10\n";
  EXPECT_EQ(refused(R"({"allow_partial": false})", csv), "incomplete_year /weather/years");
  const Expected<JsonAnswer> made = make(R"({"allow_partial": false, "weather_first_year": 2023})", csv);
  ASSERT_TRUE(made) << to_json(made.issues().all()).dump();
  EXPECT_GE(made->json.find("quarters")->as_number(), 35040);
  EXPECT_LE(made->json.find("quarters")->as_number(), 35040 + 2 * 96);
}

TEST_F(Profiles, ATurbineOfOnesOwn) {
  const std::string own = R"({"profile_type": "wind", "wake_loss": 0, "availability": 1, "electrical_loss": 0, "capacity_mw": 6,
      "curve_wind_speed": [3, 13, 25], "curve_power_mw": [0, 3, 3]})";
  const std::vector<double> output = power(own, wind_csv());
  ASSERT_EQ(output.size(), 192U);
  // Each state holds over its hour: 9 m/s from 4 to 5 o'clock, in its middle; 6/10 of 6 MW.
  EXPECT_NEAR(0.5 * (output[17] + output[18]), 6.0 * 0.6, 1e-9);
  const Expected<Json> config =
      with_power_curve(*parse_json(R"({"name": "x"})"), {"t.csv", "wind_speed_m_per_s,power_kw\n13,3000\n3,0\n25,3000\n"});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->find("curve_power_mw")->dump(), "[0,3,3]");
  EXPECT_EQ(config->find("curve_wind_speed")->dump(), "[3,13,25]");
  const Expected<Json> bad = with_power_curve(*parse_json("{}"), {"t.csv", "speed,power\n"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.issues().all().front().code, "missing_column");
  store_.reset();
  fs::remove_all(folder_);
  store_ = std::make_unique<Store>(StoreOptions{.data_directory = folder_});
  EXPECT_EQ(refused(R"({"profile_type": "wind", "curve_wind_speed": [3, 13]})", wind_csv()), "out_of_range /curve_power_mw");
  EXPECT_EQ(refused(R"({"profile_type": "wind", "curve_wind_speed": [13, 3], "curve_power_mw": [0, 1]})", wind_csv()),
            "out_of_range /curve_power_mw");
}

}  // namespace bess::service
