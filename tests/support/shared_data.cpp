#include "support/shared_data.h"

#include <cstdlib>

namespace bess::test {

std::filesystem::path source_dir() { return BESS_SOURCE_DIR; }

std::filesystem::path shared_dir() {
  if (const char* dir = std::getenv("BESS_SHARED_DIR")) return dir;
  return source_dir().parent_path() / "shared";
}

std::filesystem::path shared(const std::string& relative) { return shared_dir() / relative; }

bool shared_required() {
  const char* value = std::getenv("BESS_REQUIRE_DATA");
  return value != nullptr && std::string(value) == "1";
}

}  // namespace bess::test
