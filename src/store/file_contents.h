#pragma once
// Internal to the store: what a data file says of its own contents. Table `contents` has how many rows each table of values has, and from
// when to when. Table `checksum` has one per column and block of time, so that a part of a table is read and checked without the rest, and
// one (block 0, column "") per small table, `contents` itself included.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/checksum.h"
#include "store/stored_cells.h"
#include "timeline/instant.h"

namespace bess {

/// These throw corrupt_store and SQLite's errors: use them inside guarded().

struct TableSpan {
  std::int64_t rows{0};
  std::int64_t first{0};  ///< start of the first row, Unix seconds
  std::int64_t end{0};    ///< end of the last row
};

/// By table; those without rows are left out.
using TableSpans = std::map<std::string, TableSpan, std::less<>>;
/// As the file has them; `contents` and the small tables are checked against their checksums.
[[nodiscard]] TableSpans read_contents(Database& database, const std::filesystem::path& file, std::span<const std::string> small_tables);
/// Replaces what the file has, and the checksums of the small tables.
void write_contents(Database& database, const TableSpans& spans, std::span<const std::string> small_tables);

/// Whole blocks of 2^21 s (24 days) from `from` to before `to`, Unix seconds.
struct BlockRange {
  std::int64_t from{0};
  std::int64_t to{0};
};
/// The blocks that [from, to) touches; instants beyond those that may be stored are cut.
[[nodiscard]] BlockRange blocks_around(Instant from, Instant to);
[[nodiscard]] BlockRange all_blocks();
[[nodiscard]] inline bool is_whole(BlockRange range) { return range.from == all_blocks().from && range.to == all_blocks().to; }

/// A column of values as its checksums see it, over rows [first, last).
struct SummedColumn {
  std::string name;
  std::function<void(Checksum&, std::size_t first, std::size_t last)> add;
  std::function<bool(std::size_t first, std::size_t last)> is_empty;
};
/// Throws, naming the column, when the values are not those that were written. `starts` and the columns are the rows of the whole range.
void check_blocks(Database& database, const StoredTableName& where, BlockRange range, std::span<const Instant> starts,
                  std::span<const SummedColumn> columns);
/// Replaces the checksums of the range by those of these rows.
void write_blocks(Database& database, std::string_view table, BlockRange range, std::span<const Instant> starts,
                  std::span<const SummedColumn> columns);

/// The columns that every table of values has, and one of numbers, which must outlive them.
[[nodiscard]] SummedColumn summed_starts(std::span<const Instant> starts);
[[nodiscard]] SummedColumn summed_numbers(std::string name, std::span<const double> values);

}  // namespace bess
