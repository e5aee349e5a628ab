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

Connection::Connection(int socket, const ConnectionLimits& limits) : socket_(socket), limits_(limits) {}

Connection::~Connection() {
  ::shutdown(socket_, SHUT_RDWR);
  ::close(socket_);
}

bool Connection::wait_for_request(milliseconds at_most, const std::function<bool()>& stopping) {
  if (next_ < filled_) return true;
  const auto end = Clock::now() + at_most;
  while (!stopping()) {
    const int ready = wait_for(socket_, POLLIN, stop_check);
    if (ready != 0) return ready > 0;
    if (Clock::now() >= end) return false;
  }
  return false;
}

void Connection::head_begins() {
  in_head_ = true;
  fault_ = HeadFault::none;
  head_end_ = Clock::now() + limits_.head;
  head_left_ = limits_.head_bytes;
}

milliseconds Connection::patience() {
  if (!in_head_) return limits_.idle_read;
  return std::min(limits_.idle_read, std::chrono::ceil<milliseconds>(head_end_ - Clock::now()));
}

bool Connection::fill() {
  const milliseconds at_most = patience();
  if (at_most <= milliseconds{0} || wait_for(socket_, POLLIN, at_most) <= 0) {
    if (in_head_) fault_ = HeadFault::slow;
    return false;
  }
  const ssize_t count = receive(socket_, buffer_.data(), buffer_.size());
  next_ = 0;
  filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return count > 0;
}

bool Connection::readable() const { return next_ < filled_ || wait_for(socket_, POLLIN, limits_.idle_read) > 0; }

bool Connection::writable() const {
  if (wait_for(socket_, POLLOUT, limits_.write) <= 0) return false;
  char byte = 0;
  const ssize_t count = receive(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
}

ssize_t Connection::read(char* to, std::size_t size) {
  if (in_head_ && head_left_ == 0) {
    fault_ = HeadFault::too_large;
    return -1;
  }
  if (next_ == filled_) {
    if (!in_head_ && size >= buffer_.size()) return wait_for(socket_, POLLIN, limits_.idle_read) > 0 ? receive(socket_, to, size) : -1;
    if (!fill()) return fault_ == HeadFault::slow ? -1 : 0;
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
