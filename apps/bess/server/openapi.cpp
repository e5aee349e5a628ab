// GET /openapi.json, from the table of routes and the option records.

#include <fmt/format.h>

#include <algorithm>

#include "base/version.h"
#include "bess/demo_request.h"
#include "bess/server/router.h"
#include "service/answers/answer_docs.h"
#include "service/data/profiles.h"
#include "service/data/scenarios.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

using service::Json;

Json object(std::initializer_list<std::pair<std::string_view, Json>> members) {
  Json json = Json::object();
  for (const auto& [key, value] : members) json.append(std::string(key), value);
  return json;
}

Json array(std::initializer_list<Json> items) {
  Json json = Json::array();
  for (const Json& item : items) json.push(item);
  return json;
}

Json reference(std::string_view schema) { return object({{"$ref", fmt::format("#/components/schemas/{}", schema)}}); }

template <class Record>
Json record_schema(std::string_view title) {
  Record record;
  return service::json_schema(service::slots_of(record), title);
}

/// The built-in example on scenario 1, with the market every scenario has.
Json example_request() {
  Expected<Json> request = service::parse_json(demo_request);
  if (!request) return Json::object();
  const Json* run = request->find("run");
  Json with_scenario = object({{"scenario_id", 1}});
  if (run != nullptr) {
    for (const service::JsonMember& member : run->members()) with_scenario.set(member.key, member.value);
  }
  with_scenario.set("enabled_markets", array({"day_ahead"}));
  request->set("run", std::move(with_scenario));
  return *request;
}

Json schemas() {
  Json all = Json::object();
  all.append("SimulationRequest", service::request_schema());
  all.append("NewScenario", record_schema<service::ScenarioOptions>("NewScenario"));
  all.append("ScenarioChanges", record_schema<service::ScenarioChanges>("ScenarioChanges"));
  service::ProfileGenerationOptions generation;
  all.append("NewProfile", service::json_schema(service::generation_slots(generation), "NewProfile"));
  all.append("ProfileChanges", record_schema<service::ProfileChanges>("ProfileChanges"));
  const Json answers = service::answer_schemas();
  for (const service::JsonMember& member : answers.members()) all.append(member.key, member.value);
  return all;
}

Json parameters(const Route& route) {
  Json list = Json::array();
  if (const auto open = route.pattern.find('{'); open != std::string_view::npos) {
    const std::string_view name = route.pattern.substr(open + 1, route.pattern.find('}') - open - 1);
    const bool number = route.doc.tag == "scenarios";
    Json schema = number ? object({{"type", "integer"}, {"minimum", 1}}) : object({{"type", "string"}, {"format", "uuid"}});
    list.push(object({{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}}));
  }
  if (route.doc.query == nullptr) return list;
  const Json schema = route.doc.query();
  const Json* required = schema.find("required");
  for (const service::JsonMember& property : schema.find("properties")->members()) {
    bool needed = false;
    if (required != nullptr) {
      for (const Json& name : required->items()) needed = needed || name.as_string() == property.key;
    }
    Json parameter = object({{"name", property.key}, {"in", "query"}, {"required", needed}});
    if (const Json* text = property.value.find("description")) parameter.append("description", *text);
    parameter.append("schema", property.value);
    list.push(std::move(parameter));
  }
  return list;
}

Json file_schema() { return object({{"type", "string"}, {"format", "binary"}, {"contentMediaType", "application/octet-stream"}}); }

Json raw_schema(std::string_view type) {
  Json schema = object({{"type", "string"}});
  if (type == "application/zip") schema.append("contentMediaType", type);
  return schema;
}

Json request_body(const RouteDoc& doc, BodyKind kind) {
  Json content = Json::object();
  if (!doc.request.empty()) {
    Json media = object({{"schema", reference(doc.request)}});
    if (doc.request == "SimulationRequest") media.append("example", example_request());
    content.append("application/json", std::move(media));
  }
  if (kind == BodyKind::upload) {
    Json schema = doc.form != nullptr ? doc.form() : object({{"type", "object"}, {"properties", Json::object()}});
    Json properties = *schema.find("properties");
    Json required = schema.find("required") != nullptr ? *schema.find("required") : Json::array();
    if (!doc.file_field.empty()) {
      properties.set(doc.file_field, file_schema());
      required.push(doc.file_field);
    }
    if (doc.id == "importScenario")
      properties.set(
          "mapping",
          object({{"type", "string"}, {"description", "JSON: how each file is to be read (docs/formats.md)"}, {"example", "{}"}}));
    if (doc.id == "generateProfile") {
      properties.set(
          "config",
          object({{"type", "string"},
                  {"description", "JSON, as the body of application/json"},
                  {"example", R"({"name": "Roof", "profile_type": "pv", "latitude": 52.3, "longitude": 4.8, "capacity_mw": 5})"}}));
      properties.set("weather", object({{"type", "array"}, {"items", file_schema()}}));
      required = array({"config", "weather"});
    }
    schema.set("properties", std::move(properties));
    schema.set("required", std::move(required));
    content.append("multipart/form-data", object({{"schema", std::move(schema)}}));
    for (const std::string_view type : doc.raw) content.append(std::string(type), object({{"schema", raw_schema(type)}}));
  }
  return object({{"required", true}, {"content", std::move(content)}});
}

Json responses(const RouteDoc& doc) {
  Json success = object({{"description", "done"}});
  Json content = Json::object();
  if (!doc.response.empty()) {
    Json schema = reference(doc.response);
    if (doc.may_fail_inside) schema = object({{"oneOf", array({std::move(schema), reference("Problem")})}});
    content.append("application/json", object({{"schema", std::move(schema)}}));
  }
  for (const std::string_view type : doc.also) content.append(std::string(type), object({{"schema", raw_schema(type)}}));
  if (!content.members().empty()) success.append("content", std::move(content));
  Json all = Json::object();
  all.append(std::to_string(doc.status), std::move(success));
  if (doc.id == "deleteJob") all.append("204", object({{"description", "a finished job is forgotten"}}));
  std::vector<int> errors = doc.errors;
  if (doc.tag != "operation" && doc.tag != "documentation") errors.insert(errors.end(), {401, 403, 500});
  if (std::find(errors.begin(), errors.end(), 400) == errors.end()) errors.push_back(400);  // bytes in the query that are no text
  for (const int status : errors) {
    Json error = object({{"description", status_title(status)},
                         {"content", object({{"application/problem+json", object({{"schema", reference("Problem")}})}})}});
    if (status == 429 || status == 503) {
      error.append("headers", object({{"Retry-After", object({{"description", "seconds"}, {"schema", object({{"type", "integer"}})}})}}));
    }
    all.append(std::to_string(status), std::move(error));
  }
  return all;
}

Json operation(const Route& route) {
  const RouteDoc& doc = route.doc;
  Json json = object({{"operationId", doc.id}, {"tags", array({doc.tag})}, {"summary", doc.summary}});
  if (!doc.description.empty()) json.append("description", doc.description);
  if (doc.tag == "operation" || doc.tag == "documentation") json.append("security", Json::array());
  Json list = parameters(route);
  if (!list.items().empty()) json.append("parameters", std::move(list));
  if (route.body != BodyKind::none) json.append("requestBody", request_body(doc, route.body));
  json.append("responses", responses(doc));
  return json;
}

Json tags() {
  return array({object({{"name", "simulation"}, {"description", "Run a simulation and wait for it"}}),
                object({{"name", "jobs"}, {"description", "The same in the background, with progress and cancel"}}),
                object({{"name", "scenarios"}, {"description", "Price scenarios: a country and its market data"}}),
                object({{"name", "profiles"}, {"description", "Production of solar parks and wind farms"}}),
                object({{"name", "operation"}, {"description", "Health, version, metrics"}})});
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

}  // namespace

Json openapi_document() {
  Json paths = Json::object();
  for (const Route& route : all_routes()) {
    if (route.doc.tag == "documentation") continue;
    const Json* known = paths.find(route.pattern);
    Json path = known != nullptr ? *known : Json::object();
    path.set(lower(route.method), operation(route));
    paths.set(route.pattern, std::move(path));
  }
  return object(
      {{"openapi", "3.1.0"},
       {"info", object({{"title", "BESS Engine"},
                        {"version", engine_version()},
                        {"summary", "Trading simulation of batteries"},
                        {"description",
                         "Powers are MW, energies MWh, prices EUR/MWh, reserve prices EUR/MW/h, times UTC unless said otherwise. `params` "
                         "is written in camelCase, everything else in snake_case. Errors are problem details (RFC 9457) "
                         "that list all problems at once with stable codes."},
                        {"license", object({{"name", "see the file LICENSE"}, {"url", "https://spdx.org/licenses/"}})}})},
       {"servers", array({object({{"url", "/"}, {"description", "this server"}})})},
       {"security", array({Json::object(), object({{"apiKey", Json::array()}})})},
       {"tags", tags()},
       {"paths", std::move(paths)},
       {"components", object({{"securitySchemes",
                               object({{"apiKey", object({{"type", "apiKey"},
                                                          {"in", "header"},
                                                          {"name", "X-API-Key"},
                                                          {"description", "needed where the server was started with BESS_API_KEY"}})}})},
                              {"schemas", schemas()}})}});
}

}  // namespace bess::app
