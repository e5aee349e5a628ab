#include "importers/market_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "importers/csv_header.h"
#include "importers/file_text.h"
#include "importers/market_file.h"
#include "importers/profile_pvgis.h"

namespace bess {

namespace {

using std::chrono::seconds;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// The issues of one file, cut after `limit` with a count of the rest. Errors go first, so that the cut never hides that there are any.
void append_limited(Issues& all, const Issues& of_file, const std::string& file, std::size_t limit) {
  if (of_file.all().size() <= limit) {
    all.append(of_file);
    return;
  }
  std::size_t shown = 0;
  for (const Severity severity : {Severity::error, Severity::warning}) {
    for (const Issue& issue : of_file.all()) {
      if (issue.severity != severity || shown == limit) continue;
      all.add(issue);
      ++shown;
    }
  }
  const auto severity = of_file.has_errors() ? Severity::error : Severity::warning;
  all.add(file_issue(severity, of_file.all()[limit].code, file, 0, {},
                     fmt::format("{} more problems in this file", of_file.all().size() - limit)));
}

std::string_view last_component(std::string_view file) {
  const std::size_t slash = file.find_last_of("/\\");
  return slash == std::string_view::npos ? file : file.substr(slash + 1);
}

void check_mapping_names(std::span<const InputFile> files, const ImportMapping& mapping, Issues& issues) {
  for (const auto& [name, entry] : mapping) {
    const bool known =
        std::any_of(files.begin(), files.end(), [&](const InputFile& f) { return f.name == name || last_component(f.name) == name; });
    if (!known) issues.warning("unknown_key", "", fmt::format("the mapping speaks of '{}', which is not among the files", name));
  }
}

void check_brought_twice(const std::vector<FileColumn>& columns, Issues& issues) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const ImportedColumn& a = columns[i].about;
      const ImportedColumn& b = columns[j].about;
      if (a.table != b.table || a.name != b.name) continue;
      issues.add(file_issue(Severity::error, "duplicate_column", a.file, 0, a.header,
                            fmt::format("column {} of table {} is brought by {} too", a.name, to_string(a.table), b.file)));
      break;
    }
  }
}

void check_imbalance(const MarketTable& table, const std::vector<FileColumn>& columns, Issues& issues) {
  const TableColumn* take = table.find("imbalance_take");
  const TableColumn* feed = table.find("imbalance_feed");
  if (take == nullptr || feed == nullptr) return;
  std::int64_t count = 0;
  std::optional<Instant> first;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    if (!(take->values[r] < feed->values[r])) continue;
    ++count;
    if (!first) first = table.delivery_start[r];
  }
  if (count == 0) return;
  const auto source = std::find_if(columns.begin(), columns.end(), [](const FileColumn& c) { return c.about.name == "imbalance_take"; });
  issues.add(file_issue(Severity::warning, "take_below_feed", source->about.file, 0, source->about.header,
                        fmt::format("the take price is below the feed price in {} periods, the first at {}; are the columns exchanged?",
                                    count, format_instant(*first))));
}

/// Columns that are stored and shown, and that no computation reads yet.
void warn_unused(const std::vector<FileColumn>& columns, Issues& issues) {
  for (const FileColumn& column : columns) {
    const auto infos = columns_of(column.about.table);
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const TableColumnInfo& i) { return i.name == column.about.name; });
    if (info == infos.end() || is_computed_with(info->column)) continue;
    issues.add(file_issue(Severity::warning, "unused_column", column.about.file, 0, column.about.header,
                          fmt::format("{} is stored, but no computation uses it yet", column.about.name)));
  }
}

std::vector<FileColumn> take_table(std::vector<FileColumn>& columns, TableKind kind) {
  std::vector<FileColumn> result;
  for (FileColumn& column : columns) {
    if (column.about.table == kind) result.push_back(column);
  }
  return result;
}

bool same_axis(const std::vector<FileColumn>& columns) {
  return std::all_of(columns.begin(), columns.end(), [&](const FileColumn& c) {
    return c.axis == columns.front().axis ||
           (c.axis->start == columns.front().axis->start && c.axis->duration_s == columns.front().axis->duration_s);
  });
}

/// The bounds of all rows of all columns, ascending, each once.
std::vector<Instant> all_bounds(const std::vector<FileColumn>& columns) {
  std::vector<Instant> bounds;
  std::set<const RowAxis*> seen;
  for (const FileColumn& column : columns) {
    if (!seen.insert(column.axis.get()).second) continue;
    std::vector<Instant> own;
    own.reserve(column.axis->start.size() * 2);
    for (std::size_t r = 0; r < column.axis->start.size(); ++r) {
      const Instant end = column.axis->start[r] + seconds{column.axis->duration_s[r]};
      own.push_back(column.axis->start[r]);
      if (r + 1 == column.axis->start.size() || column.axis->start[r + 1] != end) own.push_back(end);
    }
    std::vector<Instant> merged;
    merged.reserve(bounds.size() + own.size());
    std::set_union(bounds.begin(), bounds.end(), own.begin(), own.end(), std::back_inserter(merged));
    bounds = std::move(merged);
  }
  return bounds;
}

/// A column's values on the elementary periods between the bounds.
std::vector<double> spread(const FileColumn& column, const std::vector<Instant>& bounds) {
  std::vector<double> values(bounds.size() - 1, none);
  std::size_t r = 0;
  const RowAxis& axis = *column.axis;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    while (r < axis.start.size() && axis.start[r] + seconds{axis.duration_s[r]} <= bounds[i]) ++r;
    if (r < axis.start.size() && axis.start[r] <= bounds[i]) values[i] = column.values[r];
  }
  return values;
}

TableColumn table_column(const FileColumn& column, std::vector<double> values) {
  return {column.about.name, std::move(values), column.about.quality, column.resolution, column.covers_from, column.covers_to};
}

void drop_empty_rows(MarketTable& table) {
  std::size_t kept = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const bool empty =
        std::all_of(table.columns.begin(), table.columns.end(), [&](const TableColumn& c) { return std::isnan(c.values[r]); });
    if (empty) continue;
    table.delivery_start[kept] = table.delivery_start[r];
    table.duration_s[kept] = table.duration_s[r];
    for (TableColumn& c : table.columns) c.values[kept] = c.values[r];
    ++kept;
  }
  table.delivery_start.resize(kept);
  table.duration_s.resize(kept);
  for (TableColumn& c : table.columns) c.values.resize(kept);
}

std::size_t canonical_place(TableKind kind, const std::string& name) {
  const auto columns = columns_of(kind);
  return static_cast<std::size_t>(std::find_if(columns.begin(), columns.end(), [&](const TableColumnInfo& i) { return i.name == name; }) -
                                  columns.begin());
}

}  // namespace

MarketTable join_columns(TableKind kind, std::vector<FileColumn> columns) {
  MarketTable table{.kind = kind};
  if (columns.empty()) return table;
  std::sort(columns.begin(), columns.end(), [&](const FileColumn& a, const FileColumn& b) {
    return canonical_place(kind, a.about.name) < canonical_place(kind, b.about.name);
  });
  if (same_axis(columns)) {
    table.delivery_start = columns.front().axis->start;
    table.duration_s = columns.front().axis->duration_s;
    for (FileColumn& c : columns) table.columns.push_back(table_column(c, std::move(c.values)));
  } else {
    const std::vector<Instant> bounds = all_bounds(columns);
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      table.delivery_start.push_back(bounds[i]);
      table.duration_s.push_back(static_cast<std::int32_t>((bounds[i + 1] - bounds[i]).count()));
    }
    for (const FileColumn& c : columns) table.columns.push_back(table_column(c, spread(c, bounds)));
  }
  drop_empty_rows(table);
  return table;
}

const FileMapping& mapping_for(const ImportOptions& options, std::string_view file) {
  if (const auto whole = options.mapping.find(std::string(file)); whole != options.mapping.end()) return whole->second;
  if (const auto last = options.mapping.find(std::string(last_component(file))); last != options.mapping.end()) return last->second;
  return options.every_file;
}

Expected<ImportResult> import_files(std::span<const InputFile> files, const ImportOptions& options) {
  Issues issues;
  const auto zone = MarketCalendar::zone_of_country(options.country);
  if (!zone) return one_error("time_zone", "", fmt::format("no market time zone is known for country '{}'", options.country));
  if (files.empty()) return one_error("missing_column", "", "there is no file to import");
  const MarketCalendar calendar{*zone};
  check_mapping_names(files, options.mapping, issues);
  ImportResult result;
  std::vector<FileColumn> columns;
  ImportOptions limited = options;
  for (const InputFile& file : files) {
    Issues of_file;
    auto content = read_market_file(file, limited, calendar, of_file);
    if (content && !mapping_for(options, file.name).exact_rows) warn_unused(content->columns, of_file);
    append_limited(issues, of_file, file.name, options.max_issues_per_file);
    if (!content) continue;
    result.rows_read += content->rows_read;
    result.duplicates_dropped += content->duplicates_dropped;
    limited.max_rows -= std::min(limited.max_rows, static_cast<std::size_t>(content->rows_read));
    result.files.push_back(std::move(content->reading));
    std::move(content->columns.begin(), content->columns.end(), std::back_inserter(columns));
  }
  check_brought_twice(columns, issues);
  if (issues.has_errors()) return issues;
  if (columns.empty()) {
    for (const InputFile& file : files)
      issues.add(file_issue(Severity::error, "missing_column", file.name, 0, {}, "the file has rows, but no values in them"));
    return issues;
  }
  for (const FileColumn& column : columns) result.columns.push_back(column.about);
  for (const TableInfo& info : all_tables()) {
    MarketTable table = join_columns(info.id, take_table(columns, info.id));
    if (info.id == TableKind::price) check_imbalance(table, columns, issues);
    if (table.rows() > 0) result.tables.push_back(std::move(table));
  }
  result.warnings = std::move(issues);
  return result;
}

CsvContent detect_content(std::string_view bytes, const FileMapping& mapping) {
  Issues ignored;
  const auto content = file_text({"", bytes}, ignored);
  if (!content) return CsvContent::unknown;
  const std::vector<WantedColumn> profile{{TableKind::solar, "output_mw", "MW"}};
  if (mapping.table) return CsvContent::market;
  if (is_pvgis_production(content->text())) return CsvContent::profile;
  // Only what the columns are matters here, not whether the units fit or the areas leave a choice.
  const auto holds = [&](const std::vector<WantedColumn>& wanted) {
    Issues problems;
    if (plan_header(content->text(), "", mapping, wanted, "NL", problems)) return true;
    const auto errors = problems.errors();
    return std::any_of(errors.begin(), errors.end(), [](const Issue& i) { return i.code == "unit_conflict"; });
  };
  if (holds(profile)) return CsvContent::profile;
  return holds(market_columns(mapping, "")) ? CsvContent::market : CsvContent::unknown;
}

}  // namespace bess
