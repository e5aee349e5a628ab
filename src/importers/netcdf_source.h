#pragma once
// What is asked of one gridded NetCDF file of weather, whoever reads it.

#include <cstddef>
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

struct NetcdfAxes {
  std::vector<Instant> times;
  std::vector<double> latitudes, longitudes;
};

/// Of one variable in one cell.
struct NetcdfValues {
  std::vector<double> by_time;  ///< NaN: missing
  double precision{0};          ///< half a packing step
};

/// Not thread-safe. Throws NetcdfError.
class NetcdfSource {
 public:
  NetcdfSource() = default;
  virtual ~NetcdfSource() = default;
  NetcdfSource(const NetcdfSource&) = delete;
  NetcdfSource& operator=(const NetcdfSource&) = delete;

  [[nodiscard]] virtual const NetcdfAxes& axes() const = 0;
  [[nodiscard]] virtual bool has(const std::string& variable) const = 0;
  /// Text attribute, "" when absent.
  [[nodiscard]] virtual std::string attribute(const std::string& variable, const std::string& name) const = 0;
  /// Hours of the coordinate `step` (of one entry, or one per time), largest; no value where the file has none.
  [[nodiscard]] virtual std::optional<double> longest_step_hours() const = 0;
  /// Values of one cell over time, unpacked.
  [[nodiscard]] virtual NetcdfValues read(const std::string& variable, std::size_t row, std::size_t column) const = 0;
};

}  // namespace bess
