#pragma once
// The bytes of an answer's head.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "bess/server/http.h"

namespace bess::app {

struct AnswerShape {
  int version{11};                      ///< of HTTP, as the client asked: 10 or 11
  std::optional<std::size_t> length{};  ///< of the body; none: it is not known beforehand
  bool close{false};                    ///< the connection ends with this answer
  bool packed{false};                   ///< gzip
  bool may_be_packed{false};            ///< another client would have got it packed, or not
  std::string_view request_id{};
};

/// Whether the body of an answer of that shape goes in chunks.
[[nodiscard]] inline bool is_chunked(const AnswerShape& shape) { return !shape.length && shape.version > 10; }
[[nodiscard]] std::string answer_head(const HttpResponse& response, const AnswerShape& shape);
/// `text` as one chunk; the last chunk when it is empty.
[[nodiscard]] std::string as_chunk(std::string_view text);

}  // namespace bess::app
