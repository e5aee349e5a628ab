#pragma once
// Internal to the store: what both managers share.

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "store/cache.h"
#include "store/file_lock.h"
#include "store/store.h"

namespace bess {

/// Shared by both managers; thread-safe.
struct StoreContext {
  explicit StoreContext(StoreOptions store_options)
      : options(std::move(store_options)),
        directory(options.data_directory / "db"),
        lock_file(directory / "store.lock"),
        cache(options.cache_limit_bytes) {}

  void step(std::string_view name) const {
    if (options.before_step) options.before_step(name);
  }
  [[nodiscard]] FileLock lock(std::uint64_t byte, std::string_view what) const {
    return FileLock::acquire(lock_file, byte, options.busy_timeout, what);
  }

  StoreOptions options;
  std::filesystem::path directory;
  std::filesystem::path lock_file;
  DataCache cache;
};

/// The byte of the lock file that guards opening and migrating the metadata databases.
inline constexpr std::uint64_t opening_lock_byte = 0;

}  // namespace bess
