#include "store/cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace bess {
namespace {

DataCache::Loader value_of(int value, std::size_t bytes, int* loads = nullptr) {
  return [=] {
    if (loads != nullptr) ++*loads;
    return DataCache::Loaded{std::make_shared<const int>(value), bytes};
  };
}

int get(DataCache& cache, const std::string& id, const std::string& stamp, int value, std::size_t bytes,
        EntityKind kind = EntityKind::scenario) {
  return *std::static_pointer_cast<const int>(cache.get(kind, id, stamp, value_of(value, bytes)));
}

TEST(Cache, GivesBackWhatWasLoadedOnce) {
  DataCache cache(100);
  int loads = 0;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(*std::static_pointer_cast<const int>(cache.get(EntityKind::scenario, "1", "a", value_of(7, 10, &loads))), 7);
  EXPECT_EQ(loads, 1);
  const CacheStats stats = cache.stats(EntityKind::scenario);
  EXPECT_EQ(stats.hits, 2U);
  EXPECT_EQ(stats.misses, 1U);
  EXPECT_EQ(stats.cached_count, 1U);
  EXPECT_DOUBLE_EQ(stats.memory_mb, 10e-6);
  EXPECT_DOUBLE_EQ(stats.limit_mb, 100e-6);
}

TEST(Cache, AnotherStampIsAnotherValue) {
  DataCache cache(100);
  EXPECT_EQ(get(cache, "1", "a", 1, 10), 1);
  EXPECT_EQ(get(cache, "1", "b", 2, 30), 2);
  EXPECT_DOUBLE_EQ(cache.stats(EntityKind::scenario).memory_mb, 30e-6);
  EXPECT_EQ(cache.stats(EntityKind::scenario).cached_count, 1U);
}

TEST(Cache, LeastRecentlyUsedLeavesFirstOverBothKinds) {
  DataCache cache(100);
  get(cache, "1", "a", 1, 40);
  get(cache, "p", "a", 2, 40, EntityKind::profile);
  get(cache, "1", "a", 0, 40);  // a hit: now the profile is the oldest
  get(cache, "2", "a", 3, 40);
  EXPECT_EQ(cache.stats(EntityKind::profile).cached_count, 0U);
  ASSERT_EQ(cache.stats(EntityKind::scenario).entries.size(), 2U);
  EXPECT_EQ(cache.stats(EntityKind::scenario).entries[0].id, "1");
  EXPECT_EQ(cache.stats(EntityKind::scenario).entries[1].id, "2");
}

TEST(Cache, NeverHoldsMoreThanItsLimit) {
  DataCache cache(100);
  for (int i = 0; i < 50; ++i) {
    get(cache, std::to_string(i), "a", i, static_cast<std::size_t>(7 + i % 40));
    EXPECT_LE(cache.stats(EntityKind::scenario).memory_mb, 100e-6 + 1e-15);
  }
  EXPECT_EQ(get(cache, "big", "a", 5, 101), 5);
  for (const auto& entry : cache.stats(EntityKind::scenario).entries) EXPECT_NE(entry.id, "big");
}

TEST(Cache, DroppedEntryStaysWithItsHolder) {
  DataCache cache(100);
  const auto held = std::static_pointer_cast<const int>(cache.get(EntityKind::scenario, "1", "a", value_of(9, 10)));
  EXPECT_TRUE(cache.erase(EntityKind::scenario, "1"));
  EXPECT_FALSE(cache.erase(EntityKind::scenario, "1"));
  cache.clear();
  EXPECT_EQ(*held, 9);
}

TEST(Cache, FailedLoadIsNotKept) {
  DataCache cache(100);
  EXPECT_THROW((void)cache.get(EntityKind::scenario, "1", "a", []() -> DataCache::Loaded { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(get(cache, "1", "a", 4, 10), 4);
}

TEST(Cache, ManyThreadsAskingAtOnceLoadOnce) {
  DataCache cache(100);
  std::atomic<int> loads{0};
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        const auto value = cache.get(EntityKind::scenario, "1", "a", [&] {
          ++loads;
          std::this_thread::sleep_for(std::chrono::milliseconds(30));
          return DataCache::Loaded{std::make_shared<const int>(6), 10};
        });
        if (*std::static_pointer_cast<const int>(value) != 6) ++wrong;
      });
    }
  }
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(wrong, 0);
}

TEST(Cache, WaitersOfAFailedLoadTryThemselves) {
  DataCache cache(100);
  std::atomic<int> calls{0};
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&] {
        try {
          (void)cache.get(EntityKind::scenario, "1", "a", [&]() -> DataCache::Loaded {
            const int call = ++calls;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
            if (call == 1) throw std::runtime_error("first one fails");
            return {std::make_shared<const int>(6), 10};
          });
          ++served;
        } catch (const std::runtime_error&) {
        }
      });
    }
  }
  EXPECT_EQ(served, 5);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace bess
