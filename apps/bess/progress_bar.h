#pragma once
// A progress bar on stderr when that is a terminal, nothing in a pipe.

#include <chrono>
#include <string>

#include "base/progress.h"

namespace bess::app {

class ProgressBar {
 public:
  explicit ProgressBar(bool wanted = true);
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  [[nodiscard]] ProgressCallback callback();
  /// Removes the bar from the terminal.
  void clear();

 private:
  void show(const Progress& progress);

  bool active_;
  bool drawn_{false};
  std::chrono::steady_clock::time_point last_{};
};

/// Seconds since it was made.
class StopWatch {
 public:
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_{std::chrono::steady_clock::now()};
};

/// stdout is a terminal that shows UTF-8, or is told to by the locale.
[[nodiscard]] bool unicode_output();

}  // namespace bess::app
