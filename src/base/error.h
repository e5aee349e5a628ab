#pragma once
// Three kinds of failure (docs/conventions.md):
//  - an expected outcome is a return value: Expected<T> or a status enum;
//  - a broken environment (disk full, corrupt file) is an exception derived from bess::Exception, caught once, in the app;
//  - a broken invariant is a bug: BESS_ASSERT, never reachable from user input.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bess {

enum class Severity { warning, error };

/// One problem with an input. `code` is stable (docs/errors.md lists all); clients match it and never the wording.
/// A problem of a JSON document carries `path`, a JSON pointer ("/params/bessPower"); one of a file carries `file`,
/// 1-based `row` (the header is row 1) and the `column` name. Unused fields stay empty or 0.
struct Issue {
  Severity severity{Severity::error};
  std::string code;
  std::string message;
  std::string path;
  std::string file;
  std::size_t row{0};
  std::string column;
  friend bool operator==(const Issue&, const Issue&) = default;
};

/// All problems of one input, in the order they were found. Not thread-safe.
class Issues {
 public:
  void error(std::string code, std::string path, std::string message);
  void warning(std::string code, std::string path, std::string message);
  void add(Issue issue);
  void append(const Issues& other);
  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] const std::vector<Issue>& all() const { return items_; }
  [[nodiscard]] std::vector<Issue> errors() const;
  [[nodiscard]] std::vector<Issue> warnings() const;
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  std::vector<Issue> items_;
};

/// A value, or the issues that kept it from being made (at least one of them an error).
template <class T>
class Expected {
 public:
  Expected(T value) : content_(std::move(value)) {}         // NOLINT(google-explicit-constructor): reads as a return value
  Expected(Issues issues) : content_(std::move(issues)) {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] explicit operator bool() const { return has_value(); }
  [[nodiscard]] bool has_value() const { return std::holds_alternative<T>(content_); }
  [[nodiscard]] T& value() & { return std::get<T>(content_); }
  [[nodiscard]] const T& value() const& { return std::get<T>(content_); }
  [[nodiscard]] T&& value() && { return std::get<T>(std::move(content_)); }
  [[nodiscard]] T* operator->() { return &std::get<T>(content_); }
  [[nodiscard]] const T* operator->() const { return &std::get<T>(content_); }
  [[nodiscard]] T& operator*() & { return std::get<T>(content_); }
  [[nodiscard]] const T& operator*() const& { return std::get<T>(content_); }
  [[nodiscard]] const Issues& issues() const { return std::get<Issues>(content_); }

 private:
  std::variant<T, Issues> content_;
};

/// Makes an Expected's failure with one error.
[[nodiscard]] Issues one_error(std::string code, std::string path, std::string message);

/// A broken environment: disk full, corrupt file, a run that cannot go on. `code` is as stable as an Issue's.
class Exception : public std::runtime_error {
 public:
  Exception(std::string code, const std::string& message) : std::runtime_error(message), code_(std::move(code)) {}
  [[nodiscard]] const std::string& code() const { return code_; }

 private:
  std::string code_;
};

/// Thrown out of long work after its CancellationToken was set.
class Cancelled : public Exception {
 public:
  Cancelled() : Exception("cancelled", "the run was cancelled") {}
};

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace bess

// Checked in every build: a wrong number is worse than a stop.
#define BESS_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::bess::assertion_failed(#condition, __FILE__, __LINE__))
