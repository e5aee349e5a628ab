#include "store/file_lock.h"

#include <gmock/gmock.h>

#include <mutex>
#include <thread>
#include <vector>

#include "unit/store/store_fixture.h"

namespace bess::test {
namespace {

using std::chrono::milliseconds;

class FileLockTest : public StoreTest {
 protected:
  [[nodiscard]] FileLock acquire(milliseconds timeout = milliseconds{10'000}) const {
    return FileLock::acquire(db() / "store.lock", byte_, timeout, "a thing");
  }
  const std::uint64_t byte_{12345};
};

TEST_F(FileLockTest, WhoCameFirstIsServedFirst) {
  constexpr int waiters = 12;
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::jthread> threads;
  {
    const FileLock held = acquire();
    for (int i = 0; i < waiters; ++i) {
      threads.emplace_back([&, i] {
        const FileLock mine = acquire();
        const std::lock_guard lock(mutex);
        order.push_back(i);
      });
      std::this_thread::sleep_for(milliseconds{30});
    }
    EXPECT_TRUE(order.empty());
  }
  threads.clear();
  std::vector<int> expected(waiters);
  for (int i = 0; i < waiters; ++i) expected[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(order, expected);
}

TEST_F(FileLockTest, WhoGivesUpLeavesTheQueueInOrder) {
  bool served = false;
  std::jthread patient;
  {
    const FileLock held = acquire();
    std::jthread hasty([&] { EXPECT_EQ(code_of([&] { (void)acquire(milliseconds{20}); }), "store_locked"); });
    std::this_thread::sleep_for(milliseconds{5});
    patient = std::jthread([&] {
      const FileLock mine = acquire();
      served = true;
    });
    hasty.join();
    EXPECT_FALSE(FileLock::try_acquire(db() / "store.lock", byte_));
  }
  patient.join();
  EXPECT_TRUE(served);
  EXPECT_TRUE(FileLock::try_acquire(db() / "store.lock", byte_));
}

TEST_F(FileLockTest, BytesAndMovedOwners) {
  FileLock first = acquire();
  const FileLock other = FileLock::acquire(db() / "store.lock", byte_ + 1, milliseconds{0}, "another thing");
  FileLock second = std::move(first);
  EXPECT_FALSE(FileLock::try_acquire(db() / "store.lock", byte_));
  {
    const FileLock last = std::move(second);
  }
  EXPECT_TRUE(FileLock::try_acquire(db() / "store.lock", byte_));
}

}  // namespace
}  // namespace bess::test
