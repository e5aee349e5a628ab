#pragma once
// What must be said beside the numbers, wherever they are shown.

#include "report/summary.h"

namespace bess::report {

/// Codes: imbalance_upper_bound, synthetic_prices, price_years_repeated, years_extrapolated, degradation_estimated, reserve_shortfall.
[[nodiscard]] std::vector<Notice> make_notices(const ReportInput& input);

}  // namespace bess::report
