#pragma once
// A JSON value, its strict reader and its writer. Objects keep the order of their members, so that answers are byte-identical.
// The reader knows limits (depth, size), refuses duplicate keys and numbers that are not finite, and names the place of a
// problem by its JSON pointer. Values are plain data; const values may be shared by threads.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace bess::service {

class Json;

/// One member of an object. A template only so that it is complete wherever a member function of Json needs it.
template <class Value>
struct BasicJsonMember {
  std::string key;
  Value value;
};
using JsonMember = BasicJsonMember<Json>;

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<JsonMember>;

  Json() = default;                                              ///< null
  Json(std::nullptr_t) {}                                        // NOLINT(google-explicit-constructor): literals read as JSON
  Json(bool value) : value_(value) {}                            // NOLINT(google-explicit-constructor)
  Json(int value) : value_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Json(std::int64_t value) : value_(value) {}                    // NOLINT(google-explicit-constructor)
  Json(double value) : value_(value) {}                          // NOLINT(google-explicit-constructor)
  Json(const char* text) : value_(std::string(text)) {}          // NOLINT(google-explicit-constructor)
  Json(std::string_view text) : value_(std::string(text)) {}     // NOLINT(google-explicit-constructor)
  Json(std::string text) : value_(std::move(text)) {}            // NOLINT(google-explicit-constructor)
  Json(Array items) : value_(std::move(items)) {}                // NOLINT(google-explicit-constructor)
  Json(Object members) : value_(std::move(members)) {}           // NOLINT(google-explicit-constructor)
  [[nodiscard]] static Json object() { return Json(Object{}); }
  [[nodiscard]] static Json array() { return Json(Array{}); }
  [[nodiscard]] static Json numbers(std::span<const double> values);

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }

  // The kind must be the one asked for.
  [[nodiscard]] bool as_bool() const { return std::get<bool>(value_); }
  [[nodiscard]] std::int64_t as_integer() const { return std::get<std::int64_t>(value_); }
  [[nodiscard]] double as_number() const;
  [[nodiscard]] const std::string& as_string() const { return std::get<std::string>(value_); }
  [[nodiscard]] const Array& items() const { return std::get<Array>(value_); }
  [[nodiscard]] Array& items() { return std::get<Array>(value_); }
  [[nodiscard]] const Object& members() const { return std::get<Object>(value_); }

  /// The member of an object; null when absent or when this is no object.
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// Adds a member or replaces the one of that key. This must be an object.
  Json& set(std::string_view key, Json value);
  /// Adds a member whose key is known to be new.
  void append(std::string key, Json value);
  void push(Json value) { items().push_back(std::move(value)); }

  /// Compact with indent 0. Numbers are the shortest text that reads back to the same double; what is not finite becomes null.
  [[nodiscard]] std::string dump(int indent = 0) const;
  void dump_to(std::string& out, int indent = 0, int level = 0) const;

  /// "a number", "text", … for messages.
  [[nodiscard]] std::string_view kind() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::size_t max_bytes{64U << 20U};
  std::size_t max_depth{32};
  std::size_t max_members{10'000};  ///< of one object
};

/// Reads one UTF-8 document. Codes: malformed_json, bad_number (NaN, infinities, beyond double), duplicate_key, too_large (size,
/// depth, members), encoding (no UTF-8).
[[nodiscard]] Expected<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// `text` quoted and escaped; bytes that are no UTF-8 are written as "\\xff", so that the result is JSON whatever is given.
void append_json_string(std::string& out, std::string_view text);
/// The shortest decimal that reads back to the same double; "null" when it is not finite.
void append_json_number(std::string& out, double value);

/// pointer + "/" + key, with "~" and "/" in the key escaped (RFC 6901).
[[nodiscard]] std::string child_pointer(std::string_view pointer, std::string_view key);
[[nodiscard]] std::string child_pointer(std::string_view pointer, std::size_t index);

/// {code, message, pointer} or {code, message, file, row, column}, whichever the issue has.
[[nodiscard]] Json to_json(const Issue& issue);
[[nodiscard]] Json to_json(const std::vector<Issue>& issues);

}  // namespace bess::service
