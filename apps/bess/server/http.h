#pragma once
// HTTP as routes see it: plain values. Only http_server.cpp knows the library that reads it.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bess::app {

/// One part of a multipart form.
struct FormPart {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string content;
};

struct HttpRequest {
  std::string method;
  std::string path;                               ///< decoded, without query
  std::multimap<std::string, std::string> query;  ///< decoded
  std::map<std::string, std::string> headers;     ///< names in lower case; several joined by commas
  std::string body;                               ///< of anything but a multipart form
  std::vector<FormPart> parts;                    ///< of a multipart form
  std::vector<std::string> path_values;           ///< what {…} of the route's pattern stood for
  std::string request_id;

  [[nodiscard]] std::string header(const std::string& lower_case_name) const {
    const auto it = headers.find(lower_case_name);
    return it == headers.end() ? std::string() : it->second;
  }
  /// Content type without parameters, lower case.
  [[nodiscard]] std::string media_type() const;
  /// The first part of that name; null when there is none.
  [[nodiscard]] const FormPart* part(std::string_view name) const;
};

/// Where a streamed answer goes.
class HttpSink {
 public:
  virtual ~HttpSink() = default;
  /// False: the client is gone.
  virtual bool write(std::string_view text) = 0;
  /// False once the client is gone or the server is stopping.
  [[nodiscard]] virtual bool alive() = 0;
};

/// Writes the whole answer; false breaks the connection off.
using HttpStream = std::function<bool(HttpSink&)>;

/// What an event stream has to say now, appended to `out`; asked some times a second, it never waits. False: that was all.
using HttpEvents = std::function<bool(std::string& out)>;

struct HttpResponse {
  int status{200};
  std::string content_type{"application/json"};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  HttpStream stream{};  ///< instead of body, sent in chunks
  HttpEvents events{};  ///< instead of body, for as long as the client listens: costs no thread
};

}  // namespace bess::app
