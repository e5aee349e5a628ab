// Health, version, metrics, and the documentation: OpenAPI, Swagger UI from our own files.

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/version.h"
#include "bess/server/metrics.h"
#include "bess/server/router.h"
#include "service/answers/answer_json.h"
#include "service/answers/server_answers.h"

namespace bess::app {

namespace {

namespace fs = std::filesystem;

HttpResponse health(ServerState& state, const HttpRequest& /*request*/) {
  const service::Health health{.stopping = state.stopping};
  return json_response(service::answer_json(health), health.stopping ? 503 : 200);
}

HttpResponse version(ServerState& /*state*/, const HttpRequest& /*request*/) {
  return json_response(service::answer_json(service::Version{engine_version()}));
}

HttpResponse metrics(ServerState& state, const HttpRequest& /*request*/) {
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = metrics_page(state)};
}

HttpResponse openapi(ServerState& /*state*/, const HttpRequest& /*request*/) {
  static const std::string document = openapi_document().dump(1) + "\n";
  return {.body = document};
}

HttpResponse to_docs(ServerState& /*state*/, const HttpRequest& /*request*/) {
  return {.status = 302, .content_type = "text/plain", .headers = {{"Location", "/docs"}}, .body = "see /docs\n"};
}

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view docs_page = R"html(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>BESS Engine API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
)html";

constexpr std::string_view start_script =
    "window.ui = SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, "
    "presets: [SwaggerUIBundle.presets.apis], layout: 'BaseLayout'});\n";

constexpr std::string_view missing_page = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>BESS Engine API</title></head>
<body><h1>BESS Engine API</h1><p>The files of Swagger UI are not installed. <code>./run serve</code> fetches them where Node.js is
present; or run <code>npm ci --ignore-scripts</code> in <code>apps/bess/server/docs_ui</code>, or point <code>--docs-assets</code> at
the files of swagger-ui-dist.</p><p>The API itself is described by <a href="/openapi.json">/openapi.json</a>.</p></body></html>
)html";

bool has_assets(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "swagger-ui-bundle.js", error);
}

/// The folder given, else one beside the program, else that of the source tree the program lies in.
std::optional<fs::path> assets_folder(const ServerSettings& settings) {
  if (!settings.docs_assets.empty()) return has_assets(settings.docs_assets) ? std::optional<fs::path>(settings.docs_assets) : std::nullopt;
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (; !error && !folder.empty(); folder = folder.parent_path()) {
    for (const char* place : {"share/bess/swagger-ui", "apps/bess/server/docs_ui/node_modules/swagger-ui-dist"}) {
      if (has_assets(folder / place)) return folder / place;
    }
    if (folder == folder.root_path()) break;
  }
  return {};
}

HttpResponse page(std::string_view text) {
  return {.content_type = "text/html; charset=utf-8",
          .headers = {{"Content-Security-Policy", std::string(page_policy)}, {"Referrer-Policy", "no-referrer"}},
          .body = std::string(text)};
}

HttpResponse docs(ServerState& state, const HttpRequest& /*request*/) {
  return page(assets_folder(state.settings) ? docs_page : missing_page);
}

HttpResponse docs_file(ServerState& state, const HttpRequest& request) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> files{{{"swagger-ui.css", "text/css"},
                                                                                       {"swagger-ui-bundle.js", "text/javascript"},
                                                                                       {"favicon-32x32.png", "image/png"},
                                                                                       {"favicon-16x16.png", "image/png"}}};
  const std::string& name = request.path_values[0];
  if (name == "start.js") return {.content_type = "text/javascript", .body = std::string(start_script)};
  for (const auto& [known, type] : files) {
    if (known != name) continue;
    const auto folder = assets_folder(state.settings);
    if (!folder) break;
    std::ifstream in(*folder / name, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open()) break;
    return {.content_type = std::string(type), .headers = {{"Cache-Control", "max-age=3600"}}, .body = std::move(bytes)};
  }
  return problem(404, "not_found", "no such file");
}

}  // namespace

void add_operation_routes(std::vector<Route>& routes) {
  constexpr std::string_view tag = "operation";
  routes.push_back({"GET",
                    "/health",
                    BodyKind::none,
                    health,
                    {.id = "getHealth", .tag = tag, .summary = "Is the server there?", .response = "Health", .errors = {503}},
                    true});
  routes.push_back({"GET",
                    "/version",
                    BodyKind::none,
                    version,
                    {.id = "getVersion", .tag = tag, .summary = "Version of the engine", .response = "Version", .errors = {401}},
                    true});
  routes.push_back(
      {"GET",
       "/metrics",
       BodyKind::none,
       metrics,
       {.id = "getMetrics", .tag = tag, .summary = "Counters in the text format of Prometheus", .also = {"text/plain"}, .errors = {401}}});
  routes.push_back(
      {"GET", "/openapi.json", BodyKind::none, openapi, {.id = "getOpenapi", .tag = "documentation", .summary = "This document"}});
  routes.push_back({"GET", "/", BodyKind::none, to_docs, {.id = "getRoot", .tag = "documentation", .summary = "To the documentation"}});
  routes.push_back({"GET", "/docs", BodyKind::none, docs, {.id = "getDocs", .tag = "documentation", .summary = "Swagger UI"}});
  routes.push_back(
      {"GET", "/docs/{file}", BodyKind::none, docs_file, {.id = "getDocsFile", .tag = "documentation", .summary = "Its files"}});
}

}  // namespace bess::app
