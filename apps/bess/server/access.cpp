#include "bess/server/access.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "bess/server/problem.h"

namespace bess::app {

bool same_secret(std::string_view given, std::string_view secret) {
  auto difference = static_cast<unsigned>(given.size() != secret.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const char other = secret.empty() ? '\0' : secret[i % secret.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(given[i] ^ other));
  }
  return difference == 0;
}

namespace {

/// What anybody may see: nothing of the store.
bool is_open(std::string_view path) {
  static constexpr std::array<std::string_view, 4> open{"/", "/health", "/openapi.json", "/docs"};
  return std::find(open.begin(), open.end(), path) != open.end() || path.starts_with("/docs/");
}

/// Names of hosts and schemes are the same in any case.
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string host_name(std::string host) {
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) host.resize(colon);
  return host;
}

}  // namespace

std::optional<HttpResponse> refuse_access(const ServerSettings& settings, const HttpRequest& request) {
  const std::string host = lower(request.header("host"));
  if (settings.api_key.empty() && !host.empty() && !is_loopback(host_name(host)))
    return problem(421, "wrong_host", "this server answers on loopback addresses only");
  if (const std::string origin = lower(request.header("origin"));
      !origin.empty() && origin != "http://" + host && origin != "https://" + host)
    return problem(403, "wrong_origin", "pages of other origins may not use this server");
  if (settings.api_key.empty() || is_open(request.path)) return {};
  const std::string given = request.header("x-api-key");
  if (same_secret(given, settings.api_key)) return {};
  return problem(401, "api_key", given.empty() ? "the header X-API-Key is needed" : "the API key is wrong");
}

}  // namespace bess::app
