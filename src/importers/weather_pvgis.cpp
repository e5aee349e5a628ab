// PVGIS, CSV: a preamble of "name: value" lines, a table, a blank line and a legend.
//
// Typical year (tmy): "time(UTC),T2m,RH,G(h),Gb(n),Gd(h),IR(h),WS10m,WD10m,SP"; each month from its own year; radiation is a snapshot
// "Irradiance Time Offset" after the stamp, taken for the hour around it; the rest holds at the stamp.
// Hourly (seriescalc): "time,P,G(i),H_sun,T2m,WS10m,Int" (or Gb(i),Gd(i),Gr(i)); the stamp YYYYMMDD:HHMM is UTC with the minute of the
// satellite's picture, a snapshot taken for the hour around it. G(i) lies in the plane of the preamble's Slope and Azimuth (0: south, 90:
// west).
#include "importers/weather_pvgis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

struct Header {
  std::size_t line{0};  ///< 0-based
  char separator{','};
  std::vector<std::string_view> cells;
};

template <class Test>
std::optional<Header> find_header(const std::vector<std::string_view>& lines, const Test& test) {
  constexpr std::size_t longest_preamble = 60;
  Header header;
  for (; header.line < std::min(lines.size(), longest_preamble); ++header.line) {
    for (const char separator : {',', ';', '\t'}) {
      header.separator = separator;
      split_cells(lines[header.line], separator, header.cells);
      if (header.cells.size() > 1 && test(header.cells)) return header;
    }
  }
  return std::nullopt;
}

bool is_one_of(std::string_view cell, std::initializer_list<std::string_view> names) {
  const std::string name = normal_header(cell);
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_tmy(const std::vector<std::string_view>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](std::string_view cell) { return normal_header(cell) == "time(utc)"; });
}

bool is_hourly(const std::vector<std::string_view>& cells) {
  return normal_header(cells.front()) == "time" &&
         std::any_of(cells.begin(), cells.end(), [](std::string_view c) { return is_one_of(c, {"g(i)", "gb(i)", "gd(i)", "h_sun"}); });
}

PvgisPreamble preamble_of(const std::vector<std::string_view>& lines, std::size_t count) {
  PvgisPreamble preamble;
  for (std::size_t i = 0; i < std::min(count, lines.size()); ++i) {
    const std::string_view line = lines[i];
    const auto colon = line.rfind(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = line.substr(colon + 1);
    const auto begin = value.find_first_not_of(" \t\"");
    if (begin == std::string_view::npos) continue;
    value = value.substr(begin);
    const auto number = parse_cell(value.substr(0, value.find_first_of(" ,;\t\"")), false);
    if (!number) continue;
    const std::string name =
        normal_header(line.substr(line.find_first_not_of(" \t\"") == std::string_view::npos ? 0 : line.find_first_not_of(" \t\""), colon));
    if (name.starts_with("latitude")) preamble.latitude = number;
    if (name.starts_with("longitude")) preamble.longitude = number;
    if (name.starts_with("irradiance_time_offset")) preamble.irradiance_offset_h = number;
    if (name.starts_with("slope")) preamble.slope_deg = number;
    if (name.starts_with("azimuth")) preamble.azimuth_deg = number;
    if (name.starts_with("nominal_power")) preamble.nominal_kwp = number;
  }
  return preamble;
}

WeatherLayout layout_of(const Header& header, const PvgisPreamble& preamble) {
  WeatherLayout layout;
  layout.separator = header.separator;
  layout.first_row = header.line + 2;
  layout.latitude = preamble.latitude;
  layout.longitude = preamble.longitude;
  layout.ends_at_blank = true;
  layout.ends_at_text = true;
  return layout;
}

}  // namespace

std::optional<PvgisHourly> find_pvgis_hourly(const std::vector<std::string_view>& lines) {
  const auto header = find_header(lines, is_hourly);
  if (!header) return std::nullopt;
  PvgisHourly found{
      .header_line = header->line, .separator = header->separator, .power_cell = {}, .preamble = preamble_of(lines, header->line)};
  for (std::size_t cell = 0; cell < header->cells.size(); ++cell) {
    if (header->cells[cell] == "P") found.power_cell = cell;
  }
  return found;
}

std::optional<WeatherLayout> pvgis_tmy_layout(const WeatherHead& head) {
  const auto header = find_header(head.lines, is_tmy);
  if (!header) return std::nullopt;
  const PvgisPreamble preamble = preamble_of(head.lines, header->line);
  WeatherLayout layout = layout_of(*header, preamble);
  const std::size_t row = header->line + 1;
  layout.preset = "pvgis_tmy";
  layout.typical_year = true;
  for (std::size_t cell = 0; cell < header->cells.size(); ++cell) {
    if (normal_header(header->cells[cell]) == "time(utc)") layout.stamp_cells = {cell};
  }
  if (!add_mapped_columns(head, header->cells, row, layout)) return std::nullopt;
  for (std::size_t cell = 0; cell < header->cells.size() && !maps_data(head.options); ++cell) {
    const auto known = known_weather_column(normal_header(header->cells[cell]));
    if (!known || known->variable == "timestamp") continue;
    if (auto column = layout_column(head, known->variable, header->cells[cell], cell, known->unit, row))
      layout.columns.push_back(std::move(*column));
    if (known->height_m > 0.0) (known->variable == "lower_wind" ? layout.lower_height_m : layout.upper_height_m) = known->height_m;
  }
  if (preamble.irradiance_offset_h && !(std::abs(*preamble.irradiance_offset_h) <= 24.0)) {
    head.error("out_of_range", fmt::format("an irradiance time offset of {} h is none", *preamble.irradiance_offset_h), 0,
               "Irradiance Time Offset (h)");
    return std::nullopt;
  }
  if (preamble.irradiance_offset_h) {
    const auto offset_s = static_cast<std::int32_t>(std::lround(*preamble.irradiance_offset_h * 3600.0));
    layout.place = [offset_s](std::int32_t) { return Placement{offset_s, 0, {}}; };
    layout.description = fmt::format("typical year, UTC, radiation {} s after the stamp", offset_s);
  } else {
    layout.description = "typical year, UTC";
  }
  return layout;
}

std::optional<WeatherLayout> pvgis_hourly_layout(const WeatherHead& head) {
  const auto header = find_header(head.lines, is_hourly);
  if (!header) return std::nullopt;
  const PvgisPreamble preamble = preamble_of(head.lines, header->line);
  WeatherLayout layout = layout_of(*header, preamble);
  const std::size_t row = header->line + 1;
  layout.preset = "pvgis_hourly";
  layout.stamp_cells = {0};
  layout.place = [](std::int32_t) { return Placement{0, 0, {}}; };
  const bool flat = preamble.slope_deg && *preamble.slope_deg == 0.0;
  const bool tilted = preamble.slope_deg && preamble.azimuth_deg && !flat;
  if (!add_mapped_columns(head, header->cells, row, layout)) return std::nullopt;
  bool radiation = false;
  const auto add = [&](std::string_view quantity, std::size_t cell, std::string_view unit) {
    if (auto column = layout_column(head, std::string(quantity), header->cells[cell], cell, unit, row))
      layout.columns.push_back(std::move(*column));
  };
  for (std::size_t cell = 1; cell < header->cells.size() && !maps_data(head.options); ++cell) {
    const std::string_view name = header->cells[cell];
    if (is_one_of(name, {"t2m"})) add("temperature", cell, "degC");
    if (is_one_of(name, {"ws10m"})) add("lower_wind", cell, "m/s");
    const bool global = is_one_of(name, {"g(i)"});
    const bool beam = is_one_of(name, {"gb(i)"});
    const bool sky = is_one_of(name, {"gd(i)"});
    const bool ground = is_one_of(name, {"gr(i)"});
    radiation = radiation || global || beam;
    if (flat) {
      if (global) add("ghi", cell, "W/m2");
      if (beam) add("direct_horizontal", cell, "W/m2");
      if (sky) add("dhi", cell, "W/m2");
    } else if (tilted) {
      if (global) add("plane", cell, "W/m2");
      if (beam) add("plane_beam", cell, "W/m2");
      if (sky) add("plane_sky", cell, "W/m2");
      if (ground) add("plane_ground", cell, "W/m2");
    }
  }
  layout.lower_height_m = 10.0;
  if (tilted) {
    layout.plane_slope_deg = preamble.slope_deg;
    layout.plane_azimuth_deg = std::fmod(*preamble.azimuth_deg + 180.0 + 360.0, 360.0);
    layout.description = fmt::format("hourly, UTC with the minute of the picture; radiation on a plane of {}°, {}° from north",
                                     *preamble.slope_deg, *layout.plane_azimuth_deg);
  } else {
    layout.description = "hourly, UTC with the minute of the picture";
    const bool needed = std::find(head.request.needs.begin(), head.request.needs.end(), WeatherNeed::solar) != head.request.needs.end();
    if (radiation && !flat && needed) {
      head.error("missing_column",
                 "the preamble names no fixed Slope and Azimuth, so the plane of G(i) is not known: ask PVGIS for slope 0 or a fixed "
                 "plane, or import "
                 "P as production (bess profile import)",
                 row, "G(i)");
    }
  }
  return layout;
}

}  // namespace bess
