#include "bess/data_arguments.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "bess/command.h"
#include "importers/profile_csv.h"
#include "market/sample.h"

namespace bess::app {

std::pair<std::string, std::string> split_assignment(const std::string& text) {
  const auto at = text.find('=');
  BESS_ASSERT(at != std::string::npos);  // Argument::assignment() has checked it
  return {text.substr(0, at), text.substr(at + 1)};
}

void print_readings(const std::vector<FileReading>& files) {
  for (const FileReading& reading : files) {
    if (reading.preset.empty()) continue;
    std::string rest;
    for (const std::string& header : reading.not_used) rest += (rest.empty() ? "; not used: " : ", ") + header;
    if (reading.rows_left_out > 0) rest += fmt::format("; {} rows of other series left out", reading.rows_left_out);
    fmt::print(stderr, "{}: read as {} (preset {}){}\n", reading.file, reading.title, reading.preset, rest);
  }
}

void FileArguments::add_to(Arguments& arguments) {
  arguments.option("--mapping", mapping_file, "JSON file that says how each file is to be read (docs/formats.md)");
  arguments.option("--column", columns, "our name = the file's header, as in --column day_ahead=\"Price [EUR/MWh]\"; may be repeated")
      .assignment()
      .repeated();
  arguments
      .option("--unit", units,
              "unit of a column, over what the header says: --unit fcr_price=EUR/MW/block, --unit day_ahead=\"GBP/MWh*1.17\" (1 GBP = 1.17 "
              "EUR)")
      .assignment()
      .repeated();
  arguments.option("--time-zone", time_zone, "of time stamps without offset: UTC, +01:00, local, or a name such as Europe/Amsterdam");
  arguments.option("--table", table, "price, afrr, fcr, solar or installed_capacity; default: found from the header")
      .one_of({"price", "afrr", "fcr", "solar", "installed_capacity"});
  arguments.option("--preset", preset,
                   "the export that the files are (bess validate --presets); none: not to be recognised by their headers");
  arguments.option("--country", country, "country of the market day").show_default();
  arguments.flag("--last-duplicate", last_duplicate, "of rows with one time stamp and different values take the last (default: an error)");
}

Expected<ImportOptions> FileArguments::options() const {
  ImportOptions options;
  Issues issues;
  options.country = country;
  if (!MarketCalendar::zone_of_country(country))
    issues.error("out_of_range", "--country", fmt::format("no market calendar is known for \"{}\"", country));
  options.duplicates = last_duplicate ? Duplicates::last : Duplicates::error;
  options.every_file.time_zone = time_zone;
  options.every_file.preset = preset;
  if (!table.empty()) options.every_file.table = parse_table_kind(table);
  for (const std::string& text : columns)
    options.every_file.columns.insert_or_assign(split_assignment(text).first, split_assignment(text).second);
  for (const std::string& text : units)
    options.every_file.units.insert_or_assign(split_assignment(text).first, split_assignment(text).second);
  if (!mapping_file.empty()) {
    const Expected<std::string> text = read_file(mapping_file);
    if (!text) {
      issues.append(text.issues());
    } else if (Expected<ImportMapping> mapping = service::parse_mapping(*text, mapping_file)) {
      options.mapping = std::move(*mapping);
    } else {
      issues.append(mapping.issues());
    }
  }
  if (issues.has_errors()) return issues;
  return options;
}

void PriceArguments::add_to(Arguments& arguments) {
  const Argument price_files = arguments.option("--prices", files, "price files: CSV, ZIP, or a folder of CSV files").one_or_more();
  const Argument made_up = arguments.flag("--sample", sample, "use the built-in synthetic year (NL)");
  const Argument stored = arguments.option("--scenario", scenario, "use this scenario of the store instead of run.scenario_id");
  price_files.excludes(made_up).excludes(stored);
  made_up.excludes(stored);
  arguments.option("--sample-seed", sample_seed, "seed of the synthetic year").show_default();
  arguments.option("--solar", solar_file, "solar profile from a CSV file (timestamp, output_mw) instead of run.profile_id");
  arguments.option("--wind", wind_file, "wind profile from a CSV file instead of run.wind_profile_id");
  arguments.option("--import-limit", import_limit_file,
                   "CSV file (timestamp, output_mw) of the import that the connection allows, whole years; gridChargingCapacity holds too");
  arguments.option("--export-limit", export_limit_file, "the same of export, beside gridDischargingCapacity");
  reading.add_to(arguments);
}

namespace {

std::shared_ptr<const ProductionSeries> load_profile(const std::string& path, const std::string& country,
                                                     service::SimulationSources& sources, Issues& issues) {
  const Expected<std::string> bytes = read_file(path);
  if (!bytes) {
    issues.append(bytes.issues());
    return nullptr;
  }
  ProfileCsvOptions options;
  options.country = country;
  Expected<ImportedProfile> profile = import_profile({path, *bytes}, options);
  if (!profile) {
    issues.append(profile.issues());
    return nullptr;
  }
  sources.warnings.append(profile->warnings);
  return std::make_shared<const ProductionSeries>(std::move(profile->production));
}

/// The year the sample is made for: the project's first, where the generator can.
int sample_year(const service::SimulationRequest& request) {
  const auto start = parse_clock(request.params.start_project);
  const int year = start ? static_cast<int>(start->date.year()) : 2024;
  return std::clamp(year, 1971, 2198);
}

}  // namespace

Expected<service::SimulationSources> PriceArguments::load(const service::SimulationRequest& request,
                                                          const std::string& data_directory) const {
  service::SimulationSources sources;
  Issues issues;
  service::RunOptions run = request.run;
  if (scenario) run.scenario_id = scenario;
  if (!solar_file.empty()) run.profile_id.reset();
  if (!wind_file.empty()) run.wind_profile_id.reset();
  const bool own_prices = sample || !files.empty();
  if (!own_prices && !run.scenario_id) {
    issues.error("required", "/run/scenario_id", "no prices: give --prices, --sample, --scenario or run.scenario_id");
    return issues;
  }
  if (!own_prices || run.profile_id || run.wind_profile_id) {
    StoreArguments where;
    where.data_directory = data_directory;
    const std::unique_ptr<Store> store = where.open();
    Expected<service::SimulationSources> stored = service::sources_from_store(run, *store, own_prices);
    if (!stored) return stored.issues();
    sources = std::move(*stored);
  }
  if (sample) {
    sources.prices = make_sample_prices(static_cast<std::uint64_t>(sample_seed), sample_year(request));
  } else if (!files.empty()) {
    const Expected<ImportOptions> options = reading.options();
    if (!options) return options.issues();
    const Expected<service::SourceSet> set = service::read_sources({files.begin(), files.end()});
    if (!set) return set.issues();
    Expected<service::LoadedPrices> loaded = service::load_prices(*set, *options, std::filesystem::path(files.front()).filename().string());
    if (!loaded) return loaded.issues();
    sources.prices = std::move(loaded->prices);
    sources.warnings.append(loaded->warnings);
    print_readings(loaded->files);
  }
  const auto profile = [&](const std::string& file, std::shared_ptr<const ProductionSeries>& out) {
    if (!file.empty()) out = load_profile(file, sources.prices.country, sources, issues);
  };
  profile(solar_file, sources.solar);
  profile(wind_file, sources.wind);
  profile(import_limit_file, sources.import_limit);
  profile(export_limit_file, sources.export_limit);
  if (issues.has_errors()) return issues;
  return sources;
}

void StoreArguments::add_to(Arguments& arguments) {
  arguments.option("--data-dir", data_directory,
                   "directory of the store; default BESS_DATA_DIR, else $XDG_DATA_HOME/bess, else ~/.local/share/bess");
}

std::string StoreArguments::directory() const {
  if (!data_directory.empty()) return data_directory;
  if (const char* dir = std::getenv("BESS_DATA_DIR"); dir != nullptr && *dir != '\0') return dir;
  if (const char* dir = std::getenv("XDG_DATA_HOME"); dir != nullptr && *dir != '\0') return std::string(dir) + "/bess";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return std::string(home) + "/.local/share/bess";
  return "bess-data";
}

std::unique_ptr<Store> StoreArguments::open() const {
  StoreOptions options;
  options.data_directory = directory();
  return std::make_unique<Store>(std::move(options));
}

void make_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw Exception("write_failed", fmt::format("{} can't be made: {}", directory.string(), error.message()));
}

void write_results(const service::SimulationAnswer& answer, double seconds, const std::filesystem::path& directory) {
  make_directory(directory);
  service::ResponseOptions options;
  options.simulation_time_seconds = seconds;
  write_file((directory / "summary.json").string(), service::response_text(answer, options));
  write_file((directory / "heatmap.html").string(), service::heatmap_page(answer));
  if (!answer.prepared->input.run.keep_series) return;
  const service::SeriesExport& csv = *service::find_export(service::series_exports(), "csv");
  write_file((directory / "timeseries.csv").string(), [&](std::ostream& out) {
    return csv.write(answer.result, [&out](std::string_view part) {
      out.write(part.data(), static_cast<std::streamsize>(part.size()));
      return out.good();
    });
  });
}

}  // namespace bess::app
