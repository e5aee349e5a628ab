#include "importers/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/utf8.h"

namespace bess {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view minus_sign = "\xE2\x88\x92";  // U+2212
constexpr std::array<std::string_view, 8> missing_words{"nan", "n/a", "n/e", "na", "null", "none", "-", "--"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_missing(std::string_view cell) {
  if (cell.empty()) return true;
  return std::any_of(missing_words.begin(), missing_words.end(), [&](std::string_view word) {
    return word.size() == cell.size() && std::equal(word.begin(), word.end(), cell.begin(), [](char a, char b) { return a == lower(b); });
  });
}

Issue encoding_issue(std::string_view file, std::size_t row, std::string message) {
  return {.severity = Severity::error,
          .code = "encoding",
          .message = std::move(message),
          .path = {},
          .file = std::string(file),
          .row = row,
          .column = {}};
}

/// Digits in groups of three: "1.234", "12,345,678"; the first group has no leading zero.
bool is_grouped(std::string_view digits, char mark) {
  if (digits.empty() || digits.front() == '0') return false;
  std::size_t group = 0;
  bool first = true;
  for (const char c : digits) {
    if (c == mark) {
      if (first ? group == 0 || group > 3 : group != 3) return false;
      first = false;
      group = 0;
    } else if (digit(c)) {
      ++group;
    } else {
      return false;
    }
  }
  return !first && group == 3;
}

std::string_view without_sign(std::string_view cell) {
  if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) cell.remove_prefix(1);
  return cell;
}

bool parse_double(std::string_view text, double& value) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

/// Numbers with a decimal comma, thousands marks or a typographic minus; `plain` becomes what from_chars understands.
NumberStatus to_plain(std::string_view cell, NumberStyle style, std::string& plain) {
  const char grouping = style.decimal == '.' ? ',' : '.';
  const std::size_t decimal = cell.rfind(style.decimal);
  const std::string_view whole = without_sign(cell.substr(0, decimal));
  if (whole.find(grouping) != std::string_view::npos) {
    if (!is_grouped(whole, grouping)) return NumberStatus::bad;
    // "1,234": beside ";" a comma is most often a decimal mark, whatever the file's other numbers look like.
    const bool doubtful = grouping == style.separator || (grouping == ',' && style.separator == ';');
    if (decimal == std::string_view::npos && doubtful) return NumberStatus::ambiguous;
  }
  if (style.decimal == style.separator && is_grouped(without_sign(cell), style.decimal)) return NumberStatus::ambiguous;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] == grouping) {
      if (decimal != std::string_view::npos && i > decimal) return NumberStatus::bad;
      continue;
    }
    plain.push_back(cell[i] == style.decimal ? '.' : cell[i]);
  }
  return NumberStatus::number;
}

}  // namespace

std::optional<Issue> check_encoding(std::string_view& text, std::string_view file) {
  const std::string_view head = text.substr(0, 4);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") || head.find('\0') != std::string_view::npos) {
    return encoding_issue(file, 0, "the file is UTF-16 or UTF-32: save it as UTF-8 (in spreadsheets: \"CSV UTF-8\")");
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const std::size_t bad = std::min(find_invalid_utf8(text), text.find('\0'));
  if (bad == std::string_view::npos) return std::nullopt;
  const auto row = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n')) + 1;
  return encoding_issue(file, row, "the file is not UTF-8 text: save it as UTF-8");
}

std::optional<Issue> check_width(std::string_view text, std::string_view file, bool carriage_returns) {
  const char line_end = carriage_returns && text.find('\n') == std::string_view::npos ? '\r' : '\n';
  std::size_t row = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::string_view line = text.substr(begin, text.find(line_end, begin) - begin);
    ++row;
    begin += line.size() + 1;
    if (line.size() < max_csv_columns) continue;
    for (const char separator : {',', ';', '\t'}) {
      if (static_cast<std::size_t>(std::count(line.begin(), line.end(), separator)) < max_csv_columns) continue;
      return Issue{.severity = Severity::error,
                   .code = "too_large",
                   .message = fmt::format("the line has more than {} columns", max_csv_columns),
                   .path = {},
                   .file = std::string(file),
                   .row = row,
                   .column = {}};
    }
  }
  return std::nullopt;
}

char separator_of(std::string_view line) {
  bool quoted = false, semicolon = false, tab = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    semicolon = semicolon || c == ';';
    tab = tab || c == '\t';
  }
  return semicolon ? ';' : tab ? '\t' : ',';
}

CsvReader::CsvReader(std::string_view text, char separator)
    : text_(text), separator_(separator), line_end_(text.find('\n') == std::string_view::npos ? '\r' : '\n') {}

bool CsvReader::take_line() {
  if (position_ >= text_.size()) return false;
  const std::size_t end = text_.find(line_end_, position_);
  line_ = text_.substr(position_, end == std::string_view::npos ? end : end - position_);
  position_ = end == std::string_view::npos ? text_.size() : end + 1;
  if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
  ++row_;
  return true;
}

bool CsvReader::next() {
  while (take_line()) {
    cells_.clear();
    unescaped_.clear();
    if (line_.find('"') == std::string_view::npos) {
      split_plain();
    } else {
      split_quoted();
    }
    while (!cells_.empty() && cells_.back().text.empty()) cells_.pop_back();
    if (!cells_.empty()) return true;
  }
  return false;
}

void CsvReader::split_plain() {
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = line_.find(separator_, begin);
    cells_.push_back({trim(line_.substr(begin, end == std::string_view::npos ? end : end - begin)), false});
    if (end == std::string_view::npos) return;
    begin = end + 1;
  }
}

void CsvReader::split_quoted() {
  std::size_t i = 0;
  while (true) {
    while (i < line_.size() && blank(line_[i]) && line_[i] != separator_) ++i;
    if (i >= line_.size() || line_[i] != '"') {
      const std::size_t end = std::min(line_.find(separator_, i), line_.size());
      cells_.push_back({trim(line_.substr(i, end - i)), false});
      i = end;
    } else {
      std::string& cell = unescaped_.emplace_back();
      for (++i; i < line_.size(); ++i) {
        if (line_[i] == '"') {
          if (i + 1 >= line_.size() || line_[i + 1] != '"') break;
          ++i;
        }
        cell.push_back(line_[i]);
      }
      const std::size_t end = std::min(line_.find(separator_, std::min(i + 1, line_.size())), line_.size());
      if (i + 1 < end) cell += trim(line_.substr(i + 1, end - i - 1));
      cells_.push_back({trim(cell), true});
      i = end;
    }
    if (i >= line_.size()) return;
    ++i;
  }
}

void NumberStyleVote::add(std::string_view cell) {
  const std::size_t point = cell.rfind('.');
  const std::size_t comma = cell.rfind(',');
  constexpr std::size_t absent = std::string_view::npos;
  if (point == absent && comma == absent) return;
  if (point != absent && comma != absent) {
    ++(point > comma ? point_ : comma_);
  } else if (comma == absent) {
    ++(is_grouped(without_sign(cell), '.') ? maybe_point_ : point_);
  } else {
    ++(is_grouped(without_sign(cell), ',') ? maybe_comma_ : comma_);
  }
}

NumberStyle NumberStyleVote::decide(char separator) const {
  if (point_ != comma_) return {point_ > comma_ ? '.' : ',', separator};
  if (separator == ',') return {'.', separator};
  return {maybe_comma_ > 0 || maybe_point_ == 0 ? ',' : '.', separator};
}

NumberCell read_number(std::string_view cell, NumberStyle style) {
  double value = 0.0;
  if (style.decimal == '.' && parse_double(cell, value)) return {NumberStatus::number, value};
  if (is_missing(cell)) return {NumberStatus::missing, none};
  std::string rewritten;
  if (cell.starts_with(minus_sign)) {
    rewritten.append("-").append(cell.substr(minus_sign.size()));
    cell = rewritten;
  }
  std::string plain;
  const NumberStatus status = to_plain(cell, style, plain);
  if (status != NumberStatus::number) return {status, none};
  if (!parse_double(plain, value)) return {NumberStatus::bad, none};
  return {NumberStatus::number, value};
}

std::string normalised_header(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (!blank(c) && c != '_') result.push_back(lower(c));
  }
  return result;
}

}  // namespace bess
