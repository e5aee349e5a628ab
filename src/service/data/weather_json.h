#pragma once
// Weather and production as JSON from the services that know it (PVGIS, open-meteo), turned into the CSV that the same service writes, so
// that there is one reader of each. JSON is known to this layer and not to the importers.

#include <string>
#include <string_view>

#include "base/error.h"

namespace bess::service {

/// Does the text begin like a JSON object?
[[nodiscard]] bool looks_like_json(std::string_view text);

/// Codes: those of parse_json, wrong_type (no document of PVGIS or open-meteo, or another one than it has been), all naming `file`.
/// A row of the table i is line i + 1 behind the header of the CSV.
[[nodiscard]] Expected<std::string> csv_of_weather_json(std::string_view text, const std::string& file);

}  // namespace bess::service
