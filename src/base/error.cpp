#include "base/error.h"

#include <algorithm>

namespace bess {

void Issues::error(std::string code, std::string path, std::string message) {
  items_.push_back({.severity = Severity::error,
                    .code = std::move(code),
                    .message = std::move(message),
                    .path = std::move(path),
                    .file = {},
                    .column = {}});
}

void Issues::warning(std::string code, std::string path, std::string message) {
  items_.push_back({.severity = Severity::warning,
                    .code = std::move(code),
                    .message = std::move(message),
                    .path = std::move(path),
                    .file = {},
                    .column = {}});
}

void Issues::add(Issue issue) { items_.push_back(std::move(issue)); }

void Issues::append(const Issues& other) { items_.insert(items_.end(), other.items_.begin(), other.items_.end()); }

bool Issues::has_errors() const {
  return std::any_of(items_.begin(), items_.end(), [](const Issue& issue) { return issue.severity == Severity::error; });
}

namespace {
std::vector<Issue> of_severity(const std::vector<Issue>& items, Severity severity) {
  std::vector<Issue> result;
  std::copy_if(items.begin(), items.end(), std::back_inserter(result),
               [severity](const Issue& issue) { return issue.severity == severity; });
  return result;
}
}  // namespace

std::vector<Issue> Issues::errors() const { return of_severity(items_, Severity::error); }
std::vector<Issue> Issues::warnings() const { return of_severity(items_, Severity::warning); }

Issues one_error(std::string code, std::string path, std::string message) {
  Issues issues;
  issues.error(std::move(code), std::move(path), std::move(message));
  return issues;
}

void assertion_failed(const char* condition, const char* file, int line) {
  throw std::logic_error(std::string("internal error: ") + condition + " is false at " + file + ":" + std::to_string(line));
}

}  // namespace bess
