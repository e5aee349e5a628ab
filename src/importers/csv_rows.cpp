#include "importers/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bess {

namespace {

std::string_view cell_at(std::span<const CsvCell> cells, std::size_t i) { return i < cells.size() ? cells[i].text : std::string_view{}; }

/// Where "," separates cells a plain file cannot hold a decimal comma, so a first look is needed for the others only.
NumberStyle find_number_style(std::string_view text, const HeaderPlan& plan) {
  if (plan.separator == ',' && text.find('"') == std::string_view::npos) return {'.', ','};
  NumberStyleVote vote;
  CsvReader reader(text, plan.separator);
  while (reader.next()) {
    if (reader.row() <= plan.row) continue;
    for (const SourceColumn& column : plan.columns) vote.add(cell_at(reader.cells(), column.cell));
  }
  return vote.decide(plan.separator);
}

class RowReader {
 public:
  RowReader(const std::string& file, const HeaderPlan& plan, const RowOptions& options, Issues& issues)
      : file_(file), plan_(plan), options_(options), issues_(issues), time_(file, plan.time_header), end_time_(file, "timestamp_end") {
    rows_.values.resize(plan.columns.size());
  }

  std::optional<RowSet> read(std::string_view text, const MarketCalendar& calendar) {
    const std::size_t errors_before = issues_.errors().size();
    const NumberStyle style = find_number_style(text, plan_);
    CsvReader reader(text, plan_.separator);
    while (reader.next()) {
      if (reader.row() <= plan_.row) continue;
      if (static_cast<std::size_t>(rows_.rows_read) >= options_.max_rows) {
        error("too_large", reader.row(), {}, fmt::format("more than {} rows", options_.max_rows));
        return std::nullopt;
      }
      add_row(reader, style);
    }
    if (rows_.rows_read == 0) error("missing_column", plan_.row, {}, "the file has a header and no rows");
    const std::size_t errors_of_cells = issues_.errors().size();
    resolve_times(calendar);
    rows_.failed = issues_.errors().size() > errors_before;
    if (issues_.errors().size() > errors_of_cells) rows_.start.clear();  // nothing can be said about their order
    if (rows_.start.empty()) return std::move(rows_);
    sort_rows();
    drop_duplicates();
    rows_.failed = issues_.errors().size() > errors_before;
    return std::move(rows_);
  }

 private:
  void error(const char* code, std::size_t row, std::string column, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_, row, std::move(column), std::move(message)));
  }

  void add_row(const CsvReader& reader, NumberStyle style) {
    ++rows_.rows_read;
    const std::span<const CsvCell> cells = reader.cells();
    if (cells.size() > plan_.cells) {
      error("ambiguous_number", reader.row(), {},
            fmt::format("{} cells under {} column names: does a number hold the separator '{}'?", cells.size(), plan_.cells,
                        plan_.separator));
      return;
    }
    if (!add_time(reader)) return;
    for (std::size_t c = 0; c < plan_.columns.size(); ++c)
      rows_.values[c].push_back(number(cell_at(cells, plan_.columns[c].cell), style, reader.row(), plan_.columns[c]));
  }

  bool add_time(const CsvReader& reader) {
    const std::span<const CsvCell> cells = reader.cells();
    if (plan_.clock_cell) {
      const std::string stamp = fmt::format("{} {}", cell_at(cells, plan_.time_cell), cell_at(cells, *plan_.clock_cell));
      if (!time_.add(stamp, reader.row(), issues_)) return false;
    } else if (!time_.add(cell_at(cells, plan_.time_cell), reader.row(), issues_)) {
      return false;
    }
    if (plan_.end_cell) end_time_.add(cell_at(cells, *plan_.end_cell), reader.row(), issues_);
    return true;
  }

  double number(std::string_view cell, NumberStyle style, std::size_t row, const SourceColumn& column) {
    const NumberCell result = read_number(cell, style);
    if (result.status == NumberStatus::bad)
      error("bad_number", row, column.header, fmt::format("'{}' is not a number", cell.substr(0, 60)));
    if (result.status == NumberStatus::ambiguous) {
      error("ambiguous_number", row, column.header, fmt::format("'{}' can be read with a decimal or a thousands mark", cell.substr(0, 60)));
    }
    return result.value;
  }

  void resolve_times(const MarketCalendar& calendar) {
    for (std::size_t i = 0; i < time_.size(); ++i) rows_.row.push_back(time_.row(i));
    std::optional<DeclaredZone> zone;
    const std::string_view name = !options_.time_zone.empty() ? options_.time_zone : plan_.named_utc ? "UTC" : "";
    if (!name.empty()) {
      zone = DeclaredZone::parse(name, calendar);
      if (!zone) {
        error("time_zone", 0, plan_.time_header, fmt::format("there is no time zone '{}'", name));
        return;
      }
    }
    rows_.start = time_.resolve(zone, issues_);
    if (!plan_.end_cell || end_time_.size() != time_.size()) return;
    rows_.end = end_time_.resolve(zone, issues_);
    for (std::size_t i = 0; i < rows_.end.size(); ++i) {
      if (rows_.end[i] <= rows_.start[i]) error("irregular_resolution", rows_.row[i], "timestamp_end", "the period ends before it starts");
    }
  }

  void sort_rows() {
    const auto descent = std::adjacent_find(rows_.start.begin(), rows_.start.end(), [](Instant a, Instant b) { return a > b; });
    if (descent == rows_.start.end()) return;
    const std::size_t at = static_cast<std::size_t>(descent - rows_.start.begin()) + 1;
    issues_.add(file_issue(Severity::warning, "unsorted", file_, rows_.row[at], plan_.time_header,
                           "the rows are not in time order; they have been sorted"));
    std::vector<std::size_t> order(rows_.start.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rows_.start[a] < rows_.start[b]; });
    permute(order);
  }

  void permute(const std::vector<std::size_t>& order) {
    const auto apply = [&](auto& column) {
      if (column.empty()) return;
      std::remove_reference_t<decltype(column)> moved;
      moved.reserve(order.size());
      for (const std::size_t i : order) moved.push_back(column[i]);
      column = std::move(moved);
    };
    apply(rows_.start);
    apply(rows_.end);
    apply(rows_.row);
    for (auto& column : rows_.values) apply(column);
  }

  [[nodiscard]] bool same_values(std::size_t a, std::size_t b) const {
    return std::all_of(rows_.values.begin(), rows_.values.end(),
                       [&](const std::vector<double>& v) { return v[a] == v[b] || (std::isnan(v[a]) && std::isnan(v[b])); });
  }

  void drop_duplicates() {
    std::vector<std::size_t> kept;
    std::size_t first_row = 0;
    for (std::size_t i = 0; i < rows_.start.size(); ++i) {
      if (kept.empty() || rows_.start[kept.back()] != rows_.start[i]) {
        kept.push_back(i);
        continue;
      }
      if (first_row == 0) first_row = rows_.row[i];
      ++rows_.duplicates_dropped;
      if (same_values(kept.back(), i)) continue;
      if (options_.duplicates == Duplicates::last) {
        kept.back() = i;
        continue;
      }
      error("duplicate_timestamp", rows_.row[i], plan_.time_header,
            fmt::format("{} has other values here than in row {}", format_instant(rows_.start[i]), rows_.row[kept.back()]));
    }
    if (rows_.duplicates_dropped == 0 || rows_.failed) return;
    issues_.add(file_issue(Severity::warning, "duplicate_dropped", file_, first_row, plan_.time_header,
                           fmt::format("{} rows name an instant for the second time and were dropped", rows_.duplicates_dropped)));
    permute(kept);
  }

  const std::string& file_;
  const HeaderPlan& plan_;
  const RowOptions& options_;
  Issues& issues_;
  TimeColumn time_, end_time_;
  RowSet rows_;
};

}  // namespace

std::optional<RowSet> read_rows(std::string_view text, const std::string& file, const HeaderPlan& plan, const RowOptions& options,
                                const MarketCalendar& calendar, Issues& issues) {
  return RowReader(file, plan, options, issues).read(text, calendar);
}

}  // namespace bess
