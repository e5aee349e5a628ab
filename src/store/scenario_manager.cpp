#include "store/scenario_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/context.h"
#include "store/entity_access.h"
#include "store/metadata.h"
#include "store/scenario_file.h"
#include "store/uuid.h"

namespace bess {

namespace {

const RowTable row_table{
    "scenarios",
    "id, name, country, description, preload, has_price_data, has_solar_data, has_afrr_data, has_fcr_data, record_count, synthetic, "
    "data_revision"};

Scenario row_of(const RowStatement& query) {
  const auto flag = [&](int column) { return query.integer(column) != 0; };
  return {query.integer(0), query.text(1), query.text(2), query.text(3),    flag(4),  flag(5),
          flag(6),          flag(7),       flag(8),       query.integer(9), flag(10), query.text(11)};
}

std::optional<Scenario> read_row(Database& database, ScenarioId id) {
  RowStatement query(database, fmt::format("SELECT {} FROM scenarios WHERE id = ?", row_table.columns));
  query.bind(1, id);
  return query.step() ? std::optional(row_of(query)) : std::nullopt;
}

Issues not_found(ScenarioId id) { return one_error("not_found", "/scenario_id", fmt::format("there is no scenario {}", id)); }

Issues check_fields(const std::optional<std::string>& name, const std::optional<std::string>& country) {
  Issues issues;
  if (name && name->find_first_not_of(" \t\r\n") == std::string::npos) issues.error("required", "/name", "a scenario needs a name");
  if (country && !MarketCalendar::zone_of_country(*country)) {
    issues.error("out_of_range", "/country", fmt::format("\"{}\" is not a country whose market calendar is known", *country));
  }
  return issues;
}

/// The has_* flags and the count of a row, as its data have them.
void describe_in(Scenario& row, const std::vector<StoredTable>& tables) {
  const auto has = [&](TableKind kind) {
    return std::any_of(tables.begin(), tables.end(), [&](const StoredTable& t) { return t.kind == kind; });
  };
  row.has_price_data = has(TableKind::price);
  row.has_solar_data = has(TableKind::solar);
  row.has_afrr_data = has(TableKind::afrr);
  row.has_fcr_data = has(TableKind::fcr);
  row.record_count = 0;
  for (const StoredTable& table : tables) row.record_count += table.rows;
}

std::size_t bytes_of(const PriceSet& prices) {
  std::set<const void*> counted;
  std::size_t bytes = sizeof(PriceSet);
  for (const SharedColumn& column : prices.column) {
    if (column && counted.insert(column.get()).second) bytes += column->size() * sizeof(double);
  }
  return bytes;
}

void bind_optional(RowStatement& statement, int index, const std::optional<std::string>& value) {
  if (value) statement.bind(index, std::string_view(*value));
}
void bind_optional(RowStatement& statement, int index, const std::optional<bool>& value) {
  if (value) statement.bind(index, std::int64_t{*value});
}

}  // namespace

class ScenarioManager::Impl {
 public:
  explicit Impl(std::shared_ptr<StoreContext> context)
      : context_(std::move(context)),
        files_(*context_, EntityKind::scenario, context_->directory / "scenario_data", "scenario_"),
        metadata_(*context_, context_->directory / "scenarios.db", scenarios_schema(), row_table, files_.directory()) {
    sweep(
        files_, [this](const std::string& key) { return revision_of(key); },
        [this](const std::string& key) { repair_locked(std::stoll(key)); });
  }

  struct Rows {
    std::map<ScenarioId, Scenario> whole;
    std::set<ScenarioId> damaged;
  };

  /// All rows as they are now, from memory unless somebody committed.
  std::shared_ptr<const Rows> rows() const {
    std::shared_ptr<const Rows> result;
    metadata_.read([&](Database& database, bool changed) {
      if (changed) {
        auto fresh = std::make_shared<Rows>();
        read_sealed_rows(database, metadata_.file(), row_table, [&](const RowStatement& row, std::int64_t rowid, bool whole) {
          if (whole) {
            fresh->whole.emplace(rowid, row_of(row));
          } else {
            fresh->damaged.insert(rowid);
          }
        });
        rows_ = std::move(fresh);
        for (const std::string& key : context_->cache.ids(EntityKind::scenario)) {
          if (!rows_->whole.contains(std::stoll(key))) context_->cache.erase(EntityKind::scenario, key);
        }
      }
      result = rows_;
    });
    return result;
  }

  /// Throws corrupt_store when its row is damaged.
  std::optional<Scenario> find(ScenarioId id) const {
    const auto all = rows();
    if (const auto found = all->whole.find(id); found != all->whole.end()) return found->second;
    if (all->damaged.contains(id)) throw_damaged(id);
    // A row whose number itself is damaged is not found by it; the data file still has its name.
    if (files_.exists(std::to_string(id))) {
      for (const ScenarioId named : all->damaged) {
        if (!files_.exists(std::to_string(named))) throw_damaged(named);
      }
    }
    return std::nullopt;
  }

  Scenario create(const NewScenario& fields) {
    Scenario created;
    metadata_.write([&](Database& database) {
      RowStatement insert(database, "INSERT INTO scenarios (name, country, description, preload, synthetic) VALUES (?, ?, ?, ?, ?)");
      insert.bind(1, std::string_view(fields.name));
      insert.bind(2, std::string_view(fields.country));
      insert.bind(3, std::string_view(fields.description));
      insert.bind(4, std::int64_t{fields.preload});
      insert.bind(5, std::int64_t{fields.synthetic});
      insert.run();
      const ScenarioId id = database.last_rowid();
      seal_row(database, row_table, id);
      created = read_row(database, id).value();
    });
    return created;
  }

  std::optional<Scenario> patch(ScenarioId id, const ScenarioPatch& patch) {
    std::optional<Scenario> patched;
    metadata_.write([&](Database& database) {
      check_row(database, metadata_.file(), row_table, id);
      RowStatement update(
          database,
          "UPDATE scenarios SET name = coalesce(?1, name), country = coalesce(?2, country), description = coalesce(?3, description), "
          "preload = coalesce(?4, preload), synthetic = coalesce(?5, synthetic) WHERE id = ?6");
      bind_optional(update, 1, patch.name);
      bind_optional(update, 2, patch.country);
      bind_optional(update, 3, patch.description);
      bind_optional(update, 4, patch.preload);
      bind_optional(update, 5, patch.synthetic);
      update.bind(6, id);
      update.run();
      seal_row(database, row_table, id);
      patched = read_row(database, id);
    });
    return patched;
  }

  /// Also what is damaged.
  std::optional<Scenario> remove(ScenarioId id) {
    const auto known = [&] {
      const auto all = rows();
      return all->whole.contains(id) || all->damaged.contains(id);
    };
    if (!known()) return std::nullopt;
    const std::string key = std::to_string(id);
    const FileLock lock = files_.lock(key);
    if (!known()) return std::nullopt;  // deleted while we waited
    Scenario removed = as_listed(id);
    metadata_.remove([&](Database& database) {
      RowStatement erase(database, "DELETE FROM scenarios WHERE id = ?");
      erase.bind(1, id);
      erase.run();
      if (database.changed_rows() != 1) throw_damaged(id);
    });
    files_.remove_all(key);
    context_->cache.erase(EntityKind::scenario, key);
    return removed;
  }

  /// What a list shows: a damaged row by its number, so that it can be deleted.
  std::vector<Scenario> list() const {
    const auto all = rows();
    std::vector<Scenario> result;
    result.reserve(all->whole.size() + all->damaged.size());
    for (const auto& [id, row] : all->whole) result.push_back(row);
    for (const ScenarioId id : all->damaged) result.push_back(damaged_row(id));
    std::sort(result.begin(), result.end(), [](const Scenario& a, const Scenario& b) { return a.id < b.id; });
    return result;
  }

  std::optional<ImportOutcome> import_tables(ScenarioId id, std::span<const MarketTable> tables, ImportMode mode) {
    if (!find(id)) return std::nullopt;
    const std::string key = std::to_string(id);
    const FileLock lock = files_.lock(key);
    const std::optional<Scenario> row = find(id);
    if (!row) return std::nullopt;
    files_.settle(key, row->data_revision);
    return replace_data(*row, tables, mode);
  }

  /// The data file that belongs to the row; throws StaleData.
  ScenarioFile open(const Scenario& row) const {
    return open_revision<ScenarioFile>(files_, std::to_string(row.id), row.data_revision, context_->options);
  }

  /// Calls `use` with the row and its data file (null: no data yet).
  template <class Use>
  auto with_data(ScenarioId id, Use&& use)
      -> Expected<decltype(use(std::declval<const Scenario&>(), static_cast<const ScenarioFile*>(nullptr)))> {
    using Result = decltype(use(std::declval<const Scenario&>(), static_cast<const ScenarioFile*>(nullptr)));
    return with_current_data(
        [&]() -> Expected<Result> {
          const std::optional<Scenario> row = find(id);
          if (!row) return not_found(id);
          if (row->data_revision.empty()) return use(*row, static_cast<const ScenarioFile*>(nullptr));
          const ScenarioFile file = open(*row);
          return use(*row, &file);
        },
        [&] { repair(id); });
  }

  /// `cancel` may be null.
  Expected<PriceSet> price_set(ScenarioId id, const CancellationToken* cancel = nullptr) {
    return with_current_data(
        [&]() -> Expected<PriceSet> {
          const std::optional<Scenario> row = find(id);
          if (!row) return not_found(id);
          PriceSet prices;
          if (!row->data_revision.empty()) prices = *cached_prices(*row, cancel);
          prices.country = row->country;
          prices.name = row->name;
          prices.synthetic = row->synthetic;
          return prices;
        },
        [&] { repair(id); });
  }

  StoreContext& context() { return *context_; }

 private:
  static Scenario damaged_row(ScenarioId id) {
    Scenario row;
    row.id = id;
    row.name = damaged_row_name;
    row.description = "its row is damaged; it can only be deleted";
    return row;
  }

  Scenario as_listed(ScenarioId id) const {
    const auto all = rows();
    const auto found = all->whole.find(id);
    return found == all->whole.end() ? damaged_row(id) : found->second;
  }

  [[noreturn]] void throw_damaged(ScenarioId id) const {
    throw Exception("corrupt_store", fmt::format("{}: table scenarios: row {} is not what was written (checksum); it can only be deleted",
                                                 metadata_.file().string(), id));
  }

  std::shared_ptr<const PriceSet> cached_prices(const Scenario& row, const CancellationToken* cancel) {
    const std::string key = std::to_string(row.id);
    const auto value = context_->cache.get(EntityKind::scenario, key, row.data_revision + "|" + row.country, [&] {
      const std::vector<MarketTable> tables = open(row).read_all(cancel);
      auto prices = std::make_shared<const PriceSet>(make_price_set(row.country, tables, MarketCalendar::for_country(row.country)));
      const std::size_t bytes = bytes_of(*prices);
      return DataCache::Loaded{std::move(prices), bytes};
    });
    // An import or a deletion that ended while we loaded has emptied the cache before we filled it.
    const std::optional<Scenario> now = find(row.id);
    if (!now || now->data_revision != row.data_revision) context_->cache.erase(EntityKind::scenario, key);
    return std::static_pointer_cast<const PriceSet>(value);
  }

  /// For the sweep: a file without a row may be that of a damaged row, whose number may be what was hit.
  std::optional<std::string> revision_of(const std::string& key) const {
    const auto all = rows();
    const auto found = all->whole.find(std::stoll(key));
    if (found != all->whole.end()) return found->second.data_revision;
    if (!all->damaged.empty()) throw_damaged(*all->damaged.begin());
    return std::nullopt;
  }

  void commit_data(Scenario& row, const std::vector<StoredTable>& tables, const std::string& revision) {
    describe_in(row, tables);
    row.data_revision = revision;
    metadata_.write([&](Database& database) {
      check_row(database, metadata_.file(), row_table, row.id);
      RowStatement update(
          database,
          "UPDATE scenarios SET has_price_data = ?, has_solar_data = ?, has_afrr_data = ?, has_fcr_data = ?, record_count = ?, "
          "data_revision = ? WHERE id = ?");
      update.bind(1, std::int64_t{row.has_price_data});
      update.bind(2, std::int64_t{row.has_solar_data});
      update.bind(3, std::int64_t{row.has_afrr_data});
      update.bind(4, std::int64_t{row.has_fcr_data});
      update.bind(5, row.record_count);
      update.bind(6, std::string_view(revision));
      update.bind(7, row.id);
      update.run();
      seal_row(database, row_table, row.id);
      row = read_row(database, row.id).value();
    });
  }

  /// The protocol of entity_files.h. Needs the entity's lock, and a settled entity.
  ImportOutcome replace_data(Scenario row, std::span<const MarketTable> tables, ImportMode mode) {
    const std::string key = std::to_string(row.id);
    const std::string revision = make_uuid();
    const std::filesystem::path base = files_.live(key);
    std::vector<StoredTable> stored;
    try {
      context_->step("write data");
      stored = write_scenario_file(row.data_revision.empty() ? nullptr : &base, files_.staged(key, revision), revision, tables, mode,
                                   context_->options);
      files_.make_durable();
      commit_data(row, stored, revision);
    } catch (const Exception& failure) {
      // After an input/output error nobody knows whether the commit reached the disk: the file waits for the next sweep.
      if (failure.code() != "store_io") files_.discard(key, revision);
      throw;
    } catch (...) {
      files_.discard(key, revision);
      throw;
    }
    files_.publish(key, revision);
    context_->cache.erase(EntityKind::scenario, key);
    return {std::move(row), std::move(stored)};
  }

  void repair(ScenarioId id) {
    const FileLock lock = files_.lock(std::to_string(id));
    repair_locked(id);
  }

  /// Makes row and file agree: finishes a renaming, migrates an older file, or adopts the counts of a file that was put back
  /// by hand.
  void repair_locked(ScenarioId id) {
    const std::string key = std::to_string(id);
    std::optional<Scenario> row = find(id);
    if (!row) return;
    files_.settle(key, row->data_revision);
    const auto file = ScenarioFile::open(files_.live(key), context_->options);
    if (!file) throw Exception("corrupt_store", fmt::format("the data file {} of scenario {} is missing", files_.live(key).string(), id));
    if (!file->is_present_version()) {
      row->data_revision = file->revision();
      (void)replace_data(*row, {}, ImportMode::merge);
    } else if (file->revision() != row->data_revision) {
      commit_data(*row, file->describe(), file->revision());
    }
  }

  std::shared_ptr<StoreContext> context_;
  EntityFiles files_;
  MetadataDatabase metadata_;
  mutable std::shared_ptr<const Rows> rows_;  // only inside metadata_.read
};

ScenarioManager::ScenarioManager(std::shared_ptr<StoreContext> context) : impl_(std::make_unique<Impl>(std::move(context))) {}
ScenarioManager::~ScenarioManager() = default;

Expected<Scenario> ScenarioManager::create(const NewScenario& scenario) {
  Issues issues = check_fields(scenario.name, scenario.country);
  if (issues.has_errors()) return issues;
  return impl_->create(scenario);
}

std::vector<Scenario> ScenarioManager::list() const { return impl_->list(); }

Expected<Scenario> ScenarioManager::get(ScenarioId id) const {
  auto row = impl_->find(id);
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<Scenario> ScenarioManager::patch(ScenarioId id, const ScenarioPatch& patch) {
  Issues issues = check_fields(patch.name, patch.country);
  if (issues.has_errors()) return issues;
  auto row = impl_->patch(id, patch);
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<Scenario> ScenarioManager::remove(ScenarioId id) {
  auto row = impl_->remove(id);
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<ImportOutcome> ScenarioManager::import_tables(ScenarioId id, std::span<const MarketTable> tables, ImportMode mode) {
  auto outcome = impl_->import_tables(id, tables, mode);
  if (!outcome) return not_found(id);
  return std::move(*outcome);
}

Expected<std::vector<StoredTable>> ScenarioManager::tables(ScenarioId id) const {
  return impl_->with_data(id,
                          [](const Scenario&, const ScenarioFile* file) { return file ? file->describe() : std::vector<StoredTable>{}; });
}

Expected<MarketTable> ScenarioManager::table(ScenarioId id, TableKind kind, const TimeRange& range) const {
  return impl_->with_data(id, [&](const Scenario&, const ScenarioFile* file) {
    MarketTable empty;
    empty.kind = kind;
    return file ? file->read(kind, range) : empty;
  });
}

Expected<std::vector<MarketTable>> ScenarioManager::all_tables(ScenarioId id) const {
  return impl_->with_data(id,
                          [](const Scenario&, const ScenarioFile* file) { return file ? file->read_all() : std::vector<MarketTable>{}; });
}

Expected<PriceSet> ScenarioManager::price_set(ScenarioId id) const { return impl_->price_set(id); }

Expected<Scenario> ScenarioManager::cache_load(ScenarioId id) {
  if (const auto prices = impl_->price_set(id); !prices) return prices.issues();
  return get(id);
}

Expected<bool> ScenarioManager::cache_unload(ScenarioId id) {
  if (!impl_->find(id)) return not_found(id);
  return impl_->context().cache.erase(EntityKind::scenario, std::to_string(id));
}

CacheStats ScenarioManager::cache_stats() const {
  const auto rows = impl_->rows();
  CacheStats stats = impl_->context().cache.stats(EntityKind::scenario);
  for (CacheEntryInfo& entry : stats.entries) {
    const auto row = rows->whole.find(std::stoll(entry.id));
    entry.preload = row != rows->whole.end() && row->second.preload;
  }
  return stats;
}

Issues ScenarioManager::preload(const CancellationToken* cancel) {
  Issues issues;
  for (const Scenario& scenario : list()) {
    if (cancel != nullptr) cancel->throw_if_cancelled();
    if (!scenario.preload) continue;
    try {
      (void)impl_->price_set(scenario.id, cancel);
    } catch (const Cancelled&) {
      throw;
    } catch (const Exception& failure) {
      issues.warning(failure.code(), fmt::format("/scenarios/{}", scenario.id), failure.what());
    }
  }
  return issues;
}

}  // namespace bess
