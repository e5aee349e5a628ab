#pragma once
// Parallel loops over independent tasks. Results must be written to the task's own slot, so that they do not depend on the
// number of workers. Built on TBB, or on a jthread pool where ThreadSanitizer must see every step (BESS_USE_TBB).

#include <cstddef>
#include <functional>

namespace bess {

/// Runs task(0) … task(count − 1) on at most `workers` threads (1: in order, on the calling thread) and waits for all.
/// The first exception, in index order among those thrown, is rethrown after every started task has ended.
void parallel_for(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& task);

/// Number of hardware threads, at least 1.
[[nodiscard]] std::size_t hardware_workers();

}  // namespace bess
