#include "bess/server/work_queue.h"

#include <system_error>
#include <utility>

namespace bess::app {

WorkQueue::WorkQueue(std::size_t threads, std::size_t waiting_threads) : max_threads_(threads), max_waiting_(waiting_threads) {}

bool WorkQueue::may_run(TaskKind kind) const {
  return kind == TaskKind::read ? !reads_.empty() : !waits_.empty() && waiting_ < max_waiting_;
}

bool WorkQueue::enqueue(TaskKind kind, std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    tasks(kind).push_back(std::move(task));
    if (reads_.size() + waits_.size() > idle_ && threads_.size() < max_threads_) {
      try {
        threads_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        if (threads_.empty()) {
          tasks(kind).pop_back();
          throw;
        }
        // The system gives no more threads: those that are there do the work.
      }
    }
  }
  wake_.notify_one();
  return true;
}

bool WorkQueue::crowded() const {
  const std::lock_guard lock(mutex_);
  return threads_.size() == max_threads_ ? reads_.size() + waits_.size() > idle_ : waiting_ >= max_waiting_ && !waits_.empty();
}

void WorkQueue::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return closed_ || may_run(TaskKind::read) || may_run(TaskKind::wait); });
    --idle_;
    // When it closes, tasks of one kind may be left that wait for threads of that kind: those threads take them.
    const TaskKind kind = may_run(TaskKind::read) ? TaskKind::read : TaskKind::wait;
    if (!may_run(kind)) return;
    const std::function<void()> task = std::move(tasks(kind).front());
    tasks(kind).pop_front();
    if (kind == TaskKind::wait) ++waiting_;
    lock.unlock();
    task();
    lock.lock();
    if (kind == TaskKind::wait) --waiting_;
  }
}

void WorkQueue::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

}  // namespace bess::app
