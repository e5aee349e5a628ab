// Weather of which only every n-th hour is known, and what its radiation says about the clock.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "generation/weather.h"

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::chrono::seconds hour{3600};

/// Means over hours of the radiation under a clear sky, W/m²: 1098 sin α exp(−0.057 / sin α) (Haurwitz 1945). Its ratio changes less from
/// hour to hour than that to the radiation above the atmosphere, which falls with a low sun.
std::vector<double> clear_by_hour(const WeatherSeries& weather, Instant start, std::size_t hours) {
  constexpr int parts = 6;
  const SunPath path(weather.latitude_deg, weather.longitude_deg);
  std::vector<double> clear(hours, 0.0);
  for (std::size_t h = 0; h < hours; ++h) {
    for (int part = 0; part < parts; ++part) {
      const Instant t = start + hour * static_cast<std::int64_t>(h) + std::chrono::seconds{300 + 600 * part};
      const double sine = path.at(t).sin_altitude;
      if (sine > 0.0) clear[h] += 1098.0 * sine * std::exp(-0.057 / sine) / parts;
    }
  }
  return clear;
}

/// Every `every`-th hour of the result is known. Between two of them the clearness is linear; where the sun was down in one of them the
/// other's counts, and where it was down in both the nearest known one within a day.
std::vector<double> spread_flux(const std::vector<double>& known, std::size_t every, const std::vector<double>& clear) {
  constexpr double lit_w_per_m2 = 10.0;
  constexpr double highest_index = 1.4;  // clouds beside a free sun
  const std::size_t count = known.size();
  std::vector<double> clearness(count, nan);
  for (std::size_t i = 0; i < count; ++i) {
    if (clear[i * every] > lit_w_per_m2) clearness[i] = std::clamp(known[i] / clear[i * every], 0.0, highest_index);
  }
  const auto nearest = [&](std::size_t at) {
    const std::size_t reach = 24 / every;
    for (std::size_t distance = 1; distance <= reach; ++distance) {
      if (at >= distance && !std::isnan(clearness[at - distance])) return clearness[at - distance];
      if (at + distance < count && !std::isnan(clearness[at + distance])) return clearness[at + distance];
    }
    return 0.0;
  };
  std::vector<double> spread(clear.size());
  for (std::size_t h = 0; h < spread.size(); ++h) {
    const std::size_t left = h / every;
    const std::size_t rest = h % every;
    if (rest == 0) {
      spread[h] = known[left];
      continue;
    }
    const double share = static_cast<double>(rest) / static_cast<double>(every);
    double index = clearness[left] + share * (clearness[left + 1] - clearness[left]);
    if (std::isnan(clearness[left])) index = clearness[left + 1];
    if (std::isnan(clearness[left + 1])) index = clearness[left];
    if (std::isnan(index)) index = clear[h] > 0.0 ? nearest(left) : 0.0;
    spread[h] = index * clear[h];
  }
  return spread;
}

std::vector<double> spread_state(const std::vector<double>& known, std::size_t every, std::size_t hours) {
  std::vector<double> spread(hours);
  for (std::size_t h = 0; h < hours; ++h) {
    const std::size_t left = h / every;
    const std::size_t rest = h % every;
    spread[h] = known[left];
    if (rest > 0) spread[h] += static_cast<double>(rest) / static_cast<double>(every) * (known[left + 1] - known[left]);
  }
  return spread;
}

}  // namespace

Issues spread_sampled_hours(WeatherSeries& weather) {
  Issues issues;
  if (weather.flux_length_s == 0 || weather.flux_length_s >= weather.step_s || weather.rows == 0) return issues;
  BESS_ASSERT(weather.flux_length_s == hour.count() && weather.step_s % hour.count() == 0);
  const auto every = static_cast<std::size_t>(weather.step_s / hour.count());
  const std::size_t hours = (weather.rows - 1) * every + 1;
  const Instant start = weather.start + std::chrono::seconds{weather.step_s} - hour;
  const std::vector<double> clear = clear_by_hour(weather, start, hours);
  for (const auto& variable : weather_variables()) {
    auto& values = weather.*(variable.values);
    if (values.empty()) continue;
    values = variable.flux ? spread_flux(values, every, clear) : spread_state(values, every, hours);
  }
  const auto shift = static_cast<std::int32_t>((start - weather.start).count());
  weather.start = start;
  weather.state_offset_s -= shift;
  if (weather.wind_offset_s) *weather.wind_offset_s -= shift;
  weather.step_s = static_cast<std::int32_t>(hour.count());
  weather.rows = hours;
  weather.flux_length_s = 0;
  issues.warning(
      "sampled_hours", "/weather",
      fmt::format("the weather knows every {}. hour only: radiation between follows the sun at the clearness of the hours that are "
                  "known",
                  every));
  return issues;
}

Issues check_sun(const WeatherSeries& weather) {
  constexpr double tolerated_share = 0.003;
  Issues issues;
  if (weather.ghi.empty() || weather.step_s > hour.count() || weather.rows < 20) return issues;
  const SunPath path(weather.latitude_deg, weather.longitude_deg);
  double all = 0.0;
  double dark = 0.0;
  const std::size_t stride = weather.rows > 20'000 ? 7 : 1;  // of many years a share will do; 7 goes through all hours
  for (std::size_t row = 0; row < weather.rows; row += stride) {
    const double flux = weather.ghi[row];
    if (!(flux > 0.0)) continue;
    all += flux;
    const Instant from = weather.start + std::chrono::seconds{weather.step_s} * static_cast<std::int64_t>(row);
    bool lit = false;
    for (int part = 0; part <= 4 && !lit; ++part)
      lit = path.at(from + std::chrono::seconds{weather.step_s * part / 4}).sin_altitude > -0.015;
    if (!lit) dark += flux;
  }
  if (all <= 0.0 || dark <= tolerated_share * all) return issues;
  issues.warning(
      "weather_time", "/weather/ghi",
      fmt::format("{:.1f} % of the radiation falls while the sun is down at {:.2f} N {:.2f} E: are the time zone, the stamps' end of "
                  "their intervals and the place right (weather_time_zone, weather_stamp)?",
                  100.0 * dark / all, weather.latitude_deg, weather.longitude_deg));
  return issues;
}

}  // namespace bess
