#include "bess/server/connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace bess::app {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds stop_check{50};
constexpr milliseconds crowd_check{100};
constexpr int send_buffer_bytes = 256 << 10;
constexpr milliseconds drain_time{500};
constexpr std::size_t drain_bytes = 4U << 20U;

/// 1 ready, 0 not in time, −1 broken.
int wait_for(int socket, short events, milliseconds at_most) {
  pollfd one{socket, events, 0};
  int result = 0;
  do {
    result = ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(at_most.count(), 0)));
  } while (result < 0 && errno == EINTR);
  return result;
}

ssize_t receive(int socket, char* to, std::size_t size, int flags = 0) {
  ssize_t count = 0;
  do {
    count = ::recv(socket, to, size, flags);
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

Connection::Connection(int socket, const ConnectionLimits& limits) : socket_(socket), limits_(limits), write_patience_(limits.write) {
  // The system would else take up to some megabytes of an answer from us that nobody reads.
  const int bytes = send_buffer_bytes;
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

Connection::~Connection() {
  ::shutdown(socket_, SHUT_RDWR);
  ::close(socket_);
}

bool Connection::wait_for_request(milliseconds at_most, const std::function<bool()>& stopping) {
  if (next_ < filled_) return true;
  const auto start = Clock::now();
  while (!stopping()) {
    const int ready = wait_for(socket_, POLLIN, stop_check);
    if (ready != 0) return ready > 0;
    // Between two requests a connection makes room for others at once; a new one gets its chance.
    const milliseconds patience = !crowded() ? at_most : answered_ ? milliseconds{0} : std::min(at_most, limits_.hurry);
    if (Clock::now() - start >= patience) return false;
  }
  return false;
}

void Connection::head_begins() {
  in_head_ = true;
  fault_ = ReadFault::none;
  head_end_ = Clock::now() + limits_.head;
  head_left_ = limits_.head_bytes;
  write_patience_ = limits_.write;
  answered_ = true;
}

int Connection::wait(short events, std::chrono::nanoseconds usual) const {
  const auto start = Clock::now();
  for (;;) {
    const auto patience = crowded() ? std::min<std::chrono::nanoseconds>(usual, limits_.hurry) : usual;
    const auto left = std::chrono::ceil<milliseconds>(patience - (Clock::now() - start));
    const int ready = wait_for(socket_, events, limits_.crowded ? std::min(left, crowd_check) : left);
    if (ready != 0 || left <= milliseconds{0}) return ready;
  }
}

bool Connection::fill() {
  const auto head_left = in_head_ ? head_end_ - Clock::now() : Clock::duration::max();
  const bool late = in_head_ && (head_left <= Clock::duration{0} || (crowded() && limits_.head - head_left >= limits_.hurry));
  if (late || wait(POLLIN, std::min<std::chrono::nanoseconds>(limits_.idle_read, head_left)) <= 0) {
    fault_ = ReadFault::slow;
    return false;
  }
  const ssize_t count = receive(socket_, buffer_.data(), buffer_.size());
  next_ = 0;
  filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return count > 0;
}

bool Connection::readable() const { return next_ < filled_ || wait(POLLIN, limits_.idle_read) > 0; }

bool Connection::writable() {
  const auto start = Clock::now();
  const bool room = wait(POLLOUT, write_patience_) > 0;
  write_patience_ -= Clock::now() - start;
  if (!room) return false;
  char byte = 0;
  const ssize_t count = receive(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

ssize_t Connection::read(char* to, std::size_t size) {
  if (in_head_ && head_left_ == 0) {
    fault_ = ReadFault::too_large;
    return -1;
  }
  if (next_ == filled_) {
    if (!in_head_ && size >= buffer_.size()) {
      if (wait(POLLIN, limits_.idle_read) > 0) return receive(socket_, to, size);
      fault_ = ReadFault::slow;
      return -1;
    }
    if (!fill()) return fault_ == ReadFault::slow ? -1 : 0;
  }
  std::size_t count = std::min(size, filled_ - next_);
  if (in_head_) {
    count = std::min(count, head_left_);
    head_left_ -= count;
  }
  std::memcpy(to, buffer_.data() + next_, count);
  next_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  if (!writable()) return -1;
  ssize_t count = 0;
  do {
    count = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count > 0) {
    const std::chrono::duration<double> earned(static_cast<double>(count) / static_cast<double>(limits_.bytes_per_second));
    write_patience_ =
        std::min<std::chrono::nanoseconds>(limits_.write, write_patience_ + std::chrono::duration_cast<std::chrono::nanoseconds>(earned));
  }
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : count;
}

void Connection::address(bool remote, std::string& ip, int& port) const {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* plain = reinterpret_cast<sockaddr*>(&storage);
  if ((remote ? ::getpeername(socket_, plain, &length) : ::getsockname(socket_, plain, &length)) != 0) return;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  if (::getnameinfo(plain, length, host.data(), host.size(), service.data(), service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) return;
  ip = host.data();
  port = static_cast<int>(std::strtol(service.data(), nullptr, 10));
}

void Connection::drain() {
  ::shutdown(socket_, SHUT_WR);
  const auto end = Clock::now() + drain_time;
  for (std::size_t thrown = 0; thrown < drain_bytes && Clock::now() < end;) {
    if (wait_for(socket_, POLLIN, std::chrono::ceil<milliseconds>(end - Clock::now())) <= 0) return;
    const ssize_t count = receive(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) return;
    thrown += static_cast<std::size_t>(count);
  }
}

}  // namespace bess::app
