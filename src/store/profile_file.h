#pragma once
// Internal to the store: the data file of one profile.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "generation/production.h"
#include "store/profile_manager.h"
#include "store/sqlite.h"

namespace bess {

/// A data file open for reading: a snapshot that stays readable when the file is replaced or removed. For one thread.
class ProfileFile {
 public:
  /// No value when there is no such file. Throws corrupt_store and the other codes of store.h.
  [[nodiscard]] static std::optional<ProfileFile> open(const std::filesystem::path& file, const StoreOptions& options);

  [[nodiscard]] const std::string& revision() const { return revision_; }
  [[nodiscard]] bool is_present_version() const { return present_version_; }
  /// Capacity is left 0: it is the metadata's. No rows in the range: an empty series. What is read is checked against its checksums.
  /// `cancel` may be null; throws Cancelled.
  [[nodiscard]] ProductionSeries read(const TimeRange& range, const CancellationToken* cancel = nullptr) const;
  [[nodiscard]] std::vector<MonthlyStatistic> statistics() const;

 private:
  ProfileFile(std::filesystem::path file, DatabaseHandle database) : file_(std::move(file)), database_(std::move(database)) {}
  std::filesystem::path file_;
  DatabaseHandle database_;
  std::string revision_;
  bool present_version_{true};
};

/// Writes `target`, carrying `revision`; synced when this returns. On an exception `target` is garbage.
void write_profile_file(const std::filesystem::path& target, const std::string& revision, const ProductionSeries& series,
                        std::span<const MonthlyStatistic> statistics, const StoreOptions& options);
/// Writes `target` as `base`, migrated to the present version, carrying `revision`.
void upgrade_profile_file(const std::filesystem::path& base, const std::filesystem::path& target, const std::string& revision,
                          const StoreOptions& options);

}  // namespace bess
