#include "importers/netcdf_era5.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "importers/netcdf_file.h"
#include "importers/weather_derived.h"

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t max_rows = 5'000'000;

// libnetcdf and HDF5 as Debian builds them aren't thread-safe.
std::mutex& library_lock() {
  static std::mutex lock;
  return lock;
}

struct Era5Variable {
  std::string_view name;
  std::initializer_list<std::string_view> units;  ///< accepted, without blanks, stars and carets
};
const std::array<Era5Variable, 11>& era5_variables() {
  static const std::array<Era5Variable, 11> variables{{
      {"ssrd", {"Jm-2", "J/m2", "J.m-2"}},
      {"fdir", {"Jm-2", "J/m2", "J.m-2"}},
      {"t2m", {"K", "kelvin"}},
      {"d2m", {"K", "kelvin"}},
      {"u100", {"ms-1", "m/s", "m.s-1"}},
      {"v100", {"ms-1", "m/s", "m.s-1"}},
      {"u10", {"ms-1", "m/s", "m.s-1"}},
      {"v10", {"ms-1", "m/s", "m.s-1"}},
      {"sp", {"Pa"}},
      {"fsr", {"m"}},
      {"fal", {"(0-1)", "1", "", "~"}},
  }};
  return variables;
}

std::string plain_unit(std::string_view unit) {
  std::string plain;
  for (const char c : unit) {
    if (c != ' ' && c != '*' && c != '^') plain += c;
  }
  return plain;
}

// Index of the nearest value, and whether the place is served by the axis (within half a step, or bracketed by it).
struct AxisPlace {
  std::size_t low{0};
  std::size_t high{0};
  double share{0};  ///< weight of `high`
  bool inside{false};
};
AxisPlace place_on_axis(const std::vector<double>& axis, double at, bool bilinear) {
  AxisPlace place;
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < axis.size(); ++i) {
    if (std::abs(axis[i] - at) < std::abs(axis[nearest] - at)) nearest = i;
  }
  constexpr double usual_step = 0.25;  // of ERA5, for a grid of one cell
  const double step = axis.size() > 1 ? std::abs(axis[1] - axis[0]) : usual_step;
  place.low = place.high = nearest;
  place.inside = std::abs(axis[nearest] - at) <= step / 2.0 + 1e-9;
  if (!bilinear || !place.inside) return place;
  const bool ascending = axis.size() < 2 || axis[1] > axis[0];
  const bool above = at > axis[nearest];
  const bool forward = above == ascending;
  if (axis[nearest] == at || (forward && nearest + 1 == axis.size()) || (!forward && nearest == 0)) return place;
  place.high = forward ? nearest + 1 : nearest - 1;
  place.share = (at - axis[place.low]) / (axis[place.high] - axis[place.low]);
  return place;
}

/// Up to four cells with weights that sum to 1.
struct CellBlend {
  struct Cell {
    std::size_t row;     ///< index on the latitude axis
    std::size_t column;  ///< index on the longitude axis
    double weight;
  };
  std::vector<Cell> cells;
};

CellBlend choose_cells(const NetcdfAxes& axes, const WeatherRequest& request, GridSelection selection) {
  const bool bilinear = selection == GridSelection::bilinear;
  const auto& longitudes = axes.longitudes;
  double longitude = request.longitude;  // grids run −180 … 180 or 0 … 360
  const auto [west, east] = std::minmax_element(longitudes.begin(), longitudes.end());
  if (longitude < *west - 1.0 && longitude + 360.0 <= *east + 1.0) longitude += 360.0;
  if (longitude > *east + 1.0 && longitude - 360.0 >= *west - 1.0) longitude -= 360.0;
  const AxisPlace row = place_on_axis(axes.latitudes, request.latitude, bilinear);
  const AxisPlace column = place_on_axis(longitudes, longitude, bilinear);
  if (!row.inside || !column.inside) {
    const auto [south, north] = std::minmax_element(axes.latitudes.begin(), axes.latitudes.end());
    throw NetcdfError("weather_area", fmt::format("{:.3f} N {:.3f} E lies outside the grid, {:.3f} … {:.3f} N, {:.3f} … {:.3f} E",
                                                  request.latitude, request.longitude, *south, *north, *west, *east));
  }
  CellBlend blend;
  for (const auto& [r, wr] : {std::pair{row.low, 1.0 - row.share}, std::pair{row.high, row.share}}) {
    for (const auto& [c, wc] : {std::pair{column.low, 1.0 - column.share}, std::pair{column.high, column.share}}) {
      if (wr * wc > 0.0) blend.cells.push_back({r, c, wr * wc});
    }
  }
  return blend;
}

/// What the files hold for the place: per quantity the values by stamp.
struct Collected {
  double precision{0};
  std::map<Instant, double> by_stamp;
};

class Era5Reader {
 public:
  Era5Reader(const WeatherRequest& request, const Era5Options& options) : request_(request), options_(options) {}

  Expected<ImportedWeather> read(std::span<const std::filesystem::path> files, const ProgressCallback& progress,
                                 const CancellationToken* cancel) {
    if (files.empty()) return one_error("not_found", "/weather", "no weather file was given");
    const std::size_t total = files.size() * era5_variables().size();
    std::size_t done = 0;
    for (std::size_t f = 0; f < files.size(); ++f) {
      const std::filesystem::path& path = files[f];
      file_name_ = options_.names.empty() ? path.filename().string() : options_.names[f];
      const auto step = [&] {
        if (cancel != nullptr) cancel->throw_if_cancelled();
        if (progress) progress({"weather", ++done, total, file_name_});
      };
      try {
        read_file(path, step);
      } catch (const NetcdfError& e) {
        files_failed_ = true;
        error(e.code(), e.what());
      }
    }
    if (files.size() > 1) file_name_.clear();
    if (!files_failed_) check_present();
    if (issues_.has_errors() || !make_series()) return issues_;
    return finish_weather(std::move(series_), request_, std::move(issues_));
  }

 private:
  void error(std::string code, std::string message, std::string column = {}) {
    issues_.add({Severity::error, std::move(code), std::move(message), {}, file_name_, 0, std::move(column)});
  }

  template <class Step>
  void read_file(const std::filesystem::path& path, const Step& step) {
    const std::unique_ptr<NetcdfSource> opened = open_netcdf(path);
    const NetcdfSource& file = *opened;
    const CellBlend blend = choose_cells(file.axes(), request_, options_.selection);
    series_.latitude_deg = request_.latitude;
    series_.longitude_deg = request_.longitude;
    for (const auto& variable : era5_variables()) {
      step();
      const std::string name(variable.name);
      if (!file.has(name)) continue;
      present_.insert_or_assign(name, true);
      const std::string unit = file.attribute(name, "units");
      const std::string plain = plain_unit(unit);
      if (!unit.empty() && std::find(variable.units.begin(), variable.units.end(), plain) == variable.units.end()) {
        error("weather_unit", fmt::format("{} is in \"{}\", where \"{}\" is expected", name, unit, *variable.units.begin()), name);
        continue;
      }
      if (name[0] == 'u' || name[0] == 'v') continue;  // wind is read as a pair below
      if (name == "ssrd" || name == "fdir") note_accumulation(file, name);
      collect(name, file, blended(file, blend, [&](const CellBlend::Cell& cell) { return file.read(name, cell.row, cell.column); }));
    }
    for (const std::string height : {"100", "10"}) {
      if (!file.has("u" + height) || !file.has("v" + height)) continue;
      collect("wind" + height, file, blended(file, blend, [&](const CellBlend::Cell& cell) {
                auto u = file.read("u" + height, cell.row, cell.column);
                const auto v = file.read("v" + height, cell.row, cell.column);
                for (std::size_t t = 0; t < u.by_time.size(); ++t) u.by_time[t] = std::hypot(u.by_time[t], v.by_time[t]);
                u.precision += v.precision;
                return u;
              }));
    }
  }

  /// What the file says about the time its sums run over.
  void note_accumulation(const NetcdfSource& file, const std::string& name) {
    if (options_.accumulation != FluxAccumulation::automatic) return;
    const std::string type = file.attribute(name, "GRIB_stepType");
    if (type == "instant" || type == "avg" || type == "avgua" || type == "avgfc") {
      error("ambiguous_accumulation",
            fmt::format(
                "{} is in J/m² and yet GRIB_stepType says {}: say what it is the sum of (--accumulation, weather_accumulation: 1h, step or "
                "since_midnight)",
                name, type),
            name);
      return;
    }
    const std::string range = file.attribute(name, "GRIB_stepRange");
    std::optional<double> hours;
    if (const auto dash = range.find('-'); dash != std::string::npos) {
      int from = 0;
      int to = 0;
      const auto parsed = [](std::string_view text, int& value) {
        return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
      };
      if (parsed(std::string_view(range).substr(0, dash), from) && parsed(std::string_view(range).substr(dash + 1), to) && to > from)
        hours = to - from;
    } else if (const auto step = file.longest_step_hours(); step && *step > 0.0) {
      hours = step;  // sums since the forecast began
      steps_since_start_ = steps_since_start_ || *step > 1.0;
    }
    if (!hours) return;
    if (declared_hours_ && *declared_hours_ != *hours)
      error("ambiguous_accumulation", fmt::format("the sums of the files run over {} h and over {} h", *declared_hours_, *hours), name);
    declared_hours_ = hours;
  }

  template <class Read>
  static NetcdfValues blended(const NetcdfSource& file, const CellBlend& blend, const Read& read) {
    NetcdfValues sum{std::vector<double>(file.axes().times.size(), 0.0), 0.0};
    for (const auto& cell : blend.cells) {
      const auto values = read(cell);
      for (std::size_t t = 0; t < sum.by_time.size(); ++t) sum.by_time[t] += cell.weight * values.by_time[t];
      sum.precision = std::max(sum.precision, values.precision);
    }
    return sum;
  }

  // The same stamp may come from two files (overlapping downloads); beyond what packing explains the values must agree.
  void collect(const std::string& quantity, const NetcdfSource& file, const NetcdfValues& values) {
    auto& target = collected_[quantity];
    target.precision = std::max(target.precision, values.precision);
    auto hint = target.by_stamp.end();
    for (std::size_t t = 0; t < values.by_time.size(); ++t) {
      const double value = values.by_time[t];
      const Instant stamp = file.axes().times[t];
      hint = target.by_stamp.try_emplace(hint, stamp, value);
      if (std::isnan(hint->second)) hint->second = value;
      const double tolerance = 4.0 * target.precision + 1e-6 * std::abs(value);
      if (!std::isnan(value) && std::abs(hint->second - value) > tolerance) {
        error("duplicate_timestamp", fmt::format("{} has two different values at {}", quantity, format_instant(stamp)), quantity);
        return;
      }
      ++hint;
    }
  }

  void check_present() {
    const auto need = [&](std::initializer_list<const char*> names, std::string_view what) {
      for (const char* name : names) {
        if (!present_.contains(name)) error("missing_column", fmt::format("the variable {} ({}) is missing", name, what), name);
      }
    };
    for (const WeatherNeed n : request_.needs) {
      if (n == WeatherNeed::solar) need({"ssrd", "t2m"}, "needed for photovoltaics");
      if (n == WeatherNeed::wind) {
        if (collected_.contains("wind100")) continue;
        if (present_.contains("u10") && present_.contains("v10") && !present_.contains("u100") && !present_.contains("v100")) continue;
        need({"u100", "v100"}, "needed for wind");
      }
    }
    if (collected_.empty() && !issues_.has_errors())
      error("missing_column", "no variable of the files is known (ssrd, t2m, u100, v100, …)");
  }

  bool make_series() {
    Instant first = Instant::max();
    Instant last = Instant::min();
    std::chrono::seconds step{0};
    for (const auto& [name, quantity] : collected_) {
      first = std::min(first, quantity.by_stamp.begin()->first);
      last = std::max(last, quantity.by_stamp.rbegin()->first);
      Instant previous = Instant::min();
      for (const auto& [stamp, value] : quantity.by_stamp) {
        if (previous != Instant::min() && (step.count() == 0 || stamp - previous < step)) step = stamp - previous;
        previous = stamp;
      }
    }
    const auto s = step.count();
    constexpr std::int64_t longest_s = 6 * 3600;
    if (s < 900 || s > longest_s || s % 900 != 0) {
      error("irregular_resolution", fmt::format("the shortest step of the time axis is {} s; 15 minutes to 6 hours are usable", s));
      return false;
    }
    const auto rows = static_cast<std::size_t>((last - first) / step) + 1;
    std::size_t stamps = 0;
    for (const auto& [name, quantity] : collected_) stamps = std::max(stamps, quantity.by_stamp.size());
    if (rows > max_rows || is_sparse_grid(rows, stamps)) {
      error("too_large", fmt::format("{} rows between {} and {}", rows, format_instant(first), format_instant(last)));
      return false;
    }
    series_.step_s = static_cast<std::int32_t>(s);
    series_.rows = rows;
    series_.start = first - step;  // a flux stamped t belongs to the step before t
    series_.state_offset_s = series_.step_s;
    std::map<std::string, std::vector<double>> grids;
    for (const auto& [name, quantity] : collected_) {
      std::vector<double> grid(rows, nan);
      for (const auto& [stamp, value] : quantity.by_stamp) {
        if ((stamp - first).count() % s != 0) {
          error("irregular_resolution", fmt::format("the stamp {} is off the regular step of {} s", format_instant(stamp), s), name);
          return false;
        }
        grid[static_cast<std::size_t>((stamp - first) / step)] = value;
      }
      grids.emplace(name, std::move(grid));
    }
    if (!take_fluxes(grids)) return false;
    take_states(grids);
    return true;
  }

  /// The request's word, else the files', else what take_accumulated finds in the data.
  bool take_fluxes(std::map<std::string, std::vector<double>>& grids) {
    FluxAccumulation how = options_.accumulation;
    if (how == FluxAccumulation::automatic && declared_hours_) {
      if (*declared_hours_ == 1.0)
        how = FluxAccumulation::hourly;
      else if (*declared_hours_ * 3600.0 == series_.step_s && !steps_since_start_)
        how = FluxAccumulation::step;
    }
    const bool unclear = how == FluxAccumulation::automatic && declared_hours_.has_value();
    std::vector<AccumulatedFlux> fluxes;
    for (const auto& [name, target] : {std::pair{"ssrd", &WeatherSeries::ghi}, std::pair{"fdir", &WeatherSeries::direct_horizontal}}) {
      if (const auto found = grids.find(name); found != grids.end()) fluxes.push_back({name, target, std::move(found->second)});
    }
    if (fluxes.empty()) return true;
    if (unclear &&
        !std::any_of(fluxes.begin(), fluxes.end(), [&](const AccumulatedFlux& f) { return is_since_midnight(series_, f.joules); })) {
      error("ambiguous_accumulation",
            fmt::format("the file says its sums run over {} h, its rows are {} h apart: say what they are sums of (--accumulation, "
                        "weather_accumulation: 1h, step or since_midnight)",
                        *declared_hours_, series_.step_s / 3600.0),
            fluxes.front().name);
      return false;
    }
    const Issues found = take_accumulated(series_, std::move(fluxes), how);
    for (Issue issue : found.all()) {
      issue.file = file_name_;
      issues_.add(std::move(issue));
    }
    return !found.has_errors();
  }

  void take_states(std::map<std::string, std::vector<double>>& grids) {
    const auto take = [&](const char* name, std::vector<double>& target) {
      if (const auto found = grids.find(name); found != grids.end()) target = found->second;
    };
    take("t2m", series_.temperature_k);
    take("wind100", series_.upper_wind);
    take("wind10", series_.lower_wind);
    take("sp", series_.pressure_pa);
    take("fsr", series_.roughness_m);
    take("fal", series_.albedo);
    const auto dew = grids.find("d2m");
    if (dew == grids.end() || series_.temperature_k.empty()) return;
    series_.relative_humidity = humidity_of_dew_point(series_.temperature_k, dew->second);
  }

  const WeatherRequest& request_;
  const Era5Options& options_;
  std::string file_name_;
  bool files_failed_{false};
  std::optional<double> declared_hours_{};  ///< what the files say their sums run over
  bool steps_since_start_{false};           ///< … and that from a forecast's start, not over the last step
  std::map<std::string, bool> present_;
  std::map<std::string, Collected> collected_;
  WeatherSeries series_;
  Issues issues_;
};

}  // namespace

Expected<ImportedWeather> read_era5(std::span<const std::filesystem::path> files, const WeatherRequest& request, const Era5Options& options,
                                    const ProgressCallback& progress, const CancellationToken* cancel) {
  const std::lock_guard lock(library_lock());
  return Era5Reader(request, options).read(files, progress, cancel);
}

}  // namespace bess
