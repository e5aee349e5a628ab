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
#include "importers/netcdf_era5.h"
#include "importers/profile_csv.h"
#include "importers/weather_csv.h"
#include "service/data/scenarios.h"
#include "service/data/sources.h"
#include "service/json.h"
#include "service/options/option_slots.h"
#include "store/profile_manager.h"

namespace bess {
class Store;
}

namespace bess::service {

enum class WeatherVariable : std::uint8_t {
  timestamp,
  ghi,
  dni,
  dhi,
  direct_horizontal,
  temperature,
  lower_wind,
  upper_wind,
  roughness,
  pressure,
  relative_humidity,
  albedo
};

/// Where a variable stands in a CSV file, when its header says something else.
struct WeatherColumn {
  WeatherVariable variable{WeatherVariable::timestamp};
  std::string column;
  std::string unit;
};

/// How weather is read, where the files don't say it themselves.
struct WeatherReading {
  GridSelection selection{GridSelection::nearest};
  std::optional<int> first_year, last_year;
  std::vector<WeatherColumn> columns;
  WeatherPreset preset{WeatherPreset::automatic};
  FluxAccumulation accumulation{FluxAccumulation::automatic};
  std::optional<std::string> time_zone;
  std::optional<WeatherStamp> stamp;
  std::optional<bool> states_at_stamp;
  double wind_height_m{100};
  bool typical_year{false};
};

template <class Visitor>
void describe(WeatherColumn& c, Visitor&& field) {
  field("variable", c.variable,
        FieldInfo{.required = true,
                  .help = "what the column holds",
                  .choices = {{"timestamp", ""},
                              {"ghi", "global horizontal"},
                              {"dni", "direct normal"},
                              {"dhi", "diffuse horizontal"},
                              {"direct_horizontal", ""},
                              {"temperature", "at 2 m"},
                              {"lower_wind", "at 10 m"},
                              {"upper_wind", "at wind_height_m"},
                              {"roughness", ""},
                              {"pressure", "at the ground"},
                              {"relative_humidity", ""},
                              {"albedo", ""}}});
  field("column", c.column, FieldInfo{.min = 1, .max = 200, .required = true, .help = "its header in the file"});
  field("unit", c.unit,
        FieldInfo{
            .min = 0,
            .max = 20,
            .help = "W/m2, kW/m2; of sums J/m2, MJ/m2, Wh/m2; degC, K, degF; m/s, km/h, mph, kn; Pa, hPa; m; %, 1. Wins over a unit in the "
                    "header (warning unit_stated)",
            .default_text = "the header's, else W/m2, degC, m/s, Pa, m, 1 by variable"});
}

template <class Visitor>
void describe(WeatherReading& w, Visitor&& field) {
  field("selection", w.selection,
        FieldInfo{.help = "cells of a grid", .choices = {{"nearest", "the nearest one"}, {"bilinear", "the four around, by distance"}}});
  field("first_year", w.first_year,
        FieldInfo{.min = 1900, .max = 2200, .help = "first calendar year (UTC) taken", .default_text = "all there is"});
  field("last_year", w.last_year, FieldInfo{.min = 1900, .max = 2200, .help = "last calendar year taken", .default_text = "first_year"});
  field("columns", w.columns,
        FieldInfo{.help = "CSV columns whose headers are not known by themselves",
                  .example = R"([{"variable": "ghi", "column": "Globalstrahlung", "unit": "kW/m2"}])"});
  field("preset", w.preset,
        FieldInfo{.help = "format of a text file",
                  .choices = {{"auto", "found by its header (warning preset_used names it)"},
                              {"none", "a table with our names, or mapped"},
                              {"pvgis_tmy", "PVGIS typical year, CSV or JSON"},
                              {"pvgis_hourly", "PVGIS hourly radiation, CSV or JSON"},
                              {"open_meteo", "open-meteo, CSV or JSON"},
                              {"epw", "EnergyPlus weather"},
                              {"knmi", "KNMI hourly"},
                              {"era5_timeseries", "ERA5 time series of a point, CSV"}}});
  field("accumulation", w.accumulation,
        FieldInfo{.help = "what radiation in J/m2 or Wh/m2 is the sum of",
                  .choices = {{"auto", "as the file says, else told by the data, else refused"},
                              {"1h", "the hour before the stamp, however far apart the rows are"},
                              {"step", "the whole time between rows"},
                              {"since_midnight", "the UTC day so far"}}});
  field("time_zone", w.time_zone,
        FieldInfo{.min = 1,
                  .max = 64,
                  .help = "of CSV stamps without offset: UTC, +01:00 or an IANA name",
                  .default_text = "the format's, else UTC"});
  field("stamp", w.stamp,
        FieldInfo{.help = "what a CSV stamp names",
                  .choices = {{"interval_start", ""}, {"interval_middle", ""}, {"interval_end", ""}},
                  .default_text = "the format's, else interval_start"});
  field("states_at_stamp", w.states_at_stamp,
        FieldInfo{.help = "CSV temperature and wind hold at the stamp itself instead of over the interval",
                  .default_text = "the format's, else false"});
  field("wind_height_m", w.wind_height_m,
        FieldInfo{.unit = "m", .min = 30, .max = 300, .help = "of the upper wind in a CSV file, where its header does not say it"});
  field("typical_year", w.typical_year,
        FieldInfo{.help = "the months of a CSV file come from different years (PVGIS typical years say so themselves)"});
}

/// What a generated profile needs beside its model (ProfileConfig, PvConfig, WindConfig of generation/profile.h, in the same object).
struct ProfileRequest {
  std::string name;
  std::string country{"NL"};
  bool preload{false};
  bool allow_partial{false};
  std::string weather_file;
  WeatherReading weather;
  std::vector<double> curve_wind_speed, curve_power_mw;  ///< the user's own turbine; empty: turbine_type
};

template <class Visitor>
void describe(ProfileRequest& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .required = true, .help = "what people call it", .example = "\"Solar park\""});
  field("country", o.country, FieldInfo{.max = 10, .help = "bidding zone whose local months the statistics use"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("allow_partial", o.allow_partial, FieldInfo{.help = "take weather that is not whole years"});
  field("weather_file", o.weather_file,
        FieldInfo{.max = 200,
                  .help = "name of a file in the weather folder of the data directory (CSV, PVGIS, open-meteo, EPW, KNMI, or ERA5 as "
                          "NetCDF or ZIP); left out where the "
                          "weather is uploaded"});
  field("weather_", o.weather, FieldInfo{.merge_names = true});
  field("curve_wind_speed", o.curve_wind_speed,
        FieldInfo{.unit = "m/s",
                  .min = 0,
                  .max = 100,
                  .help = "points of a power curve of your own, instead of turbine_type, ascending; linear between, nothing outside",
                  .example = "[3, 8, 13, 25]",
                  .default_text = "of turbine_type"});
  field("curve_power_mw", o.curve_power_mw,
        FieldInfo{.unit = "MW",
                  .min = 0,
                  .max = 1000,
                  .help = "power at those points",
                  .example = "[0, 1.2, 3, 3]",
                  .default_text = "of turbine_type"});
}

/// Everything POST /profiles reads, for its schema.
struct ProfileGenerationOptions {
  ProfileRequest request;
  ProfileConfig config;
};
[[nodiscard]] OptionSlots generation_slots(ProfileGenerationOptions& options);

/// A configuration with the points of a power curve in CSV (importers/weather_curve.h) as its curve_wind_speed and curve_power_mw.
[[nodiscard]] Expected<Json> with_power_curve(Json configuration, const SourceFile& csv);

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
  std::string preset;
  bool preload{false};
  Duplicates duplicates{Duplicates::error};
};

template <class Visitor>
void describe(ProfileImportOptions& o, Visitor&& field) {
  field("name", o.name, FieldInfo{.max = max_name_length, .required = true, .help = "what people call it"});
  field("profile_type", o.profile_type,
        FieldInfo{.required = true, .help = "kind of generation", .choices = {{"pv", "photovoltaics"}, {"wind", "wind"}}});
  field("capacity_mw", o.capacity_mw,
        FieldInfo{.unit = "MW", .min = 0, .max = 1e6, .exclusive_min = true, .help = "of the park; else the highest output"});
  field("latitude", o.latitude, FieldInfo{.unit = "°", .min = -90, .max = 90, .help = "north positive"});
  field("longitude", o.longitude, FieldInfo{.unit = "°", .min = -180, .max = 180, .help = "east positive"});
  field("country", o.country, FieldInfo{.max = 10, .help = "bidding zone whose local months the statistics use"});
  field("time_zone", o.time_zone, FieldInfo{.max = 64, .help = "of stamps without offset"});
  field("column", o.column, FieldInfo{.max = 200, .help = "header of the output column, where it is not output_mw"});
  field("unit", o.unit, FieldInfo{.max = 20, .help = "of that column, where the header does not say it: MW, kW, W, GW, MWh, kWh, GWh"});
  field("preset", o.preset,
        FieldInfo{.max = 40,
                  .help = "the export that the file is; none: not to be recognised",
                  .default_text = "recognised by the header (docs/formats.md)"});
  field("preload", o.preload, FieldInfo{.help = "load into the cache when the server starts"});
  field("duplicate", o.duplicates,
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
  ProfileFormat format{};
};

template <class Visitor>
void describe(ProfileDataOptions& o, Visitor&& field) {
  field("from", o.from, FieldInfo{.max = 40, .help = "first delivery start: an instant with offset, or a date (UTC midnight)"});
  field("to", o.to, FieldInfo{.max = 40, .help = "end, not included"});
  field("format", o.format, FieldInfo{.help = "how", .choices = choices_of(profile_exports())});
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
/// The same from weather on disk: text files that make one series, or NetCDF files that make one grid, or a folder of either (hidden files
/// are left out), or ZIP archives of them.
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
