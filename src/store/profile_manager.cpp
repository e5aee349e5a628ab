#include "store/profile_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "store/context.h"
#include "store/entity_access.h"
#include "store/metadata.h"
#include "store/profile_file.h"
#include "store/uuid.h"

namespace bess {

namespace {

constexpr std::array<std::string_view, 2> type_names{"pv", "wind"};
constexpr std::array<std::string_view, 2> source_names{"generated", "imported"};

template <class Enum>
std::optional<Enum> parse_name(const std::array<std::string_view, 2>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

const RowTable row_table{"profiles",
                         "id, name, profile_type, source_type, latitude, longitude, capacity_mw, config, preload, data_revision"};

Profile row_of(const RowStatement& query) {
  const auto optional = [&](int column) {
    const double value = query.number(column);
    return std::isnan(value) ? std::nullopt : std::optional(value);
  };
  const auto type = parse_profile_type(query.text(2));
  const auto source = parse_profile_source(query.text(3));
  if (!type || !source) throw Exception("corrupt_store", "unknown type or source of profile " + query.text(0));
  return {query.text(0), query.text(1),         *type,        *source, optional(4), optional(5), query.number(6),
          query.text(7), query.integer(8) != 0, query.text(9)};
}

std::optional<Profile> read_row(Database& database, const std::string& id) {
  RowStatement query(database, fmt::format("SELECT {} FROM profiles WHERE id = ?", row_table.columns));
  query.bind(1, std::string_view(id));
  return query.step() ? std::optional(row_of(query)) : std::nullopt;
}

/// The number SQLite has a row by; no value when there is no such row.
std::optional<std::int64_t> rowid_of(Database& database, const std::string& id) {
  RowStatement query(database, "SELECT rowid FROM profiles WHERE id = ?");
  query.bind(1, std::string_view(id));
  return query.step() ? std::optional(query.integer(0)) : std::nullopt;
}

Issues not_found(std::string_view id) { return one_error("not_found", "/profile_id", fmt::format("there is no profile {}", id)); }

void check_name(const std::optional<std::string>& name, Issues& issues) {
  if (name && name->find_first_not_of(" \t\r\n") == std::string::npos) issues.error("required", "/name", "a profile needs a name");
}

void check_place(const std::optional<double>& latitude, const std::optional<double>& longitude, Issues& issues) {
  if (latitude && !(std::abs(*latitude) <= 90.0)) issues.error("out_of_range", "/latitude", "latitude lies between -90 and 90 degrees");
  if (longitude && !(std::abs(*longitude) <= 180.0))
    issues.error("out_of_range", "/longitude", "longitude lies between -180 and 180 degrees");
}

void check_series(const ProductionSeries& series, Issues& issues) {
  if (series.power_mw.empty()) issues.error("required", "/power_mw", "a profile needs at least one value");
  if (!std::isfinite(series.capacity_mw) || series.capacity_mw < 0.0) {
    issues.error("out_of_range", "/capacity_mw", "the capacity is a finite number of MW, 0 or more");
  }
}

void bind_optional(RowStatement& statement, int index, const std::optional<double>& value) {
  if (value) statement.bind(index, *value);
}

}  // namespace

std::string_view to_string(ProfileType type) { return type_names[static_cast<std::size_t>(type)]; }
std::string_view to_string(ProfileSource source) { return source_names[static_cast<std::size_t>(source)]; }
std::optional<ProfileType> parse_profile_type(std::string_view name) { return parse_name<ProfileType>(type_names, name); }
std::optional<ProfileSource> parse_profile_source(std::string_view name) { return parse_name<ProfileSource>(source_names, name); }

class ProfileManager::Impl {
 public:
  explicit Impl(std::shared_ptr<StoreContext> context)
      : context_(std::move(context)),
        files_(*context_, EntityKind::profile, context_->directory / "profile_data", "profile_"),
        metadata_(*context_, context_->directory / "profiles.db", profiles_schema(), row_table, files_.directory()) {
    sweep(files_, [this](const std::string& key) { return revision_of(key); }, [this](const std::string& key) { repair_locked(key); });
  }

  struct Rows {
    std::map<std::string, Profile, std::less<>> whole;
    std::map<std::string, std::int64_t, std::less<>> damaged;  ///< what list() calls it; its row
  };

  /// All rows as they are now, from memory unless somebody committed.
  std::shared_ptr<const Rows> rows() const {
    std::shared_ptr<const Rows> result;
    metadata_.read([&](Database& database, bool changed) {
      if (changed) {
        auto fresh = std::make_shared<Rows>();
        read_sealed_rows(database, metadata_.file(), row_table, [&](const RowStatement& row, std::int64_t rowid, bool whole) {
          const std::string id = row.text(0);
          if (whole) {
            fresh->whole.emplace(id, row_of(row));
          } else {
            fresh->damaged.emplace(parse_uuid(id) == id ? id : fmt::format("row-{}", rowid), rowid);
          }
        });
        rows_ = std::move(fresh);
        for (const std::string& key : context_->cache.ids(EntityKind::profile)) {
          if (!rows_->whole.contains(key)) context_->cache.erase(EntityKind::profile, key);
        }
      }
      result = rows_;
    });
    return result;
  }

  /// Throws corrupt_store when its row is damaged.
  std::optional<Profile> find(std::string_view id) const {
    const auto all = rows();
    if (const auto found = all->whole.find(id); found != all->whole.end()) return found->second;
    if (const auto found = all->damaged.find(id); found != all->damaged.end()) throw_damaged(found->second);
    // A row whose identifier itself is damaged is not found by it; the data file still has its name.
    if (parse_uuid(id) == id && files_.exists(std::string(id))) {
      for (const auto& [name, rowid] : all->damaged) {
        if (!files_.exists(name)) throw_damaged(rowid);
      }
    }
    return std::nullopt;
  }

  /// What a list shows: also damaged rows, so that they can be deleted.
  std::vector<Profile> list() const {
    const auto all = rows();
    std::vector<Profile> result;
    result.reserve(all->whole.size() + all->damaged.size());
    for (const auto& [id, row] : all->whole) result.push_back(row);
    for (const auto& [id, rowid] : all->damaged) result.push_back(damaged_row(id));
    std::sort(result.begin(), result.end(),
              [](const Profile& a, const Profile& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return result;
  }

  Profile create(const NewProfile& fields, const ProductionSeries& series, const MarketCalendar& calendar) {
    const std::string id = make_uuid();
    const FileLock lock = files_.lock(id);
    return stage_and_commit(id, write_series(series, calendar), [&](Database& database, const std::string& revision) {
      RowStatement insert(database, fmt::format("INSERT INTO profiles ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row_table.columns));
      insert.bind(1, std::string_view(id));
      insert.bind(2, std::string_view(fields.name));
      insert.bind(3, to_string(fields.type));
      insert.bind(4, to_string(fields.source));
      bind_optional(insert, 5, fields.latitude);
      bind_optional(insert, 6, fields.longitude);
      insert.bind(7, series.capacity_mw);
      insert.bind(8, std::string_view(fields.config));
      insert.bind(9, std::int64_t{fields.preload});
      insert.bind(10, std::string_view(revision));
      insert.run();
      seal_row(database, row_table, database.last_rowid());
    });
  }

  std::optional<Profile> replace_series(const std::string& id, const ProductionSeries& series, const MarketCalendar& calendar,
                                        const std::optional<std::string>& config) {
    if (!find(id)) return std::nullopt;
    const FileLock lock = files_.lock(id);
    const std::optional<Profile> row = find(id);
    if (!row) return std::nullopt;
    files_.settle(id, row->data_revision);
    return stage_and_commit(id, write_series(series, calendar), [&](Database& database, const std::string& revision) {
      const std::int64_t rowid = checked_rowid(database, id);
      RowStatement update(database, "UPDATE profiles SET capacity_mw = ?, config = coalesce(?, config), data_revision = ? WHERE rowid = ?");
      update.bind(1, series.capacity_mw);
      if (config) update.bind(2, std::string_view(*config));
      update.bind(3, std::string_view(revision));
      update.bind(4, rowid);
      update.run();
      seal_row(database, row_table, rowid);
    });
  }

  std::optional<Profile> patch(const std::string& id, const ProfilePatch& patch) {
    std::optional<Profile> patched;
    metadata_.write([&](Database& database) {
      const auto rowid = rowid_of(database, id);
      if (!rowid) return;
      check_row(database, metadata_.file(), row_table, *rowid);
      RowStatement update(
          database,
          "UPDATE profiles SET name = coalesce(?1, name), latitude = coalesce(?2, latitude), longitude = coalesce(?3, longitude), "
          "preload = coalesce(?4, preload) WHERE id = ?5");
      if (patch.name) update.bind(1, std::string_view(*patch.name));
      bind_optional(update, 2, patch.latitude);
      bind_optional(update, 3, patch.longitude);
      if (patch.preload) update.bind(4, std::int64_t{*patch.preload});
      update.bind(5, std::string_view(id));
      update.run();
      seal_row(database, row_table, *rowid);
      patched = read_row(database, id);
    });
    return patched;
  }

  /// Also what is damaged, by what list() calls it.
  std::optional<Profile> remove(const std::string& id) {
    if (!as_listed(id)) return std::nullopt;
    const FileLock lock = files_.lock(id);
    std::optional<Profile> removed = as_listed(id);
    if (!removed) return std::nullopt;  // deleted while we waited
    const auto all = rows();
    const auto damaged = all->damaged.find(id);
    metadata_.remove([&](Database& database) {
      const auto rowid = damaged == all->damaged.end() ? rowid_of(database, id) : std::optional(damaged->second);
      RowStatement erase(database, "DELETE FROM profiles WHERE rowid = ?");
      erase.bind(1, rowid.value_or(0));
      erase.run();
      if (!rowid || database.changed_rows() != 1) throw_damaged(rowid.value_or(0));
    });
    files_.remove_all(id);
    context_->cache.erase(EntityKind::profile, id);
    return removed;
  }

  /// Calls `use` with the row and its data file.
  template <class Use>
  auto with_data(const std::string& id, Use&& use)
      -> Expected<decltype(use(std::declval<const Profile&>(), std::declval<const ProfileFile&>()))> {
    using Result = decltype(use(std::declval<const Profile&>(), std::declval<const ProfileFile&>()));
    return with_current_data(
        [&]() -> Expected<Result> {
          const std::optional<Profile> row = find(id);
          if (!row) return not_found(id);
          const ProfileFile file = open(*row);
          return use(*row, file);
        },
        [&] { repair(id); });
  }

  /// `cancel` may be null.
  Expected<std::shared_ptr<const ProductionSeries>> series(const std::string& id, const CancellationToken* cancel = nullptr) {
    return with_current_data(
        [&]() -> Expected<std::shared_ptr<const ProductionSeries>> {
          const std::optional<Profile> row = find(id);
          if (!row) return not_found(id);
          return cached_series(*row, cancel);
        },
        [&] { repair(id); });
  }

  StoreContext& context() { return *context_; }

 private:
  ProfileFile open(const Profile& row) const {
    if (row.data_revision.empty()) throw StaleData{};
    return open_revision<ProfileFile>(files_, row.id, row.data_revision, context_->options);
  }

  /// The number of a row that is about to be changed. Throws corrupt_store when it is damaged or cannot be found.
  std::int64_t checked_rowid(Database& database, const std::string& id) const {
    const auto rowid = rowid_of(database, id);
    if (!rowid) throw Exception("corrupt_store", fmt::format("{}: the row of profile {} cannot be found", metadata_.file().string(), id));
    check_row(database, metadata_.file(), row_table, *rowid);
    return *rowid;
  }

  static Profile damaged_row(const std::string& id) {
    Profile row;
    row.id = id;
    row.name = damaged_row_name;
    row.config = "{}";
    return row;
  }

  std::optional<Profile> as_listed(const std::string& id) const {
    const auto all = rows();
    if (const auto found = all->whole.find(id); found != all->whole.end()) return found->second;
    return all->damaged.contains(id) ? std::optional(damaged_row(id)) : std::nullopt;
  }

  [[noreturn]] void throw_damaged(std::int64_t rowid) const {
    throw Exception("corrupt_store", fmt::format("{}: table profiles: row {} is not what was written (checksum); it can only be deleted",
                                                 metadata_.file().string(), rowid));
  }

  std::shared_ptr<const ProductionSeries> cached_series(const Profile& row, const CancellationToken* cancel) {
    const auto value = context_->cache.get(EntityKind::profile, row.id, row.data_revision, [&] {
      ProductionSeries read = open(row).read({}, cancel);
      read.capacity_mw = row.capacity_mw;
      auto shared = std::make_shared<const ProductionSeries>(std::move(read));
      const std::size_t bytes = sizeof(ProductionSeries) + shared->power_mw.size() * sizeof(double);
      return DataCache::Loaded{std::move(shared), bytes};
    });
    // A replacement or a deletion that ended while we loaded has emptied the cache before we filled it.
    const std::optional<Profile> now = find(row.id);
    if (!now || now->data_revision != row.data_revision) context_->cache.erase(EntityKind::profile, row.id);
    return std::static_pointer_cast<const ProductionSeries>(value);
  }

  /// Writes a data file of the given revision at the given path.
  using WriteFile = std::function<void(const std::filesystem::path&, const std::string& revision)>;

  WriteFile write_series(const ProductionSeries& series, const MarketCalendar& calendar) const {
    return [this, &series, &calendar](const std::filesystem::path& target, const std::string& revision) {
      write_profile_file(target, revision, series, monthly_statistics(series, calendar), context_->options);
    };
  }

  /// The protocol of entity_files.h: `write_row` inserts or updates the row that names the revision. Needs the entity's lock.
  Profile stage_and_commit(const std::string& id, const WriteFile& write_file,
                           const std::function<void(Database&, const std::string& revision)>& write_row) {
    const std::string revision = make_uuid();
    Profile row;
    try {
      context_->step("write data");
      write_file(files_.staged(id, revision), revision);
      files_.make_durable();
      metadata_.write([&](Database& database) {
        write_row(database, revision);
        row = read_row(database, id).value();
      });
    } catch (const Exception& failure) {
      // After an input/output error nobody knows whether the commit reached the disk: the file waits for the next sweep.
      if (failure.code() != "store_io") files_.discard(id, revision);
      throw;
    } catch (...) {
      files_.discard(id, revision);
      throw;
    }
    files_.publish(id, revision);
    context_->cache.erase(EntityKind::profile, id);
    return row;
  }

  void repair(const std::string& id) {
    const FileLock lock = files_.lock(id);
    repair_locked(id);
  }

  /// Makes row and file agree: finishes a renaming, migrates an older file, or adopts a file that was put back by hand.
  void repair_locked(const std::string& id) {
    const std::optional<Profile> row = find(id);
    if (!row) return;
    files_.settle(id, row->data_revision);
    const auto live = files_.live(id);
    const auto file = ProfileFile::open(live, context_->options);
    if (!file) throw Exception("corrupt_store", fmt::format("the data file {} of profile {} is missing", live.string(), id));
    const auto name_revision = [&](Database& database, const std::string& revision) {
      const std::int64_t rowid = checked_rowid(database, id);
      RowStatement update(database, "UPDATE profiles SET data_revision = ? WHERE rowid = ?");
      update.bind(1, std::string_view(revision));
      update.bind(2, rowid);
      update.run();
      seal_row(database, row_table, rowid);
    };
    if (!file->is_present_version()) {
      const auto upgrade = [&](const std::filesystem::path& target, const std::string& revision) {
        upgrade_profile_file(live, target, revision, context_->options);
      };
      (void)stage_and_commit(id, upgrade, name_revision);
    } else if (file->revision() != row->data_revision) {
      metadata_.write([&](Database& database) { name_revision(database, file->revision()); });
    }
  }

  /// For the sweep: a file without a row may be that of a damaged row, whose id may be what was hit.
  std::optional<std::string> revision_of(const std::string& key) const {
    const auto all = rows();
    const auto found = all->whole.find(key);
    if (found != all->whole.end()) return found->second.data_revision;
    if (!all->damaged.empty()) throw_damaged(all->damaged.begin()->second);
    return std::nullopt;
  }

  std::shared_ptr<StoreContext> context_;
  EntityFiles files_;
  MetadataDatabase metadata_;
  mutable std::shared_ptr<const Rows> rows_;  // only inside metadata_.read
};

ProfileManager::ProfileManager(std::shared_ptr<StoreContext> context) : impl_(std::make_unique<Impl>(std::move(context))) {}
ProfileManager::~ProfileManager() = default;

Expected<Profile> ProfileManager::create(const NewProfile& profile, const ProductionSeries& series, const MarketCalendar& calendar) {
  Issues issues;
  check_name(profile.name, issues);
  check_place(profile.latitude, profile.longitude, issues);
  check_series(series, issues);
  if (issues.has_errors()) return issues;
  return impl_->create(profile, series, calendar);
}

std::vector<Profile> ProfileManager::list() const { return impl_->list(); }

Expected<Profile> ProfileManager::get(std::string_view id) const {
  const auto key = parse_uuid(id);
  auto row = key ? impl_->find(*key) : std::nullopt;
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<Profile> ProfileManager::patch(std::string_view id, const ProfilePatch& patch) {
  Issues issues;
  check_name(patch.name, issues);
  check_place(patch.latitude, patch.longitude, issues);
  if (issues.has_errors()) return issues;
  const auto key = parse_uuid(id);
  auto row = key ? impl_->patch(*key, patch) : std::nullopt;
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<Profile> ProfileManager::replace_series(std::string_view id, const ProductionSeries& series, const MarketCalendar& calendar,
                                                 const std::optional<std::string>& config) {
  Issues issues;
  check_series(series, issues);
  if (issues.has_errors()) return issues;
  const auto key = parse_uuid(id);
  auto row = key ? impl_->replace_series(*key, series, calendar, config) : std::nullopt;
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<Profile> ProfileManager::remove(std::string_view id) {
  const auto key = parse_uuid(id);
  auto row = impl_->remove(key ? *key : std::string(id));
  if (!row) return not_found(id);
  return std::move(*row);
}

Expected<std::shared_ptr<const ProductionSeries>> ProfileManager::series(std::string_view id) const {
  const auto key = parse_uuid(id);
  if (!key) return not_found(id);
  return impl_->series(*key);
}

Expected<ProductionSeries> ProfileManager::series(std::string_view id, const TimeRange& range) const {
  const auto key = parse_uuid(id);
  if (!key) return not_found(id);
  return impl_->with_data(*key, [&](const Profile& row, const ProfileFile& file) {
    ProductionSeries part = file.read(range);
    part.capacity_mw = row.capacity_mw;
    return part;
  });
}

Expected<std::vector<MonthlyStatistic>> ProfileManager::statistics(std::string_view id) const {
  const auto key = parse_uuid(id);
  if (!key) return not_found(id);
  return impl_->with_data(*key, [](const Profile&, const ProfileFile& file) { return file.statistics(); });
}

Expected<Profile> ProfileManager::cache_load(std::string_view id) {
  if (const auto loaded = series(id); !loaded) return loaded.issues();
  return get(id);
}

Expected<bool> ProfileManager::cache_unload(std::string_view id) {
  const auto key = parse_uuid(id);
  if (!key || !impl_->find(*key)) return not_found(id);
  return impl_->context().cache.erase(EntityKind::profile, *key);
}

CacheStats ProfileManager::cache_stats() const {
  const auto rows = impl_->rows();
  CacheStats stats = impl_->context().cache.stats(EntityKind::profile);
  for (CacheEntryInfo& entry : stats.entries) {
    const auto row = rows->whole.find(entry.id);
    entry.preload = row != rows->whole.end() && row->second.preload;
  }
  return stats;
}

Issues ProfileManager::preload(const CancellationToken* cancel) {
  Issues issues;
  for (const Profile& profile : list()) {
    if (cancel != nullptr) cancel->throw_if_cancelled();
    if (!profile.preload) continue;
    try {
      (void)impl_->series(profile.id, cancel);
    } catch (const Cancelled&) {
      throw;
    } catch (const Exception& failure) {
      issues.warning(failure.code(), fmt::format("/profiles/{}", profile.id), failure.what());
    }
  }
  return issues;
}

}  // namespace bess
