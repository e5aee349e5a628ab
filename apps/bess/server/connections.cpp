#include "bess/server/connections.h"

#include <sys/resource.h>

#include <algorithm>

namespace bess::app {

namespace {

constexpr std::size_t fewest_kept_back = 32;
constexpr std::size_t most_kept_back = 256;
constexpr std::size_t fewest_connections = 8;
constexpr std::size_t most_connections = 65536;
constexpr std::chrono::milliseconds first_grace{250};  ///< for the first request of a new connection

}  // namespace

void Connections::add(OpenConnection& one) {
  const std::lock_guard lock(mutex_);
  one.place_ = open_.insert(open_.end(), &one);
}

void Connections::remove(OpenConnection& one) {
  const std::lock_guard lock(mutex_);
  if (one.idle_) idle_.erase(one.idle_place_);
  open_.erase(one.place_);
}

std::size_t Connections::count() const {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

void Connections::set_idle(OpenConnection& one, bool idle) {
  const std::lock_guard lock(mutex_);
  if (one.idle_) idle_.erase(one.idle_place_);
  if (idle) one.idle_place_ = idle_.insert(idle_.end(), &one);
  one.idle_ = idle;
}

bool Connections::oldest_gives_way() {
  const auto arrived_before = Deadline::Clock::now() - first_grace;
  const std::lock_guard lock(mutex_);
  auto chosen =
      std::find_if(idle_.begin(), idle_.end(), [&](const OpenConnection* one) { return one->has_asked || one->since_ < arrived_before; });
  if (chosen == idle_.end()) {
    if (idle_.size() < 2) return false;
    // By their arrival: two that came together may begin to wait in either order.
    chosen = std::min_element(idle_.begin(), idle_.end(),
                              [](const OpenConnection* a, const OpenConnection* b) { return a->since_ < b->since_; });
  }
  OpenConnection& one = **chosen;
  idle_.erase(chosen);
  one.idle_ = false;
  one.give_way();
  return true;
}

void Connections::look_after(bool hurry_all, bool hurry_holders, bool tick) {
  const auto now = Deadline::Clock::now();
  const std::lock_guard lock(mutex_);
  for (OpenConnection* one : open_) {
    if (one->deadline.over(now, hurry_all || (hurry_holders && one->holds_thread))) one->expire();
    if (tick && one->ticks) one->tick();
  }
}

void Connections::abort_all() {
  const std::lock_guard lock(mutex_);
  for (OpenConnection* one : open_) one->abort();
}

std::size_t connection_limit() {
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return most_connections;
  const std::size_t all = descriptors.rlim_cur == RLIM_INFINITY ? most_connections * 2 : static_cast<std::size_t>(descriptors.rlim_cur);
  const std::size_t kept_back = std::clamp(all / 4, fewest_kept_back, most_kept_back);
  return std::clamp(all - std::min(all, kept_back), fewest_connections, most_connections);
}

}  // namespace bess::app
