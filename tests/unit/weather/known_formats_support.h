#pragma once
// One made-up year of weather, known as functions of time, to be written in the formats of other programs as their descriptions have it.
// Nothing here knows how the readers work.

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <numbers>
#include <string>

#include "timeline/instant.h"

namespace bess::test {

struct MadeUpWeather {
  double latitude{52.1};
  double longitude{5.18};

  /// Sine of the sun's altitude, by the cosine rule with a plain declination and no equation of time.
  [[nodiscard]] double sine(Instant t) const {
    const double day = static_cast<double>(t.time_since_epoch().count()) / 86400.0;
    const double declination = -0.4091 * std::cos(2.0 * std::numbers::pi * (std::fmod(day, 365.2422) + 10.0) / 365.2422);
    const double hour_angle = 2.0 * std::numbers::pi * (day - std::floor(day) + longitude / 360.0 - 0.5);
    const double phi = latitude * std::numbers::pi / 180.0;
    return std::sin(declination) * std::sin(phi) + std::cos(declination) * std::cos(phi) * std::cos(hour_angle);
  }
  /// Global horizontal radiation, W/m².
  [[nodiscard]] double radiation(Instant t) const {
    const double up = std::max(0.0, sine(t) - 0.05);
    return up <= 0.0 ? 0.0
                     : 800.0 * std::pow(up, 1.1) * (0.75 + 0.25 * std::sin(static_cast<double>(t.time_since_epoch().count()) / 70'000.0));
  }
  /// Its mean over an interval.
  [[nodiscard]] double radiation(Instant from, std::chrono::minutes length) const {
    double sum = 0.0;
    int parts = 0;
    for (auto at = from + std::chrono::seconds{150}; at < from + length; at += std::chrono::minutes{5}, ++parts) sum += radiation(at);
    return sum / parts;
  }
  [[nodiscard]] double celsius(Instant t) const {
    const double s = static_cast<double>(t.time_since_epoch().count());
    return 10.0 - 8.0 * std::cos(2.0 * std::numbers::pi * s / 31'556'952.0) + 3.0 * std::sin(2.0 * std::numbers::pi * s / 86400.0);
  }
  /// At 10 m, m/s; at 100 m 1.4 times that.
  [[nodiscard]] double wind(Instant t) const {
    const double s = static_cast<double>(t.time_since_epoch().count());
    return 5.0 + 2.0 * std::sin(s / 90'000.0) + std::sin(s / 17'000.0);
  }
};

inline Instant midnight(int year) { return std::chrono::sys_days{std::chrono::year{year} / 1 / 1}; }

/// "20240131", "20240131:0510" …
inline std::string compact(Instant t, bool with_time) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  std::string text =
      fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (with_time) text += fmt::format(":{:02}{:02}", time.hours().count(), time.minutes().count());
  return text;
}

/// "2024-01-31T05:10"
inline std::string iso_minutes(Instant t) { return format_instant(t).substr(0, 16); }

}  // namespace bess::test
