// bess profile: the production profiles of the store.

#include <fmt/format.h>

#include <memory>

#include "bess/command.h"
#include "bess/data_arguments.h"
#include "importers/profile_csv.h"

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
  bool json{false};
};

service::Json profile_json(const Profile& p) {
  service::Json json = service::Json::object();
  json.set("id", p.id);
  json.set("name", p.name);
  json.set("profile_type", to_string(p.type));
  json.set("source_type", to_string(p.source));
  json.set("latitude", p.latitude ? service::Json(*p.latitude) : service::Json());
  json.set("longitude", p.longitude ? service::Json(*p.longitude) : service::Json());
  json.set("capacity_mw", p.capacity_mw);
  json.set("preload", p.preload);
  return json;
}

void print_profile(const Profile& p) {
  print(fmt::format("{}  {:<30} {:<5} {:>10.3f} MW  {}\n", p.id, p.name, to_string(p.type), p.capacity_mw, to_string(p.source)));
}

int answer(const ProfileArguments& a, const Profile& profile) {
  if (a.json) {
    print(profile_json(profile).dump(2) + "\n");
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
      all.push(profile_json(p));
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
  const Expected<ImportedProfile> imported = import_profile({a.file, *bytes}, csv);
  if (!imported) return fail_with(imported.issues(), a.json);
  print_issues(imported->warnings);
  NewProfile fresh = a.fresh;
  fresh.type = *parse_profile_type(a.type);
  const auto store = a.store.open();
  const Expected<Profile> profile = store->profiles().create(fresh, imported->production, MarketCalendar::for_country(csv.country));
  if (!profile) return fail_with(profile.issues(), a.json);
  return answer(a, *profile);
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
      print(fmt::format("  {:04}-{:02}  {:>12.1f} MWh  {:>6.2f} %  {:>8.1f} h\n", m.year, m.month, m.energy_mwh, 100.0 * m.capacity_factor,
                        m.full_load_hours));
    }
    return done;
  }
  service::Json json = profile_json(*profile);
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
  std::string text = "timestamp,output_mw\n";
  const ProductionSeries& production = **series;
  for (std::size_t q = 0; q < production.power_mw.size(); ++q) {
    text += fmt::format("{},{}\n", format_instant(production.start + static_cast<std::int64_t>(q) * quarter_hour), production.power_mw[q]);
  }
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

CLI::App* add_action(CLI::App& app, const std::shared_ptr<ProfileArguments>& a, const std::shared_ptr<Action>& chosen, const char* name,
                     const char* help, Action action, bool with_id) {
  CLI::App* sub = app.add_subcommand(name, help);
  if (with_id) sub->add_option("UUID", a->id, "id of the profile")->required();
  a->store.add_to(*sub);
  sub->add_flag("--json", a->json, "answer as JSON");
  sub->callback([chosen, action] { *chosen = action; });
  return sub;
}

CommandRun add_profile(CLI::App& app, CommandContext&) {
  auto a = std::make_shared<ProfileArguments>();
  auto chosen = std::make_shared<Action>(nullptr);
  app.require_subcommand(1);
  add_action(app, a, chosen, "list", "all profiles", list, false);
  CLI::App* import = add_action(app, a, chosen, "import", "a new profile from a CSV file (timestamp, output_mw)", import_new, false);
  import->add_option("FILE", a->file, "CSV file")->required();
  import->add_option("--name", a->fresh.name, "name")->required();
  import->add_option("--type", a->type, "pv or wind")->check(CLI::IsMember({"pv", "wind"}))->capture_default_str();
  import->add_option("--capacity", a->capacity_mw, "installed power, MW; default: the highest output (warning)");
  import->add_option("--latitude", a->fresh.latitude, "degrees north");
  import->add_option("--longitude", a->fresh.longitude, "degrees east");
  import->add_flag("--preload", a->fresh.preload, "load into the cache when the server starts");
  a->reading.add_to(*import);
  add_action(app, a, chosen, "show", "one profile with its months", show, true);
  add_action(app, a, chosen, "export", "its series as CSV", export_series, true)
      ->add_option("--out", a->out, "file; - is standard output")
      ->capture_default_str();
  add_action(app, a, chosen, "delete", "delete a profile and its data", remove, true);
  app.footer(
      "Example:\n  bess profile import park.csv --name \"Park\" --capacity 12\n  bess simulate request.json --scenario 1   (with "
      "run.profile_id)");
  return [a, chosen] { return (*chosen)(*a); };
}

const CommandRegistration registration{
    {.order = 71, .name = "profile", .help = "production profiles in the store: list, import, show, export, delete", .add = add_profile}};

}  // namespace

}  // namespace bess::app
