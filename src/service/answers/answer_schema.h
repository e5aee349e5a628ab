#pragma once
// JSON Schema of answers, from the descriptions of their records (base/answer.h).

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "service/answers/answer_json.h"
#include "service/json.h"

namespace bess::service {

/// Schemas by name, as they stand in the API's document. Members that a schema does not name do not occur in the answers it describes.
class SchemaBook {
 public:
  /// The schema of a record: a reference, if it has a name.
  template <DescribedAnswer Record>
  Json of_record(const Record& record);
  /// Adds a schema under a name, unless that is known; a reference to it.
  template <class Make>
  Json named(std::string_view name, Make&& make);
  [[nodiscard]] const Json& all() const { return all_; }

 private:
  Json all_{Json::object()};
};

[[nodiscard]] Json typed_schema(std::string_view type, std::string_view format = {});
[[nodiscard]] Json list_schema(Json items);
[[nodiscard]] Json names_schema(std::span<const std::string_view> names);
[[nodiscard]] Json or_null_schema(Json schema);
/// A reference to a schema that has a name.
[[nodiscard]] Json reference_schema(std::string_view name);
/// Exactly one of these.
[[nodiscard]] Json one_of_schema(std::vector<Json> schemas);

inline Json schema_of(SchemaBook&, double) { return typed_schema("number"); }
template <std::integral T>
Json schema_of(SchemaBook&, T) {
  return typed_schema(std::same_as<T, bool> ? "boolean" : "integer");
}
template <TextAnswer T>
Json schema_of(SchemaBook&, const T&) {
  return typed_schema("string");
}
inline Json schema_of(SchemaBook&, LocalDate) { return typed_schema("string", "date"); }
inline Json schema_of(SchemaBook&, Instant) { return typed_schema("string", "date-time"); }
Json schema_of(SchemaBook&, std::chrono::year_month);
inline Json schema_of(SchemaBook&, NumberOrNull) { return or_null_schema(typed_schema("number")); }
inline Json schema_of(SchemaBook&, NumbersOrNull) { return list_schema(or_null_schema(typed_schema("number"))); }
inline Json schema_of(SchemaBook&, TextOrNull) { return or_null_schema(typed_schema("string")); }
inline Json schema_of(SchemaBook&, Uuid) { return typed_schema("string", "uuid"); }
inline Json schema_of(SchemaBook&, OneOf one) { return names_schema(one.names); }
inline Json schema_of(SchemaBook&, SomeOf some) { return list_schema(names_schema(some.names)); }
template <class T>
Json schema_of(SchemaBook& book, const std::optional<T>& value);
template <class T>
Json schema_of(SchemaBook& book, const std::vector<T>& values);
template <class T>
Json schema_of(SchemaBook& book, const IfPresent<T>& value);
template <DescribedAnswer Record>
Json schema_of(SchemaBook& book, const Record& record);
/// Values that write themselves say what they write.
template <class T>
  requires requires(const T& value, SchemaBook& book) { value.schema(book); }
Json schema_of(SchemaBook& book, const T& value);

template <class T>
Json schema_of(SchemaBook& book, const std::optional<T>& value) {
  return or_null_schema(schema_of(book, value ? *value : T{}));
}
template <class T>
Json schema_of(SchemaBook& book, const std::vector<T>& /*values*/) {
  return list_schema(schema_of(book, T{}));
}
template <class T>
Json schema_of(SchemaBook& book, const IfPresent<T>& value) {
  return schema_of(book, value.value);
}
template <DescribedAnswer Record>
Json schema_of(SchemaBook& book, const Record& record) {
  return book.of_record(record);
}
template <class T>
  requires requires(const T& value, SchemaBook& book) { value.schema(book); }
Json schema_of(SchemaBook& book, const T& value) {
  return value.schema(book);
}

/// The members of an object, as a visitor meets them.
class PropertyList {
 public:
  explicit PropertyList(SchemaBook& book) : book_(book) {}
  template <class T>
  void operator()(std::string_view name, const T& value, std::string_view unit, std::string_view help) {
    add(name, schema_of(book_, value), unit, help, true);
  }
  template <class T>
  void operator()(std::string_view name, const IfPresent<T>& value, std::string_view unit, std::string_view help) {
    add(name, schema_of(book_, value), unit, help, false);
  }
  /// The object that has them.
  [[nodiscard]] Json object(std::string_view help) &&;

 private:
  void add(std::string_view name, Json schema, std::string_view unit, std::string_view help, bool always);

  SchemaBook& book_;
  Json properties_{Json::object()};
  Json required_{Json::array()};
};

template <class Make>
Json SchemaBook::named(std::string_view name, Make&& make) {
  if (all_.find(name) == nullptr) {
    all_.append(std::string(name), Json());  // its place is before those of the records inside
    Json schema = make();
    all_.set(name, std::move(schema));
  }
  return reference_schema(name);
}

template <DescribedAnswer Record>
Json SchemaBook::of_record(const Record& record) {
  const auto schema = [&](std::string_view help) {
    PropertyList properties(*this);
    describe(record, properties);
    return std::move(properties).object(help);
  };
  if constexpr (requires { answer_record(record); }) {
    const AnswerRecord info = answer_record(record);
    return named(info.name, [&] { return schema(info.help); });
  } else {
    return schema({});
  }
}

}  // namespace bess::service
