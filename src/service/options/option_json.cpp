#include "service/options/option_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/number_range.h"
#include "base/utf8.h"

namespace bess::service {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

std::string range_text(const FieldInfo& info) {
  const std::string unit = info.unit.empty() || info.unit == "1" ? "" : fmt::format(" {}", info.unit);
  if (std::isfinite(info.min) && std::isfinite(info.max))
    return fmt::format("{}{} to {}{}", info.exclusive_min ? "above " : "", info.min, info.max, unit);
  if (std::isfinite(info.min)) return fmt::format("{} {}{}", info.exclusive_min ? "above" : "at least", info.min, unit);
  return fmt::format("at most {}{}", info.max, unit);
}

bool in_range(const FieldInfo& info, double x) { return (info.exclusive_min ? x > info.min : x >= info.min) && x <= info.max; }

void wrong_type(const Json& value, std::string_view wanted, const std::string& pointer, Issues& issues) {
  issues.error("wrong_type", pointer, fmt::format("needs {}, not {}", wanted, value.kind()));
}

bool is_size(const FieldInfo& info) { return info.unit == "MW" || info.unit == "MWh"; }
bool next_to_nothing(double x) { return x != 0.0 && std::abs(x) < least_number; }
double without_noise(double x) { return next_to_nothing(x) ? 0.0 : x; }

/// The range is checked; out of it the value is still taken, so that later checks see what was meant.
void check_range(double x, const FieldInfo& info, const std::string& pointer, Issues& issues) {
  if (!in_range(info, x))
    issues.error(std::string(info.range_code), pointer, fmt::format("{} is outside the range: {}", x, range_text(info)));
}

std::optional<std::int64_t> whole_number(const Json& value) {
  if (value.is_integer()) return value.as_integer();
  if (!value.is_number()) return {};
  const double x = value.as_number();
  if (x != std::floor(x) || std::abs(x) > 9e15) return {};
  return static_cast<std::int64_t>(x);
}

std::optional<int> choice_index(std::string_view name, const std::vector<Choice>& choices) {
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].name == name) return static_cast<int>(i);
  }
  return {};
}

std::string choice_list(const std::vector<Choice>& choices) {
  std::vector<std::string_view> names;
  for (const Choice& c : choices) names.push_back(c.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<int> read_choice(const Json& value, const FieldInfo& info, const std::string& pointer, Issues& issues) {
  if (!value.is_string()) {
    wrong_type(value, fmt::format("one of {}", choice_list(info.choices)), pointer, issues);
    return {};
  }
  const auto index = choice_index(value.as_string(), info.choices);
  if (!index) {
    issues.error(std::string(info.choice_code), pointer, fmt::format("\"{}\" is none of {}", value.as_string(), choice_list(info.choices)));
  }
  return index;
}

class Reader {
 public:
  Reader(const Json& value, const FieldInfo& info, const std::string& pointer, Issues& issues)
      : value_(value), info_(info), pointer_(pointer), issues_(issues) {}

  void operator()(const ScalarSlot<double>& slot) const {
    if (!value_.is_number()) return wrong_type(value_, "a number", pointer_, issues_);
    slot.set(single_number());
  }
  void operator()(const ScalarSlot<int>& slot) const { whole(slot); }
  void operator()(const ScalarSlot<std::int64_t>& slot) const { whole(slot); }
  void operator()(const ScalarSlot<bool>& slot) const {
    if (!value_.is_bool()) return wrong_type(value_, "true or false", pointer_, issues_);
    slot.set(value_.as_bool());
  }
  void operator()(const ScalarSlot<std::string>& slot) const {
    if (!value_.is_string()) return wrong_type(value_, "text", pointer_, issues_);
    const std::string& text = value_.as_string();
    check_range(static_cast<double>(count_code_points(text)), length_info(), pointer_, issues_);
    slot.set(text);
  }
  void operator()(const ChoiceSlot& slot) const {
    if (const auto index = read_choice(value_, info_, pointer_, issues_)) slot.set(*index);
  }
  void operator()(const ChoiceListSlot& slot) const {
    if (!value_.is_array()) return wrong_type(value_, "a list", pointer_, issues_);
    std::vector<int> indices;
    for (std::size_t i = 0; i < value_.items().size(); ++i) {
      const auto index = read_choice(value_.items()[i], info_, child_pointer(pointer_, i), issues_);
      if (index && std::find(indices.begin(), indices.end(), *index) == indices.end()) indices.push_back(*index);
    }
    slot.set(indices);
  }
  template <class T>
  void operator()(const NumberListSlot<T>& slot) const {
    if (!value_.is_array()) return wrong_type(value_, "a list of numbers", pointer_, issues_);
    slot.values->clear();
    for (std::size_t i = 0; i < value_.items().size(); ++i) {
      const Json& item = value_.items()[i];
      const bool fits = std::same_as<T, double> ? item.is_number() : whole_number(item).has_value();
      if (!fits) return wrong_type(item, std::same_as<T, double> ? "a number" : "a whole number", child_pointer(pointer_, i), issues_);
      const double x = without_noise(item.as_number());
      if (!in_range(info_, x) || std::abs(x) > static_cast<double>(std::numeric_limits<T>::max())) {
        return check_range(x, info_, child_pointer(pointer_, i), issues_);
      }
      slot.values->push_back(static_cast<T>(x));
    }
  }
  void operator()(const NumberOrChoiceSlot& slot) const {
    if (value_.is_number()) return slot.number.set(single_number());
    if (!value_.is_string()) return wrong_type(value_, fmt::format("a number or one of {}", choice_list(info_.choices)), pointer_, issues_);
    if (const auto index = read_choice(value_, info_, pointer_, issues_)) slot.choice.set(*index);
  }
  void operator()(const RecordSlot& slot) const { read_nested(value_, slot.fields(), pointer_); }
  void operator()(const RecordListSlot& slot) const {
    if (!value_.is_array()) return wrong_type(value_, "a list", pointer_, issues_);
    if (value_.items().size() > max_records) {
      return issues_.error("too_large", pointer_, fmt::format("more than {} entries", max_records));
    }
    for (std::size_t i = 0; i < value_.items().size(); ++i) read_nested(value_.items()[i], slot.append(), child_pointer(pointer_, i));
  }

 private:
  static constexpr std::size_t max_records = 1000;

  [[nodiscard]] double single_number() const {
    const double x = value_.as_number();
    if (next_to_nothing(x) && is_size(info_)) {
      issues_.error(std::string(info_.range_code), pointer_,
                    fmt::format("{} {} is too small: 0, or at least {}", x, info_.unit, least_number));
      return x;
    }
    check_range(without_noise(x), info_, pointer_, issues_);
    return without_noise(x);
  }

  template <class T>
  void whole(const ScalarSlot<T>& slot) const {
    const auto x = whole_number(value_);
    if (!x) return wrong_type(value_, "a whole number", pointer_, issues_);
    check_range(static_cast<double>(*x), info_, pointer_, issues_);
    if (*x >= std::numeric_limits<T>::min() && *x <= std::numeric_limits<T>::max()) slot.set(static_cast<T>(*x));
  }

  [[nodiscard]] FieldInfo length_info() const {
    FieldInfo info = info_;
    info.unit = "characters";
    return info;
  }

  void read_nested(const Json& value, const OptionSlots& fields, const std::string& pointer) const {
    if (value.is_object() && !info_.unknown_key_code.empty()) {
      std::vector<std::string_view> names;
      for (const OptionSlot& field : fields) names.push_back(field.name);
      for (const JsonMember& member : value.members()) {
        if (std::find(names.begin(), names.end(), member.key) != names.end()) continue;
        issues_.error(std::string(info_.unknown_key_code), child_pointer(pointer, member.key),
                      fmt::format("\"{}\" is none of {}", member.key, fmt::join(names, ", ")));
      }
      std::vector<std::string_view> known;
      for (const JsonMember& member : value.members()) known.push_back(member.key);
      return read_slots(value, fields, pointer, issues_, known);
    }
    read_slots(value, fields, pointer, issues_);
  }

  const Json& value_;
  const FieldInfo& info_;
  const std::string& pointer_;
  Issues& issues_;
};

}  // namespace

void read_slot(const Json& value, const OptionSlot& slot, const std::string& pointer, Issues& issues) {
  if (value.is_null()) {
    if (slot.info.required) issues.error("required", pointer, fmt::format("{} is required", slot.name));
    return;
  }
  std::visit(Reader(value, slot.info, pointer, issues), slot.target);
}

void read_slots(const Json& json, const OptionSlots& slots, std::string_view pointer, Issues& issues,
                const std::vector<std::string_view>& also_known) {
  if (!json.is_object()) return wrong_type(json, "an object", std::string(pointer), issues);
  std::vector<std::string_view> names(also_known);
  for (const OptionSlot& slot : slots) names.push_back(slot.name);
  for (const OptionSlot& slot : slots) {
    const Json* value = json.find(slot.name);
    const std::string at = child_pointer(pointer, slot.name);
    if (value != nullptr) {
      read_slot(*value, slot, at, issues);
    } else if (slot.info.required) {
      issues.error("required", at, fmt::format("{} is required", slot.name));
    }
  }
  for (const JsonMember& member : json.members()) {
    if (std::find(names.begin(), names.end(), member.key) != names.end()) continue;
    const std::string_view near = nearest_name(member.key, names);
    issues.warning(
        "unknown_key", child_pointer(pointer, member.key),
        near.empty() ? std::string("no such option; it is ignored") : fmt::format("no such option; it is ignored. Did you mean {}?", near));
  }
}

Json write_slot(const OptionSlot& slot) {
  auto scalar = [](const auto& s) { return s.has_value() ? Json(s.get()) : Json(); };
  auto choice = [&slot](const ChoiceSlot& s) {
    return s.get() < 0 ? Json() : Json(slot.info.choices[static_cast<std::size_t>(s.get())].name);
  };
  return std::visit(Overload{
                        [&](const ScalarSlot<double>& s) { return scalar(s); },
                        [&](const ScalarSlot<int>& s) { return scalar(s); },
                        [&](const ScalarSlot<std::int64_t>& s) { return scalar(s); },
                        [&](const ScalarSlot<bool>& s) { return scalar(s); },
                        [&](const ScalarSlot<std::string>& s) { return scalar(s); },
                        [&](const ChoiceSlot& s) { return choice(s); },
                        [&](const ChoiceListSlot& s) {
                          Json list = Json::array();
                          for (const int i : s.get()) list.push(slot.info.choices[static_cast<std::size_t>(i)].name);
                          return list;
                        },
                        [](const NumberListSlot<double>& s) { return s.values->empty() ? Json() : Json::numbers(*s.values); },
                        [](const NumberListSlot<std::int32_t>& s) {
                          return s.values->empty() ? Json() : Json::numbers(std::vector<double>(s.values->begin(), s.values->end()));
                        },
                        [&](const NumberOrChoiceSlot& s) { return s.number.has_value() ? Json(s.number.get()) : choice(s.choice); },
                        [](const RecordSlot& s) { return write_slots(s.fields()); },
                        [](const RecordListSlot& s) {
                          Json list = Json::array();
                          for (std::size_t i = 0; i < s.size(); ++i) list.push(write_slots(s.fields(i)));
                          return list;
                        },
                    },
                    slot.target);
}

Json write_slots(const OptionSlots& slots) {
  Json json = Json::object();
  for (const OptionSlot& slot : slots) {
    Json value = write_slot(slot);
    if (!value.is_null()) json.append(slot.name, std::move(value));
  }
  return json;
}

std::string_view nearest_name(std::string_view wrong, const std::vector<std::string_view>& names) {
  if (wrong.size() > 64) return {};
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::string_view best;
  std::size_t best_distance = wrong.size() / 3 + 1;
  for (const std::string_view name : names) {
    std::vector<std::size_t> row(name.size() + 1);  // Levenshtein 1966, one row at a time
    for (std::size_t j = 0; j <= name.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= wrong.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= name.size(); ++j) {
        const std::size_t substitute = diagonal + (lower(wrong[i - 1]) == lower(name[j - 1]) ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
      }
    }
    if (row[name.size()] < best_distance) {
      best_distance = row[name.size()];
      best = name;
    }
  }
  return best;
}

}  // namespace bess::service
