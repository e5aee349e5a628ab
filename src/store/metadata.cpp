#include "store/metadata.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/error.h"

namespace bess {

namespace {

bool has_data_files(const std::filesystem::path& directory) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".db") return true;
  }
  return false;
}

}  // namespace

MetadataDatabase::MetadataDatabase(const StoreContext& context, std::filesystem::path file, const Schema& schema,
                                   const std::string& main_table, const std::filesystem::path& data_directory)
    : context_(context), file_(std::move(file)) {
  const FileLock lock = context_.lock(opening_lock_byte, "the store");
  const auto refuse_to_start_empty = [&] {
    if (!has_data_files(data_directory)) return;
    throw Exception("corrupt_store", fmt::format("{} is missing or empty, but {} holds data files; restore it, or move the data files away",
                                                 file_.string(), data_directory.string()));
  };
  if (!std::filesystem::exists(file_)) refuse_to_start_empty();
  writer_ = open_shared(file_, context_.options);
  write([&](SQLite::Database& database) {
    if (version_of(database, main_table) == 0) refuse_to_start_empty();
    migrate(database, schema, main_table, file_);
  });
  reader_ = open_shared(file_, context_.options);
}

void MetadataDatabase::read(const std::function<void(SQLite::Database&, bool changed)>& work) const {
  const std::scoped_lock lock(read_mutex_);
  guarded(file_, [&] {
    // Read before the rows: a commit in between then shows as a change the next time.
    const int version = reader_->execAndGet("PRAGMA data_version").getInt();
    work(*reader_, version != seen_version_);
    seen_version_ = version;
  });
}

void MetadataDatabase::write(const std::function<void(SQLite::Database&)>& work) {
  const std::scoped_lock lock(write_mutex_);
  guarded(file_, [&] {
    SQLite::Transaction transaction(*writer_, SQLite::TransactionBehavior::IMMEDIATE);
    work(*writer_);
    context_.step("commit");
    transaction.commit();
  });
}

}  // namespace bess
