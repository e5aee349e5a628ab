#pragma once
// What was traded, per market.

#include "report/summary.h"

namespace bess::report {

/// `totals` are those of all the days of the result.
[[nodiscard]] Trading make_trading(const ReportInput& input, const Totals& totals);

}  // namespace bess::report
