// The curve library: our own data. Classes are open reference turbines, described by the figures their definition reports
// print; the curves are computed from those, not copied.
#include <array>

#include "generation/power_curve.h"

namespace bess {
namespace {

constexpr std::string_view test_curve_name = "test_2mw";

constexpr std::array classes{
    TurbineClass{"generic_onshore_2mw", "high-wind onshore turbine, 2 MW, 80 m rotor, 398 W/m²", 2.0, 80.0, 0.44, 3.5, 25.0},
    TurbineClass{"generic_onshore_3mw_low_wind", "low-wind onshore turbine, 3 MW, 126 m rotor, 241 W/m²", 3.0, 126.0, 0.44, 3.0, 22.5},
    TurbineClass{"iea_onshore_3_4mw_130", "IEA Wind Task 37 onshore reference turbine, 3.37 MW, 130 m rotor", 3.37, 130.0, 0.45, 4.0, 25.0},
    TurbineClass{"nrel_5mw_126", "NREL offshore 5 MW baseline turbine, rotor Cp 0.482, drive train 0.944", 5.0, 126.0, 0.455, 3.0, 25.0},
    TurbineClass{"dtu_10mw_178", "DTU 10 MW reference turbine, rotor Cp 0.476, drive train 0.94", 10.0, 178.3, 0.447, 4.0, 25.0},
    TurbineClass{"iea_offshore_15mw_240", "IEA Wind Task 37 offshore reference turbine, 15 MW, rotor Cp 0.489, drive train 0.958", 15.0,
                 240.0, 0.468, 3.0, 25.0},
};

PowerCurve test_curve() {
  PowerCurve curve;
  curve.name = std::string(test_curve_name);
  curve.wind_speed = {0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25};
  curve.power_mw = {0, 0, 0.08, 0.2, 0.37, 0.6, 0.9, 1.27, 1.65, 1.9, 1.98, 2, 2};
  return curve;
}

}  // namespace

std::span<const TurbineClass> turbine_classes() { return classes; }

std::vector<std::string> curve_names() {
  std::vector<std::string> names{std::string(test_curve_name)};
  for (const auto& turbine : classes) names.emplace_back(turbine.name);
  return names;
}

std::optional<PowerCurve> find_curve(std::string_view name) {
  if (name == test_curve_name) return test_curve();
  for (const auto& turbine : classes) {
    if (turbine.name == name) return curve_of_class(turbine);
  }
  return std::nullopt;
}

}  // namespace bess
