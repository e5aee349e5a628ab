#include "asset/ageing/laws.h"

namespace bess {

namespace {
#define BESS_AGEING_ROW(name, help) {#name, help, &ageing::name},
constexpr AgeingLaw table[] = {BESS_AGEING_LAWS(BESS_AGEING_ROW)};
#undef BESS_AGEING_ROW
}  // namespace

std::span<const AgeingLaw> ageing_laws() { return table; }

const AgeingLaw& ageing_law(AgeingLawId id) { return table[static_cast<std::size_t>(id)]; }

const AgeingLaw& default_ageing_law() { return ageing_law(AgeingLawId::linear); }

}  // namespace bess
