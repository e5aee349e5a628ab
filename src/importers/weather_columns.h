#pragma once
// Names and units by which weather columns are known.

#include <optional>
#include <string>
#include <string_view>

namespace bess {

/// A header cell understood: variable ("timestamp" or a name of weather_variables), its unit, and for wind its height (0: not said).
struct KnownColumn {
  std::string variable;
  std::string unit;
  double height_m{0};
};
/// Lower case, without spaces around, inner spaces as underscores.
[[nodiscard]] std::string normal_header(std::string_view cell);
[[nodiscard]] std::optional<KnownColumn> known_weather_column(std::string_view normal_name);

/// value in the variable's own unit = scale × number + offset; no value when the unit isn't one of the variable's.
struct WeatherUnitConversion {
  double scale{1};
  double offset{0};
};
[[nodiscard]] std::optional<WeatherUnitConversion> weather_unit_conversion(std::string_view variable, std::string_view unit);
/// The unit a CSV column of this variable has when nobody says another.
[[nodiscard]] std::string_view usual_weather_unit(std::string_view variable);

}  // namespace bess
