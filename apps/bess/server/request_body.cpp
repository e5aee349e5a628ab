#include "bess/server/request_body.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "service/json.h"

namespace bess::app {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;
constexpr std::size_t small_body = 1U << 20U;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// What programs call files that they send as they are: their bytes tell what they are.
std::string plain_type(const std::string& type, const std::vector<std::string_view>& raw) {
  if (type == "application/x-zip-compressed") return "application/zip";
  return type == "application/octet-stream" && !raw.empty() ? std::string(raw.front()) : type;
}

/// Files may be anything, and their readers tell the row of a bad byte.
bool is_file(const FormPart& part) {
  if (is_one_of(part.name, {"file", "weather", "curve"})) return true;
  return !part.filename.empty() && !is_one_of(part.name, {"mapping", "config"});
}

void check_text(std::string_view text, std::string_view field, std::string_view what, Issues& issues) {
  const std::size_t bad = find_invalid_utf8(text);
  if (bad == std::string_view::npos) return;
  const std::string pointer = service::child_pointer("", escape_invalid_utf8(field));
  issues.error("encoding", pointer, fmt::format("byte {} of {} is not UTF-8", bad + 1, what));
}

}  // namespace

std::size_t body_limit(const Route* route, const HttpRequest& request, const ServerSettings& settings) {
  if (route == nullptr || route->body == BodyKind::none) return small_body;
  const bool large = route->body == BodyKind::upload && request.media_type() != "application/json";
  return static_cast<std::size_t>((large ? settings.max_upload_mb : settings.max_body_mb) * bytes_per_mib);
}

HttpResponse body_too_large(std::size_t limit) {
  return problem(413, "too_large", fmt::format("the body is larger than {:g} MiB", static_cast<double>(limit) / bytes_per_mib));
}

std::optional<HttpResponse> wrong_packing(const HttpRequest& request) {
  if (is_one_of(request.header("content-encoding"), {"", "identity", "gzip", "deflate"})) return {};
  return problem(415, "media_type", "Content-Encoding may be gzip or deflate");
}

std::optional<HttpResponse> wrong_media_type(const Route& route, const HttpRequest& request) {
  std::vector<std::string_view> known = route.doc.raw;
  if (route.body == BodyKind::upload) known.insert(known.begin(), "multipart/form-data");
  if (route.body == BodyKind::json || !route.doc.request.empty()) known.emplace_back("application/json");
  const std::string type = plain_type(request.media_type(), route.doc.raw);
  if (std::find(known.begin(), known.end(), type) == known.end())
    return problem(415, "media_type", fmt::format("Content-Type: {} is needed", fmt::join(known, " or ")));
  return {};
}

std::optional<HttpResponse> not_text(const HttpRequest& request) {
  Issues issues;
  for (const auto& [name, value] : request.query) {
    check_text(name, name, "the parameter's name", issues);
    check_text(value, name, "the parameter", issues);
  }
  for (const FormPart& part : request.parts) {
    check_text(part.name, part.name, "the field's name", issues);
    check_text(part.filename, part.name, "the file's name", issues);
    if (!is_file(part)) check_text(part.content, part.name, "the field", issues);
  }
  if (issues.has_errors()) return problem(issues);
  return {};
}

}  // namespace bess::app
