// Production profiles.

#include <utility>

#include "bess/server/router.h"
#include "service/data/profiles.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

using service::Json;

template <class Record>
Json schema_of() {
  Record record;
  return service::json_schema(service::slots_of(record), "query");
}

HttpResponse answer(const Expected<Json>& json) { return json ? json_response(*json) : problem(json.issues()); }

HttpResponse made_response(const Expected<service::JsonAnswer>& made) {
  if (!made) return problem(made.issues());
  HttpResponse response = json_response(made->json, made->warnings, 201);
  response.headers.emplace_back("Location", "/profiles/" + made->json.find("id")->as_string());
  return response;
}

HttpResponse list(ServerState& state, const HttpRequest& /*request*/) { return json_response(service::list_profiles(state.store)); }

/// JSON body, or a form with the field config (JSON), files named weather and, for a turbine of one's own, one named curve.
HttpResponse generate(ServerState& state, const HttpRequest& request) {
  std::vector<service::SourceFile> uploads;
  for (const FormPart& part : request.parts) {
    if (part.name == "weather") uploads.push_back({part.filename.empty() ? part.name : part.filename, part.content});
  }
  const FormPart* config = request.part("config");
  if (request.media_type() == "multipart/form-data" && config == nullptr)
    return problem(one_error("required", "/config", "the form field config (JSON) is needed"));
  Expected<Json> body = config != nullptr ? service::parse_json(config->content, state.json_limits()) : json_body(state, request);
  const FormPart* curve = request.part("curve");
  if (body && curve != nullptr) {
    if (!body->is_object()) return problem(one_error("wrong_type", "", "needs an object"));
    body = service::with_power_curve(std::move(*body), {curve->filename.empty() ? curve->name : curve->filename, curve->content});
  }
  if (!body) return problem(body.issues());
  return made_response(service::generate_profile(state.store, *body, uploads, std::filesystem::path(state.settings.data_dir) / "weather"));
}

/// Fields of the form and the query together.
HttpResponse import(ServerState& state, const HttpRequest& request) {
  std::multimap<std::string, std::string> fields = request.query;
  service::SourceFile file{"upload", request.body};
  bool found = !request.body.empty();
  for (const FormPart& part : request.parts) {
    if (!part.filename.empty() || part.name == "file") {
      if (found) return problem(one_error("duplicate_column", "/file", "one file at a time"));
      file = {part.filename.empty() ? part.name : part.filename, part.content};
      found = true;
    } else {
      fields.emplace(part.name, part.content);
    }
  }
  service::ProfileImportOptions how;
  Issues issues;
  read_texts(fields, service::slots_of(how), issues);
  if (!found) issues.error("required", "/file", "a CSV file is needed, as form field file or as the body");
  if (issues.has_errors()) return problem(issues);
  auto made = service::import_profile_file(state.store, file, how, static_cast<std::size_t>(state.settings.max_import_rows));
  if (made) made->warnings.append(issues);
  return made_response(made);
}

HttpResponse show(ServerState& state, const HttpRequest& request) {
  return answer(service::show_profile(state.store, request.path_values[0]));
}

HttpResponse change(ServerState& state, const HttpRequest& request) {
  const Expected<Json> body = json_body(state, request);
  if (!body) return problem(body.issues());
  const auto changed = service::change_profile(state.store, request.path_values[0], *body);
  return changed ? json_response(changed->json, changed->warnings, 200) : problem(changed.issues());
}

HttpResponse remove(ServerState& state, const HttpRequest& request) {
  const auto removed = state.store.profiles().remove(request.path_values[0]);
  if (!removed) return problem(removed.issues());
  return {.status = 204, .content_type = {}};
}

HttpResponse data(ServerState& state, const HttpRequest& request) {
  const auto what = read_query<service::ProfileDataOptions>(request);
  if (!what) return problem(what.issues());
  auto text = service::profile_data(state.store, request.path_values[0], *what);
  if (!text) return problem(text.issues());
  return exported(service::export_of(what->format), std::move(*text), "profile");
}

HttpResponse statistics(ServerState& state, const HttpRequest& request) {
  return answer(service::profile_statistics(state.store, request.path_values[0]));
}

HttpResponse cache_load(ServerState& state, const HttpRequest& request) {
  const auto loaded = state.store.profiles().cache_load(request.path_values[0]);
  return loaded ? json_response(cache_change(loaded->id, state.store.profiles().cache_stats())) : problem(loaded.issues());
}

HttpResponse cache_unload(ServerState& state, const HttpRequest& request) {
  const auto dropped = state.store.profiles().cache_unload(request.path_values[0]);
  return dropped ? json_response(cache_change(request.path_values[0], state.store.profiles().cache_stats())) : problem(dropped.issues());
}

HttpResponse cache_stats(ServerState& state, const HttpRequest& /*request*/) {
  return json_response(service::to_json(state.store.profiles().cache_stats()));
}

}  // namespace

void add_profile_routes(std::vector<Route>& routes) {
  constexpr std::string_view tag = "profiles";
  const std::vector<int> write_errors{400, 404, 408, 413, 415, 422, 503, 507};
  routes.push_back(
      {"GET", "/profiles", BodyKind::none, list, {.id = "listProfiles", .tag = tag, .summary = "All profiles", .response = "ProfileList"}});
  routes.push_back(
      {"POST",
       "/profiles",
       BodyKind::upload,
       generate,
       {.id = "generateProfile",
        .tag = tag,
        .summary = "Generate a solar or wind profile from weather",
        .description = "As JSON with `weather_file`, or as multipart/form-data with the JSON in `config` and the weather "
                       "itself (CSV, PVGIS, ERA5 NetCDF) in one or more files `weather`; a wind turbine's power curve may come as a "
                       "CSV file `curve`.",
        .request = "NewProfile",
        .status = 201,
        .response = "GeneratedProfile",
        .errors = write_errors}});
  routes.push_back({"POST",
                    "/profiles/import",
                    BodyKind::upload,
                    import,
                    {.id = "importProfile",
                     .tag = tag,
                     .summary = "Import a profile from CSV (timestamp, output_mw)",
                     .description = "The fields may stand in the form or in the query. The body may also be the file itself as text/csv.",
                     .form = schema_of<service::ProfileImportOptions>,
                     .file_field = "file",
                     .raw = {"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                     .status = 201,
                     .response = "ImportedProfile",
                     .errors = {400, 408, 413, 415, 422, 503, 507}}});
  routes.push_back({"GET",
                    "/profiles/{id}",
                    BodyKind::none,
                    show,
                    {.id = "getProfile", .tag = tag, .summary = "A profile", .response = "ProfileDetail", .errors = {404}}});
  routes.push_back({"PATCH",
                    "/profiles/{id}",
                    BodyKind::json,
                    change,
                    {.id = "changeProfile",
                     .tag = tag,
                     .summary = "Change what is given",
                     .request = "ProfileChanges",
                     .response = "ChangedProfile",
                     .errors = write_errors}});
  routes.push_back({"DELETE",
                    "/profiles/{id}",
                    BodyKind::none,
                    remove,
                    {.id = "deleteProfile", .tag = tag, .summary = "Delete a profile", .status = 204, .errors = {404, 503}}});
  routes.push_back({"GET",
                    "/profiles/{id}/data",
                    BodyKind::none,
                    data,
                    {.id = "getProfileData",
                     .tag = tag,
                     .summary = "The quarter-hour series",
                     .query = schema_of<service::ProfileDataOptions>,
                     .response = "ProfileData",
                     .also = service::media_types_beside_json(service::profile_exports()),
                     .errors = {404, 422}}});
  routes.push_back({"GET",
                    "/profiles/{id}/statistics",
                    BodyKind::none,
                    statistics,
                    {.id = "getProfileStatistics",
                     .tag = tag,
                     .summary = "Monthly energy and full-load hours",
                     .response = "ProfileStatistics",
                     .errors = {404}}});
  routes.push_back({"POST",
                    "/profiles/{id}/cache/load",
                    BodyKind::none,
                    cache_load,
                    {.id = "loadProfile", .tag = tag, .summary = "Load into the cache", .response = "CacheChange", .errors = {404}}});
  routes.push_back({"POST",
                    "/profiles/{id}/cache/unload",
                    BodyKind::none,
                    cache_unload,
                    {.id = "unloadProfile", .tag = tag, .summary = "Drop from the cache", .response = "CacheChange", .errors = {404}}});
  routes.push_back({"GET",
                    "/profiles/cache/stats",
                    BodyKind::none,
                    cache_stats,
                    {.id = "getProfileCache", .tag = tag, .summary = "Cache of profiles", .response = "CacheStats"}});
}

}  // namespace bess::app
