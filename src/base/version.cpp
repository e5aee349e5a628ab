#include "base/version.h"

namespace bess {
std::string_view engine_version() { return BESS_VERSION; }
}  // namespace bess
