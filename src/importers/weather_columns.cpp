#include "importers/weather_columns.h"

#include <array>
#include <cctype>
#include <charconv>

namespace bess {
namespace {

struct Alias {
  std::string_view name;
  std::string_view variable;
  std::string_view unit;
};
constexpr std::array aliases{
    Alias{"timestamp", "timestamp", ""},
    Alias{"timestamp_utc", "timestamp", ""},
    Alias{"time(utc)", "timestamp", ""},
    Alias{"time", "timestamp", ""},
    Alias{"datetime", "timestamp", ""},
    Alias{"g(h)", "ghi", "W/m2"},
    Alias{"ghi", "ghi", "W/m2"},
    Alias{"ghi_w_per_m2", "ghi", "W/m2"},
    Alias{"ghi_kw_per_m2", "ghi", "kW/m2"},
    Alias{"irradiance_w_per_m2", "ghi", "W/m2"},
    Alias{"gb(n)", "dni", "W/m2"},
    Alias{"dni", "dni", "W/m2"},
    Alias{"dni_w_per_m2", "dni", "W/m2"},
    Alias{"gd(h)", "dhi", "W/m2"},
    Alias{"dhi", "dhi", "W/m2"},
    Alias{"dhi_w_per_m2", "dhi", "W/m2"},
    Alias{"dirhi", "direct_horizontal", "W/m2"},
    Alias{"dirhi_w_per_m2", "direct_horizontal", "W/m2"},
    Alias{"direct_horizontal", "direct_horizontal", "W/m2"},
    Alias{"direct_horizontal_w_per_m2", "direct_horizontal", "W/m2"},
    Alias{"t2m", "temperature", "degC"},
    Alias{"temp_air", "temperature", "degC"},
    Alias{"temp_air_c", "temperature", "degC"},
    Alias{"temperature", "temperature", "degC"},
    Alias{"temperature_c", "temperature", "degC"},
    Alias{"temperature_k", "temperature", "K"},
    Alias{"temperature_2m_k", "temperature", "K"},
    Alias{"ws10m", "lower_wind", "m/s"},
    Alias{"wind_speed", "lower_wind", "m/s"},
    Alias{"wind_speed_m_per_s", "lower_wind", "m/s"},
    Alias{"lower_wind", "lower_wind", "m/s"},
    Alias{"upper_wind", "upper_wind", "m/s"},
    Alias{"roughness", "roughness", "m"},
    Alias{"roughness_length", "roughness", "m"},
    Alias{"roughness_length_m", "roughness", "m"},
    Alias{"sp", "pressure", "Pa"},
    Alias{"pressure", "pressure", "Pa"},
    Alias{"pressure_pa", "pressure", "Pa"},
    Alias{"pressure_0m_pa", "pressure", "Pa"},
    Alias{"pressure_hpa", "pressure", "hPa"},
    Alias{"rh", "relative_humidity", "%"},
    Alias{"relative_humidity_pct", "relative_humidity", "%"},
    Alias{"relative_humidity", "relative_humidity", "1"},
    Alias{"albedo", "albedo", "1"},
};

// "wind_speed_80m_m_per_s", "wind_speed_100m", "ws100m": wind at the height in the name; under 30 m it is the lower one.
std::optional<KnownColumn> wind_at_height(std::string_view name) {
  for (const std::string_view prefix : {"wind_speed_", "ws"}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    double height = 0.0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), height);
    if (error != std::errc{} || height <= 0.0) continue;
    const std::string_view tail = rest.substr(static_cast<std::size_t>(end - rest.data()));
    if (tail != "m" && tail != "m_m_per_s") continue;
    return KnownColumn{height < 30.0 ? "lower_wind" : "upper_wind", "m/s", height};
  }
  return std::nullopt;
}

bool is_flux(std::string_view variable) {
  return variable == "ghi" || variable == "dni" || variable == "dhi" || variable == "direct_horizontal";
}

}  // namespace

std::string normal_header(std::string_view cell) {
  while (!cell.empty() && std::isspace(static_cast<unsigned char>(cell.front())) != 0) cell.remove_prefix(1);
  while (!cell.empty() && std::isspace(static_cast<unsigned char>(cell.back())) != 0) cell.remove_suffix(1);
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  std::string name;
  for (const char c : cell) name += c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::optional<KnownColumn> known_weather_column(std::string_view name) {
  for (const auto& alias : aliases) {
    if (alias.name == name) return KnownColumn{std::string(alias.variable), std::string(alias.unit), 0.0};
  }
  return wind_at_height(name);
}

std::optional<WeatherUnitConversion> weather_unit_conversion(std::string_view variable, std::string_view unit) {
  const auto one_of = [&](std::initializer_list<std::string_view> names) {
    for (const auto name : names) {
      if (unit == name) return true;
    }
    return false;
  };
  if (is_flux(variable)) {
    if (one_of({"W/m2", "W/m²", "W m-2"})) return WeatherUnitConversion{};
    if (one_of({"kW/m2", "kW/m²"})) return WeatherUnitConversion{1000.0, 0.0};
  } else if (variable == "temperature") {
    if (one_of({"K"})) return WeatherUnitConversion{};
    if (one_of({"degC", "°C", "C"})) return WeatherUnitConversion{1.0, 273.15};
  } else if (variable == "lower_wind" || variable == "upper_wind") {
    if (one_of({"m/s"})) return WeatherUnitConversion{};
    if (one_of({"km/h"})) return WeatherUnitConversion{1.0 / 3.6, 0.0};
  } else if (variable == "pressure") {
    if (one_of({"Pa"})) return WeatherUnitConversion{};
    if (one_of({"hPa", "mbar"})) return WeatherUnitConversion{100.0, 0.0};
  } else if (variable == "relative_humidity" || variable == "albedo") {
    if (one_of({"1"})) return WeatherUnitConversion{};
    if (one_of({"%", "percent"})) return WeatherUnitConversion{0.01, 0.0};
  } else if (variable == "roughness" && one_of({"m"})) {
    return WeatherUnitConversion{};
  }
  return std::nullopt;
}

std::string_view usual_weather_unit(std::string_view variable) {
  if (is_flux(variable)) return "W/m2";
  if (variable == "temperature") return "degC";
  if (variable == "lower_wind" || variable == "upper_wind") return "m/s";
  if (variable == "pressure") return "Pa";
  if (variable == "roughness") return "m";
  return "1";
}

}  // namespace bess
