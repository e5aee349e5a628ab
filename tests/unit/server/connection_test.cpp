// One connection over a pair of sockets: how long it has patience with whom.

#include "bess/server/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace bess::app {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets_.data()), 0);
    limits_ = {.idle_read = 300ms, .write = 400ms, .head = 600ms, .hurry = 100ms, .head_bytes = 100, .bytes_per_second = 100'000};
    limits_.crowded = [this] { return crowded_.load(); };
  }
  ~ConnectionTest() override { hang_up(); }

  void hang_up() {
    if (client_open_) ::close(sockets_[1]);
    client_open_ = false;
  }
  void send(const std::string& text) const {
    EXPECT_EQ(::send(sockets_[1], text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  std::size_t take(std::size_t size) const {
    std::string buffer(size, ' ');
    const ssize_t count = ::recv(sockets_[1], buffer.data(), size, MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  /// Writes until nothing finds room any more; the seconds that took.
  static double write_until_dropped(Connection& connection, Clock::duration at_most = 10s) {
    const std::string part(65536, 'x');
    const auto start = Clock::now();
    while (connection.write(part.data(), part.size()) >= 0 && Clock::now() - start < at_most) {
    }
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  std::array<int, 2> sockets_{};
  bool client_open_{true};
  ConnectionLimits limits_;
  std::atomic<bool> crowded_{false};
};

const auto never = [] { return false; };

TEST_F(ConnectionTest, ReadsAHeadAndABody) {
  Connection connection(sockets_[0], limits_);
  send("head");
  ASSERT_TRUE(connection.wait_for_request(100ms, never));
  connection.head_begins();
  std::array<char, 8192> buffer{};
  EXPECT_EQ(connection.read(buffer.data(), buffer.size()), 4);
  connection.head_ends();
  send("body");
  EXPECT_EQ(connection.read(buffer.data(), buffer.size()), 4);
  EXPECT_EQ(connection.fault(), ReadFault::none);
}

TEST_F(ConnectionTest, ADrippingHeadIsSlowAndALongOneTooLarge) {
  std::array<char, 10> buffer{};
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  const auto start = Clock::now();
  while (connection.fault() == ReadFault::none && Clock::now() - start < 5s) {
    send("x");
    std::this_thread::sleep_for(50ms);
    (void)connection.read(buffer.data(), 1);
  }
  EXPECT_EQ(connection.fault(), ReadFault::slow);
  EXPECT_FALSE(connection.has_head());
  connection.head_begins();
  send(std::string(200, 'x'));
  while (connection.read(buffer.data(), buffer.size()) > 0) {
  }
  EXPECT_EQ(connection.fault(), ReadFault::too_large);
}

TEST_F(ConnectionTest, APauseInABodyIsSlow) {
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  connection.head_ends();
  std::array<char, 8192> buffer{};
  EXPECT_EQ(connection.read(buffer.data(), buffer.size()), -1);
  EXPECT_EQ(connection.fault(), ReadFault::slow);
}

TEST_F(ConnectionTest, WhoReadsNothingIsDropped) {
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  const double seconds = write_until_dropped(connection);
  EXPECT_GT(seconds, 0.35);
  EXPECT_LT(seconds, 3.0);
}

TEST_F(ConnectionTest, WhoReadsNothingIsDroppedSoonerWhenItIsCrowded) {
  crowded_ = true;
  limits_.write = 60s;
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  EXPECT_LT(write_until_dropped(connection), 5.0);
}

TEST_F(ConnectionTest, ATrickleIsNotReading) {
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  std::jthread client([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)take(1000);  // ten kilobytes a second: a tenth of what is asked for
      std::this_thread::sleep_for(100ms);
    }
  });
  EXPECT_LT(write_until_dropped(connection), 8.0);
}

TEST_F(ConnectionTest, ASteadyReaderMayTakeItsTime) {
  Connection connection(sockets_[0], limits_);
  connection.head_begins();
  std::jthread client([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)take(65536);
      std::this_thread::sleep_for(100ms);
    }
  });
  EXPECT_GE(write_until_dropped(connection, 2s), 2.0) << "well beyond the patience with one that reads nothing";
}

TEST_F(ConnectionTest, AClientThatIsGoneIsNoticed) {
  Connection connection(sockets_[0], limits_);
  EXPECT_TRUE(connection.writable());
  hang_up();
  EXPECT_FALSE(connection.writable());
}

TEST_F(ConnectionTest, IdleConnectionsMakeRoomWhenItIsCrowded) {
  Connection connection(sockets_[0], limits_);
  std::jthread crowd([this] {
    std::this_thread::sleep_for(200ms);
    crowded_ = true;
  });
  const auto start = Clock::now();
  EXPECT_FALSE(connection.wait_for_request(30s, never));
  EXPECT_LT(Clock::now() - start, 5s);
}

}  // namespace
}  // namespace bess::app
