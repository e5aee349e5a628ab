#include "importers/netcdf_file.h"

#include "importers/netcdf_apart.h"
#include "importers/netcdf_classic.h"
#include "importers/netcdf_library.h"

namespace bess {

std::unique_ptr<NetcdfSource> open_netcdf(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) throw NetcdfError("not_found", "no such weather file");
  switch (check_classic_length(path)) {
    case ClassicState::truncated:
      throw NetcdfError("unreadable_file", "the file is truncated: shorter than its header says");
    case ClassicState::complete:
      return read_netcdf_here(path);
    case ClassicState::not_classic:
      break;
  }
  return read_netcdf_apart(path);
}

}  // namespace bess
