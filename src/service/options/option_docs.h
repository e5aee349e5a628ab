#pragma once
// What people and programs read about options, from the option records: help texts, Markdown, JSON Schema.

#include <string>
#include <string_view>

#include "service/json.h"
#include "service/options/option_slots.h"

namespace bess::service {

/// Lines "name  unit  default  help" for a terminal, nested records indented.
[[nodiscard]] std::string help_text(const OptionSlots& slots);

/// A Markdown table: option, unit, default, range, stage where any is stated, meaning.
[[nodiscard]] std::string markdown_table(const OptionSlots& slots);

/// JSON Schema (2020-12) of an object: types, ranges, defaults, descriptions, examples; `x-unit` holds the unit. Unknown members are
/// allowed, as the reader only warns of them.
[[nodiscard]] Json json_schema(const OptionSlots& slots, std::string_view title);

// Of the records of a simulation request.
[[nodiscard]] std::string request_help();
/// docs/options.md.
[[nodiscard]] std::string options_page();
/// Schema of {"params": …, "run": …}.
[[nodiscard]] Json request_schema();

}  // namespace bess::service
