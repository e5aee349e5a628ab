#pragma once
// PV chain "atlite": the formulas of the open atlite library, so that yields can be compared with tools built on it.
//
//   diffuse    Reindl 1990, only where direct and diffuse radiation are not given
//   tilted     direct·cosθ/sin alt + diffuse (1 + cosβ)/2 + G·albedo (1 − cosβ)/2;  0 below 1° of altitude or G ≤ 0.01 W/m²
//   panel      Huld 2010 (CSi, CdTe) or Bofinger 2008 (KANENA)
//   power      P/Pdc0 × inverter efficiency × (1 − system loss), then the inverter's limit
// Irradiance in W/m², temperature in K, angles in radians (azimuth clockwise from north). Pure functions; thread-safe.

#include <cstdint>
#include <optional>

#include "generation/sun.h"

namespace bess {

enum class PanelType : std::uint8_t { csi, cdte, kanena };
/// fixed; horizontal: one axis lying in azimuth direction; tilted_horizontal: one axis tilted by the slope;
/// vertical: a vertical axis, panel azimuth = sun azimuth; dual: always normal to the sun.
enum class Tracking : std::uint8_t { fixed, horizontal, tilted_horizontal, vertical, dual };
enum class ClearskyModel : std::uint8_t { simple, enhanced };

/// Reindl's diffuse share of global radiation. clearness = G/TOA.
[[nodiscard]] double reindl_simple(double clearness, double sin_altitude);
/// With air temperature (K) and relative humidity (0..1).
[[nodiscard]] double reindl_enhanced(double clearness, double sin_altitude, double temperature_k, double relative_humidity);

/// Slope that gives the best year: |φ| ≤ 25°: 0.87|φ|; ≤ 50°: 0.76|φ| + 0.31°; above: 40°.
[[nodiscard]] double latitude_optimal_slope_deg(double latitude_deg);

/// How the panel stands towards the sun at this moment.
struct PanelView {
  double cos_incidence{0};  ///< ≥ 0
  double slope{0};          ///< radians
};
/// For horizontal tracking `azimuth` is the direction of the axis; for tilted_horizontal `slope` is the tilt of the axis.
/// vertical and dual keep the given slope for the diffuse share, as atlite does.
[[nodiscard]] PanelView panel_view(Tracking tracking, double slope, double azimuth, const SunPosition& sun);

/// Radiation on the panel, W/m²; direct and diffuse are on the horizontal.
[[nodiscard]] double tilted_irradiance(const SunPosition& sun, const PanelView& view, double direct, double diffuse, double albedo);

/// DC output per DC peak (CSi, CdTe) at irradiance G (W/m²) and air temperature.
[[nodiscard]] double huld_dc(PanelType type, double irradiance, double temperature_k);
/// AC output per DC peak of KANENA, its inverter's 0.9 included.
[[nodiscard]] double bofinger_ac(double irradiance, double temperature_k);

struct AtliteSpec {
  PanelType panel{PanelType::csi};
  double inverter_efficiency{0.9};  ///< CSi and CdTe; KANENA has its own, which this scales by efficiency / 0.9
  double system_loss{0};
  std::optional<double> inverter_limit{};  ///< per DC peak
};
/// AC output per DC peak.
[[nodiscard]] double atlite_ac(const AtliteSpec& spec, double irradiance, double temperature_k);

}  // namespace bess
