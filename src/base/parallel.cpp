#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#ifdef BESS_USE_TBB
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace bess {

std::size_t hardware_workers() { return std::max(1U, std::thread::hardware_concurrency()); }

namespace {

void run_all(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& guarded) {
#ifdef BESS_USE_TBB
  tbb::task_arena arena(static_cast<int>(workers));
  arena.execute([&] { tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { guarded(i); }, tbb::simple_partitioner{}); });
#else
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> threads;
  threads.reserve(workers);
  for (std::size_t w = 0; w < std::min(workers, count); ++w) {
    threads.emplace_back([&] {
      for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) guarded(i);
    });
  }
#endif
}

}  // namespace

void parallel_for(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& task) {
  if (workers <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) task(i);
    return;
  }
  std::vector<std::exception_ptr> failures(count);
  run_all(count, workers, [&](std::size_t i) {
    try {
      task(i);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  });
  for (const auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace bess
