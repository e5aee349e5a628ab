// The server on a disk that is full at every write in turn: 507 with a stable code, the old state whole, reading goes on, the retry works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "bess/server/http_server.h"
#include "bess/server/log.h"
#include "bess/server/state.h"
#include "faults/fault_vfs.h"
#include "faults/store_script.h"
#include "support/http_client.h"

namespace bess::test {
namespace {

using testing::HasSubstr;

constexpr long endless = 10'000;

/// A server in this process on a free port.
class RunningServer {
 public:
  explicit RunningServer(const std::filesystem::path& directory) : state_(settings(directory), store()), server_(state_, log_) {
    port_ = server_.bind();
    thread_ = std::thread([this] { server_.run(); });
  }
  ~RunningServer() {
    server_.stop();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

 private:
  static app::ServerSettings settings(const std::filesystem::path& directory) {
    app::ServerSettings result;
    result.port = 0;
    result.data_dir = directory.string();
    result.workers = 1;
    result.shutdown_grace_seconds = 0;
    return result;
  }
  static StoreOptions store() {
    StoreOptions options;
    options.sqlite_vfs = FaultVfs::name();
    options.before_step = [](std::string_view name) { FaultVfs::instance().step(name); };
    return options;
  }

  app::Log log_{app::LogLevel::off, app::LogFormat::json};
  app::ServerState state_;
  app::HttpServer server_;
  int port_{0};
  std::thread thread_;
};

std::string prices(double level) {
  std::string text = "timestamp,day_ahead\n";
  for (int hour = 0; hour < 24; ++hour) {
    text += "2024-01-01T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":00:00Z," + std::to_string(level + hour) + "\n";
  }
  return text;
}

class FullDiskOverHttp : public ::testing::Test {
 protected:
  struct Change {
    std::string name;
    std::function<std::optional<HttpAnswer>()> send;
    std::function<void()> prepare{[] {}};
  };

  void SetUp() override {
    EXPECT_EQ(send("POST", "/scenarios", R"({"name": "kept"})")->status, 201);
    EXPECT_EQ(send("POST", "/scenarios/1/import", prices(50), "text/csv")->status, 200);
    EXPECT_EQ(import_profile()->status, 201);
  }

  [[nodiscard]] std::optional<HttpAnswer> send(std::string_view method, const std::string& path, const std::string& body = {},
                                               std::string_view type = "application/json") const {
    return ask(server_->port(), method, path, body, body.empty() ? "" : type);
  }

  [[nodiscard]] std::optional<HttpAnswer> import_profile() const {
    const auto field = [](std::string_view name, std::string_view content) {
      return "--limit\r\nContent-Disposition: form-data; name=" + std::string(name) + "\r\n\r\n" + std::string(content) + "\r\n";
    };
    const std::string form =
        field(R"("file"; filename="park.csv")", "timestamp,output_mw\n2024-01-01T00:00:00Z,1\n2024-01-01T01:00:00Z,2\n") +
        field(R"("name")", "Park") + field(R"("profile_type")", "pv") + "--limit--\r\n";
    return send("POST", "/profiles/import", form, "multipart/form-data; boundary=limit");
  }

  std::string read(const std::string& path) {
    const auto answer = send("GET", path);
    EXPECT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path << answer->body;
    return answer->body;
  }
  /// All that a client can see.
  std::string seen() { return read("/scenarios") + read("/scenarios/1") + read("/scenarios/1/data?format=csv") + read("/profiles"); }

  /// `send` with the disk full at each of its writes in turn. Returns how often it was refused.
  int refusals(const Change& change) {
    int refused = 0;
    for (long n = 1; n < endless; ++n) {
      change.prepare();
      const std::string before = seen();
      vfs_.arm(Fault::full_once, n);
      const auto answer = change.send();
      const bool struck = vfs_.struck();
      vfs_.disarm();
      if (!answer) {
        ADD_FAILURE() << change.name << " at write " << n << ": no answer";
        return refused;
      }
      if (answer->status < 300) {  // what comes after the commit may fail silently: the data are there
        if (!struck) return refused;
        continue;
      }
      ++refused;
      EXPECT_EQ(answer->status, 507) << change.name << " at write " << n;
      EXPECT_EQ(answer->headers.at("content-type"), "application/problem+json");
      EXPECT_THAT(answer->body, HasSubstr(R"("code":"disk_full")"));
      EXPECT_EQ(seen(), before) << change.name << " at write " << n;
    }
    return refused;
  }

  FastDirectory directory_;
  FaultVfs& vfs_{FaultVfs::instance()};
  std::unique_ptr<RunningServer> server_{std::make_unique<RunningServer>(directory_.path())};
};

TEST_F(FullDiskOverHttp, EveryChangeIsRefusedWholeAndWorksAgainLater) {
  double level = 60;
  std::string doomed;
  const auto make_doomed = [&] {
    const auto made = send("POST", "/scenarios", R"({"name": "doomed"})");
    ASSERT_EQ(made->status, 201);
    doomed = made->headers.at("location");
    ASSERT_EQ(send("POST", doomed + "/import", prices(10), "text/csv")->status, 200);
  };
  const std::vector<Change> changes{
      {"import", [&] { return send("POST", "/scenarios/1/import?mode=replace", prices(level += 1), "text/csv"); }},
      {"create", [&] { return send("POST", "/scenarios", R"({"name": "new"})"); }},
      {"patch", [&] { return send("PATCH", "/scenarios/1", R"({"description": ")" + std::to_string(level += 1) + R"("})"); }},
      {"profile", [&] { return import_profile(); }},
      {"delete", [&] { return send("DELETE", doomed); }, make_doomed},
  };
  for (const Change& change : changes) EXPECT_GT(refusals(change), 0) << change.name;
}

}  // namespace
}  // namespace bess::test
