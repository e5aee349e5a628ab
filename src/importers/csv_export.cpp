#include "importers/csv_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <numeric>

namespace bess {

namespace {

using std::chrono::seconds;

constexpr std::int32_t finest_written_s = 300;

bool is_number(std::string_view text) {
  double value = 0.0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Blocks of 4 hours (3 or 5 on switch days) or of a local day (23, 25): the importer knows their lengths.
bool are_blocks(const MarketTable& table) {
  const auto all_near = [&](std::int32_t hours) {
    return std::all_of(table.duration_s.begin(), table.duration_s.end(),
                       [&](std::int32_t d) { return std::abs(d - hours * 3600) <= 3600 && d % 3600 == 0; });
  };
  const auto columns = columns_of(table.kind);
  const bool reserve =
      std::any_of(columns.begin(), columns.end(), [](const TableColumnInfo& info) { return is_reserve_price(info.column); });
  return reserve && (all_near(4) || all_near(24));
}

/// Length of the rows to write; 0: as they are.
std::int32_t common_step(const MarketTable& table) {
  const bool even = std::adjacent_find(table.duration_s.begin(), table.duration_s.end(), std::not_equal_to<>{}) == table.duration_s.end();
  if (even || table.kind == TableKind::installed_capacity || are_blocks(table)) return 0;
  const std::int32_t step =
      std::accumulate(table.duration_s.begin(), table.duration_s.end(), 0, [](std::int32_t a, std::int32_t b) { return std::gcd(a, b); });
  return std::max(step, finest_written_s);
}

/// The values of a row, each behind a comma, and the line's end.
void append_cells(std::string& text, const MarketTable& table, std::size_t row) {
  for (const TableColumn& column : table.columns) {
    text += ',';
    if (!std::isnan(column.values[row])) fmt::format_to(std::back_inserter(text), "{}", column.values[row]);
  }
  text += '\n';
}

}  // namespace

std::string write_exact_csv(const MarketTable& table) {
  std::string text = "timestamp,timestamp_end";
  for (const TableColumn& column : table.columns) text.append(1, ',').append(csv_text_cell(column.name));
  text += '\n';
  for (std::size_t r = 0; r < table.rows(); ++r) {
    text.append(format_instant(table.delivery_start[r])).append(1, ',');
    text += format_instant(table.delivery_start[r] + seconds{table.duration_s[r]});
    append_cells(text, table, r);
  }
  return text;
}

std::string write_csv(const MarketTable& table) {
  std::string text = "timestamp";
  for (const TableColumn& column : table.columns) text.append(1, ',').append(csv_text_cell(column.name));
  text += '\n';
  const std::int32_t step = common_step(table);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    std::string cells;
    append_cells(cells, table, r);
    const std::int32_t length = table.duration_s[r];
    for (std::int32_t offset = 0; offset == 0 || (step > 0 && offset < length); offset += std::max(step, 1)) {
      text += format_instant(table.delivery_start[r] + seconds{offset});
      text += cells;
      if (step == 0) break;
    }
  }
  return text;
}

std::string csv_text_cell(std::string_view text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos && !is_number(text);
  const bool special = text.find_first_of(",;\"\n\r") != std::string_view::npos;
  if (!formula && !special) return std::string(text);
  std::string cell = formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  cell += '"';
  return cell;
}

}  // namespace bess
