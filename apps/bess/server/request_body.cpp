#include "bess/server/request_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

namespace bess::app {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;
constexpr std::size_t small_body = 1U << 20U;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

bool has_body(const HttpRequest& request) {
  const std::string length = request.header("content-length");
  return !request.header("transfer-encoding").empty() || (!length.empty() && length != "0");
}

std::size_t declared_length(const HttpRequest& request) {
  return static_cast<std::size_t>(std::strtoull(request.header("content-length").c_str(), nullptr, 10));
}

std::size_t body_limit(const Route* route, const HttpRequest& request, const ServerSettings& settings) {
  if (route == nullptr || route->body == BodyKind::none) return small_body;
  const bool large = route->body == BodyKind::upload && request.media_type() != "application/json";
  return static_cast<std::size_t>((large ? settings.max_upload_mb : settings.max_body_mb) * bytes_per_mib);
}

HttpResponse body_too_large(std::size_t limit) {
  return problem(413, "too_large", fmt::format("the body is larger than {:g} MiB", static_cast<double>(limit) / bytes_per_mib));
}

std::optional<HttpResponse> bad_length(const HttpRequest& request, std::size_t content_lengths) {
  if (content_lengths == 0) return {};
  if (content_lengths > 1) return problem(400, "bad_request", "Content-Length is given more than once");
  if (!request.header("transfer-encoding").empty())
    return problem(400, "bad_request", "Content-Length and Transfer-Encoding exclude each other");
  const std::string length = request.header("content-length");
  const bool digits = !length.empty() && std::all_of(length.begin(), length.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!digits) return problem(400, "bad_request", "Content-Length is not a number of bytes");
  return {};
}

std::optional<HttpResponse> wrong_media_type(const Route& route, const HttpRequest& request) {
  const std::string type = request.media_type();
  if (route.body == BodyKind::json && type != "application/json")
    return problem(415, "media_type", "Content-Type: application/json is needed");
  if (route.body == BodyKind::upload && !is_one_of(type, {"multipart/form-data", "text/csv", "application/zip",
                                                          "application/x-zip-compressed", "application/octet-stream", "application/json"}))
    return problem(415, "media_type", "Content-Type: multipart/form-data (or text/csv, application/zip) is needed");
  if (!is_one_of(request.header("content-encoding"), {"", "identity", "gzip", "deflate"}))
    return problem(415, "media_type", "Content-Encoding may be gzip or deflate");
  return {};
}

}  // namespace bess::app
