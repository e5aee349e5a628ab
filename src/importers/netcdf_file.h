#pragma once
// One gridded NetCDF file of weather: its axes, and single variables read for a few cells. Throws NetcdfError; not thread-safe.

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "timeline/instant.h"

namespace bess {

/// A file that can't be used; `code` as in importers/weather_import.h.
class NetcdfError : public Exception {
 public:
  using Exception::Exception;
};

/// Up to four cells with weights that sum to 1.
struct CellBlend {
  struct Cell {
    std::size_t row;     ///< index on the latitude axis
    std::size_t column;  ///< index on the longitude axis
    double weight;
  };
  std::vector<Cell> cells;
};

class NetcdfFile {
 public:
  explicit NetcdfFile(const std::filesystem::path& path);
  ~NetcdfFile();
  NetcdfFile(const NetcdfFile&) = delete;
  NetcdfFile& operator=(const NetcdfFile&) = delete;

  [[nodiscard]] const std::vector<Instant>& times() const { return times_; }
  [[nodiscard]] const std::vector<double>& latitudes() const { return latitudes_; }
  [[nodiscard]] const std::vector<double>& longitudes() const { return longitudes_; }
  [[nodiscard]] bool has(const std::string& variable) const;
  /// Text attribute, "" when absent.
  [[nodiscard]] std::string attribute(const std::string& variable, const std::string& name) const;

  /// Hours of the coordinate `step` (of one entry, or one per time), largest; no value where the file has none.
  [[nodiscard]] std::optional<double> longest_step_hours() const;

  struct Values {
    std::vector<double> by_time;  ///< NaN: missing
    double precision{0};          ///< half a packing step
  };
  /// Values of one cell over time, unpacked.
  [[nodiscard]] Values read(const std::string& variable, std::size_t row, std::size_t column) const;

 private:
  [[nodiscard]] std::vector<double> read_axis(int variable, std::size_t length) const;
  [[nodiscard]] std::optional<double> number_attribute(int variable, const char* name) const;
  /// Values of an axis, or of a scalar; its dimension, −1 of a scalar.
  [[nodiscard]] int read_place(std::vector<double>& values, const char* name, const char* short_name) const;
  void read_times(int variable, std::size_t length);
  int id_{-1};
  int time_dimension_{-1}, latitude_dimension_{-1}, longitude_dimension_{-1};
  std::vector<Instant> times_;
  std::vector<double> latitudes_;
  std::vector<double> longitudes_;
};

}  // namespace bess
