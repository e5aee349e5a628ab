#include "importers/csv_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "importers/header_names.h"
#include "importers/header_units.h"
#include "importers/long_table.h"
#include "importers/presets/preset.h"

namespace bess {

namespace {

constexpr std::size_t header_search_lines = 30;
constexpr std::size_t told_columns = 20;  ///< unknown columns that get a warning each
constexpr std::array<std::string_view, 5> time_names{"timestamp", "timestamp_utc", "delivery_start", "datetime", "block_start_utc"};
constexpr std::array<std::string_view, 4> end_names{"timestamp_end", "delivery_end", "timestamp_end_utc", "block_end_utc"};
constexpr std::array<std::string_view, 7> special_names{"timestamp", "timestamp_end", "delivery_end", "date", "time", "zone", "period"};
/// Looked for where a mapping names data columns and no time.
constexpr std::array<std::string_view, 14> usual_time_names{"time",      "datetime(utc)", "mtu(cet/cest)", "mtu(utc)", "block start",
                                                            "start",     "starttime",     "zeitstempel",   "zeit",     "tijdstip",
                                                            "datumtijd", "date",          "datum",         "from"};
constexpr std::array<std::string_view, 4> unit_names{"unit", "units", "einheit", "eenheid"};
constexpr std::size_t most_units = 8;
constexpr std::array<std::string_view, 6> currency_names{"currency", "currencycode", "price_currency", "waehrung", "währung", "valuta"};

std::optional<std::string> mapped(const FileMapping& mapping, std::string_view canonical) {
  const auto found = mapping.columns.find(std::string(canonical));
  return found == mapping.columns.end() ? std::nullopt : std::optional(found->second);
}

bool is_special(std::string_view name) { return std::find(special_names.begin(), special_names.end(), name) != special_names.end(); }

/// Does the mapping name data columns? Then only those are read.
bool maps_data(const FileMapping& mapping) {
  return std::any_of(mapping.columns.begin(), mapping.columns.end(), [](const auto& entry) { return !is_special(entry.first); });
}

class Planner {
 public:
  /// `own`: what the user says; `mapping`: with what a preset adds.
  Planner(const std::string& file, const FileMapping& own, const FileMapping& mapping, bool preset, const std::vector<WantedColumn>& wanted,
          Issues& issues)
      : file_(file), own_(own), mapping_(mapping), preset_(preset), wanted_(wanted), issues_(issues) {}

  /// Is this the header line: does it hold the time column and at least one wanted one?
  [[nodiscard]] bool fits(const HeaderNames& names) const {
    if (!time_cell(names)) return false;
    if (maps_data(mapping_)) {
      return std::any_of(mapping_.columns.begin(), mapping_.columns.end(),
                         [&](const auto& entry) { return !is_special(entry.first) && names.find(entry.second); });
    }
    return std::any_of(wanted_.begin(), wanted_.end(), [&](const WantedColumn& w) { return names.find(w.name).has_value(); });
  }

  [[nodiscard]] std::optional<std::size_t> time_of(const HeaderNames& names) const { return time_cell(names); }

  /// `units`: the line of units below the header, where there is one.
  std::optional<HeaderPlan> plan(std::string_view text, const HeaderNames& names, std::size_t row, char separator,
                                 const HeaderNames* units) {
    HeaderPlan plan{.row = row, .last_row = row, .separator = separator, .cells = names.size()};
    plan.reading.file = file_;
    plan.date_order = mapping_.date_order;
    const std::size_t errors_before = issues_.errors().size();
    plan_time(names, plan);
    if (maps_data(mapping_)) {
      plan_mapped(names, plan);
    } else {
      plan_canonical(names, plan);
    }
    plan_where(names, plan);
    plan_pivot(names, plan);
    std::vector<std::string> unit_texts;
    if (const auto cell = names.find_any(unit_names)) unit_texts = distinct_texts_of(text, plan, *cell, most_units);
    plan_units({file_, own_, mapping_, names, units, std::move(unit_texts)}, plan, issues_);
    if (issues_.errors().size() > errors_before) return std::nullopt;
    list_not_used(names, plan);
    return plan;
  }

 private:
  void error(const char* code, std::size_t row, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_, row, column, std::move(message)));
  }

  [[nodiscard]] std::optional<std::size_t> time_cell(const HeaderNames& names) const {
    if (const auto name = mapped(mapping_, "timestamp")) return names.find(*name);
    if (const auto name = mapped(mapping_, "date")) return names.find(*name);
    if (const auto cell = names.find_any(time_names)) return cell;
    return maps_data(mapping_) ? names.find_any(usual_time_names) : std::nullopt;
  }

  void plan_time(const HeaderNames& names, HeaderPlan& plan) {
    if (const auto cell = time_cell(names)) {
      plan.time_cell = *cell;
      plan.time_header = names[*cell];
      if (!names[*cell].empty()) names.check_unique(*cell, issues_);
    } else {
      const std::string name = mapped(mapping_, "timestamp").value_or(mapped(mapping_, "date").value_or("timestamp"));
      error("missing_column", plan.row, name, fmt::format("the header has no column '{}' for the time; it has: {}", name, names.list()));
    }
    const auto beside = [&](const char* special, std::optional<std::size_t>& cell) {
      const auto name = mapped(mapping_, special);
      if (!name) return;
      cell = names.find(*name);
      if (!cell) error("missing_column", plan.row, *name, fmt::format("the header has no column '{}'; it has: {}", *name, names.list()));
    };
    beside("time", plan.clock_cell);
    beside("zone", plan.zone_cell);
    beside("period", plan.period_cell);
    plan_zone(plan);
    std::optional<std::string> end = mapped(mapping_, "timestamp_end");
    if (!end) end = mapped(mapping_, "delivery_end");
    plan.end_cell = end ? names.find(*end) : names.find_any(end_names);
    if (end && !plan.end_cell)
      error("missing_column", plan.row, *end, fmt::format("the header has no column '{}'; it has: {}", *end, names.list()));
  }

  /// The zone of stamps without offset: what the user says, else the header, else the preset.
  void plan_zone(HeaderPlan& plan) {
    const std::string told = zone_in_header(plan.time_header);
    plan.zone = !own_.time_zone.empty() ? own_.time_zone : !told.empty() ? told : mapping_.time_zone;
    if (told != "UTC" || plan.zone == "UTC" || plan.zone == "Z" || plan.zone == "+00:00") return;
    issues_.add(file_issue(Severity::warning, "unit_overridden", file_, plan.row, plan.time_header,
                           fmt::format("the header says UTC; the stamps were read in {}, as stated", plan.zone)));
  }

  void plan_where(const HeaderNames& names, HeaderPlan& plan) {
    for (const auto& [header, accepted] : mapping_.where) {
      if (const auto cell = names.find(header)) {
        plan.where.push_back({*cell, names[*cell], accepted});
      } else {
        error("missing_column", plan.row, header, fmt::format("the header has no column '{}' for where; it has: {}", header, names.list()));
      }
    }
  }

  void plan_pivot(const HeaderNames& names, HeaderPlan& plan) {
    if (!mapping_.pivot) return;
    const auto cell = names.find(mapping_.pivot->column);
    if (!cell) {
      error("missing_column", plan.row, mapping_.pivot->column,
            fmt::format("the header has no column '{}' for the pivot; it has: {}", mapping_.pivot->column, names.list()));
      return;
    }
    PivotPlan pivot{.cell = *cell};
    for (const auto& [product, target] : mapping_.pivot->values) {
      std::vector<bool> columns(plan.columns.size(), target.columns.empty());
      for (const std::string& canonical : target.columns) {
        const bool known = std::any_of(wanted_.begin(), wanted_.end(), [&](const WantedColumn& w) { return w.name == canonical; });
        if (!known && !preset_) {
          error("missing_column", 0, canonical,
                fmt::format("the pivot names '{}', which {} does not have; it has: {}", canonical, table_name(), wanted_names()));
        }
        for (std::size_t c = 0; c < plan.columns.size(); ++c) {
          if (plan.columns[c].wanted.name == canonical) columns[c] = true;
        }
      }
      pivot.targets.push_back({product, std::move(columns), target.minute});
    }
    plan.pivot = std::move(pivot);
  }

  void list_not_used(const HeaderNames& names, HeaderPlan& plan) const {
    std::set<std::size_t> used = time_cells(plan);
    for (const SourceColumn& column : plan.columns) used.insert(column.cell);
    for (const RowFilter& filter : plan.where) used.insert(filter.cell);
    if (plan.pivot) used.insert(plan.pivot->cell);
    if (plan.currency_cell) used.insert(*plan.currency_cell);
    if (const auto cell = names.find_any(unit_names)) used.insert(*cell);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!used.contains(i) && !names[i].empty()) plan.reading.not_used.push_back(names[i]);
    }
  }

  [[nodiscard]] static std::set<std::size_t> time_cells(const HeaderPlan& plan) {
    std::set<std::size_t> used{plan.time_cell};
    for (const auto& cell : {plan.end_cell, plan.clock_cell, plan.zone_cell, plan.period_cell}) {
      if (cell) used.insert(*cell);
    }
    return used;
  }

  void plan_mapped(const HeaderNames& names, HeaderPlan& plan) {
    plan.currency_cell = names.find_any(currency_names);
    for (const auto& [canonical, header] : mapping_.columns) {
      if (is_special(canonical)) continue;
      const auto wanted = std::find_if(wanted_.begin(), wanted_.end(), [&](const WantedColumn& w) { return w.name == canonical; });
      if (wanted == wanted_.end()) {
        error("missing_column", 0, canonical,
              fmt::format("the mapping names '{}', which {} does not have; it has: {}", canonical, table_name(), wanted_names()));
        continue;
      }
      const auto cell = names.find(header);
      if (!cell) {
        error("missing_column", plan.row, header, fmt::format("the header has no column '{}'; it has: {}", header, names.list()));
        continue;
      }
      names.check_unique(*cell, issues_);
      plan.columns.push_back({*wanted, names[*cell], {}, *cell});
    }
  }

  void plan_canonical(const HeaderNames& names, HeaderPlan& plan) {
    std::set<std::size_t> used = time_cells(plan);
    plan.currency_cell = names.find_any(currency_names);
    if (plan.currency_cell) used.insert(*plan.currency_cell);
    if (const auto cell = names.find_any(unit_names)) used.insert(*cell);
    for (const auto& [header, accepted] : mapping_.where) {
      if (const auto cell = names.find(header)) used.insert(*cell);
    }
    if (mapping_.pivot) {
      if (const auto cell = names.find(mapping_.pivot->column)) used.insert(*cell);
    }
    for (const WantedColumn& wanted : wanted_) {
      const auto cell = names.find(wanted.name);
      if (!cell) continue;
      names.check_unique(*cell, issues_);
      plan.columns.push_back({wanted, names[*cell], {}, *cell});
      used.insert(*cell);
    }
    if (plan.columns.empty()) {
      error("missing_column", plan.row, {},
            fmt::format("none of the columns of {} is there ({}); the header has: {}", table_name(), wanted_names(), names.list()));
      return;
    }
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (used.contains(i) || names[i].empty() || ++unknown > told_columns) continue;
      issues_.add(file_issue(Severity::warning, "extra_column", file_, plan.row, names[i],
                             fmt::format("column '{}' is not known and was not read", names[i])));
    }
    if (unknown > told_columns) {
      issues_.add(file_issue(Severity::warning, "extra_column", file_, plan.row, {},
                             fmt::format("{} more columns are not known and were not read", unknown - told_columns)));
    }
  }

  [[nodiscard]] std::string table_name() const {
    return mapping_.table ? fmt::format("table {}", to_string(*mapping_.table)) : "any table";
  }
  [[nodiscard]] std::string wanted_names() const {
    std::vector<std::string_view> names;
    for (const WantedColumn& w : wanted_) names.push_back(w.name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  const std::string& file_;
  const FileMapping& own_;
  const FileMapping& mapping_;
  bool preset_;
  const std::vector<WantedColumn>& wanted_;
  Issues& issues_;
};

}  // namespace

Issue file_issue(Severity severity, std::string code, const std::string& file, std::size_t row, std::string column, std::string message) {
  return {.severity = severity,
          .code = std::move(code),
          .message = std::move(message),
          .path = {},
          .file = file,
          .row = row,
          .column = std::move(column)};
}

namespace {

struct HeaderLine {
  std::size_t row{0};
  std::string text;
  char separator{','};
};

/// The first lines that are not blank.
std::vector<HeaderLine> first_lines(std::string_view text) {
  std::vector<HeaderLine> found;
  CsvReader lines(text, ',');
  for (std::size_t i = 0; i <= header_search_lines && lines.next(); ++i)
    found.push_back({lines.row(), std::string(lines.line()), separator_of(lines.line())});
  return found;
}

HeaderNames names_of(const HeaderLine& line, const std::string& file, char separator) {
  CsvReader cells(line.text, separator);
  cells.next();
  return {cells.cells(), file, line.row};
}

/// What the user says, over what the preset adds.
FileMapping with_preset(const FileMapping& own, const FileMapping& preset) {
  FileMapping m = own;
  const bool own_time = own.columns.contains("timestamp") || own.columns.contains("date");
  for (const auto& [canonical, header] : preset.columns) {
    if (is_special(canonical) ? !own_time : !maps_data(own)) m.columns.emplace(canonical, header);
  }
  if (m.time_zone.empty()) m.time_zone = preset.time_zone;
  if (m.date_order == DateOrder::find) m.date_order = preset.date_order;
  for (const auto& [header, accepted] : preset.where) {
    const bool told = std::any_of(own.where.begin(), own.where.end(),
                                  [&](const auto& entry) { return normalised_header(entry.first) == normalised_header(header); });
    if (!told) m.where.emplace(header, accepted);
  }
  if (!m.pivot) m.pivot = preset.pivot;
  m.units.insert(preset.units.begin(), preset.units.end());
  return m;
}

/// Is the line below the header one of units: no time, and units over data?
bool is_unit_line(const HeaderNames& below, const std::optional<std::size_t>& time_cell) {
  bool any = false;
  for (std::size_t i = 0; i < below.size(); ++i) {
    const bool digit = below[i].find_first_of("0123456789") != std::string::npos;
    if (time_cell && i == *time_cell && digit) return false;
    if (!below[i].empty() && below[i].find_first_not_of("0123456789.,-") == std::string::npos) return false;
    any = any || unit_in_header(below[i], Dimension::energy_price).has_value();
  }
  return any;
}

}  // namespace

std::optional<HeaderPlan> plan_header(std::string_view text, const std::string& file, const FileMapping& mapping,
                                      const std::vector<WantedColumn>& wanted, std::string_view country, Issues& issues) {
  if (auto too_wide = check_width(text, file)) {
    issues.add(std::move(*too_wide));
    return std::nullopt;
  }
  const std::vector<HeaderLine> lines = first_lines(text);
  if (lines.empty()) {
    issues.add(file_issue(Severity::error, "missing_column", file, 0, {}, "the file is empty"));
    return std::nullopt;
  }
  const bool presets = mapping.preset != "none" && !mapping.exact_rows;
  if (presets && !mapping.preset.empty() && find_preset(mapping.preset) == nullptr) {
    issues.add(file_issue(Severity::error, "wrong_type", file, 0, {},
                          fmt::format("there is no preset '{}'; there are: {}", mapping.preset, preset_names())));
    return std::nullopt;
  }
  const Planner plain(file, mapping, mapping, false, wanted, issues);
  const auto finish = [&](std::size_t i, const PresetMatch* match) {
    const HeaderNames names = names_of(lines[i], file, lines[i].separator);
    const FileMapping merged = match == nullptr ? mapping : with_preset(mapping, match->mapping);
    Planner planner(file, mapping, merged, match != nullptr, wanted, issues);
    std::optional<HeaderNames> below;
    if (i + 1 < lines.size() && !mapping.exact_rows) below.emplace(names_of(lines[i + 1], file, lines[i].separator));
    const bool units = below && is_unit_line(*below, planner.time_of(names));
    auto plan = planner.plan(text, names, lines[i].row, lines[i].separator, units ? &*below : nullptr);
    if (plan && units) plan->last_row = lines[i + 1].row;
    if (plan && match != nullptr) {
      plan->reading.preset = match->preset->name;
      plan->reading.title = match->preset->title;
    }
    return plan;
  };
  for (std::size_t i = 0; i < lines.size() && i < header_search_lines; ++i) {
    const HeaderNames names = names_of(lines[i], file, lines[i].separator);
    const bool fits = plain.fits(names);
    if (fits && mapping.preset.empty() && !maps_data(mapping)) return finish(i, nullptr);
    if (presets) {
      const CellTexts texts = [&](std::size_t cell) { return distinct_texts(text, lines[i].separator, lines[i].row, cell); };
      Issues of_match;
      const auto match = match_preset(names, file, lines[i].row, mapping, wanted, country, texts, of_match);
      if (match) {
        issues.append(of_match);
        if (of_match.has_errors()) return std::nullopt;
        return finish(i, &*match);
      }
    }
    if (fits && mapping.preset.empty()) return finish(i, nullptr);
    if (fits && !presets) return finish(i, nullptr);
  }
  if (presets && !mapping.preset.empty()) {
    const Preset& asked = *find_preset(mapping.preset);
    issues.add(file_issue(Severity::error, "missing_column", file, lines.front().row, {},
                          fmt::format("the file has no header of preset {} ({}), such as {}", asked.name, asked.title, asked.example)));
    return std::nullopt;
  }
  return finish(0, nullptr);
}

std::vector<WantedColumn> market_columns(const FileMapping& mapping, std::string_view file) {
  std::vector<TableKind> kinds;
  for (const TableInfo& table : all_tables()) kinds.push_back(table.id);
  if (mapping.table) kinds = {*mapping.table};
  if (!mapping.table && normalised_header(file).find("installed") != std::string::npos)  // the first of two with one name of column wins
    std::iter_swap(std::find(kinds.begin(), kinds.end(), TableKind::solar),
                   std::find(kinds.begin(), kinds.end(), TableKind::installed_capacity));
  std::vector<WantedColumn> wanted;
  for (const TableKind kind : kinds) {
    for (const TableColumnInfo& info : columns_of(kind)) {
      const bool taken = std::any_of(wanted.begin(), wanted.end(), [&](const WantedColumn& w) { return w.name == info.name; });
      if (!taken) wanted.push_back({kind, std::string(info.name), std::string(info.unit)});
    }
  }
  return wanted;
}

}  // namespace bess
