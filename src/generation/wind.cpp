#include "generation/wind.h"

#include <algorithm>
#include <cmath>

namespace bess {

double log_law(double speed, double reference_height, double hub_height, double roughness) {
  const double z0 = roughness > 0.0 ? roughness : 2e-4;
  return speed * std::log(hub_height / z0) / std::log(reference_height / z0);
}

double shear_exponent(double lower_speed, double lower_height, double upper_speed, double upper_height) {
  if (lower_speed < 0.5 || upper_speed <= 0.0) return neutral_shear_exponent;
  return std::clamp(std::log(upper_speed / lower_speed) / std::log(upper_height / lower_height), 0.0, 0.6);
}

double power_law(double speed, double reference_height, double hub_height, double exponent) {
  return speed * std::pow(hub_height / reference_height, exponent);
}

double hub_temperature_k(double temperature_2m_k, double hub_height) { return temperature_2m_k - 0.0065 * (hub_height - 2.0); }

double air_density(double temperature_2m_k, double surface_pressure_pa, double hub_height) {
  constexpr double gas_constant = 287.058;
  const double pressure = surface_pressure_pa * std::pow(1.0 - 0.0065 * hub_height / temperature_2m_k, 5.255);
  return pressure / (gas_constant * hub_temperature_k(temperature_2m_k, hub_height));
}

}  // namespace bess
