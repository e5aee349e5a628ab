#pragma once
// Price scenarios: one country, one name, up to five tables of market data (market/table.h).

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "market/price_set.h"
#include "market/table.h"
#include "store/cache.h"
#include "timeline/instant.h"

namespace bess {

struct StoreContext;

/// Never reused, also not after a deletion.
using ScenarioId = std::int64_t;

/// What a user gives to make a scenario.
struct NewScenario {
  std::string name;
  std::string country{"NL"};
  std::string description{};
  bool preload{false};
  bool synthetic{false};  ///< made by the sample generator; travels with every price set
};

/// One row of db/scenarios.db. `record_count` is the number of rows over all tables.
struct Scenario {
  ScenarioId id{0};
  std::string name;
  std::string country;
  std::string description;
  bool preload{false};
  bool has_price_data{false};
  bool has_solar_data{false};
  bool has_afrr_data{false};
  bool has_fcr_data{false};
  std::int64_t record_count{0};
  bool synthetic{false};
  std::string data_revision;  ///< names the state of its data; changes with every import; empty: no import yet
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Fields that are given are changed.
struct ScenarioPatch {
  std::optional<std::string> name{};
  std::optional<std::string> country{};
  std::optional<std::string> description{};
  std::optional<bool> preload{};
  std::optional<bool> synthetic{};
};

enum class ImportMode : std::uint8_t {
  merge,    ///< each column replaces what is stored over its own range: first to last row in which it has a value
  replace,  ///< the tables that are brought are emptied first; other tables stay
};

struct StoredColumn {
  std::string name;
  ColumnQuality quality{};
  friend bool operator==(const StoredColumn&, const StoredColumn&) = default;
};

/// What a scenario holds of one table. Tables without rows are left out of lists.
struct StoredTable {
  TableKind kind{TableKind::price};
  std::int64_t rows{0};
  Instant first{};  ///< delivery start of the first row
  Instant end{};    ///< end of the last row
  std::vector<StoredColumn> columns;
  friend bool operator==(const StoredTable&, const StoredTable&) = default;
};

/// Half-open [from, to) on delivery_start; absent ends are open.
struct TimeRange {
  std::optional<Instant> from{};
  std::optional<Instant> to{};
};

struct ImportOutcome {
  Scenario scenario;
  std::vector<StoredTable> tables;  ///< everything the scenario holds now
};

/// All members may be called from any thread and beside other processes on the same directory. Unknown ids are not_found
/// issues with path "/scenario_id"; environment failures are exceptions (store.h).
class ScenarioManager {
 public:
  /// Opens or makes db/scenarios.db, migrates it, and sweeps what interrupted writers left.
  explicit ScenarioManager(std::shared_ptr<StoreContext> context);
  ~ScenarioManager();
  ScenarioManager(const ScenarioManager&) = delete;
  ScenarioManager& operator=(const ScenarioManager&) = delete;

  /// Codes: required (/name is blank), out_of_range (/country is not one whose calendar we know).
  [[nodiscard]] Expected<Scenario> create(const NewScenario& scenario);
  /// Ascending id. One whose row is damaged is there by its id, with the name "(damaged)" and no data: it can be deleted, everything else
  /// is corrupt_store.
  [[nodiscard]] std::vector<Scenario> list() const;
  [[nodiscard]] Expected<Scenario> get(ScenarioId id) const;
  /// Codes as create.
  [[nodiscard]] Expected<Scenario> patch(ScenarioId id, const ScenarioPatch& patch);
  /// Removes the row, then the file; returns the scenario as it was (or as list() has it).
  Expected<Scenario> remove(ScenarioId id);

  /// Stores the tables, all or nothing. Rows must be ascending without duplicates and columns canonical (bugs otherwise).
  /// Where resolutions meet in one table, rows are split so that every value keeps the time it holds; rows without any value
  /// are not kept. Running simulations keep the data they read.
  [[nodiscard]] Expected<ImportOutcome> import_tables(ScenarioId id, std::span<const MarketTable> tables,
                                                      ImportMode mode = ImportMode::merge);

  /// What the scenario holds, in the order of TableKind.
  [[nodiscard]] Expected<std::vector<StoredTable>> tables(ScenarioId id) const;
  /// One table with the columns that have data, in canonical order; no rows when there are none in the range.
  [[nodiscard]] Expected<MarketTable> table(ScenarioId id, TableKind kind, const TimeRange& range = {}) const;
  /// Every table with rows, in the order of TableKind, of one state of the scenario.
  [[nodiscard]] Expected<std::vector<MarketTable>> all_tables(ScenarioId id) const;
  /// All tables on the simulation's grid, through the cache. The columns are immutable and stay valid whatever happens to
  /// the scenario. No data: a price set without columns.
  [[nodiscard]] Expected<PriceSet> price_set(ScenarioId id) const;

  /// Puts the price set into the cache (kept if the limit allows).
  [[nodiscard]] Expected<Scenario> cache_load(ScenarioId id);
  /// True when it was cached.
  [[nodiscard]] Expected<bool> cache_unload(ScenarioId id);
  [[nodiscard]] CacheStats cache_stats() const;
  /// Loads scenarios with preload = true; failures are warnings (store.h). `cancel` may be null; throws Cancelled.
  [[nodiscard]] Issues preload(const CancellationToken* cancel = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bess
