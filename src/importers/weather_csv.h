#pragma once
// Weather from CSV: PVGIS typical years as downloaded, and tables with a header and one row per interval.
//
// Known header names bring their variable and unit with them (ghi_w_per_m2, temp_air_c, WS10m, G(h), wind_speed_80m_m_per_s, …);
// any other name is mapped. Separator "," ";" or tab; with ";" numbers may use a decimal comma. Empty, "nan", "n/a" and "-" cells
// are missing values. Stamps: ISO 8601 with or without offset, or YYYYMMDD:HHMM.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "importers/weather_import.h"

namespace bess {

/// Which instant of its interval a row's stamp names.
enum class WeatherStamp : std::uint8_t { interval_start, interval_middle, interval_end };

struct WeatherCsvOptions {
  std::map<std::string, std::string> columns{};  ///< variable (timestamp, ghi, temperature, …) → name in the header
  std::map<std::string, std::string> units{};    ///< variable → W/m2, kW/m2, degC, K, m/s, Pa, hPa, %, 1
  std::string time_zone{"UTC"};                  ///< of stamps without offset: UTC, +01:00 or an IANA name
  WeatherStamp stamp{WeatherStamp::interval_start};
  /// Fluxes are snapshots this long after the stamp, states hold at the stamp (PVGIS; taken from its preamble by itself): overrides
  /// `stamp`.
  std::optional<double> irradiance_offset_h{};
  bool instantaneous_states{false};  ///< temperature and wind hold at the stamp itself, not over the interval
  double upper_wind_height_m{100};   ///< where the header doesn't say
  bool typical_year{false};          ///< months come from different years: all stamps are moved to 2001 (PVGIS: found by itself)
};

/// Reads a whole text. Progress stage "weather", done/total in bytes. Location and irradiance offset of a PVGIS preamble are used.
[[nodiscard]] Expected<ImportedWeather> parse_weather_csv(std::string_view text, std::string_view file_name, const WeatherRequest& request,
                                                          const WeatherCsvOptions& options = {}, const ProgressCallback& progress = {},
                                                          const CancellationToken* cancel = nullptr);
[[nodiscard]] Expected<ImportedWeather> read_weather_csv(const std::filesystem::path& file, const WeatherRequest& request,
                                                         const WeatherCsvOptions& options = {}, const ProgressCallback& progress = {},
                                                         const CancellationToken* cancel = nullptr);

}  // namespace bess
