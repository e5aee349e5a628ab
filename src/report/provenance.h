#pragma once
// How the numbers were made: versions, gaps, data quality, and a hash of everything that decides them.

#include "report/summary.h"

namespace bess::report {

[[nodiscard]] ProvenanceSummary make_provenance(const ReportInput& input);

/// 16 hexadecimal digits over the site, the run (not: threads, series kept or not), the economics, the time line and the price columns
/// of enabled markets. The title is not part of it. Equal inputs give equal hashes on every machine of one byte order.
[[nodiscard]] std::string input_hash(const ReportInput& input);

}  // namespace bess::report
