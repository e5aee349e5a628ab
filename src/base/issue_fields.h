#pragma once
// An issue as answers tell it: of a document with a pointer, of a file with its row and column.

#include <cstdint>
#include <optional>

#include "base/answer.h"
#include "base/error.h"

namespace bess {

constexpr AnswerRecord answer_record(const Issue& /*issue*/) {
  return {"Issue", "One problem: of a JSON document with pointer, of a file with file, row and column. docs/errors.md lists the codes"};
}

template <class Visitor>
void describe(const Issue& issue, Visitor&& field) {
  const bool of_file = !issue.file.empty();
  const auto row = issue.row > 0 ? std::optional(static_cast<std::int64_t>(issue.row)) : std::nullopt;
  field("code", issue.code, "", "stable code");
  field("message", issue.message, "", "for people");
  field("pointer", if_present(!of_file || !issue.path.empty(), std::string_view(issue.path)), "", "JSON pointer, or /name of a parameter");
  field("file", if_present(of_file, std::string_view(issue.file)), "", "its name");
  field("row", if_present(of_file, row), "1", "from 1, the header is row 1; null where the file as a whole is meant");
  field("column", if_present(of_file, TextOrNull{issue.column}), "", "its header; null where the row or the file as a whole is meant");
}

}  // namespace bess
