#pragma once
// A production profile from weather and a configuration: the SolarModel and WindModel of the engine.
// Shares are 0..1, angles in degrees, power in MW. Configurations are plain data.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/option.h"
#include "base/progress.h"
#include "generation/power_curve.h"
#include "generation/production.h"
#include "generation/solar_atlite.h"
#include "generation/solar_pvwatts.h"
#include "generation/weather.h"

namespace bess {

enum class ProfileType : std::uint8_t { pv, wind };
enum class SolarChain : std::uint8_t { atlite, pvwatts };
enum class HubInterpolation : std::uint8_t { logarithmic, power };

struct PvConfig {
  SolarChain chain{SolarChain::atlite};
  PanelType panel_type{PanelType::csi};
  double slope{35.0};
  double azimuth{180.0};
  Tracking tracking{Tracking::fixed};
  bool latitude_optimal{false};
  std::optional<double> system_loss{};          ///< atlite: 0; pvwatts: its loss list, 14.08 %
  std::optional<double> inverter_limit{};       ///< AC MW; pvwatts without it: capacity / dc_ac_ratio
  std::optional<double> inverter_efficiency{};  ///< atlite: 0.9; pvwatts: 0.96
  ClearskyModel clearsky_model{ClearskyModel::simple};
  double albedo{0.2};  ///< where the weather has none
  // pvwatts only
  SkyModel sky_model{SkyModel::hay_davies};
  CellTemperatureModel temperature_model{CellTemperatureModel::sapm_glass_polymer};
  double temperature_coefficient{-0.0035};
  double dc_ac_ratio{1.2};
  double ground_cover_ratio{0.35};
  double max_rotation{60.0};
  bool backtracking{true};
  bool incidence_angle_modifier{false};
  double bifaciality{0.0};
  double degradation_per_year{0.0};
};

struct WindConfig {
  std::string turbine_type{"generic_onshore_2mw"};
  std::optional<PowerCurve> curve{};  ///< the user's own, instead of turbine_type
  double hub_height{100.0};
  HubInterpolation interpolation{HubInterpolation::logarithmic};
  DensityCorrection density_correction{DensityCorrection::iec};
  bool smoothing{false};
  double wake_loss{0.08};
  double availability{0.97};
  double electrical_loss{0.02};
};

struct ProfileConfig {
  ProfileType profile_type{ProfileType::pv};
  double latitude{0.0};
  double longitude{0.0};
  double capacity_mw{0.0};
  PvConfig pv{};
  WindConfig wind{};
};

template <class Visitor>
void describe(ProfileConfig& c, Visitor&& field) {
  field("profile_type", c.profile_type,
        FieldInfo{.required = true, .help = "kind of generation", .choices = {{"pv", "photovoltaics"}, {"wind", "wind"}}});
  field("latitude", c.latitude, FieldInfo{.unit = "°", .min = -90, .max = 90, .required = true, .help = "north positive"});
  field("longitude", c.longitude, FieldInfo{.unit = "°", .min = -180, .max = 180, .required = true, .help = "east positive"});
  field("capacity_mw", c.capacity_mw,
        FieldInfo{.unit = "MW", .min = 0, .max = 1e6, .exclusive_min = true, .required = true, .help = "PV: DC peak; wind: rated"});
}

template <class Visitor>
void describe(PvConfig& c, Visitor&& field) {
  field("chain", c.chain,
        FieldInfo{.help = "calculation chain",
                  .choices = {{"atlite", "Reindl, simple tilt model, Huld or Bofinger panels"},
                              {"pvwatts", "Erbs, Hay–Davies, cell temperature, PVWatts inverter"}}});
  field("panel_type", c.panel_type,
        FieldInfo{.help = "panel of the atlite chain",
                  .choices = {{"CSi", "crystalline silicon"}, {"CdTe", "cadmium telluride"}, {"KANENA", "Bofinger's generic panel"}}});
  field("slope", c.slope,
        FieldInfo{.unit = "°", .min = 0, .max = 90, .help = "of the panel, or of the axis when tracking is tilted_horizontal"});
  field("azimuth", c.azimuth, FieldInfo{.unit = "°", .min = 0, .max = 360, .help = "180 = south; of the axis when tracking is horizontal"});
  field("tracking", c.tracking,
        FieldInfo{.help = "tracking of the sun",
                  .choices = {{"fixed", "none"},
                              {"horizontal", "one lying axis"},
                              {"tilted_horizontal", "one tilted axis"},
                              {"vertical", "a vertical axis"},
                              {"dual", "two axes"}}});
  field("latitude_optimal", c.latitude_optimal,
        FieldInfo{.help = "take the slope that gives the best year at this latitude, facing the equator"});
  field("system_loss", c.system_loss,
        FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "share lost; default 0 (atlite), 0.1408 (pvwatts)"});
  field("inverter_limit", c.inverter_limit,
        FieldInfo{.unit = "MW", .min = 0, .max = 1e6, .exclusive_min = true, .help = "AC limit of the inverters"});
  field("inverter_efficiency", c.inverter_efficiency,
        FieldInfo{.unit = "1", .min = 0, .max = 1, .exclusive_min = true, .help = "default 0.9 (atlite), 0.96 (pvwatts)"});
  field("clearsky_model", c.clearsky_model,
        FieldInfo{.help = "diffuse split of the atlite chain where the weather has none",
                  .choices = {{"simple", "Reindl by clearness and altitude"}, {"enhanced", "also by temperature and humidity"}}});
  field("albedo", c.albedo, FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "of the ground, where the weather has none"});
  field("sky_model", c.sky_model,
        FieldInfo{.help = "pvwatts: diffuse sky", .choices = {{"hay_davies", "brighter around the sun"}, {"isotropic", "evenly bright"}}});
  field("temperature_model", c.temperature_model,
        FieldInfo{.help = "pvwatts: cell temperature",
                  .choices = {{"sapm_glass_polymer", "SAPM, open rack, glass/polymer"},
                              {"sapm_glass_glass", "SAPM, open rack, glass/glass"},
                              {"pvsyst", "PVsyst, free standing"},
                              {"faiman", "Faiman"}}});
  field("temperature_coefficient", c.temperature_coefficient,
        FieldInfo{.unit = "1/K", .min = -0.02, .max = 0, .help = "pvwatts: of DC power"});
  field("dc_ac_ratio", c.dc_ac_ratio,
        FieldInfo{.unit = "1", .min = 0.1, .max = 10, .help = "pvwatts: DC peak per AC limit, where no inverter_limit is given"});
  field("ground_cover_ratio", c.ground_cover_ratio,
        FieldInfo{.unit = "1", .min = 0.01, .max = 1, .help = "pvwatts: panel width per row distance of a horizontal tracker"});
  field("max_rotation", c.max_rotation, FieldInfo{.unit = "°", .min = 0, .max = 90, .help = "pvwatts: of a tracker"});
  field("backtracking", c.backtracking, FieldInfo{.help = "pvwatts: trackers turn back before rows shade one another"});
  field("incidence_angle_modifier", c.incidence_angle_modifier, FieldInfo{.help = "pvwatts: reflection at the glass"});
  field("bifaciality", c.bifaciality,
        FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "pvwatts: efficiency of the rear side; 0 = one-sided, typically 0.7"});
  field("degradation_per_year", c.degradation_per_year,
        FieldInfo{.unit = "1", .min = 0, .max = 0.1, .help = "share of output lost with every project year, typically 0.004–0.005"});
}

template <class Visitor>
void describe(WindConfig& c, Visitor&& field) {
  field("turbine_type", c.turbine_type, FieldInfo{.help = "a curve of the library"});
  field("hub_height", c.hub_height, FieldInfo{.unit = "m", .min = 10, .max = 300, .help = "80–160 m are usual"});
  field("interpolation", c.interpolation,
        FieldInfo{.help = "wind from the weather's height to the hub",
                  .choices = {{"logarithmic", "log law with the roughness"}, {"power", "power law from two heights"}}});
  field(
      "density_correction", c.density_correction,
      FieldInfo{.help = "how air density enters",
                .choices = {
                    {"iec", "equivalent speed, IEC 61400-12-1"}, {"curve_shift", "speeds of the curve shifted"}, {"none", "not at all"}}});
  field("smoothing", c.smoothing, FieldInfo{.help = "curve of a fleet instead of one turbine"});
  field("wake_loss", c.wake_loss, FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "share lost in wakes, 0.05–0.12 in a park"});
  field("availability", c.availability, FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "share of time available"});
  field("electrical_loss", c.electrical_loss, FieldInfo{.unit = "1", .min = 0, .max = 1, .help = "share lost to the meter"});
}

/// Ranges and names (out_of_range, wrong_type for turbine_type), all at once; paths "/slope", "/turbine_type", …
[[nodiscard]] Issues check_profile_config(const ProfileConfig& config);

struct GeneratedProfile {
  ProductionSeries production;
  Issues warnings;
};

/// Runs the chain over every quarter of the weather. Progress stage "profile", done/total in quarter-hours.
/// Errors: those of check_profile_config and check_variables; gap where a value needed is missing; Cancelled is thrown.
/// 20 years of hourly weather take well under 2 s.
[[nodiscard]] Expected<GeneratedProfile> make_profile(const WeatherSeries& weather, const ProfileConfig& config,
                                                      const ProgressCallback& progress = {}, const CancellationToken* cancel = nullptr);

}  // namespace bess
