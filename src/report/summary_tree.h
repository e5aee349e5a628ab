#pragma once
// The summary as a tree of named values (names: summary_fields.h).

#include "report/node.h"
#include "report/summary.h"

namespace bess::report {

/// The object `summary`: financial, operational, trading, highlights, prices, cash_flow, provenance, notices.
[[nodiscard]] Node summary_tree(const Summary& summary);
/// The array `yearly_summaries`.
[[nodiscard]] Node yearly_tree(const Summary& summary);
/// The array `warnings`: {code, pointer, message}; those of files also name file, row and column.
[[nodiscard]] Node warnings_tree(const std::vector<Issue>& warnings);

}  // namespace bess::report
