#pragma once
// One cache for the data of scenarios and profiles, bounded by one byte limit. It holds immutable shared values: dropping an
// entry never disturbs a run that holds its snapshot, and never changes an answer, because every lookup names the stamp
// (revision of the data) it wants and an entry with another stamp does not count.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace bess {

inline constexpr double bytes_per_megabyte = 1e6;

enum class EntityKind : std::uint8_t { scenario, profile };

struct CacheEntryInfo {
  std::string id;
  double memory_mb{0.0};
  bool preload{false};
};

/// Counts of one kind; `limit_mb` is common to all kinds. 1 MB = 1,000,000 bytes. Snapshots held by runs are not counted.
struct CacheStats {
  std::size_t cached_count{0};
  double memory_mb{0.0};
  double limit_mb{0.0};
  std::uint64_t hits{0};
  std::uint64_t misses{0};
  std::vector<CacheEntryInfo> entries;  ///< ascending id (as text)
};

/// Least recently used entries leave first. All members may be called from any thread; `load` runs outside the lock.
class DataCache {
 public:
  using Value = std::shared_ptr<const void>;
  struct Loaded {
    Value value;
    std::size_t bytes{0};
  };
  using Loader = std::function<Loaded()>;

  explicit DataCache(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// The value of (kind, id) at `stamp`: from the cache, or by `load`, once however many threads ask at the same time.
  /// A value above the limit is returned but not kept. Exceptions of `load` go to the caller whose load it was; others retry.
  [[nodiscard]] Value get(EntityKind kind, const std::string& id, const std::string& stamp, const Loader& load);
  /// True when it was cached.
  bool erase(EntityKind kind, const std::string& id);
  void clear();
  /// `preload` of the entries is left false.
  [[nodiscard]] CacheStats stats(EntityKind kind) const;
  /// Ids of one kind that are cached now.
  [[nodiscard]] std::vector<std::string> ids(EntityKind kind) const;

 private:
  using Key = std::pair<EntityKind, std::string>;
  struct Entry {
    Key key;
    std::string stamp;
    Value value;
    std::size_t bytes{0};
  };
  struct Flight {
    bool done{false};
    Value value;  ///< null: the load failed
  };
  using FlightKey = std::tuple<EntityKind, std::string, std::string>;
  using Order = std::list<Entry>;  // front: most recently used

  void insert(Entry entry);
  void drop(std::map<Key, Order::iterator>::iterator where);

  const std::size_t limit_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable landed_;
  Order order_;
  std::map<Key, Order::iterator> index_;
  std::map<FlightKey, std::shared_ptr<Flight>> flights_;
  std::size_t bytes_{0};
  std::uint64_t hits_[2]{};
  std::uint64_t misses_[2]{};
};

}  // namespace bess
