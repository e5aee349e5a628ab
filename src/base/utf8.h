#pragma once
// Text that came from outside: is it UTF-8, how long is it, and how is it shown when it is not. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace bess {

/// The first byte that belongs to no character (overlong forms, surrogates and cut-off sequences are none); npos: all of it is UTF-8.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// Characters (code points) of UTF-8 text.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// The text with every byte that belongs to no character written as "\xff", so that it can be shown.
[[nodiscard]] std::string escape_invalid_utf8(std::string_view text);

}  // namespace bess
