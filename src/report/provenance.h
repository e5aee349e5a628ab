#pragma once
// How the numbers were made: versions, gaps, data quality.

#include "report/summary.h"

namespace bess::report {

[[nodiscard]] ProvenanceSummary make_provenance(const ReportInput& input);

}  // namespace bess::report
