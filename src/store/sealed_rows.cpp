#include "store/sealed_rows.h"

#include <fmt/format.h>

#include <vector>

#include "store/checksum.h"
#include "store/stored_cells.h"

namespace bess {

namespace {

/// Its columns first, then the rowid and their checksum.
std::string select_rows(const RowTable& table) { return fmt::format("SELECT {}, rowid, row_checksum FROM {}", table.columns, table.name); }

int cells_of(const RowStatement& row) { return row.columns() - 2; }

std::int64_t checksum_of(const RowStatement& row) {
  Checksum checksum;
  add_cells(checksum, row, cells_of(row));
  return checksum.value();
}

bool is_whole(const RowStatement& row) {
  const int stored = row.columns() - 1;
  return row.type(stored) == CellType::whole && row.integer(stored) == checksum_of(row);
}

/// Of the table as a whole. The sum does not depend on the order of rows.
struct Digest {
  std::int64_t rows{0};
  std::uint64_t sum{0};

  void add(const RowStatement& row) {
    ++rows;
    Checksum one;
    one.add(row.integer(row.columns() - 1));
    sum += static_cast<std::uint64_t>(one.value());
  }
  [[nodiscard]] std::int64_t value(Database& database, const RowTable& table) const {
    Checksum checksum;
    checksum.add(rows);
    checksum.add(sum);
    RowStatement layout(database, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name");
    while (layout.step()) add_cells(checksum, layout, layout.columns());
    if (database.has_table("sqlite_sequence")) {
      RowStatement last_id(database, "SELECT seq FROM sqlite_sequence WHERE name = ?");
      last_id.bind(1, std::string_view(table.name));
      while (last_id.step()) add_cells(checksum, last_id, last_id.columns());
    }
    return checksum.value();
  }
};

}  // namespace

void read_sealed_rows(Database& database, const std::filesystem::path& file, const RowTable& table,
                      const std::function<void(const RowStatement&, std::int64_t, bool)>& use) {
  const StoredTableName where{file, table.name};
  RowStatement contents(database, "SELECT rows, digest FROM contents WHERE id = 1");
  if (!contents.step()) throw_corrupt({file, "contents"}, {}, "it is empty");
  Digest found;
  bool any_damaged = false;
  RowStatement row(database, select_rows(table));
  while (row.step()) {
    found.add(row);
    const bool whole = is_whole(row);
    any_damaged = any_damaged || !whole;
    use(row, row.integer(row.columns() - 2), whole);
  }
  if (found.rows != contents.integer(0)) {
    throw_corrupt(where, {}, fmt::format("it has {} rows where {} were written", found.rows, contents.integer(0)));
  }
  // A damaged row explains another digest: its checksum may be what was hit.
  if (!any_damaged && found.value(database, table) != contents.integer(1)) {
    throw_corrupt(where, {}, "its rows are not those that were written last (checksum)");
  }
}

void check_row(Database& database, const std::filesystem::path& file, const RowTable& table, std::int64_t rowid) {
  RowStatement row(database, select_rows(table) + " WHERE rowid = ?");
  row.bind(1, rowid);
  if (row.step() && !is_whole(row)) {
    throw_corrupt({file, table.name}, {}, fmt::format("row {} is not what was written (checksum); it can only be deleted", rowid));
  }
}

void seal_row(Database& database, const RowTable& table, std::int64_t rowid) {
  std::int64_t checksum = 0;
  {
    RowStatement row(database, select_rows(table) + " WHERE rowid = ?");
    row.bind(1, rowid);
    if (!row.step()) return;
    checksum = checksum_of(row);
  }
  RowStatement update(database, fmt::format("UPDATE {} SET row_checksum = ? WHERE rowid = ?", table.name));
  update.bind(1, checksum);
  update.bind(2, rowid);
  update.run();
}

void seal_table_contents(Database& database, const RowTable& table) {
  Digest digest;
  {
    RowStatement row(database, select_rows(table));
    while (row.step()) digest.add(row);
  }
  RowStatement replace(database, "INSERT OR REPLACE INTO contents (id, rows, digest) VALUES (1, ?, ?)");
  replace.bind(1, digest.rows);
  replace.bind(2, digest.value(database, table));
  replace.run();
}

void seal_all_rows(Database& database, const RowTable& table) {
  std::vector<std::int64_t> rowids;
  {
    RowStatement row(database, fmt::format("SELECT rowid FROM {}", table.name));
    while (row.step()) rowids.push_back(row.integer(0));
  }
  for (const std::int64_t rowid : rowids) seal_row(database, table, rowid);
  seal_table_contents(database, table);
}

}  // namespace bess
