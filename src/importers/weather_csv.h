#pragma once
// Weather from text: formats known by name, found by their headers, and any table with a header and one row per interval.
//
//   pvgis_tmy        PVGIS typical year, CSV                  pvgis_hourly     PVGIS hourly radiation, CSV
//   open_meteo       open-meteo, CSV                          epw              EnergyPlus weather
//   knmi             KNMI hourly                              era5_timeseries  ERA5 time series of a point, CSV
//
// In other tables known header names bring their variable and unit with them (ghi_w_per_m2, temp_air_c, WS10m, wind_speed_80m_m_per_s,
// "wind_speed_100m (km/h)", …); any other name is mapped. Separator "," ";" or tab; decimal commas where "," does not separate cells, or in
// quotes. Empty, "nan", "n/a" and "-" cells are missing values. Stamps: ISO 8601 with or without offset, day first as 31.12.2023 00:00,
// YYYYMMDD:HHMM, or seconds or milliseconds since 1970.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "importers/weather_accumulation.h"
#include "importers/weather_import.h"

namespace bess {

/// Which instant of its interval a row's stamp names.
enum class WeatherStamp : std::uint8_t { interval_start, interval_middle, interval_end };

/// The format a file is read as: found by its header, none of them (a plain table), or one of them and nothing else.
enum class WeatherPreset : std::uint8_t { automatic, none, pvgis_tmy, pvgis_hourly, open_meteo, epw, knmi, era5_timeseries };
[[nodiscard]] std::string_view to_string(WeatherPreset preset);

/// What the request says; what it leaves open the file's format says, else: UTC, interval_start, states in the middle of the interval.
struct WeatherCsvOptions {
  WeatherPreset preset{WeatherPreset::automatic};
  std::map<std::string, std::string> columns{};  ///< variable (timestamp, ghi, temperature, …) → name in the header
  std::map<std::string, std::string> units{};    ///< variable → W/m2, kW/m2, degC, K, m/s, Pa, hPa, %, 1 (known_weather_units)
  std::optional<std::string> time_zone{};        ///< of stamps without offset: UTC, +01:00 or an IANA name
  std::optional<WeatherStamp> stamp{};
  /// Fluxes are snapshots this long after the stamp, states hold at the stamp (PVGIS; taken from its preamble by itself): overrides
  /// `stamp`.
  std::optional<double> irradiance_offset_h{};
  std::optional<bool> instantaneous_states{};                  ///< temperature and wind hold at the stamp itself, not over the interval
  double upper_wind_height_m{100};                             ///< where the header doesn't say
  bool typical_year{false};                                    ///< months come from different years: all stamps are moved to 2001
  FluxAccumulation accumulation{FluxAccumulation::automatic};  ///< what columns of energy (J/m², Wh/m²) are sums of
};

/// Reads a whole text. Progress stage "weather", done/total in bytes. A format's own statements (place, zone, units, interval) are used;
/// the warning preset_used names it and what it said.
[[nodiscard]] Expected<ImportedWeather> parse_weather_csv(std::string_view text, std::string_view file_name, const WeatherRequest& request,
                                                          const WeatherCsvOptions& options = {}, const ProgressCallback& progress = {},
                                                          const CancellationToken* cancel = nullptr);
[[nodiscard]] Expected<ImportedWeather> read_weather_csv(const std::filesystem::path& file, const WeatherRequest& request,
                                                         const WeatherCsvOptions& options = {}, const ProgressCallback& progress = {},
                                                         const CancellationToken* cancel = nullptr);

}  // namespace bess
