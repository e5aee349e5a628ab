#pragma once
// The store: everything the program keeps, below one data directory.
//
//   db/scenarios.db, db/profiles.db                    metadata (SQLite)
//   db/scenario_data/scenario_{id}.db                  one file per scenario with data: its tables
//   db/profile_data/profile_{uuid}.db                  one file per profile: its series and monthly statistics
//   db/store.lock                                      locks between threads and processes
//
// docs/models/storage.md explains the layout, the order of steps of an import and what every kill leaves behind.
//
// Environment failures are bess::Exception with these stable codes, and leave the old state whole:
//   store_locked     another process kept a lock longer than `busy_timeout`
//   store_read_only  the directory or a file may not be written
//   disk_full        no room
//   corrupt_store    a file is damaged or missing
//   store_too_new    a file was written by a newer version of the program
//   store_io         any other input/output error

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/cache.h"
#include "store/profile_manager.h"
#include "store/scenario_manager.h"

namespace bess {

struct StoreOptions {
  std::filesystem::path data_directory;                 ///< db/ is made below it
  std::size_t cache_limit_bytes{1'000'000'000};         ///< over scenarios and profiles together
  std::chrono::milliseconds busy_timeout{5000};         ///< how long a writer waits for another process or request
  std::string sqlite_vfs{};                             ///< SQLite's file layer; empty: the system's
  std::function<void(std::string_view)> before_step{};  ///< called before each durable step; fault tests interrupt there
};

/// Opens (and migrates, and sweeps) the store. All members may be used from any thread, and several processes may open the
/// same directory at the same time. Not copyable.
class Store {
 public:
  explicit Store(StoreOptions options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] ScenarioManager& scenarios() { return *scenarios_; }
  [[nodiscard]] const ScenarioManager& scenarios() const { return *scenarios_; }
  [[nodiscard]] ProfileManager& profiles() { return *profiles_; }
  [[nodiscard]] const ProfileManager& profiles() const { return *profiles_; }

  /// Loads every entity with preload = true into the cache. An entity that cannot be loaded is a warning with the code of
  /// its failure and path "/scenarios/3" or "/profiles/{uuid}"; the others are still loaded. `cancel` may be null: when it is set, the
  /// work ends soon with Cancelled, and what is loaded stays.
  [[nodiscard]] Issues preload(const CancellationToken* cancel = nullptr);
  /// Empties the caches of both managers; answers stay the same.
  void clear_cache();

 private:
  std::shared_ptr<StoreContext> context_;
  std::unique_ptr<ScenarioManager> scenarios_;
  std::unique_ptr<ProfileManager> profiles_;
};

}  // namespace bess
