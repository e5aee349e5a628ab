#include "bess/server/thread_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

namespace bess::app {
namespace {

using namespace std::chrono_literals;

TEST(ThreadQueue, DoesEveryTaskThatItTook) {
  std::atomic<std::size_t> waiting{0};
  std::atomic<int> done{0};
  int refused = 0;
  ThreadQueue queue(4, 16, [&](std::size_t count) { waiting = count; });
  for (int i = 0; i < 5000; ++i) {
    if (!queue.enqueue([&] { ++done; })) ++refused;
  }
  queue.shutdown();
  EXPECT_EQ(done + refused, 5000);
  EXPECT_EQ(waiting, 0U);
  EXPECT_FALSE(queue.enqueue([] {}));
}

TEST(ThreadQueue, TellsHowManyWaitAndRefusesTheRest) {
  std::atomic<std::size_t> waiting{0};
  std::atomic<bool> open{false};
  ThreadQueue queue(2, 3, [&](std::size_t count) { waiting = count; });
  const auto block = [&] {
    while (!open) std::this_thread::sleep_for(1ms);
  };
  EXPECT_TRUE(queue.enqueue(block));
  EXPECT_TRUE(queue.enqueue(block));
  EXPECT_EQ(waiting, 0U) << "a thread is there for each";
  for (std::size_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(queue.enqueue(block));
    EXPECT_EQ(waiting, i);
  }
  EXPECT_FALSE(queue.enqueue(block));
  open = true;
  queue.shutdown();
  EXPECT_EQ(waiting, 0U);
}

}  // namespace
}  // namespace bess::app
