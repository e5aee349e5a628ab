#pragma once
// Internal to the store: the schema of each kind of database, by version. Migrations go forward only; version n + 1 of a
// database is its version n after the step text. The version is PRAGMA user_version.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bess {

class Database;

struct Schema {
  std::string create;              ///< the present version, from nothing
  std::vector<std::string> steps;  ///< steps[v − 1] leads from version v to v + 1
  [[nodiscard]] int version() const { return static_cast<int>(steps.size()) + 1; }
};

[[nodiscard]] const Schema& scenarios_schema();
[[nodiscard]] const Schema& profiles_schema();
[[nodiscard]] const Schema& scenario_data_schema();
[[nodiscard]] const Schema& profile_data_schema();

/// The first version with checksums. What leads there from an older one is not in SQL alone: who migrates seals the contents after.
inline constexpr int first_sealed_version = 3;

/// Brings the database to the present version; runs inside the caller's transaction. A database without a version but with
/// `main_table` is of version 1, which did not write its number. Throws store_too_new.
void migrate(Database& database, const Schema& schema, const std::string& main_table, const std::filesystem::path& file);
/// The version as migrate() sees it; 0: empty.
[[nodiscard]] int version_of(Database& database, const std::string& main_table);
/// Throws store_too_new when the file is newer than the program.
void check_not_too_new(int version, const Schema& schema, const std::filesystem::path& file);

/// The revision that data files of version 1, which carry none, are known by.
inline constexpr std::string_view first_version_revision = "1";

/// The revision a data file carries. Throws corrupt_store when there is none.
[[nodiscard]] std::string revision_of(Database& database, int version, const std::filesystem::path& file);

}  // namespace bess
