#include "store/profile_manager.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

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

constexpr std::string_view row_columns =
    "id, name, profile_type, source_type, latitude, longitude, capacity_mw, config, preload, data_revision";

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

std::optional<Profile> read_row(SQLite::Database& database, const std::string& id) {
  RowStatement query(database, fmt::format("SELECT {} FROM profiles WHERE id = ?", row_columns));
  query.bind(1, std::string_view(id));
  return query.step() ? std::optional(row_of(query)) : std::nullopt;
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
        metadata_(*context_, context_->directory / "profiles.db", profiles_schema(), "profiles", files_.directory()) {
    sweep(files_, [this](const std::string& key) { return revision_of(key); }, [this](const std::string& key) { repair_locked(key); });
  }

  using Rows = std::map<std::string, Profile, std::less<>>;

  /// All rows as they are now, from memory unless somebody committed.
  std::shared_ptr<const Rows> rows() const {
    std::shared_ptr<const Rows> result;
    metadata_.read([&](SQLite::Database& database, bool changed) {
      if (changed) {
        auto fresh = std::make_shared<Rows>();
        RowStatement query(database, fmt::format("SELECT {} FROM profiles", row_columns));
        while (query.step()) {
          Profile row = row_of(query);
          fresh->emplace(row.id, std::move(row));
        }
        rows_ = std::move(fresh);
        for (const std::string& key : context_->cache.ids(EntityKind::profile)) {
          if (!rows_->contains(key)) context_->cache.erase(EntityKind::profile, key);
        }
      }
      result = rows_;
    });
    return result;
  }

  std::optional<Profile> find(std::string_view id) const {
    const auto all = rows();
    const auto found = all->find(id);
    return found == all->end() ? std::nullopt : std::optional(found->second);
  }

  Profile create(const NewProfile& fields, const ProductionSeries& series, const MarketCalendar& calendar) {
    const std::string id = make_uuid();
    const FileLock lock = files_.lock(id);
    return stage_and_commit(id, write_series(series, calendar), [&](SQLite::Database& database, const std::string& revision) {
      RowStatement insert(database, fmt::format("INSERT INTO profiles ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row_columns));
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
    });
  }

  std::optional<Profile> replace_series(const std::string& id, const ProductionSeries& series, const MarketCalendar& calendar,
                                        const std::optional<std::string>& config) {
    if (!find(id)) return std::nullopt;
    const FileLock lock = files_.lock(id);
    const std::optional<Profile> row = find(id);
    if (!row) return std::nullopt;
    files_.settle(id, row->data_revision);
    return stage_and_commit(id, write_series(series, calendar), [&](SQLite::Database& database, const std::string& revision) {
      RowStatement update(database, "UPDATE profiles SET capacity_mw = ?, config = coalesce(?, config), data_revision = ? WHERE id = ?");
      update.bind(1, series.capacity_mw);
      if (config) update.bind(2, std::string_view(*config));
      update.bind(3, std::string_view(revision));
      update.bind(4, std::string_view(id));
      update.run();
    });
  }

  std::optional<Profile> patch(const std::string& id, const ProfilePatch& patch) {
    std::optional<Profile> patched;
    metadata_.write([&](SQLite::Database& database) {
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
      patched = read_row(database, id);
    });
    return patched;
  }

  std::optional<Profile> remove(const std::string& id) {
    if (!find(id)) return std::nullopt;
    const FileLock lock = files_.lock(id);
    std::optional<Profile> removed;
    metadata_.write([&](SQLite::Database& database) {
      removed = read_row(database, id);
      RowStatement erase(database, "DELETE FROM profiles WHERE id = ?");
      erase.bind(1, std::string_view(id));
      erase.run();
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

  Expected<std::shared_ptr<const ProductionSeries>> series(const std::string& id) {
    return with_current_data(
        [&]() -> Expected<std::shared_ptr<const ProductionSeries>> {
          const std::optional<Profile> row = find(id);
          if (!row) return not_found(id);
          return cached_series(*row);
        },
        [&] { repair(id); });
  }

  StoreContext& context() { return *context_; }

 private:
  ProfileFile open(const Profile& row) const {
    if (row.data_revision.empty()) throw StaleData{};
    return open_revision<ProfileFile>(files_, row.id, row.data_revision, context_->options);
  }

  std::shared_ptr<const ProductionSeries> cached_series(const Profile& row) {
    const auto value = context_->cache.get(EntityKind::profile, row.id, row.data_revision, [&] {
      ProductionSeries read = open(row).read({});
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
                           const std::function<void(SQLite::Database&, const std::string& revision)>& write_row) {
    const std::string revision = make_uuid();
    Profile row;
    try {
      context_->step("write data");
      write_file(files_.staged(id, revision), revision);
      files_.make_durable();
      metadata_.write([&](SQLite::Database& database) {
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
    const auto name_revision = [&](SQLite::Database& database, const std::string& revision) {
      RowStatement update(database, "UPDATE profiles SET data_revision = ? WHERE id = ?");
      update.bind(1, std::string_view(revision));
      update.bind(2, std::string_view(id));
      update.run();
    };
    if (!file->is_present_version()) {
      const auto upgrade = [&](const std::filesystem::path& target, const std::string& revision) {
        upgrade_profile_file(live, target, revision, context_->options);
      };
      (void)stage_and_commit(id, upgrade, name_revision);
    } else if (file->revision() != row->data_revision) {
      metadata_.write([&](SQLite::Database& database) { name_revision(database, file->revision()); });
    }
  }

  std::optional<std::string> revision_of(const std::string& key) const {
    const std::optional<Profile> row = find(key);
    return row ? std::optional(row->data_revision) : std::nullopt;
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

std::vector<Profile> ProfileManager::list() const {
  std::vector<Profile> result;
  const auto rows = impl_->rows();  // kept alive over the loop
  for (const auto& [id, row] : *rows) result.push_back(row);
  std::stable_sort(result.begin(), result.end(), [](const Profile& a, const Profile& b) { return a.name < b.name; });
  return result;
}

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
  auto row = key ? impl_->remove(*key) : std::nullopt;
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
    const auto row = rows->find(entry.id);
    entry.preload = row != rows->end() && row->second.preload;
  }
  return stats;
}

Issues ProfileManager::preload() {
  Issues issues;
  for (const Profile& profile : list()) {
    if (!profile.preload) continue;
    try {
      (void)impl_->series(profile.id);
    } catch (const Exception& failure) {
      issues.warning(failure.code(), fmt::format("/profiles/{}", profile.id), failure.what());
    }
  }
  return issues;
}

}  // namespace bess
