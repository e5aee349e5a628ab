#pragma once
// What several commands share: where data comes from, where results go.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "bess/arguments.h"
#include "service/data/sources.h"
#include "service/runs/simulate.h"
#include "store/store.h"

namespace bess::app {

/// How files are to be read: --mapping, --column, --time-zone, --unit, --table, --preset, --country,
/// --last-duplicate.
struct FileArguments {
  std::string mapping_file;
  std::vector<std::string> columns;  ///< canonical=header
  std::vector<std::string> units;    ///< canonical=unit
  std::string time_zone;
  std::string table;
  std::string preset;
  std::string country{"NL"};
  bool last_duplicate{false};
  void add_to(Arguments& arguments);
  [[nodiscard]] Expected<ImportOptions> options() const;
};

/// Where prices come from: --prices, --sample, --scenario; profiles from --solar and --wind, what the connection gives from
/// --import-limit and --export-limit.
struct PriceArguments {
  std::vector<std::string> files;
  bool sample{false};
  std::int64_t sample_seed{1};
  std::optional<std::int64_t> scenario;
  std::string solar_file, wind_file, import_limit_file, export_limit_file;
  FileArguments reading;
  void add_to(Arguments& arguments);
  /// Everything the request needs; the store is opened only when the request or --scenario names something in it.
  [[nodiscard]] Expected<service::SimulationSources> load(const service::SimulationRequest& request,
                                                          const std::string& data_directory) const;
};

/// --data-dir, else BESS_DATA_DIR, else $XDG_DATA_HOME/bess, else ~/.local/share/bess.
struct StoreArguments {
  std::string data_directory;
  void add_to(Arguments& arguments);
  [[nodiscard]] std::string directory() const;
  [[nodiscard]] std::unique_ptr<Store> open() const;
};

/// Makes the directory where there is none; throws write_failed.
void make_directory(const std::filesystem::path& directory);
/// summary.json, timeseries.csv (when kept) and heatmap.html in a directory that is made if it is missing; each whole or not at all.
void write_results(const service::SimulationAnswer& answer, double seconds, const std::filesystem::path& directory);

/// Says on standard error which files were recognised as which export.
void print_readings(const std::vector<FileReading>& files);

/// NAME=VALUE (an argument's assignment()) split at the first "=".
[[nodiscard]] std::pair<std::string, std::string> split_assignment(const std::string& text);

}  // namespace bess::app
