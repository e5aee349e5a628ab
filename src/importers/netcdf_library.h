#pragma once
// A NetCDF file as the library reads it, in this process. HDF5, which reads NetCDF-4, can crash on a damaged file:
// importers/netcdf_apart.h.

#include <filesystem>

#include "importers/netcdf_source.h"

namespace bess {

class NetcdfLibraryFile final : public NetcdfSource {
 public:
  explicit NetcdfLibraryFile(const std::filesystem::path& path);
  ~NetcdfLibraryFile() override;

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

}  // namespace bess
