#include "market/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "market/product.h"
#include "market/rules.h"

namespace bess {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

constexpr std::array price_info{
    TableColumnInfo{"day_ahead", PriceColumn::day_ahead, "EUR/MWh", "day_ahead"},
    TableColumnInfo{"intraday", PriceColumn::intraday, "EUR/MWh", "intraday"},
    TableColumnInfo{"imbalance_take", PriceColumn::imbalance_take, "EUR/MWh", "imbalance_take"},
    TableColumnInfo{"imbalance_feed", PriceColumn::imbalance_feed, "EUR/MWh", "imbalance_feed"},
    TableColumnInfo{"regulation_state", PriceColumn::regulation_state, "1", "regulation_state"},
};
constexpr std::array afrr_info{
    TableColumnInfo{"afrr_up_price", PriceColumn::afrr_up, "EUR/MW/h", "afrr_up"},
    TableColumnInfo{"afrr_down_price", PriceColumn::afrr_down, "EUR/MW/h", "afrr_down"},
    TableColumnInfo{"afrr_up_energy_price", PriceColumn::afrr_up_energy, "EUR/MWh", "afrr_up_energy"},
    TableColumnInfo{"afrr_down_energy_price", PriceColumn::afrr_down_energy, "EUR/MWh", "afrr_down_energy"},
    TableColumnInfo{"afrr_up_ratio", PriceColumn::afrr_up_ratio, "1", "afrr_up_ratio"},
    TableColumnInfo{"afrr_down_ratio", PriceColumn::afrr_down_ratio, "1", "afrr_down_ratio"},
};
constexpr std::array fcr_info{TableColumnInfo{"fcr_price", PriceColumn::fcr, "EUR/MW/h", "fcr"}};
constexpr std::array solar_info{TableColumnInfo{"solar_mw", PriceColumn::solar_mw, "MW", "solar_mw"}};
constexpr std::array installed_info{TableColumnInfo{"solar_mw", PriceColumn::installed_solar_mw, "MW", "installed_solar_mw"}};

constexpr std::array table_info{
    TableInfo{TableKind::price, "price", price_info},
    TableInfo{TableKind::afrr, "afrr", afrr_info},
    TableInfo{TableKind::fcr, "fcr", fcr_info},
    TableInfo{TableKind::solar, "solar", solar_info},
    TableInfo{TableKind::installed_capacity, "installed_capacity", installed_info},
};
static_assert(
    [] {
      for (std::size_t k = 0; k < table_kinds; ++k) {
        if (table_info[k].id != static_cast<TableKind>(k)) return false;
      }
      return table_info.size() == table_kinds;
    }(),
    "rows stand in the order of the enumerators");

/// By column, from the tables: each column stands in one of them.
constexpr std::array<std::string_view, price_columns> column_names = [] {
  std::array<std::string_view, price_columns> names{};
  for (const TableInfo& table : table_info) {
    for (const TableColumnInfo& info : table.columns) names[static_cast<std::size_t>(info.column)] = info.column_name;
  }
  return names;
}();
static_assert(
    [] {
      for (const std::string_view name : column_names) {
        if (name.empty()) return false;
      }
      return true;
    }(),
    "every price column stands in a table");

/// The grid that all columns share.
struct Grid {
  Instant start{};
  std::int32_t quarters{0};
};

Grid grid_of(std::span<const MarketTable> tables, const MarketCalendar& calendar) {
  const bool any_price =
      std::any_of(tables.begin(), tables.end(), [](const MarketTable& t) { return t.kind == TableKind::price && t.rows() > 0; });
  std::optional<Instant> first, last;
  for (const MarketTable& table : tables) {
    if (table.rows() == 0 || (any_price && table.kind != TableKind::price)) continue;
    const Instant table_end = table.delivery_start.back() + seconds{table.duration_s.back()};
    first = first ? std::min(*first, table.delivery_start.front()) : table.delivery_start.front();
    last = last ? std::max(*last, table_end) : table_end;
  }
  if (!first) return {};
  const Instant start = calendar.day_start(calendar.local_date(*first));
  const Instant end = calendar.day_start(next_day(calendar.local_date(*last - seconds{1})));
  return {start, static_cast<std::int32_t>((end - start) / quarter_hour)};
}

/// Rows on the grid: held within a row's duration; rows that cover part of a quarter-hour are averaged by their length.
std::vector<double> on_grid(const MarketTable& table, std::span<const double> values, const Grid& grid) {
  std::vector<double> result(static_cast<std::size_t>(grid.quarters), none);
  std::vector<double> weight_s;
  const std::int64_t grid_s = static_cast<std::int64_t>(grid.quarters) * 900;
  for (std::size_t r = 0; r < values.size(); ++r) {
    if (std::isnan(values[r])) continue;
    const std::int64_t from = std::max<std::int64_t>((table.delivery_start[r] - grid.start).count(), 0);
    const std::int64_t to = std::min<std::int64_t>((table.delivery_start[r] - grid.start).count() + table.duration_s[r], grid_s);
    if (from >= to) continue;
    if (from % 900 == 0 && to % 900 == 0) {
      std::fill(result.begin() + from / 900, result.begin() + to / 900, values[r]);
      continue;
    }
    if (weight_s.empty()) weight_s.resize(result.size(), 0.0);
    for (std::int64_t q = from / 900; q * 900 < to; ++q) {
      const auto overlap = static_cast<double>(std::min(to, (q + 1) * 900) - std::max(from, q * 900));
      const auto i = static_cast<std::size_t>(q);
      const double before = weight_s[i] > 0.0 ? result[i] * weight_s[i] : 0.0;
      weight_s[i] += overlap;
      result[i] = (before + values[r] * overlap) / weight_s[i];
    }
  }
  return result;
}

/// Finest resolution of the column's rows, where the importer did not say it.
int resolution_minutes(const MarketTable& table, const TableColumn& column) {
  if (column.quality.resolution_minutes > 0) return column.quality.resolution_minutes;
  std::int32_t shortest = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    if (!std::isnan(column.values[r]) && (shortest == 0 || table.duration_s[r] < shortest)) shortest = table.duration_s[r];
  }
  return shortest / 60;
}

/// The length of the periods that the column was read from at t; where nothing is known of that, the length of the row at t or before.
int minutes_at(const MarketTable& table, const TableColumn& column, Instant t) {
  if (column.resolution.empty()) {
    const auto after = std::upper_bound(table.delivery_start.begin(), table.delivery_start.end(), t);
    const auto row = std::max<std::ptrdiff_t>(after - table.delivery_start.begin() - 1, 0);
    return table.duration_s[static_cast<std::size_t>(row)] / 60;
  }
  const auto after = std::find_if(column.resolution.begin(), column.resolution.end(), [t](const ReadResolution& r) { return r.from > t; });
  return after == column.resolution.begin() ? after->minutes : std::prev(after)->minutes;
}

/// The end of the market period that contains t, for the gap rules.
std::function<Instant(Instant)> market_period(const MarketTable& table, const TableColumn& column, PriceColumn target,
                                              const MarketCalendar& calendar) {
  return [&table, &column, &calendar, blocks = is_reserve_price(target)](Instant t) {
    const int resolution = minutes_at(table, column, t);
    if (blocks && resolution >= 60) return calendar.block_end(t, resolution >= 20 * 60 ? 24 : 4);  // on a switch day 3 or 5 hours long
    const minutes step{std::max(resolution, 15)};
    return t + step - (t.time_since_epoch() % step);
  };
}

GapRules rules_of(PriceColumn target) {
  return {.interpolate = target != PriceColumn::regulation_state, .ends = target == PriceColumn::solar_mw};
}

/// A step function: the last stated value holds; before the first one, the first.
std::vector<double> steps_on_grid(const MarketTable& table, std::span<const double> values, const Grid& grid) {
  std::vector<double> result(static_cast<std::size_t>(grid.quarters), none);
  double value = none;
  std::size_t r = 0;
  for (std::size_t q = 0; q < result.size(); ++q) {
    const Instant t = grid.start + static_cast<std::int64_t>(q) * quarter_hour;
    for (; r < values.size() && (table.delivery_start[r] <= t || std::isnan(value)); ++r) {
      if (!std::isnan(values[r])) value = values[r];
    }
    result[q] = value;
  }
  return result;
}

void add_column(PriceSet& set, const MarketTable& table, const TableColumn& column, PriceColumn target, const MarketCalendar& calendar) {
  const Grid grid{set.start, set.quarters};
  ColumnQuality quality = column.quality;
  quality.resolution_minutes = resolution_minutes(table, column);
  if (quality.rows == 0) quality.rows = std::count_if(column.values.begin(), column.values.end(), [](double v) { return !std::isnan(v); });
  RegularSeries series{grid.start, quarter_hour, {}};
  if (target == PriceColumn::installed_solar_mw) {
    series.values = steps_on_grid(table, column.values, grid);
  } else {
    series.values = on_grid(table, column.values, grid);
    const GapCount count = fill_gaps(series, calendar, market_period(table, column, target, calendar), rules_of(target));
    quality.interpolated = count.interpolated;
    quality.borrowed = count.borrowed;
    quality.missing = count.missing;
  }
  if (std::all_of(series.values.begin(), series.values.end(), [](double v) { return std::isnan(v); })) return;
  set.quality[static_cast<std::size_t>(target)] = quality;
  set.column[static_cast<std::size_t>(target)] = std::make_shared<const std::vector<double>>(std::move(series.values));
}

}  // namespace

std::span<const TableInfo> all_tables() { return table_info; }

std::string_view to_string(TableKind kind) { return table_info[static_cast<std::size_t>(kind)].name; }

std::string_view to_string(PriceColumn column) { return column_names[static_cast<std::size_t>(column)]; }

std::optional<TableKind> parse_table_kind(std::string_view name) {
  const auto found = std::find_if(table_info.begin(), table_info.end(), [name](const TableInfo& info) { return info.name == name; });
  if (found == table_info.end()) return std::nullopt;
  return found->id;
}

bool is_reserve_price(PriceColumn column) {
  return std::any_of(reserve_products.begin(), reserve_products.end(), [column](Product p) { return info_of(p).sell == column; });
}

std::span<const TableColumnInfo> columns_of(TableKind kind) { return table_info[static_cast<std::size_t>(kind)].columns; }

bool is_computed_with(PriceColumn column) {
  switch (column) {
    case PriceColumn::regulation_state:
    case PriceColumn::afrr_up_energy:
    case PriceColumn::afrr_down_energy:
    case PriceColumn::afrr_up_ratio:
    case PriceColumn::afrr_down_ratio:
      return false;
    default:
      return true;
  }
}

const TableColumn* MarketTable::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const TableColumn& c) { return c.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

ColumnGaps gaps_of(const MarketTable& table, const TableColumn& column, PriceColumn target, const MarketCalendar& calendar) {
  BESS_ASSERT(table.rows() > 0);
  const Instant first = table.delivery_start.front();
  const Instant end = table.delivery_start.back() + seconds{table.duration_s.back()};
  const Instant start = first - first.time_since_epoch() % quarter_hour;
  const Grid grid{start, static_cast<std::int32_t>((end - start + quarter_hour - seconds{1}) / quarter_hour)};
  RegularSeries series{grid.start, quarter_hour, on_grid(table, column.values, grid)};
  GapRules rules = rules_of(target);
  rules.ends = false;
  return {grid.start, fill_gaps(series, calendar, market_period(table, column, target, calendar), rules)};
}

std::int32_t first_quarter_product(std::string_view country, const MarketCalendar& calendar, Instant start, std::int32_t quarters) {
  const std::optional<LocalDate> from = first_date_of(country, RuleField::day_ahead_resolution_minutes, 15);
  if (!from) return -1;
  const std::int64_t index = (calendar.day_start(*from) - start) / quarter_hour;
  if (index >= quarters) return -1;
  return static_cast<std::int32_t>(std::max<std::int64_t>(index, 0));
}

PriceSet make_price_set(std::string country, std::span<const MarketTable> tables, const MarketCalendar& calendar) {
  PriceSet set;
  set.country = std::move(country);
  const Grid grid = grid_of(tables, calendar);
  set.start = grid.start;
  set.quarters = grid.quarters;
  set.day_ahead_quarter_products_from = first_quarter_product(set.country, calendar, grid.start, grid.quarters);
  for (const MarketTable& table : tables) {
    for (const TableColumnInfo& info : columns_of(table.kind)) {
      if (const TableColumn* column = table.find(info.name)) add_column(set, table, *column, info.column, calendar);
    }
  }
  return set;
}

}  // namespace bess
