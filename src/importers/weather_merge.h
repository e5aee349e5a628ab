#pragma once
// Weather of one place from several texts: other years, other variables.

#include <string>
#include <vector>

#include "importers/weather_import.h"

namespace bess {

/// One series from several on the same steps. Where two have a value for the same row of the same variable they must agree (error
/// duplicate_timestamp); rows in none are missing. Codes also irregular_resolution (other steps, or values placed otherwise in time) and
/// weather_area (other places). `names` are the files' names. The result has not been through finish_weather.
[[nodiscard]] Expected<WeatherSeries> merge_weather(const std::vector<WeatherSeries>& parts, const std::vector<std::string>& names);

}  // namespace bess
