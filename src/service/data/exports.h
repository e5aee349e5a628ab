#pragma once
// What can be taken out of the program, and in which formats. A row each: the command line, the API, its document and docs/formats.md read
// the rows, so a new format is a function and a row in exports.cpp.

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/option.h"
#include "generation/production.h"
#include "market/table.h"
#include "service/text_sink.h"
#include "simulation/simulation.h"

namespace bess::service {

struct ExportFormat {
  std::string_view name;  ///< in requests and on the command line
  std::string_view help;
  std::string_view media_type;  ///< of the answer over HTTP
  std::string_view extension;   ///< of a file, with its dot
  bool attachment{false};       ///< over HTTP a file to be saved, with a name
};

/// A table of a scenario.
struct TableExport : ExportFormat {
  std::string (*write)(const MarketTable& table){};
};

/// A whole scenario. The same tables give the same bytes.
struct ArchiveExport : ExportFormat {
  std::string (*write)(const std::vector<MarketTable>& tables){};
};

/// The series of a production profile.
struct ProfileExport : ExportFormat {
  std::string (*write)(const std::string& id, const ProductionSeries& series){};
};

/// The time series of a run that kept them.
struct SeriesExport : ExportFormat {
  bool in_answer{false};  ///< the member `timeseries` of the answer; else a text of its own
  /// False when the sink said stop.
  bool (*write)(const SimulationResult& result, const TextSink& sink){};
};

/// The rows. The first is what the API answers when nothing is asked for.
[[nodiscard]] std::span<const TableExport> table_exports();
[[nodiscard]] std::span<const ArchiveExport> archive_exports();
[[nodiscard]] std::span<const ProfileExport> profile_exports();
[[nodiscard]] std::span<const SeriesExport> series_exports();

/// Places of rows, as options hold them.
enum class TableFormat : std::uint8_t {};
enum class ArchiveFormat : std::uint8_t {};
enum class ProfileFormat : std::uint8_t {};
enum class SeriesFormat : std::uint8_t {};
[[nodiscard]] const TableExport& export_of(TableFormat format);
[[nodiscard]] const ArchiveExport& export_of(ArchiveFormat format);
[[nodiscard]] const ProfileExport& export_of(ProfileFormat format);
[[nodiscard]] const SeriesExport& export_of(SeriesFormat format);

/// The row of that name; null: none.
template <class Row>
[[nodiscard]] const Row* find_export(std::span<const Row> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [name](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

/// For an option that holds the place of a row.
template <class Row>
[[nodiscard]] std::vector<Choice> choices_of(std::span<const Row> rows) {
  std::vector<Choice> choices;
  for (const Row& row : rows) choices.push_back({row.name, row.help});
  return choices;
}

/// The names, as a command line offers them.
template <class Row>
[[nodiscard]] std::vector<std::string> names_of(std::span<const Row> rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

/// "text/csv" of "text/csv; charset=utf-8".
[[nodiscard]] std::string_view bare_media_type(const ExportFormat& format);

/// The bare media types beside JSON, each once, as the API's document lists them.
template <class Row>
[[nodiscard]] std::vector<std::string_view> media_types_beside_json(std::span<const Row> rows) {
  std::vector<std::string_view> types;
  for (const Row& row : rows) {
    const std::string_view type = bare_media_type(row);
    if (type != "application/json" && std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  return types;
}

/// The Markdown table of docs/formats.md.
[[nodiscard]] std::string exports_table();

}  // namespace bess::service
