// bess profile: the production profiles of the store.

#include <fmt/format.h>

#include <memory>

#include "bess/command.h"
#include "bess/data_arguments.h"
#include "bess/progress_bar.h"
#include "importers/profile_csv.h"
#include "service/data/profiles.h"
#include "service/data/weather_json.h"
#include "service/options/option_docs.h"

namespace bess::app {

namespace {

struct ProfileArguments {
  StoreArguments store;
  FileArguments reading;
  std::string id;
  std::string file;
  NewProfile fresh;
  std::string type{"pv"};
  std::optional<double> capacity_mw;
  std::string out{"-"};
  std::string format{"csv"};
  bool json{false};
  std::string config_file;
  std::optional<std::string> config_type, config_name;
  std::vector<std::string> weather;
  std::vector<std::string> settings;
  std::string curve_file;
  std::optional<std::string> preset, accumulation;
  bool allow_partial{false};
  CancellationToken* cancel{nullptr};
};

void print_profile(const Profile& p) {
  print(fmt::format("{}  {:<30} {:<5} {:>10.3f} MW  {}\n", p.id, p.name, to_string(p.type), p.capacity_mw, to_string(p.source)));
}

void print_yield(std::string_view when, double energy_mwh, double capacity_factor, double full_load_hours, std::string_view end = "") {
  print(fmt::format("  {:<7}  {:>12.1f} MWh  {:>6.2f} %  {:>8.1f} h{}\n", when, energy_mwh, 100.0 * capacity_factor, full_load_hours, end));
}

int answer(const ProfileArguments& a, const Profile& profile) {
  if (a.json) {
    print(service::to_json(profile).dump(2) + "\n");
  } else {
    print_profile(profile);
  }
  return done;
}

int list(const ProfileArguments& a) {
  const auto store = a.store.open();
  service::Json all = service::Json::array();
  for (const Profile& p : store->profiles().list()) {
    if (a.json) {
      all.push(service::to_json(p));
    } else {
      print_profile(p);
    }
  }
  if (a.json) print(all.dump(2) + "\n");
  return done;
}

int import_new(const ProfileArguments& a) {
  Expected<ImportOptions> options = a.reading.options();
  if (!options) return fail_with(options.issues(), a.json);
  const Expected<std::string> bytes = read_file(a.file);
  if (!bytes) return fail_with(bytes.issues(), a.json);
  ProfileCsvOptions csv;
  csv.country = options->country;
  csv.mapping = mapping_for(*options, a.file);
  csv.capacity_mw = a.capacity_mw;
  csv.duplicates = options->duplicates;
  csv.preset = profile_preset(csv.mapping.preset);
  Expected<std::string> table = *bytes;
  if (service::looks_like_json(*bytes)) table = service::csv_of_weather_json(*bytes, a.file);
  if (!table) return fail_with(table.issues(), a.json);
  const Expected<ImportedProfile> imported = import_profile({a.file, *table}, csv);
  if (!imported) return fail_with(imported.issues(), a.json);
  print_issues(imported->warnings);
  print_readings({imported->reading});
  NewProfile fresh = a.fresh;
  fresh.type = *parse_profile_type(a.type);
  const auto store = a.store.open();
  const Expected<Profile> profile = store->profiles().create(fresh, imported->production, MarketCalendar::for_country(csv.country));
  if (!profile) return fail_with(profile.issues(), a.json);
  return answer(a, *profile);
}

/// The configuration file, with what the flags say on top of it.
Expected<service::Json> configuration(const ProfileArguments& a) {
  service::Json body = service::Json::object();
  if (!a.config_file.empty()) {
    const Expected<std::string> text = read_file(a.config_file);
    if (!text) return text.issues();
    Expected<service::Json> read = service::parse_json(*text);
    if (!read) return read.issues();
    if (!read->is_object()) return one_error("wrong_type", "", fmt::format("{} must hold one JSON object", a.config_file));
    body = std::move(*read);
  }
  if (a.config_type) body.set("profile_type", *a.config_type);
  if (a.config_name) body.set("name", *a.config_name);
  if (a.fresh.latitude) body.set("latitude", *a.fresh.latitude);
  if (a.fresh.longitude) body.set("longitude", *a.fresh.longitude);
  if (a.capacity_mw) body.set("capacity_mw", *a.capacity_mw);
  if (a.fresh.preload) body.set("preload", true);
  if (a.allow_partial) body.set("allow_partial", true);
  if (a.preset) body.set("weather_preset", *a.preset);
  if (a.accumulation) body.set("weather_accumulation", *a.accumulation);
  for (const std::string& setting : a.settings) {
    const auto [key, text] = split_assignment(setting);
    // What is no JSON is text: --set turbine_type=nrel_5mw_126.
    const Expected<service::Json> value = service::parse_json(text);
    body.set(key, value ? *value : service::Json(text));
  }
  if (a.curve_file.empty()) return body;
  const Expected<std::string> curve = read_file(a.curve_file);
  if (!curve) return curve.issues();
  return service::with_power_curve(std::move(body), {a.curve_file, *curve});
}

int generate(const ProfileArguments& a) {
  const Expected<service::Json> body = configuration(a);
  if (!body) return fail_with(body.issues(), a.json);
  const auto store = a.store.open();
  ProgressBar bar;
  const Expected<service::JsonAnswer> made =
      a.weather.empty()
          ? service::generate_profile(*store, *body, {}, std::filesystem::path(a.store.directory()) / "weather", bar.callback(), a.cancel)
          : service::generate_profile_from_files(*store, *body, {a.weather.begin(), a.weather.end()}, bar.callback(), a.cancel);
  bar.clear();
  if (!made) return fail_with(made.issues(), a.json);
  print_issues(made->warnings);
  const std::string id = made->json.find("id")->as_string();
  const Expected<service::Json> totals = service::profile_statistics(*store, id);
  if (!totals) return fail_with(totals.issues(), a.json);
  if (a.json) {
    service::Json json = made->json;
    for (const service::JsonMember& member : totals->members()) json.set(member.key, member.value);
    json.set("warnings", service::to_json(made->warnings.warnings()));
    print(json.dump(2) + "\n");
    return done;
  }
  const Expected<Profile> profile = store->profiles().get(id);
  if (!profile) return fail_with(profile.issues(), a.json);
  print_profile(*profile);
  for (const service::Json& month : totals->find("months")->items()) {
    print_yield(month.find("month")->as_string(), month.find("energy_mwh")->as_number(), month.find("capacity_factor")->as_number(),
                month.find("full_load_hours")->as_number());
  }
  print_yield("total", totals->find("energy_mwh")->as_number(), totals->find("capacity_factor")->as_number(),
              totals->find("full_load_hours_per_year")->as_number(), " a year");
  return done;
}

std::string generate_help() {
  service::ProfileGenerationOptions options;
  return R"(Weather is a CSV file (timestamp, ghi_w_per_m2, temp_air_c, wind_speed_80m_m_per_s, …), a file as downloaded from PVGIS (typical year
or hourly), open-meteo, EnergyPlus (EPW), KNMI (hourly) or the ERA5 time series of a point, found by its header and named in a warning,
or ERA5 as NetCDF: one file, several, a folder of them, or the ZIP archive as delivered. A unit named in a header is converted; one that
can't be is unit_conflict. Without --weather, weather_file of the configuration names a file in the
folder "weather" of the data directory. Nothing is stored unless everything went well.

Example, a park of 12 MW:
  bess profile generate --weather era5/ --name Park --type pv --latitude 52.6 --longitude 13.1 --capacity 12 --set slope=25
The same from a file, with a turbine in place of the panels:
  echo '{"name": "Hill", "profile_type": "wind", "latitude": 52.6, "longitude": 13.1, "capacity_mw": 9,
         "turbine_type": "iea_onshore_3_4mw_130", "hub_height": 110}' > hill.json
  bess profile generate hill.json --weather era5_2017.nc
  bess simulate request.json --scenario 1   (with run.wind_profile_id, and windCapacity to scale it)

Keys of CONFIG.json and --set:
)" + service::help_text(service::generation_slots(options));
}

int show(const ProfileArguments& a) {
  const auto store = a.store.open();
  const Expected<Profile> profile = store->profiles().get(a.id);
  if (!profile) return fail_with(profile.issues(), a.json);
  const Expected<std::vector<MonthlyStatistic>> months = store->profiles().statistics(a.id);
  if (!months) return fail_with(months.issues(), a.json);
  if (!a.json) {
    print_profile(*profile);
    for (const MonthlyStatistic& m : *months) {
      print_yield(fmt::format("{:04}-{:02}", m.year, m.month), m.energy_mwh, m.capacity_factor, m.full_load_hours);
    }
    return done;
  }
  service::Json json = service::to_json(*profile);
  service::Json list = service::Json::array();
  for (const MonthlyStatistic& m : *months) {
    service::Json month = service::Json::object();
    month.set("month", fmt::format("{:04}-{:02}", m.year, m.month));
    month.set("energy_mwh", m.energy_mwh);
    month.set("capacity_factor", m.capacity_factor);
    month.set("full_load_hours", m.full_load_hours);
    list.push(std::move(month));
  }
  json.set("monthly", std::move(list));
  print(json.dump(2) + "\n");
  return done;
}

int export_series(const ProfileArguments& a) {
  const auto store = a.store.open();
  const auto series = store->profiles().series(a.id);
  if (!series) return fail_with(series.issues(), a.json);
  const std::string text = service::find_export(service::profile_exports(), a.format)->write(a.id, **series);
  if (a.out == "-") {
    print(text);
  } else {
    write_file(a.out, text);
  }
  return done;
}

int remove(const ProfileArguments& a) {
  const auto store = a.store.open();
  const Expected<Profile> profile = store->profiles().remove(a.id);
  if (!profile) return fail_with(profile.issues(), a.json);
  if (a.json) return answer(a, *profile);
  print(fmt::format("deleted {} ({})\n", profile->id, profile->name));
  return done;
}

using Action = int (*)(const ProfileArguments&);

Arguments& add_action(Arguments& arguments, const std::shared_ptr<ProfileArguments>& a, const std::shared_ptr<Action>& chosen,
                      const char* name, const char* help, Action action, bool with_id) {
  Arguments& sub = arguments.action(name, help);
  if (with_id) sub.option("UUID", a->id, "id of the profile").required();
  a->store.add_to(sub);
  sub.flag("--json", a->json, "answer as JSON");
  sub.when_given([chosen, action] { *chosen = action; });
  return sub;
}

void add_generate(Arguments& arguments, const std::shared_ptr<ProfileArguments>& a, const std::shared_ptr<Action>& chosen) {
  Arguments& sub =
      add_action(arguments, a, chosen, "generate", "a new profile from weather, for a solar park or wind farm", generate, false);
  sub.option("CONFIG", a->config_file, "JSON file as the body of POST /profiles; - is standard input. Flags override it");
  sub.option("--weather", a->weather, "file, folder or ZIP archive; several NetCDF files make one grid, several text files one series");
  sub.option("--name", a->config_name, "name");
  sub.option("--type", a->config_type, "pv or wind");
  sub.option("--latitude", a->fresh.latitude, "degrees north");
  sub.option("--longitude", a->fresh.longitude, "degrees east");
  sub.option("--capacity", a->capacity_mw, "MW; pv: DC peak, wind: rated");
  sub.option("--preset", a->preset,
             "format of a text file: auto (found by its header), none, pvgis_tmy, pvgis_hourly, open_meteo, epw, knmi or era5_timeseries")
      .one_of({"auto", "none", "pvgis_tmy", "pvgis_hourly", "open_meteo", "epw", "knmi", "era5_timeseries"});
  sub.option("--accumulation", a->accumulation, "what radiation in J/m2 is the sum of: auto, 1h, step or since_midnight")
      .one_of({"auto", "1h", "step", "since_midnight"});
  sub.option("--curve", a->curve_file, "CSV file (wind_speed_m_per_s, power_kw) of your own turbine, instead of turbine_type");
  sub.option("--set", a->settings, "KEY=VALUE of any other key below").assignment().one_each();
  sub.flag("--allow-partial", a->allow_partial, "take weather that is not whole years");
  sub.flag("--preload", a->fresh.preload, "load into the cache when the server starts");
  sub.footer(generate_help);
}

CommandRun add_profile(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<ProfileArguments>();
  a->cancel = context.cancel;
  auto chosen = std::make_shared<Action>(nullptr);
  arguments.require_action();
  add_action(arguments, a, chosen, "list", "all profiles", list, false);
  add_generate(arguments, a, chosen);
  Arguments& import =
      add_action(arguments, a, chosen, "import", "a new profile from a file: timestamp, output_mw, or PVGIS hourly", import_new, false);
  import.option("FILE", a->file, "CSV or .xlsx file, or PVGIS hourly data as CSV or JSON").required();
  import.option("--name", a->fresh.name, "name").required();
  import.option("--type", a->type, "pv or wind").one_of({"pv", "wind"}).show_default();
  import.option("--capacity", a->capacity_mw, "installed power, MW; default: what the file says, else the highest output (warning)");
  import.option("--latitude", a->fresh.latitude, "degrees north");
  import.option("--longitude", a->fresh.longitude, "degrees east");
  import.flag("--preload", a->fresh.preload, "load into the cache when the server starts");
  a->reading.add_to(import);
  add_action(arguments, a, chosen, "show", "one profile with its months", show, true);
  Arguments& taken = add_action(arguments, a, chosen, "export", "its series as a file", export_series, true);
  taken.option("--out", a->out, "file; - is standard output").show_default();
  taken.option("--format", a->format, "of the file").one_of(service::names_of(service::profile_exports())).show_default();
  add_action(arguments, a, chosen, "delete", "delete a profile and its data", remove, true);
  arguments.footer(
      "Example:\n  bess profile generate --weather era5.nc --name Park --type pv --latitude 52.6 --longitude 13.1 --capacity 12\n  bess "
      "profile import park.csv --name \"Park\" --capacity 12\n  bess simulate request.json --scenario 1   (with "
      "run.profile_id)");
  return [a, chosen] { return (*chosen)(*a); };
}

const CommandRegistration registration{{.order = 71,
                                        .name = "profile",
                                        .help = "production profiles in the store: list, generate, import, show, export, delete",
                                        .add = add_profile}};

}  // namespace

}  // namespace bess::app
