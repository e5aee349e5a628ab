#pragma once
// What the head of a request says of its body, and what is refused on that alone.

#include <cstddef>
#include <optional>

#include "bess/server/http.h"
#include "bess/server/router.h"
#include "bess/server/settings.h"

namespace bess::app {

/// Largest body of a request to `route` (null: to no route).
[[nodiscard]] std::size_t body_limit(const Route* route, const HttpRequest& request, const ServerSettings& settings);
[[nodiscard]] HttpResponse body_too_large(std::size_t limit);

/// A body that is packed in a way that is not unpacked (415).
[[nodiscard]] std::optional<HttpResponse> wrong_packing(const HttpRequest& request);
/// A body of a type that the route does not take (415).
[[nodiscard]] std::optional<HttpResponse> wrong_media_type(const Route& route, const HttpRequest& request);
/// Query, text fields, and names of fields and files that are no UTF-8 (400): all of them are stored or told in answers.
[[nodiscard]] std::optional<HttpResponse> not_text(const HttpRequest& request);

}  // namespace bess::app
