#include "generation/sun.h"

#include <algorithm>
#include <cmath>

namespace bess {
namespace {

constexpr double seconds_per_day = 86400.0;
constexpr double unix_seconds_at_j2000 = 946728000.0;  // 2000-01-01T12:00Z, JD 2451545.0

double wrap_degrees(double angle) {
  const double turned = std::fmod(angle, 360.0);
  return turned < 0.0 ? turned + 360.0 : turned;
}

}  // namespace

SunPath::SunPath(double latitude_deg, double longitude_deg)
    : sin_latitude_(std::sin(radians(latitude_deg))), cos_latitude_(std::cos(radians(latitude_deg))), longitude_deg_(longitude_deg) {}

SunPosition SunPath::at(Instant t) const {
  const double unix_s = static_cast<double>(t.time_since_epoch().count());
  const double n = (unix_s - unix_seconds_at_j2000) / seconds_per_day;
  const double hour_utc = (unix_s - std::floor(unix_s / seconds_per_day) * seconds_per_day) / 3600.0;

  const double mean_longitude = wrap_degrees(280.460 + 0.9856474 * n);
  const double anomaly = radians(wrap_degrees(357.528 + 0.9856003 * n));
  const double ecliptic = radians(wrap_degrees(mean_longitude + 1.915 * std::sin(anomaly) + 0.020 * std::sin(2.0 * anomaly)));
  const double obliquity = radians(23.439 - 4e-7 * n);

  const double sin_ecliptic = std::sin(ecliptic);
  const double right_ascension_deg = degrees(std::atan2(std::cos(obliquity) * sin_ecliptic, std::cos(ecliptic)));
  const double sin_declination = std::sin(obliquity) * sin_ecliptic;
  const double cos_declination = std::sqrt(1.0 - sin_declination * sin_declination);

  const double sidereal_deg = 15.0 * (6.697375 + hour_utc + 0.0657098242 * n) + longitude_deg_;
  double hour_angle_deg = wrap_degrees(sidereal_deg - right_ascension_deg);
  if (hour_angle_deg > 180.0) hour_angle_deg -= 360.0;
  const double cos_hour = std::cos(radians(hour_angle_deg));

  SunPosition sun;
  sun.sin_altitude = std::clamp(sin_declination * sin_latitude_ + cos_declination * cos_latitude_ * cos_hour, -1.0, 1.0);
  sun.cos_altitude = std::sqrt(1.0 - sun.sin_altitude * sun.sin_altitude);
  sun.altitude = std::asin(sun.sin_altitude);
  if (sun.cos_altitude > 1e-12) {
    const double north = (sin_declination * cos_latitude_ - cos_declination * sin_latitude_ * cos_hour) / sun.cos_altitude;
    sun.azimuth = std::acos(std::clamp(north, -1.0, 1.0));
    if (hour_angle_deg > 0.0) sun.azimuth = 2.0 * std::numbers::pi - sun.azimuth;
  }
  return sun;
}

double refraction(double altitude, double pressure_pa, double temperature_c) {
  const double above = degrees(altitude);
  if (above < -0.833) return 0.0;  // below the visible horizon
  const double sea_level = 1.02 / (60.0 * std::tan(radians(above + 10.3 / (above + 5.11))));
  return radians(sea_level * pressure_pa / 101000.0 * 283.0 / (273.0 + temperature_c));
}

double extraterrestrial_normal_w_per_m2(int day) {
  const double b = 2.0 * std::numbers::pi * (day - 1) / 365.0;
  return 1366.1 * (1.00011 + 0.034221 * std::cos(b) + 0.00128 * std::sin(b) + 0.000719 * std::cos(2.0 * b) + 0.000077 * std::sin(2.0 * b));
}

int day_of_year(Instant t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::sys_days first{date.year() / std::chrono::January / 1};
  return static_cast<int>((day - first).count()) + 1;
}

}  // namespace bess
