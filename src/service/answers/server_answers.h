#pragma once
// Answers of the server that are about itself, its jobs and its refusals, described once (base/answer.h).

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "base/issue_fields.h"
#include "service/answers/scenario_answers.h"
#include "service/runs/jobs.h"

namespace bess {

constexpr AnswerRecord answer_record(const Progress& /*record*/) { return {"Progress", "How far a job is"}; }
template <class Visitor>
void describe(const Progress& p, Visitor&& field) {
  field("stage", p.stage, "", "what it does; empty before it starts");
  field("done", p.done, "1", "steps done");
  field("total", p.total, "1", "steps of the stage");
  field("detail", p.detail, "", "for people");
}

}  // namespace bess

namespace bess::service {

struct JobFailure {
  std::string code, message;
};
constexpr AnswerRecord answer_record(const JobFailure& /*record*/) { return {"JobFailure", "Why a job failed"}; }
template <class Visitor>
void describe(const JobFailure& f, Visitor&& field) {
  field("code", f.code, "", "stable code");
  field("message", f.message, "", "for people");
}

inline constexpr std::array<std::string_view, 5> job_state_names{"queued", "running", "succeeded", "failed", "cancelled"};

struct JobAnswer {
  std::string id;
  JobStatus status;
};
constexpr AnswerRecord answer_record(const JobAnswer& /*record*/) { return {"Job", "A simulation in the background"}; }
template <class Visitor>
void describe(const JobAnswer& j, Visitor&& field) {
  std::vector<JobFailure> errors;
  if (j.status.state == JobState::failed) errors.push_back({j.status.failure_code, j.status.failure_text});
  field("id", Uuid{j.id}, "", "given when it was sent");
  field("state", OneOf{to_string(j.status.state), job_state_names}, "", "the last three are for good");
  field("progress", j.status.progress, "", "how far it is");
  field("seconds", j.status.seconds, "s", "of running so far, or altogether");
  field("errors", errors, "", "why it failed; empty otherwise");
}
constexpr AnswerRecord answer_record(const WithWarnings<JobAnswer>& /*record*/) { return {"NewJob", "A job as it was sent"}; }

struct JobList {
  std::vector<JobAnswer> jobs;
};
constexpr AnswerRecord answer_record(const JobList& /*record*/) { return {"JobList", "All jobs"}; }
template <class Visitor>
void describe(const JobList& l, Visitor&& field) {
  field("jobs", l.jobs, "", "the oldest first");
}

/// Problem details (RFC 9457).
struct Problem {
  std::string_view title{};
  int status{0};
  std::string_view detail{};
  std::string_view code{};
  std::vector<Issue> errors{}, warnings{};
};
constexpr AnswerRecord answer_record(const Problem& /*record*/) {
  return {"Problem", "Problem details (RFC 9457) with all problems of the request"};
}
template <class Visitor>
void describe(const Problem& p, Visitor&& field) {
  field("type", std::string_view("about:blank"), "", "what the status says");
  field("title", p.title, "", "of the status");
  field("status", p.status, "", "HTTP status");
  field("detail", p.detail, "", "for people");
  field("code", p.code, "", "code of the first error; docs/errors.md lists all");
  field("errors", p.errors, "", "all of them");
  field("warnings", if_present(!p.warnings.empty(), p.warnings), "", "beside them, where there are any");
}

inline constexpr std::array<std::string_view, 2> health_names{"ok", "stopping"};
struct Health {
  bool stopping{false};
};
constexpr AnswerRecord answer_record(const Health& /*record*/) { return {"Health", "Whether the server takes requests"}; }
template <class Visitor>
void describe(const Health& h, Visitor&& field) {
  field("status", OneOf{health_names[h.stopping ? 1 : 0], health_names}, "", "stopping: it takes no more");
}

struct Version {
  std::string_view version{};
};
constexpr AnswerRecord answer_record(const Version& /*record*/) { return {"Version", "Version of the engine"}; }
template <class Visitor>
void describe(const Version& v, Visitor&& field) {
  field("name", std::string_view("BESS Engine"), "", "of the program");
  field("version", v.version, "", "of the engine");
}

struct CacheChange {
  bool cached{false};
  CacheStats stats;
};
constexpr AnswerRecord answer_record(const CacheChange& /*record*/) { return {"CacheChange", "What a change of the cache left"}; }
template <class Visitor>
void describe(const CacheChange& c, Visitor&& field) {
  field("cached", c.cached, "", "whether it is cached now");
  field("stats", c.stats, "", "of the cache");
}

}  // namespace bess::service
