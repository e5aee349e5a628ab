#pragma once
// Internal to the importers: what the preamble of a PVGIS file says.

#include <optional>
#include <string_view>
#include <vector>

namespace bess {

struct PvgisPreamble {
  std::optional<double> latitude{}, longitude{};
  std::optional<double> irradiance_offset_h{};
  std::optional<double> slope_deg{};
  std::optional<double> azimuth_deg{};  ///< 0: south, 90: west
  std::optional<double> nominal_kwp{};
};

/// The header of an hourly table.
struct PvgisHourly {
  std::size_t header_line{0};  ///< 0-based
  char separator{','};
  std::optional<std::size_t> power_cell{};  ///< of the column P, W
  PvgisPreamble preamble;
};
/// No value when the lines do not begin as such a file does.
[[nodiscard]] std::optional<PvgisHourly> find_pvgis_hourly(const std::vector<std::string_view>& lines);

}  // namespace bess
