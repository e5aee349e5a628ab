#include "store/metadata.h"

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

void refuse_to_start_empty(const std::filesystem::path& file, const std::filesystem::path& data_directory) {
  if (!has_data_files(data_directory)) return;
  throw Exception("corrupt_store", fmt::format("{} is missing or empty, but {} holds data files; restore it, or move the data files away",
                                               file.string(), data_directory.string()));
}

}  // namespace

MetadataDatabase::MetadataDatabase(const StoreContext& context, std::filesystem::path file, const Schema& schema, RowTable table,
                                   const std::filesystem::path& data_directory)
    : context_(context), file_(std::move(file)), table_(std::move(table)) {
  const FileLock lock = context_.lock(opening_lock_byte, "the store");
  if (!std::filesystem::exists(file_)) refuse_to_start_empty(file_, data_directory);
  writer_ = open_shared(file_, context_.options);
  make_or_migrate(schema, data_directory);
  reserve_journal(file_);
  reader_ = open_shared(file_, context_.options);
}

/// Writes nothing when the file is of the present version: a store opens on a full disk.
void MetadataDatabase::make_or_migrate(const Schema& schema, const std::filesystem::path& data_directory) {
  guarded(file_, [&] {
    const int version = version_of(*writer_, table_.name);
    check_not_too_new(version, schema, file_);
    if (version == schema.version()) return;
    if (version == 0) refuse_to_start_empty(file_, data_directory);
    Transaction transaction(*writer_, Transaction::Start::writing);
    migrate(*writer_, schema, table_.name, file_);
    if (version < first_sealed_version) seal_all_rows(*writer_, table_);
    context_.step("commit");
    transaction.commit();
  });
}

void MetadataDatabase::read(const std::function<void(Database&, bool changed)>& work) const {
  const std::scoped_lock lock(read_mutex_);
  guarded(file_, [&] {
    // What the file's first bytes say is enough to see that nobody committed: no lock is taken then.
    const std::optional<std::uint32_t> count = change_count(*reader_);
    if (count && seen_count_ == count) return work(*reader_, false);
    // Read before the rows: a commit in between then shows as a change the next time.
    const int version = static_cast<int>(reader_->integer("PRAGMA data_version"));
    work(*reader_, version != seen_version_);
    seen_version_ = version;
    seen_count_ = count;
  });
}

void MetadataDatabase::write(const std::function<void(Database&)>& work) {
  transact([&](Database& database) {
    const std::string found = database.text("PRAGMA integrity_check(1)");
    if (found != "ok") throw Exception("corrupt_store", fmt::format("{}: {}", file_.string(), found));
    work(database);
  });
}

void MetadataDatabase::remove(const std::function<void(Database&)>& work) { transact(work); }

void MetadataDatabase::transact(const std::function<void(Database&)>& work) {
  const std::scoped_lock lock(write_mutex_);
  guarded(file_, [&] {
    Transaction transaction(*writer_, Transaction::Start::writing);
    read_sealed_rows(*writer_, file_, table_, [](const RowStatement&, std::int64_t, bool) {});
    work(*writer_);
    seal_table_contents(*writer_, table_);
    context_.step("commit");
    transaction.commit();
  });
}

}  // namespace bess
