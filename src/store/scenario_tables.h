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
  TableSpans spans;
  ColumnSegments segments;
};

/// These throw corrupt_store, naming the file, the table and the column, and SQLite's errors: use them inside guarded().

[[nodiscard]] ScenarioCatalogue read_catalogue(Database& database, const std::filesystem::path& file);
/// Every table with rows, in the order of TableKind.
[[nodiscard]] std::vector<StoredTable> describe(const ScenarioCatalogue& catalogue);
/// The rows in the blocks, with the columns that have data, in canonical order. `cancel` may be null; throws Cancelled.
[[nodiscard]] MarketTable read_blocks(Database& database, const std::filesystem::path& file, const ScenarioCatalogue& catalogue,
                                      TableKind kind, BlockRange range, const CancellationToken* cancel = nullptr);
/// The rows that start in [from, to).
[[nodiscard]] MarketTable rows_between(MarketTable table, Instant from, Instant to);

/// After a change of the rows in the blocks, which were `rows_before`: reads back what was written there (types, range and order of its
/// rows are checked), writes its checksums, and puts the table's span into the catalogue.
void seal_blocks(Database& database, const std::filesystem::path& file, ScenarioCatalogue& catalogue, TableKind kind, BlockRange range,
                 std::size_t rows_before);
void write_catalogue(Database& database, const ScenarioCatalogue& catalogue);

}  // namespace bess
