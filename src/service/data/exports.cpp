#include "service/data/exports.h"

#include <fmt/format.h>

#include "importers/csv_export.h"
#include "service/data/export_writers.h"

namespace bess::service {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view csv_type = "text/csv; charset=utf-8";

constexpr TableExport tables[] = {
    {{"json", "columns", json_type, ".json"}, &table_json},
    {{"csv", "canonical CSV; the archive of /export holds all exactly", csv_type, ".csv", true}, &write_csv},
};

constexpr ArchiveExport archives[] = {
    {{"zip", "one CSV file per table and a mapping.json", "application/zip", ".zip", true}, &scenario_archive},
};

constexpr ProfileExport profiles[] = {
    {{"json", "columns", json_type, ".json"}, &profile_json},
    {{"csv", "the file that imports again", csv_type, ".csv"}, &profile_csv},
};

constexpr SeriesExport series[] = {
    {{"objects", "array of objects", json_type, ".json"}, true, &series_objects},
    {{"columns", "object of arrays, a third of the size", json_type, ".json"}, true, &series_columns},
    {{"csv", "the answer is timeseries.csv alone", csv_type, ".csv", true}, false, &series_csv},
};

template <class Row>
void add_rows(std::string_view what, std::span<const Row> rows, std::string& out) {
  for (const Row& row : rows) out += fmt::format("| {} | `{}` | `{}` | {} |\n", what, row.name, row.media_type, row.help);
}

}  // namespace

std::span<const TableExport> table_exports() { return tables; }
std::span<const ArchiveExport> archive_exports() { return archives; }
std::span<const ProfileExport> profile_exports() { return profiles; }
std::span<const SeriesExport> series_exports() { return series; }

const TableExport& export_of(TableFormat format) { return tables[static_cast<std::size_t>(format)]; }
const ArchiveExport& export_of(ArchiveFormat format) { return archives[static_cast<std::size_t>(format)]; }
const ProfileExport& export_of(ProfileFormat format) { return profiles[static_cast<std::size_t>(format)]; }
const SeriesExport& export_of(SeriesFormat format) { return series[static_cast<std::size_t>(format)]; }

std::string_view bare_media_type(const ExportFormat& format) { return format.media_type.substr(0, format.media_type.find(';')); }

std::string exports_table() {
  std::string out = "| What | Format | Media type | |\n| --- | --- | --- | --- |\n";
  add_rows("table of a scenario", table_exports(), out);
  add_rows("whole scenario", archive_exports(), out);
  add_rows("profile", profile_exports(), out);
  add_rows("time series of a run", series_exports(), out);
  return out;
}

}  // namespace bess::service
