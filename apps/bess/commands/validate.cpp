// bess validate: checks price and profile files, and requests, and lists every problem.

#include <fmt/format.h>

#include <iterator>
#include <memory>

#include "bess/command.h"
#include "bess/data_arguments.h"
#include "importers/preset_list.h"
#include "importers/profile_csv.h"
#include "service/data/scenarios.h"
#include "service/runs/window_file.h"

namespace bess::app {

namespace {

struct ValidateArguments {
  std::vector<std::string> files;
  FileArguments reading;
  bool profile{false};
  bool each{false};
  bool json{false};
  bool presets{false};
};

/// What the files hold, for a reader who wants to know whether they were understood.
struct Findings {
  Issues issues;
  std::vector<ImportedColumn> columns;
  std::vector<FileReading> files;
  std::vector<std::string> lines;               ///< about profiles and requests
  service::Json each = service::Json::array();  ///< per file of the command line how it went, when each was checked by itself
};

bool ends_with_json(const std::string& name) { return name.size() > 5 && name.substr(name.size() - 5) == ".json"; }

void check_request_file(const std::string& path, Findings& found) {
  const Expected<std::string> text = read_file(path);
  if (!text) return found.issues.append(text.issues());
  const Expected<service::Json> json = service::parse_json(*text);
  const bool window = json && json->find("params") == nullptr && json->find("battery") != nullptr;
  const Issues issues = window ? service::parse_window(*text).issues : service::parse_request(*text).issues;
  for (Issue issue : issues.all()) {
    issue.file = path;
    found.issues.add(std::move(issue));
  }
  if (!issues.has_errors()) found.lines.push_back(fmt::format("{}: a {}", path, window ? "dispatch window" : "simulation request"));
}

void check_profile_file(const service::SourceFile& file, const ImportOptions& options, Findings& found) {
  ProfileCsvOptions profile;
  profile.country = options.country;
  profile.mapping = mapping_for(options, file.name);
  profile.duplicates = options.duplicates;
  const Expected<ImportedProfile> imported = import_profile({file.name, file.bytes}, profile);
  if (!imported) return found.issues.append(imported.issues());
  found.issues.append(imported->warnings);
  found.files.push_back(imported->reading);
  const ProductionTotals totals = production_totals(imported->production);
  found.lines.push_back(fmt::format("{}: a production profile from {}, {} quarter-hours, {:.1f} MWh, {:.3f} MW at most", file.name,
                                    format_instant(imported->production.start), imported->production.power_mw.size(), totals.energy_mwh,
                                    imported->production.capacity_mw));
}

Findings check(const ValidateArguments& a) {
  Findings found;
  std::vector<std::filesystem::path> data;
  for (const std::string& file : a.files) {
    if (ends_with_json(file)) {
      check_request_file(file, found);
    } else {
      data.emplace_back(file);
    }
  }
  const Expected<ImportOptions> options = a.reading.options();
  if (!options) {
    found.issues.append(options.issues());
    return found;
  }
  if (data.empty()) return found;
  Expected<service::SourceSet> sources = service::read_sources(data);
  if (!sources) {
    found.issues.append(sources.issues());
    return found;
  }
  ImportOptions merged = *options;
  ImportMapping mapping = sources->mapping;
  mapping.merge(merged.mapping);
  merged.mapping = mapping;
  service::SourceSet market;
  for (service::SourceFile& file : sources->files) {
    if (a.profile || detect_content(file.bytes, mapping_for(merged, file.name)) == CsvContent::profile) {
      check_profile_file(file, merged, found);
    } else {
      market.files.push_back(std::move(file));
    }
  }
  if (market.files.empty()) return found;
  Expected<ImportResult> imported = service::import_sources(market, merged);
  if (imported) {
    found.issues.append(imported->warnings);
    found.columns = std::move(imported->columns);
    found.files.insert(found.files.end(), imported->files.begin(), imported->files.end());
  } else {
    found.issues.append(imported.issues());
  }
  return found;
}

service::Json readings_json(const std::vector<FileReading>& readings) {
  service::Json list = service::Json::array();
  for (const FileReading& reading : readings) list.push(service::to_json(reading));
  return list;
}

/// Every file as if it were the only one.
Findings check_each(const ValidateArguments& a) {
  Findings all;
  ValidateArguments one = a;
  for (const std::string& file : a.files) {
    one.files = {file};
    Findings found = check(one);
    service::Json json = service::Json::object();
    json.set("file", file);
    json.set("status", found.issues.has_errors() ? "error" : "success");
    json.set("errors", service::to_json(found.issues.errors()));
    json.set("warnings", service::to_json(found.issues.warnings()));
    json.set("read", readings_json(found.files));
    all.each.push(std::move(json));
    std::move(found.files.begin(), found.files.end(), std::back_inserter(all.files));
    all.issues.append(found.issues);
    std::move(found.columns.begin(), found.columns.end(), std::back_inserter(all.columns));
    std::move(found.lines.begin(), found.lines.end(), std::back_inserter(all.lines));
  }
  return all;
}

service::Json columns_json(const std::vector<ImportedColumn>& columns) {
  service::Json list = service::Json::array();
  for (const ImportedColumn& c : columns) {
    service::Json json = service::Json::object();
    json.set("table", to_string(c.table));
    json.set("column", c.name);
    json.set("file", c.file);
    json.set("header", c.header);
    json.set("rows", c.quality.rows);
    json.set("resolution_minutes", c.quality.resolution_minutes);
    json.set("interpolated_quarters", c.quality.interpolated);
    json.set("borrowed_quarters", c.quality.borrowed);
    json.set("missing_quarters", c.quality.missing);
    json.set("from", format_instant(c.from));
    json.set("to", format_instant(c.to));
    list.push(std::move(json));
  }
  return list;
}

/// How each file was understood: its preset and what was not read of it.
std::string reading_text(const FileReading& reading) {
  std::string text;
  if (!reading.preset.empty()) text = fmt::format("{}: {} (preset {})\n", reading.file, reading.title, reading.preset);
  std::string rest;
  for (const std::string& header : reading.not_used) rest += fmt::format("{}\"{}\"", rest.empty() ? "" : ", ", header);
  if (!rest.empty()) text += fmt::format("{}: not used: {}\n", reading.file, rest);
  if (reading.rows_left_out > 0) text += fmt::format("{}: {} rows of other series were left out\n", reading.file, reading.rows_left_out);
  return text;
}

int list_presets(bool json) {
  service::Json list = service::Json::array();
  for (const PresetInfo& preset : preset_list()) {
    if (!json) {
      print(fmt::format("{:<20} {}\n{:<20} {}\n", preset.name, preset.title, "", preset.example));
      continue;
    }
    service::Json one = service::Json::object();
    one.set("preset", preset.name);
    one.set("title", preset.title);
    one.set("header", preset.example);
    list.push(std::move(one));
  }
  if (json) print(list.dump(2) + "\n");
  return done;
}

int run_validate(const ValidateArguments& a) {
  if (a.presets) return list_presets(a.json);
  const Findings found = a.each ? check_each(a) : check(a);
  const std::size_t errors = found.issues.errors().size();
  const std::size_t warnings = found.issues.warnings().size();
  if (a.json) {
    service::Json json = service::Json::object();
    json.set("status", errors > 0 ? "error" : "success");
    json.set("errors", service::to_json(found.issues.errors()));
    json.set("warnings", service::to_json(found.issues.warnings()));
    json.set("columns", columns_json(found.columns));
    json.set("files", a.each ? found.each : readings_json(found.files));
    print(json.dump(2) + "\n");
    return errors > 0 ? bad_input : done;
  }
  print_issues(found.issues);
  for (const FileReading& reading : found.files) print(reading_text(reading));
  for (const std::string& line : found.lines) print(line + "\n");
  for (const ImportedColumn& c : found.columns) {
    print(fmt::format("{:<20} {:<22} {} .. {}  {} rows of {} min, {} quarters filled, from \"{}\" in {}\n", to_string(c.table), c.name,
                      format_instant(c.from), format_instant(c.to), c.quality.rows, c.quality.resolution_minutes,
                      c.quality.interpolated + c.quality.borrowed, c.header, c.file));
  }
  print(fmt::format("{} error{}, {} warning{}\n", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s"));
  return errors > 0 ? bad_input : done;
}

CommandRun add_validate(Arguments& arguments, CommandContext&) {
  auto a = std::make_shared<ValidateArguments>();
  const Argument file =
      arguments.option("FILE", a->files, "price files, production profiles (CSV, .xlsx, ZIP or a folder) and requests (.json)");
  a->reading.add_to(arguments);
  arguments.flag("--profile", a->profile, "read CSV files as production profiles (default: found from the header)");
  arguments.flag("--each", a->each, "check every file by itself (default: price files together, as one import would read them)");
  const Argument presets = arguments.flag("--presets", a->presets, "list the exports that are recognised by their headers, and stop");
  arguments.flag("--json", a->json, "answer as JSON");
  arguments.footer(
      "Every problem is listed with file, row, column and code (docs/errors.md). Exit code 3 when there is an error. Exports of\n"
      "ENTSO-E, energy-charts, SMARD, TenneT and others are recognised by their headers (--presets lists them).\n\n"
      "Example:\n  bess validate examples/prices");
  arguments.require_unless(file, presets);
  return [a] { return run_validate(*a); };
}

const CommandRegistration registration{
    {.order = 50, .name = "validate", .help = "check price, profile and request files; list every problem", .add = add_validate}};

}  // namespace

}  // namespace bess::app
