#pragma once
// Where the sun is, and how much radiation arrives above the atmosphere.
//
// Michalsky 1988 (Solar Energy 40), n = JD − 2451545.0 in days, all angles mod 360°:
//   L = 280.460 + 0.9856474 n,  g = 357.528 + 0.9856003 n,  l = L + 1.915 sin g + 0.020 sin 2g,  ε = 23.439 − 4e−7 n
//   RA = atan2(cos ε sin l, cos l),  sin δ = sin ε sin l
//   h  = 15 (6.697375 + hour_UTC + 0.0657098242 n) + longitude − RA, in (−180, 180]
//   sin alt = sin δ sin φ + cos δ cos φ cos h,  cos az = (sin δ cos φ − cos δ sin φ cos h) / cos alt,  az = 360 − az for h > 0
// Within 0.01° of the NREL algorithm for the years of interest; no refraction.

#include <chrono>
#include <numbers>

#include "timeline/instant.h"

namespace bess {

constexpr double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }
constexpr double degrees(double radians_) { return radians_ * 180.0 / std::numbers::pi; }

/// Angles in radians; azimuth clockwise from north, [0, 2π). Altitude is geometric (no refraction).
struct SunPosition {
  double altitude{0};
  double azimuth{0};
  double sin_altitude{0};
  double cos_altitude{1};
  [[nodiscard]] double zenith() const { return std::numbers::pi / 2.0 - altitude; }
};

/// The sun seen from one place. Immutable; may be shared by threads.
class SunPath {
 public:
  SunPath(double latitude_deg, double longitude_deg);
  [[nodiscard]] SunPosition at(Instant t) const;

 private:
  double sin_latitude_;
  double cos_latitude_;
  double longitude_deg_;
};

/// What the air lifts the sun at this geometric altitude, radians (Meeus 1998, as in the NREL algorithm). The models take the geometric
/// altitude, as the formulas they follow do; this is the way to figures that are seen.
[[nodiscard]] double refraction(double altitude, double pressure_pa = 101325.0, double temperature_c = 12.0);

/// Radiation on a plane normal to the sun above the atmosphere, W/m² (Spencer 1971, solar constant 1366.1 W/m²).
/// `day_of_year` counts from 1.
[[nodiscard]] double extraterrestrial_normal_w_per_m2(int day_of_year);

/// Day of the year (UTC), from 1.
[[nodiscard]] int day_of_year(Instant t);

}  // namespace bess
