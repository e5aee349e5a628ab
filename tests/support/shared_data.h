#pragma once
// Real data lives beside the project, in ../shared, and is not part of it. Tests that need it start with
//   BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
// and are skipped with a printed reason where it is absent, unless BESS_REQUIRE_DATA=1 makes that a failure.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace bess::test {
/// ../shared beside the project, or BESS_SHARED_DIR.
[[nodiscard]] std::filesystem::path shared_dir();
[[nodiscard]] std::filesystem::path shared(const std::string& relative);
[[nodiscard]] bool shared_required();
/// The project's own root, for examples/ and tests/cases/.
[[nodiscard]] std::filesystem::path source_dir();
}  // namespace bess::test

#define BESS_NEEDS_SHARED(relative)                                                                       \
  do {                                                                                                    \
    if (!std::filesystem::exists(::bess::test::shared(relative))) {                                       \
      if (::bess::test::shared_required()) FAIL() << "required data is absent: ../shared/" << (relative); \
      GTEST_SKIP() << "real data is absent: ../shared/" << (relative);                                    \
    }                                                                                                     \
  } while (false)
