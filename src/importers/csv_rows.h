#pragma once
// Internal to the importers: the rows of one file, in time order, each instant once.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv_header.h"
#include "importers/time_column.h"
#include "timeline/calendar.h"

namespace bess {

struct RowSet {
  std::vector<Instant> start;
  std::vector<Instant> end;                 ///< of a block-end column; empty when there is none
  std::vector<std::size_t> row;             ///< line of the file
  std::vector<std::vector<double>> values;  ///< per column of the plan, per row; NaN: empty
  std::int64_t rows_read{0};
  std::int64_t duplicates_dropped{0};
  std::int64_t left_out{0};  ///< rows that the filters or the pivot passed over
  bool failed{false};  ///< there were errors: only good for finding more of them (bad cells are NaN, rows with a bad stamp are left out)
};

struct RowOptions {
  Duplicates duplicates{Duplicates::error};
  std::size_t max_rows{5'000'000};
};

/// Reads the rows below the header: those that pass the plan's filters, of a long table put together by its pivot. Lines at the end that
/// are recognisably no rows end the table. Issues: bad_number, ambiguous_number, ambiguous_time, dst_count, time_zone, duplicate_timestamp,
/// unit_conflict (a currency), missing_column (no row passes), too_large; warnings unsorted, duplicate_dropped, footer_ignored,
/// rows_left_out. After an error the rows come back `failed`, in file order and without `start` where
/// their times are not known; after too_large, no value.
[[nodiscard]] std::optional<RowSet> read_rows(std::string_view text, const std::string& file, const HeaderPlan& plan,
                                              const RowOptions& options, const MarketCalendar& calendar, Issues& issues);

}  // namespace bess
