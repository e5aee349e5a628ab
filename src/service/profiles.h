#pragma once
// Use cases of production profiles, in JSON: generate from weather, import from CSV, change, read back. Pure functions over a Store;
// safe for threads as the Store is.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/option.h"
#include "base/progress.h"
#include "generation/profile.h"
#include "importers/market_import.h"
#include "service/json.h"
#include "service/option_slots.h"
#include "service/scenarios.h"
#include "service/sources.h"
#include "store/profile_manager.h"

namespace bess {
class Store;
}

namespace bess::service {

/// What a generated profile needs beside its model (ProfileConfig, PvConfig, WindConfig of generation/profile.h, in the same object).
struct ProfileRequest {
  std::string name;
  std::string country{"NL"};
  bool preload{false};
  bool allow_partial{false};
  std::string weather_file;
};

template <class Visitor>
void describe(ProfileRequest& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .required = true, .help = "what people call it", .example = "\"Solar park\""});
  field("country", o.country, FieldInfo{.max = 10, .help = "bidding zone whose local months the statistics use"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("allow_partial", o.allow_partial, FieldInfo{.help = "take weather that is not whole years"});
  field("weather_file", o.weather_file,
        FieldInfo{.max = 200,
                  .help = "name of a file in the weather folder of the data directory (CSV, PVGIS or ERA5 NetCDF); left out where the "
                          "weather is uploaded"});
}

/// Everything POST /profiles reads, for its schema.
struct ProfileGenerationOptions {
  ProfileRequest request;
  ProfileConfig config;
};
[[nodiscard]] OptionSlots generation_slots(ProfileGenerationOptions& options);

/// Form fields or query of POST /profiles/import.
struct ProfileImportOptions {
  std::string name;
  ProfileType profile_type{ProfileType::pv};
  std::optional<double> capacity_mw;
  std::optional<double> latitude, longitude;
  std::string country{"NL"};
  std::string time_zone;
  std::string column;
  std::string unit;
  bool preload{false};
  Duplicates duplicates{Duplicates::error};
};

template <class Visitor>
void describe(ProfileImportOptions& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .required = true, .help = "what people call it"});
  field("profile_type", o.profile_type,
        FieldInfo{.required = true, .help = "kind of generation", .choices = {{"pv", "photovoltaics"}, {"wind", "wind"}}});
  field("capacity_mw", o.capacity_mw,
        FieldInfo{.unit = "MW", .min = 0, .exclusive_min = true, .help = "of the park; else the highest output"});
  field("latitude", o.latitude, FieldInfo{.unit = "°", .min = -90, .max = 90, .help = "north positive"});
  field("longitude", o.longitude, FieldInfo{.unit = "°", .min = -180, .max = 180, .help = "east positive"});
  field("country", o.country, FieldInfo{.max = 10, .help = "bidding zone whose local months the statistics use"});
  field("time_zone", o.time_zone, FieldInfo{.max = 64, .help = "of stamps without offset"});
  field("column", o.column, FieldInfo{.max = 200, .help = "header of the output column, where it is not output_mw"});
  field("unit", o.unit, FieldInfo{.max = 20, .help = "of that column: MW, kW, W, GW, MWh, kWh, GWh"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("duplicates", o.duplicates,
        FieldInfo{.help = "rows with one time stamp and different values",
                  .choices = {{"error", "refused"}, {"last", "the last one counts"}}});
}

/// Body of PATCH /profiles/{uuid}.
struct ProfileChanges {
  std::optional<std::string> name;
  std::optional<double> latitude, longitude;
  std::optional<bool> preload;
};

template <class Visitor>
void describe(ProfileChanges& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .help = "new name"});
  field("latitude", o.latitude, FieldInfo{.unit = "°", .min = -90, .max = 90, .help = "north positive"});
  field("longitude", o.longitude, FieldInfo{.unit = "°", .min = -180, .max = 180, .help = "east positive"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
}

/// Query of GET /profiles/{uuid}/data.
struct ProfileDataOptions {
  std::string from, to;
  TableFormat format{TableFormat::json};
};

template <class Visitor>
void describe(ProfileDataOptions& o, Visitor&& field) {
  field("from", o.from, FieldInfo{.max = 40, .help = "first delivery start: an instant with offset, or a date (UTC midnight)"});
  field("to", o.to, FieldInfo{.max = 40, .help = "end, not included"});
  field("format", o.format, FieldInfo{.help = "how", .choices = {{"json", "columns"}, {"csv", "the file that imports again"}}});
}

[[nodiscard]] Json to_json(const Profile& profile);
/// {profiles: […]}.
[[nodiscard]] Json list_profiles(Store& store);
[[nodiscard]] Expected<Json> show_profile(Store& store, const std::string& id);
[[nodiscard]] Expected<JsonAnswer> change_profile(Store& store, const std::string& id, const Json& body);

/// Runs the model over the weather and stores the series. `uploads` are weather files in memory (several NetCDF files make one grid);
/// without any, body.weather_file names one in `weather_folder`. Codes: those of read_slots, weather readers, make_profile, create.
/// Progress stages "weather" and "profile"; Cancelled is thrown. Nothing is stored unless all went well.
[[nodiscard]] Expected<JsonAnswer> generate_profile(Store& store, const Json& body, const std::vector<SourceFile>& uploads,
                                                    const std::filesystem::path& weather_folder, const ProgressCallback& progress = {},
                                                    const CancellationToken* cancel = nullptr);
/// The same from weather on disk: one CSV file, or NetCDF files that make one grid, or a folder of either (hidden files are left out).
/// Also not_found at /weather.
[[nodiscard]] Expected<JsonAnswer> generate_profile_from_files(Store& store, const Json& body,
                                                               const std::vector<std::filesystem::path>& weather,
                                                               const ProgressCallback& progress = {},
                                                               const CancellationToken* cancel = nullptr);
[[nodiscard]] Expected<JsonAnswer> import_profile_file(Store& store, const SourceFile& file, const ProfileImportOptions& how,
                                                       std::size_t max_rows);

/// The rows asked for, in JSON ({start, step_s, power_mw}) or as CSV (timestamp,output_mw).
[[nodiscard]] Expected<std::string> profile_data(Store& store, const std::string& id, const ProfileDataOptions& what);
/// Monthly statistics and totals.
[[nodiscard]] Expected<Json> profile_statistics(Store& store, const std::string& id);

}  // namespace bess::service
