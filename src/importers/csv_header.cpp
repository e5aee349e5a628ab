#include "importers/csv_header.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace bess {

namespace {

constexpr int header_search_lines = 30;
constexpr std::size_t told_columns = 20;  ///< names a message lists, and unknown columns that get a warning each
constexpr std::array<std::string_view, 5> time_names{"timestamp", "timestamp_utc", "delivery_start", "datetime", "block_start_utc"};
constexpr std::array<std::string_view, 4> end_names{"timestamp_end", "delivery_end", "timestamp_end_utc", "block_end_utc"};
constexpr std::array<std::string_view, 5> special_names{"timestamp", "timestamp_end", "delivery_end", "date", "time"};

/// The names of a header line.
class Names {
 public:
  Names(std::span<const CsvCell> cells, const std::string& file, std::size_t row) : file_(file), row_(row) {
    for (const CsvCell& cell : cells) {
      names_.emplace_back(cell.text);
      normalised_.push_back(normalised_header(cell.text));
    }
  }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::string& operator[](std::size_t i) const { return names_[i]; }
  [[nodiscard]] const std::string& normalised(std::size_t i) const { return normalised_[i]; }

  /// The cell of a name: exactly, else without regard to case, blanks and underscores.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const {
    const auto exact = std::find(names_.begin(), names_.end(), name);
    if (exact != names_.end()) return exact - names_.begin();
    const auto loose = std::find(normalised_.begin(), normalised_.end(), normalised_header(name));
    if (loose != normalised_.end()) return loose - normalised_.begin();
    return std::nullopt;
  }
  template <std::size_t N>
  [[nodiscard]] std::optional<std::size_t> find_any(const std::array<std::string_view, N>& candidates) const {
    for (const std::string_view candidate : candidates) {
      if (const auto found = find(candidate)) return found;
    }
    return std::nullopt;
  }
  /// Reports a name that stands over two cells.
  void check_unique(std::size_t cell, Issues& issues) const {
    const auto same = std::count(normalised_.begin(), normalised_.end(), normalised_[cell]);
    if (same > 1)
      issues.add(file_issue(Severity::error, "duplicate_column", file_, row_, names_[cell],
                            fmt::format("the header has '{}' {} times", names_[cell], same)));
  }
  [[nodiscard]] std::string list() const {
    const std::size_t told = std::min(names_.size(), told_columns);
    std::string text = fmt::format("{}", fmt::join(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(told), ", "));
    if (told < names_.size()) text += fmt::format(" and {} more", names_.size() - told);
    return text;
  }

 private:
  const std::string& file_;
  std::size_t row_;
  std::vector<std::string> names_;
  std::vector<std::string> normalised_;
};

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
  Planner(const std::string& file, const FileMapping& mapping, const std::vector<WantedColumn>& wanted, Issues& issues)
      : file_(file), mapping_(mapping), wanted_(wanted), issues_(issues) {}

  /// Is this the header line: does it hold the time column and at least one wanted one?
  [[nodiscard]] bool fits(const Names& names) const {
    if (!time_cell(names)) return false;
    if (maps_data(mapping_)) {
      return std::any_of(mapping_.columns.begin(), mapping_.columns.end(),
                         [&](const auto& entry) { return !is_special(entry.first) && names.find(entry.second); });
    }
    return std::any_of(wanted_.begin(), wanted_.end(), [&](const WantedColumn& w) { return names.find(w.name).has_value(); });
  }

  std::optional<HeaderPlan> plan(const Names& names, std::size_t row, char separator) {
    HeaderPlan plan{.row = row, .separator = separator, .cells = names.size()};
    const std::size_t errors_before = issues_.errors().size();
    plan_time(names, plan);
    if (maps_data(mapping_)) {
      plan_mapped(names, plan);
    } else {
      plan_canonical(names, plan);
    }
    plan_units(plan);
    if (issues_.errors().size() > errors_before) return std::nullopt;
    return plan;
  }

 private:
  void error(const char* code, std::size_t row, const std::string& column, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_, row, column, std::move(message)));
  }

  [[nodiscard]] std::optional<std::size_t> time_cell(const Names& names) const {
    if (const auto name = mapped(mapping_, "timestamp")) return names.find(*name);
    if (const auto name = mapped(mapping_, "date")) return names.find(*name);
    return names.find_any(time_names);
  }

  void plan_time(const Names& names, HeaderPlan& plan) {
    if (const auto cell = time_cell(names)) {
      plan.time_cell = *cell;
      plan.time_header = names[*cell];
      const std::string& name = names.normalised(*cell);
      plan.named_utc = name.find("utc") != std::string::npos;
      names.check_unique(*cell, issues_);
    } else {
      const std::string name = mapped(mapping_, "timestamp").value_or(mapped(mapping_, "date").value_or("timestamp"));
      error("missing_column", plan.row, name, fmt::format("the header has no column '{}' for the time; it has: {}", name, names.list()));
    }
    if (const auto name = mapped(mapping_, "time")) {
      plan.clock_cell = names.find(*name);
      if (!plan.clock_cell)
        error("missing_column", plan.row, *name, fmt::format("the header has no column '{}'; it has: {}", *name, names.list()));
    }
    std::optional<std::string> end = mapped(mapping_, "timestamp_end");
    if (!end) end = mapped(mapping_, "delivery_end");
    plan.end_cell = end ? names.find(*end) : names.find_any(end_names);
    if (end && !plan.end_cell)
      error("missing_column", plan.row, *end, fmt::format("the header has no column '{}'; it has: {}", *end, names.list()));
  }

  void plan_mapped(const Names& names, HeaderPlan& plan) {
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

  void plan_canonical(const Names& names, HeaderPlan& plan) {
    std::set<std::size_t> used{plan.time_cell};
    if (plan.end_cell) used.insert(*plan.end_cell);
    if (plan.clock_cell) used.insert(*plan.clock_cell);
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

  void plan_units(HeaderPlan& plan) {
    for (SourceColumn& column : plan.columns) {
      const auto unit = mapping_.units.find(column.wanted.name);
      column.unit = unit == mapping_.units.end() ? column.wanted.unit : unit->second;
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
  const FileMapping& mapping_;
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

std::optional<HeaderPlan> plan_header(std::string_view text, const std::string& file, const FileMapping& mapping,
                                      const std::vector<WantedColumn>& wanted, Issues& issues) {
  if (auto too_wide = check_width(text, file)) {
    issues.add(std::move(*too_wide));
    return std::nullopt;
  }
  Planner planner(file, mapping, wanted, issues);
  CsvReader lines(text, ',');
  std::optional<std::string> first_line;
  std::size_t first_row = 0;
  const auto names_of = [&](const std::string& line, std::size_t row, char separator) {
    CsvReader cells(line, separator);
    cells.next();
    return Names(cells.cells(), file, row);
  };
  for (int i = 0; i < header_search_lines && lines.next(); ++i) {
    const std::string line(lines.line());
    const char separator = separator_of(line);
    const Names names = names_of(line, lines.row(), separator);
    if (planner.fits(names)) return planner.plan(names, lines.row(), separator);
    if (!first_line) {
      first_line = line;
      first_row = lines.row();
    }
  }
  if (!first_line) {
    issues.add(file_issue(Severity::error, "missing_column", file, 0, {}, "the file is empty"));
    return std::nullopt;
  }
  const char separator = separator_of(*first_line);
  return planner.plan(names_of(*first_line, first_row, separator), first_row, separator);
}

std::vector<WantedColumn> market_columns(const FileMapping& mapping, std::string_view file) {
  std::vector<TableKind> kinds{TableKind::price, TableKind::afrr, TableKind::fcr, TableKind::solar, TableKind::installed_capacity};
  if (mapping.table) kinds = {*mapping.table};
  if (!mapping.table && normalised_header(file).find("installed") != std::string::npos) std::swap(kinds[3], kinds[4]);
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
