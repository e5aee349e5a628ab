// bess scenario: the price scenarios of the store.

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "bess/command.h"
#include "bess/data_arguments.h"
#include "market/sample.h"
#include "service/data/scenarios.h"

namespace bess::app {

namespace {

struct ScenarioArguments {
  StoreArguments store;
  FileArguments reading;
  std::int64_t id{0};
  std::vector<std::string> files;
  NewScenario fresh;
  std::string out_dir{"."};
  std::string format{"csv"};
  bool replace{false};
  bool json{false};
  std::int64_t sample_year{0};
  std::int64_t sample_seed{1};
};

void print_tables(const std::vector<StoredTable>& tables) {
  for (const StoredTable& t : tables) {
    std::string columns;
    for (const StoredColumn& c : t.columns) columns += (columns.empty() ? "" : ", ") + c.name;
    print(fmt::format("  {:<20}{:>9} rows  {} .. {}  {}\n", to_string(t.kind), t.rows, format_instant(t.first), format_instant(t.end),
                      columns));
  }
}

void print_scenario(const Scenario& s) {
  print(fmt::format("{:>5}  {:<30} {:<6} {:>9} rows{}{}{}{}{}\n", s.id, s.name, s.country, s.record_count,
                    s.has_price_data ? "  price" : "", s.has_afrr_data ? "  afrr" : "", s.has_fcr_data ? "  fcr" : "",
                    s.has_solar_data ? "  solar" : "", s.synthetic ? "  (synthetic)" : ""));
}

int list(const ScenarioArguments& a) {
  const auto store = a.store.open();
  service::Json all = service::Json::array();
  for (const Scenario& s : store->scenarios().list()) {
    if (a.json) {
      all.push(service::to_json(s));
    } else {
      print_scenario(s);
    }
  }
  if (a.json) print(all.dump(2) + "\n");
  return done;
}

/// `read`: the import that made it so; null: none.
int answer(const ScenarioArguments& a, const Scenario& scenario, const std::vector<StoredTable>& tables,
           const ImportResult* read = nullptr) {
  if (a.json) {
    service::Json json = service::to_json(scenario);
    json.set("tables", service::to_json(tables));
    if (read != nullptr) service::append_import(json, *read);
    print(json.dump(2) + "\n");
  } else {
    print_scenario(scenario);
    print_tables(tables);
  }
  return done;
}

int show(const ScenarioArguments& a) {
  const auto store = a.store.open();
  const Expected<Scenario> scenario = store->scenarios().get(a.id);
  if (!scenario) return fail_with(scenario.issues(), a.json);
  const Expected<std::vector<StoredTable>> tables = store->scenarios().tables(a.id);
  if (!tables) return fail_with(tables.issues(), a.json);
  return answer(a, *scenario, *tables);
}

int import_into(const ScenarioArguments& a, Store& store, ScenarioId id, const ImportResult& read) {
  Expected<ImportOutcome> outcome = store.scenarios().import_tables(id, read.tables, a.replace ? ImportMode::replace : ImportMode::merge);
  if (!outcome) return fail_with(outcome.issues(), a.json);
  const std::string& description = outcome->scenario.description;
  if (const std::string text = service::noted(description, service::import_note(read)); text != description) {
    const Expected<Scenario> changed = store.scenarios().patch(id, {.description = text});
    if (!changed) return fail_with(changed.issues(), a.json);
    outcome->scenario = *changed;
  }
  print_issues(read.warnings);
  print_readings(read.files);
  return answer(a, outcome->scenario, outcome->tables, &read);
}

Expected<ImportResult> read_tables(const ScenarioArguments& a, const std::string& country) {
  Expected<ImportOptions> options = a.reading.options();
  if (!options) return options.issues();
  options->country = country;
  const Expected<service::SourceSet> sources = service::read_sources({a.files.begin(), a.files.end()});
  if (!sources) return sources.issues();
  return service::import_sources(*sources, *options);
}

int import_files_into(const ScenarioArguments& a) {
  const auto store = a.store.open();
  const Expected<Scenario> scenario = store->scenarios().get(a.id);
  if (!scenario) return fail_with(scenario.issues(), a.json);
  const Expected<ImportResult> imported = read_tables(a, scenario->country);
  if (!imported) return fail_with(imported.issues(), a.json);
  return import_into(a, *store, a.id, *imported);
}

int create(const ScenarioArguments& a) {
  ImportResult read;
  if (!a.files.empty()) {  // read before anything is made: a bad file makes no scenario
    Expected<ImportResult> imported = read_tables(a, a.reading.country);
    if (!imported) return fail_with(imported.issues(), a.json);
    read = std::move(*imported);
  } else if (a.sample_year != 0) {
    read.tables = make_sample_tables(static_cast<std::uint64_t>(a.sample_seed), static_cast<int>(a.sample_year));
  }
  const auto store = a.store.open();
  NewScenario fresh = a.fresh;
  fresh.country = a.reading.country;
  fresh.synthetic = a.files.empty() && a.sample_year != 0;
  const Expected<Scenario> scenario = store->scenarios().create(fresh);
  if (!scenario) return fail_with(scenario.issues(), a.json);
  if (read.tables.empty()) return answer(a, *scenario, {});
  return import_into(a, *store, scenario->id, read);
}

int export_archive(const ScenarioArguments& a, Store& store, const service::ArchiveExport& format) {
  const Expected<std::string> archive = service::export_scenario(store, a.id, format);
  if (!archive) return fail_with(archive.issues(), a.json);
  write_file(a.out_dir, *archive);
  const Expected<std::vector<StoredTable>> tables = store.scenarios().tables(a.id);
  if (a.json && tables) {
    print(service::to_json(*tables).dump(2) + "\n");
  } else {
    print(a.out_dir + "\n");
  }
  return done;
}

int export_tables(const ScenarioArguments& a) {
  const auto store = a.store.open();
  for (const service::ArchiveExport& archive : service::archive_exports()) {
    if (std::filesystem::path(a.out_dir).extension() == archive.extension) return export_archive(a, *store, archive);
  }
  const service::TableExport& format = *service::find_export(service::table_exports(), a.format);
  const Expected<std::vector<StoredTable>> tables = store->scenarios().tables(a.id);
  if (!tables) return fail_with(tables.issues(), a.json);
  std::filesystem::create_directories(a.out_dir);
  for (const StoredTable& stored : *tables) {
    const Expected<MarketTable> table = store->scenarios().table(a.id, stored.kind);
    if (!table) return fail_with(table.issues(), a.json);
    const std::string path = (std::filesystem::path(a.out_dir) / (std::string(to_string(stored.kind)).append(format.extension))).string();
    write_file(path, format.write(*table));
    if (!a.json) print(path + "\n");
  }
  if (a.json) print(service::to_json(*tables).dump(2) + "\n");
  return done;
}

int remove(const ScenarioArguments& a) {
  const auto store = a.store.open();
  const Expected<Scenario> scenario = store->scenarios().remove(a.id);
  if (!scenario) return fail_with(scenario.issues(), a.json);
  if (a.json) {
    print(service::to_json(*scenario).dump(2) + "\n");
  } else {
    print(fmt::format("deleted {} ({})\n", scenario->id, scenario->name));
  }
  return done;
}

using Action = int (*)(const ScenarioArguments&);

Arguments& add_action(Arguments& arguments, const std::shared_ptr<ScenarioArguments>& a, const std::shared_ptr<Action>& chosen,
                      const char* name, const char* help, Action action, bool with_id) {
  Arguments& sub = arguments.action(name, help);
  if (with_id) sub.option("ID", a->id, "number of the scenario").required();
  a->store.add_to(sub);
  sub.flag("--json", a->json, "answer as JSON");
  sub.when_given([chosen, action] { *chosen = action; });
  return sub;
}

CommandRun add_scenario(Arguments& arguments, CommandContext&) {
  auto a = std::make_shared<ScenarioArguments>();
  auto chosen = std::make_shared<Action>(nullptr);
  arguments.require_action();
  add_action(arguments, a, chosen, "list", "all scenarios", list, false);
  Arguments& fresh =
      add_action(arguments, a, chosen, "create", "a new scenario, with data when files or --sample-year are given", create, false);
  fresh.option("--name", a->fresh.name, "name").required();
  fresh.option("--description", a->fresh.description, "for people");
  fresh.flag("--preload", a->fresh.preload, "load into the cache when the server starts");
  fresh.option("--sample-year", a->sample_year, "fill with the synthetic prices of this year").within(1971, 2198);
  fresh.option("--sample-seed", a->sample_seed, "seed of the synthetic prices").show_default();
  fresh.option("FILE", a->files, "CSV, .xlsx or ZIP files or folders to import");
  a->reading.add_to(fresh);
  Arguments& import = add_action(arguments, a, chosen, "import", "import tables into a scenario, all or nothing", import_files_into, true);
  import.option("FILE", a->files, "CSV, .xlsx or ZIP files or folders").required();
  import.flag("--replace", a->replace, "empty the tables that are brought first (default: replace their range)");
  a->reading.add_to(import);
  add_action(arguments, a, chosen, "show", "one scenario and its tables", show, true);
  std::string archives;
  for (const service::ArchiveExport& archive : service::archive_exports()) archives += fmt::format(", or NAME{}", archive.extension);
  Arguments& taken = add_action(arguments, a, chosen, "export", "its tables as files, or all of it as one archive", export_tables, true);
  taken
      .option("--out", a->out_dir,
              fmt::format("directory for one file per table{} for an archive that imports again to the same rows", archives))
      .show_default();
  taken.option("--format", a->format, "of the files of tables").one_of(service::names_of(service::table_exports())).show_default();
  add_action(arguments, a, chosen, "delete", "delete a scenario and its data", remove, true);
  arguments.footer(
      "Example:\n  bess scenario create --name \"NL 2024\" prices/*.csv --time-zone UTC\n  bess simulate request.json --scenario 1");
  return [a, chosen] { return (*chosen)(*a); };
}

const CommandRegistration registration{{.order = 70,
                                        .name = "scenario",
                                        .help = "price scenarios in the store: list, create, import, show, export, delete",
                                        .add = add_scenario}};

}  // namespace

}  // namespace bess::app
