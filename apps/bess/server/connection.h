#pragma once
// One TCP connection of a client. While the head of a request (its first line and headers) arrives, time and bytes are limited: the HTTP
// library limits neither, so that a client which drips headers would hold a thread for good, and one which never ends them fill the memory.
// While an answer leaves, waiting for the client to take it is limited too: one that reads nothing, or next to nothing, is dropped.
// When other connections wait for a thread (`crowded`), all patience is shorter.

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace bess::app {

struct ConnectionLimits {
  std::chrono::milliseconds idle_read{5000};  ///< longest pause between two parts of a request
  std::chrono::milliseconds write{10'000};    ///< how long a client may take to make room for more of an answer
  std::chrono::milliseconds head{10'000};     ///< in which the head must have arrived, from its first byte
  std::chrono::milliseconds hurry{2000};      ///< instead of all of these when it is crowded
  std::size_t head_bytes{64U << 10U};
  std::size_t bytes_per_second{16U << 10U};  ///< a client that takes an answer more slowly than this uses up `write`
  std::function<bool()> crowded{};           ///< whether others wait for a thread; empty: never
};

enum class ReadFault : std::uint8_t { none, slow, too_large };

/// Used by one thread. Owns the socket and closes it.
class Connection {
 public:
  Connection(int socket, const ConnectionLimits& limits);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Waits for the first byte of the next request. False: none came in time, the client is gone, or `stopping` said so.
  [[nodiscard]] bool wait_for_request(std::chrono::milliseconds at_most, const std::function<bool()>& stopping);
  /// From now on the limits of a head hold, until head_ends().
  void head_begins();
  void head_ends() { in_head_ = false; }
  /// Whether the head has arrived.
  [[nodiscard]] bool has_head() const { return !in_head_; }
  /// Why the request has not arrived as a whole (none: it has, or is cut off or malformed).
  [[nodiscard]] ReadFault fault() const { return fault_; }

  [[nodiscard]] bool readable() const;
  /// False also when the client is gone.
  [[nodiscard]] bool writable();
  /// Bytes; 0: the client is gone or idle; −1: an error or a limit.
  [[nodiscard]] ssize_t read(char* to, std::size_t size);
  /// Bytes that found room, maybe not all; −1: the client is gone or makes no room.
  [[nodiscard]] ssize_t write(const char* from, std::size_t size);
  /// Numeric address and port of the client, or of this side.
  void address(bool remote, std::string& ip, int& port) const;
  [[nodiscard]] int socket() const { return socket_; }

  /// Ends sending and throws away what still comes, for a moment, so that a refused client gets to read the answer.
  void drain();

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] bool fill();
  /// Waits, at most `usual`, or `hurry` when that is shorter and it is crowded. 1 ready, 0 not in time, −1 broken.
  [[nodiscard]] int wait(short events, std::chrono::nanoseconds usual) const;
  [[nodiscard]] bool crowded() const { return limits_.crowded && limits_.crowded(); }

  const int socket_;
  const ConnectionLimits limits_;
  std::array<char, 4096> buffer_{};
  std::size_t next_{0}, filled_{0};
  bool in_head_{false};
  bool answered_{false};
  ReadFault fault_{ReadFault::none};
  Clock::time_point head_end_{};
  std::size_t head_left_{0};
  std::chrono::nanoseconds write_patience_;  ///< used up by waiting, given back by what the client takes; never above limits_.write
};

}  // namespace bess::app
