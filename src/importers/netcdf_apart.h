#pragma once
// A NetCDF file read in a process of its own (docs/decisions/0019-netcdf-4-apart.md).

#include <filesystem>
#include <memory>

#include "importers/netcdf_source.h"

namespace bess {

/// Same answers as read_netcdf_here(). What a damaged file does to the library ends the other process and is told as a problem of the file
/// (unreadable_file). The process lasts as long as what is returned.
[[nodiscard]] std::unique_ptr<NetcdfSource> read_netcdf_apart(const std::filesystem::path& path);

}  // namespace bess
