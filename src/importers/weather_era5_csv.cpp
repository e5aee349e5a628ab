// ERA5 time series of a point, as the Climate Data Store delivers them in CSV: valid_time,ssrd,t2m,u100,v100,…,latitude,longitude. UTC;
// radiation J/m² accumulated over the hour before the stamp, everything else at the stamp; K, Pa, m/s.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

struct Name {
  std::string_view name;
  std::string_view quantity;
  std::string_view unit;
};
constexpr std::array names{
    Name{"ssrd", "ghi", "J/m2"},
    Name{"surface_solar_radiation_downwards", "ghi", "J/m2"},
    Name{"fdir", "direct_horizontal", "J/m2"},
    Name{"t2m", "temperature", "K"},
    Name{"2m_temperature", "temperature", "K"},
    Name{"d2m", "dew_point", "K"},
    Name{"2m_dewpoint_temperature", "dew_point", "K"},
    Name{"u100", "u100", "m/s"},
    Name{"v100", "v100", "m/s"},
    Name{"u10", "u10", "m/s"},
    Name{"v10", "v10", "m/s"},
    Name{"100m_u_component_of_wind", "u100", "m/s"},
    Name{"100m_v_component_of_wind", "v100", "m/s"},
    Name{"10m_u_component_of_wind", "u10", "m/s"},
    Name{"10m_v_component_of_wind", "v10", "m/s"},
    Name{"sp", "pressure", "Pa"},
    Name{"surface_pressure", "pressure", "Pa"},
    Name{"fsr", "roughness", "m"},
    Name{"fal", "albedo", "1"},
};

const Name* find_name(std::string_view header) {
  const std::string name = split_header_unit(header).name;
  const auto found = std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.name == name; });
  return found == names.end() ? nullptr : &*found;
}

struct Cell {
  double latitude;
  double longitude;
  auto operator<=>(const Cell&) const = default;
};

/// The places of the rows, up to a bound that no sensible file passes.
std::set<Cell> places_in(std::string_view text, std::size_t first_row, char separator, std::size_t latitude, std::size_t longitude) {
  std::set<Cell> found;
  TextLines lines(text);
  std::string_view line;
  std::vector<std::string_view> cells;
  while (lines.next(line) && found.size() < 10'000) {
    if (lines.number() < first_row) continue;
    split_cells(line, separator, cells);
    if (std::max(latitude, longitude) >= cells.size()) continue;
    const auto north = parse_cell(cells[latitude], true);
    const auto east = parse_cell(cells[longitude], true);
    if (north && east) found.insert({*north, *east});
  }
  return found;
}

double distance(const Cell& cell, const WeatherRequest& request) {
  const double east = std::remainder(cell.longitude - request.longitude, 360.0);
  return std::hypot(cell.latitude - request.latitude, east * std::cos(request.latitude * 3.14159265358979 / 180.0));
}

}  // namespace

std::optional<WeatherLayout> era5_timeseries_layout(const WeatherHead& head) {
  WeatherLayout layout;
  std::vector<std::string_view> cells;
  std::size_t line = 0;
  const auto index_of = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (normal_header(cells[i]) == name) return i;
    }
    return std::nullopt;
  };
  bool found = false;
  std::size_t stamp = 0;
  for (; line < std::min<std::size_t>(head.lines.size(), 10) && !found; ++line) {
    for (const char separator : {',', ';', '\t'}) {
      layout.separator = separator;
      split_cells(head.lines[line], separator, cells);
      if (cells.size() < 2) continue;
      const auto accumulated = index_of("ssrd") || index_of("u100") || index_of("v100");
      auto at = index_of("valid_time");
      if (!at && accumulated) at = index_of("time");
      if (!at || std::none_of(cells.begin(), cells.end(), [](std::string_view c) { return find_name(c) != nullptr; })) continue;
      stamp = *at;
      found = true;
      break;
    }
  }
  if (!found) return std::nullopt;
  const std::size_t row = line;  // one past the header's index is its line
  layout.preset = "era5_timeseries";
  layout.first_row = row + 1;
  layout.cells = cells.size();
  layout.stamp_cells = {stamp};
  layout.place = [](std::int32_t step_s) { return Placement{-step_s / 2, 0, {}}; };
  layout.lower_height_m = 10.0;
  layout.upper_height_m = 100.0;
  if (!add_mapped_columns(head, cells, row, layout)) return std::nullopt;
  for (std::size_t cell = 0; cell < cells.size() && !maps_data(head.options); ++cell) {
    const Name* known = find_name(cells[cell]);
    if (known == nullptr) continue;
    if (auto column = layout_column(head, std::string(known->quantity), cells[cell], cell, known->unit, row))
      layout.columns.push_back(std::move(*column));
  }
  const auto latitude = index_of("latitude");
  const auto longitude = index_of("longitude");
  if (latitude && longitude) {
    const std::set<Cell> places = places_in(head.text, layout.first_row, layout.separator, *latitude, *longitude);
    if (!places.empty()) {
      const Cell nearest = *std::min_element(places.begin(), places.end(), [&](const Cell& a, const Cell& b) {
        return distance(a, head.request) < distance(b, head.request);
      });
      layout.latitude = nearest.latitude;
      layout.longitude = std::remainder(nearest.longitude, 360.0);
      if (places.size() > 1) {
        layout.takes = [=](std::span<const std::string_view> row_cells) {
          if (std::max(*latitude, *longitude) >= row_cells.size()) return true;
          return parse_cell(row_cells[*latitude], true) == nearest.latitude && parse_cell(row_cells[*longitude], true) == nearest.longitude;
        };
        layout.notes.push_back(
            {Severity::warning,
             "weather_place",
             fmt::format("the file holds {} places; the nearest, {} N {} E, was taken", places.size(), nearest.latitude, nearest.longitude),
             {},
             head.file,
             0,
             {}});
      }
    }
  }
  layout.description = "ERA5 time series of a point, UTC, radiation accumulated over the hour before the stamp";
  return layout;
}

}  // namespace bess
