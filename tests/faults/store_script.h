#pragma once
// A sequence of changes to a store, each of which must happen wholly or not at all, and the states between them.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "unit/store/store_fixture.h"

namespace bess::test {

/// Everything a user can see of a store, without ids and revisions that differ between runs. Reading it checks that counts
/// and flags agree with the data.
[[nodiscard]] std::string observe(Store& store);

/// Files below db/ that no row accounts for (none after a start), and damaged databases.
[[nodiscard]] std::vector<std::string> leftovers(Store& store, const std::filesystem::path& data_directory);

/// The changes. They find their entities by name, so they run on any copy of the prepared store.
[[nodiscard]] const std::vector<std::function<void(Store&)>>& script();
/// The store the script starts from: one scenario with data, one profile.
void prepare(Store& store);

/// A directory in memory where there is one: syncs cost nothing there.
class FastDirectory {
 public:
  FastDirectory();
  ~FastDirectory();
  FastDirectory(const FastDirectory&) = delete;
  FastDirectory& operator=(const FastDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace bess::test
