#include "store/cache.h"

namespace bess {

DataCache::Value DataCache::get(EntityKind kind, const std::string& id, const std::string& stamp, const Loader& load) {
  const auto slot = static_cast<std::size_t>(kind);
  const FlightKey flight_key{kind, id, stamp};
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const auto found = index_.find({kind, id}); found != index_.end() && found->second->stamp == stamp) {
      order_.splice(order_.begin(), order_, found->second);
      ++hits_[slot];
      return found->second->value;
    }
    const auto flying = flights_.find(flight_key);
    if (flying == flights_.end()) break;
    const std::shared_ptr<Flight> flight = flying->second;
    landed_.wait(lock, [&] { return flight->done; });
    if (flight->value) {
      ++hits_[slot];
      return flight->value;
    }
  }
  ++misses_[slot];
  const auto flight = std::make_shared<Flight>();
  flights_.emplace(flight_key, flight);
  lock.unlock();

  // Lands the flight however the load ends, so that waiters never hang.
  const auto land = [&](Value value) {
    flight->done = true;
    flight->value = std::move(value);
    flights_.erase(flight_key);
    landed_.notify_all();
  };
  Loaded loaded;
  try {
    loaded = load();
  } catch (...) {
    lock.lock();
    land(nullptr);
    throw;
  }
  lock.lock();
  if (loaded.bytes <= limit_bytes_) insert({{kind, id}, stamp, loaded.value, loaded.bytes});
  land(loaded.value);
  return loaded.value;
}

void DataCache::insert(Entry entry) {
  if (const auto old = index_.find(entry.key); old != index_.end()) drop(old);
  bytes_ += entry.bytes;
  order_.push_front(std::move(entry));
  index_[order_.front().key] = order_.begin();
  while (bytes_ > limit_bytes_) drop(index_.find(order_.back().key));
}

void DataCache::drop(std::map<Key, Order::iterator>::iterator where) {
  bytes_ -= where->second->bytes;
  order_.erase(where->second);
  index_.erase(where);
}

bool DataCache::erase(EntityKind kind, const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = index_.find({kind, id});
  if (found == index_.end()) return false;
  drop(found);
  return true;
}

void DataCache::clear() {
  const std::scoped_lock lock(mutex_);
  index_.clear();
  order_.clear();
  bytes_ = 0;
}

CacheStats DataCache::stats(EntityKind kind) const {
  const std::scoped_lock lock(mutex_);
  CacheStats result;
  result.limit_mb = static_cast<double>(limit_bytes_) / bytes_per_megabyte;
  result.hits = hits_[static_cast<std::size_t>(kind)];
  result.misses = misses_[static_cast<std::size_t>(kind)];
  for (const auto& [key, where] : index_) {
    if (key.first != kind) continue;
    const double memory_mb = static_cast<double>(where->bytes) / bytes_per_megabyte;
    result.entries.push_back({key.second, memory_mb, false});
    result.memory_mb += memory_mb;
  }
  result.cached_count = result.entries.size();
  return result;
}

std::vector<std::string> DataCache::ids(EntityKind kind) const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> result;
  for (const auto& [key, where] : index_) {
    if (key.first == kind) result.push_back(key.second);
  }
  return result;
}

}  // namespace bess
