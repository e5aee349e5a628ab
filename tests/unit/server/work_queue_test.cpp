#include "bess/server/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <thread>

#include "bess/server/connections.h"
#include "bess/server/send_patience.h"

namespace bess::app {
namespace {

using namespace std::chrono_literals;

/// Until `condition` holds; false when it does not within some seconds.
template <class Condition>
bool becomes(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  return condition();
}

TEST(WorkQueue, DoesEveryTaskThatItTook) {
  std::atomic<int> done{0};
  WorkQueue queue(4, 2);
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(queue.enqueue(i % 3 == 0 ? TaskKind::wait : TaskKind::read, [&] { ++done; }));
  queue.shutdown();
  EXPECT_EQ(done, 5000);
  EXPECT_FALSE(queue.enqueue(TaskKind::read, [] {}));
}

TEST(WorkQueue, ReadsGoOnWhileOthersWait) {
  std::atomic<bool> open{false};
  std::atomic<int> waiting{0}, read{0};
  WorkQueue queue(4, 3);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(queue.enqueue(TaskKind::wait, [&] {
      ++waiting;
      while (!open) std::this_thread::sleep_for(1ms);
    }));
  }
  EXPECT_TRUE(becomes([&] { return waiting == 3; }));
  EXPECT_TRUE(queue.crowded());
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.enqueue(TaskKind::read, [&] { ++read; }));
  EXPECT_TRUE(becomes([&] { return read == 100; })) << "one thread is left to them";
  EXPECT_EQ(waiting, 3);
  open = true;
  queue.shutdown();
  EXPECT_EQ(waiting, 10);
  EXPECT_FALSE(queue.crowded());
}

class Counted final : public OpenConnection {
 public:
  void expire() override { ++expired; }
  void give_way() override { ++given_way; }
  void abort() override { ++aborted; }
  void tick() override { ++ticked; }
  int expired{0}, given_way{0}, aborted{0}, ticked{0};
};

TEST(Connections, TheLongestIdleOneGivesWay) {
  Connections all(3);
  Counted a, b, c;
  for (Counted* one : {&a, &b, &c}) all.add(*one);
  EXPECT_FALSE(all.oldest_gives_way()) << "none is idle";
  for (Counted* one : {&b, &a, &c}) all.set_idle(*one, true);
  all.set_idle(b, false);
  EXPECT_TRUE(all.oldest_gives_way());
  EXPECT_EQ(a.given_way, 1);
  EXPECT_FALSE(all.oldest_gives_way()) << "the only idle one has just come";
  c.has_asked = true;
  EXPECT_TRUE(all.oldest_gives_way());
  EXPECT_EQ(c.given_way, 1);
  all.remove(c);
  EXPECT_FALSE(all.oldest_gives_way());
  EXPECT_EQ(all.count(), 2U);
  all.abort_all();
  EXPECT_EQ(a.aborted + b.aborted + c.aborted, 2);
}

TEST(Connections, NewcomersAreSparedForThoseWhoHaveAsked) {
  Connections all(3);
  Counted first, second, old;
  old.has_asked = true;
  for (Counted* one : {&first, &second, &old}) {
    all.add(*one);
    all.set_idle(*one, true);
  }
  EXPECT_TRUE(all.oldest_gives_way());
  EXPECT_EQ(old.given_way, 1);
  EXPECT_TRUE(all.oldest_gives_way()) << "of several newcomers the first";
  EXPECT_EQ(first.given_way, 1);
  EXPECT_FALSE(all.oldest_gives_way());
  std::this_thread::sleep_for(300ms);
  EXPECT_TRUE(all.oldest_gives_way()) << "it has had its time";
  EXPECT_EQ(second.given_way, 1);
}

TEST(Connections, DeadlinesAreSoonerForThoseWhoKeepOthersWaiting) {
  Connections all(3);
  Counted late, soon, holder;
  const auto now = Deadline::Clock::now();
  late.deadline.set(now + 1h, now - 1s);
  soon.deadline.set(now - 1s);
  holder.deadline.set(now + 1h, now - 1s);
  holder.holds_thread = true;
  holder.ticks = true;
  for (Counted* one : {&late, &soon, &holder}) all.add(*one);
  all.look_after(false, false, false);
  EXPECT_EQ((std::vector{late.expired, soon.expired, holder.expired}), (std::vector{0, 1, 0}));
  all.look_after(false, true, true);
  EXPECT_EQ((std::vector{late.expired, soon.expired, holder.expired}), (std::vector{0, 2, 1}));
  EXPECT_EQ(holder.ticked + late.ticked, 1);
  soon.deadline.clear();
  all.look_after(true, false, false);
  EXPECT_EQ((std::vector{late.expired, soon.expired, holder.expired}), (std::vector{1, 2, 2}));
}

TEST(SendPatience, ASteadyReaderIsNotATrickle) {
  SendPatience patience(3s);
  for (int i = 0; i < 100; ++i) {  // 32 KiB a second
    patience.waited(1s);
    patience.sent(32U << 10U);
  }
  EXPECT_EQ(patience.left(), 3s);
  for (int i = 0; i < 4; ++i) {  // 1 KiB a second
    patience.waited(1s);
    patience.sent(1U << 10U);
  }
  EXPECT_LT(patience.left(), 0s);
}

}  // namespace
}  // namespace bess::app
