#include "bess/server/request_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <random>

#include "bess/server/problem.h"

namespace bess::app {

namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_token_char(char c) { return is_letter(c) || is_digit(c) || token_marks.find(c) != std::string_view::npos; }
bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }
bool is_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

HttpResponse bad(std::string_view detail) { return problem(400, "bad_request", detail); }

/// Elements of a list separated by commas, in lower case.
std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const auto comma = text.find(',');
    out.push_back(lower(trim(text.substr(0, comma))));
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::optional<HttpResponse> read_first_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("the request line is not method, target and version");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_token(line.substr(0, first))) return bad("the method is no word");
  if (target.empty() || std::any_of(target.begin(), target.end(), [](char c) { return c == ' ' || is_control(c); }))
    return bad("the request line has blanks or control characters in its target");
  head.method = line.substr(0, first);
  head.target = target;
  const std::string_view version = line.substr(last + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7]))
    return bad("the request line does not end with a version of HTTP");
  if (version[5] != '1') return problem(505, "not_implemented", "this server speaks HTTP/1.1");
  head.version = version[7] == '0' ? 10 : 11;
  return {};
}

std::optional<HttpResponse> read_field(std::string_view line, RequestHead& head) {
  if (line.front() == ' ' || line.front() == '\t') return bad("a header is folded over several lines");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header has no colon");
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return bad("the name of a header is no word, or a blank stands before its colon");
  const std::string_view value = trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
    return bad(fmt::format("the header {} holds a control character", name));
  head.fields.emplace_back(lower(name), value);
  return {};
}

/// The only field of that name; null when there is none.
const std::string* field(const RequestHead& head, std::string_view name) {
  const auto it = std::find_if(head.fields.begin(), head.fields.end(), [&](const auto& one) { return one.first == name; });
  return it == head.fields.end() ? nullptr : &it->second;
}

/// Fields whose last, or first, or every value could be meant.
std::optional<HttpResponse> refuse_repeated(const RequestHead& head) {
  static constexpr std::array<std::string_view, 9> single{
      "host", "origin", "content-length", "transfer-encoding", "content-type", "content-encoding", "x-api-key", "authorization", "expect"};
  for (const std::string_view name : single) {
    const auto count = std::count_if(head.fields.begin(), head.fields.end(), [&](const auto& one) { return one.first == name; });
    if (count > 1) return bad(fmt::format("the header {} is given more than once", name));
  }
  return {};
}

std::optional<HttpResponse> read_framing(RequestHead& head) {
  const std::string* const length = field(head, "content-length");
  const std::string* const coding = field(head, "transfer-encoding");
  if (length != nullptr && coding != nullptr) return bad("Content-Length and Transfer-Encoding exclude each other");
  if (coding != nullptr) {
    if (head.version < 11) return bad("HTTP/1.0 has no Transfer-Encoding");
    const std::vector<std::string> codings = list_of(*coding);
    if (codings.back() != "chunked" || std::count(codings.begin(), codings.end(), "chunked") > 1)
      return bad("Transfer-Encoding does not end with chunked, once: nobody knows where the body ends");
    if (codings.size() > 1) return problem(501, "not_implemented", "Transfer-Encoding may be chunked alone");
    head.framing = BodyFraming::chunked;
  }
  if (length != nullptr) {
    if (!is_digits(*length)) return bad("Content-Length is not a number of bytes");
    head.framing = BodyFraming::length;
    const auto result = std::from_chars(length->data(), length->data() + length->size(), head.length);
    if (result.ec != std::errc{}) head.length = std::numeric_limits<std::size_t>::max();
  }
  return {};
}

std::optional<HttpResponse> check_host(const RequestHead& head) {
  const std::string* const host = field(head, "host");
  if (host == nullptr) return head.version < 11 ? std::nullopt : std::optional(bad("the header Host is needed"));
  if (!is_authority(*host)) return bad("Host is not a name or address with, at most, a port");
  return {};
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char small = static_cast<char>(c | 0x20);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void read_query(std::string_view text, std::multimap<std::string, std::string>& query) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const auto equals = one.find('=');
    if (one.empty() || equals == 0) continue;
    query.emplace(decode(one.substr(0, equals), true), equals == std::string_view::npos ? "" : decode(one.substr(equals + 1), true));
  }
}

std::string make_request_id() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return fmt::format("{:016x}", generator());
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.'; });
}

/// http://host/path, as a client writes it to a proxy: its host counts, not the header's.
std::optional<HttpResponse> take_authority(std::string_view& target, HttpRequest& request) {
  const auto scheme_end = target.find("://");
  const std::string scheme = scheme_end == std::string_view::npos ? std::string() : lower(target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return bad("the target is neither a path nor an http address");
  target.remove_prefix(scheme_end + 3);
  const std::string_view authority = target.substr(0, target.find_first_of("/?"));
  if (!is_authority(authority)) return bad("the target's host is not a name or address with, at most, a port");
  request.headers["host"] = authority;
  target.remove_prefix(authority.size());
  return {};
}

}  // namespace

bool is_authority(std::string_view text) {
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const std::string_view address = text.substr(1, close - 1);
    if (!std::all_of(address.begin(), address.end(), [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; })) return false;
    port = text.substr(close + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, end);
    const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), fits)) return false;
    port = text.substr(end);
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  if (text[text.size() - port.size() - 1] != ':' || !is_digits(port) || port.size() > 5) return false;
  int number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  return number <= 65535;
}

HeadScan scan_head(std::string_view bytes, std::size_t seen) {
  if (bytes.empty()) return {};
  if (!is_token_char(bytes.front())) return {HeadScan::State::bad, 0};
  for (auto at = bytes.find('\n', seen); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return {HeadScan::State::bad, 0};
    if (at >= 3 && bytes.substr(at - 3, 4) == "\r\n\r\n") return {HeadScan::State::complete, at + 1};
  }
  return {};
}

std::optional<HttpResponse> read_head(std::string_view bytes, RequestHead& head) {
  bool first = true;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n");
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 2);
    if (!first && line.empty()) break;
    if (auto refused = first ? read_first_line(line, head) : read_field(line, head)) return refused;
    first = false;
  }
  if (auto refused = refuse_repeated(head)) return refused;
  if (auto refused = read_framing(head)) return refused;
  if (auto refused = check_host(head)) return refused;
  const std::string* const connection = field(head, "connection");
  const std::vector<std::string> wishes = connection == nullptr ? std::vector<std::string>{} : list_of(*connection);
  head.keep_alive = head.version < 11 ? contains(wishes, "keep-alive") : !contains(wishes, "close");
  const std::string* const expect = field(head, "expect");
  head.expects_continue = head.version == 11 && expect != nullptr && lower(*expect) == "100-continue";
  return {};
}

std::optional<HttpResponse> read_request(const RequestHead& head, HttpRequest& request) {
  request.method = head.method == "HEAD" ? "GET" : head.method;
  for (const auto& [name, value] : head.fields) {
    const auto [it, fresh] = request.headers.emplace(name, value);
    if (!fresh) it->second.append(", ").append(value);
  }
  const std::string given = request.header("x-request-id");
  request.request_id = is_request_id(given) ? given : make_request_id();
  std::string_view target = head.target;
  const bool whole_server = target == "*" && head.method == "OPTIONS";
  if (!target.starts_with('/') && !whole_server) {
    if (auto refused = take_authority(target, request)) return refused;
  }
  const auto question = std::min(target.find('?'), target.size());
  request.path = decode(question == 0 ? std::string_view("/") : target.substr(0, question), false);
  if (question < target.size()) read_query(target.substr(question + 1), request.query);
  return {};
}

}  // namespace bess::app
