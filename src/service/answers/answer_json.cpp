#include "service/answers/answer_json.h"

#include <fmt/format.h>

#include <utility>

namespace bess::service {

// ---- a tree

void AnswerTree::value(Json plain) {
  if (open_.empty()) {
    root_ = std::move(plain);
  } else if (Open& parent = open_.back(); parent.json.is_array()) {
    parent.json.push(std::move(plain));
  } else {
    parent.json.append(std::move(parent.key), std::move(plain));
  }
}

void AnswerTree::begin_array() { open_.push_back({Json::array(), {}}); }
void AnswerTree::end_array() { close(); }
void AnswerTree::begin_object() { open_.push_back({Json::object(), {}}); }
void AnswerTree::key(std::string_view name) { open_.back().key = name; }
void AnswerTree::end_object() { close(); }

void AnswerTree::close() {
  Json done = std::move(open_.back().json);
  open_.pop_back();
  value(std::move(done));
}

// ---- text

std::string& AnswerText::begin_value() {
  if (!first_) parts_.text() += ',';
  first_ = false;
  return parts_.text();
}

void AnswerText::value(Json plain) {
  plain.dump_to(begin_value());
  parts_.flush();
}

void AnswerText::begin_array() {
  begin_value() += '[';
  first_ = true;
}

void AnswerText::end_array() {
  parts_.text() += ']';
  first_ = false;
}

void AnswerText::begin_object() {
  begin_value() += '{';
  first_ = true;
}

void AnswerText::key(std::string_view name) {
  append_json_string(begin_value(), name);
  parts_.text() += ':';
  first_ = true;
}

void AnswerText::end_object() {
  parts_.text() += '}';
  first_ = false;
}

bool AnswerText::end_line() {
  parts_.text() += '\n';
  return parts_.flush(true);
}

// ---- values

void emit(AnswerSink& sink, std::chrono::year_month month) {
  sink.value(fmt::format("{:04}-{:02}", static_cast<int>(month.year()), static_cast<unsigned>(month.month())));
}

void emit(AnswerSink& sink, NumbersOrNull numbers) {
  sink.begin_array();
  for (const double value : numbers.values) sink.value(value);
  sink.end_array();
}

void emit(AnswerSink& sink, TextOrNull text) { sink.value(text.text.empty() ? Json() : Json(text.text)); }

void emit(AnswerSink& sink, SomeOf some) {
  sink.begin_array();
  for (const std::string& name : some.chosen) sink.value(name);
  sink.end_array();
}

}  // namespace bess::service
