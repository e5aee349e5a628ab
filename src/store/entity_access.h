#pragma once
// Internal to the store: how readers follow the metadata row to the data it names, and the sweep at start.

#include <optional>
#include <string>

#include "base/error.h"
#include "store/entity_files.h"

namespace bess {

/// Thrown when no file carries the revision of the row that was read: the entity changed in between, or needs repair.
struct StaleData {};

/// Runs `attempt`, which reads the row and then its data, until it does not throw StaleData. What does not pass by itself is
/// given to `repair`, which takes the entity's lock.
template <class Attempt, class Repair>
auto with_current_data(Attempt&& attempt, Repair&& repair) -> decltype(attempt()) {
  constexpr int most_attempts = 100;
  for (int i = 0; i < most_attempts; ++i) {
    try {
      return attempt();
    } catch (const StaleData&) {
      if (i > 0) repair();
    }
  }
  throw Exception("store_locked", "the data changed faster than they could be read");
}

/// The file, of the present version, that carries the row's revision, under its live or its staged name. Throws StaleData.
template <class File>
File open_revision(const EntityFiles& files, const std::string& key, const std::string& revision, const StoreOptions& options) {
  for (const auto& path : {files.live(key), files.staged(key, revision)}) {
    std::optional<File> file = File::open(path, options);
    if (file && file->revision() == revision && file->is_present_version()) return std::move(*file);
  }
  throw StaleData{};
}

/// Removes or finishes what interrupted writers left. Entities that a live process is changing are passed over, and so are those whose
/// files cannot be judged: `revision_of(key)` reads the row (no value when there is none) and throws corrupt_store when rows are damaged
/// that might be the key's. `repair_locked(key)` makes row and file agree.
template <class RevisionOf, class RepairLocked>
void sweep(const EntityFiles& files, RevisionOf&& revision_of, RepairLocked&& repair_locked) {
  const auto needs_work = [&](const std::string& key, int staged, const std::optional<std::string>& revision) {
    return !revision || staged > 0 || (revision->empty() && std::filesystem::exists(files.live(key)));
  };
  for (const auto& [key, staged] : files.scan()) {
    try {
      if (!needs_work(key, staged, revision_of(key))) continue;
      const auto lock = files.try_lock(key);
      if (!lock) continue;
      const std::optional<std::string> revision = revision_of(key);
      if (!revision) {
        files.remove_all(key);
      } else {
        files.settle(key, *revision);
        if (revision->empty() && std::filesystem::exists(files.live(key))) repair_locked(key);
      }
    } catch (const Exception&) {  // one damaged entity does not keep the others from starting; using it says what is wrong
    }
  }
}

}  // namespace bess
