#include "store/file_contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bess {

namespace {

const std::string contents_table = "contents";
constexpr std::int64_t block_s = std::int64_t{1} << 21;

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }

/// By block, then column. A column without values in a block has none.
using BlockChecksums = std::map<std::int64_t, std::map<std::string, std::int64_t>>;

BlockChecksums checksums_of(std::span<const Instant> starts, std::span<const SummedColumn> columns) {
  BlockChecksums result;
  for (std::size_t first = 0; first < starts.size();) {
    const std::int64_t block = seconds(starts[first]) / block_s;
    std::size_t last = first + 1;
    while (last < starts.size() && seconds(starts[last]) / block_s == block) ++last;
    for (const SummedColumn& column : columns) {
      if (column.is_empty(first, last)) continue;
      Checksum checksum;
      column.add(checksum, first, last);
      result[block][column.name] = checksum.value();
    }
    first = last;
  }
  return result;
}

BlockChecksums read_blocks(Database& database, std::string_view table, BlockRange range) {
  RowStatement query(database, "SELECT block, column_name, value FROM checksum WHERE table_name = ? AND block >= ? AND block < ?");
  query.bind(1, table);
  query.bind(2, range.from / block_s);
  query.bind(3, range.to / block_s);
  BlockChecksums result;
  while (query.step()) result[query.integer(0)][query.text(1)] = query.integer(2);
  return result;
}

/// Of a small table; its rows come in the order of the key, so equal contents have equal checksums.
std::int64_t checksum_of(Database& database, const std::string& table) {
  RowStatement query(database, fmt::format("SELECT * FROM {}", table));
  Checksum checksum;
  while (query.step()) add_cells(checksum, query, query.columns());
  return checksum.value();
}

void check_small_table(Database& database, const StoredTableName& where) {
  RowStatement query(database, "SELECT value FROM checksum WHERE table_name = ? AND block = 0 AND column_name = ''");
  query.bind(1, where.table);
  if (!query.step()) throw_corrupt(where, {}, "its checksum is missing");
  if (query.integer(0) != checksum_of(database, std::string(where.table)))
    throw_corrupt(where, {}, "it is not what was written (checksum)");
}

void write_small_table(Database& database, const std::string& table) {
  RowStatement insert(database, "INSERT OR REPLACE INTO checksum (table_name, block, column_name, value) VALUES (?, 0, '', ?)");
  insert.bind(1, std::string_view(table));
  insert.bind(2, checksum_of(database, table));
  insert.run();
}

/// The name of a column whose checksum differs.
std::string differing_column(const BlockChecksums& one, const BlockChecksums& other) {
  for (const auto& [block, columns] : one) {
    const auto same_block = other.find(block);
    for (const auto& [column, value] : columns) {
      if (same_block == other.end()) return column;
      const auto same = same_block->second.find(column);
      if (same == same_block->second.end() || same->second != value) return column;
    }
  }
  return {};
}

}  // namespace

TableSpans read_contents(Database& database, const std::filesystem::path& file, std::span<const std::string> small_tables) {
  const StoredTableName where{file, contents_table};
  check_small_table(database, where);
  for (const std::string& table : small_tables) check_small_table(database, {file, table});
  TableSpans result;
  RowStatement spans(database, "SELECT table_name, rows, first, end FROM contents");
  while (spans.step()) {
    result[spans.text(0)] = {whole_cell(spans, 1, where, "rows", 1, most_stored_rows),
                             whole_cell(spans, 2, where, "first", first_stored_second, last_stored_second),
                             whole_cell(spans, 3, where, "end", first_stored_second, 2 * last_stored_second)};
  }
  return result;
}

void write_contents(Database& database, const TableSpans& spans, std::span<const std::string> small_tables) {
  database.run("DELETE FROM contents");
  RowStatement insert(database, "INSERT INTO contents (table_name, rows, first, end) VALUES (?, ?, ?, ?)");
  for (const auto& [table, span] : spans) {
    insert.bind(1, std::string_view(table));
    insert.bind(2, span.rows);
    insert.bind(3, span.first);
    insert.bind(4, span.end);
    insert.run();
  }
  write_small_table(database, contents_table);
  for (const std::string& table : small_tables) write_small_table(database, table);
}

BlockRange blocks_around(Instant from, Instant to) {
  const std::int64_t first = std::clamp(seconds(from), first_stored_second, last_stored_second) / block_s * block_s;
  const std::int64_t last = (std::clamp(seconds(to), first_stored_second, last_stored_second) + block_s - 1) / block_s * block_s;
  return {first, std::max(first, last)};
}

BlockRange all_blocks() { return blocks_around(Instant::min(), Instant::max()); }

void check_blocks(Database& database, const StoredTableName& where, BlockRange range, std::span<const Instant> starts,
                  std::span<const SummedColumn> columns) {
  const BlockChecksums written = read_blocks(database, where.table, range);
  const BlockChecksums found = checksums_of(starts, columns);
  if (written == found) return;
  std::string column = differing_column(written, found);
  if (column.empty()) column = differing_column(found, written);
  throw_corrupt(where, column, "its values are not those that were written (checksum)");
}

void write_blocks(Database& database, std::string_view table, BlockRange range, std::span<const Instant> starts,
                  std::span<const SummedColumn> columns) {
  RowStatement clear(database, "DELETE FROM checksum WHERE table_name = ? AND block >= ? AND block < ?");
  clear.bind(1, table);
  clear.bind(2, range.from / block_s);
  clear.bind(3, range.to / block_s);
  clear.run();
  RowStatement insert(database, "INSERT INTO checksum (table_name, block, column_name, value) VALUES (?, ?, ?, ?)");
  for (const auto& [block, values] : checksums_of(starts, columns)) {
    for (const auto& [column, value] : values) {
      insert.bind(1, table);
      insert.bind(2, block);
      insert.bind(3, std::string_view(column));
      insert.bind(4, value);
      insert.run();
    }
  }
}

SummedColumn summed_starts(std::span<const Instant> starts) {
  return {"timestamp",
          [starts](Checksum& checksum, std::size_t first, std::size_t last) {
            for (const Instant start : starts.subspan(first, last - first)) checksum.add(seconds(start));
          },
          [](std::size_t, std::size_t) { return false; }};
}

SummedColumn summed_numbers(std::string name, std::span<const double> values) {
  return {std::move(name),
          [values](Checksum& checksum, std::size_t first, std::size_t last) { checksum.add(values.subspan(first, last - first)); },
          [values](std::size_t first, std::size_t last) {
            const auto part = values.subspan(first, last - first);
            return std::all_of(part.begin(), part.end(), [](double value) { return std::isnan(value); });
          }};
}

}  // namespace bess
