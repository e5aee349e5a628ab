// POST /simulate, /simulate/heatmap, and the same run as a job.

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/option.h"
#include "bess/server/router.h"
#include "service/answers/answer_json.h"
#include "service/answers/server_answers.h"
#include "service/data/exports.h"
#include "service/options/option_docs.h"
#include "service/runs/simulate.h"

namespace bess::app {

namespace {

using service::JobState;
using service::JobStatus;
using service::Json;
using service::SimulationJob;
using namespace std::chrono_literals;

/// Runs that end within this time are answered with a status of their own; longer ones are streamed, so that a client that goes away is
/// noticed.
constexpr auto first_wait = 1000ms;
constexpr auto poll = 50ms;
constexpr auto heartbeat = 15s;

struct SimulateQuery {
  bool include_timeseries{false};
  bool include_heatmap{false};
  service::SeriesFormat timeseries_format{};
  [[nodiscard]] const service::SeriesExport& format() const { return service::export_of(timeseries_format); }
  /// The answer is the series alone.
  [[nodiscard]] bool series_alone() const { return !format().in_answer; }
  [[nodiscard]] bool series() const { return include_timeseries || series_alone(); }
};

template <class Visitor>
void describe(SimulateQuery& q, Visitor&& field) {
  field("include_timeseries", q.include_timeseries, FieldInfo{.help = "the quarter-hour series"});
  field("include_heatmap", q.include_heatmap, FieldInfo{.help = "the daily heatmap as an HTML page in heatmap_html"});
  field("timeseries_format", q.timeseries_format,
        FieldInfo{.help = "how the series is written", .choices = service::choices_of(service::series_exports())});
}

struct JobQuery {
  bool include_timeseries{false};
};

template <class Visitor>
void describe(JobQuery& q, Visitor&& field) {
  field("include_timeseries", q.include_timeseries, FieldInfo{.help = "keep the quarter-hour series, so that the result can show it"});
}

template <class Record>
Json schema_of() {
  Record record;
  return service::json_schema(service::slots_of(record), "query");
}

using Prepared = std::shared_ptr<const service::PreparedSimulation>;

std::variant<Prepared, HttpResponse> prepare(ServerState& state, const HttpRequest& request, bool keep_series, Issues warnings) {
  const Expected<Json> body = json_body(state, request);
  if (!body) return problem(body.issues());
  const service::ParsedRequest parsed = service::read_request(*body, service::PricesFrom::store);
  if (parsed.issues.has_errors()) return problem(parsed.issues);
  Expected<service::SimulationSources> sources = service::sources_from_store(parsed.request.run, state.store);
  if (!sources) return problem(sources.issues());
  Expected<service::PreparedSimulation> prepared = service::prepare_simulation(
      parsed.request, std::move(*sources), {.workers = static_cast<std::size_t>(state.settings.workers), .keep_series = keep_series});
  if (!prepared) return problem(prepared.issues());
  warnings.append(parsed.issues);
  warnings.append(prepared->warnings);
  prepared->warnings = std::move(warnings);
  return std::make_shared<const service::PreparedSimulation>(std::move(*prepared));
}

HttpResponse busy(const ServerState& state) {
  if (state.stopping) return problem(503, "stopping", "the server is stopping");
  return problem(429, "too_many_simulations", "all workers are simulating; try again, or send a job");
}

HttpResponse failure(const JobStatus& status) {
  if (status.state == JobState::cancelled) return problem(503, "cancelled", "the simulation was cancelled");
  return run_problem(status.failure_code, status.failure_text);
}

/// Cancels the run when nobody waits for it any longer.
class Abandon {
 public:
  explicit Abandon(std::shared_ptr<SimulationJob> job) : job_(std::move(job)) {}
  ~Abandon() { job_->cancel(); }
  Abandon(const Abandon&) = delete;
  Abandon& operator=(const Abandon&) = delete;
  [[nodiscard]] SimulationJob& job() const { return *job_; }

 private:
  std::shared_ptr<SimulationJob> job_;
};

using AnswerWriter = std::function<bool(const SimulationJob&, const service::TextSink&)>;

/// Starts the run and answers with what `writer` makes of it.
HttpResponse run_now(ServerState& state, Prepared prepared, std::string content_type, bool problem_in_stream, AnswerWriter writer) {
  auto job = state.runner.start(std::move(prepared));
  if (!job) return busy(state);
  const auto guard = std::make_shared<const Abandon>(job);
  if (job->wait_finished(first_wait) && !job->answer()) return failure(job->status());
  HttpResponse response{.content_type = std::move(content_type)};
  response.stream = [guard, problem_in_stream, writer = std::move(writer)](HttpSink& sink) {
    SimulationJob& run = guard->job();
    while (!run.wait_finished(poll)) {
      if (!sink.alive()) {
        run.cancel();
        return false;
      }
    }
    if (!run.answer()) return problem_in_stream && sink.write(failure(run.status()).body);
    return writer(run, [&sink](std::string_view text) { return sink.write(text); });
  };
  return response;
}

bool write_json(const SimulationJob& job, const SimulateQuery& query, const service::TextSink& sink) {
  service::ResponseOptions options;
  if (query.include_timeseries) options.timeseries = &query.format();
  options.heatmap = query.include_heatmap;
  options.simulation_time_seconds = job.status().seconds;
  return service::write_response(*job.answer(), options, sink);
}

HttpResponse simulate(ServerState& state, const HttpRequest& request) {
  Issues warnings;
  const auto query = read_query<SimulateQuery>(request, &warnings);
  if (!query) return problem(query.issues());
  if (!state.runner.has_free_worker()) return busy(state);
  auto prepared = prepare(state, request, query->series(), std::move(warnings));
  if (auto* refused = std::get_if<HttpResponse>(&prepared)) return std::move(*refused);
  if (query->series_alone()) {
    const service::SeriesExport& format = query->format();
    HttpResponse response =
        run_now(state, std::get<Prepared>(std::move(prepared)), std::string(format.media_type), false,
                [&format](const SimulationJob& job, const service::TextSink& sink) { return format.write(job.answer()->result, sink); });
    if (response.status == 200 && format.attachment) add_file_name(response, "timeseries", format);
    return response;
  }
  return run_now(state, std::get<Prepared>(std::move(prepared)), "application/json", true,
                 [query = *query](const SimulationJob& job, const service::TextSink& sink) { return write_json(job, query, sink); });
}

HttpResponse simulate_heatmap(ServerState& state, const HttpRequest& request) {
  if (!state.runner.has_free_worker()) return busy(state);
  auto prepared = prepare(state, request, false, {});
  if (auto* refused = std::get_if<HttpResponse>(&prepared)) return std::move(*refused);
  return run_now(state, std::get<Prepared>(std::move(prepared)), "text/html; charset=utf-8", false,
                 [](const SimulationJob& job, const service::TextSink& sink) { return sink(service::heatmap_page(*job.answer())); });
}

service::JobAnswer answer_of(const SimulationJob& job, const JobStatus& status) { return {.id = job.id(), .status = status}; }

Json job_json(const SimulationJob& job, const JobStatus& status) { return service::answer_json(answer_of(job, status)); }

HttpResponse create_job(ServerState& state, const HttpRequest& request) {
  Issues warnings;
  const auto query = read_query<JobQuery>(request, &warnings);
  if (!query) return problem(query.issues());
  auto prepared = prepare(state, request, query->include_timeseries, std::move(warnings));
  if (auto* refused = std::get_if<HttpResponse>(&prepared)) return std::move(*refused);
  const Issues known = std::get<Prepared>(prepared)->warnings;  // the run's own come with the result
  const auto job = state.runner.enqueue(std::get<Prepared>(std::move(prepared)));
  if (!job) {
    if (state.stopping) return busy(state);
    return problem(429, "too_many_jobs", fmt::format("{} jobs are waiting already", state.settings.max_queued_jobs));
  }
  HttpResponse response = json_response(job_json(*job, job->status()), known, 202);
  response.headers.emplace_back("Location", "/jobs/" + job->id());
  return response;
}

HttpResponse list_jobs(ServerState& state, const HttpRequest& /*request*/) {
  service::JobList list;
  for (const auto& job : state.runner.jobs()) list.jobs.push_back(answer_of(*job, job->status()));
  return json_response(service::answer_json(list));
}

HttpResponse no_such_job() { return problem(404, "not_found", "no job of that id, or its result was dropped", "/id"); }

HttpResponse show_job(ServerState& state, const HttpRequest& request) {
  const auto job = state.runner.find(request.path_values[0]);
  return job ? json_response(job_json(*job, job->status())) : no_such_job();
}

HttpResponse job_result(ServerState& state, const HttpRequest& request) {
  const auto query = read_query<SimulateQuery>(request);
  if (!query) return problem(query.issues());
  const auto job = state.runner.find(request.path_values[0]);
  if (!job) return no_such_job();
  const JobStatus status = job->status();
  if (!status.finished()) return problem(409, "not_finished", "the job has no result yet");
  if (status.state == JobState::cancelled) return problem(409, "cancelled", "the job was cancelled; it has no result");
  if (status.state != JobState::succeeded) return failure(status);
  if (query->series() && !job->answer()->prepared->input.run.keep_series)
    return problem(422, "series_not_kept", "the job was sent without include_timeseries", "/include_timeseries");
  HttpResponse response;
  if (query->series_alone()) {
    const service::SeriesExport& format = query->format();
    response.content_type = std::string(format.media_type);
    response.stream = [job, &format](HttpSink& sink) {
      return format.write(job->answer()->result, [&](std::string_view text) { return sink.write(text); });
    };
    return response;
  }
  response.stream = [job, query = *query](HttpSink& sink) {
    return write_json(*job, query, [&](std::string_view text) { return sink.write(text); });
  };
  return response;
}

/// A place among the event streams, given back when the last owner is gone.
class StreamPlace {
 public:
  explicit StreamPlace(ServerState& state) : state_(state), got_(++state.event_streams <= state.max_event_streams) {}
  ~StreamPlace() { --state_.event_streams; }
  StreamPlace(const StreamPlace&) = delete;
  StreamPlace& operator=(const StreamPlace&) = delete;
  [[nodiscard]] bool got() const { return got_; }

 private:
  ServerState& state_;
  const bool got_;
};

/// Server-sent events: `progress` while it runs, `finished` at the end, comments in between so that a dead connection is noticed.
HttpResponse job_events(ServerState& state, const HttpRequest& request) {
  const auto job = state.runner.find(request.path_values[0]);
  if (!job) return no_such_job();
  const auto place = std::make_shared<const StreamPlace>(state);
  if (!place->got()) return problem(429, "too_many_streams", "too many event streams are open; try again, or ask for the job itself");
  HttpResponse response{.content_type = "text/event-stream"};
  response.headers.emplace_back("Cache-Control", "no-store");
  response.events = [job, place, told = std::optional<std::uint64_t>(),
                     spoke = std::chrono::steady_clock::now()](std::string& out) mutable {
    const JobStatus status = job->status();
    const auto now = std::chrono::steady_clock::now();
    if (told == status.revision) {
      if (now - spoke < heartbeat) return true;
      out += ": still here\n\n";
    } else {
      told = status.revision;
      out += fmt::format("event: {}\nid: {}\ndata: {}\n\n", status.finished() ? "finished" : "progress", status.revision,
                         job_json(*job, status).dump());
    }
    spoke = now;
    return !status.finished();
  };
  return response;
}

HttpResponse delete_job(ServerState& state, const HttpRequest& request) {
  const auto job = state.runner.find(request.path_values[0]);
  if (!job) return no_such_job();
  if (job->status().finished()) {
    state.runner.forget(job->id());
    return {.status = 204, .content_type = {}};
  }
  job->cancel();
  return json_response(job_json(*job, job->status()), 202);
}

}  // namespace

void add_simulation_routes(std::vector<Route>& routes) {
  const std::vector<int> run_errors{400, 404, 408, 413, 415, 422, 429, 503};
  routes.push_back(
      {"POST",
       "/simulate",
       BodyKind::json,
       simulate,
       {.id = "simulate",
        .tag = "simulation",
        .summary = "Run a simulation",
        .description = "Everything that can be known before the run is checked first; all problems come at once. A run of more "
                       "than a second is sent in chunks: should it fail then, the body is problem details although the status "
                       "is 200 (`status` is a number instead of `success`). A client that goes away cancels its run.",
        .query = schema_of<SimulateQuery>,
        .request = "SimulationRequest",
        .response = "SimulationResponse",
        .also = service::media_types_beside_json(service::series_exports()),
        .may_fail_inside = true,
        .errors = run_errors}});
  routes.push_back({"POST",
                    "/simulate/heatmap",
                    BodyKind::json,
                    simulate_heatmap,
                    {.id = "simulateHeatmap",
                     .tag = "simulation",
                     .summary = "Run a simulation, answer with its daily heatmap as a page",
                     .request = "SimulationRequest",
                     .also = {"text/html"},
                     .errors = run_errors}});
  routes.push_back({"POST",
                    "/api/simulate",
                    BodyKind::json,
                    simulate,
                    {.id = "simulateAlias",
                     .tag = "simulation",
                     .summary = "The same as POST /simulate",
                     .description = "A second address for clients that put the API below /api.",
                     .query = schema_of<SimulateQuery>,
                     .request = "SimulationRequest",
                     .response = "SimulationResponse",
                     .also = service::media_types_beside_json(service::series_exports()),
                     .may_fail_inside = true,
                     .errors = run_errors}});
  routes.push_back({"POST",
                    "/jobs",
                    BodyKind::json,
                    create_job,
                    {.id = "createJob",
                     .tag = "jobs",
                     .summary = "Run a simulation in the background",
                     .query = schema_of<JobQuery>,
                     .request = "SimulationRequest",
                     .status = 202,
                     .response = "NewJob",
                     .errors = run_errors}});
  routes.push_back(
      {"GET", "/jobs", BodyKind::none, list_jobs, {.id = "listJobs", .tag = "jobs", .summary = "All jobs", .response = "JobList"}});
  routes.push_back({"GET",
                    "/jobs/{id}",
                    BodyKind::none,
                    show_job,
                    {.id = "getJob", .tag = "jobs", .summary = "State and progress of a job", .response = "Job", .errors = {404}}});
  routes.push_back({"GET",
                    "/jobs/{id}/result",
                    BodyKind::none,
                    job_result,
                    {.id = "getJobResult",
                     .tag = "jobs",
                     .summary = "The answer of a finished job, as POST /simulate gives it",
                     .query = schema_of<SimulateQuery>,
                     .response = "SimulationResponse",
                     .also = service::media_types_beside_json(service::series_exports()),
                     .errors = {404, 409, 422, 503}}});
  routes.push_back({"GET",
                    "/jobs/{id}/events",
                    BodyKind::none,
                    job_events,
                    {.id = "getJobEvents",
                     .tag = "jobs",
                     .summary = "Progress as server-sent events",
                     .description = "Events `progress` and, last, `finished`; each carries the job as GET /jobs/{id} shows it.",
                     .also = {"text/event-stream"},
                     .errors = {404, 429}}});
  routes.push_back({"DELETE",
                    "/jobs/{id}",
                    BodyKind::none,
                    delete_job,
                    {.id = "deleteJob",
                     .tag = "jobs",
                     .summary = "Cancel a job (202), or forget a finished one (204)",
                     .status = 202,
                     .response = "Job",
                     .errors = {404}}});
}

}  // namespace bess::app
