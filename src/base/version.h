#pragma once
#include <string_view>

namespace bess {
/// Version of the engine, part of every result's provenance.
[[nodiscard]] std::string_view engine_version();
}  // namespace bess
