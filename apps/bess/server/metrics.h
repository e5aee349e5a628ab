#pragma once
// Counters of HTTP traffic and the Prometheus text of everything that is counted. Thread-safe.

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace bess::app {

struct ServerState;

class Metrics {
 public:
  static constexpr std::array<double, 10> bucket_seconds{0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60, 600};

  /// `route` is the pattern, never the path, so that the number of series is bounded.
  void count_request(std::string_view method, std::string_view route, int status, double seconds);
  void request_started() { ++in_flight_; }
  void request_ended() { --in_flight_; }

  void write(std::string& out) const;

 private:
  struct Durations {
    std::array<std::uint64_t, bucket_seconds.size()> at_most{};
    std::uint64_t count{0};
    double seconds{0};
  };
  mutable std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Durations, std::less<>> durations_;
  std::atomic<std::int64_t> in_flight_{0};
};

/// The whole page of GET /metrics.
[[nodiscard]] std::string metrics_page(ServerState& state);

}  // namespace bess::app
