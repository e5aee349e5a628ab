#include "store/column_segments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "timeline/series.h"

namespace bess {

namespace {

constexpr std::int64_t most_minutes = 60LL * 24 * 366;  // of one period

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }
Instant instant(std::int64_t unix_seconds) { return Instant(std::chrono::seconds(unix_seconds)); }

/// The part of a segment in `range`. Where an import cuts through an earlier one, its counts are shared out by time; counts
/// of flaws are rounded up.
Segment part_of(const Segment& segment, ColumnRange range) {
  Segment part{{std::max(segment.range.from, range.from), std::min(segment.range.to, range.to)}, segment.quality};
  if (part.range.empty()) return part;
  const double share =
      std::chrono::duration<double>(part.range.to - part.range.from) / std::chrono::duration<double>(segment.range.to - segment.range.from);
  const auto flaws = [share](std::int64_t count) { return static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count))); };
  part.quality.rows = std::llround(share * static_cast<double>(segment.quality.rows));
  part.quality.interpolated = flaws(segment.quality.interpolated);
  part.quality.borrowed = flaws(segment.quality.borrowed);
  part.quality.missing = flaws(segment.quality.missing);
  return part;
}

/// What lies between two imports: filled when the column is used if it is short, else missing.
void count_hole(const Segment& before, const Segment& after, ColumnQuality& sum) {
  const GapRules rules;
  const std::chrono::seconds hole = after.range.from - before.range.to;
  if (hole <= std::chrono::seconds{0}) return;
  const std::int64_t quarters = hole / quarter_hour;
  const std::chrono::minutes period{std::max(15, before.quality.resolution_minutes)};
  if (hole > rules.longest) {
    sum.missing += quarters;
  } else {
    (hole <= rules.interpolated_periods * period ? sum.interpolated : sum.borrowed) += quarters;
  }
}

}  // namespace

ColumnSegments read_segments(Database& database, const std::filesystem::path& file) {
  const StoredTableName where{file, quality_table};
  RowStatement query(database,
                     "SELECT table_name, column_name, first, end, source_rows, interpolated, borrowed, missing, resolution_minutes "
                     "FROM column_quality ORDER BY table_name, column_name, first");
  const auto instant_at = [&](int index, std::string_view column) {
    return instant(whole_cell(query, index, where, column, first_stored_second, 2 * last_stored_second));
  };
  const auto count_at = [&](int index, std::string_view column) {
    return whole_cell(query, index, where, column, 0, std::numeric_limits<std::int64_t>::max() / 4);
  };
  ColumnSegments segments;
  while (query.step()) {
    const Segment segment{{instant_at(2, "first"), instant_at(3, "end")},
                          {count_at(4, "source_rows"), count_at(5, "interpolated"), count_at(6, "borrowed"), count_at(7, "missing"),
                           static_cast<int>(whole_cell(query, 8, where, "resolution_minutes", 0, most_minutes))}};
    if (segment.range.empty()) throw_corrupt(where, "end", "a range ends before it begins");
    segments[{query.text(0), query.text(1)}].push_back(segment);
  }
  return segments;
}

void write_segments(Database& database, TableKind kind, std::string_view column, const std::vector<Segment>& segments) {
  RowStatement clear(database, "DELETE FROM column_quality WHERE table_name = ? AND column_name = ?");
  clear.bind(1, to_string(kind));
  clear.bind(2, column);
  clear.run();
  RowStatement insert(database, "INSERT INTO column_quality VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const Segment& segment : segments) {
    insert.bind(1, to_string(kind));
    insert.bind(2, column);
    insert.bind(3, seconds(segment.range.from));
    insert.bind(4, seconds(segment.range.to));
    insert.bind(5, segment.quality.rows);
    insert.bind(6, segment.quality.interpolated);
    insert.bind(7, segment.quality.borrowed);
    insert.bind(8, segment.quality.missing);
    insert.bind(9, static_cast<std::int64_t>(segment.quality.resolution_minutes));
    insert.run();
  }
}

std::vector<Segment> segments_of(const TableColumn& column, ColumnRange range) {
  const Segment whole{range, column.quality};
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < column.resolution.size(); ++i) {
    const Instant from = i == 0 ? range.from : column.resolution[i].from;
    Segment part = part_of(whole, {from, i + 1 < column.resolution.size() ? column.resolution[i + 1].from : range.to});
    if (part.range.empty()) continue;
    part.quality.resolution_minutes = column.resolution[i].minutes;
    const bool first = segments.empty();
    part.quality.interpolated = first ? column.quality.interpolated : 0;
    part.quality.borrowed = first ? column.quality.borrowed : 0;
    part.quality.missing = first ? column.quality.missing : 0;
    segments.push_back(part);
  }
  if (segments.empty()) segments.push_back(whole);
  return segments;
}

std::vector<Segment> replace_segment(const std::vector<Segment>& stored, const Segment& incoming) {
  std::vector<Segment> result{incoming};
  for (const Segment& segment : stored) {
    for (const Segment& part :
         {part_of(segment, {segment.range.from, incoming.range.from}), part_of(segment, {incoming.range.to, segment.range.to})}) {
      if (!part.range.empty()) result.push_back(part);
    }
  }
  return result;
}

ColumnQuality sum_of(TableKind kind, const std::vector<Segment>& segments) {
  ColumnQuality sum;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (i > 0 && kind != TableKind::installed_capacity) count_hole(segments[i - 1], segment, sum);
    sum.rows += segment.quality.rows;
    sum.interpolated += segment.quality.interpolated;
    sum.borrowed += segment.quality.borrowed;
    sum.missing += segment.quality.missing;
    const int resolution = segment.quality.resolution_minutes;
    if (resolution > 0) sum.resolution_minutes = sum.resolution_minutes == 0 ? resolution : std::min(sum.resolution_minutes, resolution);
  }
  return sum;
}

}  // namespace bess
