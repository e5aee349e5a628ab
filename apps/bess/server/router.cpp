#include "bess/server/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "service/answers/answer_json.h"
#include "service/answers/server_answers.h"
#include "service/data/scenarios.h"
#include "service/options/option_json.h"

namespace bess::app {

using service::Json;

namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path, std::vector<std::string>& values) {
  if (pattern.size() != path.size()) return false;
  values.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      if (path[i].empty()) return false;
      values.emplace_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string HttpRequest::media_type() const {
  std::string type = header("content-type");
  type.resize(std::min(type.find(';'), type.size()));
  std::erase_if(type, [](unsigned char c) { return std::isspace(c) != 0; });
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return type;
}

const FormPart* HttpRequest::part(std::string_view name) const {
  const auto it = std::find_if(parts.begin(), parts.end(), [&](const FormPart& p) { return p.name == name; });
  return it == parts.end() ? nullptr : &*it;
}

const std::vector<Route>& all_routes() {
  static const std::vector<Route> routes = [] {
    std::vector<Route> all;
    add_simulation_routes(all);
    add_scenario_routes(all);
    add_profile_routes(all);
    add_operation_routes(all);
    return all;
  }();
  return routes;
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  if (!path.starts_with('/')) return match;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto parts = segments(path);
  // A literal segment wins over a {parameter}: /scenarios/cache/stats.
  std::size_t fewest = parts.size() + 1;
  std::vector<std::string> values;
  for (const Route& route : all_routes()) {
    if (!fits(segments(route.pattern), parts, values)) continue;
    if (std::find(match.allowed.begin(), match.allowed.end(), route.method) == match.allowed.end()) match.allowed.push_back(route.method);
    if (route.method != method || values.size() >= fewest) continue;
    fewest = values.size();
    match.route = &route;
    match.values = values;
  }
  return match;
}

HttpResponse json_response(const Json& json, int status) { return {.status = status, .body = json.dump() + "\n"}; }

HttpResponse json_response(Json json, const Issues& warnings, int status) {
  if (!warnings.warnings().empty()) {
    Json all = service::to_json(warnings.warnings());
    if (const Json* own = json.find("warnings")) {
      for (const Json& one : own->items()) all.push(one);
    }
    json.set("warnings", std::move(all));
  }
  return json_response(json, status);
}

void add_file_name(HttpResponse& response, const std::string& name, const service::ExportFormat& format) {
  response.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}{}\"", name, format.extension));
}

HttpResponse exported(const service::ExportFormat& format, std::string body, const std::string& name) {
  HttpResponse response{.content_type = std::string(format.media_type), .body = std::move(body)};
  if (format.attachment) add_file_name(response, name, format);
  return response;
}

Json cache_change(const std::string& id, const CacheStats& stats) {
  const bool cached = std::any_of(stats.entries.begin(), stats.entries.end(), [&](const CacheEntryInfo& entry) { return entry.id == id; });
  return service::answer_json(service::CacheChange{.cached = cached, .stats = stats});
}

Expected<Json> json_body(const ServerState& state, const HttpRequest& request) {
  if (request.body.empty()) return one_error("required", "", "a JSON body is needed");
  return service::parse_json(request.body, state.json_limits());
}

void read_texts(const std::multimap<std::string, std::string>& texts, const service::OptionSlots& slots, Issues& issues) {
  for (const service::OptionSlot& slot : slots) {
    const std::string pointer = service::child_pointer("", slot.name);
    const auto [first, last] = texts.equal_range(slot.name);
    if (first == last) {
      if (slot.info.required) issues.error("required", pointer, "is needed");
      continue;
    }
    if (std::next(first) != last) {
      issues.error("wrong_type", pointer, "is given more than once");
      continue;
    }
    const bool bare_flag = first->second.empty() && std::holds_alternative<service::ScalarSlot<bool>>(slot.target);
    service::read_slot(bare_flag ? Json(true) : text_value(slot, first->second), slot, pointer, issues);
  }
  std::vector<std::string_view> known;
  for (const service::OptionSlot& slot : slots) known.push_back(slot.name);
  for (auto it = texts.begin(); it != texts.end(); it = texts.upper_bound(it->first)) {
    if (std::find(known.begin(), known.end(), it->first) != known.end()) continue;
    const std::string_view nearest = service::nearest_name(it->first, known);
    issues.warning(
        "unknown_key", service::child_pointer("", it->first),
        nearest.empty() ? "no such parameter; it is ignored" : fmt::format("no such parameter; it is ignored. Did you mean {}?", nearest));
  }
}

}  // namespace bess::app
