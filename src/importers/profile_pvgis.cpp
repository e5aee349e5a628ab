#include "importers/profile_pvgis.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "importers/csv_header.h"
#include "importers/units.h"
#include "importers/weather_pvgis.h"
#include "importers/weather_stamps.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

using std::chrono::seconds;

std::optional<PvgisHourly> find_header(std::string_view text) {
  constexpr std::size_t head_lines = 60;
  std::vector<std::string_view> lines;
  TextLines reader(text);
  std::string_view line;
  while (lines.size() < head_lines && reader.next(line)) lines.push_back(line);
  return find_pvgis_hourly(lines);
}

class Reader {
 public:
  Reader(const std::string& file, const ProfileCsvOptions& options, Issues& issues) : file_(file), options_(options), issues_(issues) {}

  std::optional<PvgisProduction> read(std::string_view text, const PvgisHourly& found) {
    const std::size_t errors = issues_.errors().size();
    if (!choose_column(text, found)) return std::nullopt;
    read_rows(text, found);
    if (issues_.errors().size() > errors || !lay_on_hours()) return std::nullopt;
    if (found.preamble.nominal_kwp && *found.preamble.nominal_kwp > 0.0) result_.capacity_mw = *found.preamble.nominal_kwp / 1000.0;
    tell();
    return std::move(result_);
  }

 private:
  void error(const char* code, std::size_t row, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_, row, result_.header, std::move(message)));
  }

  bool choose_column(std::string_view text, const PvgisHourly& found) {
    const auto mapped = options_.mapping.columns.find("output_mw");
    result_.header = mapped == options_.mapping.columns.end() ? "P" : mapped->second;
    TextLines lines(text);
    std::string_view line;
    while (lines.number() <= found.header_line && lines.next(line)) continue;
    std::vector<std::string_view> cells;
    split_cells(line, found.separator, cells);
    const auto at = std::find(cells.begin(), cells.end(), result_.header);
    if (at == cells.end()) {
      error("missing_column", found.header_line + 1,
            fmt::format("the PVGIS file has no column {}: tick \"PV power\" when downloading (pvcalculation=1)", result_.header));
      return false;
    }
    cell_ = static_cast<std::size_t>(at - cells.begin());
    const auto stated = options_.mapping.units.find("output_mw");
    const auto unit = find_conversion(stated == options_.mapping.units.end() ? "W" : stated->second, "MW");
    if (!unit) {
      error("wrong_type", 0, fmt::format("'{}' is no unit of production; understood are {}", stated->second, known_units("MW")));
      return false;
    }
    factor_ = unit->factor;  // a row lasts an hour, so energy a row is power
    return true;
  }

  void read_rows(std::string_view text, const PvgisHourly& found) {
    StampReader stamps("UTC");
    TextLines lines(text);
    std::string_view line;
    std::vector<std::string_view> cells;
    result_.rows.values.resize(1);
    while (lines.next(line)) {
      if (lines.number() <= found.header_line + 1) continue;
      const bool row = !line.empty() && line.front() >= '0' && line.front() <= '9';
      if (!row) {
        if (!stamps_.empty()) break;  // the legend follows
        continue;
      }
      split_cells(line, found.separator, cells);
      const auto stamp = stamps.read(cells.front(), false);
      if (!stamp.instant) {
        error("ambiguous_time", lines.number(),
              fmt::format("'{}' is not a time as PVGIS writes it (20200101:0010)", cells.front().substr(0, 60)));
        if (issues_.all().size() > options_.max_issues) return;
        continue;
      }
      if (stamps_.size() >= options_.max_rows)
        return error("too_large", lines.number(), fmt::format("more than {} rows", options_.max_rows));
      stamps_.push_back(*stamp.instant);
      result_.rows.row.push_back(lines.number());
      result_.rows.values[0].push_back(value(cells, lines.number()));
      ++result_.rows.rows_read;
    }
    if (stamps_.empty()) error("missing_column", found.header_line + 1, "the file has a header and no rows");
  }

  double value(const std::vector<std::string_view>& cells, std::size_t row) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (cell_ >= cells.size() || cells[cell_].empty() || cells[cell_] == "-" || cells[cell_] == "nan" || cells[cell_] == "NaN") return none;
    if (const auto number = parse_cell(cells[cell_], true)) return *number * factor_;
    error("bad_number", row, fmt::format("'{}' is not a number", cells[cell_].substr(0, 60)));
    return none;
  }

  /// Rows an hour apart, each from the quarter-hour nearest to half an hour before the first one's stamp. The minute of the picture may
  /// differ by some minutes from year to year.
  bool lay_on_hours() {
    if (stamps_.empty()) return false;
    constexpr seconds quarter{900};
    const Instant first = stamps_.front();
    const auto start = Instant{(first - result_.step / 2 + quarter / 2).time_since_epoch() / quarter * quarter};
    std::int64_t before = -1;
    for (std::size_t i = 0; i < stamps_.size(); ++i) {
      const seconds since = stamps_[i] - first;
      const auto hour = std::chrono::floor<seconds>(since + result_.step / 2) / result_.step;
      const seconds off = since - hour * result_.step;
      if (off > quarter || -off > quarter) {
        error("irregular_resolution", result_.rows.row[i], "the rows of a PVGIS file lie an hour apart");
        return false;
      }
      if (hour <= before) {
        error(hour == before ? "duplicate_timestamp" : "irregular_resolution", result_.rows.row[i],
              fmt::format("{} does not follow the row before it", format_instant(stamps_[i])));
        return false;
      }
      before = hour;
      result_.rows.start.push_back(start + hour * result_.step);
    }
    return true;
  }

  void tell() {
    const std::string capacity = result_.capacity_mw ? fmt::format(", nominal power {} MW", *result_.capacity_mw) : std::string();
    issues_.add(
        file_issue(Severity::warning, "preset_used", file_, 0, result_.header,
                   fmt::format("read as pvgis_hourly (UTC with the minute of the picture, {} in {}{})", result_.header,
                               options_.mapping.units.contains("output_mw") ? options_.mapping.units.at("output_mw") : "W", capacity)));
    const std::string& zone = options_.mapping.time_zone;
    if (!zone.empty() && zone != "UTC" && zone != "+00:00")
      issues_.add(file_issue(Severity::warning, "preset_overridden", file_, 0, "time",
                             fmt::format("PVGIS files are in UTC; the time zone {} was left out", zone)));
  }

  const std::string& file_;
  const ProfileCsvOptions& options_;
  Issues& issues_;
  std::size_t cell_{0};
  double factor_{1e-6};
  std::vector<Instant> stamps_;
  PvgisProduction result_;
};

}  // namespace

std::optional<PvgisProduction> read_pvgis_production(std::string_view text, const std::string& file, const ProfileCsvOptions& options,
                                                     Issues& issues) {
  const auto found = find_header(text);
  if (!found) return std::nullopt;
  return Reader(file, options, issues).read(text, *found);
}

bool is_pvgis_production(std::string_view text) {
  const auto found = find_header(text);
  return found && found->power_cell.has_value();
}

}  // namespace bess
