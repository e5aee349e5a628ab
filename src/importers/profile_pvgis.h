#pragma once
// Internal to the importers: the production (P, W) of an hourly PVGIS file.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "importers/csv_rows.h"
#include "importers/profile_csv.h"

namespace bess {

struct PvgisProduction {
  RowSet rows;  ///< one column, MW; a row starts on the quarter-hour nearest to half an hour before its stamp
  std::chrono::seconds step{3600};
  std::string header;
  std::optional<double> capacity_mw{};
};

/// No value where the text is none of PVGIS (then nothing is said), or after an error. The mapping may name another column than P and its
/// unit. Issues: missing_column (no P), bad_number, ambiguous_time, irregular_resolution, duplicate_timestamp, wrong_type, too_large;
/// warnings preset_used, preset_overridden.
[[nodiscard]] std::optional<PvgisProduction> read_pvgis_production(std::string_view text, const std::string& file,
                                                                   const ProfileCsvOptions& options, Issues& issues);

/// Does the text begin like an hourly file of PVGIS that holds production?
[[nodiscard]] bool is_pvgis_production(std::string_view text);

}  // namespace bess
