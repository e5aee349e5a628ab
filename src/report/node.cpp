#include "report/node.h"

#include <cmath>

#include "base/error.h"

namespace bess::report {

namespace {

template <class T>
Node::Value holding(T value) {
  return Node::Value(std::in_place_type<T>, std::move(value));
}

}  // namespace

Node Node::boolean(bool value) {
  Node node;
  node.value_ = holding(value);
  return node;
}

Node Node::integer(std::int64_t value) {
  Node node;
  node.value_ = holding(value);
  return node;
}

Node Node::number(double value) {
  Node node;
  if (std::isfinite(value)) node.value_ = holding(value);
  return node;
}

Node Node::text(std::string value) {
  Node node;
  node.value_ = holding(std::move(value));
  return node;
}

Node Node::array() {
  Node node;
  node.value_ = holding(Array{});
  return node;
}

Node Node::object() {
  Node node;
  node.value_ = holding(Object{});
  return node;
}

bool Node::is_null() const { return std::holds_alternative<Null>(value_); }

void Node::set(std::string key, Node value) {
  BESS_ASSERT(std::holds_alternative<Object>(value_));
  BESS_ASSERT(find(key) == nullptr);
  std::get<Object>(value_).push_back({std::move(key), std::move(value)});
}

void Node::push(Node value) {
  BESS_ASSERT(std::holds_alternative<Array>(value_));
  std::get<Array>(value_).push_back(std::move(value));
}

const Node* Node::find(std::string_view key) const {
  const auto* members = std::get_if<Object>(&value_);
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const Node* Node::at(std::string_view path) const {
  const Node* node = this;
  while (node != nullptr && !path.empty()) {
    const std::size_t slash = path.find('/');
    node = node->find(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return node;
}

std::optional<double> Node::as_number() const {
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*integer);
  return std::nullopt;
}

}  // namespace bess::report
