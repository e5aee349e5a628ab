#pragma once
// Wind at hub height and the density of the air there. Speeds in m/s, heights and roughness in m, temperature in K, pressure in
// Pa, density in kg/m³. Pure functions; thread-safe.

namespace bess {

/// Log law from a reference height: v ln(h/z0)/ln(h_ref/z0). A roughness ≤ 0 (packing noise) counts as 2e−4 (water).
[[nodiscard]] double log_law(double speed, double reference_height, double hub_height, double roughness);

/// Exponent of the power law between two heights: ln(v_upper/v_lower)/ln(h_upper/h_lower), clamped to [0, 0.6]; 1/7 where the
/// lower wind is under 0.5 m/s.
[[nodiscard]] double shear_exponent(double lower_speed, double lower_height, double upper_speed, double upper_height);
inline constexpr double neutral_shear_exponent = 1.0 / 7.0;

/// v (h/h_ref)^α.
[[nodiscard]] double power_law(double speed, double reference_height, double hub_height, double exponent);

/// T_h = t2m − 0.0065 (h − 2).
[[nodiscard]] double hub_temperature_k(double temperature_2m_k, double hub_height);
/// ρ = p_h / (287.058 T_h), p_h = p0 (1 − 0.0065 h / t2m)^5.255.
[[nodiscard]] double air_density(double temperature_2m_k, double surface_pressure_pa, double hub_height);

/// Shares of the energy that are lost between the free wind's gross power and the grid.
struct WindLosses {
  double wake{0.08};
  double unavailability{0.03};
  double electrical{0.02};
  [[nodiscard]] double kept() const { return (1.0 - wake) * (1.0 - unavailability) * (1.0 - electrical); }
};

}  // namespace bess
