#include "bess/progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "bess/command.h"

namespace bess::app {

namespace {
constexpr int bar_width = 30;
constexpr std::chrono::milliseconds redraw_interval{100};
}  // namespace

ProgressBar::ProgressBar(bool wanted) : active_(wanted && isatty(STDERR_FILENO) == 1) {}

ProgressCallback ProgressBar::callback() {
  if (!active_) return {};
  return [this](const Progress& progress) { show(progress); };
}

void ProgressBar::show(const Progress& progress) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < redraw_interval && progress.done != progress.total) return;
  last_ = now;
  drawn_ = true;
  if (progress.total == 0) {
    complain(fmt::format("\r\x1b[K{} {} {}", progress.stage, progress.done, progress.detail));
  } else {
    const int filled = static_cast<int>(bar_width * std::min(progress.done, progress.total) / progress.total);
    complain(fmt::format("\r\x1b[K{} [{:#<{}}{:{}}] {}/{} {}", progress.stage, "", filled, "", bar_width - filled, progress.done,
                         progress.total, progress.detail));
  }
}

void ProgressBar::clear() {
  if (!drawn_) return;
  complain("\r\x1b[K");
  drawn_ = false;
}

bool unicode_output() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text(value);
    return text.find("UTF-8") != std::string_view::npos || text.find("utf8") != std::string_view::npos ||
           text.find("UTF8") != std::string_view::npos;
  }
  return false;
}

}  // namespace bess::app
