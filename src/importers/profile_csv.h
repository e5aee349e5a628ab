#pragma once
// Production profiles from CSV (`timestamp,output_mw`), in all the dialects of market files, onto quarter-hours.

#include <optional>
#include <span>

#include "base/error.h"
#include "generation/production.h"
#include "importers/market_import.h"
#include "market/price_set.h"

namespace bess {

struct ProfileCsvOptions {
  std::string country{"NL"};
  FileMapping mapping{};                ///< canonical column `output_mw`; units MW, kW, W, GW, or MWh, kWh, GWh per row
  std::optional<double> capacity_mw{};  ///< of the park; absent: the highest output, with the warning `assumed`
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
/// negative_production (set to 0). Pure; safe for threads.
[[nodiscard]] Expected<ImportedProfile> import_profile(const InputFile& file, const ProfileCsvOptions& options = {});

}  // namespace bess
