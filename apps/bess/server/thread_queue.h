#pragma once
// Threads that work off a queue, which tells how many tasks wait: the server's connections become less patient then.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bess::app {

class ThreadQueue {
 public:
  /// `waiting` is told how many tasks wait, whenever that changes; it must outlive the queue.
  ThreadQueue(std::size_t threads, std::size_t max_waiting, std::function<void(std::size_t)> waiting);
  ~ThreadQueue() { shutdown(); }
  ThreadQueue(const ThreadQueue&) = delete;
  ThreadQueue& operator=(const ThreadQueue&) = delete;

  /// False: too many tasks wait already.
  [[nodiscard]] bool enqueue(std::function<void()> task);
  /// Works off what waits, then ends the threads. May be called again.
  void shutdown();

 private:
  void work();

  const std::size_t max_waiting_;
  const std::function<void(std::size_t)> waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool closed_{false};
  std::size_t idle_{0};
  std::vector<std::jthread> threads_;
};

}  // namespace bess::app
