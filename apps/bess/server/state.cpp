#include "bess/server/state.h"

namespace bess::app {

namespace {

StoreOptions store_options(const ServerSettings& settings, StoreOptions options) {
  options.data_directory = settings.data_dir;
  options.cache_limit_bytes = static_cast<std::size_t>(settings.cache_limit_mb * bytes_per_megabyte);
  options.busy_timeout = std::chrono::milliseconds{static_cast<std::int64_t>(settings.busy_timeout_seconds * 1000)};
  return options;
}

service::RunnerOptions runner_options(const ServerSettings& settings) {
  return {.workers = static_cast<std::size_t>(settings.workers),
          .max_queued = static_cast<std::size_t>(settings.max_queued_jobs),
          .max_kept = static_cast<std::size_t>(settings.max_kept_jobs),
          .max_kept_bytes = static_cast<std::size_t>(settings.max_kept_mb * bytes_per_megabyte),
          .max_seconds = settings.max_simulation_seconds};
}

}  // namespace

ServerState::ServerState(ServerSettings given, StoreOptions base)
    : settings(std::move(given)), store(store_options(settings, std::move(base))), runner(runner_options(settings)) {}

service::JsonLimits ServerState::json_limits() const {
  service::JsonLimits limits;
  limits.max_bytes = static_cast<std::size_t>(settings.max_body_mb * 1024 * 1024);
  limits.max_depth = static_cast<std::size_t>(settings.max_json_depth);
  return limits;
}

}  // namespace bess::app
