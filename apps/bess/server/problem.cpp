#include "bess/server/problem.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

#include "service/answers/answer_json.h"
#include "service/answers/server_answers.h"

namespace bess::app {

namespace {

constexpr int retry_seconds = 2;

HttpResponse problem_response(service::Problem problem) {
  problem.title = status_title(problem.status);
  HttpResponse response{
      .status = problem.status, .content_type = "application/problem+json", .body = service::answer_json(problem).dump() + "\n"};
  if (problem.status == 429 || problem.status == 503) response.headers.emplace_back("Retry-After", std::to_string(retry_seconds));
  return response;
}

bool any_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

int status_of(const Issue& issue) {
  if (issue.code == "not_found") return issue.file.empty() ? 404 : 400;
  if (issue.code == "too_large") return 413;
  if (any_of(issue.code, {"malformed_json", "duplicate_key", "encoding", "bad_number", "malformed_multipart"})) return 400;
  return issue.file.empty() ? 422 : 400;
}

int status_of_failure(std::string_view code) {
  if (any_of(code, {"disk_full", "store_read_only"})) return 507;
  if (code == "infeasible_window") return 422;
  if (any_of(code, {"store_locked", "time_limit", "cancelled", "out_of_memory"})) return 503;
  return 500;  // corrupt_store, store_too_new, store_io, internal: no request can mend these
}

}  // namespace

std::string_view status_title(int status) {
  static constexpr std::array<std::pair<int, std::string_view>, 23> titles{{{200, "OK"},
                                                                            {201, "Created"},
                                                                            {202, "Accepted"},
                                                                            {204, "No Content"},
                                                                            {302, "Found"},
                                                                            {400, "Bad Request"},
                                                                            {401, "Unauthorized"},
                                                                            {403, "Forbidden"},
                                                                            {404, "Not Found"},
                                                                            {405, "Method Not Allowed"},
                                                                            {408, "Request Timeout"},
                                                                            {409, "Conflict"},
                                                                            {413, "Content Too Large"},
                                                                            {415, "Unsupported Media Type"},
                                                                            {421, "Misdirected Request"},
                                                                            {422, "Unprocessable Content"},
                                                                            {429, "Too Many Requests"},
                                                                            {431, "Request Header Fields Too Large"},
                                                                            {500, "Internal Server Error"},
                                                                            {501, "Not Implemented"},
                                                                            {503, "Service Unavailable"},
                                                                            {505, "HTTP Version Not Supported"},
                                                                            {507, "Insufficient Storage"}}};
  for (const auto& [number, title] : titles) {
    if (number == status) return title;
  }
  return "Error";
}

HttpResponse problem(int status, std::string_view code, std::string_view detail, std::string_view pointer) {
  Issue error;
  error.code = code;
  error.message = detail;
  error.path = pointer;
  return problem_response({.status = status, .detail = detail, .code = code, .errors = {std::move(error)}});
}

HttpResponse problem(const Issues& issues) {
  const std::vector<Issue> errors = issues.errors();
  if (errors.empty()) return problem(500, "internal", "a failure without a reason");
  // An unknown entity or a limit is told by its own status also when other things are wrong.
  int status = status_of(errors.front());
  for (const Issue& issue : errors) {
    const int own = status_of(issue);
    if (own == 404 || own == 413) status = own;
  }
  const std::string detail =
      errors.size() == 1 ? errors.front().message : std::to_string(errors.size()) + " problems; errors lists them all";
  return problem_response(
      {.status = status, .detail = detail, .code = errors.front().code, .errors = errors, .warnings = issues.warnings()});
}

HttpResponse problem(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Exception& e) {
    return run_problem(e.code(), e.what());
  } catch (const std::bad_alloc&) {
    return problem(503, "out_of_memory", "not enough memory");
  } catch (const std::exception&) {
    return problem(500, "internal", "an unexpected failure; the server's log tells more");
  }
}

HttpResponse run_problem(const std::string& code, const std::string& text) { return problem(status_of_failure(code), code, text); }

}  // namespace bess::app
