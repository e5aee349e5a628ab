#pragma once
// Internal to the store: reading values that must be what the program writes. What is not is corrupt_store, named by file, table and
// column.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "store/checksum.h"
#include "store/sqlite.h"

namespace bess {

/// A table of a file, for reading its cells and for messages. Refers to its parts.
struct StoredTableName {
  const std::filesystem::path& file;
  std::string_view table;
};

[[noreturn]] void throw_corrupt(const StoredTableName& where, std::string_view column, std::string_view what);

/// Instants that may be stored: those of the market calendar, 1970 up to 2199.
inline constexpr std::int64_t first_stored_second = 0;
inline constexpr std::int64_t last_stored_second = 7'258'118'400;  // 2200-01-01T00:00Z
inline constexpr std::int64_t most_stored_rows = 20'000'000;

/// A whole number from `low` to `high`.
[[nodiscard]] std::int64_t whole_cell(const RowStatement& row, int index, const StoredTableName& where, std::string_view column,
                                      std::int64_t low, std::int64_t high);
/// A finite number, or NaN where the cell is empty.
[[nodiscard]] double number_cell(const RowStatement& row, int index, const StoredTableName& where, std::string_view column);
/// Adds the first `cells` cells of a row, each with its type.
void add_cells(Checksum& checksum, const RowStatement& row, int cells);

}  // namespace bess
