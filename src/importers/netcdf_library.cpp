#include "importers/netcdf_library.h"

#include <fmt/format.h>
#include <netcdf.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bess {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t longest_axis = 20'000'000;  ///< NetCDF-4 stores nothing for values never written: a small file may claim any length

void check(int status, const std::string& what) {
  if (status != NC_NOERR) throw NetcdfError("unreadable_file", fmt::format("{}: {}", what, nc_strerror(status)));
}

std::string name_of_dimension(int file, int dimension) {
  char name[NC_MAX_NAME + 1] = {};
  check(nc_inq_dimname(file, dimension, name), "dimension");
  return name;
}

// Finds a coordinate: a dimension with a variable of the same name.
struct Axis {
  int dimension;
  int variable;
  std::size_t length;
};
std::optional<Axis> find_axis(int file, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    Axis axis{};
    if (nc_inq_dimid(file, name, &axis.dimension) != NC_NOERR || nc_inq_varid(file, name, &axis.variable) != NC_NOERR) continue;
    check(nc_inq_dimlen(file, axis.dimension, &axis.length), name);
    return axis;
  }
  return std::nullopt;
}

Axis need_axis(int file, std::initializer_list<const char*> names) {
  const auto axis = find_axis(file, names);
  if (!axis) throw NetcdfError("missing_column", fmt::format("the file has no {} axis", *names.begin()));
  if (axis->length == 0) throw NetcdfError("unreadable_file", fmt::format("the {} axis is empty", *names.begin()));
  if (axis->length > longest_axis)
    throw NetcdfError("too_large", fmt::format("the {} axis has {} entries, more than {}", *names.begin(), axis->length, longest_axis));
  return *axis;
}

/// The variable of an axis has its dimension and no other, so that it has as many values.
void check_axis(int file, const Axis& axis) {
  int rank = 0;
  check(nc_inq_varndims(file, axis.variable, &rank), "axis");
  if (rank != 1) throw NetcdfError("unreadable_file", "an axis does not have one dimension");
  int dimension = 0;
  check(nc_inq_vardimid(file, axis.variable, &dimension), "axis");
  if (dimension != axis.dimension) throw NetcdfError("unreadable_file", "an axis does not have the dimension of its name");
}

class LibraryFile final : public NetcdfSource {
 public:
  explicit LibraryFile(const std::filesystem::path& path);
  ~LibraryFile() override;

  [[nodiscard]] const NetcdfAxes& axes() const override { return axes_; }
  [[nodiscard]] bool has(const std::string& variable) const override;
  [[nodiscard]] std::string attribute(const std::string& variable, const std::string& name) const override;
  [[nodiscard]] std::optional<double> longest_step_hours() const override;
  [[nodiscard]] NetcdfValues read(const std::string& variable, std::size_t row, std::size_t column) const override;

 private:
  [[nodiscard]] std::vector<double> read_axis(int variable, std::size_t length) const;
  [[nodiscard]] std::optional<double> number_attribute(int variable, const char* name) const;
  /// Values of an axis, or of a scalar; its dimension, −1 of a scalar.
  [[nodiscard]] int read_place(std::vector<double>& values, const char* name, const char* short_name) const;
  void read_times(int variable, std::size_t length);
  int id_{-1};
  int time_dimension_{-1}, latitude_dimension_{-1}, longitude_dimension_{-1};
  NetcdfAxes axes_;
};

LibraryFile::LibraryFile(const std::filesystem::path& path) {
  check(nc_open(path.c_str(), NC_NOWRITE, &id_), "not a readable NetCDF file");
  try {
    const Axis time = need_axis(id_, {"time", "valid_time"});
    check_axis(id_, time);
    time_dimension_ = time.dimension;
    latitude_dimension_ = read_place(axes_.latitudes, "latitude", "lat");
    longitude_dimension_ = read_place(axes_.longitudes, "longitude", "lon");
    read_times(time.variable, time.length);
  } catch (...) {
    nc_close(id_);
    throw;
  }
}

int LibraryFile::read_place(std::vector<double>& values, const char* name, const char* short_name) const {
  for (const char* scalar : {name, short_name}) {  // files of one point have no axis but a single number
    int id = 0;
    int rank = 0;
    if (nc_inq_varid(id_, scalar, &id) != NC_NOERR || nc_inq_varndims(id_, id, &rank) != NC_NOERR || rank != 0) continue;
    values.resize(1);
    check(nc_get_var_double(id_, id, values.data()), name);
    return -1;
  }
  const Axis axis = need_axis(id_, {name, short_name});
  check_axis(id_, axis);
  values = read_axis(axis.variable, axis.length);
  return axis.dimension;
}

LibraryFile::~LibraryFile() { nc_close(id_); }

std::vector<double> LibraryFile::read_axis(int variable, std::size_t length) const {
  std::vector<double> values(length);
  check(nc_get_var_double(id_, variable, values.data()), "axis");
  return values;
}

void LibraryFile::read_times(int variable, std::size_t length) {
  char name[NC_MAX_NAME + 1] = {};
  check(nc_inq_varname(id_, variable, name), "time axis");
  const std::string units = attribute(name, "units");
  const std::string calendar = attribute(name, "calendar");
  if (!calendar.empty() && calendar != "standard" && calendar != "gregorian" && calendar != "proleptic_gregorian") {
    throw NetcdfError("weather_unit", fmt::format("the calendar \"{}\" is not the civil one", calendar));
  }
  const auto since = units.find(" since ");
  double unit_s = 0.0;
  if (units.starts_with("hours")) unit_s = 3600.0;
  if (units.starts_with("seconds")) unit_s = 1.0;
  if (units.starts_with("minutes")) unit_s = 60.0;
  if (units.starts_with("days")) unit_s = 86400.0;
  std::optional<Instant> origin;
  if (since != std::string::npos && unit_s > 0.0) {
    const std::string date = units.substr(since + 7, 10);
    std::string clock = units.size() > since + 18 ? units.substr(since + 18, 8) : "00:00:00";
    while (!clock.empty() && (clock.back() == '.' || clock.back() == 'Z' || clock.back() == ' ')) clock.pop_back();
    if (clock.ends_with(":0")) clock += "0";
    origin = parse_instant(date + "T" + clock + "Z");
  }
  if (!origin) throw NetcdfError("weather_unit", fmt::format("the time axis is in \"{}\", not in hours or seconds since a date", units));
  const auto raw = read_axis(variable, length);
  axes_.times.reserve(length);
  for (const double value : raw) {
    if (!std::isfinite(value) || std::abs(value) * unit_s > 1e12)
      throw NetcdfError("unreadable_file", "the time axis holds a value that is no time");
    axes_.times.push_back(*origin + std::chrono::seconds{std::llround(value * unit_s)});
  }
}

bool LibraryFile::has(const std::string& variable) const {
  int id = 0;
  return nc_inq_varid(id_, variable.c_str(), &id) == NC_NOERR;
}

std::string LibraryFile::attribute(const std::string& variable, const std::string& name) const {
  int id = 0;
  std::size_t length = 0;
  nc_type type = NC_NAT;
  if (nc_inq_varid(id_, variable.c_str(), &id) != NC_NOERR || nc_inq_att(id_, id, name.c_str(), &type, &length) != NC_NOERR) return {};
  if (type == NC_CHAR) {
    std::string text(length, '\0');
    check(nc_get_att_text(id_, id, name.c_str(), text.data()), name);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
  }
  if (type == NC_STRING && length == 1) {
    char* text = nullptr;
    check(nc_get_att_string(id_, id, name.c_str(), &text), name);
    std::string copy = text == nullptr ? std::string{} : std::string{text};
    nc_free_string(1, &text);
    return copy;
  }
  return {};
}

std::optional<double> LibraryFile::number_attribute(int variable, const char* name) const {
  std::size_t length = 0;
  nc_type type = NC_NAT;
  if (nc_inq_att(id_, variable, name, &type, &length) != NC_NOERR || length != 1 || type == NC_CHAR || type == NC_STRING)
    return std::nullopt;
  double value = 0.0;
  check(nc_get_att_double(id_, variable, name, &value), name);
  return value;
}

std::optional<double> LibraryFile::longest_step_hours() const {
  int id = 0;
  int rank = 0;
  if (nc_inq_varid(id_, "step", &id) != NC_NOERR || nc_inq_varndims(id_, id, &rank) != NC_NOERR || rank > 1) return std::nullopt;
  std::size_t length = 1;
  if (rank == 1) {
    int dimension = 0;
    check(nc_inq_vardimid(id_, id, &dimension), "step");
    check(nc_inq_dimlen(id_, dimension, &length), "step");
  }
  if (length == 0 || length > 10'000'000) return std::nullopt;
  std::vector<double> values(length);
  check(nc_get_var_double(id_, id, values.data()), "step");
  const std::string units = attribute("step", "units");
  double hours = 1.0;
  if (units.starts_with("nanoseconds")) hours = 1.0 / 3.6e12;
  if (units.starts_with("microseconds")) hours = 1.0 / 3.6e9;
  if (units.starts_with("milliseconds")) hours = 1.0 / 3.6e6;
  if (units.starts_with("seconds")) hours = 1.0 / 3600.0;
  if (units.starts_with("minutes")) hours = 1.0 / 60.0;
  if (units.starts_with("days")) hours = 24.0;
  return *std::max_element(values.begin(), values.end()) * hours;
}

NetcdfValues LibraryFile::read(const std::string& variable, std::size_t row, std::size_t column) const {
  int id = 0;
  check(nc_inq_varid(id_, variable.c_str(), &id), variable);
  int rank = 0;
  std::array<int, NC_MAX_VAR_DIMS> dimensions{};
  check(nc_inq_varndims(id_, id, &rank), variable);
  check(nc_inq_vardimid(id_, id, dimensions.data()), variable);

  // Every axis but time is one index; expver (final and preliminary data side by side) is read index by index.
  std::vector<std::size_t> start(static_cast<std::size_t>(rank), 0);
  std::vector<std::size_t> count(static_cast<std::size_t>(rank), 1);
  std::size_t versions = 1;
  std::size_t version_axis = 0;
  bool has_time = false;
  for (std::size_t d = 0; d < start.size(); ++d) {
    std::size_t length = 0;
    check(nc_inq_dimlen(id_, dimensions[d], &length), variable);
    if (dimensions[d] == time_dimension_) {
      if (has_time) throw NetcdfError("unreadable_file", fmt::format("{} has the time axis twice", variable));
      count[d] = axes_.times.size();
      has_time = true;
    } else if (dimensions[d] == latitude_dimension_) {
      start[d] = row;
    } else if (dimensions[d] == longitude_dimension_) {
      start[d] = column;
    } else if (length > 1) {
      const std::string name = name_of_dimension(id_, dimensions[d]);
      if (name == "step")
        throw NetcdfError(
            "ambiguous_accumulation",
            fmt::format("{} holds {} forecast steps a time: download the file by valid time (one value an hour)", variable, length));
      if (name == "number")
        throw NetcdfError("unreadable_file",
                          fmt::format("{} holds {} ensemble members; one is expected (product type reanalysis)", variable, length));
      if (name != "expver" || length > 4)
        throw NetcdfError("unreadable_file", fmt::format("{} has {} entries along \"{}\"; one is expected", variable, length, name));
      versions = length;
      version_axis = d;
    }
  }
  if (!has_time) throw NetcdfError("unreadable_file", fmt::format("{} does not vary in time", variable));

  const double scale = number_attribute(id, "scale_factor").value_or(1.0);
  const double offset = number_attribute(id, "add_offset").value_or(0.0);
  const auto fill = number_attribute(id, "_FillValue");
  const auto missing = number_attribute(id, "missing_value");
  NetcdfValues values;
  values.precision = number_attribute(id, "scale_factor") ? std::abs(scale) / 2.0 : 0.0;
  values.by_time.assign(axes_.times.size(), nan);
  std::vector<double> raw(axes_.times.size());
  for (std::size_t version = 0; version < versions; ++version) {
    if (versions > 1) start[version_axis] = version;
    check(nc_get_vara_double(id_, id, start.data(), count.data(), raw.data()), variable);
    for (std::size_t t = 0; t < raw.size(); ++t) {
      const bool absent = std::isnan(raw[t]) || (fill && raw[t] == *fill) || (missing && raw[t] == *missing);
      if (!absent && std::isnan(values.by_time[t])) values.by_time[t] = raw[t] * scale + offset;
    }
  }
  return values;
}

}  // namespace

std::unique_ptr<NetcdfSource> read_netcdf_here(const std::filesystem::path& path) { return std::make_unique<LibraryFile>(path); }

}  // namespace bess
