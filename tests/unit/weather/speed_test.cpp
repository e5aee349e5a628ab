// Twenty years of hourly weather to a 15-minute profile: the answer is checked before the time is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <ctime>

#include "era5_fixture.h"
#include "generation/profile.h"
#include "importers/netcdf_era5.h"
#include "importers/weather_csv.h"

namespace bess {
namespace {

constexpr int first_year = 2001;
constexpr int years = 20;
const Instant start = std::chrono::sys_days{std::chrono::year{first_year} / 1 / 1};
const Instant end = std::chrono::sys_days{std::chrono::year{first_year + years} / 1 / 1};
const auto hours = static_cast<std::size_t>((end - start) / std::chrono::hours{1});

double sine_of_hour(std::size_t h) {
  static const SunPath path(52.5, 13.25);
  return std::max(0.0, path.at(start + std::chrono::hours{h} + std::chrono::minutes{30}).sin_altitude);
}

WeatherRequest place() {
  WeatherRequest request;
  request.latitude = 52.5;
  request.longitude = 13.25;
  request.years = YearRange{first_year, first_year + years - 1};
  request.needs = {WeatherNeed::solar};
  return request;
}

ProfileConfig config(SolarChain chain) {
  ProfileConfig c;
  c.latitude = 52.5;
  c.longitude = 13.25;
  c.capacity_mw = 10.0;
  c.pv.chain = chain;
  return c;
}

// Every year of the same clear weather must yield the same; the sum of radiation must be that of the hours.
void check(const WeatherSeries& weather, const ProductionSeries& production, double radiation_kwh) {
  ASSERT_EQ(production.power_mw.size(), weather.rows * 4);
  double sum = 0.0;
  for (const double v : weather.ghi) sum += v / 1000.0;
  EXPECT_NEAR(sum / radiation_kwh, 1.0, 1e-3);
  std::vector<double> by_year;
  std::size_t q = 0;
  for (int y = 0; y < years; ++y) {
    const auto days = std::chrono::sys_days{std::chrono::year{first_year + y + 1} / 1 / 1} -
                      std::chrono::sys_days{std::chrono::year{first_year + y} / 1 / 1};
    double energy = 0.0;
    for (const auto last = std::min(q + static_cast<std::size_t>(days.count()) * 96, production.power_mw.size()); q < last; ++q)
      energy += production.power_mw[q] / 4.0;
    by_year.push_back(energy);
  }
  for (const double energy : by_year) EXPECT_NEAR(energy / by_year.front(), 1.0, 0.005);
}

/// Of this process: other work on the machine does not count.
double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

TEST(Speed, TwentyYearsOfCsvToAProfile) {
  std::string text = "timestamp_utc,ghi_w_per_m2,temp_air_c,wind_speed_10m_m_per_s,pressure_pa\n";
  double radiation = 0.0;
  for (std::size_t h = 0; h < hours; ++h) {
    const double ghi = std::round(8000.0 * sine_of_hour(h)) / 10.0;
    radiation += ghi / 1000.0;
    text += fmt::format("{},{:.1f},{:.1f},{:.2f},101300\n", format_instant(start + std::chrono::hours{h}), ghi, 10.0, 4.0);
  }
  for (const SolarChain chain : {SolarChain::atlite, SolarChain::pvwatts}) {
    const double began = processor_s();
    const auto weather = parse_weather_csv(text, "twenty.csv", place());
    ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
    const double read = processor_s();
    const auto profile = make_profile(weather->series, config(chain));
    const double done = processor_s();
    ASSERT_TRUE(profile.has_value());
    check(weather->series, profile->production, radiation);
    const double read_s = read - began;
    const double total_s = done - began;
    fmt::print("20 years of hourly CSV: read {:.2f} s, {} chain {:.2f} s, together {:.2f} s\n", read_s,
               chain == SolarChain::atlite ? "atlite" : "pvwatts", total_s - read_s, total_s);
#ifdef NDEBUG
    EXPECT_LT(total_s, 2.0);
#endif
  }
}

TEST(Speed, TwentyYearsOfNetcdfToAProfile) {
  const test::TemporaryDirectory dir;
  test::Era5Fixture f;
  f.first_stamp = start + std::chrono::hours{1};
  f.hours = hours;
  f.latitudes = {52.5};
  f.longitudes = {13.25};
  std::vector<double> ghi(hours);
  double radiation = 0.0;
  for (std::size_t h = 0; h < hours; ++h) {
    ghi[h] = 800.0 * sine_of_hour(h);
    radiation += ghi[h] / 1000.0;
  }
  f.variables = {{"ssrd", "J m**-2", [&](auto t, auto, auto) { return 3600.0 * ghi[t]; }},
                 {"t2m", "K", [](auto, auto, auto) { return 283.0; }}};
  test::write_era5(dir / "twenty.nc", f);
  const std::vector<std::filesystem::path> files{dir / "twenty.nc"};
  const double began = processor_s();
  const auto weather = read_era5(files, place());
  ASSERT_TRUE(weather.has_value()) << weather.issues().all().front().message;
  const auto profile = make_profile(weather->series, config(SolarChain::atlite));
  const double total_s = processor_s() - began;
  ASSERT_TRUE(profile.has_value());
  check(weather->series, profile->production, radiation);
  fmt::print("20 years of hourly NetCDF, read and atlite chain: {:.2f} s\n", total_s);
#ifdef NDEBUG
  EXPECT_LT(total_s, 2.0);
#endif
}

}  // namespace bess
