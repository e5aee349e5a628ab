#pragma once
// Internal to the store: what the imports of a scenario's columns said of their quality (table column_quality).

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "market/table.h"
#include "store/stored_cells.h"
#include "store/table_merge.h"

namespace bess {

inline const std::string quality_table = "column_quality";

/// An import's account of one column over one range; the quality of a column is the sum of its segments.
struct Segment {
  ColumnRange range;
  ColumnQuality quality;
};

/// By table and column, ascending. Throws corrupt_store; use inside guarded().
using ColumnSegments = std::map<std::pair<std::string, std::string>, std::vector<Segment>>;
[[nodiscard]] ColumnSegments read_segments(Database& database, const std::filesystem::path& file);
void write_segments(Database& database, TableKind kind, std::string_view column, const std::vector<Segment>& segments);

/// One segment per resolution that the import's file had; what was wrong with it is counted in the first.
[[nodiscard]] std::vector<Segment> segments_of(const TableColumn& column, ColumnRange range);
/// What is left of the stored ones beside an incoming one. Where it cuts through one, counts are shared out by time; counts of flaws are
/// rounded up.
[[nodiscard]] std::vector<Segment> replace_segment(const std::vector<Segment>& stored, const Segment& incoming);
/// Segments in ascending order. Installed capacity holds between its steps: there are no holes.
[[nodiscard]] ColumnQuality sum_of(TableKind kind, const std::vector<Segment>& segments);

}  // namespace bess
