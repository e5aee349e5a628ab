#pragma once
// The routes of the API, each with what documents it. GET /openapi.json is made from this table and the option records.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bess/server/http.h"
#include "bess/server/problem.h"
#include "bess/server/state.h"
#include "service/data/exports.h"
#include "service/json.h"
#include "service/options/option_json.h"

namespace bess::app {

enum class BodyKind : std::uint8_t { none, json, upload };

/// Schema of an option record, made when the document is.
using SchemaMaker = service::Json (*)();

struct RouteDoc {
  std::string_view id;  ///< operationId
  std::string_view tag;
  std::string_view summary;
  std::string_view description{};
  SchemaMaker query{nullptr};            ///< record of query parameters
  std::string_view request{};            ///< name of the schema of the JSON body
  SchemaMaker form{nullptr};             ///< fields of the multipart form beside its files
  std::string_view file_field{};         ///< name of the form's file
  std::vector<std::string_view> raw{};   ///< media types of a body that is the file itself
  int status{200};                       ///< of success
  std::string_view response{};           ///< name of the schema of the JSON answer
  std::vector<std::string_view> also{};  ///< further media types of the answer
  bool may_fail_inside{false};           ///< the JSON answer may turn out to be a Problem after its status was sent
  std::vector<int> errors{};             ///< beside 400, 401, 403 and 500
};

using RouteHandler = HttpResponse (*)(ServerState& state, const HttpRequest& request);

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/scenarios/{id}/import"
  BodyKind body{BodyKind::none};
  RouteHandler handler{nullptr};
  RouteDoc doc{};
  bool instant{false};  ///< never waits and takes microseconds: answered beside all threads, however busy they are
};

/// Every route, in the order of the document.
[[nodiscard]] const std::vector<Route>& all_routes();
void add_operation_routes(std::vector<Route>& routes);
void add_simulation_routes(std::vector<Route>& routes);
void add_scenario_routes(std::vector<Route>& routes);
void add_profile_routes(std::vector<Route>& routes);

struct RouteMatch {
  const Route* route{nullptr};
  std::vector<std::string> values;
  std::vector<std::string_view> allowed;  ///< methods of this path, when the path is known
};
[[nodiscard]] RouteMatch match_route(std::string_view method, std::string_view path);

/// The OpenAPI 3.1 document.
[[nodiscard]] service::Json openapi_document();

// What handlers share.

/// 200 (or `status`) with JSON.
[[nodiscard]] HttpResponse json_response(const service::Json& json, int status = 200);
/// The same with `warnings` before those the member `warnings` has already; the member is made when there are any.
[[nodiscard]] HttpResponse json_response(service::Json json, const Issues& warnings, int status);
/// What was written in that format; as a file of that name and the format's extension where it is an attachment.
[[nodiscard]] HttpResponse exported(const service::ExportFormat& format, std::string body, const std::string& name);
void add_file_name(HttpResponse& response, const std::string& name, const service::ExportFormat& format);
/// Answer of cache/load and cache/unload: whether the entity is cached now, and the statistics of its cache.
[[nodiscard]] service::Json cache_change(const std::string& id, const CacheStats& stats);
/// The request's JSON body. Codes of parse_json; `required` without a body.
[[nodiscard]] Expected<service::Json> json_body(const ServerState& state, const HttpRequest& request);

/// Texts by name into a record's slots. A flag without a value is true; an unknown name is a warning.
void read_texts(const std::multimap<std::string, std::string>& texts, const service::OptionSlots& slots, Issues& issues);

/// The query's record; warnings are added to `warnings` where somebody wants them.
template <class Record>
[[nodiscard]] Expected<Record> read_query(const HttpRequest& request, Issues* warnings = nullptr) {
  Record record;
  Issues issues;
  read_texts(request.query, service::slots_of(record), issues);
  if (issues.has_errors()) return issues;
  if (warnings != nullptr) warnings->append(issues);
  return record;
}

}  // namespace bess::app
