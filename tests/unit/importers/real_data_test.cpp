// Every market file of ../shared/data as it is, by mapping, against the load checks of its README.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "import_support.h"
#include "importers/csv_export.h"
#include "market/price_set.h"
#include "market/sample.h"
#include "market/statistics.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

FileMapping columns(std::map<std::string, std::string> names) {
  FileMapping mapping;
  mapping.columns = std::move(names);
  return mapping;
}

struct Loaded {
  std::string name;
  std::string bytes;
  FileMapping mapping;
};

Expected<ImportResult> load(const std::vector<Loaded>& files, const char* country) {
  std::vector<InputFile> inputs;
  ImportOptions options;
  options.country = country;
  for (const Loaded& f : files) {
    inputs.push_back({f.name, f.bytes});
    options.mapping[f.name] = f.mapping;
  }
  return import_files(inputs, options);
}

Loaded real(const char* name, FileMapping mapping) { return {name, read_file(shared(std::string("data/") + name)), std::move(mapping)}; }

/// What the README says of a column: rows with a value, mean, minimum, maximum (means to the digits given).
constexpr double unstated = std::numeric_limits<double>::quiet_NaN();
struct Check {
  const char* file;
  const char* country;
  const char* column;
  const char* header;
  std::int64_t rows;
  double mean, min, max;
};

class RealColumns : public ::testing::TestWithParam<Check> {};

TEST_P(RealColumns, AgreeWithTheirReadme) {
  const Check& check = GetParam();
  BESS_NEEDS_SHARED(std::string("data/") + check.file);
  const auto result = load({real(check.file, columns({{check.column, check.header}}))}, check.country);
  ASSERT_TRUE(result) << result.issues().all()[0].code << ": " << result.issues().all()[0].message;
  const TableColumn& column = result->tables.at(0).columns.at(0);
  EXPECT_EQ(column.quality.rows, check.rows);
  const ColumnStatistics s = column_statistics(column.values);
  for (const auto& [value, stated] : {std::pair{s.mean, check.mean}, {s.min, check.min}, {s.max, check.max}}) {
    if (!std::isnan(stated)) {
      EXPECT_NEAR(value, stated, 0.0051);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    SharedData, RealColumns,
    ::testing::Values(
        Check{"nl_day_ahead_2019_2022.csv", "NL", "day_ahead", "day_ahead_price_eur_per_mwh", 35064, 104.53, -222.36, 871.00},
        Check{"nl_day_ahead_2024_2025.csv", "NL", "day_ahead", "day_ahead_price_eur_per_mwh", 11807, 83.08, -200.00, 872.96},
        Check{"de_day_ahead_2015_2020.csv", "DE", "day_ahead", "day_ahead_price_eur_per_mwh", 52608, 34.56, -130.09, 200.04},
        Check{"de_day_ahead_2022_2024.csv", "DE", "day_ahead", "day_ahead_price_eur_per_mwh", 26304, 136.33, -500.00, 936.28},
        Check{"de_day_ahead_15min_2026_03_04.csv", "DE", "day_ahead", "day_ahead_price_eur_per_mwh", 5760, 89.52, -480.01, 429.36},
        Check{"de_auction_15min_2024.csv", "DE", "intraday", "auction_15min_price_eur_per_mwh", 35136, 77.84, -499.99, 1398.02},
        Check{"nl_imbalance_2021.csv", "NL", "imbalance_feed", "imbalance_price_long_eur_per_mwh", 35040, 96.25, -578.51, 999.86},
        Check{"nl_imbalance_2021.csv", "NL", "imbalance_take", "imbalance_price_short_eur_per_mwh", 35040, 103.46, -578.51, 999.86},
        Check{"nl_imbalance_2024.csv", "NL", "imbalance_feed", "imbalance_price_long_eur_per_mwh", 35136, 66.18, -1861.69, 2888.00},
        Check{"nl_imbalance_2024.csv", "NL", "imbalance_take", "imbalance_price_short_eur_per_mwh", 35136, 96.22, -1593.10, 2888.00},
        Check{"de_fcr_afrr_capacity_2024.csv", "DE", "afrr_up_price", "afrr_up_avg_price_eur_per_mw_per_h", 2196, 13.14, unstated,
              unstated},
        Check{"de_fcr_afrr_capacity_2024.csv", "DE", "afrr_up_price", "afrr_up_marginal_price_eur_per_mw_per_h", 2196, 18.10, unstated,
              unstated},
        Check{"de_fcr_afrr_capacity_2024.csv", "DE", "afrr_down_price", "afrr_down_avg_price_eur_per_mw_per_h", 2196, 10.84, unstated,
              unstated},
        Check{"de_fcr_afrr_capacity_2024.csv", "DE", "afrr_down_price", "afrr_down_marginal_price_eur_per_mw_per_h", 2196, 14.53, unstated,
              unstated},
        Check{"fcr_capacity_2024.csv", "NL", "fcr_price", "nl_price_eur_per_mw_per_block", 2196, 69.01 / 4, 3.86, 300.0},
        Check{"fcr_capacity_2024.csv", "DE", "fcr_price", "de_price_eur_per_mw_per_block", 2196, 65.07 / 4, 3.86, 90.0},
        Check{"de_afrr_energy_15min_2024.csv", "DE", "afrr_up_energy_price", "afrr_energy_up_price_eur_per_mwh", 35136, 99.71, 0.0, 600.0},
        Check{"de_afrr_energy_15min_2024.csv", "DE", "afrr_down_energy_price", "afrr_energy_down_price_eur_per_mwh", 35136, 45.99, 0.0,
              599.0},
        Check{"de_intraday_15min_2019.csv", "DE", "intraday", "intraday_auction_price_eur_per_mwh", 35040, 37.48, unstated, unstated},
        Check{"de_intraday_15min_2019.csv", "DE", "intraday", "id3_price_eur_per_mwh", 34944, 37.62, unstated, unstated},
        Check{"de_intraday_15min_2020.csv", "DE", "intraday", "id3_price_eur_per_mwh", 35136, 31.37, unstated, unstated},
        Check{"de_intraday_15min_2022.csv", "DE", "intraday", "id1_price_eur_per_mwh", 35040, 236.14, unstated, unstated},
        Check{"de_intraday_15min_2022.csv", "DE", "intraday", "id3_price_eur_per_mwh", 34848, 236.31, unstated, unstated},
        Check{"de_id3_hourly_2023_2024.csv", "DE", "intraday", "id3_hourly_price_eur_per_mwh", 17544, unstated, -693.19, 1993.87},
        Check{"nl_balance_delta_prices_2020_2021.csv", "NL", "afrr_up_energy_price", "max_upward_price_eur_per_mwh", 31898, unstated,
              unstated, unstated},
        Check{"nl_solar_wind_production_2019_2022.csv", "NL", "solar_mw", "solar_mw", 35064, unstated, unstated, unstated},
        Check{"nl_solar_wind_production_2024_2025.csv", "NL", "solar_mw", "solar_mw", 13813, unstated, unstated, unstated},
        Check{"de_load_generation_hourly_2024.csv", "DE", "solar_mw", "solar_mw", 8784, unstated, unstated, unstated}),
    [](const auto& check) { return std::to_string(check.index); });

TEST(RealScenario, NetherlandsIn2024) {
  BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
  FileMapping fcr =
      columns({{"timestamp", "block_start_utc"}, {"timestamp_end", "block_end_utc"}, {"fcr_price", "nl_price_eur_per_mw_per_block"}});
  fcr.units = {{"fcr_price", "EUR/MW/block"}};
  const auto result = load({real("nl_day_ahead_2024_2025.csv", columns({{"day_ahead", "day_ahead_price_eur_per_mwh"}})),
                            real("nl_imbalance_2024.csv", columns({{"imbalance_take", "imbalance_price_short_eur_per_mwh"},
                                                                   {"imbalance_feed", "imbalance_price_long_eur_per_mwh"}})),
                            real("fcr_capacity_2024.csv", fcr),
                            real("de_fcr_afrr_capacity_2024.csv", columns({{"afrr_up_price", "afrr_up_avg_price_eur_per_mw_per_h"},
                                                                           {"afrr_down_price", "afrr_down_avg_price_eur_per_mw_per_h"}}))},
                           "NL");
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  ASSERT_EQ(result->tables.size(), 3U);
  const MarketTable& price = result->tables[0];
  EXPECT_EQ(price.rows(), 35136U + (11807U - 8784U));  // quarter-hours of 2024, then hours until May 2025
  EXPECT_THAT(warning_codes(result), testing::Each("take_below_feed"));

  const MarketCalendar nl = MarketCalendar::for_country("NL");
  const PriceSet set = make_price_set("NL", result->tables, nl);
  MarketSet markets;
  for (const Market m : {Market::day_ahead, Market::imbalance, Market::fcr, Market::afrr}) {
    EXPECT_TRUE(set.has_market(m));
    markets.add(m);
  }
  EXPECT_EQ(usable_range(set, markets), (QuarterRange{0, 35136}));
  std::vector<std::int32_t> year(35136);
  for (std::size_t q = 0; q < year.size(); ++q) year[q] = static_cast<std::int32_t>(q);
  EXPECT_TRUE(check_markets(set, markets, year, "/run").empty());
  // A block earns its published price: the sum over quarter-hours is the sum over blocks.
  double earned = 0.0;
  for (const double v : set.values(PriceColumn::fcr).first(35136)) earned += v * quarter_h;
  EXPECT_NEAR(earned / 2196, 69.01, 0.0051);
  const auto first_blocks = set.values(PriceColumn::fcr);
  EXPECT_NEAR(first_blocks[0], 114.8 / 4, 1e-12);

  const auto tb = top_bottom_spread(set.values(PriceColumn::day_ahead).first(35136), day_bounds(nl, set.start, 35136));
  EXPECT_NEAR(tb.tb1_eur_per_mw_day, 113.03571038, 1e-7);  // computed by another program from the same file
  EXPECT_NEAR(tb.tb2_eur_per_mw_day, 211.29076503, 1e-7);
  EXPECT_NEAR(tb.tb4_eur_per_mw_day, 362.34483607, 1e-7);
}

TEST(RealScenario, GapsAndEndsOfTheFiles) {
  BESS_NEEDS_SHARED("data/de_day_ahead_15min_2026_03_04.csv");
  const auto result = load({real("de_day_ahead_15min_2026_03_04.csv", columns({{"day_ahead", "day_ahead_price_eur_per_mwh"}}))}, "DE");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->columns[0].quality.borrowed, 92);
  EXPECT_THAT(warning_codes(result), ElementsAre("gap_filled"));
}

TEST(RealScenario, UnmappedFilesSayWhatTheyHold) {
  BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
  const std::string text = read_file(shared("data/nl_day_ahead_2024_2025.csv"));
  const auto known = import_text(text);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->files[0].preset, "unit_names");
  ImportOptions by_our_names;
  by_our_names.every_file.preset = "none";
  const auto result = import_text(text, by_our_names);
  EXPECT_THAT(error_codes(result), ElementsAre("missing_column"));
  EXPECT_THAT(result.issues().all()[0].message, testing::HasSubstr("day_ahead_price_eur_per_mwh"));
}

TEST(Speed, AYearOfQuarterHoursWithSixColumns) {
  const std::vector<MarketTable> tables = make_sample_tables(1, 2024);
  MarketTable table = tables[0];
  table.columns.push_back({"solar_mw", tables[3].columns[0].values, {}});
  const std::string text = write_csv(table);
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = import_text(text);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    ASSERT_TRUE(result);
    ASSERT_EQ(result->tables[0].rows(), 35136U);
    best = std::min(best, elapsed.count());
  }
  RecordProperty("milliseconds", static_cast<int>(best * 1000));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr double limit_s = 30.0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  constexpr double limit_s = 30.0;
#else
  constexpr double limit_s = 1.0;
#endif
#else
  constexpr double limit_s = 1.0;  // about 0.04 s; room for busy machines
#endif
  EXPECT_LT(best, limit_s);
}

}  // namespace
}  // namespace bess
