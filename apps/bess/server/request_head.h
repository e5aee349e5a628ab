#pragma once
// The head of a request: what its bytes say, and what is refused on them alone. Two readers that take one head differently (a proxy and
// this server) would see different requests in one connection; whatever could be read in two ways is therefore refused.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bess/server/http.h"

namespace bess::app {

constexpr std::size_t max_head_bytes = 64U << 10U;

enum class BodyFraming : std::uint8_t { none, length, chunked };

struct RequestHead {
  std::string method;
  std::string target;                                       ///< as sent
  int version{11};                                          ///< 10 or 11
  std::vector<std::pair<std::string, std::string>> fields;  ///< in their order; names in lower case, values trimmed
  BodyFraming framing{BodyFraming::none};
  std::size_t length{0};         ///< Content-Length; the largest number for one that is too long to count
  bool keep_alive{true};         ///< the client would send more requests on this connection
  bool expects_continue{false};  ///< it waits for a word before it sends the body

  /// Bytes of the body as far as the head tells them.
  [[nodiscard]] bool has_body() const { return framing == BodyFraming::chunked || length > 0; }
};

/// How far the bytes of a connection are on their way to a head.
struct HeadScan {
  enum class State : std::uint8_t { more, complete, bad } state{State::more};
  std::size_t size{0};  ///< complete: bytes of the head with its empty line
};
/// `seen`: bytes that an earlier call has looked at. Bad: no head can come of this, so there is nothing to wait for.
[[nodiscard]] HeadScan scan_head(std::string_view bytes, std::size_t seen);

/// Reads a complete head. The refusal, if any (400, 501, 505); `head` is then filled as far as it was understood.
[[nodiscard]] std::optional<HttpResponse> read_head(std::string_view bytes, RequestHead& head);

/// The head as routes see it: path and query decoded, fields by name, a request id. The refusal, if any (400).
[[nodiscard]] std::optional<HttpResponse> read_request(const RequestHead& head, HttpRequest& request);

/// A host of letters, digits, dots and hyphens, or an IPv6 address in brackets; a port of digits.
[[nodiscard]] bool is_authority(std::string_view text);

}  // namespace bess::app
