#pragma once
// Writes small ERA5-like files: one grid, hourly stamps, variables given by a function of (time index, row, column).

#include <gtest/gtest.h>
#include <netcdf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "importers/netcdf_era5.h"
#include "timeline/instant.h"

namespace bess::test {

struct FixtureVariable {
  std::string name;
  std::string unit;
  std::function<double(std::size_t, std::size_t, std::size_t)> value;  ///< NaN: missing
  bool packed{true};
  std::vector<std::pair<std::string, std::string>> attributes{};
};

struct Era5Fixture {
  Instant first_stamp{};
  std::size_t hours{0};
  std::vector<double> latitudes{52.75, 52.5};
  std::vector<double> longitudes{13.0, 13.25, 13.5};
  std::vector<FixtureVariable> variables{};
  bool new_names{false};     ///< valid_time in seconds since 1970, int64, NetCDF-4
  bool with_expver{false};   ///< odd stamps in the second version
  std::string time_units{};  ///< instead of the usual
  std::size_t every{1};      ///< stamps lie so many hours apart; values are still asked for by the hour
  std::size_t members{0};    ///< of a dimension `number`; 0: there is none
  double step_hours{0};      ///< of a scalar coordinate `step`; 0: there is none
  bool point{false};         ///< latitude and longitude are single numbers
};

inline void nc(int status) { ASSERT_EQ(status, NC_NOERR) << nc_strerror(status); }

/// Packing of a variable into 16 bits.
struct Packing {
  double scale{1};
  double offset{0};
};
inline constexpr short packed_fill = -32767;

inline Packing packing_of(const std::vector<double>& values) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double v : values) {
    if (std::isnan(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  return {high > low ? (high - low) / 65000.0 : 1.0, (high + low) / 2.0};
}

inline void define_packing(int file, int id, const Packing& packing) {
  nc(nc_put_att_double(file, id, "scale_factor", NC_DOUBLE, 1, &packing.scale));
  nc(nc_put_att_double(file, id, "add_offset", NC_DOUBLE, 1, &packing.offset));
  nc(nc_put_att_short(file, id, "_FillValue", NC_SHORT, 1, &packed_fill));
  nc(nc_put_att_short(file, id, "missing_value", NC_SHORT, 1, &packed_fill));
}

inline void put_packed(int file, int id, const std::vector<double>& values, const Packing& packing) {
  std::vector<short> raw(values.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    raw[i] = std::isnan(values[i]) ? packed_fill : static_cast<short>(std::lround((values[i] - packing.offset) / packing.scale));
  }
  nc(nc_put_var_short(file, id, raw.data()));
}

/// Every value of a variable in the order of the file.
inline std::vector<double> all_values(const Era5Fixture& f, const FixtureVariable& variable) {
  std::vector<double> values;
  for (std::size_t t = 0; t < f.hours; ++t) {
    for (std::size_t version = 0; version < std::max<std::size_t>(f.with_expver ? 2U : 1U, f.members); ++version) {
      for (std::size_t r = 0; r < f.latitudes.size(); ++r) {
        for (std::size_t c = 0; c < f.longitudes.size(); ++c) {
          const bool here = !f.with_expver || t % 2 == version;
          values.push_back(here ? variable.value(t * f.every, r, c) : std::numeric_limits<double>::quiet_NaN());
        }
      }
    }
  }
  return values;
}

inline void write_era5(const std::filesystem::path& path, const Era5Fixture& f) {
  int file = 0;
  nc(nc_create(path.c_str(), NC_CLOBBER | (f.new_names ? NC_NETCDF4 : NC_64BIT_OFFSET), &file));
  const char* time_name = f.new_names ? "valid_time" : "time";
  int time = 0, lat = 0, lon = 0, expver = -1, time_id = 0, lat_id = 0, lon_id = 0;
  if (!f.point) {
    nc(nc_def_dim(file, "longitude", f.longitudes.size(), &lon));
    nc(nc_def_dim(file, "latitude", f.latitudes.size(), &lat));
  }
  int number = -1, number_id = 0, step_id = 0;
  if (f.members > 0) nc(nc_def_dim(file, "number", f.members, &number));
  if (f.members > 0) nc(nc_def_var(file, "number", NC_INT, 1, &number, &number_id));
  if (f.step_hours > 0.0) nc(nc_def_var(file, "step", NC_DOUBLE, 0, nullptr, &step_id));
  if (f.step_hours > 0.0) nc(nc_put_att_text(file, step_id, "units", 5, "hours"));
  if (f.with_expver) nc(nc_def_dim(file, "expver", 2, &expver));
  nc(nc_def_dim(file, time_name, f.hours, &time));
  nc(nc_def_var(file, "longitude", NC_FLOAT, f.point ? 0 : 1, &lon, &lon_id));
  nc(nc_def_var(file, "latitude", NC_FLOAT, f.point ? 0 : 1, &lat, &lat_id));
  nc(nc_def_var(file, time_name, f.new_names ? NC_INT64 : NC_INT, 1, &time, &time_id));
  const std::string units = !f.time_units.empty() ? f.time_units
                            : f.new_names         ? "seconds since 1970-01-01"
                                                  : "hours since 1900-01-01 00:00:00.0";
  nc(nc_put_att_text(file, time_id, "units", units.size(), units.c_str()));
  const std::string calendar = f.new_names ? "proleptic_gregorian" : "gregorian";
  nc(nc_put_att_text(file, time_id, "calendar", calendar.size(), calendar.c_str()));
  std::vector<int> ids;
  std::vector<std::vector<double>> values;
  for (const auto& variable : f.variables) {
    int id = 0;
    std::vector<int> dims{time};
    if (f.with_expver) dims.push_back(expver);
    if (f.members > 0) dims.push_back(number);
    if (!f.point) dims.insert(dims.end(), {lat, lon});
    nc(nc_def_var(file, variable.name.c_str(), variable.packed ? NC_SHORT : NC_DOUBLE, static_cast<int>(dims.size()), dims.data(), &id));
    if (!variable.unit.empty()) nc(nc_put_att_text(file, id, "units", variable.unit.size(), variable.unit.c_str()));
    for (const auto& [name, text] : variable.attributes) nc(nc_put_att_text(file, id, name.c_str(), text.size(), text.c_str()));
    values.push_back(all_values(f, variable));
    if (variable.packed) define_packing(file, id, packing_of(values.back()));
    ids.push_back(id);
  }
  nc(nc_enddef(file));
  nc(nc_put_var_double(file, lon_id, f.longitudes.data()));
  nc(nc_put_var_double(file, lat_id, f.latitudes.data()));
  if (f.step_hours > 0.0) nc(nc_put_var_double(file, step_id, &f.step_hours));
  const Instant origin = f.new_names ? Instant{} : Instant{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
  std::vector<long long> stamps(f.hours);
  for (std::size_t t = 0; t < f.hours; ++t) {
    const auto seconds = (f.first_stamp - origin).count() + 3600LL * static_cast<long long>(t * f.every);
    stamps[t] = f.new_names ? seconds : seconds / 3600;
  }
  nc(nc_put_var_longlong(file, time_id, stamps.data()));
  for (std::size_t k = 0; k < ids.size(); ++k) {
    if (f.variables[k].packed) {
      put_packed(file, ids[k], values[k], packing_of(values[k]));
    } else {
      nc(nc_put_var_double(file, ids[k], values[k].data()));
    }
  }
  nc(nc_close(file));
}

/// A directory that goes away with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory()
      : path_(std::filesystem::temp_directory_path() / ("bess_weather_" + std::to_string(::getpid()) + "_" + std::to_string(next()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  static int next() {
    static int number = 0;
    return ++number;
  }
  std::filesystem::path path_;
};

/// Two days of 2023, two variables.
inline Era5Fixture small_era5(bool new_names) {
  Era5Fixture f{.first_stamp = *parse_instant("2023-01-01T00:00:00Z"), .hours = 48};
  f.variables = {
      {"ssrd", "J m**-2", [](std::size_t t, std::size_t r, std::size_t c) { return 1000.0 * static_cast<double>(t % 24 + r + c); }},
      {"t2m", "K", [](std::size_t t, std::size_t, std::size_t) { return 280.0 + static_cast<double>(t % 5); }, false}};
  f.new_names = new_names;
  f.step_hours = 1.0;
  return f;
}

/// What reading a file for one place is refused with; empty when it is accepted.
inline std::vector<std::string> codes_of(const std::filesystem::path& file) {
  const std::array<std::filesystem::path, 1> files{file};
  const auto read = read_era5(files, {.latitude = 52.6, .longitude = 13.1, .allow_partial = true});
  std::vector<std::string> codes;
  if (!read) {
    for (const Issue& issue : read.issues().all()) codes.push_back(issue.code);
  }
  return codes;
}

}  // namespace bess::test
