#include "store/stored_cells.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/error.h"

namespace bess {

void throw_corrupt(const StoredTableName& where, std::string_view column, std::string_view what) {
  const std::string place = column.empty() ? std::string{} : fmt::format(", column {}", column);
  throw Exception("corrupt_store", fmt::format("{}: table {}{}: {}", where.file.string(), where.table, place, what));
}

std::int64_t whole_cell(const RowStatement& row, int index, const StoredTableName& where, std::string_view column, std::int64_t low,
                        std::int64_t high) {
  if (row.type(index) != CellType::whole) throw_corrupt(where, column, "a value is no whole number");
  const std::int64_t value = row.integer(index);
  if (value < low || value > high) throw_corrupt(where, column, fmt::format("{} lies outside {} to {}", value, low, high));
  return value;
}

double number_cell(const RowStatement& row, int index, const StoredTableName& where, std::string_view column) {
  const CellType type = row.type(index);
  if (type == CellType::empty) return std::numeric_limits<double>::quiet_NaN();
  if (type != CellType::real) throw_corrupt(where, column, "a value is no number");
  const double value = row.real(index);
  if (!std::isfinite(value)) throw_corrupt(where, column, "a value is not finite");
  return value;
}

void add_cells(Checksum& checksum, const RowStatement& row, int cells) {
  for (int index = 0; index < cells; ++index) {
    const CellType type = row.type(index);
    checksum.add(static_cast<std::uint64_t>(type));
    switch (type) {
      case CellType::empty:
        break;
      case CellType::whole:
        checksum.add(row.integer(index));
        break;
      case CellType::real:
        checksum.add(row.real(index));
        break;
      case CellType::text:
      case CellType::bytes:
        checksum.add(std::string_view(row.text(index)));
        break;
    }
  }
}

}  // namespace bess
