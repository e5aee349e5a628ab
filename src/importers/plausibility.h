#pragma once
// Internal to the importers: values that betray another unit than the one that was assumed.

#include <optional>
#include <span>
#include <string>

#include "importers/csv_header.h"

namespace bess {

/// The warning unit_suspicious for a column whose unit nothing states, in canonical units; no value where it looks as it should.
/// `duration_s`: of the rows, for reserve prices.
[[nodiscard]] std::optional<Issue> implausible(const std::string& name, const SourceColumn& source, std::span<const double> values,
                                               std::span<const std::int32_t> duration_s, const std::string& file);

}  // namespace bess
