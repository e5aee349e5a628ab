#pragma once
// Internal to the store: the data file of one scenario.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "market/table.h"
#include "store/scenario_manager.h"
#include "store/scenario_tables.h"
#include "store/sqlite.h"

namespace bess {

/// A data file open for reading: a snapshot that stays readable when the file is replaced or removed. For one thread.
class ScenarioFile {
 public:
  /// No value when there is no such file. Throws corrupt_store and the other codes of store.h.
  [[nodiscard]] static std::optional<ScenarioFile> open(const std::filesystem::path& file, const StoreOptions& options);

  [[nodiscard]] const std::string& revision() const { return revision_; }
  [[nodiscard]] bool is_present_version() const { return present_version_; }
  /// These need the present version. Every column that is read is checked against its checksums.
  [[nodiscard]] std::vector<StoredTable> describe() const;
  [[nodiscard]] MarketTable read(TableKind kind, const TimeRange& range) const;
  /// `cancel` may be null; throws Cancelled.
  [[nodiscard]] std::vector<MarketTable> read_all(const CancellationToken* cancel = nullptr) const;

 private:
  [[nodiscard]] const ScenarioCatalogue& catalogue() const;
  ScenarioFile(std::filesystem::path file, DatabaseHandle database) : file_(std::move(file)), database_(std::move(database)) {}
  std::filesystem::path file_;
  DatabaseHandle database_;
  std::string revision_;
  bool present_version_{true};
  mutable std::optional<ScenarioCatalogue> catalogue_;  ///< read when it is first needed
};

/// Writes `target` as `base` (null: nothing yet) with the tables imported into it, carrying `revision`; synced when this
/// returns. Migrates an older base. On an exception `target` is garbage. Returns what the file holds.
std::vector<StoredTable> write_scenario_file(const std::filesystem::path* base, const std::filesystem::path& target,
                                             const std::string& revision, std::span<const MarketTable> tables, ImportMode mode,
                                             const StoreOptions& options);

}  // namespace bess
