#pragma once
// One gridded NetCDF file of weather: its axes, and single variables read for a few cells. Throws NetcdfError; not thread-safe. Classic
// files are read in this process, NetCDF-4 ones apart.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "importers/netcdf_source.h"

namespace bess {

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
  using Values = NetcdfValues;
  explicit NetcdfFile(const std::filesystem::path& path);

  [[nodiscard]] const std::vector<Instant>& times() const { return source_->axes().times; }
  [[nodiscard]] const std::vector<double>& latitudes() const { return source_->axes().latitudes; }
  [[nodiscard]] const std::vector<double>& longitudes() const { return source_->axes().longitudes; }
  [[nodiscard]] bool has(const std::string& variable) const { return source_->has(variable); }
  [[nodiscard]] std::string attribute(const std::string& variable, const std::string& name) const {
    return source_->attribute(variable, name);
  }
  [[nodiscard]] std::optional<double> longest_step_hours() const { return source_->longest_step_hours(); }
  [[nodiscard]] Values read(const std::string& variable, std::size_t row, std::size_t column) const {
    return source_->read(variable, row, column);
  }

 private:
  std::unique_ptr<NetcdfSource> source_;
};

}  // namespace bess
