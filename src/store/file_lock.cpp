#include "store/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "base/error.h"
#include "store/disk.h"

namespace bess {

namespace {

/// An open descriptor of the lock file; closing it releases what was locked through it.
int open_lock_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) throw_system_error(errno, "cannot open the lock file", file);
  return descriptor;
}

bool try_lock(int descriptor, std::uint64_t byte, const std::filesystem::path& file) {
  struct flock range{};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(byte);
  range.l_len = 1;
  if (::fcntl(descriptor, F_OFD_SETLK, &range) == 0) return true;
  if (errno == EAGAIN || errno == EACCES || errno == EINTR) return false;
  throw_system_error(errno, "cannot lock", file);
}

}  // namespace

FileLock FileLock::acquire(const std::filesystem::path& file, std::uint64_t byte, std::chrono::milliseconds timeout,
                           std::string_view what) {
  FileLock lock(open_lock_file(file));
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (std::chrono::microseconds pause{200}; !try_lock(lock.descriptor_, byte, file);
       pause = std::min(2 * pause, std::chrono::microseconds{5000})) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Exception("store_locked",
                      fmt::format("{} is being changed by another request or process; waited {} ms", what, timeout.count()));
    }
    std::this_thread::sleep_for(pause);
  }
  return lock;
}

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& file, std::uint64_t byte) {
  FileLock lock(open_lock_file(file));
  if (!try_lock(lock.descriptor_, byte, file)) return std::nullopt;
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bess
