#pragma once
// An ordered tree of values: what a report says, before anyone decides how it is written (the service turns it into JSON). Keys keep the
// order they were added in. A number that is not finite is null. Plain value; not thread-safe while it is changed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bess::report {

class Node {
 public:
  struct Member;
  using Array = std::vector<Node>;
  using Object = std::vector<Member>;
  struct Null {
    friend bool operator==(Null, Null) = default;
  };

  Node() = default;  ///< null
  [[nodiscard]] static Node boolean(bool value);
  [[nodiscard]] static Node integer(std::int64_t value);
  [[nodiscard]] static Node number(double value);  ///< NaN and infinities become null
  [[nodiscard]] static Node text(std::string value);
  [[nodiscard]] static Node array();
  [[nodiscard]] static Node object();

  [[nodiscard]] bool is_null() const;
  /// The alternatives, for a visitor: Null, bool, std::int64_t, double (finite), std::string, Array, Object.
  using Value = std::variant<Null, bool, std::int64_t, double, std::string, Array, Object>;
  [[nodiscard]] const Value& value() const;

  /// Adds to an object; the key must be new. Adds to an array.
  void set(std::string key, Node value);
  void push(Node value);
  /// Member of an object; null pointer when this is no object or there is no such key.
  [[nodiscard]] const Node* find(std::string_view key) const;
  /// Element at a path of object keys ("financial/npv_eur"); null pointer when there is none.
  [[nodiscard]] const Node* at(std::string_view path) const;
  /// The number (also of an integer); no value for anything else.
  [[nodiscard]] std::optional<double> as_number() const;

 private:
  Value value_;
};

struct Node::Member {
  std::string key;
  Node value;
};

inline const Node::Value& Node::value() const { return value_; }

}  // namespace bess::report
