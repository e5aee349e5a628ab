#pragma once
// Market data from CSV files, as any exchange writes them, to the tables of a scenario. The formats, dialects and rules are
// told in docs/formats.md. Pure functions of their arguments; safe for threads.
//
// All or nothing: one error and no table comes back. All problems of all files are listed, each with file, row and column
// (per file the first `max_issues_per_file`; then one says how many more there are).
//
// Errors: encoding, missing_column, duplicate_column, ambiguous_number, bad_number, ambiguous_time, dst_count, duplicate_timestamp,
// irregular_resolution, gap, price_absurd, out_of_range (years before 1990 or after 2199), too_large, time_zone, wrong_type (unknown unit
// or table in the mapping). Warnings: unsorted, duplicate_dropped, extra_column, gap_filled, price_outside_limits, take_below_feed,
// assumed.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "market/table.h"

namespace bess {

/// A file by name and content; the bytes belong to the caller and must outlive the call.
struct InputFile {
  std::string name;
  std::string_view bytes{};
};

/// How one file is to be read; everything may be left out.
struct FileMapping {
  std::optional<TableKind> table{};                ///< else found from the column names
  std::map<std::string, std::string> columns{};    ///< canonical name → name in the file's header. Also `timestamp`, `timestamp_end`
                                                   ///< (or `delivery_end`), or `date` and `time` instead of `timestamp`
  std::string time_zone{};                         ///< of stamps without offset: "UTC", "+01:00", "local", "Europe/Amsterdam"
  std::map<std::string, std::string> units{};      ///< canonical name → unit, where it is not the canonical one
  bool exact_rows{false};                          ///< our own export: each row holds from `timestamp` to `timestamp_end`, holes are meant
  std::map<std::string, ColumnQuality> quality{};  ///< canonical name → what an exact column once was read from
  std::map<std::string, std::vector<ReadResolution>> resolution{};  ///< the same, where it was not one resolution throughout
};
/// By file name (whole, else its last path component).
using ImportMapping = std::map<std::string, FileMapping>;

enum class Duplicates : std::uint8_t { error, last };

struct ImportOptions {
  std::string country{"NL"};  ///< market calendar, reserve blocks, price limits
  ImportMapping mapping{};
  FileMapping every_file{};  ///< for files without a mapping of their own
  Duplicates duplicates{Duplicates::error};
  std::size_t max_rows{5'000'000};  ///< over all files
  std::size_t max_issues_per_file{1000};
};

/// What was read into one column.
struct ImportedColumn {
  TableKind table{TableKind::price};
  std::string name;  ///< canonical
  std::string file;
  std::string header;       ///< its name in the file
  ColumnQuality quality{};  ///< interpolated and borrowed: quarter-hours as they will be filled when the column is used
  Instant from{};           ///< start of the first row with a value
  Instant to{};             ///< end of the last one
};

struct ImportResult {
  std::vector<MarketTable> tables;      ///< in the order of TableKind, none empty
  std::vector<ImportedColumn> columns;  ///< in the order of the files
  std::int64_t rows_read{0};            ///< data rows of all files
  std::int64_t duplicates_dropped{0};
  Issues warnings;
};

[[nodiscard]] Expected<ImportResult> import_files(std::span<const InputFile> files, const ImportOptions& options = {});

/// What a CSV file holds, by its header.
enum class CsvContent : std::uint8_t { market, profile, unknown };
[[nodiscard]] CsvContent detect_content(std::string_view bytes, const FileMapping& mapping = {});

/// The mapping for a file: its own, else `every_file`.
[[nodiscard]] const FileMapping& mapping_for(const ImportOptions& options, std::string_view file);

}  // namespace bess
