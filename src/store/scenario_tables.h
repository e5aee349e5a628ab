#pragma once
// Internal to the store: reading the tables of a scenario's data file, each column checked against its checksum.

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "market/table.h"
#include "store/column_segments.h"
#include "store/file_contents.h"
#include "store/scenario_manager.h"

namespace bess {

/// What a data file says of its tables; small, and read before any of them.
struct ScenarioCatalogue {
  FileContents contents;
  ColumnSegments segments;
};

/// These throw corrupt_store, naming the file, the table and the column, and SQLite's errors: use them inside guarded().

[[nodiscard]] ScenarioCatalogue read_catalogue(SQLite::Database& database, const std::filesystem::path& file);
/// Every table with rows, in the order of TableKind.
[[nodiscard]] std::vector<StoredTable> describe(const ScenarioCatalogue& catalogue);
/// The whole table with the columns that have data, in canonical order. `cancel` may be null; throws Cancelled.
[[nodiscard]] MarketTable read_table(SQLite::Database& database, const std::filesystem::path& file, const ScenarioCatalogue& catalogue,
                                     TableKind kind, const CancellationToken* cancel = nullptr);
/// The rows that start in [from, to).
[[nodiscard]] MarketTable rows_between(const MarketTable& table, Instant from, Instant to);

/// Reads back what was written of a table (types, range and order of its rows are checked), and puts it into the catalogue.
void seal_table(SQLite::Database& database, const std::filesystem::path& file, ScenarioCatalogue& catalogue, TableKind kind);
void write_catalogue(SQLite::Database& database, ScenarioCatalogue& catalogue);

}  // namespace bess
