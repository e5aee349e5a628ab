#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace bess {
/// A random UUID, 36 lower-case characters.
[[nodiscard]] std::string make_uuid();
/// The canonical lower-case form; no value when the text is not a UUID.
[[nodiscard]] std::optional<std::string> parse_uuid(std::string_view text);
}  // namespace bess
