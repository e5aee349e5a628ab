#include "bess/server/request_desk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <string>
#include <utility>

#include "bess/server/access.h"
#include "bess/server/request_body.h"

namespace bess::app {

using service::Json;

namespace {

HttpResponse no_content(const std::string& allow) {
  HttpResponse response{.status = 204, .content_type = {}};
  response.headers.emplace_back("Allow", allow);
  return response;
}

HttpResponse wrong_method(const HttpRequest& request, const RouteMatch& match) {
  std::string allow = "OPTIONS";
  for (const std::string_view method : match.allowed) allow.append(", ").append(method == "GET" ? "GET, HEAD" : method);
  if (request.method == "OPTIONS") return no_content(allow);
  HttpResponse response = problem(405, "method_not_allowed", "allowed here: " + allow);
  response.headers.emplace_back("Allow", allow);
  return response;
}

/// Clients may make up methods; counters may not grow with them.
std::string_view counted_method(std::string_view method) {
  static constexpr std::array<std::string_view, 7> known{"GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"};
  return std::find(known.begin(), known.end(), method) != known.end() ? method : "other";
}

}  // namespace

std::optional<HttpResponse> RequestDesk::admit(const RequestHead& head, HttpRequest& request, Admission& admission) const {
  RouteMatch& match = admission.match;
  match = match_route(request.method, request.path);
  admission.body_limit = app::body_limit(match.route, request, state_.settings);
  if (auto refused = refuse_access(state_.settings, request)) return refused;
  if (head.expects_continue && head.length > admission.body_limit) return body_too_large(admission.body_limit);
  if (request.path == "*") return no_content("OPTIONS, GET, HEAD, POST, PATCH, DELETE");
  if (match.allowed.empty()) return problem(404, "not_found", "no such address; /docs shows all");
  if (match.route == nullptr) return wrong_method(request, match);
  if (state_.stopping && request.path != "/health") return problem(503, "stopping", "the server is stopping");
  request.path_values = std::move(match.values);
  if (match.route->body != BodyKind::none) {
    if (auto refused = wrong_media_type(*match.route, request)) return refused;
  }
  if (auto refused = wrong_packing(request)) return refused;
  if (head.length > admission.body_limit) return body_too_large(admission.body_limit);
  return {};
}

HttpResponse RequestDesk::answer(const Route& route, const HttpRequest& request) const {
  try {
    if (auto refused = not_text(request)) return std::move(*refused);
    return route.handler(state_, request);
  } catch (...) {
    return failure(request.request_id);
  }
}

HttpResponse RequestDesk::failure(std::string_view request_id) const {
  Json fields = Json::object();
  fields.append("request_id", request_id);
  try {
    throw;
  } catch (const std::exception& e) {
    fields.append("what", e.what());
  } catch (...) {
    fields.append("what", "not an exception");
  }
  log_.write(LogLevel::error, "failure", fields);
  return problem(std::current_exception());
}

void RequestDesk::log(const Ended& ended) const {
  state_.metrics.count_request(counted_method(ended.method), ended.pattern, ended.status, ended.seconds);
  Json fields = Json::object();
  fields.append("request_id", ended.request_id);
  fields.append("method", ended.method);
  fields.append("path", ended.path);
  fields.append("status", ended.status);
  fields.append("ms", std::round(ended.seconds * 1e5) / 100);
  if (!ended.whole) fields.append("broken_off", true);
  log_.write(ended.status >= 500 ? LogLevel::warning : LogLevel::info, "request", fields);
}

}  // namespace bess::app
