#pragma once
// Who may ask: API key, and pages of other origins.

#include <optional>
#include <string_view>

#include "bess/server/http.h"
#include "bess/server/settings.h"

namespace bess::app {

/// Compares in a time that depends on the length of `given` alone.
[[nodiscard]] bool same_secret(std::string_view given, std::string_view secret);

/// The refusal, if any: 401 without the key; 403 for a page of another origin; 421 for a foreign host name on a loopback address without a
/// key (a name that was bent to it).
[[nodiscard]] std::optional<HttpResponse> refuse_access(const ServerSettings& settings, const HttpRequest& request);

}  // namespace bess::app
