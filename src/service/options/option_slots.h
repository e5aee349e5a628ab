#pragma once
// The one visitor of option records: it turns a record into a list of typed slots, each knowing its name, its FieldInfo and how
// to get and set its value. Everything else (JSON reader and writer, help, JSON schema, Markdown) works on slots and knows no
// record. Slots point into the record: it must outlive them.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/option.h"

namespace bess::service {

struct OptionSlot;
using OptionSlots = std::vector<OptionSlot>;

/// A number, flag or text, which may be absent when the field is a std::optional.
template <class T>
struct ScalarSlot {
  T* value{nullptr};
  std::optional<T>* optional{nullptr};
  [[nodiscard]] bool has_value() const { return value != nullptr || optional->has_value(); }
  [[nodiscard]] const T& get() const { return value != nullptr ? *value : **optional; }
  void set(T x) const {
    if (value != nullptr) {
      *value = std::move(x);
    } else {
      *optional = std::move(x);
    }
  }
};

/// An enumeration: the index of its choice, −1 when absent.
struct ChoiceSlot {
  std::function<int()> get;
  std::function<void(int)> set;
};

/// A list of choices.
struct ChoiceListSlot {
  std::function<std::vector<int>()> get;
  std::function<void(const std::vector<int>&)> set;
};

/// A list of numbers.
template <class T>
struct NumberListSlot {
  std::vector<T>* values{nullptr};
};

/// A number or a choice (0 … of FieldInfo::choices).
struct NumberOrChoiceSlot {
  ScalarSlot<double> number;
  ChoiceSlot choice;
};

struct RecordSlot {
  std::function<OptionSlots()> fields;
};

/// A list of records.
struct RecordListSlot {
  std::function<std::size_t()> size;
  std::function<OptionSlots(std::size_t)> fields;                          ///< of the i-th
  std::function<OptionSlots()> append;                                     ///< adds one and describes it
  std::function<void(const std::function<void(OptionSlots)>&)> prototype;  ///< shows the fields of a fresh one
};

struct OptionSlot {
  std::string name;
  FieldInfo info;
  std::variant<ScalarSlot<double>, ScalarSlot<int>, ScalarSlot<std::int64_t>, ScalarSlot<bool>, ScalarSlot<std::string>, ChoiceSlot,
               ChoiceListSlot, NumberListSlot<double>, NumberListSlot<std::int32_t>, NumberOrChoiceSlot, RecordSlot, RecordListSlot>
      target;
  bool can_be_absent{false};  ///< a std::optional
};

/// A field that holds a number when `number` is set, else a choice.
template <class E>
struct NumberOrChoice {
  std::optional<double> number;
  E choice{};
};

template <class Record>
[[nodiscard]] OptionSlots slots_of(Record& record);

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_number_or_choice : std::false_type {};
template <class T>
struct is_number_or_choice<NumberOrChoice<T>> : std::true_type {};
template <class T>
inline constexpr bool is_scalar = std::same_as<T, double> || std::same_as<T, int> || std::same_as<T, std::int64_t> ||
                                  std::same_as<T, bool> || std::same_as<T, std::string>;

/// Between the places of choices in their list and the values of an enumeration.
class ChoiceValues {
 public:
  explicit ChoiceValues(const std::vector<Choice>& choices) {
    for (const Choice& choice : choices) values_.push_back(choice.value < 0 ? static_cast<int>(values_.size()) : choice.value);
  }
  template <class E>
  [[nodiscard]] E value(int place) const {
    return static_cast<E>(values_[static_cast<std::size_t>(place)]);
  }
  template <class E>
  [[nodiscard]] int place(E value) const {
    const auto found = std::find(values_.begin(), values_.end(), static_cast<int>(value));
    return found == values_.end() ? -1 : static_cast<int>(found - values_.begin());
  }

 private:
  std::vector<int> values_;
};

template <class E>
ChoiceSlot choice_slot(E& value, const ChoiceValues& values) {
  return {[&value, values] { return values.place(value); }, [&value, values](int place) { value = values.value<E>(place); }};
}
template <class E>
ChoiceSlot choice_slot(std::optional<E>& value, const ChoiceValues& values) {
  return {[&value, values] { return value ? values.place(*value) : -1; }, [&value, values](int place) { value = values.value<E>(place); }};
}

template <class E>
ChoiceListSlot choice_list_slot(std::vector<E>& list, const ChoiceValues& values) {
  return {[&list, values] {
            std::vector<int> places;
            for (const E e : list) places.push_back(values.place(e));
            return places;
          },
          [&list, values](const std::vector<int>& places) {
            list.clear();
            for (const int place : places) list.push_back(values.value<E>(place));
          }};
}

template <class Record>
RecordListSlot record_list_slot(std::vector<Record>& records) {
  return {[&records] { return records.size(); }, [&records](std::size_t i) { return slots_of(records[i]); },
          [&records] { return slots_of(records.emplace_back()); },
          [](const std::function<void(OptionSlots)>& show) {
            Record fresh{};
            show(slots_of(fresh));
          }};
}

class SlotVisitor {
 public:
  explicit SlotVisitor(OptionSlots& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, T& value, FieldInfo info) {
    OptionSlot slot{std::string(name), std::move(info), {}, is_optional<T>::value};
    if constexpr (is_scalar<T>) {
      slot.target = ScalarSlot<T>{&value, nullptr};
    } else if constexpr (is_optional<T>::value) {
      using Inner = typename T::value_type;
      if constexpr (is_scalar<Inner>) {
        slot.target = ScalarSlot<Inner>{nullptr, &value};
      } else {
        slot.target = choice_slot(value, ChoiceValues(slot.info.choices));
      }
    } else if constexpr (std::is_enum_v<T>) {
      slot.target = choice_slot(value, ChoiceValues(slot.info.choices));
    } else if constexpr (is_number_or_choice<T>::value) {
      slot.target =
          NumberOrChoiceSlot{ScalarSlot<double>{nullptr, &value.number}, choice_slot(value.choice, ChoiceValues(slot.info.choices))};
    } else if constexpr (is_vector<T>::value) {
      using Item = typename T::value_type;
      if constexpr (std::is_enum_v<Item>) {
        slot.target = choice_list_slot(value, ChoiceValues(slot.info.choices));
      } else if constexpr (std::same_as<Item, double> || std::same_as<Item, std::int32_t>) {
        slot.target = NumberListSlot<Item>{&value};
      } else {
        slot.target = record_list_slot(value);
      }
    } else if (slot.info.merge_names) {
      for (OptionSlot& inner : slots_of(value)) {
        inner.name.insert(0, name);
        out_.push_back(std::move(inner));
      }
      return;
    } else {
      slot.target = RecordSlot{[&value] { return slots_of(value); }};
    }
    out_.push_back(std::move(slot));
  }

 private:
  OptionSlots& out_;
};

}  // namespace detail

template <class Record>
OptionSlots slots_of(Record& record) {
  OptionSlots slots;
  describe(record, detail::SlotVisitor(slots));
  return slots;
}

}  // namespace bess::service
