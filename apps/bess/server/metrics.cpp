#include "bess/server/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "base/version.h"
#include "bess/server/state.h"

namespace bess::app {

void Metrics::count_request(std::string_view method, std::string_view route, int status, double seconds) {
  const std::lock_guard lock(mutex_);
  ++requests_[{std::string(method), std::string(route), status}];
  auto it = durations_.find(route);
  if (it == durations_.end()) it = durations_.emplace(std::string(route), Durations{}).first;
  Durations& durations = it->second;
  for (std::size_t b = 0; b < bucket_seconds.size(); ++b) {
    if (seconds <= bucket_seconds[b]) ++durations.at_most[b];
  }
  ++durations.count;
  durations.seconds += seconds;
}

namespace {

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class Number>
void one(std::string& out, std::string_view name, std::string_view type, std::string_view help, Number value) {
  head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

}  // namespace

void Metrics::write(std::string& out) const {
  const std::lock_guard lock(mutex_);
  const auto end = std::back_inserter(out);
  head(out, "bess_http_requests_total", "counter", "Requests answered, by method, route and status.");
  for (const auto& [key, count] : requests_) {
    fmt::format_to(end, "bess_http_requests_total{{method=\"{}\",route=\"{}\",status=\"{}\"}} {}\n", std::get<0>(key), std::get<1>(key),
                   std::get<2>(key), count);
  }
  head(out, "bess_http_request_duration_seconds", "histogram", "Time from the complete request to the end of the answer, by route.");
  for (const auto& [route, durations] : durations_) {
    for (std::size_t b = 0; b < bucket_seconds.size(); ++b) {
      fmt::format_to(end, "bess_http_request_duration_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n", route, bucket_seconds[b],
                     durations.at_most[b]);
    }
    fmt::format_to(end, "bess_http_request_duration_seconds_bucket{{route=\"{}\",le=\"+Inf\"}} {}\n", route, durations.count);
    fmt::format_to(end, "bess_http_request_duration_seconds_sum{{route=\"{}\"}} {}\n", route, durations.seconds);
    fmt::format_to(end, "bess_http_request_duration_seconds_count{{route=\"{}\"}} {}\n", route, durations.count);
  }
  one(out, "bess_http_requests_in_flight", "gauge", "Requests being answered now.", in_flight_.load());
}

std::string metrics_page(ServerState& state) {
  std::string out;
  head(out, "bess_build_info", "gauge", "Version of the engine.");
  fmt::format_to(std::back_inserter(out), "bess_build_info{{version=\"{}\"}} 1\n", engine_version());
  state.metrics.write(out);
  const service::RunnerCounts runs = state.runner.counts();
  one(out, "bess_simulations_running", "gauge", "Simulations running now.", runs.running);
  one(out, "bess_simulations_queued", "gauge", "Jobs waiting for a worker.", runs.queued);
  head(out, "bess_simulations_total", "counter", "Simulations ended, by how.");
  for (const auto& [how, count] :
       {std::pair{"succeeded", runs.succeeded}, std::pair{"failed", runs.failed}, std::pair{"cancelled", runs.cancelled}})
    fmt::format_to(std::back_inserter(out), "bess_simulations_total{{outcome=\"{}\"}} {}\n", how, count);
  one(out, "bess_simulation_seconds_total", "counter", "Wall time of succeeded simulations.", runs.seconds);
  one(out, "bess_windows_solved_total", "counter", "Windows of succeeded simulations.", runs.windows);
  one(out, "bess_lps_solved_total", "counter", "Linear programs of succeeded simulations.", runs.lps);
  one(out, "bess_solver_fallbacks_total", "counter", "Linear programs answered by the reference solver.", runs.fallbacks);
  one(out, "bess_relaxed_windows_total", "counter", "Windows that had to be relaxed.", runs.relaxed_windows);
  const std::pair<const char*, CacheStats> caches[]{{"scenarios", state.store.scenarios().cache_stats()},
                                                    {"profiles", state.store.profiles().cache_stats()}};
  const auto cache = [&](const char* name, const char* type, const char* help, auto value) {
    head(out, name, type, help);
    for (const auto& [kind, stats] : caches) fmt::format_to(std::back_inserter(out), "{}{{cache=\"{}\"}} {}\n", name, kind, value(stats));
  };
  cache("bess_cache_bytes", "gauge", "Bytes held by the cache.", [](const CacheStats& s) { return s.memory_mb * bytes_per_megabyte; });
  cache("bess_cache_entries", "gauge", "Entries of the cache.", [](const CacheStats& s) { return s.cached_count; });
  cache("bess_cache_hits_total", "counter", "Reads answered from the cache.", [](const CacheStats& s) { return s.hits; });
  cache("bess_cache_misses_total", "counter", "Reads that had to load.", [](const CacheStats& s) { return s.misses; });
  one(out, "bess_cache_limit_bytes", "gauge", "Byte limit of both caches together.", state.settings.cache_limit_mb * bytes_per_megabyte);
  return out;
}

}  // namespace bess::app
