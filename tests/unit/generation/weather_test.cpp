#include "generation/weather.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

WeatherSeries june_days(std::size_t days, std::int32_t step_s = 3600) {
  WeatherSeries w;
  w.latitude_deg = 52.37;
  w.longitude_deg = 4.90;
  w.start = *parse_instant("2024-06-20T00:00:00Z");
  w.step_s = step_s;
  w.rows = days * static_cast<std::size_t>(86400 / step_s);
  for (std::size_t i = 0; i < w.rows; ++i) {
    const double hour = std::fmod(static_cast<double>(i) * step_s / 3600.0, 24.0);
    w.ghi.push_back(std::max(0.0, 700.0 * std::sin((hour + 0.5 - 3.5) / 16.5 * M_PI)));
    w.temperature_k.push_back(285.0 + hour);
  }
  return w;
}

double mean_of(const std::vector<double>& v, std::size_t first, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = first; i < first + count; ++i) sum += v[i];
  return sum / static_cast<double>(count);
}

}  // namespace

TEST(Weather, QuartersAverageToTheHourAndFollowTheSun) {
  const WeatherSeries w = june_days(2);
  const QuarterWeather q = to_quarters(w);
  ASSERT_EQ(q.size(), 192U);
  for (std::size_t h = 0; h < w.rows; ++h) {
    const bool day = q.toa[4 * h] + q.toa[4 * h + 1] + q.toa[4 * h + 2] + q.toa[4 * h + 3] > 0.0;
    EXPECT_NEAR(mean_of(q.ghi, 4 * h, 4), day ? w.ghi[h] : 0.0, 1e-9) << h;
    for (std::size_t k = 4 * h; k < 4 * h + 4; ++k) {
      if (q.sun[k].altitude <= 0.0) {
        EXPECT_EQ(q.ghi[k], 0.0);
      }
    }
    if (w.ghi[h] > 0.0 && day) {  // one clearness in the hour
      for (std::size_t k = 4 * h; k < 4 * h + 4; ++k) EXPECT_NEAR(q.ghi[k] * mean_of(q.toa, 4 * h, 4), w.ghi[h] * q.toa[k], 1e-6);
    }
  }
  EXPECT_LT(q.ghi[4 * 6], q.ghi[4 * 6 + 3]);  // rising in the morning
  EXPECT_TRUE(q.direct.empty());
}

TEST(Weather, StatesAreLinearBetweenTheirInstants) {
  WeatherSeries w = june_days(1);
  w.state_offset_s = 3600;  // row i holds at the end of its interval
  const QuarterWeather q = to_quarters(w);
  EXPECT_EQ(q.temperature_k[0], 285.0);                   // before the first instant
  EXPECT_NEAR(q.temperature_k[4], 285.0 + 0.125, 1e-12);  // 01:07:30
  EXPECT_NEAR(q.temperature_k[7], 285.0 + 0.875, 1e-12);
}

TEST(Weather, DirectAndDiffuseInEveryCombinationGiveTheSame) {
  WeatherSeries full = june_days(1);
  const QuarterWeather sun = to_quarters(full);
  std::vector<double> direct, diffuse, normal;
  for (std::size_t h = 0; h < full.rows; ++h) {
    double sine = 0.0;
    for (std::size_t k = 4 * h; k < 4 * h + 4; ++k) sine += std::max(0.0, sun.sun[k].sin_altitude) / 4.0;
    normal.push_back(sine > 0.0 ? 0.4 * full.ghi[h] / sine : 0.0);
    direct.push_back(sine > 0.0 ? 0.4 * full.ghi[h] : 0.0);
    diffuse.push_back(full.ghi[h] - direct.back());
  }
  const auto with = [&](bool g, bool d, bool n, bool h) {
    WeatherSeries w = full;
    if (!g) w.ghi.clear();
    if (d) w.dhi = diffuse;
    if (n) w.dni = normal;
    if (h) w.direct_horizontal = direct;
    return to_quarters(w);
  };
  const QuarterWeather reference = with(true, false, false, true);
  for (const auto& other : {with(true, true, false, false), with(true, false, true, false), with(false, true, true, false),
                            with(false, true, false, true), with(true, true, true, false)}) {
    for (std::size_t k = 0; k < reference.size(); ++k) {
      ASSERT_NEAR(other.ghi[k], reference.ghi[k], 1e-9);
      ASSERT_NEAR(other.direct[k], reference.direct[k], 1e-9);
    }
  }
}

TEST(Weather, FinerAndCoarserRows) {
  const QuarterWeather from_5min = to_quarters(june_days(1, 300));
  const QuarterWeather from_15min = to_quarters(june_days(1, 900));
  const QuarterWeather from_3h = to_quarters(june_days(1, 10800));
  EXPECT_EQ(from_5min.size(), 96U);
  EXPECT_EQ(from_15min.size(), 96U);
  EXPECT_EQ(from_3h.size(), 96U);
  EXPECT_NEAR(from_5min.ghi[48], (june_days(1, 300).ghi[144] + june_days(1, 300).ghi[145] + june_days(1, 300).ghi[146]) / 3.0, 1e-9);
  EXPECT_NEAR(from_15min.ghi[48], june_days(1, 900).ghi[48], 1e-9);
}

TEST(Weather, MissingStaysMissing) {
  WeatherSeries w = june_days(1);
  w.ghi[2] = nan;   // night
  w.ghi[12] = nan;  // day
  w.temperature_k[5] = nan;
  const QuarterWeather q = to_quarters(w);
  EXPECT_TRUE(std::isnan(q.ghi[8]));
  EXPECT_TRUE(std::isnan(q.ghi[48]));
  EXPECT_TRUE(std::isnan(q.temperature_k[19]));
}

TEST(Weather, IntervalsOffTheQuarterHourKeepTheirSum) {
  WeatherSeries w = june_days(2);
  w.start -= std::chrono::seconds{1166};
  const QuarterWeather q = to_quarters(w);
  EXPECT_EQ(q.start.time_since_epoch().count() % 900, 0);
  EXPECT_LE(std::abs((q.start - w.start).count()), 450);
  double rows = 0.0;
  double quarters = 0.0;
  for (const double v : w.ghi) rows += v;
  for (const double v : q.ghi) quarters += v / 4.0;
  EXPECT_NEAR(quarters, rows, 0.01 * rows);
}

TEST(Weather, SmallNegativeFluxesBecomeZeroLargeOnesAreErrors) {
  WeatherSeries w = june_days(1);
  w.ghi[0] = -0.3;
  clip_negative_fluxes(w);
  EXPECT_EQ(w.ghi[0], 0.0);
  EXPECT_FALSE(check_units(w).has_errors());
  w.ghi[0] = -200.0;
  clip_negative_fluxes(w);
  const Issues issues = check_units(w);
  ASSERT_TRUE(issues.has_errors());
  EXPECT_EQ(issues.all().front().code, "out_of_range");
}

TEST(Weather, WholeYears) {
  WeatherSeries w;
  w.start = *parse_instant("2016-12-31T23:00:00Z");
  w.rows = 8760;
  EXPECT_TRUE(check_years(w, std::nullopt).empty());
  EXPECT_TRUE(check_years(w, YearRange{2017, 2017}).empty());
  EXPECT_FALSE(check_years(w, YearRange{2016, 2017}).empty());
  EXPECT_FALSE(check_years(w, YearRange{2018, 2018}).empty());
  w.rows = 8760 - 48;
  EXPECT_EQ(check_years(w, std::nullopt).all().front().code, "incomplete_year");
  w.rows = 0;
  EXPECT_FALSE(check_years(w, std::nullopt).empty());
}

}  // namespace bess
