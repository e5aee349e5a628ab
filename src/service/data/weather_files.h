#pragma once
// Weather as it is delivered: NetCDF, text of any known format, JSON of PVGIS and open-meteo, and ZIP archives of these.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "importers/netcdf_era5.h"
#include "importers/weather_csv.h"

namespace bess::service {

/// A request for weather with how its files are to be read.
struct WeatherReadingPlan {
  WeatherRequest request;
  Era5Options era5;
  WeatherCsvOptions csv;
};

/// A file on disk (`path`), or in memory (`bytes`, which must outlive the call).
struct WeatherSource {
  std::string name;
  std::filesystem::path path{};
  std::string_view bytes{};
};

/// Several NetCDF files make one grid, several texts one series; archives are unpacked first. Codes: those of read_era5, parse_weather_csv,
/// merge_weather, csv_of_weather_json, read_archive; wrong_type where NetCDF and text are mixed.
[[nodiscard]] Expected<ImportedWeather> read_weather(std::span<const WeatherSource> sources, const WeatherReadingPlan& plan,
                                                     const ProgressCallback& progress, const CancellationToken* cancel);

}  // namespace bess::service
