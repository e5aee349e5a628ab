#pragma once
// A small HTTP client on plain sockets, that sends what it is told, right or wrong.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bess::test {

/// A connection to a port of this machine.
class HttpConnection {
 public:
  explicit HttpConnection(int port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// False: the other side has gone.
  bool send(std::string_view bytes);
  void end_sending();
  /// What comes until the other side closes, or nothing comes for that long.
  [[nodiscard]] std::string read_all(std::chrono::milliseconds at_most = std::chrono::seconds{10});
  /// The next bytes, at most that many; empty when the other side has closed or nothing comes for that long.
  [[nodiscard]] std::string read_some(std::size_t most, std::chrono::milliseconds at_most = std::chrono::seconds{10});

 private:
  int socket_;
};

struct HttpAnswer {
  int status{0};
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;                            ///< chunks put together
};

/// Reads an answer as sent; none when it is no whole answer.
[[nodiscard]] std::optional<HttpAnswer> parse_answer(std::string_view bytes);

/// One request on a connection of its own.
[[nodiscard]] std::optional<HttpAnswer> ask(int port, std::string_view method, std::string_view path, std::string_view body = {},
                                            std::string_view content_type = {});

}  // namespace bess::test
