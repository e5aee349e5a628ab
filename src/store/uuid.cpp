#include "store/uuid.h"

#include <uuid/uuid.h>

#include <array>

namespace bess {

namespace {
std::string to_text(const uuid_t& id) {
  std::array<char, UUID_STR_LEN> text{};
  uuid_unparse_lower(id, text.data());
  return text.data();
}
}  // namespace

std::string make_uuid() {
  uuid_t id;
  uuid_generate_random(id);
  return to_text(id);
}

std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() != UUID_STR_LEN - 1) return std::nullopt;
  uuid_t id;
  if (uuid_parse(std::string(text).c_str(), id) != 0) return std::nullopt;
  return to_text(id);
}

}  // namespace bess
