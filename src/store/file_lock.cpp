#include "store/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
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

/// A place in the queue of this process's threads for one byte of one file.
class FileLock::Turn {
 public:
  Turn(const std::filesystem::path& file, std::uint64_t byte) : key_(file.string(), byte) {
    const std::lock_guard lock(mutex());
    ticket_ = ++last_ticket();
    queues()[key_].push_back(ticket_);
  }
  ~Turn() {
    const std::lock_guard lock(mutex());
    const auto queue = queues().find(key_);
    std::erase(queue->second, ticket_);
    if (queue->second.empty()) queues().erase(queue);
    moved().notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// False: it did not come until then.
  [[nodiscard]] bool wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex());
    return moved().wait_until(lock, until, [this] { return queues()[key_].front() == ticket_; });
  }

 private:
  using Key = std::pair<std::string, std::uint64_t>;
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::condition_variable& moved() {
    static std::condition_variable one;
    return one;
  }
  static std::map<Key, std::deque<std::uint64_t>>& queues() {
    static std::map<Key, std::deque<std::uint64_t>> all;
    return all;
  }
  static std::uint64_t& last_ticket() {
    static std::uint64_t last = 0;
    return last;
  }

  Key key_;
  std::uint64_t ticket_{0};
};

FileLock::FileLock(int descriptor, std::unique_ptr<Turn> turn) : descriptor_(descriptor), turn_(std::move(turn)) {}

FileLock FileLock::acquire(const std::filesystem::path& file, std::uint64_t byte, std::chrono::milliseconds timeout,
                           std::string_view what) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const auto too_late = [&] {
    return Exception("store_locked", fmt::format("{} is being changed by another request or process; waited {} ms", what, timeout.count()));
  };
  auto turn = std::make_unique<Turn>(file, byte);
  if (!turn->wait(deadline)) throw too_late();
  FileLock lock(open_lock_file(file), std::move(turn));
  for (std::chrono::microseconds pause{200}; !try_lock(lock.descriptor_, byte, file);
       pause = std::min(2 * pause, std::chrono::microseconds{5000})) {
    if (std::chrono::steady_clock::now() >= deadline) throw too_late();
    std::this_thread::sleep_for(pause);
  }
  return lock;
}

std::optional<FileLock> FileLock::try_acquire(const std::filesystem::path& file, std::uint64_t byte) {
  FileLock lock(open_lock_file(file), nullptr);
  if (!try_lock(lock.descriptor_, byte, file)) return std::nullopt;
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), turn_(std::move(other.turn_)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(turn_, other.turn_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace bess
