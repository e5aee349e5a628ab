#pragma once
// The length a classic NetCDF file (CDF-1, CDF-2, CDF-5) must have by its own header. The library reads zeros beyond the end of a
// truncated file without a word, so importers ask here first.

#include <cstdint>
#include <filesystem>
#include <optional>

namespace bess {

enum class ClassicState : std::uint8_t {
  not_classic,  ///< another format (NetCDF-4/HDF5 checks its length itself)
  complete,
  truncated,  ///< shorter than its header says, or the header itself is cut or senseless
};
[[nodiscard]] ClassicState check_classic_length(const std::filesystem::path& file);

}  // namespace bess
