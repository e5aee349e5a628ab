#include "importers/weather_accumulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "generation/sun.h"

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double hour_s = 3600.0;

Instant stamp_of(const WeatherSeries& series, std::size_t row) {
  return series.start + std::chrono::seconds{series.step_s} * static_cast<std::int64_t>(row + 1);
}

/// Does the row hold the first step after 00 UTC, where a sum starts anew?
bool is_midnight_reset(const WeatherSeries& series, std::size_t row) {
  return stamp_of(series, row).time_since_epoch().count() % 86400 == series.step_s;
}

void difference_days(const WeatherSeries& series, std::vector<double>& values) {
  for (std::size_t i = values.size(); i-- > 0;) {
    if (is_midnight_reset(series, i)) continue;
    values[i] = i > 0 ? values[i] - values[i - 1] : nan;
  }
}

/// Energy on the horizontal above the atmosphere in the hour that ends with the row, J/m².
double sent_in_hour(const WeatherSeries& series, const SunPath& path, std::size_t row) {
  double sum = 0.0;
  for (const int minute : {52, 37, 22, 7}) {
    const Instant t = stamp_of(series, row) - std::chrono::minutes{minute};
    sum += std::max(0.0, path.at(t).sin_altitude) * extraterrestrial_normal_w_per_m2(day_of_year(t));
  }
  return sum / 4.0 * hour_s;
}

/// Share of the rows with sun whose value the sun can't send in an hour.
double share_beyond_an_hour(const WeatherSeries& series, const std::vector<double>& values) {
  constexpr double margin_joules = 20.0 * hour_s;  // packing noise and twilight
  const SunPath path(series.latitude_deg, series.longitude_deg);
  std::size_t lit = 0;
  std::size_t beyond = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > margin_joules)) continue;
    ++lit;
    if (values[i] > 1.1 * sent_in_hour(series, path, i) + margin_joules) ++beyond;
  }
  return lit == 0 ? 0.0 : static_cast<double>(beyond) / static_cast<double>(lit);
}

}  // namespace

// Accumulated since 00 UTC: never falls but at the first step of a day. Hourly sums fall every afternoon.
bool is_since_midnight(const WeatherSeries& series, const std::vector<double>& values) {
  double top = 0.0;
  for (const double v : values) top = v > top ? v : top;
  std::size_t falls = 0;
  std::size_t resets = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const bool fall = values[i] < values[i - 1] - 1e-3 * top;
    (is_midnight_reset(series, i) ? resets : falls) += fall ? 1 : 0;
  }
  return resets > 0 && falls == 0;
}

Issues take_accumulated(WeatherSeries& series, std::vector<AccumulatedFlux> fluxes, FluxAccumulation how) {
  constexpr double tolerated_share = 0.1;
  Issues issues;
  FluxAccumulation kind = how;
  if (how == FluxAccumulation::automatic) {
    const auto daily = [&](const AccumulatedFlux& flux) { return is_since_midnight(series, flux.joules); };
    kind = std::any_of(fluxes.begin(), fluxes.end(), daily) ? FluxAccumulation::daily : FluxAccumulation::hourly;
  }
  for (AccumulatedFlux& flux : fluxes) {
    const bool hour_of_more = kind == FluxAccumulation::hourly && series.step_s > 3600;
    if (hour_of_more && how == FluxAccumulation::automatic && share_beyond_an_hour(series, flux.joules) > tolerated_share) {
      issues.add({Severity::error,
                  "ambiguous_accumulation",
                  fmt::format("{} has rows every {} h whose values the sun does not send in one hour: say what they are sums of "
                              "(--accumulation, weather_accumulation: 1h, step or since_midnight)",
                              flux.name, series.step_s / 3600),
                  "/weather_accumulation",
                  {},
                  0,
                  flux.name});
      continue;
    }
    if (kind == FluxAccumulation::daily) difference_days(series, flux.joules);
    const double length_s = kind == FluxAccumulation::hourly ? std::min<double>(hour_s, series.step_s) : series.step_s;
    if (hour_of_more) series.flux_length_s = 3600;
    for (double& v : flux.joules) v /= length_s;
    series.*(flux.target) = std::move(flux.joules);
  }
  return issues;
}

}  // namespace bess
