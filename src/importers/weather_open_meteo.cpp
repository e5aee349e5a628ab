// open-meteo, CSV: a table of one row about the place (latitude,longitude,elevation,utc_offset_seconds,timezone,…), a blank line, then
// "time,temperature_2m (°C),shortwave_radiation (W/m²),wind_speed_100m (km/h),…". Stamps are local by utc_offset_seconds (or unix time,
// UTC). Radiation is the mean of the hour before the stamp, everything else holds at the stamp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

struct Name {
  std::string_view name;
  std::string_view quantity;
  std::string_view unit;  ///< of the service where the header does not say one
};
constexpr std::array names{
    Name{"shortwave_radiation", "ghi", "W/m2"},
    Name{"direct_radiation", "direct_horizontal", "W/m2"},
    Name{"diffuse_radiation", "dhi", "W/m2"},
    Name{"direct_normal_irradiance", "dni", "W/m2"},
    Name{"temperature_2m", "temperature", "degC"},
    Name{"dew_point_2m", "dew_point", "degC"},
    Name{"dewpoint_2m", "dew_point", "degC"},
    Name{"relative_humidity_2m", "relative_humidity", "%"},
    Name{"relativehumidity_2m", "relative_humidity", "%"},
    Name{"surface_pressure", "pressure", "hPa"},
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t,;\"") == std::string_view::npos; }

struct Cells {
  std::vector<std::string_view> cells;
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (normal_header(cells[i]) == name) return i;
    }
    return std::nullopt;
  }
};

/// Adds the wind nearest to each of the two heights that are used.
void add_winds(const WeatherHead& head, const std::vector<std::string_view>& cells, std::size_t row, WeatherLayout& layout) {
  struct Wind {
    std::size_t cell;
    double height;
  };
  for (const bool upper : {false, true}) {
    const double wanted = upper ? head.options.upper_wind_height_m : 10.0;
    std::optional<Wind> best;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      const auto known = known_weather_column(split_header_unit(cells[cell]).name);
      if (!known || known->variable != (upper ? "upper_wind" : "lower_wind") || known->height_m <= 0.0) continue;
      if (!best || std::abs(known->height_m - wanted) < std::abs(best->height - wanted)) best = Wind{cell, known->height_m};
    }
    if (!best) continue;
    const std::string quantity = upper ? "upper_wind" : "lower_wind";
    if (split_header_unit(cells[best->cell]).unit.empty() && !head.options.units.contains(quantity)) {
      head.error("unit_conflict",
                 "the header names no unit of wind, which open-meteo delivers in km/h, m/s, mph or kn: state it (weather_columns)", row,
                 std::string(cells[best->cell]));
      continue;
    }
    if (auto column = layout_column(head, quantity, cells[best->cell], best->cell, "", row)) layout.columns.push_back(std::move(*column));
    (upper ? layout.upper_height_m : layout.lower_height_m) = best->height;
  }
}

}  // namespace

std::optional<WeatherLayout> open_meteo_layout(const WeatherHead& head) {
  WeatherLayout layout;
  Cells about;
  std::size_t line = 0;
  const auto is_about = [&](std::string_view text) {
    for (const char separator : {',', ';', '\t'}) {
      split_cells(text, separator, about.cells);
      layout.separator = separator;
      if (about.find("utc_offset_seconds") && about.find("latitude")) return true;
    }
    return false;
  };
  while (line < std::min<std::size_t>(head.lines.size(), 3) && !is_about(head.lines[line])) ++line;
  if (line == std::min<std::size_t>(head.lines.size(), 3)) return std::nullopt;
  const std::size_t about_line = line++;
  std::vector<std::string_view> values;
  std::size_t places = 0;
  for (; line < head.lines.size() && !is_blank(head.lines[line]); ++line) {
    if (++places == 1) split_cells(head.lines[line], layout.separator, values);
  }
  if (places != 1) {
    head.error("weather_area", fmt::format("open-meteo data of {} places: one place a file is read", places), about_line + 1);
    return std::nullopt;
  }
  const auto number = [&](std::string_view name) -> std::optional<double> {
    const auto cell = about.find(name);
    return cell && *cell < values.size() ? parse_cell(values[*cell], true) : std::nullopt;
  };
  const auto offset = number("utc_offset_seconds");
  if (!offset || std::abs(*offset) > 14 * 3600.0 || std::fmod(*offset, 60.0) != 0.0) {
    head.error("ambiguous_time", "utc_offset_seconds is no offset from UTC", about_line + 2, "utc_offset_seconds");
    return std::nullopt;
  }
  layout.latitude = number("latitude");
  layout.longitude = number("longitude");
  const int minutes = std::abs(static_cast<int>(*offset)) / 60;
  layout.time_zone = fmt::format("{}{:02}:{:02}", *offset < 0.0 ? '-' : '+', minutes / 60, minutes % 60);

  Cells header;
  for (; line < head.lines.size(); ++line) {
    split_cells(head.lines[line], layout.separator, header.cells);
    if (split_header_unit(header.cells.front()).name == "time" || header.cells.front().starts_with("time")) break;
  }
  if (line >= head.lines.size()) {
    head.error("missing_column", "open-meteo data without a table that begins with time", 1, "time");
    return std::nullopt;
  }
  const std::size_t row = line + 1;
  layout.preset = "open_meteo";
  layout.first_row = row + 1;
  layout.cells = header.cells.size();
  layout.stamp_cells = {0};
  layout.ends_at_blank = true;
  layout.place = [](std::int32_t step_s) { return Placement{-step_s / 2, 0, {}}; };
  if (!add_mapped_columns(head, header.cells, row, layout)) return std::nullopt;
  if (!maps_data(head.options)) {
    for (std::size_t cell = 1; cell < header.cells.size(); ++cell) {
      const std::string name = split_header_unit(header.cells[cell]).name;
      const auto known = std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.name == name; });
      if (known == names.end()) continue;
      if (auto column = layout_column(head, std::string(known->quantity), header.cells[cell], cell, known->unit, row))
        layout.columns.push_back(std::move(*column));
    }
    add_winds(head, header.cells, row, layout);
  }
  if (layout.columns.empty() && !head.issues.has_errors())
    head.error("missing_column", "none of the variables of the file is used here (shortwave_radiation, temperature_2m, wind_speed_100m, …)",
               row);
  layout.description = fmt::format("times {} of UTC, radiation of the hour before the stamp, units by the header", layout.time_zone);
  return layout;
}

}  // namespace bess
