#pragma once
// A field of an answer is declared once: name, value, unit, meaning. JSON, JSON Schema, the API's document, the types of its clients and
// docs/answers.md all come from that declaration. A record describes its fields through one function found by argument-dependent lookup,
//
//   template <class Visitor> void describe(const Version& v, Visitor&& field) {
//     field("name", v.name, "", "name of the program");
//   }
//
// whose visitor takes (name, value, unit, help). The kind of the value is the kind of the field: double, integers, bool, text, LocalDate
// (a date), year_month, Instant (an instant in UTC), records, std::vector of these, std::optional of these (null when absent), and the
// kinds below, which say what a plain type cannot. Describing a default-constructed record gives the names and kinds without any values,
// so neither names nor kinds may depend on values.
//
// A record that has a name of its own in the API's document says it beside describe():
//
//   constexpr AnswerRecord answer_record(const Version&) { return {"Version", "version of the engine"}; }

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bess {

struct AnswerRecord {
  std::string_view name;
  std::string_view help;
};

/// A number that may have no meaning (the price of nothing sold): NaN is null. A plain double is always a number.
struct NumberOrNull {
  double value{0};
};

/// Numbers of a long column, NaN where there is none. Borrowed.
struct NumbersOrNull {
  std::span<const double> values{};
};

/// Text that is null when it is empty.
struct TextOrNull {
  std::string_view text{};
};

/// An id in the form of a UUID.
struct Uuid {
  std::string_view text{};
};

/// One of a closed set of names.
struct OneOf {
  std::string_view name{};
  std::span<const std::string_view> names{};
};

/// Several of a closed set of names. Borrowed.
struct SomeOf {
  std::span<const std::string> chosen{};
  std::span<const std::string_view> names{};
};

/// A member that is left out where it does not apply.
template <class T>
struct IfPresent {
  bool present{false};
  T value{};
};
template <class T>
[[nodiscard]] IfPresent<T> if_present(bool present, T value) {
  return {present, std::move(value)};
}

/// The names in the rows of a table, for OneOf.
template <class Row, std::size_t N>
[[nodiscard]] constexpr std::array<std::string_view, N> names_of(const std::array<Row, N>& table) {
  std::array<std::string_view, N> names{};
  for (std::size_t i = 0; i < N; ++i) names[i] = table[i].name;
  return names;
}

}  // namespace bess
