#pragma once
// Production profiles of solar parks and wind farms: a regular 15-minute series with its metadata.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "generation/production.h"
#include "generation/profile.h"
#include "store/cache.h"
#include "store/scenario_manager.h"
#include "timeline/instant.h"

namespace bess {

enum class ProfileSource : std::uint8_t { generated, imported };
[[nodiscard]] std::string_view to_string(ProfileType type);
[[nodiscard]] std::string_view to_string(ProfileSource source);
[[nodiscard]] std::optional<ProfileType> parse_profile_type(std::string_view name);
[[nodiscard]] std::optional<ProfileSource> parse_profile_source(std::string_view name);

struct NewProfile {
  std::string name;
  ProfileType type{ProfileType::pv};
  ProfileSource source{ProfileSource::imported};
  std::optional<double> latitude{};   ///< degrees north
  std::optional<double> longitude{};  ///< degrees east
  std::string config{"{}"};           ///< JSON as text; the store does not read it
  bool preload{false};
};

/// One row of db/profiles.db.
struct Profile {
  std::string id;  ///< UUID, lower case
  std::string name;
  ProfileType type{ProfileType::pv};
  ProfileSource source{ProfileSource::imported};
  std::optional<double> latitude{};
  std::optional<double> longitude{};
  double capacity_mw{0.0};
  std::string config;
  bool preload{false};
  std::string data_revision;  ///< names the state of its series; changes when the series is replaced
  friend bool operator==(const Profile&, const Profile&) = default;
};

struct ProfilePatch {
  std::optional<std::string> name{};
  std::optional<double> latitude{};
  std::optional<double> longitude{};
  std::optional<bool> preload{};
};

/// All members may be called from any thread and beside other processes on the same directory. Unknown ids, and texts that
/// are no UUID, are not_found issues with path "/profile_id"; environment failures are exceptions (store.h).
class ProfileManager {
 public:
  /// Opens or makes db/profiles.db, migrates it, and sweeps what interrupted writers left.
  explicit ProfileManager(std::shared_ptr<StoreContext> context);
  ~ProfileManager();
  ProfileManager(const ProfileManager&) = delete;
  ProfileManager& operator=(const ProfileManager&) = delete;

  /// Stores metadata and series together, all or nothing. Codes: required (/name blank, no value in the series: /power_mw), out_of_range
  /// (/latitude, /longitude, /capacity_mw negative or not finite). The monthly statistics are stored by the local months of `calendar`.
  [[nodiscard]] Expected<Profile> create(const NewProfile& profile, const ProductionSeries& series, const MarketCalendar& calendar);
  /// Ordered by name, then id. One whose row is damaged is there with the name "(damaged)": it can be deleted, everything else is
  /// corrupt_store. Where its id is no UUID any more, it is called "row-{number}".
  [[nodiscard]] std::vector<Profile> list() const;
  [[nodiscard]] Expected<Profile> get(std::string_view id) const;
  [[nodiscard]] Expected<Profile> patch(std::string_view id, const ProfilePatch& patch);
  /// Replaces series and capacity (and the configuration when given), all or nothing.
  [[nodiscard]] Expected<Profile> replace_series(std::string_view id, const ProductionSeries& series, const MarketCalendar& calendar,
                                                 const std::optional<std::string>& config = {});
  /// Removes the row, then the file; returns the profile as it was (or as list() has it).
  Expected<Profile> remove(std::string_view id);

  /// The whole series, through the cache; immutable, valid whatever happens to the profile.
  [[nodiscard]] Expected<std::shared_ptr<const ProductionSeries>> series(std::string_view id) const;
  /// Part of the series.
  [[nodiscard]] Expected<ProductionSeries> series(std::string_view id, const TimeRange& range) const;
  /// As stored with the series.
  [[nodiscard]] Expected<std::vector<MonthlyStatistic>> statistics(std::string_view id) const;

  /// Puts the series into the cache (kept if the limit allows).
  [[nodiscard]] Expected<Profile> cache_load(std::string_view id);
  /// True when it was cached.
  [[nodiscard]] Expected<bool> cache_unload(std::string_view id);
  [[nodiscard]] CacheStats cache_stats() const;
  /// Loads profiles with preload = true; failures are warnings (store.h). `cancel` may be null; throws Cancelled.
  [[nodiscard]] Issues preload(const CancellationToken* cancel = nullptr);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bess
