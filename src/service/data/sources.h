#pragma once
// Where prices come from outside the store: files, folders and ZIP archives, read into memory and handed to the importers.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "importers/market_import.h"
#include "market/price_set.h"

namespace bess::service {

/// One file in memory.
struct SourceFile {
  std::string name;
  std::string bytes;
};

struct SourceSet {
  std::vector<SourceFile> files;
  ImportMapping mapping;  ///< of a mapping.json found beside the files
};

inline constexpr std::uintmax_t max_source_bytes = 256U << 20U;

/// Files as they are, workbooks too; the .csv files and mapping.json of a folder, in the order of their names; the members of a ZIP
/// archive. Codes: not_found, too_large, zip_unsafe, and those of parse_mapping.
[[nodiscard]] Expected<SourceSet> read_sources(const std::vector<std::filesystem::path>& paths);

/// An upload: a ZIP archive (but for a workbook) is unpacked, anything else is one file.
[[nodiscard]] Expected<SourceSet> unpack_upload(std::string name, std::string bytes);

/// {"FILE": {"table": …, "columns": {canonical: header}, "time_zone": …, "units": {canonical: unit}, "where": {header: texts},
/// "pivot": {"column": header, "values": {product: canonical}}, "date_order": …, "preset": …, "rows": "exact", "quality": {canonical:
/// {rows, …}}}}. Codes: malformed_json, wrong_type, unknown_key (a warning is an error here: a mapping that is ignored would mislead).
/// `name` is the file to blame.
[[nodiscard]] Expected<ImportMapping> parse_mapping(std::string_view json_text, const std::string& name);

/// import_files on a set; the set's own mapping goes before that of the options.
[[nodiscard]] Expected<ImportResult> import_sources(const SourceSet& sources, ImportOptions options);

/// Imported tables as a price set. `name` is what reports call it.
struct LoadedPrices {
  PriceSet prices;
  std::vector<ImportedColumn> columns;
  std::vector<FileReading> files;
  Issues warnings;
};
[[nodiscard]] Expected<LoadedPrices> load_prices(const SourceSet& sources, const ImportOptions& options, const std::string& name);

}  // namespace bess::service
