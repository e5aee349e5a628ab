#pragma once
// Weather from ERA5 and ERA5-Land files as users download them (NetCDF classic or NetCDF-4).
//
// Variables: ssrd, fdir (J/m² accumulated), t2m, d2m (K), u100/v100, u10/v10 (m/s), sp (Pa), fsr (m), fal (1). Packed values
// (scale_factor, add_offset, _FillValue), `time` or `valid_time`, an `expver` or one-element `number` dimension, several files of one
// request (split by year or by variable) are understood.
// A flux stamped t is accumulated over the hour before t (ERA5) whatever the spacing of the stamps, or since 00 UTC of the day (ERA5-Land,
// found in the data), or over what GRIB_stepRange says; what can't be told is refused (ambiguous_accumulation). Of hourly sums sampled
// every few hours the hours between are filled in (generation/weather.h, spread_sampled_hours). States hold at their stamp. Wind speed =
// √(u² + v²) per cell, before cells are blended. Calls into the library are serialised (it isn't thread-safe); readers may be called from
// several threads.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "importers/weather_accumulation.h"
#include "importers/weather_import.h"

namespace bess {

enum class GridSelection : std::uint8_t { nearest, bilinear };

struct Era5Options {
  GridSelection selection{GridSelection::nearest};
  FluxAccumulation accumulation{FluxAccumulation::automatic};
  std::vector<std::string> names{};  ///< what problems and progress call the files; empty: their own names
};

/// Progress stage "weather", done/total in variables × files. A problem names its file, one of several files together none. Codes of
/// importers/weather_import.h.
[[nodiscard]] Expected<ImportedWeather> read_era5(std::span<const std::filesystem::path> files, const WeatherRequest& request,
                                                  const Era5Options& options = {}, const ProgressCallback& progress = {},
                                                  const CancellationToken* cancel = nullptr);

}  // namespace bess
