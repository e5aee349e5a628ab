// Price scenarios.

#include <charconv>
#include <utility>

#include "bess/server/router.h"
#include "service/data/scenarios.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

using service::Json;

template <class Record>
Json schema_of() {
  Record record;
  return service::json_schema(service::slots_of(record), "query");
}

/// The id of the path. Anything but a plain positive number names no scenario.
Expected<ScenarioId> scenario_id(const HttpRequest& request) {
  const std::string& text = request.path_values[0];
  ScenarioId id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size() || id <= 0 || text.front() == '0')
    return one_error("not_found", "/scenario_id", "no such scenario");
  return id;
}

HttpResponse answer(const Expected<Json>& json) { return json ? json_response(*json) : problem(json.issues()); }

HttpResponse list(ServerState& state, const HttpRequest& /*request*/) { return json_response(service::list_scenarios(state.store)); }

HttpResponse create(ServerState& state, const HttpRequest& request) {
  const Expected<Json> body = json_body(state, request);
  if (!body) return problem(body.issues());
  const auto made = service::create_scenario(state.store, *body);
  if (!made) return problem(made.issues());
  HttpResponse response = json_response(made->json, made->warnings, 201);
  response.headers.emplace_back("Location", "/scenarios/" + std::to_string(made->json.find("id")->as_integer()));
  return response;
}

HttpResponse show(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  return id ? answer(service::show_scenario(state.store, *id)) : problem(id.issues());
}

HttpResponse change(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const Expected<Json> body = json_body(state, request);
  if (!body) return problem(body.issues());
  const auto changed = service::change_scenario(state.store, *id, *body);
  return changed ? json_response(changed->json, changed->warnings, 200) : problem(changed.issues());
}

HttpResponse remove(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const auto removed = state.store.scenarios().remove(*id);
  if (!removed) return problem(removed.issues());
  return {.status = 204, .content_type = {}};
}

/// Files of a form (every part with a file name), or the body as one file; the form's mapping.
Expected<service::SourceSet> uploaded(const HttpRequest& request, ImportMapping& mapping) {
  service::SourceSet set;
  Issues issues;
  const auto take = [&](const std::string& name, const std::string& bytes) {
    Expected<service::SourceSet> one = service::unpack_upload(name, bytes);
    if (!one) return issues.append(one.issues());
    for (service::SourceFile& file : one->files) set.files.push_back(std::move(file));
    set.mapping.merge(one->mapping);
  };
  if (!request.body.empty()) take("upload", request.body);
  for (const FormPart& part : request.parts) {
    if (part.name == "mapping" && part.content.empty()) continue;
    if (part.name == "mapping") {
      Expected<ImportMapping> read = service::parse_mapping(part.content, "mapping");
      if (read) {
        mapping = std::move(*read);
      } else {
        issues.append(read.issues());
      }
    } else if (!part.filename.empty() || part.name == "file") {
      take(part.filename.empty() ? part.name : part.filename, part.content);
    }
  }
  if (set.files.empty() && !issues.has_errors())
    issues.error("required", "/file", "a CSV file or a ZIP archive is needed, as form field file or as the body");
  if (issues.has_errors()) return issues;
  return set;
}

HttpResponse import(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  if (const auto known = state.store.scenarios().get(*id); !known) return problem(known.issues());
  // Fields of the form and the query together.
  std::multimap<std::string, std::string> fields = request.query;
  for (const FormPart& part : request.parts) {
    if (part.filename.empty() && part.name != "mapping" && part.name != "file") fields.emplace(part.name, part.content);
  }
  service::ScenarioImportOptions how;
  Issues warnings;
  read_texts(fields, service::slots_of(how), warnings);
  if (warnings.has_errors()) return problem(warnings);
  ImportMapping mapping;
  const auto sources = uploaded(request, mapping);
  if (!sources) return problem(sources.issues());
  const auto done =
      service::import_scenario(state.store, *id, *sources, how, mapping, static_cast<std::size_t>(state.settings.max_import_rows));
  return done ? json_response(*done, warnings, 200) : problem(done.issues());
}

HttpResponse data(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const auto what = read_query<service::ScenarioDataOptions>(request);
  if (!what) return problem(what.issues());
  const auto table = service::scenario_table(state.store, *id, *what);
  if (!table) return problem(table.issues());
  const service::TableExport& format = service::export_of(what->format);
  return exported(format, format.write(*table), std::string(to_string(what->table)));
}

HttpResponse whole(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const auto how = read_query<service::ScenarioExportOptions>(request);
  if (!how) return problem(how.issues());
  const service::ArchiveExport& format = service::export_of(how->format);
  auto archive = service::export_scenario(state.store, *id, format);
  if (!archive) return problem(archive.issues());
  return exported(format, std::move(*archive), "scenario_" + std::to_string(*id));
}

HttpResponse statistics(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  return id ? answer(service::scenario_statistics(state.store, *id)) : problem(id.issues());
}

HttpResponse cache_load(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const auto loaded = state.store.scenarios().cache_load(*id);
  return loaded ? json_response(cache_change(request.path_values[0], state.store.scenarios().cache_stats())) : problem(loaded.issues());
}

HttpResponse cache_unload(ServerState& state, const HttpRequest& request) {
  const auto id = scenario_id(request);
  if (!id) return problem(id.issues());
  const auto dropped = state.store.scenarios().cache_unload(*id);
  return dropped ? json_response(cache_change(request.path_values[0], state.store.scenarios().cache_stats())) : problem(dropped.issues());
}

HttpResponse cache_stats(ServerState& state, const HttpRequest& /*request*/) {
  return json_response(service::to_json(state.store.scenarios().cache_stats()));
}

}  // namespace

void add_scenario_routes(std::vector<Route>& routes) {
  constexpr std::string_view tag = "scenarios";
  const std::vector<int> write_errors{400, 404, 408, 413, 415, 422, 503, 507};
  routes.push_back({"GET",
                    "/scenarios",
                    BodyKind::none,
                    list,
                    {.id = "listScenarios", .tag = tag, .summary = "All scenarios", .response = "ScenarioList"}});
  routes.push_back({"POST",
                    "/scenarios",
                    BodyKind::json,
                    create,
                    {.id = "createScenario",
                     .tag = tag,
                     .summary = "Make an empty scenario",
                     .request = "NewScenario",
                     .status = 201,
                     .response = "ChangedScenario",
                     .errors = {400, 408, 413, 415, 422, 503, 507}}});
  routes.push_back(
      {"GET",
       "/scenarios/{id}",
       BodyKind::none,
       show,
       {.id = "getScenario", .tag = tag, .summary = "A scenario and its tables", .response = "ScenarioDetail", .errors = {404}}});
  routes.push_back({"PATCH",
                    "/scenarios/{id}",
                    BodyKind::json,
                    change,
                    {.id = "changeScenario",
                     .tag = tag,
                     .summary = "Change what is given",
                     .request = "ScenarioChanges",
                     .response = "ChangedScenario",
                     .errors = write_errors}});
  routes.push_back({"DELETE",
                    "/scenarios/{id}",
                    BodyKind::none,
                    remove,
                    {.id = "deleteScenario",
                     .tag = tag,
                     .summary = "Delete a scenario and its data; its id is never given again",
                     .status = 204,
                     .errors = {404, 503}}});
  routes.push_back(
      {"POST",
       "/scenarios/{id}/import",
       BodyKind::upload,
       import,
       {.id = "importScenario",
        .tag = tag,
        .summary = "Import CSV files, workbooks or ZIP archives, all or nothing",
        .description =
            "The table of a file is found from its header, given by `table`, or by a mapping (form field `mapping`, "
            "or `mapping.json` in an archive). Usual exports (ENTSO-E, energy-charts, SMARD, TenneT, regelleistung) are recognised by "
            "their "
            "headers; the answer's `files` say which was taken. The fields of the query may stand in the form. The body may also be "
            "one file as it is.",
        .query = schema_of<service::ScenarioImportOptions>,
        .file_field = "file",
        .raw = {"text/csv", "application/zip", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        .response = "ImportOutcome",
        .errors = write_errors}});
  routes.push_back({"GET",
                    "/scenarios/{id}/data",
                    BodyKind::none,
                    data,
                    {.id = "getScenarioData",
                     .tag = tag,
                     .summary = "Rows of a table",
                     .query = schema_of<service::ScenarioDataOptions>,
                     .response = "TableData",
                     .also = service::media_types_beside_json(service::table_exports()),
                     .errors = {404, 422}}});
  routes.push_back(
      {"GET",
       "/scenarios/{id}/export",
       BodyKind::none,
       whole,
       {.id = "exportScenario",
        .tag = tag,
        .summary = "The whole scenario as a ZIP archive",
        .description = "One CSV file per table and a mapping.json: imported into a scenario of the same country (`mode=replace`, "
                       "or a new one) it gives the same rows again. The same data give the same bytes.",
        .query = schema_of<service::ScenarioExportOptions>,
        .also = service::media_types_beside_json(service::archive_exports()),
        .errors = {404, 422}}});
  routes.push_back({"GET",
                    "/scenarios/{id}/statistics",
                    BodyKind::none,
                    statistics,
                    {.id = "getScenarioStatistics",
                     .tag = tag,
                     .summary = "Spreads, percentiles and negative hours of each column",
                     .response = "ScenarioStatistics",
                     .errors = {404}}});
  routes.push_back({"POST",
                    "/scenarios/{id}/cache/load",
                    BodyKind::none,
                    cache_load,
                    {.id = "loadScenario", .tag = tag, .summary = "Load into the cache", .response = "CacheChange", .errors = {404}}});
  routes.push_back({"POST",
                    "/scenarios/{id}/cache/unload",
                    BodyKind::none,
                    cache_unload,
                    {.id = "unloadScenario", .tag = tag, .summary = "Drop from the cache", .response = "CacheChange", .errors = {404}}});
  routes.push_back({"GET",
                    "/scenarios/cache/stats",
                    BodyKind::none,
                    cache_stats,
                    {.id = "getScenarioCache", .tag = tag, .summary = "Cache of scenarios", .response = "CacheStats"}});
}

}  // namespace bess::app
