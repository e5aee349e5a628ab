#pragma once
// Advisory locks on single bytes of one lock file. They hold between threads and between processes (Linux open file
// description locks), leave nothing behind, and end with the process however it ends. The system wakes waiters in any order, so the threads
// of one process queue up first: who came first is served first, and only the head of the queue competes with other processes.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace bess {

/// Movable owner of one locked byte; released on destruction. Not thread-safe itself.
class FileLock {
 public:
  /// Waits up to `timeout`; throws bess::Exception store_locked (naming `what`), store_read_only, disk_full or store_io.
  [[nodiscard]] static FileLock acquire(const std::filesystem::path& file, std::uint64_t byte, std::chrono::milliseconds timeout,
                                        std::string_view what);
  /// No value when another holder has it.
  [[nodiscard]] static std::optional<FileLock> try_acquire(const std::filesystem::path& file, std::uint64_t byte);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  class Turn;
  FileLock(int descriptor, std::unique_ptr<Turn> turn);
  int descriptor_{-1};
  std::unique_ptr<Turn> turn_;  ///< null after try_acquire, which jumps no queue: it only takes what nobody holds
};

}  // namespace bess
