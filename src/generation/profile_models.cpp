#include "generation/profile_models.h"

#include <algorithm>
#include <cmath>

#include "generation/wind.h"

namespace bess {
namespace {

constexpr double kelvin = 273.15;
constexpr double pi = std::numbers::pi;

// Direct and diffuse radiation can't be more than what arrives above the atmosphere.
struct Split {
  double direct;
  double diffuse;
};
Split limited(double global, double direct, double toa) {
  const double d = std::min(direct, toa);
  return {d, std::max(0.0, std::min(global - direct, toa - d))};
}

struct Orientation {
  double slope;
  double azimuth;
};
Orientation orientation_of(const ProfileConfig& config) {
  if (!config.pv.latitude_optimal) return {radians(config.pv.slope), radians(config.pv.azimuth)};
  return {radians(latitude_optimal_slope_deg(config.latitude)), config.latitude < 0.0 ? 0.0 : pi};
}

class AtliteModel {
 public:
  explicit AtliteModel(const ProfileConfig& config) : pv_(config.pv), orientation_(orientation_of(config)) {
    spec_.panel = pv_.panel_type;
    spec_.inverter_efficiency = pv_.inverter_efficiency.value_or(0.9);
    spec_.system_loss = pv_.system_loss.value_or(0.0);
    if (pv_.inverter_limit) spec_.inverter_limit = *pv_.inverter_limit / config.capacity_mw;
  }

  double operator()(const QuarterWeather& w, std::size_t q) const {
    if (!w.plane.empty()) return w.plane[q] > 0.0 ? atlite_ac(spec_, w.plane[q], w.temperature_k[q]) : w.plane[q];
    const double global = w.ghi[q];
    if (!(global > 0.0)) return global;  // night, or missing
    const SunPosition& sun = w.sun[q];
    const Split split = w.direct.empty() ? reindl(w, q) : limited(global, w.direct[q], w.toa[q]);
    const PanelView view = panel_view(pv_.tracking, orientation_.slope, orientation_.azimuth, sun);
    const double albedo = w.albedo.empty() ? pv_.albedo : w.albedo[q];
    return atlite_ac(spec_, tilted_irradiance(sun, view, split.direct, split.diffuse, albedo), w.temperature_k[q]);
  }

 private:
  [[nodiscard]] Split reindl(const QuarterWeather& w, std::size_t q) const {
    const double global = std::min(w.ghi[q], w.toa[q]);
    const double clearness = w.toa[q] > 0.0 ? global / w.toa[q] : 0.0;
    const double sine = w.sun[q].sin_altitude;
    const bool enhanced = pv_.clearsky_model == ClearskyModel::enhanced && !w.relative_humidity.empty();
    const double share =
        enhanced ? reindl_enhanced(clearness, sine, w.temperature_k[q], w.relative_humidity[q]) : reindl_simple(clearness, sine);
    const double diffuse = global * std::min(share, 1.0);
    return {global - diffuse, diffuse};
  }

  PvConfig pv_;
  Orientation orientation_;
  AtliteSpec spec_;
};

class PvwattsModel {
 public:
  explicit PvwattsModel(const ProfileConfig& config) : pv_(config.pv), orientation_(orientation_of(config)) {
    kept_ = 1.0 - pv_.system_loss.value_or(PvwattsLosses{}.combined());
    efficiency_ = pv_.inverter_efficiency.value_or(0.96);
    const double ac_limit = pv_.inverter_limit ? *pv_.inverter_limit / config.capacity_mw : 1.0 / pv_.dc_ac_ratio;
    dc_limit_ = ac_limit / efficiency_;
    tracker_ = {orientation_.azimuth, radians(pv_.max_rotation), pv_.ground_cover_ratio, pv_.backtracking};
  }

  double operator()(const QuarterWeather& w, std::size_t q) const {
    if (!w.plane.empty()) return w.plane[q] > 0.0 ? ac_of(w, q, w.plane[q]) : w.plane[q];
    const double global = w.ghi[q];
    if (!(global > 0.0)) return global;
    const SunPosition& sun = w.sun[q];
    if (sun.sin_altitude <= 0.0) return 0.0;
    const double normal = w.toa[q] / sun.sin_altitude;
    const auto split = w.direct.empty() ? erbs(global, sun.zenith(), normal) : beam_of(w, q, normal);
    const Surface surface = surface_at(sun);
    const double albedo = w.albedo.empty() ? pv_.albedo : w.albedo[q];
    PlaneOfArray plane = plane_of_array(pv_.sky_model, surface, {global, split.dni, split.dhi, normal, sun.zenith(), sun.azimuth, albedo});
    if (pv_.incidence_angle_modifier) {
      plane.beam *= incidence_angle_modifier(std::acos(std::max(0.0, cos_incidence(surface, sun.zenith(), sun.azimuth))));
    }
    double poa = plane.total();
    if (pv_.bifaciality > 0.0) poa += bifacial_gain(pv_.bifaciality, global, albedo, surface.tilt);
    return ac_of(w, q, poa);
  }

 private:
  [[nodiscard]] double ac_of(const QuarterWeather& w, std::size_t q, double poa) const {
    const double wind = w.lower_wind.empty() ? 1.0 : w.lower_wind[q];
    const double cell = cell_temperature_c(pv_.temperature_model, poa, w.temperature_k[q] - kelvin, wind);
    return pvwatts_inverter(pvwatts_dc(poa, cell, pv_.temperature_coefficient) * kept_, dc_limit_, efficiency_);
  }

  [[nodiscard]] static BeamAndDiffuse beam_of(const QuarterWeather& w, std::size_t q, double normal) {
    if (w.sun[q].sin_altitude < std::sin(radians(3.0))) return {0.0, w.ghi[q]};
    const double dni = std::min(w.direct[q] / w.sun[q].sin_altitude, normal);
    return {dni, w.ghi[q] - w.direct[q]};
  }

  [[nodiscard]] Surface surface_at(const SunPosition& sun) const {
    switch (pv_.tracking) {
      case Tracking::horizontal:
        return tracker_surface(tracker_, tracker_rotation(tracker_, sun.zenith(), sun.azimuth).value_or(0.0));
      case Tracking::tilted_horizontal:
        return tilted_tracker_surface(tracker_, orientation_.slope, sun.zenith(), sun.azimuth);
      case Tracking::vertical:
        return {orientation_.slope, sun.azimuth};
      case Tracking::dual:
        return {sun.zenith(), sun.azimuth};
      case Tracking::fixed:
        break;
    }
    return {orientation_.slope, orientation_.azimuth};
  }

  PvConfig pv_;
  Orientation orientation_;
  TrackerSpec tracker_;
  double kept_{1};
  double efficiency_{0.96};
  double dc_limit_{1};
};

class WindModel {
 public:
  WindModel(const WeatherSeries& weather, const ProfileConfig& config)
      : wind_(config.wind),
        curve_(config.wind.curve ? *config.wind.curve : *find_curve(config.wind.turbine_type)),
        lower_height_(weather.lower_wind_height_m),
        upper_height_(weather.upper_wind_height_m) {
    rated_ = curve_.rated_mw();
    if (wind_.smoothing) curve_ = smoothed(curve_);
    kept_ = WindLosses{wind_.wake_loss, 1.0 - wind_.availability, wind_.electrical_loss}.kept();
  }

  double operator()(const QuarterWeather& w, std::size_t q) const {
    const double speed = hub_speed(w, q);
    if (std::isnan(speed)) return speed;
    DensityCorrection correction = wind_.density_correction;
    double density = standard_air_density;
    if (w.temperature_k.empty()) {
      correction = DensityCorrection::none;
    } else {
      density = air_density(w.temperature_k[q], w.pressure_pa.empty() ? 101325.0 : w.pressure_pa[q], wind_.hub_height);
      if (std::isnan(density)) return density;
    }
    return power_at_density(curve_, correction, speed, density) / rated_ * kept_;
  }

 private:
  [[nodiscard]] double hub_speed(const QuarterWeather& w, std::size_t q) const {
    const bool upper = !w.upper_wind.empty();
    const double speed = upper ? w.upper_wind[q] : w.lower_wind[q];
    const double height = upper ? upper_height_ : lower_height_;
    if (wind_.interpolation == HubInterpolation::logarithmic && !w.roughness_m.empty()) {
      return log_law(speed, height, wind_.hub_height, w.roughness_m[q]);
    }
    const bool both = upper && !w.lower_wind.empty();
    const double exponent = both ? shear_exponent(w.lower_wind[q], lower_height_, speed, upper_height_) : neutral_shear_exponent;
    return power_law(speed, height, wind_.hub_height, exponent);
  }

  WindConfig wind_;
  PowerCurve curve_;
  double lower_height_;
  double upper_height_;
  double rated_{1};
  double kept_{1};
};

}  // namespace

QuarterModel make_solar_model(const WeatherSeries& weather, const ProfileConfig& config, Issues& warnings) {
  if (!weather.plane.empty() && (config.pv.incidence_angle_modifier || config.pv.bifaciality > 0.0)) {
    warnings.warning("assumed", "/weather/plane",
                     "the weather gives the radiation on the panels as one figure: no reflection and no rear side is counted");
  }
  if (config.pv.chain == SolarChain::pvwatts) {
    if (weather.lower_wind.empty()) warnings.warning("assumed", "/weather/lower_wind", "no wind at 10 m: 1 m/s was taken for cooling");
    return PvwattsModel(config);
  }
  if (config.pv.clearsky_model == ClearskyModel::enhanced && weather.relative_humidity.empty()) {
    warnings.warning("assumed", "/clearsky_model", "no humidity in the weather: the simple model was taken");
  }
  return AtliteModel(config);
}

QuarterModel make_wind_model(const WeatherSeries& weather, const ProfileConfig& config, Issues& warnings) {
  if (weather.temperature_k.empty()) {
    warnings.warning("assumed", "/density_correction", "no air temperature: the standard density 1.225 kg/m³ was taken");
  } else if (weather.pressure_pa.empty()) {
    warnings.warning("assumed", "/density_correction", "no surface pressure: 101,325 Pa was taken");
  }
  if (config.wind.interpolation == HubInterpolation::logarithmic && weather.roughness_m.empty()) {
    warnings.warning("assumed", "/interpolation", "no roughness in the weather: the power law was taken");
  }
  return WindModel(weather, config);
}

}  // namespace bess
