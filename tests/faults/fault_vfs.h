#pragma once
// A SQLite file layer that counts every operation which changes the disk and, at a chosen one, fails or kills the process.
// The store's own durable steps (StoreOptions::before_step) count in the same sequence.

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_vfs;

namespace bess::test {

enum class Fault {
  none,           ///< only count
  full_once,      ///< one write finds no room; store steps fail with disk_full
  full_from_now,  ///< and so do all later ones
  io_error,       ///< one operation fails with an input/output error (writes, syncs, truncations, deletions, creations)
  no_growth,      ///< every write beyond the room that a file has already finds none (`at` says nothing)
  kill,           ///< the process ends at once, as by kill -9
};

/// One per process; registered under `name()` until the process ends. Arm before use; operations may come from any thread.
class FaultVfs {
 public:
  [[nodiscard]] static FaultVfs& instance();
  [[nodiscard]] static std::string name() { return "bess_fault"; }

  /// Fails at the `at`-th operation from now (1: the next).
  void arm(Fault fault, long at);
  void disarm() { arm(Fault::none, 0); }
  /// Operations since the last arm().
  [[nodiscard]] long operations() const { return operations_; }
  /// Whether the fault came.
  [[nodiscard]] bool struck() const { return struck_; }

  /// Syncs ("sync scenarios.db") and store steps ("rename") since the last arm(), in order.
  [[nodiscard]] std::vector<std::string> durable_steps() const;

  /// For StoreOptions::before_step.
  void step(std::string_view name);

  /// Counts one operation; the SQLite result code it must end with (SQLITE_OK: go on).
  int count(bool is_write);
  /// The same for a write of a file up to `end`.
  int count_write(const char* file, long long end);
  void note(std::string step);

 private:
  FaultVfs();
  std::atomic<Fault> fault_{Fault::none};
  std::atomic<long> at_{0};
  std::atomic<long> operations_{0};
  std::atomic<bool> struck_{false};
  mutable std::mutex mutex_;
  std::vector<std::string> steps_;
};

}  // namespace bess::test
