#include "service/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/issue_fields.h"
#include "base/utf8.h"
#include "service/answers/answer_json.h"

namespace bess::service {

Json Json::numbers(std::span<const double> values) { return Json(Array(values.begin(), values.end())); }

double Json::as_number() const { return is_integer() ? static_cast<double>(as_integer()) : std::get<double>(value_); }

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const JsonMember& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Json& Json::set(std::string_view key, Json value) {
  auto& members = std::get<Object>(value_);
  for (JsonMember& member : members) {
    if (member.key == key) {
      member.value = std::move(value);
      return member.value;
    }
  }
  members.push_back({std::string(key), std::move(value)});
  return members.back().value;
}

void Json::append(std::string key, Json value) { std::get<Object>(value_).push_back({std::move(key), std::move(value)}); }

std::string_view Json::kind() const {
  static constexpr std::string_view names[] = {"null", "true or false", "a whole number", "a number", "text", "a list", "an object"};
  return names[value_.index()];
}

void append_json_string(std::string& out, std::string_view text) {
  // One stray byte would make the whole document unreadable.
  if (find_invalid_utf8(text) != std::string_view::npos) return append_json_string(out, escape_invalid_utf8(text));
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{}", value == 0.0 ? 0.0 : value);  // no "-0"
}

namespace {

void line_break(std::string& out, int indent, int level) {
  if (indent == 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(level), ' ');
}

/// Lists of plain values stay on one line.
bool is_flat(const Json::Array& items) {
  for (const Json& item : items) {
    if (item.is_array() || item.is_object()) return false;
  }
  return true;
}

void dump_array(const Json::Array& items, std::string& out, int indent, int level) {
  const bool flat = is_flat(items);
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += flat && indent > 0 ? ", " : ",";
    if (!flat) line_break(out, indent, level + 1);
    items[i].dump_to(out, indent, level + 1);
  }
  if (!flat) line_break(out, indent, level);
  out += ']';
}

void dump_object(const Json::Object& members, std::string& out, int indent, int level) {
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out += ',';
    line_break(out, indent, level + 1);
    append_json_string(out, members[i].key);
    out += indent > 0 ? ": " : ":";
    members[i].value.dump_to(out, indent, level + 1);
  }
  if (!members.empty()) line_break(out, indent, level);
  out += '}';
}

}  // namespace

std::string Json::dump(int indent) const {
  std::string out;
  dump_to(out, indent);
  return out;
}

void Json::dump_to(std::string& out, int indent, int level) const {
  if (is_null()) {
    out += "null";
  } else if (is_bool()) {
    out += as_bool() ? "true" : "false";
  } else if (is_integer()) {
    fmt::format_to(std::back_inserter(out), "{}", as_integer());
  } else if (is_number()) {
    append_json_number(out, as_number());
  } else if (is_string()) {
    append_json_string(out, as_string());
  } else if (is_array()) {
    dump_array(items(), out, indent, level);
  } else {
    dump_object(members(), out, indent, level);
  }
}

std::string child_pointer(std::string_view pointer, std::string_view key) {
  std::string result(pointer);
  result += '/';
  for (const char c : key) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

std::string child_pointer(std::string_view pointer, std::size_t index) { return fmt::format("{}/{}", pointer, index); }

Json to_json(const Issue& issue) { return answer_json(issue); }

Json to_json(const std::vector<Issue>& issues) { return answer_json(issues); }

// ---- reading

namespace {

/// Builds the tree from the events of the parser and keeps the pointer of where it stands.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(static_cast<std::int64_t>(value))); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return add(Json(static_cast<double>(value)));
    return add(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t& literal) override {
    if (!std::isfinite(value)) return fail("bad_number", fmt::format("{} is not a finite number", literal));
    return add(Json(value));
  }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return fail("malformed_json", "binary data"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (stack_.back().value.members().size() >= limits_.max_members)
      return fail("too_large", fmt::format("more than {} keys", limits_.max_members));
    if (stack_.back().value.find(name) != nullptr) {
      issues_.error("duplicate_key", child_pointer(pointer(), name), fmt::format("the key \"{}\" is given twice", name));
      return false;
    }
    stack_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::detail::exception& error) override {
    if (const std::size_t bad = find_invalid_utf8(text_); bad < position)
      return fail("encoding", fmt::format("byte {} is not UTF-8", bad + 1));
    const std::string_view near = text_.substr(std::min(text_.size(), position > 4 ? position - 4 : 0), 8);
    const bool no_number = near.find("NaN") != std::string_view::npos || near.find("Inf") != std::string_view::npos;
    if (error.id == 406 || no_number) return fail("bad_number", fmt::format("{} is not a finite number", last_token));
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(std::min(position, text_.size())), '\n');
    const std::string shown = escape_invalid_utf8(last_token.substr(0, 40));  // the token ends, or is cut, inside of a character
    return fail("malformed_json", fmt::format("no valid JSON at byte {}, line {}, near \"{}\"", position, line, shown));
  }

  [[nodiscard]] Expected<Json> take(bool parsed) {
    if (!parsed || issues_.has_errors()) {
      if (!issues_.has_errors()) issues_.error("malformed_json", "", "no valid JSON");
      return issues_;
    }
    return std::move(root_);
  }

 private:
  struct Level {
    Json value;
    std::optional<std::string> key;  ///< of the member that is being read; none between members
  };

  [[nodiscard]] std::string pointer() const {
    std::string result;
    for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
      const Level& level = stack_[i];
      result = level.value.is_array() ? child_pointer(result, level.value.items().size()) : child_pointer(result, *level.key);
    }
    return result;
  }

  /// Pointer of the value that is being read; between two members of an object that of the object.
  [[nodiscard]] std::string value_pointer() const {
    if (stack_.empty()) return "";
    const Level& level = stack_.back();
    if (level.value.is_array()) return child_pointer(pointer(), level.value.items().size());
    return level.key ? child_pointer(pointer(), *level.key) : pointer();
  }

  bool fail(std::string code, std::string message) {
    issues_.error(std::move(code), value_pointer(), std::move(message));
    return false;
  }

  bool open(Json value) {
    if (stack_.size() >= limits_.max_depth) return fail("too_large", fmt::format("nested deeper than {} levels", limits_.max_depth));
    stack_.push_back({std::move(value), {}});
    return true;
  }

  bool close() {
    Json value = std::move(stack_.back().value);
    stack_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = stack_.back(); level.value.is_array()) {
      level.value.push(std::move(value));
    } else {
      level.value.append(std::move(*level.key), std::move(value));
      level.key.reset();
    }
    return true;
  }

  std::string_view text_;
  JsonLimits limits_;
  Json root_;
  std::vector<Level> stack_;
  Issues issues_;
};

}  // namespace

Expected<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return one_error("too_large", "", fmt::format("the document has {} bytes, more than {}", text.size(), limits.max_bytes));
  }
  TreeBuilder builder(text, limits);
  return builder.take(nlohmann::json::sax_parse(text.begin(), text.end(), &builder));
}

}  // namespace bess::service
