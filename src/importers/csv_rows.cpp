#include "importers/csv_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "importers/long_table.h"

namespace bess {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_split_groups = 1000;
/// Words that begin a line of sums or sources below a table.
constexpr std::array<std::string_view, 14> footer_words{"total", "sum",        "summe",      "gesamt", "totaal", "average", "mean",
                                                        "avg",   "mittelwert", "gemiddelde", "source", "quelle", "bron",    "durchschnitt"};

std::string_view cell_at(std::span<const CsvCell> cells, std::size_t i) { return i < cells.size() ? cells[i].text : std::string_view{}; }

/// Where "," separates cells a plain file cannot hold a decimal comma, so a first look is needed for the others only.
NumberStyle find_number_style(std::string_view text, const HeaderPlan& plan) {
  if (plan.separator == ',' && text.find('"') == std::string_view::npos) return {'.', ','};
  NumberStyleVote vote;
  CsvReader reader(text, plan.separator);
  while (reader.next()) {
    if (reader.row() <= plan.last_row) continue;
    for (const SourceColumn& column : plan.columns) vote.add(cell_at(reader.cells(), column.cell));
  }
  return vote.decide(plan.separator);
}

class RowReader {
 public:
  RowReader(std::string_view text, const std::string& file, const HeaderPlan& plan, const RowOptions& options, Issues& issues)
      : text_(text),
        file_(file),
        plan_(plan),
        options_(options),
        issues_(issues),
        time_(file, plan.time_header),
        end_time_(file, "timestamp_end"),
        long_(!plan.where.empty() || plan.pivot.has_value()) {
    rows_.values.resize(plan.columns.size());
  }

  std::optional<RowSet> read(const MarketCalendar& calendar) {
    const std::size_t errors_before = issues_.errors().size();
    const NumberStyle style = find_number_style(text_, plan_);
    CsvReader reader(text_, plan_.separator);
    while (reader.next()) {
      if (reader.row() <= plan_.last_row) continue;
      if (static_cast<std::size_t>(rows_.rows_read) >= options_.max_rows) {
        error("too_large", reader.row(), {}, fmt::format("more than {} rows", options_.max_rows));
        return std::nullopt;
      }
      add_row(reader, style);
    }
    settle_tail();
    check_found();
    const std::size_t errors_of_cells = issues_.errors().size();
    time_.settle_dates(plan_.date_order, plan_.separator, issues_);
    if (plan_.end_cell) end_time_.settle_dates(plan_.date_order, plan_.separator, issues_);
    if (issues_.errors().size() == errors_of_cells)
      resolve_times(calendar);
    else
      list_rows();
    rows_.failed = issues_.errors().size() > errors_before;
    if (issues_.errors().size() > errors_of_cells) rows_.start.clear();  // nothing can be said about their order
    if (rows_.start.empty()) return std::move(rows_);
    sort_rows();
    if (plan_.pivot) merge_products();
    drop_duplicates();
    rows_.failed = issues_.errors().size() > errors_before;
    return std::move(rows_);
  }

 private:
  void error(const char* code, std::size_t row, std::string column, std::string message) {
    issues_.add(file_issue(Severity::error, code, file_, row, std::move(column), std::move(message)));
  }
  void warn(const char* code, std::size_t row, std::string column, std::string message) {
    issues_.add(file_issue(Severity::warning, code, file_, row, std::move(column), std::move(message)));
  }

  void add_row(const CsvReader& reader, NumberStyle style) {
    ++rows_.rows_read;
    const std::span<const CsvCell> cells = reader.cells();
    const PivotPlan::Target* product = nullptr;
    if (long_) {
      if (!passes(plan_.where, cells)) {
        leave_out(reader.row(), cells);
        return;
      }
      if (plan_.pivot) {
        product = target_of(*plan_.pivot, cells);
        if (product == nullptr || std::find(product->columns.begin(), product->columns.end(), true) == product->columns.end()) {
          leave_out(reader.row(), cells);
          return;
        }
      }
    }
    if (cells.size() > plan_.cells) {
      Issue issue = file_issue(Severity::error, "ambiguous_number", file_, reader.row(), {},
                               fmt::format("{} cells under {} column names: does a number hold the separator '{}'?", cells.size(),
                                           plan_.cells, plan_.separator));
      Issues ignored;
      TimeColumn probe(file_, plan_.time_header);
      if (tail_.empty() && probe.add(cell_at(cells, plan_.time_cell), reader.row(), ignored)) {
        issues_.add(std::move(issue));
      } else {
        tail_.push_back({std::move(issue), looks_like_footer(cells, style)});
      }
      return;
    }
    Issues of_time;
    if (!add_time(reader, of_time, product)) {
      for (const Issue& issue : of_time.all()) tail_.push_back({issue, looks_like_footer(cells, style)});
      return;
    }
    flush_tail();
    const std::size_t before = rows_.values.empty() ? 0 : rows_.values.front().size();
    for (std::size_t c = 0; c < plan_.columns.size(); ++c) {
      const bool meant = product == nullptr || product->columns[c];
      rows_.values[c].push_back(meant ? number(cell_at(cells, plan_.columns[c].cell), style, reader.row(), plan_.columns[c]) : none);
    }
    if (plan_.currency_cell) check_currency(cell_at(cells, *plan_.currency_cell), reader.row(), before);
  }

  bool add_time(const CsvReader& reader, Issues& of_time, const PivotPlan::Target* product) {
    const std::span<const CsvCell> cells = reader.cells();
    const std::string_view stamp = cell_at(cells, plan_.time_cell);
    std::optional<int> period;
    if (plan_.period_cell) {
      const std::string_view text = cell_at(cells, *plan_.period_cell);
      int number = 0;
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) {
        of_time.add(file_issue(Severity::error, "ambiguous_time", file_, reader.row(), plan_.time_header,
                               fmt::format("'{}' is no number of a quarter-hour", text.substr(0, 60))));
        return false;
      }
      period = number;
    }
    if (plan_.clock_cell || plan_.zone_cell) {
      std::string joined(stamp);
      if (plan_.clock_cell) (joined += ' ') += cell_at(cells, *plan_.clock_cell);
      if (plan_.zone_cell) (joined += ' ') += cell_at(cells, *plan_.zone_cell);
      if (!time_.add(joined, reader.row(), of_time, period)) return false;
    } else if (!time_.add(stamp, reader.row(), of_time, period)) {
      return false;
    }
    if (product != nullptr && product->minute) time_.set_minute_of_day(*product->minute);
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

  /// A row without a value needs no currency.
  void check_currency(std::string_view cell, std::size_t row, std::size_t index) {
    if (cell.empty()) return;
    if (cell == last_currency_) return;
    const bool any = std::any_of(rows_.values.begin(), rows_.values.end(), [&](const auto& v) { return !std::isnan(v[index]); });
    if (!any) return;
    std::string code = currency_code(cell);
    if (code.empty()) code = std::string(cell);
    last_currency_ = std::string(cell);
    if (std::find(plan_.currencies.begin(), plan_.currencies.end(), code) != plan_.currencies.end()) return;
    if (foreign_.empty()) foreign_row_ = row;
    foreign_.insert(code);
  }

  /// Lines below the last stamp that was understood.
  struct TailLine {
    Issue issue;
    bool footer{false};
  };

  [[nodiscard]] bool looks_like_footer(std::span<const CsvCell> cells, NumberStyle style) const {
    if (cells.empty()) return true;
    const std::string first = normalised_header(cells.front().text);
    const bool word = std::any_of(footer_words.begin(), footer_words.end(), [&](std::string_view w) { return first.starts_with(w); });
    if (word) return true;
    return std::none_of(plan_.columns.begin(), plan_.columns.end(), [&](const SourceColumn& column) {
      const std::string_view cell = cell_at(cells, column.cell);
      return column.cell != plan_.time_cell && read_number(cell, style).status == NumberStatus::number;
    });
  }

  void flush_tail() {
    if (tail_.empty()) return;
    for (TailLine& line : tail_) issues_.add(std::move(line.issue));
    tail_.clear();
  }

  /// What came after the last good row: a footer, or rows that are bad; where no stamp of the file was understood, one message for all.
  void settle_tail() {
    if (tail_.empty()) return;
    const bool some = time_.size() > 0;
    const bool footer = some && std::all_of(tail_.begin(), tail_.end(), [](const TailLine& line) { return line.footer; });
    if (footer) {
      warn("footer_ignored", tail_.front().issue.row, plan_.time_header,
           fmt::format("{} below the last row {} no time and no value; the table ends there", tail_.size() == 1 ? "a line" : "lines",
                       tail_.size() == 1 ? "has" : "have"));
    } else if (!some && tail_.size() > 1) {
      Issue issue = tail_.front().issue;
      issue.message = fmt::format("none of the {} time stamps was understood; the first: {}", tail_.size(), issue.message);
      issues_.add(std::move(issue));
    } else {
      flush_tail();
    }
    tail_.clear();
  }

  void leave_out(std::size_t row, std::span<const CsvCell> cells) {
    ++rows_.left_out;
    if (first_left_out_ == 0) first_left_out_ = row;
    if (plan_.pivot && passes(plan_.where, cells)) {
      ++rows_of_other_products_;
      if (other_products_.size() < 8) other_products_.emplace(cell_at(cells, plan_.pivot->cell));
    }
  }

  void check_found() {
    if (rows_.rows_read == 0) {
      error("missing_column", plan_.last_row, {}, "the file has a header and no rows");
    } else if (rows_.left_out == rows_.rows_read) {
      std::string filters;
      for (const RowFilter& filter : plan_.where) {
        filters += fmt::format("; '{}' holds {}", filter.header,
                               fmt::join(distinct_texts(text_, plan_.separator, plan_.last_row, filter.cell, 12), ", "));
      }
      if (plan_.pivot) {
        filters += fmt::format("; the products are {}",
                               fmt::join(distinct_texts(text_, plan_.separator, plan_.last_row, plan_.pivot->cell, 12), ", "));
      }
      error("missing_column", first_left_out_, {},
            fmt::format("none of the {} rows is one that was asked for{}", rows_.rows_read, filters));
    } else if (rows_of_other_products_ > 0) {
      warn("rows_left_out", first_left_out_, {},
           fmt::format("{} rows of other products were not read: {}", rows_of_other_products_, fmt::join(other_products_, ", ")));
    }
    if (foreign_.empty()) return;
    if (plan_.currency_stated && plan_.currencies.size() == 1 && plan_.currencies.front() == "EUR") {
      warn("unit_overridden", foreign_row_, {},
           fmt::format("the file's currency is {}; the prices were read as EUR, as stated", fmt::join(foreign_, ", ")));
      return;
    }
    error("unit_conflict", foreign_row_, {},
          fmt::format("the file's currency is {}, not {}: choose rows with where, or state the unit with the EUR that one is worth, as in "
                      "--unit {}={}/MWh*0.23",
                      fmt::join(foreign_, ", "), fmt::join(plan_.currencies, ", "), plan_.columns.front().wanted.name, *foreign_.begin()));
  }

  void list_rows() {
    for (std::size_t i = 0; i < time_.size(); ++i) rows_.row.push_back(time_.row(i));
  }

  void resolve_times(const MarketCalendar& calendar) {
    list_rows();
    std::optional<DeclaredZone> zone;
    if (!plan_.zone.empty()) {
      zone = DeclaredZone::parse(plan_.zone, calendar);
      if (!zone) {
        error("time_zone", 0, plan_.time_header, fmt::format("there is no time zone '{}'", plan_.zone));
        return;
      }
    }
    const auto is_empty = [&](std::size_t i) {
      return std::all_of(rows_.values.begin(), rows_.values.end(), [&](const std::vector<double>& v) { return std::isnan(v[i]); });
    };
    std::vector<std::size_t> no_hours, no_ends;
    rows_.start = time_.resolve(zone, is_empty, no_hours, issues_);
    if (plan_.end_cell && end_time_.size() == time_.size()) {
      rows_.end = end_time_.resolve(zone, is_empty, no_ends, issues_);
      for (std::size_t i = 0; i < rows_.end.size(); ++i) {
        if (rows_.end[i] <= rows_.start[i] && std::find(no_hours.begin(), no_hours.end(), i) == no_hours.end())
          error("irregular_resolution", rows_.row[i], "timestamp_end", "the period ends before it starts");
      }
    }
    if (no_hours.empty()) return;
    std::vector<std::size_t> kept;
    std::sort(no_hours.begin(), no_hours.end());
    for (std::size_t i = 0; i < rows_.start.size(); ++i) {
      if (!std::binary_search(no_hours.begin(), no_hours.end(), i)) kept.push_back(i);
    }
    permute(kept);
  }

  void sort_rows() {
    const auto descent = std::adjacent_find(rows_.start.begin(), rows_.start.end(), [](Instant a, Instant b) { return a > b; });
    if (descent == rows_.start.end()) return;
    const std::size_t at = static_cast<std::size_t>(descent - rows_.start.begin()) + 1;
    if (!plan_.pivot)  // a long table runs product by product
      warn("unsorted", rows_.row[at], plan_.time_header, "the rows are not in time order; they have been sorted");
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

  /// Rows of one instant that speak of different columns become one.
  void merge_products() {
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < rows_.start.size(); ++i) {
      if (kept.empty() || rows_.start[kept.back()] != rows_.start[i]) {
        kept.push_back(i);
        continue;
      }
      const std::size_t into = kept.back();
      const bool apart = std::all_of(rows_.values.begin(), rows_.values.end(),
                                     [&](const std::vector<double>& v) { return std::isnan(v[into]) || std::isnan(v[i]); });
      if (!apart) {
        kept.push_back(i);
        continue;
      }
      for (std::vector<double>& v : rows_.values) {
        if (std::isnan(v[into])) v[into] = v[i];
      }
    }
    permute(kept);
  }

  [[nodiscard]] bool same_values(std::size_t a, std::size_t b) const {
    return std::all_of(rows_.values.begin(), rows_.values.end(),
                       [&](const std::vector<double>& v) { return v[a] == v[b] || (std::isnan(v[a]) && std::isnan(v[b])); });
  }

  struct Conflict {
    std::size_t row, first_row;
    Instant at;
  };

  void drop_duplicates() {
    std::vector<std::size_t> kept;
    std::size_t first_row = 0;
    std::vector<Conflict> conflicts;
    std::vector<std::vector<std::size_t>> groups;
    Instant group_at{Instant::min()};
    for (std::size_t i = 0; i < rows_.start.size(); ++i) {
      if (kept.empty() || rows_.start[kept.back()] != rows_.start[i]) {
        kept.push_back(i);
        continue;
      }
      if (first_row == 0) first_row = rows_.row[i];
      ++rows_.duplicates_dropped;
      if (same_values(kept.back(), i)) continue;
      conflicts.push_back({rows_.row[i], rows_.row[kept.back()], rows_.start[i]});
      if (group_at == rows_.start[i]) {
        groups.back().push_back(rows_.row[i]);
      } else if (groups.size() < most_split_groups) {
        groups.push_back({rows_.row[kept.back()], rows_.row[i]});
        group_at = rows_.start[i];
      }
      if (options_.duplicates == Duplicates::last) kept.back() = i;
    }
    if (rows_.duplicates_dropped == 0) return;
    if (!conflicts.empty() && !report(conflicts, groups)) return;
    if (rows_.failed) return;
    std::string message = fmt::format("{} rows name an instant for the second time and were dropped", rows_.duplicates_dropped);
    if (!conflicts.empty()) message += fmt::format("; {} of them had other values: the last row counted", conflicts.size());
    warn("duplicate_dropped", first_row, plan_.time_header, std::move(message));
    permute(kept);
  }

  /// Rows of one instant with different values; false where they are an error.
  bool report(const std::vector<Conflict>& conflicts, const std::vector<std::vector<std::size_t>>& groups) {
    if (const auto split = find_split(text_, plan_, groups)) {
      error("duplicate_timestamp", conflicts.front().row, split->header,
            fmt::format("{} rows share an instant with others and differ; column '{}' tells them apart ({}): choose with "
                        "\"where\": {{\"{}\": \"{}\"}} in a mapping",
                        conflicts.size(), split->header, fmt::join(split->texts, ", "), split->header, split->texts.front()));
      return false;
    }
    if (options_.duplicates == Duplicates::last) return true;
    for (const Conflict& conflict : conflicts) {
      error("duplicate_timestamp", conflict.row, plan_.time_header,
            fmt::format("{} has other values here than in row {}", format_instant(conflict.at), conflict.first_row));
    }
    return false;
  }

  std::string_view text_;
  const std::string& file_;
  const HeaderPlan& plan_;
  const RowOptions& options_;
  Issues& issues_;
  TimeColumn time_, end_time_;
  bool long_;
  RowSet rows_;
  std::vector<TailLine> tail_;
  std::size_t first_left_out_{0};
  std::int64_t rows_of_other_products_{0};
  std::set<std::string> other_products_;
  std::string last_currency_;
  std::set<std::string> foreign_;
  std::size_t foreign_row_{0};
};

}  // namespace

std::optional<RowSet> read_rows(std::string_view text, const std::string& file, const HeaderPlan& plan, const RowOptions& options,
                                const MarketCalendar& calendar, Issues& issues) {
  return RowReader(text, file, plan, options, issues).read(calendar);
}

}  // namespace bess
