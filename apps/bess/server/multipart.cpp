#include "bess/server/multipart.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace bess::app {

namespace {

constexpr std::size_t max_part_head = 16U << 10U;
constexpr std::size_t max_boundary = 70;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// `"a\"b"` and the like off the front of `text`; none when it does not end. Programs send Windows paths as they are: only a quote and a
/// backslash before it are taken together.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
    out += text[i];
  }
  return {};
}

/// `value; name=value; name="value"`; none when it is malformed. The value is the parameter without a name.
std::optional<Parameters> parameters(std::string_view text) {
  const auto first = text.find(';');
  Parameters out{{"", lower(trim(text.substr(0, first)))}};
  text.remove_prefix(std::min(first, text.size()));
  while (!text.empty()) {
    text = trim(text.substr(1));
    if (text.empty()) break;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || text.find(';') < equals) return {};
    std::string name = lower(trim(text.substr(0, equals)));
    text = trim(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      auto quoted = take_quoted(text);
      if (!quoted) return {};
      value = std::move(*quoted);
      text = trim(text);
      if (!text.empty() && text.front() != ';') return {};
    } else {
      const auto end = std::min(text.find(';'), text.size());
      value = trim(text.substr(0, end));
      text.remove_prefix(end);
    }
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& one) { return one.first == name; });
    if (name.empty() || known) return {};
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

const std::string* find(const Parameters& list, std::string_view name) {
  const auto it = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.first == name; });
  return it == list.end() ? nullptr : &it->second;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// utf-8''a%20b (RFC 8187).
std::optional<std::string> extended_value(std::string_view text) {
  const auto quote = text.find('\'');
  const auto second = quote == std::string_view::npos ? quote : text.find('\'', quote + 1);
  if (second == std::string_view::npos || lower(text.substr(0, quote)) != "utf-8") return {};
  std::string out;
  for (std::size_t i = second + 1; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += escaped ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escaped) i += 2;
  }
  return out;
}

bool read_disposition(std::string_view value, FormPart& part) {
  const auto list = parameters(value);
  if (!list || list->front().second != "form-data") return false;
  const std::string* const name = find(*list, "name");
  if (name == nullptr) return false;
  part.name = *name;
  if (const std::string* const file = find(*list, "filename")) part.filename = *file;
  if (const std::string* const file = find(*list, "filename*")) {
    if (auto read = extended_value(*file)) part.filename = std::move(*read);
  }
  return true;
}

/// Headers of a part; none when they name no field.
std::optional<FormPart> read_part_head(std::string_view text) {
  FormPart part;
  bool named = false;
  while (!text.empty()) {
    const auto end = std::min(text.find("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.find_first_of("\r\n") != std::string_view::npos ||
        line.find('\0') != std::string_view::npos)
      return {};
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "content-type") part.content_type = value;
    if (name == "content-disposition") {
      if (named || !read_disposition(value, part)) return {};
      named = true;
    }
  }
  if (!named) return {};
  return part;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const auto list = parameters(content_type);
  const std::string* const boundary = list ? find(*list, "boundary") : nullptr;
  if (boundary == nullptr || boundary->empty() || boundary->size() > max_boundary) return {};
  const auto fits = [](char c) { return c > ' ' ? c != 0x7f && static_cast<unsigned char>(c) < 0x80 : c == ' '; };
  if (!std::all_of(boundary->begin(), boundary->end(), fits) || boundary->back() == ' ') return {};
  return *boundary;
}

MultipartReader::MultipartReader(const std::string& boundary, Events events)
    : delimiter_("\r\n--" + boundary), events_(std::move(events)) {}

MultipartReader::Result MultipartReader::take(std::string_view bytes) {
  if (complete()) return Result::good;  // what follows the closing boundary means nothing
  bytes_.erase(0, std::exchange(next_, 0));
  bytes_.append(bytes);
  Result result = Result::good;
  while (result == Result::good && !complete() && step(result)) {
  }
  return result;
}

bool MultipartReader::step(Result& result) {
  switch (place_) {
    case Place::first_boundary:
      return first_boundary(result);
    case Place::after_boundary:
      return after_boundary(result);
    case Place::head:
      return head(result);
    case Place::content:
      return content(result);
    case Place::behind:
      break;
  }
  return false;
}

bool MultipartReader::first_boundary(Result& result) {
  const std::string_view boundary = std::string_view(delimiter_).substr(2);
  const std::string_view there = rest().substr(0, boundary.size());
  if (there != boundary.substr(0, there.size())) result = Result::malformed;
  if (there.size() < boundary.size()) return false;
  next_ += boundary.size();
  place_ = Place::after_boundary;
  return true;
}

bool MultipartReader::after_boundary(Result& result) {
  const std::string_view two = rest().substr(0, 2);
  if (two.size() < 2) return false;
  if (two != "\r\n" && two != "--") result = Result::malformed;
  next_ += two.size();
  place_ = two == "--" ? Place::behind : Place::head;
  return true;
}

bool MultipartReader::head(Result& result) {
  const auto end = rest().find("\r\n\r\n");
  if (end > max_part_head) {  // also where there is no end yet
    if (rest().size() > max_part_head) result = Result::malformed;
    return false;
  }
  std::optional<FormPart> part = read_part_head(rest().substr(0, end));
  if (!part) {
    result = Result::malformed;
    return false;
  }
  next_ += end + 4;
  place_ = Place::content;
  if (!events_.begin(std::move(*part))) result = Result::stopped;
  return true;
}

bool MultipartReader::content(Result& result) {
  const std::string_view all = rest();
  const auto end = all.find(delimiter_);
  const bool ends = end != std::string_view::npos;
  const std::size_t sure = ends ? end : all.size() - std::min(all.size(), delimiter_.size() - 1);
  if (sure > 0 && !events_.more(all.substr(0, sure))) result = Result::stopped;
  next_ += sure;
  if (!ends) return false;
  next_ += delimiter_.size();
  place_ = Place::after_boundary;
  return true;
}

}  // namespace bess::app
