#include "store/sqlite.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <limits>

#include "store/disk.h"

namespace bess {

Database::Database(std::unique_ptr<SQLite::Database> connection) : connection_(std::move(connection)) {}
Database::~Database() = default;

void Database::run(const std::string& sql) { connection_->exec(sql); }

std::int64_t Database::integer(const std::string& sql) { return connection_->execAndGet(sql).getInt64(); }

std::string Database::text(const std::string& sql) { return connection_->execAndGet(sql).getString(); }

bool Database::has_table(const std::string& name) { return connection_->tableExists(name); }

std::int64_t Database::last_rowid() const { return connection_->getLastInsertRowid(); }

int Database::changed_rows() const { return connection_->getChanges(); }

Transaction::Transaction(Database& database, Start start)
    : transaction_(std::make_unique<SQLite::Transaction>(database.connection(), start == Start::writing
                                                                                    ? SQLite::TransactionBehavior::IMMEDIATE
                                                                                    : SQLite::TransactionBehavior::DEFERRED)) {}
Transaction::~Transaction() = default;

void Transaction::commit() { transaction_->commit(); }

namespace {

/// Room for the pages that deleting one row changes, many times over.
constexpr off_t journal_reserve_bytes = 256 * 1024;

std::string code_of(int result) {
  if (result == SQLITE_IOERR_SHMSIZE) return "disk_full";  // while a store of an older version is converted
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
    // Our statements are fixed, so these say that the file is not laid out as its version says.
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return "corrupt_store";
    default:
      return "store_io";
  }
}

/// SQLite says only "cannot open"; whether that is a matter of permissions is asked of the system.
std::string code_of_open(int result, const std::filesystem::path& file) {
  if ((result & 0xFF) != SQLITE_CANTOPEN) return code_of(result);
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) return "corrupt_store";
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  const bool forbidden = exists ? ::access(file.c_str(), R_OK | W_OK) != 0 : ::access(file.parent_path().c_str(), W_OK | X_OK) != 0;
  return forbidden ? "store_read_only" : "store_io";
}

[[noreturn]] void throw_sqlite(const std::string& code, const SQLite::Exception& error, const std::filesystem::path& file) {
  throw Exception(code, fmt::format("{}: {} (SQLite {})", file.string(), error.what(), error.getExtendedErrorCode()));
}

/// `name`: the file's as SQLite is to have it.
DatabaseHandle open(const std::filesystem::path& file, const std::string& name, int flags, int busy_timeout_ms,
                    const StoreOptions& options) {
  try {
    // Every connection is used by one thread at a time, so SQLite's own lock per call is not needed.
    return std::make_unique<Database>(
        std::make_unique<SQLite::Database>(name, flags | SQLite::OPEN_NOMUTEX, busy_timeout_ms, options.sqlite_vfs));
  } catch (const SQLite::Exception& error) {
    throw_sqlite(code_of_open(error.getErrorCode(), file), error, file);
  }
}

/// A path as a SQLite URI of a file that does not change while it is open.
std::string immutable_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

/// Throws corrupt_store for a folder in a data file's place, and the system's reason where the file cannot be read. False: no file.
bool check_readable(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) return false;
    throw_system_error(errno, "cannot read", file);
  }
  struct stat status{};
  const bool known = ::fstat(descriptor, &status) == 0;
  ::close(descriptor);
  if (known && !S_ISREG(status.st_mode)) throw Exception("corrupt_store", fmt::format("{} is not a file", file.string()));
  return true;
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
  auto database =
      open(file, file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, static_cast<int>(options.busy_timeout.count()), options);
  guarded(file, [&] {
    database->run("PRAGMA journal_mode=PERSIST");
    database->run(fmt::format("PRAGMA journal_size_limit={}", 4 * journal_reserve_bytes));
    database->run("PRAGMA synchronous=FULL");
    database->run("PRAGMA secure_delete=OFF");
    database->run("PRAGMA temp_store=MEMORY");
    database->run("PRAGMA cell_size_check=ON");
  });
  return database;
}

void reserve_journal(const std::filesystem::path& file) noexcept {
  // SQLite puts no lock on the journal, so closing it again releases none; a journal's length and contents stay as they are.
  const int descriptor = ::open((file.string() + "-journal").c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;  // the next writer makes it, and the next start reserves
  struct stat status{};
  constexpr off_t block = 512;  // the unit of st_blocks
  if (::fstat(descriptor, &status) == 0 && status.st_blocks * block < journal_reserve_bytes) {
    (void)::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, journal_reserve_bytes);
  }
  ::close(descriptor);
}

DatabaseHandle open_reader(const std::filesystem::path& file, const StoreOptions& options) {
  if (!check_readable(file)) return nullptr;
  DatabaseHandle database;
  try {
    database = open(file, immutable_uri(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI, 0, options);
  } catch (const Exception&) {
    if (!check_readable(file)) return nullptr;  // removed or renamed in between
    throw;
  }
  guarded(file, [&] {
    database->run("PRAGMA cell_size_check=ON");
    try {
      (void)schema_version(*database);
    } catch (const SQLite::Exception& error) {
      if ((error.getErrorCode() & 0xFF) != SQLITE_CANTOPEN) throw;
      throw Exception("corrupt_store", fmt::format("{} is not laid out as a data file", file.string()));  // it asks for a log beside it
    }
  });
  return database;
}

DatabaseHandle create_private(const std::filesystem::path& file, const StoreOptions& options) {
  auto database = open(file, file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 0, options);
  guarded(file, [&] {
    database->run("PRAGMA locking_mode=EXCLUSIVE");
    database->run("PRAGMA journal_mode=OFF");
    database->run("PRAGMA synchronous=FULL");
    database->run("PRAGMA cache_size=-65536");
  });
  return database;
}

RowStatement::RowStatement(Database& database, const std::string& sql) : database_(database.connection()) {
  check(sqlite3_prepare_v3(database_.getHandle(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
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

int RowStatement::columns() const { return sqlite3_column_count(statement_); }

CellType RowStatement::type(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return CellType::whole;
    case SQLITE_FLOAT:
      return CellType::real;
    case SQLITE_TEXT:
      return CellType::text;
    case SQLITE_BLOB:
      return CellType::bytes;
    default:
      return CellType::empty;
  }
}

std::int64_t RowStatement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

double RowStatement::number(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::numeric_limits<double>::quiet_NaN();
  return sqlite3_column_double(statement_, column);
}

double RowStatement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string RowStatement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

void copy_database(const std::filesystem::path& base, Database& target, const StoreOptions& options) {
  const DatabaseHandle source = open_reader(base, options);
  if (!source) throw Exception("corrupt_store", fmt::format("{} is missing", base.string()));
  guarded(base, [&] {
    SQLite::Backup backup(target.connection(), source->connection());
    if (backup.executeStep(-1) != SQLite::OK && backup.getRemainingPageCount() != 0) {
      throw Exception("store_locked", fmt::format("{} is locked by another program", base.string()));
    }
    const std::string found = target.text("PRAGMA quick_check(1)");
    if (found != "ok") throw Exception("corrupt_store", fmt::format("{}: {}", base.string(), found));
  });
}

int schema_version(Database& database) { return static_cast<int>(database.integer("PRAGMA user_version")); }

std::optional<std::uint32_t> change_count(Database& database) {
  // Offsets of the file format: 18 and 19 tell the journal (1: rollback), 24 … 27 count commits, most significant byte first.
  constexpr std::size_t writer_at = 18;
  constexpr std::size_t reader_at = 19;
  constexpr std::size_t count_at = 24;
  std::array<unsigned char, count_at + sizeof(std::uint32_t)> head{};
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(database.connection().getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK)
    return std::nullopt;
  if (file == nullptr || file->pMethods == nullptr) return std::nullopt;
  if (file->pMethods->xRead(file, head.data(), static_cast<int>(head.size()), 0) != SQLITE_OK) return std::nullopt;
  if (head[writer_at] != 1 || head[reader_at] != 1) return std::nullopt;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < sizeof count; ++i) count = count << 8U | head[count_at + i];
  return count;
}

}  // namespace bess
