#include "importers/weather_columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

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
    Alias{"time_(utc)", "timestamp", ""},
    Alias{"time_[utc]", "timestamp", ""},
    Alias{"time_utc", "timestamp", ""},
    Alias{"timestamp_(utc)", "timestamp", ""},
    Alias{"datetime_utc", "timestamp", ""},
    Alias{"valid_time", "timestamp", ""},
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
  for (const std::string_view prefix : {"wind_speed_", "windspeed_", "ws_", "ws"}) {
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
  return variable == "ghi" || variable == "dni" || variable == "dhi" || variable == "direct_horizontal" || variable.starts_with("plane");
}

bool is_wind(std::string_view variable) {
  return variable == "lower_wind" || variable == "upper_wind" || variable == "u100" || variable == "v100" || variable == "u10" ||
         variable == "v10";
}

/// The kinds of quantities that have units of their own.
enum class UnitKind : std::uint8_t { flux, temperature, wind, pressure, length, share };

UnitKind kind_of(std::string_view variable) {
  if (is_flux(variable)) return UnitKind::flux;
  if (is_wind(variable)) return UnitKind::wind;
  if (variable == "temperature" || variable == "dew_point") return UnitKind::temperature;
  if (variable == "pressure") return UnitKind::pressure;
  if (variable == "roughness") return UnitKind::length;
  return UnitKind::share;
}

struct KnownUnit {
  UnitKind kind;
  std::string_view plain;  ///< lower case, without blanks, stars, carets, dots and underscores; ² is 2, ⁻¹ is -1, µ is u
  WeatherUnitConversion conversion;
};

constexpr double hour_s = 3600.0;
constexpr WeatherUnitConversion row_sum(double joules) { return {joules, 0.0, WeatherSum::row}; }
constexpr std::array known_units{
    KnownUnit{UnitKind::flux, "w/m2", {}},
    KnownUnit{UnitKind::flux, "wm-2", {}},
    KnownUnit{UnitKind::flux, "wm2", {}},
    KnownUnit{UnitKind::flux, "wperm2", {}},
    KnownUnit{UnitKind::flux, "watt/m2", {}},
    KnownUnit{UnitKind::flux, "kw/m2", {1000.0, 0.0}},
    KnownUnit{UnitKind::flux, "kwm-2", {1000.0, 0.0}},
    KnownUnit{UnitKind::flux, "kwm2", {1000.0, 0.0}},
    KnownUnit{UnitKind::flux, "kwperm2", {1000.0, 0.0}},
    KnownUnit{UnitKind::flux, "mw/cm2", {10.0, 0.0}},
    KnownUnit{UnitKind::flux, "wh/m2/h", {}},
    KnownUnit{UnitKind::flux, "kwh/m2/h", {1000.0, 0.0}},
    KnownUnit{UnitKind::flux, "j/m2/s", {}},
    KnownUnit{UnitKind::flux, "j/m2/h", {1.0 / hour_s, 0.0}},
    KnownUnit{UnitKind::flux, "jm-2h-1", {1.0 / hour_s, 0.0}},
    KnownUnit{UnitKind::flux, "kj/m2/h", {1e3 / hour_s, 0.0}},
    KnownUnit{UnitKind::flux, "mj/m2/h", {1e6 / hour_s, 0.0}},
    KnownUnit{UnitKind::flux, "j/cm2/h", {1e4 / hour_s, 0.0}},
    KnownUnit{UnitKind::flux, "j/m2", row_sum(1.0)},
    KnownUnit{UnitKind::flux, "jm-2", row_sum(1.0)},
    KnownUnit{UnitKind::flux, "jm2", row_sum(1.0)},
    KnownUnit{UnitKind::flux, "jperm2", row_sum(1.0)},
    KnownUnit{UnitKind::flux, "kj/m2", row_sum(1e3)},
    KnownUnit{UnitKind::flux, "kjm-2", row_sum(1e3)},
    KnownUnit{UnitKind::flux, "mj/m2", row_sum(1e6)},
    KnownUnit{UnitKind::flux, "mjm-2", row_sum(1e6)},
    KnownUnit{UnitKind::flux, "j/cm2", row_sum(1e4)},
    KnownUnit{UnitKind::flux, "jcm-2", row_sum(1e4)},
    KnownUnit{UnitKind::flux, "wh/m2", row_sum(hour_s)},
    KnownUnit{UnitKind::flux, "whm-2", row_sum(hour_s)},
    KnownUnit{UnitKind::flux, "whm2", row_sum(hour_s)},
    KnownUnit{UnitKind::flux, "whperm2", row_sum(hour_s)},
    KnownUnit{UnitKind::flux, "kwh/m2", row_sum(1e3 * hour_s)},
    KnownUnit{UnitKind::flux, "kwhm-2", row_sum(1e3 * hour_s)},
    KnownUnit{UnitKind::flux, "kwhperm2", row_sum(1e3 * hour_s)},
    KnownUnit{UnitKind::temperature, "k", {}},
    KnownUnit{UnitKind::temperature, "kelvin", {}},
    KnownUnit{UnitKind::temperature, "degk", {}},
    KnownUnit{UnitKind::temperature, "°k", {}},
    KnownUnit{UnitKind::temperature, "°c", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "℃", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "ºc", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "c", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "degc", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "celsius", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "degreescelsius", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "degreecelsius", {1.0, 273.15}},
    KnownUnit{UnitKind::temperature, "01°c", {0.1, 273.15}},
    KnownUnit{UnitKind::temperature, "01degc", {0.1, 273.15}},
    KnownUnit{UnitKind::temperature, "°f", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::temperature, "℉", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::temperature, "ºf", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::temperature, "f", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::temperature, "degf", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::temperature, "fahrenheit", {5.0 / 9.0, 273.15 - 160.0 / 9.0}},
    KnownUnit{UnitKind::wind, "m/s", {}},
    KnownUnit{UnitKind::wind, "ms-1", {}},
    KnownUnit{UnitKind::wind, "ms", {}},
    KnownUnit{UnitKind::wind, "mps", {}},
    KnownUnit{UnitKind::wind, "mpers", {}},
    KnownUnit{UnitKind::wind, "m/sec", {}},
    KnownUnit{UnitKind::wind, "01m/s", {0.1, 0.0}},
    KnownUnit{UnitKind::wind, "km/h", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "kmh", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "kmh-1", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "kph", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "km/hr", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "kmperh", {1.0 / 3.6, 0.0}},
    KnownUnit{UnitKind::wind, "mph", {0.44704, 0.0}},
    KnownUnit{UnitKind::wind, "mp/h", {0.44704, 0.0}},
    KnownUnit{UnitKind::wind, "mi/h", {0.44704, 0.0}},
    KnownUnit{UnitKind::wind, "miles/h", {0.44704, 0.0}},
    KnownUnit{UnitKind::wind, "kn", {1852.0 / 3600.0, 0.0}},
    KnownUnit{UnitKind::wind, "kt", {1852.0 / 3600.0, 0.0}},
    KnownUnit{UnitKind::wind, "kts", {1852.0 / 3600.0, 0.0}},
    KnownUnit{UnitKind::wind, "knot", {1852.0 / 3600.0, 0.0}},
    KnownUnit{UnitKind::wind, "knots", {1852.0 / 3600.0, 0.0}},
    KnownUnit{UnitKind::wind, "ft/s", {0.3048, 0.0}},
    KnownUnit{UnitKind::pressure, "pa", {}},
    KnownUnit{UnitKind::pressure, "hpa", {100.0, 0.0}},
    KnownUnit{UnitKind::pressure, "01hpa", {10.0, 0.0}},
    KnownUnit{UnitKind::pressure, "mbar", {100.0, 0.0}},
    KnownUnit{UnitKind::pressure, "mb", {100.0, 0.0}},
    KnownUnit{UnitKind::pressure, "kpa", {1000.0, 0.0}},
    KnownUnit{UnitKind::pressure, "bar", {1e5, 0.0}},
    KnownUnit{UnitKind::pressure, "mmhg", {133.322387415, 0.0}},
    KnownUnit{UnitKind::pressure, "torr", {133.322368421, 0.0}},
    KnownUnit{UnitKind::pressure, "inhg", {3386.389, 0.0}},
    KnownUnit{UnitKind::pressure, "atm", {101325.0, 0.0}},
    KnownUnit{UnitKind::length, "m", {}},
    KnownUnit{UnitKind::length, "cm", {0.01, 0.0}},
    KnownUnit{UnitKind::length, "mm", {0.001, 0.0}},
    KnownUnit{UnitKind::share, "1", {}},
    KnownUnit{UnitKind::share, "0-1", {}},
    KnownUnit{UnitKind::share, "fraction", {}},
    KnownUnit{UnitKind::share, "%", {0.01, 0.0}},
    KnownUnit{UnitKind::share, "pct", {0.01, 0.0}},
    KnownUnit{UnitKind::share, "percent", {0.01, 0.0}},
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::string_view rest = text;
  for (std::size_t at = rest.find(from); at != std::string_view::npos; at = rest.find(from)) {
    result.append(rest.substr(0, at));
    result.append(to);
    rest.remove_prefix(at + from.size());
  }
  result.append(rest);
  text = std::move(result);
}

std::string plain_unit(std::string_view unit) {
  std::string plain;
  for (const char c : unit) {
    if (c != ' ' && c != '*' && c != '^' && c != '.' && c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  replace_all(plain, "²", "2");
  replace_all(plain, "⁻¹", "-1");
  replace_all(plain, "⁻²", "-2");
  replace_all(plain, "⁻2", "-2");
  replace_all(plain, "−", "-");
  replace_all(plain, "·", "");
  return plain;
}

bool is_unit_of_any(std::string_view unit) {
  const std::string plain = plain_unit(unit);
  return std::any_of(known_units.begin(), known_units.end(), [&](const KnownUnit& k) { return k.plain == plain; });
}

/// Would a reader take it for a unit? Anything with a slash, a degree or an exponent, and short words with no meaning of their own.
bool looks_like_unit(std::string_view text) {
  if (is_unit_of_any(text)) return true;
  if (text.find_first_of("/%^*") != std::string_view::npos) return true;
  for (const std::string_view sign : {"°", "²", "³", "⁻", "·"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  const std::string plain = plain_unit(text);
  for (const std::string_view unit : {"bft", "beaufort", "langley", "ly", "psi", "rankine", "dm/s", "cm/s"}) {
    if (plain == unit) return true;
  }
  return plain.ends_with("m-2") || plain.ends_with("s-1") || plain.ends_with("h-1");
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

HeaderUnit split_header_unit(std::string_view cell) {
  HeaderUnit result{normal_header(cell), {}, false};
  if (known_weather_column(result.name)) return result;  // "G(h)", "time(UTC)": the bracket is part of the name
  std::string_view text = cell;
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.back())) != 0 || text.back() == '"')) text.remove_suffix(1);
  const auto take = [&](std::size_t begin, std::size_t length, std::size_t name_end) {
    std::string_view unit = text.substr(begin, length);
    while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
    while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
    if (unit.empty() || !looks_like_unit(unit)) return false;
    result.unit = unit;
    result.name = normal_header(text.substr(0, name_end));
    while (!result.name.empty() && (result.name.back() == '_' || result.name.back() == ',')) result.name.pop_back();
    return true;
  };
  for (const auto& [open, close] : {std::pair{'(', ')'}, std::pair{'[', ']'}, std::pair{'{', '}'}}) {
    if (text.empty() || text.back() != close) continue;
    const auto at = text.rfind(open);
    if (at == std::string_view::npos || !take(at + 1, text.size() - at - 2, at)) continue;
    result.bracketed = true;
    return result;
  }
  for (const char mark : {',', ' '}) {
    const auto at = text.rfind(mark);
    if (at != std::string_view::npos && at > 0 && take(at + 1, text.size() - at - 1, at)) return result;
  }
  // "wind_speed_100m_km_h", "temp_f", "ghi_j_m2": a known unit behind underscores.
  for (std::size_t at = result.name.find('_'); at != std::string::npos; at = result.name.find('_', at + 1)) {
    std::string tail = result.name.substr(at + 1);
    std::string slashed = tail;
    replace_all(slashed, "_per_", "/");
    std::string divided = tail;
    std::replace(divided.begin(), divided.end(), '_', '/');
    for (const std::string& unit : {tail, slashed, divided}) {
      if (unit == "m" || unit == "1" || !is_unit_of_any(unit)) continue;  // "_m" ends a height
      return {result.name.substr(0, at), unit, false};
    }
  }
  return result;
}

std::optional<WeatherUnitConversion> weather_unit_conversion(std::string_view variable, std::string_view unit) {
  const std::string plain = plain_unit(unit);
  for (const KnownUnit& known : known_units) {
    if (known.kind == kind_of(variable) && known.plain == plain) return known.conversion;
  }
  return std::nullopt;
}

std::string known_weather_units(std::string_view variable) {
  switch (kind_of(variable)) {
    case UnitKind::flux:
      return "W/m2, kW/m2; sums over the row: J/m2, kJ/m2, MJ/m2, J/cm2, Wh/m2, kWh/m2";
    case UnitKind::temperature:
      return "degC, K, degF";
    case UnitKind::wind:
      return "m/s, km/h, mph, kn, ft/s";
    case UnitKind::pressure:
      return "Pa, hPa, kPa, mbar, mmHg, inHg";
    case UnitKind::length:
      return "m, cm";
    case UnitKind::share:
      break;
  }
  return "1, %";
}

std::string_view usual_weather_unit(std::string_view variable) {
  if (is_flux(variable)) return "W/m2";
  if (kind_of(variable) == UnitKind::temperature) return "degC";
  if (is_wind(variable)) return "m/s";
  if (variable == "pressure") return "Pa";
  if (variable == "roughness") return "m";
  return "1";
}

}  // namespace bess
