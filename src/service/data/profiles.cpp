#include "service/data/profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

#include "importers/profile_csv.h"
#include "importers/weather_curve.h"
#include "service/answers/answer_json.h"
#include "service/answers/profile_answers.h"
#include "service/data/export_writers.h"
#include "service/data/weather_files.h"
#include "service/data/weather_json.h"
#include "service/options/option_json.h"
#include "store/store.h"

namespace bess::service {

namespace fs = std::filesystem;

OptionSlots generation_slots(ProfileGenerationOptions& options) {
  OptionSlots slots = slots_of(options.request);
  for (OptionSlots more : {slots_of(options.config), slots_of(options.config.pv), slots_of(options.config.wind)})
    slots.insert(slots.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return slots;
}

namespace {

/// The market calendar, or out_of_range at /country.
std::optional<MarketCalendar> calendar_of(const std::string& country, Issues& issues) {
  if (MarketCalendar::zone_of_country(country)) return MarketCalendar::for_country(country);
  issues.error("out_of_range", "/country", fmt::format("no market calendar is known for \"{}\"", country));
  return {};
}

using Reading = WeatherReadingPlan;

Reading reading_of(const ProfileGenerationOptions& options) {
  static constexpr std::array<std::string_view, 12> variables{
      "timestamp",  "ghi",        "dni",       "dhi",      "direct_horizontal", "temperature",
      "lower_wind", "upper_wind", "roughness", "pressure", "relative_humidity", "albedo"};
  const ProfileConfig& config = options.config;
  const WeatherReading& how = options.request.weather;
  Reading reading;
  reading.request = {.latitude = config.latitude,
                     .longitude = config.longitude,
                     .years = {},
                     .allow_partial = options.request.allow_partial,
                     .needs = {config.profile_type == ProfileType::pv ? WeatherNeed::solar : WeatherNeed::wind}};
  if (how.first_year) reading.request.years = YearRange{*how.first_year, how.last_year.value_or(*how.first_year)};
  reading.era5.selection = how.selection;
  reading.era5.accumulation = reading.csv.accumulation = how.accumulation;
  reading.csv.preset = how.preset;
  for (const WeatherColumn& column : how.columns) {
    const std::string variable(variables[static_cast<std::size_t>(column.variable)]);
    reading.csv.columns[variable] = column.column;
    if (!column.unit.empty()) reading.csv.units[variable] = column.unit;
  }
  reading.csv.time_zone = how.time_zone;
  reading.csv.stamp = how.stamp;
  reading.csv.instantaneous_states = how.states_at_stamp;
  reading.csv.upper_wind_height_m = how.wind_height_m;
  reading.csv.typical_year = how.typical_year;
  return reading;
}

/// What spans several options, and the user's own curve.
void take_curve_and_years(ProfileGenerationOptions& options, Issues& issues) {
  const WeatherReading& how = options.request.weather;
  if (how.last_year && !how.first_year) issues.error("required", "/weather_first_year", "weather_last_year needs weather_first_year");
  if (how.first_year && how.last_year && *how.last_year < *how.first_year)
    issues.error("out_of_range", "/weather_last_year", fmt::format("{} lies before {}", *how.last_year, *how.first_year));
  const ProfileRequest& request = options.request;
  if (request.curve_wind_speed.empty() && request.curve_power_mw.empty()) return;
  PowerCurve curve{.name = "own", .wind_speed = request.curve_wind_speed, .power_mw = request.curve_power_mw};
  const Issues found = check_curve(curve, "/curve_power_mw");
  issues.append(found);
  if (!found.has_errors()) options.config.wind.curve = std::move(curve);
}

Expected<ImportedWeather> read_uploads(const std::vector<SourceFile>& uploads, const Reading& how, const ProgressCallback& progress,
                                       const CancellationToken* cancel) {
  std::vector<WeatherSource> sources;
  for (const SourceFile& upload : uploads) sources.push_back({.name = upload.name, .path = {}, .bytes = upload.bytes});
  return read_weather(sources, how, progress, cancel);
}

/// The files themselves, with those of folders in order of their names.
Expected<std::vector<fs::path>> weather_files(const std::vector<fs::path>& named) {
  std::vector<fs::path> files;
  Issues issues;
  for (const fs::path& one : named) {
    std::error_code error;
    if (fs::is_regular_file(one, error)) {
      files.push_back(one);
      continue;
    }
    if (!fs::is_directory(one, error)) {
      issues.error("not_found", "/weather", fmt::format("there is no file or folder {}", one.string()));
      continue;
    }
    const std::size_t before = files.size();
    for (const fs::directory_entry& entry : fs::directory_iterator(one, error)) {
      if (entry.is_regular_file(error) && !entry.path().filename().string().starts_with('.')) files.push_back(entry.path());
    }
    if (error) issues.error("not_found", "/weather", fmt::format("{} can't be read: {}", one.string(), error.message()));
    if (files.size() == before) issues.error("not_found", "/weather", fmt::format("the folder {} holds no file", one.string()));
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  }
  if (issues.has_errors()) return issues;
  return files;
}

Expected<ImportedWeather> read_files(const std::vector<fs::path>& named, const Reading& how, const ProgressCallback& progress,
                                     const CancellationToken* cancel) {
  const auto files = weather_files(named);
  if (!files) return files.issues();
  std::vector<WeatherSource> sources;
  for (const fs::path& file : *files) sources.push_back({.name = file.filename().string(), .path = file, .bytes = {}});
  return read_weather(sources, how, progress, cancel);
}

/// A plain file name: nothing that could leave the folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.front() != '.' && name.find_first_of("/\\:") == std::string::npos && name.find('\0') == std::string::npos;
}

Expected<ImportedWeather> read_named(const std::string& name, const fs::path& folder, const Reading& how, const ProgressCallback& progress,
                                     const CancellationToken* cancel) {
  if (!is_plain_name(name)) return one_error("not_found", "/weather_file", "a plain file name in the weather folder is needed");
  const fs::path file = folder / name;
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(file, error)))
    return one_error("not_found", "/weather_file", fmt::format("the weather folder holds no file \"{}\"", name));
  const WeatherSource source{.name = name, .path = file, .bytes = {}};
  return read_weather({&source, 1}, how, progress, cancel);
}

ProfileDetail detail_of(const Profile& profile, const ProductionSeries& series) {
  return {.profile = profile, .from = series.start, .quarters = static_cast<std::int64_t>(series.power_mw.size())};
}

}  // namespace

Json to_json(const Profile& profile) { return answer_json(profile); }

Json list_profiles(Store& store) { return answer_json(ProfileList{store.profiles().list()}); }

Expected<Json> show_profile(Store& store, const std::string& id) {
  const Expected<Profile> profile = store.profiles().get(id);
  if (!profile) return profile.issues();
  const auto series = store.profiles().series(id);
  if (!series) return series.issues();
  return answer_json(detail_of(*profile, **series));
}

Expected<JsonAnswer> change_profile(Store& store, const std::string& id, const Json& body) {
  if (const auto known = store.profiles().get(id); !known) return known.issues();
  ProfileChanges changes;
  Issues issues;
  read_record(body, changes, "", issues);
  check_entity(changes.name, {}, issues);
  if (issues.has_errors()) return issues;
  const Expected<Profile> changed = store.profiles().patch(
      id, {.name = changes.name, .latitude = changes.latitude, .longitude = changes.longitude, .preload = changes.preload});
  if (!changed) return changed.issues();
  return JsonAnswer{to_json(*changed), std::move(issues)};
}

namespace {

/// Reads the weather once the configuration is known to be good.
using ReadWeather = std::function<Expected<ImportedWeather>(const ProfileGenerationOptions&, const Reading&)>;

Expected<JsonAnswer> generate(Store& store, const Json& body, bool has_weather, const ReadWeather& read_weather,
                              const ProgressCallback& progress, const CancellationToken* cancel) {
  ProfileGenerationOptions options;
  Issues issues;
  read_slots(body, generation_slots(options), "", issues);
  check_entity(options.request.name, {}, issues);
  const auto calendar = calendar_of(options.request.country, issues);
  if (!issues.has_errors()) {
    take_curve_and_years(options, issues);
    issues.append(check_profile_config(options.config));
  }
  if (!has_weather && options.request.weather_file.empty())
    issues.error("required", "/weather_file",
                 "weather is needed: upload it as form field weather, give --weather, or name a file of the weather folder");
  if (issues.has_errors()) return issues;

  const ProfileConfig& config = options.config;
  const Expected<ImportedWeather> weather = read_weather(options, reading_of(options));
  if (!weather) return weather.issues();
  issues.append(weather->warnings);
  const Expected<GeneratedProfile> made = make_profile(weather->series, config, progress, cancel);
  if (!made) return made.issues();
  issues.append(made->warnings);
  const Expected<Profile> stored = store.profiles().create({.name = options.request.name,
                                                            .type = config.profile_type,
                                                            .source = ProfileSource::generated,
                                                            .latitude = config.latitude,
                                                            .longitude = config.longitude,
                                                            .config = body.dump(),
                                                            .preload = options.request.preload},
                                                           made->production, *calendar);
  if (!stored) return stored.issues();
  return JsonAnswer{answer_json(detail_of(*stored, made->production)), std::move(issues)};
}

}  // namespace

Expected<Json> with_power_curve(Json configuration, const SourceFile& csv) {
  const Expected<PowerCurve> curve = parse_power_curve_csv(csv.bytes, csv.name);
  if (!curve) return curve.issues();
  configuration.set("curve_wind_speed", Json::numbers(curve->wind_speed));
  configuration.set("curve_power_mw", Json::numbers(curve->power_mw));
  return configuration;
}

Expected<JsonAnswer> generate_profile(Store& store, const Json& body, const std::vector<SourceFile>& uploads,
                                      const fs::path& weather_folder, const ProgressCallback& progress, const CancellationToken* cancel) {
  const auto read = [&](const ProfileGenerationOptions& options, const Reading& how) {
    return uploads.empty() ? read_named(options.request.weather_file, weather_folder, how, progress, cancel)
                           : read_uploads(uploads, how, progress, cancel);
  };
  return generate(store, body, !uploads.empty(), read, progress, cancel);
}

Expected<JsonAnswer> generate_profile_from_files(Store& store, const Json& body, const std::vector<fs::path>& weather,
                                                 const ProgressCallback& progress, const CancellationToken* cancel) {
  const auto read = [&](const ProfileGenerationOptions&, const Reading& how) { return read_files(weather, how, progress, cancel); };
  return generate(store, body, !weather.empty(), read, progress, cancel);
}

Expected<JsonAnswer> import_profile_file(Store& store, const SourceFile& file, const ProfileImportOptions& how, std::size_t max_rows) {
  Issues issues;
  check_entity(how.name, {}, issues);
  const auto calendar = calendar_of(how.country, issues);
  if (issues.has_errors()) return issues;
  ProfileCsvOptions options;
  options.country = how.country;
  options.capacity_mw = how.capacity_mw;
  options.mapping.time_zone = how.time_zone;
  if (!how.column.empty()) options.mapping.columns["output_mw"] = how.column;
  if (!how.unit.empty()) options.mapping.units["output_mw"] = how.unit;
  options.mapping.preset = how.preset;
  options.duplicates = how.duplicates;
  options.max_rows = max_rows;
  options.preset = profile_preset(options.mapping.preset);
  Expected<std::string> converted = std::string{};
  if (looks_like_json(file.bytes)) converted = csv_of_weather_json(file.bytes, file.name);
  if (!converted) return converted.issues();
  const Expected<ImportedProfile> read = import_profile({file.name, converted->empty() ? file.bytes : *converted}, options);
  if (!read) return read.issues();
  const Expected<Profile> stored = store.profiles().create({.name = how.name,
                                                            .type = how.profile_type,
                                                            .source = ProfileSource::imported,
                                                            .latitude = how.latitude,
                                                            .longitude = how.longitude,
                                                            .preload = how.preload},
                                                           read->production, *calendar);
  if (!stored) return stored.issues();
  issues.append(read->warnings);
  const ImportedProfileAnswer answer{.detail = detail_of(*stored, read->production),
                                     .interpolated = read->quality.interpolated,
                                     .borrowed = read->quality.borrowed,
                                     .file = read->reading};
  return JsonAnswer{answer_json(answer), std::move(issues)};
}

std::string profile_json(const std::string& id, const ProductionSeries& series) {
  const auto start = series.power_mw.empty() ? std::nullopt : std::optional(series.start);
  return answer_json(ProfileData{.id = id, .start = start, .capacity_mw = series.capacity_mw, .power_mw = {series.power_mw}}).dump() + "\n";
}

std::string profile_csv(const std::string& /*id*/, const ProductionSeries& series) {
  std::string csv = "timestamp,output_mw\n";
  Instant at = series.start;
  for (const double power : series.power_mw) {
    fmt::format_to(std::back_inserter(csv), "{},{}\n", format_instant(at), power);
    at += quarter_hour;
  }
  return csv;
}

Expected<std::string> profile_data(Store& store, const std::string& id, const ProfileDataOptions& what) {
  Issues issues;
  TimeRange range;
  const auto read_end = [&](const std::string& text, const char* pointer) -> std::optional<Instant> {
    if (text.empty()) return {};
    if (const auto date = parse_date(text)) return Instant(std::chrono::sys_days(*date));
    return read_instant(text, "NL", pointer, issues);
  };
  range.from = read_end(what.from, "/from");
  range.to = read_end(what.to, "/to");
  if (range.from && range.to && *range.from > *range.to) issues.error("out_of_range", "/to", "the end lies before the start");
  if (issues.has_errors()) return issues;
  const Expected<ProductionSeries> series = store.profiles().series(id, range);
  if (!series) return series.issues();
  return export_of(what.format).write(id, *series);
}

Expected<Json> profile_statistics(Store& store, const std::string& id) {
  const auto months = store.profiles().statistics(id);
  if (!months) return months.issues();
  const auto series = store.profiles().series(id);
  if (!series) return series.issues();
  return answer_json(ProfileStatistics{.id = id, .totals = production_totals(**series), .months = *months});
}

}  // namespace bess::service
