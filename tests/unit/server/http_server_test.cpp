// A server in this process: connections, requests behind each other, event streams, and its stop, from several threads at once.

#include "bess/server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "bess/server/log.h"
#include "bess/server/state.h"
#include "support/http_client.h"

namespace bess::app {
namespace {

using namespace std::chrono_literals;
using test::ask;
using test::HttpConnection;
using test::parse_answer;
using testing::HasSubstr;

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    port_ = server_->bind();
    thread_ = std::thread([this] { server_->run(); });
  }
  ~HttpServerTest() override {
    stop();
    std::filesystem::remove_all(directory_);
  }
  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }
  [[nodiscard]] static std::filesystem::path new_directory() {
    return std::filesystem::temp_directory_path() / ("bess-http-" + std::to_string(std::random_device{}()));
  }
  [[nodiscard]] static ServerSettings settings(const std::filesystem::path& directory) {
    ServerSettings result;
    result.port = 0;
    result.data_dir = directory.string();
    result.workers = 1;
    result.shutdown_grace_seconds = 0;
    result.header_timeout_seconds = 0.5;
    return result;
  }

  const std::filesystem::path directory_{new_directory()};
  Log log_{LogLevel::off, LogFormat::json};
  ServerState state_{settings(directory_)};
  std::unique_ptr<HttpServer> server_{std::make_unique<HttpServer>(state_, log_)};
  int port_{0};
  std::thread thread_;
};

constexpr const char* health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t found = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST_F(HttpServerTest, ClientsAtOnce) {
  std::vector<std::jthread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([this] {
      for (int i = 0; i < 20; ++i) {
        const auto made = ask(port_, "POST", "/scenarios", R"({"name": "one"})", "application/json");
        ASSERT_TRUE(made);
        ASSERT_EQ(made->status, 201) << made->body;
        const auto answer = ask(port_, "DELETE", made->headers.at("location"));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 204);
      }
    });
  }
  clients.clear();
  const auto left = ask(port_, "GET", "/scenarios");
  ASSERT_TRUE(left);
  EXPECT_THAT(left->body, HasSubstr(R"("scenarios":[])"));
}

TEST_F(HttpServerTest, RequestsBehindEachOtherAreAnsweredInTheirOrder) {
  HttpConnection connection(port_);
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += i % 2 == 0 ? "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n" : "GET /jobs HTTP/1.1\r\nHost: localhost\r\n\r\n";
  connection.send(all + "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answers = connection.read_all();
  EXPECT_EQ(count(answers, "HTTP/1.1 200 OK"), 51U);
  EXPECT_LT(answers.find("version"), answers.find("\"jobs\""));
}

TEST_F(HttpServerTest, AConnectionEndsAfterAThousandRequests) {
  HttpConnection connection(port_);
  std::string all;
  for (int i = 0; i < 1100; ++i) all += health;
  std::jthread sender([&] { connection.send(all); });
  const std::string answers = connection.read_all(2s);
  EXPECT_EQ(count(answers, "HTTP/1.1 200 OK"), 1000U);
  EXPECT_EQ(count(answers, "Connection: close"), 1U);
}

TEST_F(HttpServerTest, HeadsHaveNoBody) {
  HttpConnection connection(port_);
  connection.send("HEAD /jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answer = connection.read_all();
  EXPECT_THAT(answer, HasSubstr("Content-Length: "));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, OptionsTellTheMethods) {
  const auto answer = ask(port_, "OPTIONS", "/scenarios");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->headers.at("allow"), "OPTIONS, GET, HEAD, POST");
  EXPECT_EQ(ask(port_, "OPTIONS", "*")->status, 204);
}

TEST_F(HttpServerTest, OldClientsGetTheirAnswersInOnePiece) {
  HttpConnection connection(port_);
  connection.send("GET /jobs HTTP/1.0\r\n\r\n");
  const auto answer = parse_answer(connection.read_all());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.at("connection"), "close");
}

TEST_F(HttpServerTest, ASlowHeadIsRefused) {
  HttpConnection connection(port_);
  connection.send("GET /health HTTP/1.1\r\n");
  const auto answer = parse_answer(connection.read_all(3s));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_THAT(answer->body, HasSubstr("slow_request"));
}

TEST_F(HttpServerTest, AClientMayEndItsSideFirst) {
  HttpConnection connection(port_);
  connection.send(
      "POST /scenarios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"name\": \"one\"}");
  connection.end_sending();
  EXPECT_THAT(connection.read_some(4096), HasSubstr("HTTP/1.1 201 Created"));
}

TEST_F(HttpServerTest, ItStopsWithConnectionsInEveryState) {
  HttpConnection idle(port_), head(port_), body(port_), answered(port_);
  head.send("GET /hea");
  body.send("POST /scenarios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  answered.send(health);
  EXPECT_THAT(answered.read_some(4096), HasSubstr("200 OK"));
  const auto start = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(answered.read_all(), "");
}

}  // namespace
}  // namespace bess::app
