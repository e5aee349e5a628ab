#pragma once
// A NetCDF file read by the library in this process.

#include <filesystem>
#include <memory>

#include "importers/netcdf_source.h"

namespace bess {

/// HDF5, which reads NetCDF-4, can crash on a damaged file: such files are read apart (importers/netcdf_apart.h).
[[nodiscard]] std::unique_ptr<NetcdfSource> read_netcdf_here(const std::filesystem::path& path);

}  // namespace bess
