#pragma once
// Days and months worth pointing at.

#include "report/summary.h"

namespace bess::report {

[[nodiscard]] Highlights make_highlights(const ReportInput& input, double cycles_per_day);

/// 100 · basis / bound; NaN when either is unknown or the bound is not positive.
[[nodiscard]] double capture_of_bound_percent(double basis_eur, double bound_eur);

}  // namespace bess::report
