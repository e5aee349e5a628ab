#pragma once
// The connections that are open: how many there may be, which of them gives way to a new one, and whose patience has ended. Thread-safe.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <list>
#include <mutex>

namespace bess::app {

/// Time a connection is given for what it does now. Written by the connection, read by who looks after all of them.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  /// `hurried` holds instead where that is sooner and others wait.
  void set(Clock::time_point usual, Clock::time_point hurried) {
    usual_ = usual.time_since_epoch().count();
    hurried_ = hurried.time_since_epoch().count();
  }
  void set(Clock::time_point usual) { set(usual, usual); }
  void clear() { usual_ = hurried_ = never; }
  [[nodiscard]] bool over(Clock::time_point now, bool hurry) const {
    const auto at = now.time_since_epoch().count();
    return at >= usual_ || (hurry && at >= hurried_);
  }

 private:
  using Count = Clock::duration::rep;
  static constexpr Count never = std::numeric_limits<Count>::max();
  std::atomic<Count> usual_{never}, hurried_{never};
};

/// An open connection as the others see it. None of these waits.
class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  /// Its deadline is over.
  virtual void expire() = 0;
  /// Ends unless a request has begun on it, or has come by now.
  virtual void give_way() = 0;
  /// The server stops.
  virtual void abort() = 0;
  /// Some times a second, where it `ticks`.
  virtual void tick() = 0;

  Deadline deadline;
  std::atomic<bool> holds_thread{false};  ///< a thread waits until its client takes the answer
  std::atomic<bool> ticks{false};
  std::atomic<bool> has_asked{false};  ///< a request has begun on it, now or before

 private:
  friend class Connections;
  const Deadline::Clock::time_point since_{Deadline::Clock::now()};
  std::list<OpenConnection*>::iterator place_{};
  std::list<OpenConnection*>::iterator idle_place_{};
  bool idle_{false};
};

class Connections {
 public:
  explicit Connections(std::size_t limit) : limit_(limit) {}

  void add(OpenConnection& one);
  void remove(OpenConnection& one);
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t limit() const { return limit_; }

  /// It waits for a request from now on, or no longer.
  void set_idle(OpenConnection& one, bool idle);
  /// Ends the one that has been idle for longest; those that have just come and had no time to ask are passed over where there are others,
  /// and the only idle one is left alone then. False when none gives way.
  bool oldest_gives_way();

  /// Calls expire() where a deadline is over, and tick() where it is asked for. `hurry_all`: connections are scarce; `hurry_holders`:
  /// threads are.
  void look_after(bool hurry_all, bool hurry_holders, bool tick);
  void abort_all();

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::list<OpenConnection*> open_;
  std::list<OpenConnection*> idle_;  ///< longest first
};

/// Connections that may be open at one time: the descriptors of the process but those that the store needs.
[[nodiscard]] std::size_t connection_limit();

}  // namespace bess::app
