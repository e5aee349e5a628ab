#include "store/file_contents.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <string_view>

#include "base/error.h"

namespace bess {

namespace {

const std::string contents_table = "contents";

/// Rows in the order of the key, so equal contents have equal checksums.
Checksum checksum_of(SQLite::Database& database, const std::string& table) {
  RowStatement query(database, fmt::format("SELECT * FROM {}", table));
  Checksum checksum;
  while (query.step()) add_cells(checksum, query, query.columns());
  return checksum;
}

}  // namespace

FileContents FileContents::read(SQLite::Database& database, const std::filesystem::path& file,
                                const std::vector<std::string>& small_tables) {
  FileContents result;
  RowStatement checksums(database, "SELECT table_name, column_name, value FROM checksum");
  while (checksums.step()) result.checksums_[{checksums.text(0), checksums.text(1)}] = checksums.integer(2);
  result.check({file, contents_table}, {}, checksum_of(database, contents_table));
  for (const std::string& table : small_tables) result.check({file, table}, {}, checksum_of(database, table));
  const StoredTableName where{file, contents_table};
  RowStatement spans(database, "SELECT table_name, rows, first, end FROM contents");
  while (spans.step()) {
    result.spans_[spans.text(0)] = {whole_cell(spans, 1, where, "rows", 1, most_stored_rows),
                                    whole_cell(spans, 2, where, "first", first_stored_second, last_stored_second),
                                    whole_cell(spans, 3, where, "end", first_stored_second, 2 * last_stored_second)};
  }
  return result;
}

void FileContents::write(SQLite::Database& database, const std::vector<std::string>& small_tables) {
  database.exec("DELETE FROM contents");
  database.exec("DELETE FROM checksum");
  RowStatement insert_span(database, "INSERT INTO contents (table_name, rows, first, end) VALUES (?, ?, ?, ?)");
  for (const auto& [table, span] : spans_) {
    insert_span.bind(1, std::string_view(table));
    insert_span.bind(2, span.rows);
    insert_span.bind(3, span.first);
    insert_span.bind(4, span.end);
    insert_span.run();
  }
  set(contents_table, {}, checksum_of(database, contents_table));
  for (const std::string& table : small_tables) set(table, {}, checksum_of(database, table));
  RowStatement insert(database, "INSERT INTO checksum (table_name, column_name, value) VALUES (?, ?, ?)");
  for (const auto& [name, value] : checksums_) {
    insert.bind(1, std::string_view(name.first));
    insert.bind(2, std::string_view(name.second));
    insert.bind(3, value);
    insert.run();
  }
}

TableSpan FileContents::span(std::string_view table) const {
  const auto found = spans_.find(table);
  return found == spans_.end() ? TableSpan{} : found->second;
}

void FileContents::check(const StoredTableName& where, std::string_view column, const Checksum& values) const {
  const auto found = checksums_.find({std::string(where.table), std::string(column)});
  if (found == checksums_.end()) throw_corrupt(where, column, "its checksum is missing");
  if (found->second != values.value()) throw_corrupt(where, column, "its contents are not those that were written (checksum)");
}

void FileContents::set_span(std::string_view table, const TableSpan& span) { spans_[std::string(table)] = span; }

void FileContents::set(std::string_view table, std::string_view column, const Checksum& values) {
  checksums_[{std::string(table), std::string(column)}] = values.value();
}

void FileContents::forget(std::string_view table) {
  spans_.erase(std::string(table));
  std::erase_if(checksums_, [&](const auto& entry) { return entry.first.first == table; });
}

}  // namespace bess
