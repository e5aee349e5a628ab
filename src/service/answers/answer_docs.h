#pragma once
// What people and programs read about answers, from the descriptions of their records.

#include <string>

#include "service/json.h"

namespace bess::service {

/// Schemas of all answers by name, as in `components` of the API's document.
[[nodiscard]] Json answer_schemas();

/// docs/answers.md.
[[nodiscard]] std::string answers_page();

}  // namespace bess::service
