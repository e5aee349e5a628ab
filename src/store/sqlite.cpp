#include "store/sqlite.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cmath>
#include <limits>

namespace bess {

void CloseDatabase::operator()(SQLite::Database* database) const { delete database; }

namespace {

std::string code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "store_locked";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "store_read_only";
    case SQLITE_FULL:
      return "disk_full";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return "corrupt_store";
    default:
      return "store_io";
  }
}

/// SQLite says only "cannot open"; whether that is a matter of permissions is asked of the system.
std::string code_of_open(int result, const std::filesystem::path& file) {
  if ((result & 0xFF) != SQLITE_CANTOPEN) return code_of(result);
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  const bool forbidden = exists ? ::access(file.c_str(), R_OK | W_OK) != 0 : ::access(file.parent_path().c_str(), W_OK | X_OK) != 0;
  return forbidden ? "store_read_only" : "store_io";
}

[[noreturn]] void throw_sqlite(const std::string& code, const SQLite::Exception& error, const std::filesystem::path& file) {
  throw Exception(code, fmt::format("{}: {} (SQLite {})", file.string(), error.what(), error.getExtendedErrorCode()));
}

DatabaseHandle open(const std::filesystem::path& file, int flags, int busy_timeout_ms, const StoreOptions& options) {
  try {
    // Every connection is used by one thread at a time, so SQLite's own lock per call is not needed.
    return DatabaseHandle(new SQLite::Database(file.string(), flags | SQLite::OPEN_NOMUTEX, busy_timeout_ms, options.sqlite_vfs));
  } catch (const SQLite::Exception& error) {
    throw_sqlite(code_of_open(error.getErrorCode(), file), error, file);
  }
}

}  // namespace

void rethrow_translated(const std::filesystem::path& file) {
  try {
    throw;
  } catch (const SQLite::Exception& error) {
    throw_sqlite(code_of_open(error.getErrorCode(), file), error, file);
  }
}

DatabaseHandle open_shared(const std::filesystem::path& file, const StoreOptions& options) {
  auto database = open(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, static_cast<int>(options.busy_timeout.count()), options);
  guarded(file, [&] {
    database->exec("PRAGMA journal_mode=WAL");
    database->exec("PRAGMA synchronous=FULL");
    database->exec("PRAGMA foreign_keys=ON");
  });
  return database;
}

DatabaseHandle open_reader(const std::filesystem::path& file, const StoreOptions& options) {
  if (::access(file.c_str(), F_OK) != 0) return nullptr;
  try {
    return open(file, SQLite::OPEN_READONLY, static_cast<int>(options.busy_timeout.count()), options);
  } catch (const Exception&) {
    if (::access(file.c_str(), F_OK) != 0) return nullptr;  // removed or renamed in between
    throw;
  }
}

DatabaseHandle create_private(const std::filesystem::path& file, const StoreOptions& options) {
  auto database = open(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, options);
  guarded(file, [&] {
    database->exec("PRAGMA locking_mode=EXCLUSIVE");
    database->exec("PRAGMA journal_mode=OFF");
    database->exec("PRAGMA synchronous=FULL");
    database->exec("PRAGMA cache_size=-65536");
  });
  return database;
}

RowStatement::RowStatement(SQLite::Database& database, const std::string& sql) : database_(database) {
  check(sqlite3_prepare_v3(database.getHandle(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

RowStatement::~RowStatement() { sqlite3_finalize(statement_); }

void RowStatement::check(int result) const {
  if (result != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), result);
}

void RowStatement::bind(int index, std::int64_t value) { check(sqlite3_bind_int64(statement_, index, value)); }

void RowStatement::bind(int index, double value) {
  check(std::isnan(value) ? sqlite3_bind_null(statement_, index) : sqlite3_bind_double(statement_, index, value));
}

void RowStatement::bind(int index, std::string_view value) {
  check(sqlite3_bind_text(statement_, index, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

bool RowStatement::step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) throw SQLite::Exception(database_.getHandle(), result);
  return false;
}

void RowStatement::run() {
  while (step()) {
  }
  check(sqlite3_reset(statement_));
}

std::int64_t RowStatement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double RowStatement::number(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(statement_, column);
}

std::string RowStatement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

void copy_database(const std::filesystem::path& base, SQLite::Database& target, const StoreOptions& options) {
  const DatabaseHandle source = open_reader(base, options);
  if (!source) throw Exception("corrupt_store", fmt::format("{} is missing", base.string()));
  guarded(base, [&] {
    SQLite::Backup backup(target, *source);
    if (backup.executeStep(-1) != SQLite::OK && backup.getRemainingPageCount() != 0) {
      throw Exception("store_locked", fmt::format("{} is locked by another program", base.string()));
    }
  });
}

int schema_version(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

}  // namespace bess
