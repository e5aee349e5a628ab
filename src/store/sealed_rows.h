#pragma once
// Internal to the store: checksums of the rows of a metadata table. Each row carries one over its cells; table `contents` has the number of
// rows and a digest over their checksums, the last id given and the layout, so that a row that vanishes or is an older one is seen too.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "store/sqlite.h"

namespace bess {

/// A metadata table: its name, and its columns but for row_checksum as SELECT has them. Neither changes without a migration.
struct RowTable {
  std::string name;
  std::string columns;
};

/// What stands in lists for the name of an entity whose row is damaged.
inline constexpr const char* damaged_row_name = "(damaged)";

/// These throw corrupt_store, naming file and table, and SQLite's errors: use them inside guarded().

/// Calls `use` with every row (its cells in the order of `columns`, its rowid, whether it is as it was written). Throws when rows are
/// missing or older than the last change.
void read_sealed_rows(Database& database, const std::filesystem::path& file, const RowTable& table,
                      const std::function<void(const RowStatement& row, std::int64_t rowid, bool whole)>& use);
/// Throws when the row is damaged: changing it would make the damage look right.
void check_row(Database& database, const std::filesystem::path& file, const RowTable& table, std::int64_t rowid);
/// After a change of the row.
void seal_row(Database& database, const RowTable& table, std::int64_t rowid);
/// After a change of any rows.
void seal_table_contents(Database& database, const RowTable& table);
/// After a migration from a version without checksums.
void seal_all_rows(Database& database, const RowTable& table);

}  // namespace bess
