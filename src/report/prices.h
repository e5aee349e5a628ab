#pragma once
// Price levels over the simulated quarters, price trend included: what the market offered, beside what was earned.

#include "report/summary.h"

namespace bess::report {

/// The market generation is sold on: as the run says, else day-ahead, else the first enabled energy market.
[[nodiscard]] Market generation_market(const ReportInput& input);

/// Mean price of an energy market (imbalance: feed) over the executed quarters; NaN without data.
[[nodiscard]] double mean_price_eur_per_mwh(const ReportInput& input, Market market);

/// TB1, TB2, TB4 of day-ahead over the simulated days, and the battery's day-ahead revenue (its generation sales left out when they are
/// made there) per MW and day as a share of TB at the battery's duration. NaN where there is no day-ahead price, no battery, or the
/// market is not enabled.
[[nodiscard]] PriceLevels make_price_levels(const ReportInput& input, const Totals& totals);

}  // namespace bess::report
