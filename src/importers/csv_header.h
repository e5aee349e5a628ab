#pragma once
// Internal to the importers: which columns of a file are read, and as what.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv_reader.h"
#include "importers/market_import.h"

namespace bess {

/// A canonical column a file may hold.
struct WantedColumn {
  TableKind table{TableKind::price};
  std::string name;
  std::string unit;  ///< canonical unit
};

/// A column that will be read.
struct SourceColumn {
  WantedColumn wanted;
  std::string header;
  std::string unit;  ///< the unit in the file
  std::size_t cell{0};
};

struct HeaderPlan {
  std::size_t row{0};  ///< the header's line
  char separator{','};
  std::string time_header{};  ///< for messages
  std::size_t time_cell{0};
  std::optional<std::size_t> clock_cell{};  ///< a time of day beside a date in time_cell
  std::optional<std::size_t> end_cell{};
  bool named_utc{false};  ///< the header says UTC
  std::size_t cells{0};   ///< of the header
  std::vector<SourceColumn> columns{};
};

/// Finds the header among the first lines and matches its names, first by the mapping, then by the canonical names in `wanted` (case,
/// blanks and underscores do not count). Issues: missing_column, duplicate_column, extra_column (warning). No value after an error.
[[nodiscard]] std::optional<HeaderPlan> plan_header(std::string_view text, const std::string& file, const FileMapping& mapping,
                                                    const std::vector<WantedColumn>& wanted, Issues& issues);

/// All columns of all market tables; of one table when it is given. A name that two tables share means the first unless `file`
/// speaks of what is installed.
[[nodiscard]] std::vector<WantedColumn> market_columns(const FileMapping& mapping, std::string_view file);

[[nodiscard]] Issue file_issue(Severity severity, std::string code, const std::string& file, std::size_t row, std::string column,
                               std::string message);

}  // namespace bess
