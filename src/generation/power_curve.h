#pragma once
// Power curves of wind turbines. Speeds in m/s at hub height and standard density 1.225 kg/m³, power in MW of one turbine.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bess {

inline constexpr double standard_air_density = 1.225;

/// Points in ascending speed; linear between them, 0 outside. A repeated last speed is not needed: power above it is 0.
struct PowerCurve {
  std::string name;
  std::vector<double> wind_speed;
  std::vector<double> power_mw;
  [[nodiscard]] double rated_mw() const;
  [[nodiscard]] double at(double speed) const;
};

/// Checks a user's curve: at least two points, ascending non-negative speeds, finite power ≥ 0, a maximum above 0.
/// Code out_of_range, path `pointer`.
[[nodiscard]] Issues check_curve(const PowerCurve& curve, std::string_view pointer);

enum class DensityCorrection : std::uint8_t {
  iec,          ///< v_eq = v (ρ/ρ0)^(1/3) into the standard curve (IEC 61400-12-1)
  curve_shift,  ///< speeds of the curve × (ρ0/ρ)^p; p = 1/3 up to 7.5 m/s, v/15 − 1/6 up to 12.5, then 2/3 (WindPRO)
  none,
};
/// Power of one turbine in air of density ρ (kg/m³).
[[nodiscard]] double power_at_density(const PowerCurve& curve, DensityCorrection correction, double speed, double density);

/// The curve of a fleet (Andresen 2015): convolved with a Gaussian in speed (mean offset 1.27, σ 2.29 m/s), then × 0.95.
struct Smoothing {
  double offset{1.27};
  double sigma{2.29};
  double efficiency{0.95};
};
[[nodiscard]] PowerCurve smoothed(const PowerCurve& curve, const Smoothing& smoothing = {});

/// A turbine class by its published figures; its curve is ½ ρ0 A Cp v³ between cut-in and rated power.
struct TurbineClass {
  std::string_view name;
  std::string_view description;
  double rated_mw;
  double rotor_diameter_m;
  double power_coefficient;  ///< electrical: rotor Cp × drive train
  double cut_in;
  double cut_out;
};
[[nodiscard]] PowerCurve curve_of_class(const TurbineClass& turbine);

/// The classes of the library and the 2 MW test curve, by name.
[[nodiscard]] std::span<const TurbineClass> turbine_classes();
[[nodiscard]] std::vector<std::string> curve_names();
[[nodiscard]] std::optional<PowerCurve> find_curve(std::string_view name);

}  // namespace bess
