#pragma once
// What must be said beside the numbers, wherever they are shown.

#include <array>
#include <string_view>
#include <vector>

#include "report/summary.h"

namespace bess::report {

inline constexpr std::array<std::string_view, 6> notice_codes{"imbalance_upper_bound", "synthetic_prices",      "price_years_repeated",
                                                              "years_extrapolated",    "degradation_estimated", "reserve_shortfall"};

/// Each with one of the codes above.
[[nodiscard]] std::vector<Notice> make_notices(const ReportInput& input);

}  // namespace bess::report
