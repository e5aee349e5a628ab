#include "store/profile_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "store/file_contents.h"
#include "store/schema.h"

namespace bess {

namespace {

const std::string main_table = "production";
constexpr std::int64_t step_s = std::chrono::seconds(quarter_hour).count();
constexpr std::size_t rows_between_polls = 4096;

const std::vector<std::string>& small_tables() {
  static const std::vector<std::string> names{"monthly_statistics"};
  return names;
}

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }

void name_revision(Database& database, const std::string& revision) {
  RowStatement name(database, "INSERT OR REPLACE INTO info VALUES ('revision', ?)");
  name.bind(1, std::string_view(revision));
  name.run();
}

void insert_series(Database& database, const ProductionSeries& series) {
  RowStatement insert(database, "INSERT INTO production VALUES (?, ?)");
  std::int64_t timestamp = seconds(series.start);
  for (const double power_mw : series.power_mw) {
    insert.bind(1, timestamp);
    insert.bind(2, power_mw);
    insert.run();
    timestamp += step_s;
  }
}

void insert_statistics(Database& database, std::span<const MonthlyStatistic> statistics) {
  RowStatement insert(
      database,
      "INSERT INTO monthly_statistics (year, month, energy_mwh, capacity_factor, full_load_hours, quarters) VALUES (?, ?, ?, ?, ?, ?)");
  for (const MonthlyStatistic& month : statistics) {
    insert.bind(1, std::int64_t{month.year});
    insert.bind(2, std::int64_t{month.month});
    insert.bind(3, month.energy_mwh);
    insert.bind(4, month.capacity_factor);
    insert.bind(5, month.full_load_hours);
    insert.bind(6, std::int64_t{month.quarters});
    insert.run();
  }
}

struct StoredSeries {
  std::vector<Instant> starts;
  std::vector<double> power_mw;
};

/// The rows of the blocks: types, ranges and the grid are checked, checksums are not.
StoredSeries scan(Database& database, const StoredTableName& where, BlockRange range, std::int64_t most_rows,
                  const CancellationToken* cancel) {
  const bool whole = is_whole(range);
  RowStatement query(database, fmt::format("SELECT timestamp, output_mw FROM production{} ORDER BY timestamp",
                                           whole ? "" : " WHERE timestamp >= ? AND timestamp < ?"));
  if (!whole) {
    query.bind(1, range.from);
    query.bind(2, range.to);
  }
  StoredSeries series;
  std::int64_t expected = 0;
  while (query.step()) {
    if (cancel != nullptr && series.starts.size() % rows_between_polls == 0) cancel->throw_if_cancelled();
    if (static_cast<std::int64_t>(series.starts.size()) == most_rows) throw_corrupt(where, {}, "it has more rows than were written");
    const std::int64_t timestamp = whole_cell(query, 0, where, "timestamp", first_stored_second, last_stored_second);
    if (!series.starts.empty() && timestamp != expected) {
      throw_corrupt(where, "timestamp", fmt::format("it is not a regular 15-minute series at {}", timestamp));
    }
    series.starts.emplace_back(std::chrono::seconds(timestamp));
    series.power_mw.push_back(number_cell(query, 1, where, "output_mw"));
    expected = timestamp + step_s;
  }
  return series;
}

std::vector<SummedColumn> summed(const StoredSeries& series) {
  return {summed_starts(series.starts), summed_numbers("output_mw", series.power_mw)};
}

/// Reads back what was written, and keeps its checksums.
void seal(Database& database, const std::filesystem::path& file) {
  const StoredTableName where{file, main_table};
  const StoredSeries series = scan(database, where, all_blocks(), most_stored_rows, nullptr);
  write_blocks(database, main_table, all_blocks(), series.starts, summed(series));
  TableSpans spans;
  if (!series.starts.empty()) {
    spans[main_table] = {static_cast<std::int64_t>(series.starts.size()), seconds(series.starts.front()),
                         seconds(series.starts.back()) + step_s};
  }
  write_contents(database, spans, small_tables());
}

}  // namespace

std::optional<ProfileFile> ProfileFile::open(const std::filesystem::path& file, const StoreOptions& options) {
  DatabaseHandle database = open_reader(file, options);
  if (!database) return std::nullopt;
  ProfileFile result(file, std::move(database));
  guarded(file, [&] {
    const int version = version_of(*result.database_, main_table);
    if (version == 0) throw Exception("corrupt_store", fmt::format("{} is empty", file.string()));
    check_not_too_new(version, profile_data_schema(), file);
    result.present_version_ = version == profile_data_schema().version();
    result.revision_ = revision_of(*result.database_, version, file);
  });
  return result;
}

ProductionSeries ProfileFile::read(const TimeRange& range, const CancellationToken* cancel) const {
  return guarded(file_, [&] {
    const TableSpans spans = read_contents(*database_, file_, small_tables());
    const StoredTableName where{file_, main_table};
    const auto span = spans.find(main_table);
    const Instant from = range.from.value_or(Instant::min());
    const Instant to = range.to.value_or(Instant::max());
    const BlockRange blocks = blocks_around(from, to);
    const std::int64_t rows = span == spans.end() ? 0 : span->second.rows;
    const StoredSeries stored = scan(*database_, where, blocks, rows, cancel);
    check_blocks(*database_, where, blocks, stored.starts, summed(stored));
    if (is_whole(blocks) && static_cast<std::int64_t>(stored.starts.size()) != rows)
      throw_corrupt(where, {}, "it has fewer rows than were written");
    const auto& starts = stored.starts;
    const auto first = std::lower_bound(starts.begin(), starts.end(), from) - starts.begin();
    const auto last = std::max(std::lower_bound(starts.begin(), starts.end(), to) - starts.begin(), first);
    ProductionSeries series;
    if (first == last) return series;
    series.start = starts[static_cast<std::size_t>(first)];
    series.power_mw.assign(stored.power_mw.begin() + first, stored.power_mw.begin() + last);
    return series;
  });
}

std::vector<MonthlyStatistic> ProfileFile::statistics() const {
  return guarded(file_, [&] {
    (void)read_contents(*database_, file_, small_tables());
    RowStatement query(
        *database_,
        "SELECT year, month, energy_mwh, capacity_factor, full_load_hours, quarters FROM monthly_statistics ORDER BY year, month");
    std::vector<MonthlyStatistic> result;
    const StoredTableName where{file_, small_tables().front()};
    while (query.step()) {
      result.push_back({static_cast<int>(whole_cell(query, 0, where, "year", 1969, 2200)),
                        static_cast<unsigned>(whole_cell(query, 1, where, "month", 1, 12)), number_cell(query, 2, where, "energy_mwh"),
                        number_cell(query, 3, where, "capacity_factor"), number_cell(query, 4, where, "full_load_hours"),
                        static_cast<std::int32_t>(whole_cell(query, 5, where, "quarters", 0, 31 * 100))});
    }
    return result;
  });
}

void write_profile_file(const std::filesystem::path& target, const std::string& revision, const ProductionSeries& series,
                        std::span<const MonthlyStatistic> statistics, const StoreOptions& options) {
  const DatabaseHandle database = create_private(target, options);
  guarded(target, [&] {
    Transaction transaction(*database);
    migrate(*database, profile_data_schema(), main_table, target);
    insert_series(*database, series);
    insert_statistics(*database, statistics);
    seal(*database, target);
    name_revision(*database, revision);
    transaction.commit();
  });
}

void upgrade_profile_file(const std::filesystem::path& base, const std::filesystem::path& target, const std::string& revision,
                          const StoreOptions& options) {
  const DatabaseHandle database = create_private(target, options);
  guarded(target, [&] {
    copy_database(base, *database, options);
    Transaction transaction(*database);
    const int version = version_of(*database, main_table);
    migrate(*database, profile_data_schema(), main_table, target);
    if (version < first_sealed_version) seal(*database, base);
    name_revision(*database, revision);
    transaction.commit();
  });
}

}  // namespace bess
