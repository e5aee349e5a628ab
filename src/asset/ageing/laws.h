#pragma once
// The table of ageing laws. A row ROW(name, help) makes the choice `name` of bessAgeing, in requests, help, API and docs; its functions are
// `constinit const AgeingFunctions name` in namespace bess::ageing, in a file of their own beside this one.

#include <cstdint>
#include <span>

#include "asset/ageing/ageing.h"

// clang-format off
#define BESS_AGEING_LAWS(ROW) \
  ROW(linear, "capacity fades in proportion to equivalent full cycles and to time") \
  /* further rows */
// clang-format on

namespace bess {

enum class AgeingLawId : std::uint8_t {
#define BESS_AGEING_ID(name, help) name,
  BESS_AGEING_LAWS(BESS_AGEING_ID)
#undef BESS_AGEING_ID
};

namespace ageing {
#define BESS_AGEING_FUNCTIONS(name, help) extern const AgeingFunctions name;
BESS_AGEING_LAWS(BESS_AGEING_FUNCTIONS)
#undef BESS_AGEING_FUNCTIONS
}  // namespace ageing

/// All rows, in the order of AgeingLawId.
[[nodiscard]] std::span<const AgeingLaw> ageing_laws();
[[nodiscard]] const AgeingLaw& ageing_law(AgeingLawId id);

}  // namespace bess
