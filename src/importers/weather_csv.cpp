#include "importers/weather_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "importers/csv_reader.h"
#include "importers/weather_columns.h"
#include "importers/weather_stamps.h"
#include "importers/weather_text.h"

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t told_rows = 20;  // bad cells are named one by one up to here
constexpr std::size_t max_rows = 20'000'000;

bool is_missing(std::string_view cell) {
  return cell.empty() || cell == "-" || cell == "nan" || cell == "NaN" || cell == "NAN" || cell == "n/a" || cell == "N/A" || cell == "null";
}

// One mapped column: where it stands in a row, how it is converted, what was read.
struct Column {
  const WeatherVariable* variable;
  std::string header;
  std::size_t position;
  WeatherUnitConversion conversion;
  std::vector<double> values;
};

class Reader {
 public:
  Reader(std::string_view file, const WeatherRequest& request, const WeatherCsvOptions& options)
      : file_(file),
        request_(request),
        options_(options),
        typical_year_(options.typical_year),
        irradiance_offset_h_(options.irradiance_offset_h) {
    series_.latitude_deg = request.latitude;
    series_.longitude_deg = request.longitude;
    series_.upper_wind_height_m = options.upper_wind_height_m;
  }

  Expected<ImportedWeather> read(std::string_view text, const ProgressCallback& progress, const CancellationToken* cancel) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
      error("encoding", "the file is UTF-16; save it as UTF-8", 1);
      return issues_;
    }
    if (auto too_wide = check_width(text, file_, false)) {
      issues_.add(std::move(*too_wide));
      return issues_;
    }
    TextLines lines(text);
    if (!read_header(lines)) return issues_;
    read_rows(lines, text.size(), progress, cancel);
    if (issues_.has_errors()) return issues_;
    if (!lay_on_grid()) return issues_;
    return finish_weather(std::move(series_), request_, std::move(issues_));
  }

 private:
  void error(std::string code, std::string message, std::size_t row, std::string column = {}) {
    issues_.add({Severity::error, std::move(code), std::move(message), {}, file_, row, std::move(column)});
  }

  // Header: the first line with a time column. Before it a preamble of "name: value" lines may stand (PVGIS).
  bool read_header(TextLines& lines) {
    constexpr std::size_t longest_preamble = 60;
    const auto wanted = options_.columns.find("timestamp");
    const std::string stamp_name = wanted == options_.columns.end() ? std::string{} : normal_header(wanted->second);
    std::string_view line;
    std::vector<std::string_view> cells;
    while (lines.number() < longest_preamble && lines.next(line)) {
      for (const char separator : {',', ';', '\t'}) {
        split_cells(line, separator, cells);
        if (cells.size() < 2) continue;
        const auto is_stamp = [&](std::string_view cell) {
          const std::string name = normal_header(cell);
          if (!stamp_name.empty()) return name == stamp_name;
          const auto known = known_weather_column(name);
          return known && known->variable == "timestamp";
        };
        const auto stamp = std::find_if(cells.begin(), cells.end(), is_stamp);
        if (stamp == cells.end()) continue;
        separator_ = separator;
        stamp_position_ = static_cast<std::size_t>(stamp - cells.begin());
        pvgis_ = normal_header(*stamp) == "time(utc)";
        typical_year_ = typical_year_ || pvgis_;
        return map_columns(cells, lines.number());
      }
      read_preamble(line, lines.number());
    }
    error("missing_column",
          stamp_name.empty() ? "no header with a time column (timestamp, time, datetime) was found" : "no column " + wanted->second, 1,
          stamp_name.empty() ? "timestamp" : wanted->second);
    return false;
  }

  void read_preamble(std::string_view line, std::size_t row) {
    const auto colon = line.rfind(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    const auto number = parse_cell(value.substr(0, value.find_first_of(" ,;")), false);
    if (!number) return;
    const auto take = [&](std::string_view name, double furthest, auto& target) {
      if (!line.starts_with(name)) return;
      if (std::abs(*number) <= furthest) {
        target = *number;
      } else {
        error("out_of_range", fmt::format("{} lies beyond {} and -{}", *number, furthest, furthest), row, std::string(name));
      }
    };
    take("Latitude", 90.0, series_.latitude_deg);
    take("Longitude", 360.0, series_.longitude_deg);
    take("Irradiance Time Offset", 24.0, irradiance_offset_h_);
  }

  bool map_columns(const std::vector<std::string_view>& cells, std::size_t row) {
    std::vector<std::string> names;
    for (const auto cell : cells) names.push_back(normal_header(cell));
    for (const auto& [variable, header] : options_.columns) {
      if (variable == "timestamp") continue;
      const auto* info = find_weather_variable(variable);
      const auto at = std::find(names.begin(), names.end(), normal_header(header));
      if (info == nullptr) {
        error("missing_column", fmt::format("\"{}\" is no weather variable", variable), row, header);
      } else if (at == names.end()) {
        error("missing_column", fmt::format("the column \"{}\" mapped to {} is not in the header", header, variable), row, header);
      } else {
        const auto known = known_weather_column(*at);
        const bool same = known && known->variable == variable;
        add_column(*info, static_cast<std::size_t>(at - names.begin()), header, same ? known->unit : std::string{}, row);
        if (same && known->height_m > 0.0) set_height(variable, known->height_m);
      }
    }
    for (std::size_t position = 0; position < names.size(); ++position) {
      const auto known = known_weather_column(names[position]);
      if (!known || known->variable == "timestamp" || position == stamp_position_ || options_.columns.contains(known->variable)) continue;
      const bool taken =
          std::any_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.variable->name == known->variable; });
      if (taken) {
        error("duplicate_column", fmt::format("a second column for {}", known->variable), row, names[position]);
        continue;
      }
      add_column(*find_weather_variable(known->variable), position, names[position], known->unit, row);
      if (known->height_m > 0.0) set_height(known->variable, known->height_m);
    }
    if (columns_.empty() && !issues_.has_errors())
      error("missing_column", "no column of the header is a known weather variable; map them", row);
    return !issues_.has_errors();
  }

  void add_column(const WeatherVariable& variable, std::size_t position, std::string header, const std::string& own_unit, std::size_t row) {
    const auto declared = options_.units.find(std::string(variable.name));
    const std::string unit = declared != options_.units.end() ? declared->second
                             : own_unit.empty()               ? std::string(usual_weather_unit(variable.name))
                                                              : own_unit;
    const auto conversion = weather_unit_conversion(variable.name, unit);
    if (!conversion) {
      error("weather_unit", fmt::format("\"{}\" is not a unit of {}", unit, variable.name), row, header);
      return;
    }
    columns_.push_back({&variable, std::move(header), position, *conversion, {}});
  }

  void set_height(std::string_view variable, double height) {
    (variable == "lower_wind" ? series_.lower_wind_height_m : series_.upper_wind_height_m) = height;
  }

  void read_rows(TextLines& lines, std::size_t total, const ProgressCallback& progress, const CancellationToken* cancel) {
    constexpr std::size_t rows_per_report = 20'000;
    StampReader stamps(options_.time_zone);
    if (!stamps.valid()) return error("ambiguous_time", fmt::format("\"{}\" is no time zone", options_.time_zone), 0);
    std::string_view line;
    std::vector<std::string_view> cells;
    std::size_t bad = 0;
    while (lines.next(line)) {
      if (line.find_first_not_of(" \t,;") == std::string_view::npos) {
        if (pvgis_) break;  // the legend follows
        continue;
      }
      split_cells(line, separator_, cells);
      const auto stamp = stamp_position_ < cells.size() ? stamps.read(cells[stamp_position_], typical_year_) : StampReader::Result{};
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
        if (progress) progress({"weather", total - lines.left(), total, file_});
      }
    }
    if (bad > told_rows) error("bad_number", fmt::format("{} more bad cells", bad - told_rows), 0);
    if (stamps_.size() < 2 && !issues_.has_errors()) error("incomplete_year", "fewer than two rows of weather", 0);
  }

  double value_of(const std::vector<std::string_view>& cells, const Column& column, std::size_t row, std::size_t& bad) {
    if (column.position >= cells.size() || is_missing(cells[column.position])) return nan;
    const auto number = parse_cell(cells[column.position], separator_ == ';');
    if (number) return *number * column.conversion.scale + column.conversion.offset;
    if (++bad <= told_rows)
      error("bad_number", fmt::format("\"{}\" is not a number", cells[column.position].substr(0, 60)), row, column.header);
    return nan;
  }

  // Rows in order of time on a regular grid; rows that are absent become missing values.
  bool lay_on_grid() {
    std::vector<std::size_t> order(stamps_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!std::is_sorted(stamps_.begin(), stamps_.end())) {
      std::sort(order.begin(), order.end(), [&](auto a, auto b) { return stamps_[a] != stamps_[b] ? stamps_[a] < stamps_[b] : a < b; });
      if (!typical_year_) issues_.add({Severity::warning, "unsorted", "rows were not in order of time", {}, file_, 0, {}});
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
    for (auto& column : columns_) {
      std::vector<double> values(series_.rows, nan);
      for (const auto row : order) {
        double& cell = values[static_cast<std::size_t>((stamps_[row] - first) / *step)];
        const double value = column.values[row];
        if (!std::isnan(cell) && !std::isnan(value) && cell != value) {
          error("duplicate_timestamp", fmt::format("two different values of {} at {}", column.variable->name, format_instant(stamps_[row])),
                0, column.header);
          return false;
        }
        if (!std::isnan(value)) cell = value;
      }
      series_.*(column.variable->values) = std::move(values);
    }
    place_in_time(first);
    return true;
  }

  std::optional<std::chrono::seconds> grid_step(const std::vector<std::size_t>& order) {
    std::chrono::seconds step{0};
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto distance = stamps_[order[i]] - stamps_[order[i - 1]];
      if (distance.count() > 0 && (step.count() == 0 || distance < step)) step = distance;
    }
    const auto s = step.count();
    bool regular = s > 0 && s <= 10800 && (s % 900 == 0 || 900 % s == 0);
    for (std::size_t i = 1; regular && i < order.size(); ++i) regular = (stamps_[order[i]] - stamps_[order[i - 1]]).count() % s == 0;
    if (regular) return step;
    error("irregular_resolution",
          fmt::format("rows are not on a regular grid of minutes that fits the quarter-hour (shortest step {} s)", s), 0);
    return std::nullopt;
  }

  // Centre of the flux and of the state relative to the stamp, in seconds.
  void place_in_time(Instant first) {
    const std::int32_t half = series_.step_s / 2;
    std::int32_t flux = options_.stamp == WeatherStamp::interval_start ? half : options_.stamp == WeatherStamp::interval_end ? -half : 0;
    std::int32_t state = options_.instantaneous_states ? 0 : flux;
    if (irradiance_offset_h_) {  // PVGIS: fluxes are snapshots some minutes after the stamp, states hold at the stamp
      flux = static_cast<std::int32_t>(std::lround(*irradiance_offset_h_ * 3600.0));
      state = 0;
    }
    series_.start = first + std::chrono::seconds{flux - half};
    series_.state_offset_s = state - (flux - half);
  }

  std::string file_;
  const WeatherRequest& request_;
  const WeatherCsvOptions& options_;
  bool typical_year_;
  bool pvgis_{false};
  char separator_{','};
  std::size_t stamp_position_{0};
  std::optional<double> irradiance_offset_h_;
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
