#include "importers/profile_csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "import_support.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Expected<ImportedProfile> import_text(const std::string& text, const ProfileCsvOptions& options = {}) {
  return import_profile({"park.csv", text}, options);
}
std::vector<std::string> problem_codes(const Expected<ImportedProfile>& result) {
  return codes(result ? result->warnings.all() : result.issues().all());
}

TEST(ProfileCsv, HourlyPowerIsHeld) {
  const auto result = import_text("timestamp,output_mw\n2024-01-01T00:00Z,4\n2024-01-01T01:00Z,8\n", {.capacity_mw = 10.0});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->production.power_mw, ElementsAre(4, 4, 4, 4, 8, 8, 8, 8));
  EXPECT_EQ(result->production.capacity_mw, 10.0);
  EXPECT_EQ(result->production.start, at("2024-01-01T00:00Z"));
  EXPECT_TRUE(result->warnings.empty());
}

TEST(ProfileCsv, EnergyPerRowBecomesPower) {
  ProfileCsvOptions options{.capacity_mw = 10.0};
  options.mapping.columns = {{"output_mw", "energy"}};
  options.mapping.units = {{"output_mw", "kWh"}};
  const auto result = import_text("timestamp,energy\n2024-01-01T00:00Z,500\n2024-01-01T00:30Z,1000\n", options);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->production.power_mw, ElementsAre(1, 1, 2, 2));
  options.mapping.units = {{"output_mw", "horsepower"}};
  EXPECT_THAT(problem_codes(import_text("timestamp,energy\n2024-01-01T00:00Z,500\n", options)), ElementsAre("wrong_type"));
}

TEST(ProfileCsv, FiveMinutesAreAveraged) {
  const auto result = import_text(
      "timestamp,output_mw\n2024-01-01T00:00Z,1\n2024-01-01T00:05Z,2\n2024-01-01T00:10Z,6\n2024-01-01T00:15Z,4\n", {.capacity_mw = 10.0});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->production.power_mw, ElementsAre(3, 4));
}

TEST(ProfileCsv, ACapacityNextToNothingOrBeyondAllParksIsRefused) {
  const std::string text = "timestamp,output_mw\n2024-01-01T00:00Z,0\n2024-01-01T01:00Z,0\n";
  for (const double capacity : {0.0, 5e-324, 1e-307, 9e-10, 1.1e6, 1e308, -1.0})
    EXPECT_THAT(problem_codes(import_text(text, {.capacity_mw = capacity})), ElementsAre("out_of_range")) << capacity;
  EXPECT_TRUE(import_text(text, {.capacity_mw = 1e-9}));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,1e300\n2024-01-01T01:00Z,0\n")), Contains("out_of_range"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,1e-300\n2024-01-01T01:00Z,0\n")),
              ElementsAre("out_of_range"));
}

TEST(ProfileCsv, NegativeOutputIsZeroAndTooMuchAnError) {
  const std::string text = "timestamp,output_mw\n2024-01-01T00:00Z,-0.2\n2024-01-01T01:00Z,10.5\n";
  const auto fits = import_text(text, {.capacity_mw = 10.0});
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->production.power_mw[0], 0.0);
  EXPECT_THAT(problem_codes(fits), ElementsAre("negative_production"));
  const auto exceeds = import_text(text, {.capacity_mw = 9.9});
  ASSERT_FALSE(exceeds);
  EXPECT_THAT(problem_codes(exceeds), ElementsAre("negative_production", "out_of_range"));
  EXPECT_EQ(exceeds.issues().errors()[0].row, 3U);
  const auto assumed = import_text(text);
  ASSERT_TRUE(assumed);
  EXPECT_EQ(assumed->production.capacity_mw, 10.5);
  EXPECT_THAT(problem_codes(assumed), ElementsAre("negative_production", "assumed"));
  EXPECT_THAT(problem_codes(import_text(text, {.capacity_mw = 0.0})), ElementsAre("negative_production", "out_of_range"));
}

TEST(ProfileCsv, GapsFollowTheRules) {
  const auto filled = import_text(
      "timestamp,output_mw\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,\n2024-01-01T02:00Z,n/a\n2024-01-01T03:00Z,4\n", {.capacity_mw = 5.0});
  ASSERT_TRUE(filled);
  EXPECT_NEAR(filled->production.power_mw[4], 2.0, 1e-12);
  EXPECT_EQ(filled->quality.interpolated, 8);
  EXPECT_THAT(problem_codes(filled), ElementsAre("gap_filled"));
  const auto refused =
      import_text("timestamp,output_mw\n" + rows("2024-01-01T00:00Z", 60, 5) + rows("2024-01-03T00:00Z", 60, 5), {.capacity_mw = 5.0});
  EXPECT_THAT(problem_codes(refused), ElementsAre("gap"));
  EXPECT_EQ(refused.issues().all()[0].row, 6U);
}

TEST(ProfileCsv, FaultsAreThoseOfMarketFiles) {
  EXPECT_THAT(problem_codes(import_text("timestamp,power\n2024-01-01T00:00Z,1\n")), ElementsAre("missing_column"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,x\nnever,2\n")),
              ElementsAre("bad_number", "ambiguous_time"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01 00:00,1\n")), ElementsAre("ambiguous_time"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,\n")), testing::Contains("gap"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,1\n", {.country = "??"})), ElementsAre("time_zone"));
}

/// As PVGIS writes it: a preamble, a table with the minute of the satellite's picture, a legend. Sun at 12:00 UTC, 1 MWp.
std::string pvgis(int year, int minute, const std::string& eol, const std::string& nominal) {
  std::string text = "Latitude (decimal degrees):\t52.300" + eol + "Longitude (decimal degrees):\t4.900" + eol + "Elevation (m):\t3" + eol +
                     eol + "Slope: 35 deg. " + eol + "Azimuth: 0 deg. " + eol;
  if (!nominal.empty()) text += "Nominal power of the PV system (c-Si) (kWp):\t" + nominal + eol;
  text += "System losses (%):\t14.0" + eol + eol + "time,P,G(i),H_sun,T2m,WS10m,Int" + eol;
  const Instant start = std::chrono::sys_days{std::chrono::year{year} / 1 / 1};
  const Instant end = std::chrono::sys_days{std::chrono::year{year + 1} / 1 / 1};
  for (Instant t = start; t < end; t += std::chrono::hours{1}) {
    const std::string stamp = format_instant(t);  // 2020-01-01T00:00:00Z
    const int hour = std::stoi(stamp.substr(11, 2));
    text += fmt::format("{}{}{}:{}{:02},{:.2f},0.0,0.0,2.0,3.0,0.0{}", stamp.substr(0, 4), stamp.substr(5, 2), stamp.substr(8, 2),
                        stamp.substr(11, 2), minute, hour >= 9 && hour < 15 ? 500'000.0 : 0.0, eol);
  }
  return text + eol + "P: PV system power (W)" + eol + "G(i): Global irradiance on the inclined plane (W/m2)" + eol + eol +
         "PVGIS (c) European Union, 2001-2025" + eol;
}

TEST(ProfilePvgis, PowerInWattsUtcAndNominalPower) {
  for (const auto& [year, quarters] : {std::pair{2020, 35136U}, std::pair{2021, 35040U}}) {
    for (const std::string eol : {"\r\n", "\n"}) {
      const auto result = import_text("\xEF\xBB\xBF" + pvgis(year, 10, eol, "1000.0"));
      ASSERT_TRUE(result) << result.issues().all()[0].message;
      EXPECT_EQ(result->production.power_mw.size(), quarters);
      EXPECT_EQ(result->production.capacity_mw, 1.0) << "the file's own, not the highest output";
      EXPECT_EQ(format_instant(result->production.start), fmt::format("{}-12-31T23:45:00Z", year - 1))
          << "half an hour before the snapshot";
      EXPECT_NEAR(production_totals(result->production).energy_mwh, quarters / 96.0 * 6.0 * 0.5, 1e-6);
      EXPECT_THAT(problem_codes(result), ElementsAre("preset_used"));
    }
  }
}

TEST(ProfilePvgis, WhatIsMissingIsSaid) {
  std::string text = pvgis(2021, 10, "\n", "");
  EXPECT_THAT(problem_codes(import_text(text)), ElementsAre("preset_used", "assumed"));
  EXPECT_EQ(import_text(text, {.capacity_mw = 0.8})->production.capacity_mw, 0.8);
  EXPECT_THAT(problem_codes(import_text(text, {.preset = ProfilePreset::none})), testing::Each("missing_column"));
  EXPECT_THAT(problem_codes(import_text("timestamp,output_mw\n2024-01-01T00:00Z,1\n", {.preset = ProfilePreset::pvgis_hourly})),
              ElementsAre("preset_mismatch"));
  std::string cell = text;
  cell.replace(cell.find("20210102:0310,0.00"), 18, "20210102:0310,x.00");
  EXPECT_THAT(problem_codes(import_text(cell)), ElementsAre("bad_number"));
  text.replace(text.find("time,P,"), 7, "time,Q,");
  EXPECT_THAT(problem_codes(import_text(text)), ElementsAre("missing_column"));
}

TEST(ProfileCsv, ARealPark) {
  BESS_NEEDS_SHARED("data/nl_pv_park_lelystad_2021.csv");
  const std::string text = read_file(shared("data/nl_pv_park_lelystad_2021.csv"));
  ProfileCsvOptions options{.capacity_mw = 25.0};
  options.mapping.columns = {{"output_mw", "power_kw"}};
  options.mapping.units = {{"output_mw", "kW"}};
  const auto result = import_text(text, options);
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  EXPECT_EQ(result->production.power_mw.size(), 35040U);
  EXPECT_EQ(result->production.start, at("2020-12-31T23:00Z"));
  EXPECT_THAT(problem_codes(result), ElementsAre("negative_production", "gap_filled"));
  EXPECT_EQ(result->quality.rows, 8759);  // one hour is empty in the source
  const ProductionTotals totals = production_totals(result->production);
  EXPECT_NEAR(totals.energy_mwh, 25.0 * 1310.338, 25.0);  // the file's own sum, but for the hour that was filled
}

}  // namespace
}  // namespace bess
