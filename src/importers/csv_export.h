#pragma once
// Tables as CSV in the canonical format, which the importer reads back to the same values.

#include <string>
#include <string_view>

#include "market/table.h"

namespace bess {

/// Header `timestamp,<columns>`, UTC stamps, shortest numbers that read back exactly, empty cells for missing values, LF. Where rows of a
/// table last differently (other than reserve blocks), they are repeated at the finest of their resolutions.
[[nodiscard]] std::string write_csv(const MarketTable& table);

/// The same with the end of every row in a column `timestamp_end`, and no row repeated: what a mapping with `exact_rows` reads back to the
/// same rows, holes and odd lengths included.
[[nodiscard]] std::string write_exact_csv(const MarketTable& table);

/// A text cell: quoted where it holds a separator, a quote or a line end; a text that a spreadsheet would run as a formula (= + - @ or a
/// control character first) and that is no number also gets an apostrophe in front.
[[nodiscard]] std::string csv_text_cell(std::string_view text);

}  // namespace bess
