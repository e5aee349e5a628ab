#include "bess/server/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <string>

namespace bess::app {

struct Log::Impl {
  LogFormat format;
  spdlog::logger logger{"bess", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  static constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err,
                                     spdlog::level::off};
  return levels[static_cast<std::size_t>(level)];
}

}  // namespace

Log::Log(LogLevel level, LogFormat format) : impl_(std::make_unique<Impl>(Impl{format})) {
  impl_->logger.set_level(spdlog_level(level));
  const char* pattern = format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)" : "%Y-%m-%d %H:%M:%S.%eZ %l %v";
  impl_->logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  impl_->logger.flush_on(spdlog::level::info);
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, const service::Json& fields) const {
  if (!impl_->logger.should_log(spdlog_level(level))) return;
  std::string text;
  if (impl_->format == LogFormat::json) {
    text = "\"event\":";
    service::append_json_string(text, event);
    std::string rest = fields.dump();
    if (rest.size() > 2)
      text.append(",").append(rest, 1);
    else
      text += '}';
  } else {
    text = event;
    for (const service::JsonMember& member : fields.members()) text.append(" ").append(member.key).append("=").append(member.value.dump());
  }
  impl_->logger.log(spdlog_level(level), "{}", text);
}

}  // namespace bess::app
