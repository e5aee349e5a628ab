#include "generation/solar_pvwatts.h"

#include <algorithm>
#include <cmath>

namespace bess {

BeamAndDiffuse erbs(double ghi, double zenith, double extraterrestrial_normal) {
  constexpr double horizon = radians(87.0);
  const double cos_zenith = std::cos(zenith);
  if (ghi < 0.0 || zenith > horizon) return {0.0, ghi};
  const double k = ghi / (extraterrestrial_normal * std::max(cos_zenith, 0.065));
  double diffuse_share = 0.165;
  if (k <= 0.22) {
    diffuse_share = 1.0 - 0.09 * k;
  } else if (k <= 0.8) {
    diffuse_share = 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)));
  }
  const double dhi = diffuse_share * ghi;
  const double dni = (ghi - dhi) / cos_zenith;
  if (dni < 0.0) return {0.0, ghi};
  return {dni, dhi};
}

double cos_incidence(const Surface& surface, double zenith, double sun_azimuth) {
  const double cosine =
      std::cos(surface.tilt) * std::cos(zenith) + std::sin(surface.tilt) * std::sin(zenith) * std::cos(sun_azimuth - surface.azimuth);
  return std::clamp(cosine, -1.0, 1.0);
}

PlaneOfArray plane_of_array(SkyModel model, const Surface& surface, const SkyInput& in) {
  const double projection = std::max(cos_incidence(surface, in.zenith, in.sun_azimuth), 0.0);
  const double cos_tilt = std::cos(surface.tilt);
  const double isotropic = (1.0 + cos_tilt) / 2.0;
  PlaneOfArray plane;
  plane.beam = in.dni * projection;
  plane.ground = in.ghi * in.albedo * (1.0 - cos_tilt) / 2.0;
  if (model == SkyModel::isotropic) {
    plane.sky = in.dhi * isotropic;
  } else {
    const double anisotropy = in.dni / in.extraterrestrial_normal;
    const double ratio = projection / std::max(std::cos(in.zenith), 0.01745);
    plane.sky = in.dhi * (anisotropy * ratio + (1.0 - anisotropy) * isotropic);
  }
  return plane;
}

double cell_temperature_c(CellTemperatureModel model, double poa, double air_c, double wind) {
  const auto sapm = [&](double a, double b) { return poa * std::exp(a + b * wind) + air_c + 3.0 * poa / 1000.0; };
  switch (model) {
    case CellTemperatureModel::sapm_glass_polymer:
      return sapm(-3.56, -0.075);
    case CellTemperatureModel::sapm_glass_glass:
      return sapm(-3.47, -0.0594);
    case CellTemperatureModel::pvsyst:
      return air_c + poa * 0.9 * (1.0 - 0.1) / 29.0;
    case CellTemperatureModel::faiman:
      break;
  }
  return air_c + poa / (25.0 + 6.84 * wind);
}

double pvwatts_dc(double poa, double cell_c, double gamma_per_c) { return poa / 1000.0 * (1.0 + gamma_per_c * (cell_c - 25.0)); }

double PvwattsLosses::combined() const {
  double kept = 1.0;
  for (const double loss : {soiling, shading, mismatch, wiring, connections, light_induced_degradation, nameplate, availability})
    kept *= 1.0 - loss;
  return 1.0 - kept;
}

double pvwatts_inverter(double dc, double dc_limit, double nominal_efficiency) {
  if (dc <= 0.0 || dc_limit <= 0.0) return 0.0;
  constexpr double reference_efficiency = 0.9637;
  const double load = dc / dc_limit;
  const double efficiency = nominal_efficiency / reference_efficiency * (-0.0162 * load - 0.0059 / load + 0.9858);
  return std::clamp(efficiency * dc, 0.0, nominal_efficiency * dc_limit);
}

std::optional<double> tracker_rotation(const TrackerSpec& spec, double zenith, double sun_azimuth) {
  const double up = std::cos(zenith);
  if (up <= 0.0) return std::nullopt;
  // Sun in the plane across the axis: x to the right of the axis' direction.
  const double across = std::sin(zenith) * std::sin(sun_azimuth - spec.axis_azimuth);
  double rotation = std::atan2(across, up);
  if (spec.backtrack && spec.ground_cover_ratio > 0.0) {
    const double shadow = std::abs(std::cos(rotation)) / spec.ground_cover_ratio;  // < 1: the next row is shaded
    if (shadow < 1.0) rotation -= std::copysign(std::acos(shadow), rotation);
  }
  return std::clamp(rotation, -spec.max_angle, spec.max_angle);
}

Surface tracker_surface(const TrackerSpec& spec, double rotation) {
  const double side = rotation >= 0.0 ? std::numbers::pi / 2.0 : -std::numbers::pi / 2.0;
  return {std::abs(rotation), std::fmod(spec.axis_azimuth + side + 2.0 * std::numbers::pi, 2.0 * std::numbers::pi)};
}

Surface tilted_tracker_surface(const TrackerSpec& spec, double axis_tilt, double zenith, double sun_azimuth) {
  // n = cos R (sin τ forward + cos τ up) + sin R right, forward = the axis' azimuth
  const double difference = sun_azimuth - spec.axis_azimuth;
  const double right = std::sin(zenith) * std::sin(difference);
  const double up = std::sin(zenith) * std::cos(difference) * std::sin(axis_tilt) + std::cos(zenith) * std::cos(axis_tilt);
  const double rotation = std::clamp(std::atan2(right, up), -spec.max_angle, spec.max_angle);
  const double azimuth = spec.axis_azimuth + std::atan2(std::sin(rotation), std::cos(rotation) * std::sin(axis_tilt));
  const double tilt = std::acos(std::clamp(std::cos(rotation) * std::cos(axis_tilt), -1.0, 1.0));
  return {tilt, std::fmod(azimuth + 2.0 * std::numbers::pi, 2.0 * std::numbers::pi)};
}

double incidence_angle_modifier(double incidence) {
  constexpr double n = 1.526;
  constexpr double absorption = 4.0 * 0.002;
  if (incidence >= std::numbers::pi / 2.0) return 0.0;
  const double normal = std::exp(-absorption) * (1.0 - ((1.0 - n) / (1.0 + n)) * ((1.0 - n) / (1.0 + n)));
  const double angle = std::max(incidence, 1e-6);
  const double refracted = std::asin(std::sin(angle) / n);
  const auto square = [](double x) { return x * x; };
  const double perpendicular = square(std::sin(refracted - angle)) / square(std::sin(refracted + angle));
  const double parallel = square(std::tan(refracted - angle)) / square(std::tan(refracted + angle));
  return std::exp(-absorption / std::cos(refracted)) * (1.0 - 0.5 * (perpendicular + parallel)) / normal;
}

double bifacial_gain(double bifaciality, double ghi, double albedo, double tilt, double view) {
  return bifaciality * ghi * albedo * (1.0 + std::cos(tilt)) / 2.0 * view;
}

}  // namespace bess
