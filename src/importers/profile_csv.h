#pragma once
// Production profiles from CSV (`timestamp,output_mw`), in all the dialects of market files, onto quarter-hours. The hourly files of PVGIS
// are known by their header: P in W, stamps in UTC with the minute of the satellite's picture, a snapshot held over the hour around it,
// from the nearest quarter-hour on; the preamble's nominal power is the capacity.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"
#include "generation/production.h"
#include "importers/market_import.h"
#include "market/price_set.h"

namespace bess {

/// The format of a production file: found by its header, a table, or one format and nothing else.
enum class ProfilePreset : std::uint8_t { automatic, none, pvgis_hourly };
/// What a preset's name means here; other names are presets of plain tables, which the mapping holds.
[[nodiscard]] ProfilePreset profile_preset(std::string_view name);

struct ProfileCsvOptions {
  std::string country{"NL"};
  ProfilePreset preset{ProfilePreset::automatic};
  FileMapping mapping{};                ///< canonical column `output_mw`; units MW, kW, W, GW, or MWh, kWh, GWh per row
  std::optional<double> capacity_mw{};  ///< of the park; absent: what the file says, else the highest output, with the warning `assumed`
  Duplicates duplicates{Duplicates::error};
  std::size_t max_rows{5'000'000};
  std::size_t max_issues{1000};
};

struct ImportedProfile {
  ProductionSeries production;  ///< quarter-hours from the first to the last row: power held (or averaged from 5 minutes), gaps filled
  ColumnQuality quality{};
  Issues warnings;
  FileReading reading{};
};

/// Errors: those of import_files, and out_of_range for output above 1.05 × capacity or a capacity that is not positive. Warnings: also
/// negative_production (set to 0), preset_used. Pure; safe for threads.
[[nodiscard]] Expected<ImportedProfile> import_profile(const InputFile& file, const ProfileCsvOptions& options = {});

}  // namespace bess
