#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <numeric>

#include "era5_fixture.h"
#include "importers/netcdf_classic.h"
#include "importers/netcdf_era5.h"
#include "known_formats_support.h"
#include "support/shared_data.h"

namespace bess {
namespace {

using test::Era5Fixture;
using test::TemporaryDirectory;
using test::write_era5;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
const Instant midnight_2023 = *parse_instant("2023-01-01T00:00:00Z");

// Joules of a triangle of sun between 06 and 18 UTC, for the hour that ends at the stamp.
double hourly_joules(std::size_t t) {
  const double hour = static_cast<double>((t + 23) % 24) + 0.5;  // middle of the hour before the stamp
  return 3600.0 * 400.0 * std::max(0.0, 1.0 - std::abs(hour - 12.0) / 6.0);
}

std::vector<test::FixtureVariable> all_variables() {
  return {{"ssrd", "J m**-2", [](auto t, auto, auto) { return hourly_joules(t); }},
          {"fdir", "J m**-2", [](auto t, auto, auto) { return 0.4 * hourly_joules(t); }},
          {"t2m", "K",
           [](auto t, auto r, auto c) {
             return 280.0 + 0.001 * static_cast<double>(t) + static_cast<double>(r) + 0.1 * static_cast<double>(c);
           }},
          {"u100", "m s**-1", [](auto, auto, auto c) { return 3.0 + static_cast<double>(c); }},
          {"v100", "m s**-1", [](auto, auto, auto) { return -4.0; }},
          {"sp", "Pa", [](auto, auto, auto) { return 101300.0; }},
          {"fsr", "m", [](auto, auto, auto) { return 0.1; }}};
}

Era5Fixture year_2023() {
  Era5Fixture f;
  f.first_stamp = midnight_2023;
  f.hours = 8760;
  f.variables = all_variables();
  return f;
}

WeatherRequest berlin() {
  WeatherRequest request;
  request.latitude = 52.5;
  request.longitude = 13.25;
  request.needs = {WeatherNeed::solar, WeatherNeed::wind};
  return request;
}

Expected<ImportedWeather> read(const std::filesystem::path& path, const WeatherRequest& request, const Era5Options& options = {}) {
  const std::vector<std::filesystem::path> files{path};
  return read_era5(files, request, options);
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> result;
  for (const auto& issue : issues.errors()) result.push_back(issue.code);
  return result;
}

std::vector<std::string> warning_codes(const ImportedWeather& weather) {
  std::vector<std::string> result;
  for (const auto& issue : weather.warnings.warnings()) result.push_back(issue.code);
  return result;
}

/// A year of plausible sun (known_formats_support.h) in sums over `hours` before the stamp; since midnight where `hours` is 24.
Era5Fixture sunny_year(std::size_t every, std::size_t sum_hours) {
  static const std::vector<double> hourly = [] {  // of the hour before each stamp
    const test::MadeUpWeather truth{.latitude = 52.5, .longitude = 13.25};
    std::vector<double> joules;
    for (int h = -24; h < 8784; ++h)
      joules.push_back(3600.0 * truth.radiation(midnight_2023 + std::chrono::hours{h - 1}, std::chrono::minutes{60}));
    return joules;
  }();
  Era5Fixture f;
  f.first_stamp = midnight_2023;
  f.every = every;
  f.hours = 8760 / every;
  f.new_names = true;
  f.variables = all_variables();
  f.variables.erase(f.variables.begin() + 1);
  f.variables[0].packed = false;
  f.variables[0].value = [sum_hours](std::size_t h, auto, auto) {
    const std::size_t length = sum_hours == 24 ? (h + 23) % 24 + 1 : sum_hours;
    double joules = 0.0;
    for (std::size_t k = 0; k < length; ++k) joules += hourly[24 + h - k];
    return joules;
  };
  return f;
}

double yearly_kwh(const ImportedWeather& weather) {
  double sum = 0.0;
  for (const double g : weather.series.ghi) sum += g;
  return sum * weather.series.step_s / 3.6e6;
}

}  // namespace

TEST(Era5, HourlySumsStayHourlyHoweverFarApartTheyAreSampled) {
  const TemporaryDirectory dir;
  write_era5(dir / "1.nc", sunny_year(1, 1));
  const auto hourly = read(dir / "1.nc", berlin());
  ASSERT_TRUE(hourly.has_value()) << hourly.issues().all().front().message;
  for (const std::size_t every : {2, 3, 6}) {
    write_era5(dir / "n.nc", sunny_year(every, 1));
    const auto sampled = read(dir / "n.nc", berlin());
    ASSERT_TRUE(sampled.has_value()) << sampled.issues().all().front().message;
    EXPECT_THAT(warning_codes(*sampled), testing::Contains("sampled_hours"));
    EXPECT_EQ(sampled->series.step_s, 3600);
    EXPECT_EQ(sampled->series.start, midnight_2023 - std::chrono::hours{1});
    EXPECT_NEAR(yearly_kwh(*sampled) / yearly_kwh(*hourly), 1.0, every == 6 ? 0.08 : 0.02) << every;
    EXPECT_NEAR(sampled->series.temperature_k[100], hourly->series.temperature_k[100], 1e-3) << "states are linear between their instants";
  }
}

TEST(Era5, SumsOverStepsAndDaysAreToldApartOrRefused) {
  const TemporaryDirectory dir;
  write_era5(dir / "1.nc", sunny_year(1, 1));
  const double truth = yearly_kwh(*read(dir / "1.nc", berlin()));
  const auto codes_of = [&](const Era5Fixture& f, const Era5Options& options = {}) {
    write_era5(dir / "n.nc", f);
    return codes(read(dir / "n.nc", berlin(), options).issues());
  };
  const auto yield_of = [&](const Era5Fixture& f, const Era5Options& options = {}) {
    write_era5(dir / "n.nc", f);
    const auto weather = read(dir / "n.nc", berlin(), options);
    EXPECT_TRUE(weather.has_value()) << weather.issues().all().front().message;
    return weather ? yearly_kwh(*weather) / truth : 0.0;
  };
  EXPECT_THAT(codes_of(sunny_year(3, 3)), testing::ElementsAre("ambiguous_accumulation")) << "more than an hour of sun";
  EXPECT_NEAR(yield_of(sunny_year(3, 3), {.accumulation = FluxAccumulation::step}), 1.0, 1e-3);
  EXPECT_NEAR(yield_of(sunny_year(3, 24)), 1.0, 1e-3) << "since midnight, found in the data";
  EXPECT_NEAR(yield_of(sunny_year(1, 24)), 1.0, 1e-3);
  EXPECT_NEAR(yield_of(sunny_year(3, 24), {.accumulation = FluxAccumulation::daily}), 1.0, 1e-3);
  // What the file says goes before what the data look like.
  Era5Fixture said = sunny_year(3, 3);
  said.variables[0].attributes = {{"GRIB_stepType", "accum"}, {"GRIB_stepRange", "0-3"}};
  EXPECT_NEAR(yield_of(said), 1.0, 1e-3);
  said.variables[0].attributes = {{"GRIB_stepRange", "0-12"}};
  EXPECT_THAT(codes_of(said), testing::ElementsAre("ambiguous_accumulation"));
  said.variables[0].attributes = {{"GRIB_stepType", "instant"}};
  EXPECT_THAT(codes_of(said), testing::ElementsAre("ambiguous_accumulation"));
  Era5Fixture hour = sunny_year(3, 1);
  hour.variables[0].attributes = {{"GRIB_stepRange", "0-1"}};
  EXPECT_NEAR(yield_of(hour), 1.0, 0.02);
  hour.variables[0].attributes.clear();
  hour.step_hours = 6.0;
  EXPECT_THAT(codes_of(hour), testing::ElementsAre("ambiguous_accumulation")) << "sums since a forecast began";
  EXPECT_NEAR(yield_of(hour, {.accumulation = FluxAccumulation::hourly}), 1.0, 0.02);
}

TEST(Era5, OneMemberAndOnePointAreRead) {
  const TemporaryDirectory dir;
  Era5Fixture f = sunny_year(1, 1);
  write_era5(dir / "grid.nc", f);
  f.members = 1;
  write_era5(dir / "member.nc", f);
  EXPECT_EQ(read(dir / "member.nc", berlin())->series.ghi, read(dir / "grid.nc", berlin())->series.ghi);
  f.members = 3;
  write_era5(dir / "ensemble.nc", f);
  EXPECT_THAT(codes(read(dir / "ensemble.nc", berlin()).issues()), testing::Contains("unreadable_file"));
  f.members = 0;
  f.latitudes = {52.5};
  f.longitudes = {13.25};
  f.point = true;
  write_era5(dir / "point.nc", f);
  const auto point = read(dir / "point.nc", berlin());
  ASSERT_TRUE(point.has_value()) << point.issues().all().front().message;
  EXPECT_EQ(point->series.rows, 8760U);
}

TEST(Era5, ReadsAPackedYearAtTheNearestCell) {
  const TemporaryDirectory dir;
  write_era5(dir / "a.nc", year_2023());
  const auto weather = read(dir / "a.nc", berlin());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  const auto& w = weather->series;
  EXPECT_EQ(w.rows, 8760U);
  EXPECT_EQ(w.start, midnight_2023 - std::chrono::hours{1});  // the first flux belongs to the hour before its stamp
  EXPECT_EQ(w.state_offset_s, 3600);
  EXPECT_NEAR(w.ghi[13], 400.0 * (1.0 - 0.5 / 6.0), 0.01);  // stamp 13:00, hour 12–13
  EXPECT_NEAR(w.direct_horizontal[13], 0.4 * w.ghi[13], 0.01);
  EXPECT_NEAR(w.temperature_k[100], 280.0 + 0.1 + 1.0 + 0.1, 1e-3);
  EXPECT_NEAR(w.upper_wind[0], std::hypot(4.0, 4.0), 1e-3);
  EXPECT_TRUE(w.lower_wind.empty());
  EXPECT_EQ(w.pressure_pa[5], 101300.0);
}

TEST(Era5, AccumulationOfAnHourBecomesItsMeanPower) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[0].value = [](auto t, auto, auto) { return t % 24 >= 9 && t % 24 < 17 ? 1'440'000.0 : 0.0; };
  f.variables[0].packed = false;
  write_era5(dir / "a.nc", f);
  const auto weather = read(dir / "a.nc", berlin(), {.accumulation = FluxAccumulation::hourly});
  ASSERT_TRUE(weather.has_value());
  EXPECT_DOUBLE_EQ(weather->series.ghi[10], 400.0);
}

TEST(Era5, BilinearBlendsFourCellsAndSpeedsNotComponents) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[4].value = [](auto, auto r, auto) { return r == 0 ? 4.0 : -4.0; };
  write_era5(dir / "a.nc", f);
  auto request = berlin();
  request.latitude = 52.625;
  request.longitude = 13.125;
  const auto weather = read(dir / "a.nc", request, {.selection = GridSelection::bilinear});
  ASSERT_TRUE(weather.has_value());
  EXPECT_NEAR(weather->series.temperature_k[0], 280.0 + 0.5 + 0.05, 1e-3);
  EXPECT_NEAR(weather->series.upper_wind[0], 0.5 * (std::hypot(3.0, 4.0) + std::hypot(4.0, 4.0)), 1e-3);
}

TEST(Era5, NewFileFormatGivesTheSame) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  write_era5(dir / "old.nc", f);
  f.new_names = true;
  write_era5(dir / "new.nc", f);
  const auto a = read(dir / "old.nc", berlin());
  const auto b = read(dir / "new.nc", berlin());
  ASSERT_TRUE(a.has_value());
  ASSERT_TRUE(b.has_value()) << b.issues().all().front().message;
  EXPECT_EQ(a->series.start, b->series.start);
  EXPECT_EQ(a->series.ghi, b->series.ghi);
  EXPECT_EQ(a->series.upper_wind, b->series.upper_wind);
}

TEST(Era5, PreliminaryAndFinalDataAreMerged) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  const auto path = dir / "a.nc";
  f.with_expver = true;
  write_era5(path, f);
  const auto weather = read(path, berlin());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  EXPECT_THAT(warning_codes(*weather), testing::Not(testing::Contains("gap_filled")));
  EXPECT_NEAR(weather->series.temperature_k[101], 280.0 + 0.101 + 1.1, 1e-3);
}

TEST(Era5, FilesByYearAndByVariableAreJoined) {
  const TemporaryDirectory dir;
  auto fluxes = year_2023();
  auto states = year_2023();
  fluxes.variables.resize(2);
  states.variables.erase(states.variables.begin(), states.variables.begin() + 2);
  write_era5(dir / "accum.nc", fluxes);
  write_era5(dir / "instant.nc", states);
  auto next = year_2023();
  next.first_stamp = *parse_instant("2024-01-01T00:00:00Z");
  next.hours = 8784;
  write_era5(dir / "2024.nc", next);
  const std::vector<std::filesystem::path> files{dir / "2024.nc", dir / "accum.nc", dir / "instant.nc"};
  const auto weather = read_era5(files, berlin());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  EXPECT_EQ(weather->series.rows, 8760U + 8784U);
  auto request = berlin();
  request.years = YearRange{2024, 2024};
  const auto one_year = read_era5(files, request);
  ASSERT_TRUE(one_year.has_value());
  EXPECT_EQ(one_year->series.rows, 8783U + 24U);  // a day before the year; the data end an hour before its end
}

TEST(Era5, LandAccumulatesSinceMidnight) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables.resize(3);
  write_era5(dir / "hourly.nc", f);
  f.variables[0].value = [](std::size_t t, auto, auto) {
    double sum = 0.0;
    for (std::size_t h = t - (t + 23) % 24; h <= t; ++h) sum += hourly_joules(h);
    return sum;
  };
  f.variables[1].value = [v = f.variables[0].value](auto t, auto r, auto c) { return 0.4 * v(t, r, c); };
  f.first_stamp += std::chrono::hours{1};  // 01:00 … 00:00, as whole days are delivered
  f.hours = 8760;
  f.variables[0].value = [v = f.variables[0].value](auto t, auto r, auto c) { return v(t + 1, r, c); };
  f.variables[1].value = [v = f.variables[1].value](auto t, auto r, auto c) { return v(t + 1, r, c); };
  write_era5(dir / "land.nc", f);
  auto request = berlin();
  request.needs = {WeatherNeed::solar};
  const auto hourly = read(dir / "hourly.nc", request);
  const auto land = read(dir / "land.nc", request);
  ASSERT_TRUE(hourly.has_value());
  ASSERT_TRUE(land.has_value()) << land.issues().all().front().message;
  for (std::size_t i = 0; i + 1 < hourly->series.rows; ++i) ASSERT_NEAR(land->series.ghi[i], hourly->series.ghi[i + 1], 0.2) << i;
}

TEST(Era5, HumidityComesFromTheDewPoint) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[2].value = [](auto, auto, auto) { return 293.15; };
  f.variables.push_back({"d2m", "K", [](auto, auto, auto) { return 283.15; }});
  write_era5(dir / "a.nc", f);
  const auto weather = read(dir / "a.nc", berlin());
  ASSERT_TRUE(weather.has_value());
  EXPECT_NEAR(weather->series.relative_humidity[0], 0.5252, 0.002);  // 12.28 / 23.39 hPa
}

TEST(Era5, MissingVariableIsNamed) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables.erase(f.variables.begin() + 4);  // v100
  f.variables.erase(f.variables.begin());      // ssrd
  write_era5(dir / "a.nc", f);
  const auto weather = read(dir / "a.nc", berlin());
  ASSERT_FALSE(weather.has_value());
  std::vector<std::string> columns;
  for (const auto& issue : weather.issues().errors()) {
    EXPECT_EQ(issue.code, "missing_column");
    columns.push_back(issue.column);
  }
  EXPECT_THAT(columns, testing::ElementsAre("ssrd", "v100"));
}

TEST(Era5, WrongUnitsAreRefused) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[2].unit = "degC";
  f.variables[0].unit = "kW m**-2";
  write_era5(dir / "declared.nc", f);
  const auto declared = read(dir / "declared.nc", berlin());
  ASSERT_FALSE(declared.has_value());
  EXPECT_THAT(codes(declared.issues()), testing::ElementsAre("weather_unit", "weather_unit"));

  f = year_2023();
  f.variables[2].unit = "K";
  f.variables[2].value = [](auto t, auto, auto) { return 10.0 + 0.001 * static_cast<double>(t); };
  f.variables[0].value = [](auto t, auto, auto) { return hourly_joules(t) / 3.6e6; };
  f.variables[1].value = f.variables[0].value;
  write_era5(dir / "silent.nc", f);
  const auto silent = read(dir / "silent.nc", berlin());
  ASSERT_FALSE(silent.has_value());
  EXPECT_THAT(codes(silent.issues()), testing::Contains("weather_unit"));
  bool temperature = false;
  for (const auto& issue : silent.issues().errors()) temperature = temperature || issue.path == "/weather/temperature";
  EXPECT_TRUE(temperature);
}

TEST(Era5, PlaceOutsideTheGridIsRefused) {
  const TemporaryDirectory dir;
  write_era5(dir / "a.nc", year_2023());
  auto request = berlin();
  request.longitude = 4.9;
  for (const auto selection : {GridSelection::nearest, GridSelection::bilinear}) {
    const auto weather = read(dir / "a.nc", request, {.selection = selection});
    ASSERT_FALSE(weather.has_value());
    EXPECT_THAT(codes(weather.issues()), testing::ElementsAre("weather_area"));
  }
}

TEST(Era5, LongitudesMayRunFromZeroTo360) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.longitudes = {355.0, 355.25, 355.5};
  write_era5(dir / "a.nc", f);
  auto request = berlin();
  request.longitude = -4.75;
  const auto weather = read(dir / "a.nc", request);
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  EXPECT_NEAR(weather->series.upper_wind[0], std::hypot(4.0, 4.0), 1e-3);
}

TEST(Era5, PartialYearIsRefusedUnlessAllowed) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.hours = 24 * 90;
  write_era5(dir / "a.nc", f);
  auto request = berlin();
  const auto weather = read(dir / "a.nc", request);
  ASSERT_FALSE(weather.has_value());
  EXPECT_THAT(codes(weather.issues()), testing::ElementsAre("incomplete_year"));
  request.allow_partial = true;
  EXPECT_TRUE(read(dir / "a.nc", request).has_value());
  request.allow_partial = false;
  request.years = YearRange{2021, 2023};
  EXPECT_FALSE(read(dir / "a.nc", request).has_value());
}

TEST(Era5, BlockOfMissingValuesIsAGap) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[2].value = [](auto t, auto, auto) { return t >= 1000 && t < 1100 ? nan : 280.0 + 0.001 * static_cast<double>(t); };
  write_era5(dir / "a.nc", f);
  const auto weather = read(dir / "a.nc", berlin());
  ASSERT_FALSE(weather.has_value());
  EXPECT_THAT(codes(weather.issues()), testing::ElementsAre("gap"));
  EXPECT_EQ(weather.issues().errors().front().path, "/weather/temperature");
}

TEST(Era5, ShortGapsAreFilledAndTold) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.variables[2].value = [](auto t, auto, auto) { return t >= 1000 && t < 1003 ? nan : 280.0 + 0.001 * static_cast<double>(t); };
  f.variables[0].value = [](auto t, auto, auto) { return t >= 2000 && t < 2010 ? nan : hourly_joules(t); };
  write_era5(dir / "a.nc", f);
  const auto weather = read(dir / "a.nc", berlin());
  ASSERT_TRUE(weather.has_value());
  EXPECT_THAT(warning_codes(*weather), testing::IsSupersetOf({"gap_filled", "gap_filled"}));
  EXPECT_NEAR(weather->series.temperature_k[1001], 280.0 + 1.001, 1e-3);
  EXPECT_EQ(weather->series.ghi[2005], weather->series.ghi[2005 - 24]);
}

TEST(Era5, EveryTruncationOfAFileIsNoticed) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  f.hours = 8760;
  write_era5(dir / "whole.nc", f);
  f.new_names = true;
  write_era5(dir / "whole4.nc", f);
  for (const std::string name : {"whole.nc", "whole4.nc"}) {
    std::ifstream in(dir / name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (const std::size_t keep :
         {std::size_t{0}, std::size_t{3}, std::size_t{100}, std::size_t{900}, bytes.size() / 2, bytes.size() - 5}) {
      const auto cut = dir / "cut.nc";
      std::ofstream(cut, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(keep));
      const auto weather = read(cut, berlin());
      ASSERT_FALSE(weather.has_value()) << name << " " << keep;
      EXPECT_EQ(weather.issues().errors().front().code, "unreadable_file") << name << " " << keep;
    }
  }
}

TEST(Era5, OtherBrokenFiles) {
  const TemporaryDirectory dir;
  std::ofstream(dir / "text.nc") << "this is no weather\n";
  EXPECT_THAT(codes(read(dir / "text.nc", berlin()).issues()), testing::ElementsAre("unreadable_file"));
  EXPECT_THAT(codes(read(dir / "absent.nc", berlin()).issues()), testing::ElementsAre("not_found"));
  auto f = year_2023();
  f.time_units = "fortnights since 1900-01-01";
  write_era5(dir / "time.nc", f);
  EXPECT_THAT(codes(read(dir / "time.nc", berlin()).issues()), testing::ElementsAre("weather_unit"));
}

// The library takes "as many records as the file holds" for a number: four thousand million of them.
TEST(Era5, AnUnfinishedCountOfRecordsIsNoLength) {
  const TemporaryDirectory dir;
  const auto path = dir / "records.nc";
  int file = 0, time = 0, id = 0;
  test::nc(nc_create(path.c_str(), NC_CLOBBER, &file));
  test::nc(nc_def_dim(file, "time", NC_UNLIMITED, &time));
  test::nc(nc_def_var(file, "time", NC_INT, 1, &time, &id));
  test::nc(nc_enddef(file));
  const std::size_t first = 0, count = 2;
  const int stamps[]{0, 1};
  test::nc(nc_put_vara_int(file, id, &first, &count, stamps));
  test::nc(nc_close(file));
  EXPECT_EQ(check_classic_length(path), ClassicState::complete);
  std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(4);
  stream.write("\xFF\xFF\xFF\xFF", 4);
  stream.close();
  EXPECT_EQ(check_classic_length(path), ClassicState::truncated);
  EXPECT_EQ(read(path, berlin()).issues().errors().front().code, "unreadable_file");
}

/// A file of three axes as `axes` defines them, without values.
std::string code_of_axes(const std::filesystem::path& path, int format, const std::function<void(int)>& axes) {
  int file = 0;
  test::nc(nc_create(path.c_str(), NC_CLOBBER | format, &file));
  axes(file);
  test::nc(nc_close(file));
  const auto result = read(path, berlin());
  return result ? "" : result.issues().errors().front().code;
}

void define_axis(int file, const char* name, std::size_t length, int dimension_of_variable = -1) {
  int dimension = 0, id = 0;
  test::nc(nc_def_dim(file, name, length, &dimension));
  if (dimension_of_variable >= 0) dimension = dimension_of_variable;
  test::nc(nc_def_var(file, name, NC_DOUBLE, 1, &dimension, &id));
  if (std::string_view(name) == "time") test::nc(nc_put_att_text(file, id, "units", 22, "hours since 2023-01-01"));
}

TEST(Era5, AxesThatAreNone) {
  const TemporaryDirectory dir;
  // Nothing is stored of values never written: a small file may claim any length.
  EXPECT_EQ(code_of_axes(dir / "long.nc", NC_NETCDF4,
                         [](int file) {
                           int dimension = 0, id = 0;
                           const std::size_t chunk = 1024;
                           test::nc(nc_def_dim(file, "time", std::size_t{1} << 33U, &dimension));
                           test::nc(nc_def_var(file, "time", NC_DOUBLE, 1, &dimension, &id));
                           test::nc(nc_def_var_chunking(file, id, NC_CHUNKED, &chunk));
                           define_axis(file, "latitude", 1);
                           define_axis(file, "longitude", 1);
                         }),
            "too_large");
  EXPECT_EQ(code_of_axes(dir / "other.nc", 0,
                         [](int file) {
                           define_axis(file, "latitude", 2);
                           define_axis(file, "longitude", 3);
                           define_axis(file, "time", 1000, 0);
                         }),
            "unreadable_file");
}

TEST(Era5, TheTimeAxisTwiceIsRefused) {
  const TemporaryDirectory dir;
  EXPECT_EQ(code_of_axes(dir / "twice.nc", 0,
                         [](int file) {
                           int dimension = 0, id = 0;
                           define_axis(file, "time", 48);
                           define_axis(file, "latitude", 1);
                           define_axis(file, "longitude", 1);
                           test::nc(nc_inq_dimid(file, "time", &dimension));
                           const int dimensions[]{dimension, dimension};
                           test::nc(nc_def_var(file, "t2m", NC_DOUBLE, 2, dimensions, &id));
                           test::nc(nc_enddef(file));
                           for (int variable = 0; variable < 3; ++variable) {
                             std::vector<double> values(variable == 0 ? 48 : 1, 0.0);
                             if (variable == 0) std::iota(values.begin(), values.end(), 0.0);
                             if (variable > 0) values = {variable == 1 ? 52.5 : 13.25};
                             test::nc(nc_put_var_double(file, variable, values.data()));
                           }
                         }),
            "unreadable_file");
}

TEST(Era5, OverlappingFilesMustAgree) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  write_era5(dir / "a.nc", f);
  f.variables[2].value = [](auto t, auto, auto) { return 290.0 + 0.001 * static_cast<double>(t); };
  write_era5(dir / "b.nc", f);
  const std::vector<std::filesystem::path> same{dir / "a.nc", dir / "a.nc"};
  EXPECT_TRUE(read_era5(same, berlin()).has_value());
  const std::vector<std::filesystem::path> differing{dir / "a.nc", dir / "b.nc"};
  const auto weather = read_era5(differing, berlin());
  ASSERT_FALSE(weather.has_value());
  EXPECT_THAT(codes(weather.issues()), testing::ElementsAre("duplicate_timestamp"));
}

TEST(Era5, ProblemsCallFilesWhatTheCallerCallsThem) {
  const TemporaryDirectory dir;
  auto f = year_2023();
  write_era5(dir / "0", f);
  f.variables.erase(f.variables.begin());  // no ssrd
  write_era5(dir / "1", f);
  WeatherRequest far = berlin();
  far.latitude = -20.0;
  const auto files_of = [&](const WeatherRequest& request, const std::vector<std::filesystem::path>& files, const Era5Options& options) {
    std::vector<std::string> names;
    for (const Issue& issue : read_era5(files, request, options).issues().errors()) names.push_back(issue.code + " " + issue.file);
    return names;
  };
  const Era5Options named{.names = {"berlin.nc", "more.nc"}};
  EXPECT_THAT(files_of(far, {dir / "0", dir / "1"}, named), testing::ElementsAre("weather_area berlin.nc", "weather_area more.nc"));
  EXPECT_THAT(files_of(far, {dir / "0"}, {}), testing::ElementsAre("weather_area 0"));
  EXPECT_THAT(files_of(berlin(), {dir / "1"}, {.names = {"berlin.nc"}}), testing::ElementsAre("missing_column berlin.nc"));
  EXPECT_THAT(files_of(berlin(), {dir / "1", dir / "1"}, named), testing::ElementsAre("missing_column ")) << "none of them has it";
}

TEST(Era5, TellsProgressAndStopsWhenCancelled) {
  const TemporaryDirectory dir;
  write_era5(dir / "a.nc", year_2023());
  const std::vector<std::filesystem::path> files{dir / "a.nc"};
  std::size_t last = 0;
  std::size_t total = 0;
  CancellationToken token;
  ASSERT_TRUE(read_era5(files, berlin(), {}, [&](const Progress& p) {
                EXPECT_GT(p.done, last);
                last = p.done;
                total = p.total;
              }).has_value());
  EXPECT_EQ(last, total);
  token.cancel();
  EXPECT_THROW((void)read_era5(files, berlin(), {}, {}, &token), Cancelled);
}

TEST(Era5, BerlinOf2017) {
  BESS_NEEDS_SHARED("data/era5_berlin_2017.nc");
  WeatherRequest request;
  request.latitude = 52.60;
  request.longitude = 13.10;
  request.needs = {WeatherNeed::solar, WeatherNeed::wind};
  const auto weather = read(test::shared("data/era5_berlin_2017.nc"), request);
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  const auto& w = weather->series;
  ASSERT_EQ(w.rows, 8760U);
  const auto mean = [](const std::vector<double>& v) {
    double sum = 0.0;
    for (const double x : v) sum += x;
    return sum / static_cast<double>(v.size());
  };
  EXPECT_NEAR(mean(w.upper_wind), 6.04, 0.01);
  EXPECT_NEAR(mean(w.ghi) * 8.760, 1030.8, 0.3);
  EXPECT_NEAR(mean(w.temperature_k), 283.334, 0.001);
  EXPECT_FALSE(w.lower_wind.empty());
  EXPECT_FALSE(w.roughness_m.empty());
}

TEST(Era5, TruncatedRealFileIsRefused) {
  BESS_NEEDS_SHARED("data/era5_berlin_2017.nc");
  const TemporaryDirectory dir;
  const auto copy = dir / "cut.nc";
  std::filesystem::copy_file(test::shared("data/era5_berlin_2017.nc"), copy);
  EXPECT_EQ(check_classic_length(copy), ClassicState::complete);
  std::filesystem::resize_file(copy, std::filesystem::file_size(copy) - 8);
  EXPECT_EQ(check_classic_length(copy), ClassicState::truncated);
}

}  // namespace bess
