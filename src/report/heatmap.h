#pragma once
// The daily heatmap: one HTML page without outside assets. A calendar per year, coloured by a day's revenue (all markets less energy
// fees, or one market, or cycles), month totals as bars, a tooltip per day, keys and touch, a table of the months as text, light and dark,
// printable. Text from users is escaped and never enters the script; the page's policy allows no requests.

#include <string>
#include <string_view>

#include "report/summary.h"

namespace bess::report {

/// `result` is the one `summary` was made from. About 70 bytes a day on top of 30 kB.
[[nodiscard]] std::string heatmap_html(const Summary& summary, const SimulationResult& result);

/// Text for HTML content and quoted attributes: & < > " ' as references, control characters as blanks.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace bess::report
