#pragma once
// Internal to the store: opening SQLite files the three ways the store uses them, and one translation of SQLite's errors. No other
// file of the store sees the libraries behind it.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/store.h"

namespace SQLite {
class Database;
class Transaction;
}  // namespace SQLite
struct sqlite3_stmt;

namespace bess {

/// An open connection, used by one thread at a time. Its members throw SQLite::Exception, so use them inside guarded().
class Database {
 public:
  explicit Database(std::unique_ptr<SQLite::Database> connection);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Statements whose rows nobody asks for.
  void run(const std::string& sql);
  /// The first column of the first row of a query that has one.
  [[nodiscard]] std::int64_t integer(const std::string& sql);
  [[nodiscard]] std::string text(const std::string& sql);
  [[nodiscard]] bool has_table(const std::string& name);
  /// Of the last INSERT.
  [[nodiscard]] std::int64_t last_rowid() const;
  /// By the last INSERT, UPDATE or DELETE.
  [[nodiscard]] int changed_rows() const;
  [[nodiscard]] SQLite::Database& connection() { return *connection_; }

 private:
  std::unique_ptr<SQLite::Database> connection_;
};
using DatabaseHandle = std::unique_ptr<Database>;

/// Rolled back when it goes out of scope without commit(). Throws SQLite::Exception.
class Transaction {
 public:
  enum class Start : std::uint8_t { reading, writing };  ///< `writing` waits for the write lock at once, `reading` when it first writes
  explicit Transaction(Database& database, Start start = Start::reading);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  std::unique_ptr<SQLite::Transaction> transaction_;
};

/// For metadata: read and write, a rollback journal that stays in place, synchronous = FULL, waits `busy_timeout` for others. Reading
/// needs no file beside the database, so it works on a full disk.
[[nodiscard]] DatabaseHandle open_shared(const std::filesystem::path& file, const StoreOptions& options);
/// Sets room aside for the journal of the database, so that rows can be deleted when the disk is full. Does nothing where the disk is
/// full already, or the file system cannot.
void reserve_journal(const std::filesystem::path& file) noexcept;
/// For data files, which never change under their name: read only, without locks or files beside it. Null when there is no such file.
[[nodiscard]] DatabaseHandle open_reader(const std::filesystem::path& file, const StoreOptions& options);
/// For a data file that nobody sees yet: no journal (a failure throws the file away), synced at its commit.
[[nodiscard]] DatabaseHandle create_private(const std::filesystem::path& file, const StoreOptions& options);

/// Within a catch block: SQLite errors become bess::Exception (codes of store.h), others pass.
[[noreturn]] void rethrow_translated(const std::filesystem::path& file);

/// Runs `work` with SQLite's errors translated.
template <class Work>
auto guarded(const std::filesystem::path& file, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    rethrow_translated(file);
  }
}

enum class CellType : std::uint8_t { empty, whole, real, text, bytes };

/// A prepared statement for loops over many rows, without the cost per value of the wrapper library's columns.
/// Throws SQLite::Exception, so use it inside guarded().
class RowStatement {
 public:
  RowStatement(Database& database, const std::string& sql);
  ~RowStatement();
  RowStatement(const RowStatement&) = delete;
  RowStatement& operator=(const RowStatement&) = delete;

  void bind(int index, std::int64_t value);
  void bind(int index, double value);  ///< NaN becomes NULL
  void bind(int index, std::string_view value);
  /// False when there are no more rows.
  bool step();
  /// Runs a statement without rows, ready for the next binding.
  void run();
  [[nodiscard]] int columns() const;
  [[nodiscard]] CellType type(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;  ///< NULL becomes NaN
  [[nodiscard]] double real(int column) const;    ///< of a cell that is known to be one
  [[nodiscard]] std::string text(int column) const;

 private:
  void check(int result) const;
  SQLite::Database& database_;
  sqlite3_stmt* statement_{nullptr};
};

/// Copies the data file `base` into an empty database, and checks the copy's structure: writing into a damaged one could destroy more.
void copy_database(const std::filesystem::path& base, Database& target, const StoreOptions& options);

/// PRAGMA user_version.
[[nodiscard]] int schema_version(Database& database);

/// The counter of commits in the file's header, read without a lock: a commit that has returned has changed it. No value where it does not
/// tell (the file is in WAL mode, or can't be read).
[[nodiscard]] std::optional<std::uint32_t> change_count(Database& database);

}  // namespace bess
