#pragma once
// PV chain "pvwatts": Spencer radiation above the atmosphere, Erbs split, Hay–Davies or isotropic sky, cell temperature
// (SAPM, PVsyst, Faiman), linear DC model, losses of NREL PVWatts v5, its inverter curve, single-axis tracking with backtracking.
// Irradiance in W/m², temperature in °C, wind in m/s at 10 m, angles in radians. Pure functions; thread-safe.

#include <cstdint>
#include <optional>

#include "generation/sun.h"

namespace bess {

/// Direct normal and diffuse horizontal radiation.
struct BeamAndDiffuse {
  double dni{0};
  double dhi{0};
};
/// Erbs 1982. Beyond 87° of zenith, or where a share would be negative, everything is diffuse.
[[nodiscard]] BeamAndDiffuse erbs(double ghi, double zenith, double extraterrestrial_normal);

enum class SkyModel : std::uint8_t { hay_davies, isotropic };

/// Orientation of the panel at one moment.
struct Surface {
  double tilt{0};
  double azimuth{0};
};
[[nodiscard]] double cos_incidence(const Surface& surface, double zenith, double sun_azimuth);

struct PlaneOfArray {
  double beam{0};
  double sky{0};
  double ground{0};
  [[nodiscard]] double total() const { return beam + sky + ground; }
};
struct SkyInput {
  double ghi{0};
  double dni{0};
  double dhi{0};
  double extraterrestrial_normal{0};
  double zenith{0};
  double sun_azimuth{0};
  double albedo{0.2};
};
[[nodiscard]] PlaneOfArray plane_of_array(SkyModel model, const Surface& surface, const SkyInput& input);

/// Mounting and glazing decide the constants of SAPM.
enum class CellTemperatureModel : std::uint8_t { sapm_glass_polymer, sapm_glass_glass, pvsyst, faiman };
[[nodiscard]] double cell_temperature_c(CellTemperatureModel model, double plane_irradiance, double air_temperature_c, double wind_10m);

/// DC power per DC peak: POA/1000 (1 + γ (T_c − 25)).
[[nodiscard]] double pvwatts_dc(double plane_irradiance, double cell_temperature_c, double gamma_per_c);

/// Loss shares, combined as 1 − Π(1 − x).
struct PvwattsLosses {
  double soiling{0.02};
  double shading{0.03};
  double mismatch{0.02};
  double wiring{0.02};
  double connections{0.005};
  double light_induced_degradation{0.015};
  double nameplate{0.01};
  double availability{0.03};
  [[nodiscard]] double combined() const;
};

/// AC power of an inverter with DC rating `dc_limit` (AC limit = nominal efficiency × dc_limit), same unit as `dc`.
[[nodiscard]] double pvwatts_inverter(double dc, double dc_limit, double nominal_efficiency = 0.96);

/// Rotation of a horizontal single-axis tracker (radians; > 0 towards the west for an axis azimuth of 180°), with backtracking
/// so that rows of ground cover ratio `gcr` don't shade one another. No value when the sun is down.
struct TrackerSpec {
  double axis_azimuth{std::numbers::pi};
  double max_angle{std::numbers::pi / 3.0};
  double ground_cover_ratio{0.35};
  bool backtrack{true};
};
[[nodiscard]] std::optional<double> tracker_rotation(const TrackerSpec& spec, double zenith, double sun_azimuth);
[[nodiscard]] Surface tracker_surface(const TrackerSpec& spec, double rotation);

/// The panel of a tracker whose axis is tilted by `axis_tilt` towards its azimuth, turned as near to the sun as max_angle lets it;
/// single rows, so no backtracking.
[[nodiscard]] Surface tilted_tracker_surface(const TrackerSpec& spec, double axis_tilt, double zenith, double sun_azimuth);

/// Share of the beam that passes the glass (physical model: Snell and Bouguer, n = 1.526, K = 4 /m, 2 mm), relative to normal incidence.
[[nodiscard]] double incidence_angle_modifier(double incidence);

/// Rear-side gain of bifacial panels: bifaciality · GHI · albedo · (1 + cosβ)/2 · view.
[[nodiscard]] double bifacial_gain(double bifaciality, double ghi, double albedo, double tilt, double view = 0.9);

}  // namespace bess
