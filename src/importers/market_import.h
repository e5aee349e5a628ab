#pragma once
// Market data from CSV files, as any exchange writes them, to the tables of a scenario. The formats, dialects and rules are
// told in docs/formats.md. Pure functions of their arguments; safe for threads.
//
// All or nothing: one error and no table comes back. All problems of all files are listed, each with file, row and column
// (per file the first `max_issues_per_file`; then one says how many more there are).
//
// Errors: encoding, unreadable_file, missing_column, duplicate_column, ambiguous_number, bad_number, ambiguous_time, dst_count,
// duplicate_timestamp, irregular_resolution, gap, price_absurd, out_of_range (years before 1990 or after 2199), too_large, time_zone,
// unit_conflict (a unit or currency of the file that cannot be converted), wrong_type (unknown unit, table or preset in the mapping).
// Warnings: unsorted, duplicate_dropped, extra_column, unused_column, gap_filled, price_outside_limits, take_below_feed, assumed,
// unit_overridden, unit_suspicious, currency_converted, other_area, stand_in, rows_left_out, footer_ignored.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "importers/date_order.h"
#include "market/table.h"

namespace bess {

/// A file by name and content; the bytes belong to the caller and must outlive the call.
struct InputFile {
  std::string name;
  std::string_view bytes{};
};

/// What the rows of one product of a long table say.
struct PivotTarget {
  std::vector<std::string> columns{};  ///< canonical columns that such a row speaks of; empty: all
  std::optional<int> minute{};         ///< of the local day at which the row starts; none: at its own time stamp
};

/// A long table: one row per time and product, told apart by a column.
struct Pivot {
  std::string column;                         ///< its header
  std::map<std::string, PivotTarget> values;  ///< by the cell's text; rows of other products are not read
};

/// How one file is to be read; everything may be left out.
struct FileMapping {
  std::optional<TableKind> table{};              ///< else found from the column names
  std::map<std::string, std::string> columns{};  ///< canonical name → name in the file's header. Also `timestamp`, `timestamp_end`
                                                 ///< (or `delivery_end`), or `date` and `time` instead of `timestamp`; `zone`
                                                 ///< (CET, CEST, UTC beside the stamp); `period` (number of the quarter-hour of
                                                 ///< the local day, beside `date` or `timestamp`)
  std::string time_zone{};                       ///< of stamps without offset: "UTC", "+01:00", "local", "Europe/Amsterdam"
  std::map<std::string, std::string> units{};    ///< canonical name → unit, where it is not the canonical one
  std::map<std::string, std::vector<std::string>> where{};  ///< header → texts: only rows whose cell is one of them are read
  std::optional<Pivot> pivot{};
  DateOrder date_order{DateOrder::find};           ///< of dates that can be read two ways
  std::string preset{};                            ///< "": a usual export is recognised; "none": it is not; else the preset to take
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

/// How a file was understood.
struct FileReading {
  std::string file;
  std::string preset{};                 ///< the usual export it was recognised as; empty: by its column names or a mapping
  std::string title{};                  ///< what that export is
  std::vector<std::string> not_used{};  ///< headers of columns that were not read
  std::int64_t rows_left_out{0};        ///< rows that `where` or the pivot passed over
};

struct ImportResult {
  std::vector<MarketTable> tables;      ///< in the order of TableKind, none empty
  std::vector<ImportedColumn> columns;  ///< in the order of the files
  std::vector<FileReading> files;       ///< one per file, in their order
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
