#include "bess/server/thread_queue.h"

#include <utility>

namespace bess::app {

ThreadQueue::ThreadQueue(std::size_t threads, std::size_t max_waiting, std::function<void(std::size_t)> waiting)
    : max_waiting_(max_waiting), waiting_(std::move(waiting)), idle_(threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

bool ThreadQueue::enqueue(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || tasks_.size() >= idle_ + max_waiting_) return false;
    tasks_.push_back(std::move(task));
    if (tasks_.size() > idle_) waiting_(tasks_.size() - idle_);
  }
  wake_.notify_one();
  return true;
}

void ThreadQueue::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    --idle_;
    lock.unlock();
    task();
    lock.lock();
    ++idle_;
    waiting_(tasks_.size() > idle_ ? tasks_.size() - idle_ : 0);
  }
}

void ThreadQueue::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

}  // namespace bess::app
