#pragma once
// Internal to the store: a metadata database with one connection for reading and one for writing, so that readers never
// wait for a writer's disk.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "store/context.h"
#include "store/schema.h"
#include "store/sealed_rows.h"
#include "store/sqlite.h"

namespace bess {

/// All members may be called from any thread.
class MetadataDatabase {
 public:
  /// Opens, makes or migrates the database, under the opening lock. A database that is absent while `data_directory` holds
  /// files is corrupt_store: making an empty one would let the next sweep remove data.
  MetadataDatabase(const StoreContext& context, std::filesystem::path file, const Schema& schema, RowTable table,
                   const std::filesystem::path& data_directory);

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] const RowTable& table() const { return table_; }

  /// Calls `work` with the reading connection; `changed` is true on the first call and whenever anybody, in this process or
  /// another, committed since the last call that returned. Calls are one at a time.
  void read(const std::function<void(Database&, bool changed)>& work) const;
  /// Runs `work` in one transaction; committed durably when this returns, rolled back when it throws. `work` seals the rows it changes.
  /// Throws corrupt_store, before anything is written, when rows are missing or the file's structure is damaged.
  void write(const std::function<void(Database&)>& work);
  /// The same for removing rows, which is also possible where the structure is damaged.
  void remove(const std::function<void(Database&)>& work);

 private:
  void make_or_migrate(const Schema& schema, const std::filesystem::path& data_directory);
  void transact(const std::function<void(Database&)>& work);

  const StoreContext& context_;
  std::filesystem::path file_;
  RowTable table_;
  mutable std::mutex read_mutex_;
  DatabaseHandle reader_;
  mutable int seen_version_{-1};
  mutable std::optional<std::uint32_t> seen_count_{};
  std::mutex write_mutex_;
  DatabaseHandle writer_;
};

}  // namespace bess
