#pragma once
// Progress and cancellation of long work. Both are passed in; the library holds no global state.

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "base/error.h"

namespace bess {

/// Set from any thread; long work polls it and throws Cancelled. The owner keeps it alive during the work.
class CancellationToken {
 public:
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  void throw_if_cancelled() const {
    if (cancelled()) throw Cancelled();
  }

 private:
  std::atomic<bool> cancelled_{false};
};

/// Where the work stands. `detail` is for people ("2024-03-17"); total may be 0 when unknown.
struct Progress {
  std::string stage;
  std::size_t done{0};
  std::size_t total{0};
  std::string detail;
};

/// Called from one thread at a time. An empty function means nobody listens.
using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace bess
