// KNMI hourly data: comment lines (with the stations' places), a header "# STN,YYYYMMDD,   HH,   DD,   FH,   FF, …" and rows of integers.
// HH 1–24 names the end of its hour, UTC. FH: mean wind of the hour, FF: of the ten minutes before the stamp, 0.1 m/s; T, TD: 0.1 °C at the
// stamp; Q: J/cm² of the hour; P: 0.1 hPa, at sea level; U: %. Blanks are missing.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

using namespace std::chrono;

struct Field {
  std::string_view name;
  std::string_view quantity;
  WeatherUnitConversion conversion;
};
constexpr std::array fields{
    Field{"Q", "ghi", {1e4 / 3600.0, 0.0}},       Field{"T", "temperature", {0.1, 273.15}}, Field{"TD", "dew_point", {0.1, 273.15}},
    Field{"U", "relative_humidity", {0.01, 0.0}}, Field{"P", "pressure", {10.0, 0.0}},
};

std::string_view without_mark(std::string_view line) {
  while (!line.empty() && (line.front() == '#' || line.front() == ' ' || line.front() == '\t' || line.front() == '"'))
    line.remove_prefix(1);
  return line;
}

struct Station {
  double latitude{0};
  double longitude{0};
  std::string name;
};

/// "260         5.180       52.100      1.900       De Bilt", also "260:  5.180  52.100 …".
void read_station(std::string_view line, std::map<std::string, Station>& stations) {
  std::vector<std::string_view> words;
  for (std::string_view rest = without_mark(line); !rest.empty();) {
    const auto begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    const auto end = rest.find_first_of(" \t", begin);
    words.push_back(rest.substr(begin, end == std::string_view::npos ? end : end - begin));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  if (words.size() < 4) return;
  std::string_view id = words[0];
  if (id.ends_with(':')) id.remove_suffix(1);
  const auto longitude = parse_cell(words[1], false);
  const auto latitude = parse_cell(words[2], false);
  if (!parse_cell(id, false) || !longitude || !latitude || std::abs(*latitude) > 90.0 || std::abs(*longitude) > 180.0) return;
  std::string name;
  for (std::size_t i = 4; i < words.size(); ++i) {
    if (i > 4) name.push_back(' ');
    name.append(words[i]);
  }
  stations[std::string(id)] = {*latitude, *longitude, name};
}

struct Header {
  std::size_t line{0};  ///< 0-based
  std::vector<std::string_view> cells;
  std::map<std::string, Station> stations;
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    const auto at = std::find(cells.begin(), cells.end(), name);
    return at == cells.end() ? std::nullopt : std::optional<std::size_t>(at - cells.begin());
  }
};

std::optional<Header> find_header(const WeatherHead& head) {
  Header header;
  for (; header.line < head.lines.size(); ++header.line) {
    const std::string_view line = without_mark(head.lines[header.line]);
    split_cells(line, ',', header.cells);
    if (header.cells.size() > 2 && header.cells[0] == "STN" && header.cells[1].starts_with("YYYYMMDD")) return header;
    read_station(head.lines[header.line], header.stations);
  }
  return std::nullopt;
}

std::set<std::string> stations_in(std::string_view text, std::size_t first_row) {
  std::set<std::string> found;
  TextLines lines(text);
  std::string_view line;
  std::vector<std::string_view> cells;
  while (lines.next(line) && found.size() < 200) {
    if (lines.number() < first_row || without_mark(line).size() != line.size() - line.find_first_not_of(" \t")) continue;
    split_cells(line, ',', cells);
    if (cells.size() > 2 && parse_cell(cells[0], false)) found.insert(std::string(cells[0]));
  }
  return found;
}

/// The station whose rows are read: the only one, else the nearest of those whose place the header tells.
std::optional<std::string> choose_station(const WeatherHead& head, const Header& header, const std::set<std::string>& present) {
  if (present.size() == 1) return *present.begin();
  std::optional<std::string> best;
  double best_distance = 0.0;
  for (const std::string& id : present) {
    const auto station = header.stations.find(id);
    if (station == header.stations.end()) continue;
    const double north = station->second.latitude - head.request.latitude;
    const double east = (station->second.longitude - head.request.longitude) * std::cos(head.request.latitude * 3.14159265358979 / 180.0);
    const double distance = std::hypot(north, east);
    if (!best || distance < best_distance) {
      best = id;
      best_distance = distance;
    }
  }
  if (!best)
    head.error(
        "weather_area",
        fmt::format("the file holds the stations {} and does not say where they are: keep the rows of one", fmt::join(present, ", ")),
        header.line + 1, "STN");
  return best;
}

}  // namespace

std::optional<WeatherLayout> knmi_layout(const WeatherHead& head) {
  const auto header = find_header(head);
  if (!header) return std::nullopt;
  const std::size_t row = header->line + 1;
  auto hour = header->find("HH");
  if (!hour) hour = header->find("H");
  if (!hour) {
    head.error("irregular_resolution", "KNMI data by the day (no column HH): hourly data (uurgegevens) are needed", row, "HH");
    return std::nullopt;
  }
  const std::set<std::string> present = stations_in(head.text, row + 1);
  if (present.empty()) {
    head.error("incomplete_year", "KNMI data without a row", row);
    return std::nullopt;
  }
  const auto station = choose_station(head, *header, present);
  if (!station) return std::nullopt;
  WeatherLayout layout;
  layout.preset = "knmi";
  layout.first_row = row + 1;
  layout.cells = header->cells.size();
  layout.stamp_cells = {1, *hour};
  layout.stamp = [cell = *hour](std::span<const std::string_view> cells, StampReader&) -> StampReader::Result {
    if (cells.size() <= cell || cells[1].size() != 8) return {std::nullopt, "bad_number"};
    const auto date = parse_cell(cells[1], false);
    const auto ended = parse_cell(cells[cell], false);
    if (!date || !ended || *date < 17000101.0 || *date > 22001231.0 || *ended < 0.0 || *ended > 24.0 || *ended != std::floor(*ended))
      return {std::nullopt, "bad_number"};
    const auto number = static_cast<unsigned>(*date);
    const year_month_day day{year{static_cast<int>(number / 10000)}, month{number / 100 % 100}, std::chrono::day{number % 100}};
    if (!day.ok()) return {std::nullopt, "bad_number"};
    return {Instant{sys_days{day}} + hours{static_cast<int>(*ended)}};
  };
  layout.takes = [id = *station](std::span<const std::string_view> cells) {
    if (cells.front().starts_with('#') || cells.front().starts_with("STN")) return false;  // files that were joined
    return cells.size() < 3 || cells.front() == id;
  };
  if (!add_mapped_columns(head, header->cells, row, layout)) return std::nullopt;
  const bool mean_wind = header->find("FH").has_value();
  if (!maps_data(head.options)) {
    for (const Field& field : fields) {
      if (const auto cell = header->find(field.name))
        layout.columns.push_back(
            {.quantity = std::string(field.quantity), .header = std::string(field.name), .cell = *cell, .conversion = field.conversion});
    }
    for (const std::string_view name : {"FH", "FF"}) {
      const auto cell = header->find(name);
      if (!cell || (name == "FF" && mean_wind)) continue;
      layout.columns.push_back({.quantity = "lower_wind", .header = std::string(name), .cell = *cell, .conversion = {0.1, 0.0}});
    }
  }
  layout.place = [mean_wind](std::int32_t step_s) {
    return Placement{-step_s / 2, 0, mean_wind ? std::optional<std::int32_t>(-step_s / 2) : std::nullopt};
  };
  layout.lower_height_m = 10.0;
  std::string place = *station;
  if (const auto known = header->stations.find(*station); known != header->stations.end()) {
    layout.latitude = known->second.latitude;
    layout.longitude = known->second.longitude;
    place.push_back(' ');
    place.append(known->second.name);
  }
  layout.description = fmt::format("station {}, UTC, hours named by their end, wind of the column {}", place, mean_wind ? "FH" : "FF");
  if (present.size() > 1) {
    layout.notes.push_back({Severity::warning,
                            "weather_place",
                            fmt::format("the file holds the stations {}; the nearest, {}, was taken", fmt::join(present, ", "), place),
                            {},
                            head.file,
                            0,
                            "STN"});
  }
  return layout;
}

}  // namespace bess
