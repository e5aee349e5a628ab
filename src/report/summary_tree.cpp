#include "report/summary_tree.h"

#include <fmt/format.h>

#include <concepts>

#include "report/summary_fields.h"

namespace bess::report {

namespace {

Node node_of(double value) { return Node::number(value); }
Node node_of(bool value) { return Node::boolean(value); }
template <std::integral T>
Node node_of(T value) {
  return Node::integer(value);
}
Node node_of(const std::string& value) { return Node::text(value); }
Node node_of(LocalDate date) { return Node::text(format_date(date)); }
Node node_of(std::chrono::year_month month) {
  return Node::text(fmt::format("{:04}-{:02}", static_cast<int>(month.year()), static_cast<unsigned>(month.month())));
}
template <class T>
Node node_of(const std::optional<T>& value);
template <class T>
Node node_of(const std::vector<T>& values);
template <class Record>
  requires(!std::integral<Record>)
Node node_of(const Record& record);

template <class T>
Node node_of(const std::optional<T>& value) {
  return value ? node_of(*value) : Node();
}

template <class T>
Node node_of(const std::vector<T>& values) {
  Node array = Node::array();
  for (const T& value : values) array.push(node_of(value));
  return array;
}

template <class Record>
  requires(!std::integral<Record>)
Node node_of(const Record& record) {
  Node object = Node::object();
  describe(record, [&object](std::string_view name, const auto& value, std::string_view, std::string_view) {
    object.set(std::string(name), node_of(value));
  });
  return object;
}

}  // namespace

Node summary_tree(const Summary& summary) { return node_of(summary); }

Node yearly_tree(const Summary& summary) { return node_of(summary.years); }

Node warnings_tree(const std::vector<Issue>& warnings) {
  Node array = Node::array();
  for (const Issue& issue : warnings) {
    Node entry = Node::object();
    entry.set("code", Node::text(issue.code));
    entry.set("pointer", Node::text(issue.path));
    entry.set("message", Node::text(issue.message));
    if (!issue.file.empty()) {
      entry.set("file", Node::text(issue.file));
      entry.set("row", Node::integer(static_cast<std::int64_t>(issue.row)));
      entry.set("column", Node::text(issue.column));
    }
    array.push(std::move(entry));
  }
  return array;
}

}  // namespace bess::report
