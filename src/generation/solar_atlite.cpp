#include "generation/solar_atlite.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bess {
namespace {

constexpr std::array<double, 6> huld_csi{-0.017162, -0.040289, -0.004681, 0.000148, 0.000169, 0.000005};
constexpr std::array<double, 6> huld_cdte{-0.103251, -0.040446, -0.001667, -0.002075, -0.001445, -0.000023};
constexpr double pi = std::numbers::pi;

// Rotation R of an axis of tilt τ towards the sun at azimuth difference Δ, and the incidence it leaves:
//   tan R = cos alt sin Δ / (cos alt cos Δ sin τ + sin alt cos τ)
//   cosθ  = cos R (sin τ cos alt cos Δ + cos τ sin alt) + sin R cos alt sin Δ,   slope = acos(cos R cos τ)
PanelView one_axis(double axis_tilt, double axis_azimuth, const SunPosition& sun) {
  const double difference = sun.azimuth - axis_azimuth;
  const double across = sun.cos_altitude * std::sin(difference);
  const double above = sun.cos_altitude * std::cos(difference) * std::sin(axis_tilt) + sun.sin_altitude * std::cos(axis_tilt);
  const double rotation = std::atan2(across, above);
  const double cosine = std::cos(rotation) * above + std::sin(rotation) * across;
  return {std::max(cosine, 0.0), std::acos(std::clamp(std::cos(rotation) * std::cos(axis_tilt), -1.0, 1.0))};
}

}  // namespace

double reindl_simple(double k, double s) {
  if (k <= 0.3) return std::min(1.0, 1.020 - 0.254 * k + 0.0123 * s);
  if (k < 0.78) return std::clamp(1.400 - 1.749 * k + 0.177 * s, 0.1, 0.97);
  return std::max(0.1, 0.486 * k - 0.182 * s);
}

double reindl_enhanced(double k, double s, double temperature_k, double rh) {
  if (k <= 0.3) return std::min(1.0, 1.0 - 0.232 * k + 0.0239 * s - 0.000682 * temperature_k + 0.0195 * rh);
  if (k < 0.78) return std::clamp(1.329 - 1.716 * k + 0.267 * s - 0.00357 * temperature_k + 0.106 * rh, 0.1, 0.97);
  return std::max(0.1, 0.426 * k - 0.256 * s + 0.00349 * temperature_k + 0.0734 * rh);
}

double latitude_optimal_slope_deg(double latitude_deg) {
  const double latitude = std::abs(latitude_deg);
  if (latitude <= 25.0) return 0.87 * latitude;
  if (latitude <= 50.0) return 0.76 * latitude + 0.31;
  return 40.0;
}

PanelView panel_view(Tracking tracking, double slope, double azimuth, const SunPosition& sun) {
  switch (tracking) {
    case Tracking::horizontal:
      return one_axis(0.0, azimuth, sun);
    case Tracking::tilted_horizontal:
      return one_axis(slope, azimuth, sun);
    case Tracking::vertical:
      return {std::max(0.0, std::sin(slope) * sun.cos_altitude + std::cos(slope) * sun.sin_altitude), slope};
    case Tracking::dual:
      return {1.0, slope};
    case Tracking::fixed:
      break;
  }
  const double cosine = std::sin(slope) * sun.cos_altitude * std::cos(azimuth - sun.azimuth) + std::cos(slope) * sun.sin_altitude;
  return {std::max(cosine, 0.0), slope};
}

double tilted_irradiance(const SunPosition& sun, const PanelView& view, double direct, double diffuse, double albedo) {
  constexpr double lowest_altitude = pi / 180.0;
  const double global = direct + diffuse;
  if (sun.altitude < lowest_altitude || global <= 0.01) return 0.0;
  const double cos_slope = std::cos(view.slope);
  return direct * view.cos_incidence / sun.sin_altitude + diffuse * (1.0 + cos_slope) / 2.0 + global * albedo * (1.0 - cos_slope) / 2.0;
}

double huld_dc(PanelType type, double irradiance, double temperature_k) {
  if (irradiance <= 0.0) return 0.0;
  const auto& k = type == PanelType::cdte ? huld_cdte : huld_csi;
  const double g = irradiance / 1000.0;
  const double t = temperature_k + 0.035 * irradiance - 298.0;
  const double ln = std::log(g);
  const double ln2 = ln * ln;
  const double efficiency = 1.0 + k[0] * ln + k[1] * ln2 + t * (k[2] + k[3] * ln + k[4] * ln2) + k[5] * t * t;
  return g * std::max(efficiency, 0.0);
}

double bofinger_ac(double irradiance, double temperature_k) {
  if (irradiance < 1.0) return 0.0;
  constexpr double a = 0.0659164166836276;
  constexpr double b = -4.44310393547042e-6;
  constexpr double c = 0.0122044905275824;
  constexpr double d = -0.0035;
  constexpr double heating = (318.0 - 293.0) / 800.0;
  const double reference = a + b * irradiance + c * std::log(irradiance);
  const double efficiency =
      reference * (1.0 + d * (heating * irradiance + temperature_k - 298.0)) / (1.0 + d * heating / 0.9 * reference * irradiance);
  const double rated = 1000.0 * (a + b * 1000.0 + c * std::log(1000.0));
  return std::max(0.0, irradiance * efficiency * 0.9 / rated);
}

double atlite_ac(const AtliteSpec& spec, double irradiance, double temperature_k) {
  double ac = 0.0;
  if (spec.panel == PanelType::kanena) {
    ac = bofinger_ac(irradiance, temperature_k) * spec.inverter_efficiency / 0.9;
  } else {
    ac = huld_dc(spec.panel, irradiance, temperature_k) * spec.inverter_efficiency;
  }
  ac *= 1.0 - spec.system_loss;
  return spec.inverter_limit ? std::min(ac, *spec.inverter_limit) : ac;
}

}  // namespace bess
