#pragma once
// Internal to the importers: which columns of a file are read, and as what.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv_reader.h"
#include "importers/market_import.h"
#include "importers/units.h"

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
  UnitConversion conversion{};
  bool unit_assumed{true};  ///< neither the mapping nor the header names a unit
};

/// Only rows whose cell is one of the texts are read (case does not count).
struct RowFilter {
  std::size_t cell{0};
  std::string header{};
  std::vector<std::string> accepted{};
};

/// Rows of a long table by product.
struct PivotPlan {
  struct Target {
    std::string product;
    std::vector<bool> columns;  ///< per column of the plan: does the row speak of it?
    std::optional<int> minute;
  };
  std::size_t cell{0};
  std::vector<Target> targets{};
};

struct HeaderPlan {
  std::size_t row{0};       ///< the header's line
  std::size_t last_row{0};  ///< the last line of the header: it may have a second one with units
  char separator{','};
  std::string time_header{};  ///< for messages
  std::size_t time_cell{0};
  std::optional<std::size_t> clock_cell{};  ///< a time of day beside a date in time_cell
  std::optional<std::size_t> end_cell{};
  std::optional<std::size_t> zone_cell{};      ///< CET, CEST, UTC beside the stamp
  std::optional<std::size_t> period_cell{};    ///< number of the quarter-hour of the day
  std::optional<std::size_t> currency_cell{};  ///< a column that names the currency of the prices
  std::vector<std::string> currencies{};       ///< which it may name
  bool currency_stated{false};                 ///< a unit was stated: it wins over that column
  std::string zone{};                          ///< of stamps without offset, where the mapping, the header or the preset says it
  DateOrder date_order{DateOrder::find};
  std::vector<RowFilter> where{};
  std::optional<PivotPlan> pivot{};
  FileReading reading{};
  std::size_t cells{0};  ///< of the header
  std::vector<SourceColumn> columns{};
};

/// Finds the header among the first lines and matches its names, first by the mapping, then by the canonical names in `wanted` (case,
/// blanks and underscores do not count), then as a usual export (importers/presets/preset.h); what the mapping says wins over the preset.
/// `country` chooses among the areas of an export. Units come from the mapping, else from the header or a line of units below it, else they
/// are the canonical ones. Issues: missing_column, duplicate_column, unit_conflict, wrong_type; warnings extra_column, unit_overridden,
/// currency_converted, other_area, stand_in. No value after an error.
[[nodiscard]] std::optional<HeaderPlan> plan_header(std::string_view text, const std::string& file, const FileMapping& mapping,
                                                    const std::vector<WantedColumn>& wanted, std::string_view country, Issues& issues);

/// All columns of all market tables; of one table when it is given. A name that two tables share means the first unless `file`
/// speaks of what is installed.
[[nodiscard]] std::vector<WantedColumn> market_columns(const FileMapping& mapping, std::string_view file);

[[nodiscard]] Issue file_issue(Severity severity, std::string code, const std::string& file, std::size_t row, std::string column,
                               std::string message);

}  // namespace bess
