#pragma once
// A store in a directory of its own, and small tables to put into it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "store/store.h"

namespace bess::test {

inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

/// 2024-01-01T00:00Z plus so many minutes.
inline Instant at_minute(std::int64_t minutes) {
  return Instant(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)) + std::chrono::minutes(minutes);
}

/// A directory that is removed at the end of the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bess_store_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// `rows` rows of `step_minutes` from minute `first`; values[c](row) by a formula of the seed, so that each content is unlike others.
inline MarketTable make_table(TableKind kind, std::vector<std::string> names, std::int64_t first_minute, std::size_t rows, int step_minutes,
                              double seed) {
  MarketTable table;
  table.kind = kind;
  for (std::size_t row = 0; row < rows; ++row) {
    table.delivery_start.push_back(at_minute(first_minute + static_cast<std::int64_t>(row) * step_minutes));
    table.duration_s.push_back(60 * step_minutes);
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    TableColumn column{names[c], {}, {}};
    for (std::size_t row = 0; row < rows; ++row) {
      column.values.push_back(seed + 0.1 * static_cast<double>(row) - 1000.0 * static_cast<double>(c));
    }
    column.quality = {static_cast<std::int64_t>(rows), 0, 0, 0, step_minutes};
    table.columns.push_back(std::move(column));
  }
  return table;
}

/// The price table of a whole year of quarter-hours, five columns and a state.
inline MarketTable make_price_table(std::size_t rows, double seed = 1.0) {
  return make_table(TableKind::price, {"day_ahead", "intraday", "imbalance_take", "imbalance_feed", "regulation_state"}, 0, rows, 15, seed);
}

inline ProductionSeries make_series(std::size_t quarters, double capacity_mw = 5.0) {
  ProductionSeries series{at_minute(0), {}, capacity_mw};
  for (std::size_t q = 0; q < quarters; ++q) series.power_mw.push_back(capacity_mw * static_cast<double>(q % 96) / 96.0);
  return series;
}

/// Equal, with NaN equal to NaN.
inline bool same_values(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && !(a[i] != a[i] && b[i] != b[i])) return false;
  }
  return true;
}

inline bool same_rows(const MarketTable& a, const MarketTable& b) {
  if (a.kind != b.kind || a.delivery_start != b.delivery_start || a.duration_s != b.duration_s || a.columns.size() != b.columns.size())
    return false;
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    if (a.columns[c].name != b.columns[c].name || !same_values(a.columns[c].values, b.columns[c].values)) return false;
  }
  return true;
}

inline bool same_prices(const PriceSet& a, const PriceSet& b) {
  if (a.start != b.start || a.quarters != b.quarters || a.quality != b.quality || a.name != b.name || a.country != b.country) return false;
  for (std::size_t c = 0; c < price_columns; ++c) {
    if ((a.column[c] == nullptr) != (b.column[c] == nullptr)) return false;
    if (a.column[c] && !same_values(*a.column[c], *b.column[c])) return false;
  }
  return true;
}

inline MarketCalendar dutch_calendar() { return MarketCalendar::for_country("NL"); }

class StoreTest : public ::testing::Test {
 protected:
  void open(std::size_t cache_limit_bytes = 1'000'000'000) {
    store_.reset();
    StoreOptions options;
    options.data_directory = directory_.path();
    options.cache_limit_bytes = cache_limit_bytes;
    options.busy_timeout = std::chrono::milliseconds(10000);
    store_ = std::make_unique<Store>(options);
  }
  void SetUp() override { open(); }
  ScenarioManager& scenarios() { return store_->scenarios(); }
  ProfileManager& profiles() { return store_->profiles(); }
  ScenarioId make_scenario(const std::string& name = "Netherlands 2024") { return scenarios().create({.name = name}).value().id; }
  ImportOutcome import_one(ScenarioId id, const MarketTable& table, ImportMode mode = ImportMode::merge) {
    return scenarios().import_tables(id, std::vector{table}, mode).value();
  }
  std::filesystem::path db() const { return directory_.path() / "db"; }

  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_;
};

/// The code of the bess::Exception that `work` throws; "none" when it does not.
template <class Work>
std::string code_of(Work&& work) {
  try {
    work();
  } catch (const Exception& failure) {
    return failure.code();
  }
  return "none";
}

}  // namespace bess::test
