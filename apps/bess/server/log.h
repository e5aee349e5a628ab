#pragma once
// The server's log on standard error: one line per event, as JSON or as text. Thread-safe.

#include <memory>
#include <string_view>

#include "bess/server/settings.h"
#include "service/json.h"

namespace bess::app {

class Log {
 public:
  Log(LogLevel level, LogFormat format);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  /// `fields` is an object; its members follow the event.
  void write(LogLevel level, std::string_view event, const service::Json& fields) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bess::app
