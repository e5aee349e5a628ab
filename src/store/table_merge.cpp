#include "store/table_merge.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bess {

namespace {

constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
constexpr std::ptrdiff_t no_row = -1;

Instant end_of_row(const MarketTable& table, std::size_t row) {
  const Instant end = table.delivery_start[row] + std::chrono::seconds(table.duration_s[row]);
  return row + 1 < table.rows() ? std::min(end, table.delivery_start[row + 1]) : end;
}

/// Ascending bounds of all rows, each once.
std::vector<Instant> bounds_of(const MarketTable& table) {
  std::vector<Instant> bounds;
  bounds.reserve(2 * table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (bounds.empty() || bounds.back() != table.delivery_start[row]) bounds.push_back(table.delivery_start[row]);
    bounds.push_back(end_of_row(table, row));
  }
  return bounds;
}

/// Finds the row that holds at instants asked in ascending order.
class Cursor {
 public:
  explicit Cursor(const MarketTable& table) : table_(table) {}
  std::ptrdiff_t at(Instant t) {
    while (row_ < table_.rows() && end_of_row(table_, row_) <= t) ++row_;
    return row_ < table_.rows() && table_.delivery_start[row_] <= t ? static_cast<std::ptrdiff_t>(row_) : no_row;
  }

 private:
  const MarketTable& table_;
  std::size_t row_{0};
};

/// Where a column of the result comes from.
struct Source {
  const TableColumn* stored{nullptr};
  const TableColumn* incoming{nullptr};
  ColumnRange replaced;
};

struct Cell {
  double value{no_value};
  bool from_incoming{false};
};

Cell cell_at(const Source& source, Instant t, std::ptrdiff_t stored_row, std::ptrdiff_t incoming_row) {
  const bool from_incoming = source.replaced.covers(t);
  const TableColumn* column = from_incoming ? source.incoming : source.stored;
  const std::ptrdiff_t row = from_incoming ? incoming_row : stored_row;
  if (column == nullptr || row == no_row) return {no_value, from_incoming};
  return {column->values[static_cast<std::size_t>(row)], from_incoming};
}

/// Stored and incoming row; no_row where it gives no value.
using Contributors = std::pair<std::ptrdiff_t, std::ptrdiff_t>;

/// Collects intervals in ascending order; what the same rows gave the same values is one row.
class RowCollector {
 public:
  explicit RowCollector(MarketTable& result) : result_(result) {}

  void add(Instant start, Instant end, Contributors contributors, const std::vector<double>& values) {
    const auto duration_s = static_cast<std::int32_t>((end - start).count());
    if (start == previous_end_ && contributors == previous_ && repeats(values)) {
      result_.duration_s.back() += duration_s;
    } else {
      result_.delivery_start.push_back(start);
      result_.duration_s.push_back(duration_s);
      for (std::size_t c = 0; c < values.size(); ++c) result_.columns[c].values.push_back(values[c]);
    }
    previous_ = contributors;
    previous_end_ = end;
  }

 private:
  [[nodiscard]] bool repeats(const std::vector<double>& values) const {
    if (result_.rows() == 0) return false;
    for (std::size_t c = 0; c < values.size(); ++c) {
      const double before = result_.columns[c].values.back();
      if (before != values[c] && !(std::isnan(before) && std::isnan(values[c]))) return false;
    }
    return true;
  }

  MarketTable& result_;
  Contributors previous_{no_row, no_row};
  Instant previous_end_{Instant::min()};
};

/// Where rows begin and end, and where columns begin and end to be replaced.
std::vector<Instant> joined_bounds(const MarketTable& stored, const MarketTable& incoming, const std::vector<Source>& sources) {
  std::vector<Instant> bounds = bounds_of(stored);
  const auto join = [&bounds](const std::vector<Instant>& more) {
    std::vector<Instant> both;
    both.reserve(bounds.size() + more.size());
    std::set_union(bounds.begin(), bounds.end(), more.begin(), more.end(), std::back_inserter(both));
    bounds = std::move(both);
  };
  join(bounds_of(incoming));
  for (const Source& source : sources) {
    if (!source.replaced.empty()) join({source.replaced.from, source.replaced.to});
  }
  return bounds;
}

/// Steps hold until the next one, whichever import brought it: those between the incoming first and last are replaced.
MarketTable merge_steps(const MarketTable& stored, const MarketTable& incoming) {
  MarketTable result;
  result.kind = incoming.kind;
  const TableColumn* old_steps = stored.columns.empty() ? nullptr : &stored.columns.front();
  const TableColumn& new_steps = incoming.columns.front();
  result.columns.push_back({new_steps.name, {}, {}});
  const auto add = [&result](Instant start, double value) {
    if (std::isnan(value)) return;
    result.delivery_start.push_back(start);
    result.columns.front().values.push_back(value);
  };
  const Instant first = incoming.delivery_start.front();
  const Instant last = incoming.delivery_start.back();
  const auto add_old = [&](auto&& wanted) {
    for (std::size_t r = 0; old_steps != nullptr && r < stored.rows(); ++r) {
      if (wanted(stored.delivery_start[r])) add(stored.delivery_start[r], old_steps->values[r]);
    }
  };
  add_old([&](Instant t) { return t < first; });
  for (std::size_t r = 0; r < incoming.rows(); ++r) add(incoming.delivery_start[r], new_steps.values[r]);
  add_old([&](Instant t) { return t > last; });
  for (std::size_t r = 0; r < result.rows(); ++r) {
    const bool has_next = r + 1 < result.rows();
    const std::int64_t held_s = has_next ? (result.delivery_start[r + 1] - result.delivery_start[r]).count() : incoming.duration_s.back();
    result.duration_s.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(held_s, std::numeric_limits<std::int32_t>::max())));
  }
  return result;
}

}  // namespace

ColumnRange range_of(const MarketTable& table, const TableColumn& column) {
  const auto is_value = [](double x) { return !std::isnan(x); };
  const auto first = std::find_if(column.values.begin(), column.values.end(), is_value);
  if (first == column.values.end()) return {};
  if (column.covers_from < column.covers_to) return {column.covers_from, column.covers_to};
  const auto last = std::find_if(column.values.rbegin(), column.values.rend(), is_value);
  const auto first_row = static_cast<std::size_t>(first - column.values.begin());
  const auto last_row = column.values.size() - 1 - static_cast<std::size_t>(last - column.values.rbegin());
  return {table.delivery_start[first_row], end_of_row(table, last_row)};
}

MarketTable merge_tables(const MarketTable& stored, const MarketTable& incoming) {
  if (incoming.kind == TableKind::installed_capacity && incoming.rows() > 0) return merge_steps(stored, incoming);
  MarketTable result;
  result.kind = incoming.kind;
  std::vector<Source> sources;
  for (const TableColumnInfo& info : columns_of(incoming.kind)) {
    Source source{stored.find(info.name), incoming.find(info.name), {}};
    if (source.incoming != nullptr) source.replaced = range_of(incoming, *source.incoming);
    if (source.stored == nullptr && source.replaced.empty()) continue;
    sources.push_back(source);
    result.columns.push_back({std::string(info.name), {}, {}});
  }

  const std::vector<Instant> bounds = joined_bounds(stored, incoming, sources);
  Cursor stored_cursor(stored);
  Cursor incoming_cursor(incoming);
  RowCollector collector(result);
  std::vector<double> values(sources.size());
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const std::ptrdiff_t stored_row = stored_cursor.at(bounds[i]);
    const std::ptrdiff_t incoming_row = incoming_cursor.at(bounds[i]);
    // The rows that give this interval its values; a bound of another row does not split it.
    Contributors contributors{no_row, no_row};
    for (std::size_t c = 0; c < sources.size(); ++c) {
      const Cell cell = cell_at(sources[c], bounds[i], stored_row, incoming_row);
      values[c] = cell.value;
      if (std::isnan(cell.value)) continue;
      if (cell.from_incoming) {
        contributors.second = incoming_row;
      } else {
        contributors.first = stored_row;
      }
    }
    if (contributors != Contributors{no_row, no_row}) collector.add(bounds[i], bounds[i + 1], contributors, values);
  }
  return result;
}

}  // namespace bess
