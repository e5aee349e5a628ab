#pragma once
// What happens to a request between its head and its answer, without a word of sockets: who may ask, which route, which limits; then the
// route itself.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bess/server/http.h"
#include "bess/server/log.h"
#include "bess/server/request_head.h"
#include "bess/server/router.h"
#include "bess/server/state.h"

namespace bess::app {

/// What a request is let in for.
struct Admission {
  RouteMatch match;
  std::size_t body_limit{0};  ///< bytes
  [[nodiscard]] std::string_view pattern() const { return match.route != nullptr ? match.route->pattern : "(none)"; }
};

class RequestDesk {
 public:
  RequestDesk(ServerState& state, const Log& log) : state_(state), log_(log) {}

  /// The answer when there is one on the head alone: refusals, and what OPTIONS asks for. `admission` is filled in any case.
  [[nodiscard]] std::optional<HttpResponse> admit(const RequestHead& head, HttpRequest& request, Admission& admission) const;
  /// The route's answer. Exceptions are logged and become problems.
  [[nodiscard]] HttpResponse answer(const Route& route, const HttpRequest& request) const;
  /// An exception that is being handled, logged, as an answer.
  [[nodiscard]] HttpResponse failure(std::string_view request_id) const;

  /// What is counted and logged of a request when its answer has left, or broken off.
  struct Ended {
    std::string_view method, pattern, path, request_id;
    int status{0};
    double seconds{0};
    bool whole{true};
  };
  void log(const Ended& ended) const;

 private:
  ServerState& state_;
  const Log& log_;
};

}  // namespace bess::app
