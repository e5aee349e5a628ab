#pragma once
// Quantities that files give in parts.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bess {

/// Share 0..1 from air temperature and dew point, K: Magnus, the vapour pressure at the dew point over that at the air's temperature. NaN
/// stays NaN.
[[nodiscard]] inline std::vector<double> humidity_of_dew_point(const std::vector<double>& temperature_k,
                                                               const std::vector<double>& dew_point_k) {
  const auto vapour = [](double kelvin) { return std::exp(17.625 * (kelvin - 273.15) / (kelvin - 273.15 + 243.04)); };
  std::vector<double> share(temperature_k.size());
  for (std::size_t i = 0; i < share.size(); ++i) {
    const double ratio = vapour(dew_point_k[i]) / vapour(temperature_k[i]);
    share[i] = ratio > 1.0 ? 1.0 : ratio;
  }
  return share;
}

/// √(u² + v²).
[[nodiscard]] inline std::vector<double> speed_of(const std::vector<double>& u, const std::vector<double>& v) {
  std::vector<double> speed(u.size());
  std::transform(u.begin(), u.end(), v.begin(), speed.begin(), [](double a, double b) { return std::hypot(a, b); });
  return speed;
}

}  // namespace bess
