#pragma once
// Internal to the store: what a data file says of its own contents. Table `contents` has how many rows each table of values has, and from
// when to when; table `checksum` a checksum per column of values, and one (column "") per small table, `contents` itself included.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/checksum.h"
#include "store/stored_cells.h"

namespace SQLite {
class Database;
}

namespace bess {

struct TableSpan {
  std::int64_t rows{0};
  std::int64_t first{0};  ///< start of the first row, Unix seconds
  std::int64_t end{0};    ///< end of the last row
};

class FileContents {
 public:
  /// As the file has it, with `contents` and the small tables checked against their checksums. Use inside guarded().
  [[nodiscard]] static FileContents read(SQLite::Database& database, const std::filesystem::path& file,
                                         const std::vector<std::string>& small_tables);
  /// Replaces what the file has; the small tables are read for it.
  void write(SQLite::Database& database, const std::vector<std::string>& small_tables);

  /// No rows: all zero.
  [[nodiscard]] TableSpan span(std::string_view table) const;
  /// Throws corrupt_store when the column's values are not those that were written.
  void check(const StoredTableName& where, std::string_view column, const Checksum& values) const;

  void set_span(std::string_view table, const TableSpan& span);
  void set(std::string_view table, std::string_view column, const Checksum& values);
  /// Forgets the table and its columns.
  void forget(std::string_view table);

 private:
  std::map<std::string, TableSpan, std::less<>> spans_;
  std::map<std::pair<std::string, std::string>, std::int64_t> checksums_;
};

}  // namespace bess
