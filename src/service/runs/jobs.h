#pragma once
// Simulations beside each other: a fixed number of worker threads, a bounded queue, progress, cancel and a time limit.
//
// A job is queued, running, and then succeeded, failed or cancelled for good. Results of finished jobs are kept until newer ones push
// them out or somebody forgets them. All members may be called from any thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "service/runs/simulate.h"

namespace bess::service {

enum class JobState : std::uint8_t { queued, running, succeeded, failed, cancelled };
[[nodiscard]] std::string_view to_string(JobState state);

/// What is known of a job at one moment.
struct JobStatus {
  JobState state{JobState::queued};
  Progress progress;
  double seconds{0};           ///< of running so far, or altogether
  std::uint64_t revision{0};   ///< grows with every change
  std::string failure_code{};  ///< failed: infeasible_window, time_limit, internal, …
  std::string failure_text{};
  [[nodiscard]] bool finished() const { return state != JobState::queued && state != JobState::running; }
};

class SimulationJob {
 public:
  SimulationJob(std::string id, std::shared_ptr<const PreparedSimulation> prepared) : id_(std::move(id)), prepared_(std::move(prepared)) {}

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] JobStatus status() const;
  /// The answer of a job that succeeded; null otherwise.
  [[nodiscard]] std::shared_ptr<const SimulationAnswer> answer() const;
  /// Asks it to end: at once when queued, at the next window when running.
  void cancel();
  /// Waits until it is finished, or until the time is over; true when finished.
  bool wait_finished(std::chrono::milliseconds at_most) const;

 private:
  friend class SimulationRunner;
  using Clock = std::chrono::steady_clock;

  void run(std::chrono::duration<double> limit);
  void finish(JobState state, std::string code, std::string text, std::shared_ptr<const SimulationAnswer> answer);
  bool begin();
  void stop_if_late(Clock::time_point now, std::chrono::duration<double> limit);
  /// Whether its worker is still at it: also when the job was given up because its solver does not listen.
  [[nodiscard]] bool holds_worker() const;

  const std::string id_;
  std::shared_ptr<const PreparedSimulation> prepared_;  ///< dropped when finished
  CancellationToken token_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  JobStatus status_;
  bool late_{false};
  bool given_up_{false};
  Clock::time_point started_{};
  std::shared_ptr<const SimulationAnswer> answer_;
};

struct RunnerOptions {
  std::size_t workers{1};                     ///< simulations at the same time
  std::size_t max_queued{32};                 ///< jobs that wait; more are refused
  std::size_t max_kept{16};                   ///< finished jobs whose result is kept
  std::size_t max_kept_bytes{1'000'000'000};  ///< of their series together; the newest is kept however long it is
  double max_seconds{600};                    ///< of one simulation; beyond: failed, code time_limit
};

/// Sums since the runner was made.
struct RunnerCounts {
  std::size_t running{0};
  std::size_t queued{0};
  std::uint64_t succeeded{0}, failed{0}, cancelled{0};
  std::uint64_t windows{0}, lps{0}, fallbacks{0}, relaxed_windows{0};
  double seconds{0};  ///< of succeeded simulations
};

class SimulationRunner {
 public:
  explicit SimulationRunner(RunnerOptions options);
  ~SimulationRunner();
  SimulationRunner(const SimulationRunner&) = delete;
  SimulationRunner& operator=(const SimulationRunner&) = delete;

  /// Runs it at once; null when no worker is free. The job is the caller's alone: find() does not know it.
  [[nodiscard]] std::shared_ptr<SimulationJob> start(std::shared_ptr<const PreparedSimulation> prepared);
  /// Runs it when its turn comes; null when the queue is full.
  [[nodiscard]] std::shared_ptr<SimulationJob> enqueue(std::shared_ptr<const PreparedSimulation> prepared);
  /// True when start() would find a worker now.
  [[nodiscard]] bool has_free_worker() const;

  /// Jobs of enqueue(); null when unknown or pushed out.
  [[nodiscard]] std::shared_ptr<SimulationJob> find(const std::string& id) const;
  /// In the order they came.
  [[nodiscard]] std::vector<std::shared_ptr<SimulationJob>> jobs() const;
  /// Cancels it if needed and forgets it; false when unknown.
  bool forget(const std::string& id);

  [[nodiscard]] RunnerCounts counts() const;
  /// Takes no more work, gives running simulations `grace` to finish, then cancels them, and waits. May be called again.
  void stop(std::chrono::milliseconds grace);

 private:
  void work(const std::stop_token& stop);
  void watch(const std::stop_token& stop);
  void count(const SimulationJob& job);
  [[nodiscard]] std::size_t busy_workers() const;
  void drop_cancelled();
  void push_out_old();
  [[nodiscard]] static std::size_t series_bytes(const SimulationJob& job);

  const RunnerOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any idle_;
  std::deque<std::shared_ptr<SimulationJob>> queue_;
  std::vector<std::shared_ptr<SimulationJob>> running_;
  std::vector<std::shared_ptr<SimulationJob>> known_;
  RunnerCounts counts_;
  bool closed_{false};
  std::vector<std::jthread> workers_;
  std::jthread watcher_;
};

}  // namespace bess::service
