#pragma once
// What the fuzz targets share: a property that stops the program when it does not hold, what must be true of every list of issues, and
// the options an input begins with.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "error_codes.h"

namespace bess::fuzz {

/// Stops, so that libFuzzer keeps the input, when a property does not hold.
inline void require(bool holds, const char* property, std::string_view detail = {}) {
  if (holds) return;
  std::fprintf(stderr, "property broken: %s %.*s\n", property, static_cast<int>(std::min<std::size_t>(detail.size(), 2000)), detail.data());
  std::abort();
}

/// Every issue has a code of docs/errors.md and says something; a row only with a file.
inline void check_issues(const Issues& issues) {
  for (const Issue& issue : issues.all()) {
    require(std::find(std::begin(error_codes), std::end(error_codes), issue.code) != std::end(error_codes),
            "an issue has a code of docs/errors.md:", issue.code);
    require(!issue.message.empty(), "an issue has a message:", issue.code);
    require(issue.row == 0 || !issue.file.empty(), "an issue with a row has a file:", issue.message);
    require(issue.path.empty() || issue.path.front() == '/', "a place is a JSON pointer:", issue.path);
  }
}
/// Of a refusal also: there is at least one error.
inline void check_refusal(const Issues& issues) {
  check_issues(issues);
  require(issues.has_errors(), "a refusal has an error");
}
/// Of an answer: there are only warnings.
inline void check_warnings(const Issues& issues) {
  check_issues(issues);
  require(!issues.has_errors(), "an answer has no errors");
}

/// Code and place of each issue: what two readings of the same content have to agree on.
inline std::string places(const Issues& issues) {
  std::string text;
  for (const Issue& issue : issues.all())
    text += issue.code + " " + issue.path + " " + std::to_string(issue.row) + " " + issue.column + "\n";
  return text;
}

/// The same number, or both missing.
inline bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
inline bool same_numbers(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_number);
}

/// An input: a line of option letters, then the content. Missing letters count as the first choice, so that seeds are easy to write.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(all.find('\n'), all.size());
    options_ = all.substr(0, end);
    content = all.substr(std::min(end + 1, all.size()));
  }
  /// 0 … count − 1 by the next letter: '0' is 0, '1' is 1, …
  std::size_t choose(std::size_t count) {
    if (next_ >= options_.size()) return 0;
    const auto letter = static_cast<unsigned char>(options_[next_++]);
    return static_cast<std::size_t>(letter - static_cast<unsigned char>('0') + 256) % 256 % count;
  }
  std::string_view content;

 private:
  std::string_view options_;
  std::size_t next_{0};
};

/// Whether a file was refused for what it begins with (PDF, Parquet, …), which a byte order mark would hide.
inline bool is_foreign(const Issues& issues) {
  return std::any_of(issues.all().begin(), issues.all().end(), [](const Issue& issue) { return issue.code == "unreadable_file"; });
}

/// Text with a byte order mark and CRLF, where it has neither: the same content in another dialect. Empty when it cannot be said so.
inline std::string other_dialect(std::string_view text) {
  if (text.find('\r') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF") || find_invalid_utf8(text) != std::string_view::npos ||
      text.find('\0') != std::string_view::npos)
    return {};
  std::string result = "\xEF\xBB\xBF";
  for (const char c : text) {
    if (c == '\n') result += '\r';
    result += c;
  }
  return result;
}

}  // namespace bess::fuzz
