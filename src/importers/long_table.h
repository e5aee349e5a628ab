#pragma once
// Internal to the importers: tables with several rows per instant, told apart by the cells of a column.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv_header.h"

namespace bess {

/// The distinct texts below a header's cell, in order of appearance; at most `limit` of them.
[[nodiscard]] std::vector<std::string> distinct_texts(std::string_view text, char separator, std::size_t header_row, std::size_t cell,
                                                      std::size_t limit = 64);

/// The same, of the rows that pass the filters.
[[nodiscard]] std::vector<std::string> distinct_texts_of(std::string_view text, const HeaderPlan& plan, std::size_t cell,
                                                         std::size_t limit = 64);

/// Does a row pass the filters?
[[nodiscard]] bool passes(const std::vector<RowFilter>& where, std::span<const CsvCell> cells);

/// The target of a row's product; null where the pivot does not name it.
[[nodiscard]] const PivotPlan::Target* target_of(const PivotPlan& pivot, std::span<const CsvCell> cells);

/// A column whose cells differ wherever rows share an instant, and have few texts.
struct Split {
  std::string header;
  std::vector<std::string> texts;
};
/// `groups`: the lines of the rows of each such instant. No value where no column tells them apart.
[[nodiscard]] std::optional<Split> find_split(std::string_view text, const HeaderPlan& plan,
                                              const std::vector<std::vector<std::size_t>>& groups);

}  // namespace bess
