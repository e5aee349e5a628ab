#pragma once
// Option records to and from JSON: reading validates everything and reports all problems at once.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "service/json.h"
#include "service/options/option_slots.h"

namespace bess::service {

/// Reads an object into a record. Absent members keep what the record holds. Codes: required, wrong_type, the range and choice codes of
/// each field, unknown_key (a warning with the nearest known name). `also_known` are further members that are read elsewhere.
/// A number nearer to 0 than least_number (base/number_range.h) is read as 0; of a single power or energy that is an error.
void read_slots(const Json& json, const OptionSlots& slots, std::string_view pointer, Issues& issues,
                const std::vector<std::string_view>& also_known = {});

template <class Record>
void read_record(const Json& json, Record& record, std::string_view pointer, Issues& issues,
                 const std::vector<std::string_view>& also_known = {}) {
  read_slots(json, slots_of(record), pointer, issues, also_known);
}

/// One value into one slot, as read_slots does.
void read_slot(const Json& value, const OptionSlot& slot, const std::string& pointer, Issues& issues);

/// The record as an object, in the order of its fields; absent fields are left out.
[[nodiscard]] Json write_slots(const OptionSlots& slots);
/// One slot's value; null when absent.
[[nodiscard]] Json write_slot(const OptionSlot& slot);

template <class Record>
[[nodiscard]] Json write_record(Record record) {
  return write_slots(slots_of(record));
}

/// The name nearest to `wrong` (edit distance at most a third of its length); empty: none.
[[nodiscard]] std::string_view nearest_name(std::string_view wrong, const std::vector<std::string_view>& names);

}  // namespace bess::service
