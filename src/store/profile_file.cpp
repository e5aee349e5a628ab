#include "store/profile_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "store/schema.h"

namespace bess {

namespace {

const std::string main_table = "production";
constexpr std::int64_t step_s = std::chrono::seconds(quarter_hour).count();

std::int64_t seconds(Instant t) { return t.time_since_epoch().count(); }

void name_revision(SQLite::Database& database, const std::string& revision) {
  RowStatement name(database, "INSERT OR REPLACE INTO info VALUES ('revision', ?)");
  name.bind(1, std::string_view(revision));
  name.run();
}

void insert_series(SQLite::Database& database, const ProductionSeries& series) {
  RowStatement insert(database, "INSERT INTO production VALUES (?, ?)");
  std::int64_t timestamp = seconds(series.start);
  for (const double power_mw : series.power_mw) {
    insert.bind(1, timestamp);
    insert.bind(2, power_mw);
    insert.run();
    timestamp += step_s;
  }
}

void insert_statistics(SQLite::Database& database, std::span<const MonthlyStatistic> statistics) {
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

ProductionSeries ProfileFile::read(const TimeRange& range) const {
  return guarded(file_, [&] {
    RowStatement query(*database_, "SELECT timestamp, output_mw FROM production WHERE timestamp >= ? AND timestamp < ? ORDER BY timestamp");
    query.bind(1, range.from ? seconds(*range.from) : std::numeric_limits<std::int64_t>::min());
    query.bind(2, range.to ? seconds(*range.to) : std::numeric_limits<std::int64_t>::max());
    ProductionSeries series;
    std::int64_t expected = 0;
    while (query.step()) {
      const std::int64_t timestamp = query.integer(0);
      if (series.power_mw.empty()) {
        series.start = Instant(std::chrono::seconds(timestamp));
      } else if (timestamp != expected) {
        throw Exception("corrupt_store", fmt::format("{} is not a regular 15-minute series at {}", file_.string(), timestamp));
      }
      series.power_mw.push_back(query.number(1));
      expected = timestamp + step_s;
    }
    return series;
  });
}

std::vector<MonthlyStatistic> ProfileFile::statistics() const {
  return guarded(file_, [&] {
    RowStatement query(
        *database_,
        "SELECT year, month, energy_mwh, capacity_factor, full_load_hours, quarters FROM monthly_statistics ORDER BY year, month");
    std::vector<MonthlyStatistic> result;
    while (query.step()) {
      result.push_back({static_cast<int>(query.integer(0)), static_cast<unsigned>(query.integer(1)), query.number(2), query.number(3),
                        query.number(4), static_cast<std::int32_t>(query.integer(5))});
    }
    return result;
  });
}

void write_profile_file(const std::filesystem::path& target, const std::string& revision, const ProductionSeries& series,
                        std::span<const MonthlyStatistic> statistics, const StoreOptions& options) {
  const DatabaseHandle database = create_private(target, options);
  guarded(target, [&] {
    SQLite::Transaction transaction(*database);
    migrate(*database, profile_data_schema(), main_table, target);
    insert_series(*database, series);
    insert_statistics(*database, statistics);
    name_revision(*database, revision);
    transaction.commit();
  });
}

void upgrade_profile_file(const std::filesystem::path& base, const std::filesystem::path& target, const std::string& revision,
                          const StoreOptions& options) {
  const DatabaseHandle database = create_private(target, options);
  guarded(target, [&] {
    copy_database(base, *database, options);
    SQLite::Transaction transaction(*database);
    migrate(*database, profile_data_schema(), main_table, target);
    name_revision(*database, revision);
    transaction.commit();
  });
}

}  // namespace bess
