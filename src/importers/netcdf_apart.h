#pragma once
// A NetCDF file read in a process of its own (docs/decisions/0019-netcdf-4-apart.md): what a damaged file does to the library ends that
// process and is told as a problem of the file. Same answers as NetcdfLibraryFile.

#include <sys/types.h>

#include <filesystem>

#include "importers/netcdf_source.h"

namespace bess {

class NetcdfApart final : public NetcdfSource {
 public:
  explicit NetcdfApart(const std::filesystem::path& path);
  ~NetcdfApart() override;

  [[nodiscard]] const NetcdfAxes& axes() const override { return axes_; }
  [[nodiscard]] bool has(const std::string& variable) const override;
  [[nodiscard]] std::string attribute(const std::string& variable, const std::string& name) const override;
  [[nodiscard]] std::optional<double> longest_step_hours() const override;
  [[nodiscard]] NetcdfValues read(const std::string& variable, std::size_t row, std::size_t column) const override;

 private:
  void end();
  int socket_{-1};
  pid_t reader_{-1};
  NetcdfAxes axes_;
};

}  // namespace bess
