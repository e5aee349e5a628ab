#include "generation/power_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bess {
namespace {

double exponent_of_shift(double speed) {
  if (speed <= 7.5) return 1.0 / 3.0;
  if (speed <= 12.5) return speed / 15.0 - 1.0 / 6.0;
  return 2.0 / 3.0;
}

// Linear interpolation where point k stands at stretch(k) × wind_speed[k]; 0 outside.
template <class SpeedOf>
double interpolate(const PowerCurve& curve, double speed, SpeedOf&& speed_of) {
  const std::size_t count = curve.wind_speed.size();
  if (count == 0 || !(speed >= speed_of(0)) || speed > speed_of(count - 1)) return 0.0;
  std::size_t low = 0;
  std::size_t high = count - 1;
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (speed_of(middle) <= speed ? low : high) = middle;
  }
  const double left = speed_of(low);
  const double right = speed_of(high);
  if (right <= left) return curve.power_mw[low];
  const double share = (speed - left) / (right - left);
  return curve.power_mw[low] + share * (curve.power_mw[high] - curve.power_mw[low]);
}

}  // namespace

double PowerCurve::rated_mw() const { return power_mw.empty() ? 0.0 : *std::max_element(power_mw.begin(), power_mw.end()); }

double PowerCurve::at(double speed) const {
  return interpolate(*this, speed, [this](std::size_t k) { return wind_speed[k]; });
}

Issues check_curve(const PowerCurve& curve, std::string_view pointer) {
  Issues issues;
  const auto bad = [&](std::string message) { issues.error("out_of_range", std::string(pointer), std::move(message)); };
  if (curve.wind_speed.size() != curve.power_mw.size() || curve.wind_speed.size() < 2) {
    bad("a power curve needs at least two points of wind speed and power");
    return issues;
  }
  for (std::size_t k = 0; k < curve.wind_speed.size(); ++k) {
    const double speed = curve.wind_speed[k];
    const double power = curve.power_mw[k];
    if (!std::isfinite(speed) || speed < 0.0) bad(fmt::format("point {}: wind speed {} m/s is not a speed", k + 1, speed));
    if (!std::isfinite(power) || power < 0.0) bad(fmt::format("point {}: power {} MW is not possible", k + 1, power));
    if (k > 0 && speed <= curve.wind_speed[k - 1]) bad(fmt::format("point {}: wind speeds must ascend", k + 1));
  }
  if (!issues.has_errors() && curve.rated_mw() <= 0.0) bad("a power curve without power");
  return issues;
}

double power_at_density(const PowerCurve& curve, DensityCorrection correction, double speed, double density) {
  switch (correction) {
    case DensityCorrection::iec:
      return curve.at(speed * std::cbrt(density / standard_air_density));
    case DensityCorrection::curve_shift: {
      const double ratio = standard_air_density / density;
      return interpolate(curve, speed,
                         [&](std::size_t k) { return curve.wind_speed[k] * std::pow(ratio, exponent_of_shift(curve.wind_speed[k])); });
    }
    case DensityCorrection::none:
      break;
  }
  return curve.at(speed);
}

PowerCurve smoothed(const PowerCurve& curve, const Smoothing& smoothing) {
  constexpr double step = 0.1;
  constexpr double out_step = 0.5;
  constexpr double last_speed = 40.0;
  const int reach = static_cast<int>(std::ceil((std::abs(smoothing.offset) + 6.0 * smoothing.sigma) / step));
  PowerCurve result;
  result.name = curve.name + " (fleet)";
  for (int k = 0; k <= static_cast<int>(last_speed / out_step); ++k) {
    const double speed = k * out_step;
    double sum = 0.0;
    double weight = 0.0;
    for (int j = -reach; j <= reach; ++j) {
      const double x = j * step;
      const double z = (x - smoothing.offset) / smoothing.sigma;
      const double w = std::exp(-0.5 * z * z);
      weight += w;
      sum += w * curve.at(speed - x);
    }
    result.wind_speed.push_back(speed);
    result.power_mw.push_back(smoothing.efficiency * sum / weight);
  }
  return result;
}

PowerCurve curve_of_class(const TurbineClass& turbine) {
  const double area = std::numbers::pi / 4.0 * turbine.rotor_diameter_m * turbine.rotor_diameter_m;
  const double factor = 0.5 * standard_air_density * area * turbine.power_coefficient / 1e6;
  const double rated_speed = std::cbrt(turbine.rated_mw / factor);
  PowerCurve curve;
  curve.name = std::string(turbine.name);
  const auto add = [&](double speed, double power) {
    curve.wind_speed.push_back(speed);
    curve.power_mw.push_back(power);
  };
  constexpr double step = 0.25;
  add(std::max(0.0, turbine.cut_in - step), 0.0);
  for (double speed = turbine.cut_in; speed < rated_speed; speed += step) add(speed, factor * speed * speed * speed);
  add(rated_speed, turbine.rated_mw);
  add(turbine.cut_out, turbine.rated_mw);
  return curve;
}

}  // namespace bess
