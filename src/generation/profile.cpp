#include "generation/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "generation/profile_models.h"

namespace bess {
namespace {

// Checks numbers against the ranges the option records declare.
struct RangeCheck {
  Issues& issues;

  void operator()(std::string_view name, const double& value, const FieldInfo& info) const {
    const bool low = info.exclusive_min ? value <= info.min : value < info.min;
    if (std::isfinite(value) && !low && value <= info.max) return;
    issues.error("out_of_range", fmt::format("/{}", name), fmt::format("{} = {} {} is outside its range", name, value, info.unit));
  }
  void operator()(std::string_view name, const std::optional<double>& value, const FieldInfo& info) const {
    if (value) (*this)(name, *value, info);
  }
  template <class T>
    requires(std::is_enum_v<T> || std::is_same_v<T, bool> || std::is_same_v<T, std::string>)
  void operator()(std::string_view, const T&, const FieldInfo&) const {}
};

/// Radiation that lies in one plane only serves panels in that plane.
void check_plane(const WeatherSeries& weather, const ProfileConfig& config, Issues& issues) {
  constexpr double slope_tolerance_deg = 1.0;
  constexpr double azimuth_tolerance_deg = 2.0;
  if (weather.plane.empty()) return;
  const PvConfig& pv = config.pv;
  const double slope = pv.latitude_optimal ? latitude_optimal_slope_deg(config.latitude) : pv.slope;
  const double azimuth = pv.latitude_optimal ? (config.latitude < 0.0 ? 0.0 : 180.0) : pv.azimuth;
  const double turned = std::abs(std::remainder(azimuth - weather.plane_azimuth_deg, 360.0));
  const bool same =
      pv.tracking == Tracking::fixed && std::abs(slope - weather.plane_slope_deg) <= slope_tolerance_deg && turned <= azimuth_tolerance_deg;
  if (same) return;
  issues.error(
      "weather_plane", "/slope",
      fmt::format(
          "the weather's radiation lies in a plane of {}° slope and {}° azimuth and serves fixed panels in that plane only (asked "
          "for: {}° and {}°, tracking {}): set slope and azimuth to it, or take weather with horizontal radiation (PVGIS: slope 0, or a "
          "typical year)",
          weather.plane_slope_deg, weather.plane_azimuth_deg, slope, azimuth, pv.tracking == Tracking::fixed ? "fixed" : "moving"));
}

}  // namespace

Issues check_profile_config(const ProfileConfig& config) {
  Issues issues;
  ProfileConfig copy = config;
  const RangeCheck check{issues};
  describe(copy, check);
  if (config.profile_type == ProfileType::pv) {
    describe(copy.pv, check);
  } else {
    describe(copy.wind, check);
    if (config.wind.curve) {
      issues.append(check_curve(*config.wind.curve, "/curve"));
    } else if (!find_curve(config.wind.turbine_type)) {
      issues.error("wrong_type", "/turbine_type",
                   fmt::format("\"{}\" is none of {}", config.wind.turbine_type, fmt::join(curve_names(), ", ")));
    }
  }
  return issues;
}

Expected<GeneratedProfile> make_profile(const WeatherSeries& weather, const ProfileConfig& config, const ProgressCallback& progress,
                                        const CancellationToken* cancel) {
  const bool solar = config.profile_type == ProfileType::pv;
  Issues issues = check_profile_config(config);
  issues.append(check_variables(weather, solar ? WeatherNeed::solar : WeatherNeed::wind));
  if (solar) check_plane(weather, config, issues);
  if (issues.has_errors()) return issues;

  const QuarterSampler sampler(weather, solar);
  const auto model = solar ? make_solar_model(weather, config, issues) : make_wind_model(weather, config, issues);
  GeneratedProfile result;
  result.production.start = sampler.start();
  result.production.capacity_mw = config.capacity_mw;
  result.production.degradation_per_year = solar ? config.pv.degradation_per_year : 0.0;
  result.production.power_mw.resize(sampler.quarters());

  constexpr std::size_t piece = 96 * 10;  // a multiple of every allowed row length
  QuarterWeather quarters;
  for (std::size_t first = 0; first < sampler.quarters(); first += piece) {
    if (cancel != nullptr) cancel->throw_if_cancelled();
    const std::size_t count = std::min(piece, sampler.quarters() - first);
    sampler.sample(first, count, quarters);
    for (std::size_t q = 0; q < count; ++q) result.production.power_mw[first + q] = config.capacity_mw * model(quarters, q);
    if (progress) progress({"profile", first + count, sampler.quarters(), format_instant(quarters.start)});
  }
  const auto& power = result.production.power_mw;
  const auto missing = std::find_if(power.begin(), power.end(), [](double v) { return std::isnan(v); });
  if (missing != power.end()) {
    issues.error("gap", "/weather",
                 fmt::format("weather values are missing, the first at {}",
                             format_instant(sampler.start() + (missing - power.begin()) * quarter_hour)));
    return issues;
  }
  result.warnings = std::move(issues);
  return result;
}

}  // namespace bess
