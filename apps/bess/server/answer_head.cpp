#include "bess/server/answer_head.h"

#include <fmt/format.h>

#include <iterator>

#include "bess/server/problem.h"

namespace bess::app {

std::string answer_head(const HttpResponse& response, const AnswerShape& shape) {
  std::string text;
  const auto end = std::back_inserter(text);
  fmt::format_to(end, "HTTP/1.1 {} {}\r\n", response.status, status_title(response.status));
  if (!response.content_type.empty()) fmt::format_to(end, "Content-Type: {}\r\n", response.content_type);
  if (is_chunked(shape)) {
    text += "Transfer-Encoding: chunked\r\n";
  } else if (shape.length && response.status != 204) {
    fmt::format_to(end, "Content-Length: {}\r\n", *shape.length);
  }
  for (const auto& [name, value] : response.headers) fmt::format_to(end, "{}: {}\r\n", name, value);
  if (shape.packed) text += "Content-Encoding: gzip\r\n";
  if (shape.may_be_packed) text += "Vary: Accept-Encoding\r\n";
  if (!shape.request_id.empty()) fmt::format_to(end, "X-Request-Id: {}\r\n", shape.request_id);
  text += "X-Content-Type-Options: nosniff\r\n";
  text += shape.close ? "Connection: close\r\n" : shape.version < 11 ? "Connection: keep-alive\r\n" : "";
  text += "\r\n";
  return text;
}

std::string as_chunk(std::string_view text) {
  std::string chunk = fmt::format("{:x}\r\n", text.size());
  chunk.append(text).append("\r\n");
  return chunk;
}

}  // namespace bess::app
