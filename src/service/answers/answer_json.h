#pragma once
// Answers in JSON, from the descriptions of their records (base/answer.h): as a tree, or as text in parts where they are long.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/answer.h"
#include "service/json.h"
#include "service/text_parts.h"
#include "timeline/instant.h"

namespace bess::service {

/// Takes a document piece by piece. What a number may not be in JSON (NaN, infinities) becomes null.
class AnswerSink {
 public:
  AnswerSink() = default;
  virtual ~AnswerSink() = default;
  AnswerSink(const AnswerSink&) = delete;
  AnswerSink& operator=(const AnswerSink&) = delete;
  virtual void value(Json plain) = 0;  ///< null, a flag, a number or a text
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void end_object() = 0;
  /// Nobody listens any longer: what is left may be skipped.
  [[nodiscard]] virtual bool stopped() const { return false; }
};

/// Builds a tree.
class AnswerTree final : public AnswerSink {
 public:
  void value(Json plain) override;
  void begin_array() override;
  void end_array() override;
  void begin_object() override;
  void key(std::string_view name) override;
  void end_object() override;
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  struct Open {
    Json json;
    std::string key;
  };
  void close();

  std::vector<Open> open_;
  Json root_;
};

/// Compact text, handed on in parts.
class AnswerText final : public AnswerSink {
 public:
  explicit AnswerText(const TextSink& sink) : parts_(sink) {}
  void value(Json plain) override;
  void begin_array() override;
  void end_array() override;
  void begin_object() override;
  void key(std::string_view name) override;
  void end_object() override;
  [[nodiscard]] bool stopped() const override { return !parts_.alive(); }
  /// A value whose JSON `write(sink)` hands on by itself, because it is long; false: nobody listened to its end.
  template <class Write>
  void long_value(Write&& write) {
    begin_value();
    parts_.pass(std::forward<Write>(write));
  }
  /// The last of a document that is a line; false when nobody listened to the end.
  bool end_line();

 private:
  /// The text, after the comma that parts it from what stands before.
  std::string& begin_value();

  Parts parts_;
  bool first_{true};  ///< nothing stands before the next value that a comma would part it from
};

/// A value that writes itself as text because it is too long for a tree. Its schema: schema().
template <class T>
concept LongAnswer = requires(const T& value, AnswerText& text) { value.write(text); };

template <class T>
concept TextAnswer = std::convertible_to<const T&, std::string_view>;

template <class T>
concept DescribedAnswer = !std::integral<T> && !TextAnswer<T> && requires(const T& record) {
  describe(record, [](std::string_view, const auto&, std::string_view, std::string_view) {});
};

inline void emit(AnswerSink& sink, double value) { sink.value(value); }
template <std::integral T>
void emit(AnswerSink& sink, T value) {
  if constexpr (std::same_as<T, bool>) {
    sink.value(value);
  } else {
    sink.value(static_cast<std::int64_t>(value));
  }
}
template <TextAnswer T>
void emit(AnswerSink& sink, const T& text) {
  sink.value(std::string_view(text));
}
inline void emit(AnswerSink& sink, LocalDate date) { sink.value(format_date(date)); }
inline void emit(AnswerSink& sink, Instant at) { sink.value(format_instant(at)); }
void emit(AnswerSink& sink, std::chrono::year_month month);
inline void emit(AnswerSink& sink, NumberOrNull number) { sink.value(number.value); }
void emit(AnswerSink& sink, NumbersOrNull numbers);
void emit(AnswerSink& sink, TextOrNull text);
inline void emit(AnswerSink& sink, Uuid id) { sink.value(id.text); }
inline void emit(AnswerSink& sink, OneOf one) { sink.value(one.name); }
void emit(AnswerSink& sink, SomeOf some);
template <class T>
void emit(AnswerSink& sink, const std::optional<T>& value);
template <class T>
void emit(AnswerSink& sink, const std::vector<T>& values);
template <DescribedAnswer Record>
void emit(AnswerSink& sink, const Record& record);
template <LongAnswer T>
void emit(AnswerSink& sink, const T& value);

template <class T>
void emit(AnswerSink& sink, const std::optional<T>& value) {
  if (value) {
    emit(sink, *value);
  } else {
    sink.value(Json());
  }
}

template <class T>
void emit(AnswerSink& sink, const std::vector<T>& values) {
  sink.begin_array();
  for (const T& value : values) emit(sink, value);
  sink.end_array();
}

/// Writes a record's fields as members.
class MemberWriter {
 public:
  explicit MemberWriter(AnswerSink& sink) : sink_(sink) {}
  template <class T>
  void operator()(std::string_view name, const T& value, std::string_view /*unit*/, std::string_view /*help*/) const {
    if (sink_.stopped()) return;
    sink_.key(name);
    emit(sink_, value);
  }
  template <class T>
  void operator()(std::string_view name, const IfPresent<T>& value, std::string_view unit, std::string_view help) const {
    if (value.present) (*this)(name, value.value, unit, help);
  }

 private:
  AnswerSink& sink_;
};

template <DescribedAnswer Record>
void emit(AnswerSink& sink, const Record& record) {
  sink.begin_object();
  describe(record, MemberWriter(sink));
  sink.end_object();
}

template <LongAnswer T>
void emit(AnswerSink& sink, const T& value) {
  value.write(dynamic_cast<AnswerText&>(sink));
}

template <class T>
[[nodiscard]] Json answer_json(const T& value) {
  AnswerTree tree;
  emit(tree, value);
  return tree.take();
}

/// The text of an answer and a line end; false when the sink said stop.
template <class T>
bool write_answer(const T& value, const TextSink& sink) {
  AnswerText text(sink);
  emit(text, value);
  return text.end_line();
}

}  // namespace bess::service
