#pragma once
// How long a client may take to make room for more of its answer. Waiting uses the patience up, and what leaves gives it back (16 KiB a
// second), so that a reader of any speed above that gets everything and one that trickles does not.

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace bess::app {

/// Patience with all, instead of their own limits, while connections or threads are scarce.
constexpr std::chrono::milliseconds hurry{2000};
constexpr std::size_t slowest_bytes_per_second = 16U << 10U;

/// In what time `bytes` leave or arrive at the slowest speed that is allowed.
[[nodiscard]] inline std::chrono::nanoseconds time_of(std::size_t bytes) {
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) / static_cast<double>(slowest_bytes_per_second));
  return std::chrono::duration_cast<std::chrono::nanoseconds>(seconds);
}

class SendPatience {
 public:
  explicit SendPatience(std::chrono::nanoseconds limit) : limit_(limit), left_(limit) {}
  void renew() { left_ = limit_; }
  void waited(std::chrono::nanoseconds time) { left_ -= time; }
  void sent(std::size_t bytes) { left_ = std::min(limit_, left_ + time_of(bytes)); }
  [[nodiscard]] std::chrono::nanoseconds left() const { return left_; }

 private:
  const std::chrono::nanoseconds limit_;
  std::chrono::nanoseconds left_;
};

}  // namespace bess::app
