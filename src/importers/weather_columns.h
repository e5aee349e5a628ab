#pragma once
// Names and units by which weather columns are known.

#include <cstdint>
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

/// A header cell with the unit it names apart: "Wind speed 100m (km/h)", "T [K]", "temperature_2m, °C", "wind_speed_kmh". `unit` is as
/// written and empty where none is named; a bracket that can't be a unit ("(mast A)") stays in the name.
struct HeaderUnit {
  std::string name;  ///< as normal_header, without the unit
  std::string unit;
  bool bracketed{false};  ///< nothing but a unit can stand there
};
[[nodiscard]] HeaderUnit split_header_unit(std::string_view cell);

/// What a number is when its unit is one of energy: a sum over the row.
enum class WeatherSum : std::uint8_t { none, row };

/// value in the variable's own unit = scale × number + offset; a sum over the row (J/m², Wh/m²) is brought to J/m² and still has to be
/// divided by the seconds it stands for. No value when the unit isn't one of the variable's.
struct WeatherUnitConversion {
  double scale{1};
  double offset{0};
  WeatherSum sum{WeatherSum::none};
  friend bool operator==(const WeatherUnitConversion&, const WeatherUnitConversion&) = default;
};
[[nodiscard]] std::optional<WeatherUnitConversion> weather_unit_conversion(std::string_view variable, std::string_view unit);
/// The unit a CSV column of this variable has when nobody says another.
[[nodiscard]] std::string_view usual_weather_unit(std::string_view variable);
/// The units understood for a variable, for messages.
[[nodiscard]] std::string known_weather_units(std::string_view variable);

}  // namespace bess
