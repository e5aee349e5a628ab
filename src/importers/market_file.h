#pragma once
// Internal to the importers: one market file, from its bytes to checked columns in canonical units, each on the rows it has.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "importers/market_import.h"
#include "timeline/calendar.h"

namespace bess {

/// Rows that columns share: ascending, without overlaps.
struct RowAxis {
  std::vector<Instant> start;
  std::vector<std::int32_t> duration_s;
};

struct FileColumn {
  ImportedColumn about;
  std::shared_ptr<const RowAxis> axis;
  std::vector<double> values;  ///< per row of the axis; NaN: empty
  std::vector<ReadResolution> resolution{};
  Instant covers_from{}, covers_to{};  ///< the rows of its file
};

struct FileContent {
  std::vector<FileColumn> columns;
  std::int64_t rows_read{0};
  std::int64_t duplicates_dropped{0};
  FileReading reading{};
};

/// Reads and checks one file. Errors and warnings go to `issues`. After an error the columns are only named, without rows, so that what
/// files bring together can still be checked; nothing when not even that is known.
[[nodiscard]] std::optional<FileContent> read_market_file(const InputFile& file, const ImportOptions& options,
                                                          const MarketCalendar& calendar, Issues& issues);

/// Columns of one table on the rows of all of them: rows are split at each other's bounds, and only there; rows without any value are
/// left out.
[[nodiscard]] MarketTable join_columns(TableKind kind, std::vector<FileColumn> columns);

}  // namespace bess
