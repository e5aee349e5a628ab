#pragma once
// Internal to the store: the data files of one kind of entity, and the protocol that replaces them.
//
// The metadata row is the single point of commitment: it names the revision of the data it speaks of. A writer, holding the
// entity's lock,
//   1. writes {entity}.db.{revision}.new completely, and syncs it and its directory;
//   2. commits the row that names the revision;
//   3. renames the file to {entity}.db.
// Before 2 the old state is whole and the new file a leftover; after 2 the new state is whole, under either name: a reader
// takes the file that carries the revision of the row, and the next writer or start does the renaming.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/context.h"

namespace bess {

/// All members may be called from any thread. Keys are ids as text (digits, or a UUID).
class EntityFiles {
 public:
  /// Makes the directory. Files are {directory}/{prefix}{key}.db.
  EntityFiles(const StoreContext& context, EntityKind kind, std::filesystem::path directory, std::string prefix);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] std::filesystem::path live(const std::string& key) const;
  /// Whether the live file is there; false for a key that can be none of ours.
  [[nodiscard]] bool exists(const std::string& key) const;
  [[nodiscard]] std::filesystem::path staged(const std::string& key, const std::string& revision) const;

  /// The entity's lock: one writer at a time, over threads and processes. Throws store_locked after the busy timeout.
  [[nodiscard]] FileLock lock(const std::string& key) const;
  [[nodiscard]] std::optional<FileLock> try_lock(const std::string& key) const;

  /// The rest need the entity's lock.

  /// Puts right what an interrupted writer left: finishes the renaming of the row's `revision`, removes other staged files.
  void settle(const std::string& key, const std::string& revision) const;
  /// Step 1's end: the staged file's name is on disk.
  void make_durable() const;
  /// Step 3. The data are committed already, so a failure here is left to the next writer or start.
  void publish(const std::string& key, const std::string& revision) const noexcept;
  /// Removes a staged file that was not committed; what fails is left to the next start.
  void discard(const std::string& key, const std::string& revision) const noexcept;
  /// Removes all files of an entity whose row is gone; what fails is left to the next start.
  void remove_all(const std::string& key) const noexcept;

  /// Keys that have any file here, with the number of files that are not their live one. Names that are not ours are left out.
  [[nodiscard]] std::map<std::string, int> scan() const;

 private:
  struct Name {
    std::string key;
    std::string revision;  ///< empty: the live file
  };
  [[nodiscard]] std::optional<Name> parse(const std::string& file_name) const;
  [[nodiscard]] std::vector<std::filesystem::path> staged_files(const std::string& key) const;
  [[nodiscard]] std::uint64_t lock_byte(const std::string& key) const;

  const StoreContext& context_;
  EntityKind kind_;
  std::filesystem::path directory_;
  std::string prefix_;
};

}  // namespace bess
