#pragma once
// Threads on which routes work. Two kinds of tasks: those that wait for others or for a client (imports, simulations, long answers) never
// take all of the threads, so that reads go on whatever those wait for.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bess::app {

enum class TaskKind : std::uint8_t { read, wait };

class WorkQueue {
 public:
  /// Threads are made when they are needed. `waiting_threads`: those that tasks which wait may take at most.
  WorkQueue(std::size_t threads, std::size_t waiting_threads);
  ~WorkQueue() { shutdown(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  /// False: the queue is shut down.
  [[nodiscard]] bool enqueue(TaskKind kind, std::function<void()> task);
  /// Whether tasks wait for a thread.
  [[nodiscard]] bool crowded() const;
  /// Works off what waits, then ends the threads. May be called again.
  void shutdown();

 private:
  void work();
  [[nodiscard]] bool may_run(TaskKind kind) const;
  [[nodiscard]] std::deque<std::function<void()>>& tasks(TaskKind kind) { return kind == TaskKind::read ? reads_ : waits_; }

  const std::size_t max_threads_, max_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> reads_, waits_;
  std::size_t waiting_{0};  ///< threads on tasks that wait
  std::size_t idle_{0};
  bool closed_{false};
  std::vector<std::jthread> threads_;
};

}  // namespace bess::app
