#pragma once
// Errors as RFC 9457 problem details, all at once.

#include <exception>
#include <string>
#include <string_view>

#include "base/error.h"
#include "bess/server/http.h"

namespace bess::app {

/// One error: `status`, stable `code`, text for people.
[[nodiscard]] HttpResponse problem(int status, std::string_view code, std::string_view detail, std::string_view pointer = {});
/// All errors of an input; the status follows from their codes (docs/api.md).
[[nodiscard]] HttpResponse problem(const Issues& issues);
/// An exception: store failures, out of memory, anything else.
[[nodiscard]] HttpResponse problem(const std::exception_ptr& failure);
/// Body of a run that failed, as problem details; `status` is what it would have been.
[[nodiscard]] HttpResponse run_problem(const std::string& code, const std::string& text);

/// "Not Found" …
[[nodiscard]] std::string_view status_title(int status);

}  // namespace bess::app
