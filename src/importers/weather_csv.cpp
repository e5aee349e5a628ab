#include "importers/weather_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "importers/csv_reader.h"
#include "importers/weather_derived.h"
#include "importers/weather_layout.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t told_rows = 20;  // bad cells are named one by one up to here
constexpr std::size_t max_rows = 20'000'000;

bool is_missing(std::string_view cell) {
  constexpr std::array<std::string_view, 14> words{"",    "-",  "nan", "NaN",  "NAN",  "n/a",  "N/A",
                                                   "n/e", "na", "NA",  "null", "NULL", "none", "None"};
  return std::find(words.begin(), words.end(), cell) != words.end();
}

bool known_by_itself(const std::string& name) {
  const auto known = known_weather_column(name);
  return known && known->variable != "timestamp";
}

/// Any table with a header and one row per interval: the first line with a time column is the header.
std::optional<WeatherLayout> plain_layout(const WeatherHead& head) {
  const auto wanted = head.options.columns.find("timestamp");
  const std::string stamp_name = wanted == head.options.columns.end() ? std::string{} : normal_header(wanted->second);
  WeatherLayout layout;
  std::vector<std::string_view> cells;
  const auto is_stamp = [&](std::string_view cell) {
    const std::string name = normal_header(cell);
    if (!stamp_name.empty()) return name == stamp_name;
    const auto known = known_weather_column(name);
    return known && known->variable == "timestamp";
  };
  std::size_t row = 0;
  for (std::size_t i = 0; i < head.lines.size() && row == 0; ++i) {
    for (const char separator : {',', ';', '\t'}) {
      split_cells(head.lines[i], separator, cells);
      if (cells.size() < 2) continue;
      const auto stamp = std::find_if(cells.begin(), cells.end(), is_stamp);
      if (stamp == cells.end()) continue;
      layout.separator = separator;
      layout.stamp_cells = {static_cast<std::size_t>(stamp - cells.begin())};
      row = i + 1;
      break;
    }
  }
  if (row == 0) {
    head.error("missing_column",
               stamp_name.empty()
                   ? "no header with a time column (timestamp, time, datetime) was found, and none of the formats known by name ("
                     "PVGIS, open-meteo, EPW, KNMI, ERA5 time series)"
                   : "no column " + wanted->second,
               1, stamp_name.empty() ? "timestamp" : wanted->second);
    return std::nullopt;
  }
  layout.first_row = row + 1;
  layout.cells = cells.size();
  if (!add_mapped_columns(head, cells, row, layout)) return std::nullopt;
  const bool mapped = maps_data(head.options);
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (cell == layout.stamp_cells.front()) continue;
    const std::string name = normal_header(cells[cell]);
    // Beside a mapping a header must be ours as it stands; without one its unit may stand behind it.
    const auto known =
        known_by_itself(name) || mapped ? known_weather_column(name) : known_weather_column(split_header_unit(cells[cell]).name);
    if (!known || known->variable == "timestamp" || head.options.columns.contains(known->variable)) continue;
    if (std::any_of(layout.columns.begin(), layout.columns.end(), [&](const LayoutColumn& c) { return c.quantity == known->variable; })) {
      head.error("duplicate_column", fmt::format("a second column for {}", known->variable), row, std::string(cells[cell]));
      continue;
    }
    if (auto column = layout_column(head, known->variable, cells[cell], cell, known->unit, row))
      layout.columns.push_back(std::move(*column));
    if (known->height_m > 0.0) (known->variable == "lower_wind" ? layout.lower_height_m : layout.upper_height_m) = known->height_m;
  }
  if (layout.columns.empty() && !head.issues.has_errors())
    head.error("missing_column", "no column of the header is a known weather variable; map them", row);
  return layout;
}

/// A column while its rows are read.
struct Column : LayoutColumn {
  std::vector<double> values;
};

class Reader {
 public:
  Reader(std::string_view file, const WeatherRequest& request, const WeatherCsvOptions& options)
      : file_(file), request_(request), options_(options) {
    series_.latitude_deg = request.latitude;
    series_.longitude_deg = request.longitude;
    series_.upper_wind_height_m = options.upper_wind_height_m;
  }

  Expected<ImportedWeather> read(std::string_view text, const ProgressCallback& progress, const CancellationToken* cancel) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (auto too_wide = check_width(text, file_, false)) {
      issues_.add(std::move(*too_wide));
      return issues_;
    }
    if (!check_kind(text) || !find_layout(text)) return issues_;
    take_place();
    read_rows(text, progress, cancel);
    if (issues_.has_errors()) return issues_;
    if (!lay_on_grid()) return issues_;
    return finish_weather(std::move(series_), request_, std::move(issues_));
  }

 private:
  void error(std::string code, std::string message, std::size_t row, std::string column = {}) {
    issues_.add({Severity::error, std::move(code), std::move(message), {}, file_, row, std::move(column)});
  }
  void warn(std::string code, std::string message) {
    issues_.add({Severity::warning, std::move(code), std::move(message), {}, file_, 0, {}});
  }

  /// What is no text table, by its first bytes.
  bool check_kind(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      error("encoding", "the file is UTF-16; save it as UTF-8", 1);
    } else if (text.starts_with("GRIB")) {
      error("unreadable_file", "a GRIB file: download NetCDF, or convert it with grib_to_netcdf", 0);
    } else if (text.starts_with("PK\x03\x04")) {
      error("unreadable_file", "a ZIP archive or spreadsheet, not a text table: unpack it, or save it as CSV", 0);
    } else if (const auto first = text.find_first_not_of(" \t\r\n"); first != std::string_view::npos && text[first] == '<') {
      error("unreadable_file", "an HTML or XML page, not a table: the download was answered with a message", 0);
    }
    return !issues_.has_errors();
  }

  bool find_layout(std::string_view text) {
    constexpr std::size_t head_lines = 400;
    WeatherHead head{text, {}, request_, options_, file_, issues_};
    TextLines lines(text);
    std::string_view line;
    while (head.lines.size() < head_lines && lines.next(line)) head.lines.push_back(line);
    std::optional<WeatherLayout> found;
    for (const WeatherFormat& format : weather_formats()) {
      if (options_.preset != WeatherPreset::automatic && options_.preset != format.preset) continue;
      if ((found = format.find(head)) || issues_.has_errors()) break;
    }
    if (!found && !issues_.has_errors()) {
      if (options_.preset != WeatherPreset::automatic && options_.preset != WeatherPreset::none) {
        error("preset_mismatch", fmt::format("the file does not begin as one of \"{}\" does", to_string(options_.preset)), 1);
      } else {
        found = plain_layout(head);
      }
    }
    if (issues_.has_errors()) return false;
    layout_ = std::move(*found);
    for (Issue& note : layout_.notes) issues_.add(std::move(note));
    if (!layout_.preset.empty()) {
      warn("preset_used", fmt::format("read as {} ({})", layout_.preset, layout_.description));
      if (options_.time_zone && *options_.time_zone != layout_.time_zone)
        warn("preset_overridden",
             fmt::format("the format's time zone is {}; read in {} as stated", layout_.time_zone, *options_.time_zone));
    }
    for (LayoutColumn& column : layout_.columns) columns_.push_back({std::move(column), {}});
    return true;
  }

  /// The place that the file names, and whether it is the one that was asked for.
  void take_place() {
    constexpr double far_deg = 0.5;
    if (layout_.lower_height_m) series_.lower_wind_height_m = *layout_.lower_height_m;
    if (layout_.upper_height_m) series_.upper_wind_height_m = *layout_.upper_height_m;
    if (layout_.plane_slope_deg) series_.plane_slope_deg = *layout_.plane_slope_deg;
    if (layout_.plane_azimuth_deg) series_.plane_azimuth_deg = *layout_.plane_azimuth_deg;
    const auto must_lie_within = [&](const std::optional<double>& degrees, double furthest, const char* name) {
      if (degrees && !(std::abs(*degrees) <= furthest))
        error("out_of_range", fmt::format("{} lies beyond {} and -{}", *degrees, furthest, furthest), 0, name);
    };
    must_lie_within(layout_.latitude, 90.0, "latitude");
    must_lie_within(layout_.longitude, 360.0, "longitude");
    if (!layout_.latitude || !layout_.longitude) return;
    series_.latitude_deg = *layout_.latitude;
    series_.longitude_deg = *layout_.longitude;
    if (std::abs(series_.latitude_deg - request_.latitude) > far_deg || std::abs(series_.longitude_deg - request_.longitude) > far_deg) {
      warn("weather_place",
           fmt::format("the weather is of {:.3f} N {:.3f} E, {:.3f} N {:.3f} E was asked for; the sun is that of the weather's place",
                       series_.latitude_deg, series_.longitude_deg, request_.latitude, request_.longitude));
    }
  }

  void read_rows(std::string_view text, const ProgressCallback& progress, const CancellationToken* cancel) {
    constexpr std::size_t rows_per_report = 20'000;
    const std::string zone = options_.time_zone.value_or(layout_.time_zone);
    const bool typical_year = options_.typical_year || layout_.typical_year;
    StampReader stamps(zone);
    if (!stamps.valid()) return error("ambiguous_time", fmt::format("\"{}\" is no time zone", zone), 0);
    TextLines lines(text);
    std::string_view line;
    std::vector<std::string_view> cells;
    std::size_t bad = 0;
    while (lines.next(line)) {
      if (lines.number() < layout_.first_row) continue;
      if (line.find_first_not_of(" \t,;") == std::string_view::npos) {
        if (layout_.ends_at_blank && !stamps_.empty()) break;  // a legend or another table follows
        continue;
      }
      if (layout_.ends_at_text && !stamps_.empty() && (line.front() < '0' || line.front() > '9')) break;
      split_cells(line, layout_.separator, cells);
      if (layout_.takes && !layout_.takes(cells)) continue;
      if (stamps_.empty() && bad == 0 && lines.number() == layout_.first_row && take_unit_row(cells)) continue;
      if (layout_.cells > 0 && extra_cells(cells)) {
        if (++bad <= told_rows)
          error("ambiguous_number",
                fmt::format("{} cells under {} column names: does a number hold the separator '{}'?", cells.size(), layout_.cells,
                            layout_.separator),
                lines.number());
        continue;
      }
      StampReader::Result stamp;
      if (layout_.stamp) {
        stamp = layout_.stamp(cells, stamps);
      } else if (layout_.stamp_cells.front() < cells.size()) {
        stamp = stamps.read(cells[layout_.stamp_cells.front()], typical_year);
      }
      if (!stamp.instant) {
        if (++bad <= told_rows)
          error(std::string(stamp.code), fmt::format("\"{}\" is not a usable time", line.substr(0, 40)), lines.number());
        continue;
      }
      stamps_.push_back(*stamp.instant);
      for (auto& column : columns_) column.values.push_back(value_of(cells, column, lines.number(), bad));
      if (stamps_.size() > max_rows) return error("too_large", fmt::format("more than {} rows", max_rows), lines.number());
      if (stamps_.size() % rows_per_report == 0) {
        if (cancel != nullptr) cancel->throw_if_cancelled();
        if (progress) progress({"weather", text.size() - lines.left(), text.size(), file_});
      }
    }
    if (bad > told_rows) error("bad_number", fmt::format("{} more bad cells", bad - told_rows), 0);
    if (stamps_.size() < 2 && !issues_.has_errors()) error("incomplete_year", "fewer than two rows of weather", 0);
  }

  [[nodiscard]] bool extra_cells(const std::vector<std::string_view>& cells) const {
    for (std::size_t i = layout_.cells; i < cells.size(); ++i) {
      if (!cells[i].empty()) return true;
    }
    return false;
  }

  /// A second header line with nothing but units: they are the columns' units.
  bool take_unit_row(const std::vector<std::string_view>& cells) {
    if (!layout_.preset.empty()) return false;
    bool units = false;
    for (const Column& column : columns_) {
      if (column.cell >= cells.size() || cells[column.cell].empty()) continue;
      std::string_view unit = bare_unit(cells[column.cell]);
      if (parse_cell(unit, true) || !weather_unit_conversion(column.quantity, unit)) return false;
      units = true;
    }
    if (!units) return false;
    for (Column& column : columns_) {
      if (column.cell >= cells.size() || cells[column.cell].empty() || options_.units.contains(column.quantity)) continue;
      column.conversion = *weather_unit_conversion(column.quantity, bare_unit(cells[column.cell]));
    }
    return true;
  }

  static std::string_view bare_unit(std::string_view cell) {
    if (cell.size() > 2 && (cell.front() == '[' || cell.front() == '(') && (cell.back() == ']' || cell.back() == ')'))
      return cell.substr(1, cell.size() - 2);
    return cell;
  }

  double value_of(const std::vector<std::string_view>& cells, const Column& column, std::size_t row, std::size_t& bad) {
    if (column.cell >= cells.size() || is_missing(cells[column.cell])) return nan;
    const std::string_view cell = cells[column.cell];
    const auto number = parse_cell(cell, true);  // a comma that does not separate cells is a decimal one
    if (number && layout_.separator == ',' && is_grouped(cell)) {
      if (++bad <= told_rows)
        error("ambiguous_number", fmt::format("\"{}\" can be read with a decimal or a thousands mark", cell), row, column.header);
      return nan;
    }
    if (number) return *number >= column.missing_from ? nan : *number * column.conversion.scale + column.conversion.offset;
    if (++bad <= told_rows) error("bad_number", fmt::format("\"{}\" is not a number", cell.substr(0, 60)), row, column.header);
    return nan;
  }

  /// "1,013": three digits behind a comma.
  static bool is_grouped(std::string_view cell) {
    const auto comma = cell.find(',');
    return comma != std::string_view::npos && cell.size() - comma == 4;
  }

  // Rows in order of time on a regular grid; rows that are absent become missing values.
  bool lay_on_grid() {
    const bool typical_year = options_.typical_year || layout_.typical_year;
    std::vector<std::size_t> order(stamps_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!std::is_sorted(stamps_.begin(), stamps_.end())) {
      std::sort(order.begin(), order.end(), [&](auto a, auto b) { return stamps_[a] != stamps_[b] ? stamps_[a] < stamps_[b] : a < b; });
      if (!typical_year) warn("unsorted", "rows were not in order of time");
    }
    const auto step = grid_step(order);
    if (!step) return false;
    series_.step_s = static_cast<std::int32_t>(step->count());
    const Instant first = stamps_[order.front()];
    series_.rows = static_cast<std::size_t>((stamps_[order.back()] - first) / *step) + 1;
    if (series_.rows > max_rows || is_sparse_grid(series_.rows, stamps_.size())) {
      error("too_large", "the stamps span too long a time for their step", 0);
      return false;
    }
    place_in_time(first);
    std::map<std::string, std::vector<double>> grids;
    std::vector<AccumulatedFlux> sums;
    for (auto& column : columns_) {
      std::vector<double> values(series_.rows, nan);
      for (const auto row : order) {
        double& cell = values[static_cast<std::size_t>((stamps_[row] - first) / *step)];
        const double value = column.values[row];
        if (!std::isnan(cell) && !std::isnan(value) && cell != value) {
          error("duplicate_timestamp", fmt::format("two different values of {} at {}", column.quantity, format_instant(stamps_[row])), 0,
                column.header);
          return false;
        }
        if (!std::isnan(value)) cell = value;
      }
      if (column.conversion.sum == WeatherSum::row) {
        sums.push_back({column.header, find_weather_variable(column.quantity)->values, std::move(values)});
      } else {
        grids.emplace(column.quantity, std::move(values));
      }
    }
    return take_sums(std::move(sums)) && take_values(grids);
  }

  bool take_sums(std::vector<AccumulatedFlux> sums) {
    FluxAccumulation how = options_.accumulation;
    if (how == FluxAccumulation::automatic) how = layout_.sums;
    if (sums.empty()) return true;
    if (how == FluxAccumulation::automatic && layout_.preset.empty() && series_.step_s > 3600) {
      error("ambiguous_accumulation",
            fmt::format("{} is energy in rows {} h apart: say what it is the sum of (--accumulation, weather_accumulation: 1h, step or "
                        "since_midnight)",
                        sums.front().name, series_.step_s / 3600),
            0, sums.front().name);
      return false;
    }
    const Issues found = take_accumulated(series_, std::move(sums), how);
    for (Issue issue : found.all()) {
      issue.file = file_;
      issues_.add(std::move(issue));
    }
    return !found.has_errors();
  }

  bool take_values(std::map<std::string, std::vector<double>>& grids) {
    const auto pair = [&](const char* u, const char* v, std::vector<double>& target) {
      if (grids.contains(u) && grids.contains(v)) target = speed_of(grids[u], grids[v]);
      if (grids.contains(u) != grids.contains(v))
        error("missing_column",
              fmt::format("{} stands without {}: both components of the wind are needed", grids.contains(u) ? u : v,
                          grids.contains(u) ? v : u),
              0);
      grids.erase(u);
      grids.erase(v);
    };
    pair("u100", "v100", series_.upper_wind);
    pair("u10", "v10", series_.lower_wind);
    for (auto& [quantity, values] : grids) {
      if (const auto* variable = find_weather_variable(quantity)) series_.*(variable->values) = std::move(values);
    }
    if (grids.contains("plane_beam")) {
      series_.plane = std::move(grids["plane_beam"]);
      for (const char* part : {"plane_sky", "plane_ground"}) {
        if (!grids.contains(part)) continue;
        std::transform(series_.plane.begin(), series_.plane.end(), grids[part].begin(), series_.plane.begin(), std::plus<>());
      }
    }
    const auto dew = grids.find("dew_point");
    if (dew != grids.end() && series_.relative_humidity.empty() && !series_.temperature_k.empty())
      series_.relative_humidity = humidity_of_dew_point(series_.temperature_k, dew->second);
    return !issues_.has_errors();
  }

  std::optional<std::chrono::seconds> grid_step(const std::vector<std::size_t>& order) {
    constexpr std::int64_t longest_s = 6 * 3600;
    std::chrono::seconds step{0};
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto distance = stamps_[order[i]] - stamps_[order[i - 1]];
      if (distance.count() > 0 && (step.count() == 0 || distance < step)) step = distance;
    }
    const auto s = step.count();
    bool regular = s > 0 && s <= longest_s && (s % 900 == 0 || 900 % s == 0);
    for (std::size_t i = 1; regular && i < order.size(); ++i) regular = (stamps_[order[i]] - stamps_[order[i - 1]]).count() % s == 0;
    if (regular) return step;
    error("irregular_resolution",
          fmt::format("rows are not on a regular grid of minutes that fits the quarter-hour (shortest step {} s)", s), 0);
    return std::nullopt;
  }

  /// Middles of flux and state relative to the stamp: as the request states them, else as the format does.
  [[nodiscard]] Placement placement() const {
    const std::int32_t half = series_.step_s / 2;
    if (options_.irradiance_offset_h) {
      return {static_cast<std::int32_t>(std::lround(*options_.irradiance_offset_h * 3600.0)), 0, {}};
    }
    const auto middle = [half](WeatherStamp stamp) {
      return stamp == WeatherStamp::interval_start ? half : stamp == WeatherStamp::interval_end ? -half : 0;
    };
    Placement placed{middle(WeatherStamp::interval_start), middle(WeatherStamp::interval_start), {}};
    if (layout_.place) placed = layout_.place(series_.step_s);
    if (options_.stamp) {
      placed.flux_s = middle(*options_.stamp);
      if (!layout_.place) placed.state_s = placed.flux_s;
    }
    if (options_.instantaneous_states) {
      placed.state_s = *options_.instantaneous_states ? 0 : placed.flux_s;
      placed.wind_s.reset();
    }
    return placed;
  }

  void place_in_time(Instant first) {
    const Placement placed = placement();
    if (layout_.place && layout_.place(series_.step_s).flux_s != placed.flux_s)
      warn("preset_overridden", "radiation is placed in time as stated, not as the format does (weather_stamp)");
    const std::int32_t begin = placed.flux_s - series_.step_s / 2;
    series_.start = first + std::chrono::seconds{begin};
    series_.state_offset_s = placed.state_s - begin;
    if (placed.wind_s) series_.wind_offset_s = *placed.wind_s - begin;
  }

  std::string file_;
  const WeatherRequest& request_;
  const WeatherCsvOptions& options_;
  WeatherLayout layout_;
  std::vector<Column> columns_;
  std::vector<Instant> stamps_;
  WeatherSeries series_;
  Issues issues_;
};

}  // namespace

Expected<ImportedWeather> parse_weather_csv(std::string_view text, std::string_view file_name, const WeatherRequest& request,
                                            const WeatherCsvOptions& options, const ProgressCallback& progress,
                                            const CancellationToken* cancel) {
  return Reader(file_name, request, options).read(text, progress, cancel);
}

Expected<ImportedWeather> read_weather_csv(const std::filesystem::path& file, const WeatherRequest& request,
                                           const WeatherCsvOptions& options, const ProgressCallback& progress,
                                           const CancellationToken* cancel) {
  constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 31;
  const std::string name = file.filename().string();
  const auto fail = [&](std::string code, std::string message) {
    Issues issues;
    issues.add({Severity::error, std::move(code), std::move(message), {}, name, 0, {}});
    return issues;
  };
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed) return fail("not_found", "no such weather file");
  if (size > largest_file) return fail("too_large", "the weather file is larger than 2 GiB");
  std::ifstream stream(file, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) return fail("unreadable_file", "the weather file can't be read");
  return parse_weather_csv(text, name, request, options, progress, cancel);
}

}  // namespace bess
