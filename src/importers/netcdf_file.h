#pragma once
// Opens a gridded NetCDF file of weather.

#include <filesystem>
#include <memory>

#include "importers/netcdf_source.h"

namespace bess {

/// Classic files are read in this process, NetCDF-4 ones apart. Throws NetcdfError: not_found, unreadable_file, missing_column,
/// weather_unit, too_large.
[[nodiscard]] std::unique_ptr<NetcdfSource> open_netcdf(const std::filesystem::path& path);

}  // namespace bess
