// EnergyPlus weather (EPW): eight header lines, LOCATION first and DATA PERIODS last, then
// Year,Month,Day,Hour,Minute,Flags,dry bulb °C,dew point °C,RH %,pressure Pa,… with global, direct normal and diffuse radiation in Wh/m² of
// the time before the stamp. Hour 1–24 names the end of its hour in the local standard time of LOCATION; the rest holds at the stamp. The
// months of typical years come from different years. Fields of nines are missing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

using namespace std::chrono;

struct Field {
  std::string_view quantity;
  std::string_view header;
  std::size_t cell;
  std::string_view unit;
  double missing_from;
};
constexpr std::array fields{
    Field{"temperature", "dry bulb", 6, "degC", 99.9},
    Field{"dew_point", "dew point", 7, "degC", 99.9},
    Field{"relative_humidity", "relative humidity", 8, "%", 999.0},
    Field{"pressure", "station pressure", 9, "Pa", 999999.0},
    Field{"ghi", "global horizontal radiation", 13, "W/m2", 9999.0},
    Field{"dni", "direct normal radiation", 14, "W/m2", 9999.0},
    Field{"dhi", "diffuse horizontal radiation", 15, "W/m2", 9999.0},
    Field{"lower_wind", "wind speed", 21, "m/s", 999.0},
};
constexpr std::size_t fewest_cells = 22;

struct Date {
  int year{0}, month{0}, day{0}, hour{0};
};

std::optional<Date> date_of(std::span<const std::string_view> cells) {
  if (cells.size() < fewest_cells) return std::nullopt;
  std::array<int, 4> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = parse_cell(cells[i], false);
    if (!number || std::abs(*number) > 9999.0 || *number != std::floor(*number)) return std::nullopt;
    parts[i] = static_cast<int>(*number);
  }
  const Date date{parts[0], parts[1], parts[2], parts[3]};
  const bool ok = date.year >= 1800 && date.year <= 2200 && date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 &&
                  date.hour >= 0 && date.hour <= 24;
  return ok ? std::optional(date) : std::nullopt;
}

bool is_leap_day(const Date& date) { return date.month == 2 && date.day == 29; }

/// Do the years of the rows not follow one another as a calendar's do?
bool is_typical(std::string_view text, std::size_t first_row, char separator) {
  TextLines lines(text);
  std::string_view line;
  std::vector<std::string_view> cells;
  std::optional<Date> before;
  while (lines.next(line)) {
    if (lines.number() < first_row) continue;
    split_cells(line, separator, cells);
    const auto date = date_of(cells);
    if (!date) continue;
    const bool new_year = before && date->year == before->year + 1 && before->month == 12 && date->month == 1;
    if (before && date->year != before->year && !new_year) return true;
    const bool leap = year{date->year}.is_leap();
    if (before && leap && before->month == 2 && before->day == 28 && date->month == 3) return true;  // a leap year without its day
    before = date;
  }
  return false;
}

}  // namespace

std::optional<WeatherLayout> epw_layout(const WeatherHead& head) {
  if (head.lines.size() < 8) return std::nullopt;
  std::vector<std::string_view> cells;
  WeatherLayout layout;
  const std::string first = normal_header(head.lines[0].substr(0, 9));
  if (!first.starts_with("location")) return std::nullopt;
  for (const char separator : {',', ';', '\t'}) {
    layout.separator = separator;
    split_cells(head.lines[0], separator, cells);
    if (cells.size() >= 9) break;
  }
  if (cells.size() < 9) return std::nullopt;
  const auto latitude = parse_cell(cells[6], true);
  const auto longitude = parse_cell(cells[7], true);
  const auto zone = parse_cell(cells[8], true);
  if (!latitude || !longitude || !zone || std::abs(*zone) > 14.0) {
    head.error("bad_number", "the line LOCATION of an EPW file needs latitude, longitude and time zone in cells 7 to 9", 1, "LOCATION");
    return std::nullopt;
  }
  layout.latitude = latitude;
  layout.longitude = longitude;
  int records = 1;
  std::size_t line = 1;
  for (; line < head.lines.size(); ++line) {
    split_cells(head.lines[line], layout.separator, cells);
    if (normal_header(cells.front()).starts_with("data_period")) {
      const auto number = cells.size() > 2 ? parse_cell(cells[2], false) : std::nullopt;
      if (number && *number >= 1.0 && *number <= 60.0) records = static_cast<int>(*number);
    }
    if (date_of(cells)) break;
  }
  if (line >= head.lines.size()) {
    head.error("missing_column", "an EPW file without rows of data behind its header lines", 9);
    return std::nullopt;
  }
  layout.preset = "epw";
  layout.first_row = line + 1;
  layout.typical_year = is_typical(head.text, layout.first_row, layout.separator);
  const int zone_minutes = static_cast<int>(std::lround(*zone * 60.0));
  const int minutes_east = std::abs(zone_minutes);
  layout.time_zone = fmt::format("{}{:02}:{:02}", zone_minutes < 0 ? '-' : '+', minutes_east / 60, minutes_east % 60);
  const std::string zone_text = head.options.time_zone.value_or(layout.time_zone);
  if (zone_text != layout.time_zone) {
    head.error(
        "ambiguous_time",
        fmt::format("an EPW file is in the standard time of its LOCATION ({}); weather_time_zone can't be another", layout.time_zone), 1,
        "LOCATION");
    return std::nullopt;
  }
  // Rows of one hour are counted: some files write minute 60, some 0, for the end of the hour.
  struct Count {
    Date hour;
    int records{0};
  };
  auto count = std::make_shared<Count>();
  const bool typical = layout.typical_year;
  layout.stamp = [=](std::span<const std::string_view> row, StampReader&) -> StampReader::Result {
    const auto date = date_of(row);
    if (!date) return {std::nullopt, "bad_number"};
    const bool same = count->hour.year == date->year && count->hour.month == date->month && count->hour.day == date->day &&
                      count->hour.hour == date->hour;
    count->records = same ? count->records + 1 : 1;
    count->hour = *date;
    const year_month_day day{year{typical ? 2001 : date->year}, month{static_cast<unsigned>(date->month)},
                             std::chrono::day{static_cast<unsigned>(date->day)}};
    if (!day.ok()) return {std::nullopt, "bad_number"};
    return {Instant{sys_days{day}} + hours{date->hour - 1} + minutes{60 * count->records / records} - minutes{zone_minutes}};
  };
  if (typical) {
    layout.takes = [](std::span<const std::string_view> row) {
      const auto date = date_of(row);
      return !date || !is_leap_day(*date);
    };
  }
  layout.place = [](std::int32_t step_s) { return Placement{-step_s / 2, 0, {}}; };
  if (maps_data(head.options)) {
    head.error("missing_column", "an EPW file has no header with column names to map; its columns are known", 1, "weather_columns");
    return std::nullopt;
  }
  for (const Field& field : fields) {
    LayoutColumn column{.quantity = std::string(field.quantity),
                        .header = std::string(field.header),
                        .cell = field.cell,
                        .conversion = *weather_unit_conversion(field.quantity, field.unit),
                        .missing_from = field.missing_from};
    if (field.unit == "W/m2") column.conversion.scale = records;  // Wh/m² of a record
    layout.columns.push_back(std::move(column));
  }
  layout.lower_height_m = 10.0;
  layout.description = fmt::format("EnergyPlus weather, local standard time {}, hours named by their end{}", layout.time_zone,
                                   typical ? ", months of different years" : "");
  return layout;
}

}  // namespace bess
