#pragma once
// The summary as people read it in a terminal: aligned tables, shares, a bar chart of the months, notices. At most 100 columns wide.

#include <string>

#include "report/summary.h"

namespace bess::report {

struct TextOptions {
  bool unicode{true};        ///< false: ASCII only
  bool yearly_table{false};  ///< a line per project year
  bool cash_flow_table{false};
};

[[nodiscard]] std::string summary_text(const Summary& summary, const TextOptions& options = {});

/// A number with grouped thousands ("1,234,567.9"); "–" (ASCII "-") when it is not finite.
[[nodiscard]] std::string grouped(double value, int decimals, bool unicode = true);

/// Columns a UTF-8 text takes on a terminal, one per code point.
[[nodiscard]] std::size_t display_width(std::string_view text);

}  // namespace bess::report
