#include "importers/weather_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "importers/csv_reader.h"
#include "importers/weather_columns.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

struct PowerUnit {
  std::string_view header;
  double mw;
};
constexpr PowerUnit power_units[]{{"power_kw", 1e-3}, {"power_mw", 1.0}, {"power_w", 1e-6}, {"value", 1e-6}};

struct CurveHeader {
  char separator{','};
  std::size_t speed{0};
  std::size_t power{0};
  double mw{1.0};
};

std::optional<CurveHeader> read_header(std::string_view line) {
  std::vector<std::string_view> cells;
  for (const char separator : {',', ';', '\t'}) {
    split_cells(line, separator, cells);
    CurveHeader header{.separator = separator};
    bool speed = false;
    bool power = false;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string name = normal_header(cells[i]);
      if (!speed && (name == "wind_speed_m_per_s" || name == "wind_speed")) {
        header.speed = i;
        speed = true;
      }
      for (const auto& unit : power_units) {
        if (power || name != unit.header) continue;
        header.power = i;
        header.mw = unit.mw;
        power = true;
      }
    }
    if (speed && power) return header;
  }
  return std::nullopt;
}

}  // namespace

Expected<PowerCurve> parse_power_curve_csv(std::string_view text, std::string_view file_name) {
  Issues issues;
  const auto error = [&](std::string code, std::string message, std::size_t row) {
    issues.add({Severity::error, std::move(code), std::move(message), {}, std::string(file_name), row, {}});
  };
  if (auto issue = check_encoding(text, file_name)) {
    issues.add(std::move(*issue));
    return issues;
  }
  if (auto too_wide = check_width(text, file_name, false)) {
    issues.add(std::move(*too_wide));
    return issues;
  }
  TextLines lines(text);
  std::string_view line;
  const auto header = lines.next(line) ? read_header(line) : std::nullopt;
  if (!header) {
    error("missing_column", "a power curve needs the columns wind_speed_m_per_s and power_kw (or power_mw)", 1);
    return issues;
  }
  std::vector<std::pair<double, double>> points;
  std::vector<std::string_view> cells;
  while (lines.next(line)) {
    if (line.find_first_not_of(" \t,;") == std::string_view::npos) continue;
    split_cells(line, header->separator, cells);
    const bool complete = std::max(header->speed, header->power) < cells.size();
    const auto speed = complete ? parse_cell(cells[header->speed], header->separator == ';') : std::nullopt;
    const auto power = complete ? parse_cell(cells[header->power], header->separator == ';') : std::nullopt;
    if (speed && power) {
      points.emplace_back(*speed, *power * header->mw);
    } else {
      error("bad_number", fmt::format("\"{}\" is no point of a curve", line.substr(0, 40)), lines.number());
    }
  }
  if (issues.has_errors()) return issues;
  std::sort(points.begin(), points.end());
  PowerCurve curve{.name = std::string(file_name), .wind_speed = {}, .power_mw = {}};
  for (const auto& [speed, power] : points) {
    curve.wind_speed.push_back(speed);
    curve.power_mw.push_back(power);
  }
  issues = check_curve(curve, "/curve");
  if (issues.has_errors()) return issues;
  return curve;
}

}  // namespace bess
