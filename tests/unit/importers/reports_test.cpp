// Files that users brought, each with what is right for it. They live in ../shared/reports and are no part of the project.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "import_support.h"
#include "importers/profile_csv.h"

namespace bess {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Expected<ImportResult> report(const char* file, const ImportOptions& options = {}) {
  static std::string text;
  text = read_file(shared(std::string("reports/") + file));
  return import_text(text, options, file);
}

ImportOptions column(const char* canonical, const char* header) {
  ImportOptions options;
  options.every_file.columns = {{canonical, header}};
  return options;
}

std::string problems(const Expected<ImportResult>& result) {
  std::string text;
  for (const Issue& i : (result ? result->warnings : result.issues()).all()) text += i.code + ": " + i.message + "\n";
  return text;
}

const std::vector<double>& values(const Expected<ImportResult>& result, const char* name) {
  for (const MarketTable& table : result->tables) {
    if (const TableColumn* found = table.find(name)) return found->values;
  }
  ADD_FAILURE() << "no column " << name;
  static const std::vector<double> empty;
  return empty;
}

TEST(Reports, AUnitInTheHeaderIsConverted) {
  BESS_NEEDS_SHARED("reports/unit_in_header_ctkwh.csv");
  for (const ImportOptions& options : {ImportOptions{}, column("day_ahead", "Spotmarktpreis in ct/kWh")}) {
    const auto result = report("unit_in_header_ctkwh.csv", options);
    ASSERT_TRUE(result) << problems(result);
    EXPECT_NEAR(values(result, "day_ahead")[0], 92.35, 1e-9);
    EXPECT_EQ(values(result, "day_ahead").size(), 72U);
    EXPECT_EQ(result->tables[0].delivery_start[0], at("2023-12-31T23:00Z"));
    EXPECT_EQ(result->files[0].preset, "netztransparenz");
  }
}

TEST(Reports, AReservePriceWithoutATimeIsPerBlock) {
  BESS_NEEDS_SHARED("reports/unit_in_header_fcr_eur_per_mw.csv");
  ImportOptions mapped = column("fcr_price", "GERMANY_SETTLEMENTCAPACITY_PRICE_[EUR/MW]");
  mapped.every_file.columns["timestamp"] = "block start";
  mapped.every_file.time_zone = "local";
  mapped.every_file.preset = "none";
  ImportOptions bare;
  bare.every_file.table = TableKind::fcr;
  for (const ImportOptions& options : {mapped, bare}) {
    const auto result = report("unit_in_header_fcr_eur_per_mw.csv", options);
    ASSERT_TRUE(result) << problems(result);
    EXPECT_THAT(values(result, "fcr_price"), ElementsAre(11.25, 14.0, 16.75, 10.25, 13.0, 15.75));
    EXPECT_THAT(warning_codes(result), Contains("assumed"));
  }
}

TEST(Reports, ForeignCurrenciesAreRefusedOrConvertedAtAStatedRate) {
  BESS_NEEDS_SHARED("reports/currency_in_header.csv");
  ImportOptions gbp = column("day_ahead", "Day ahead price [GBP/MWh]");
  const auto refused = report("currency_in_header.csv", gbp);
  EXPECT_THAT(error_codes(refused), ElementsAre("unit_conflict"));
  EXPECT_THAT(refused.issues().errors()[0].message, HasSubstr("GBP"));
  gbp.every_file.units = {{"day_ahead", "GBP/MWh*1.17"}};
  const auto converted = report("currency_in_header.csv", gbp);
  ASSERT_TRUE(converted) << problems(converted);
  EXPECT_NEAR(values(converted, "day_ahead")[0], 23.4, 1e-12);
  EXPECT_THAT(warning_codes(converted), Contains("currency_converted"));
  gbp.every_file.units = {{"day_ahead", "EUR/MWh"}};
  const auto stated = report("currency_in_header.csv", gbp);
  ASSERT_TRUE(stated) << problems(stated);
  EXPECT_EQ(values(stated, "day_ahead")[0], 20.0);
  EXPECT_THAT(warning_codes(stated), ElementsAre("unit_overridden"));

  ImportOptions pln = column("day_ahead", "price");
  const auto column_refused = report("currency_in_column.csv", pln);
  EXPECT_THAT(error_codes(column_refused), ElementsAre("unit_conflict"));
  EXPECT_THAT(column_refused.issues().errors()[0].message, HasSubstr("PLN"));
  pln.every_file.units = {{"day_ahead", "PLN/MWh*0.23"}};
  const auto column_converted = report("currency_in_column.csv", pln);
  ASSERT_TRUE(column_converted) << problems(column_converted);
  EXPECT_NEAR(values(column_converted, "day_ahead")[0], 4.6, 1e-12);
}

TEST(Reports, UnixMillisecondsAreTimes) {
  BESS_NEEDS_SHARED("reports/unix_milliseconds.csv");
  const auto result = report("unix_milliseconds.csv", column("day_ahead", "price"));
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->tables[0].delivery_start[0], at("2024-01-01T00:00Z"));
  EXPECT_EQ(result->tables[0].rows(), 24U);
  EXPECT_EQ(result->columns[0].quality.resolution_minutes, 15);
}

TEST(Reports, TheCoupledPriceIsSequenceOne) {
  BESS_NEEDS_SHARED("reports/entsoe_new_delu_two_sequences.csv");
  ImportOptions germany;
  germany.country = "DE";
  ImportOptions mapped = column("day_ahead", "Day-ahead Price (EUR/MWh)");
  mapped.country = "DE-LU";
  for (const ImportOptions& options : {germany, mapped}) {
    const auto result = report("entsoe_new_delu_two_sequences.csv", options);
    ASSERT_TRUE(result) << problems(result);
    EXPECT_EQ(values(result, "day_ahead")[0], 75.81);
    EXPECT_EQ(values(result, "day_ahead").size(), 96U);
    EXPECT_EQ(result->tables[0].delivery_start[0], at("2025-09-30T22:00Z"));
    EXPECT_EQ(result->files[0].preset, "entsoe");
    EXPECT_EQ(result->files[0].rows_left_out, 96);
    EXPECT_TRUE(result->warnings.empty()) << problems(result);
  }
  const auto netherlands = report("entsoe_new_delu_two_sequences.csv");
  ASSERT_TRUE(netherlands) << problems(netherlands);
  EXPECT_THAT(warning_codes(netherlands), ElementsAre("other_area"));

  // Without the preset the second sequence is no answer, whichever way duplicates are treated.
  ImportOptions last = column("day_ahead", "Day-ahead Price (EUR/MWh)");
  last.every_file.columns["timestamp"] = "MTU (CET/CEST)";
  last.every_file.preset = "none";
  last.duplicates = Duplicates::last;
  const auto refused = report("entsoe_new_delu_two_sequences.csv", last);
  EXPECT_THAT(error_codes(refused), ElementsAre("duplicate_timestamp"));
  EXPECT_EQ(refused.issues().errors()[0].column, "Sequence");
  EXPECT_THAT(refused.issues().errors()[0].message, HasSubstr("Sequence 1, Sequence 2"));
  last.every_file.where = {{"Sequence", {"Sequence 2"}}};
  const auto second = report("entsoe_new_delu_two_sequences.csv", last);
  ASSERT_TRUE(second) << problems(second);
  EXPECT_EQ(values(second, "day_ahead")[0], 78.81);
}

TEST(Reports, FcrHasSixBlocksADayAtAQuarterOfItsPrice) {
  BESS_NEEDS_SHARED("reports/regelleistung_fcr.csv");
  for (const auto& [country, first] : {std::pair{"NL", 45.5}, std::pair{"DE", 45.0}}) {
    ImportOptions options;
    options.country = country;
    const auto result = report("regelleistung_fcr.csv", options);
    ASSERT_TRUE(result) << problems(result);
    ASSERT_EQ(values(result, "fcr_price").size(), 18U);
    EXPECT_NEAR(values(result, "fcr_price")[0], first / 4.0, 1e-12);
    EXPECT_NEAR(values(result, "fcr_price")[17], (first + 28.0) / 4.0, 1e-12);
    EXPECT_EQ(result->tables[0].delivery_start[1], at("2024-01-01T03:00Z"));
    EXPECT_EQ(result->tables[0].duration_s[0], 4 * 3600);
    EXPECT_EQ(result->files[0].preset, "regelleistung_fcr");
  }
}

TEST(Reports, PositiveAndNegativeAfrrAreUpAndDown) {
  BESS_NEEDS_SHARED("reports/regelleistung_afrr.csv");
  ImportOptions options;
  options.country = "DE";
  const auto result = report("regelleistung_afrr.csv", options);
  ASSERT_TRUE(result) << problems(result);
  ASSERT_EQ(values(result, "afrr_up_price").size(), 18U);
  EXPECT_EQ(values(result, "afrr_down_price")[0], 10.0);
  EXPECT_EQ(values(result, "afrr_up_price")[0], 13.0);
  EXPECT_EQ(values(result, "afrr_up_price")[5], 17.0);
  EXPECT_EQ(values(result, "afrr_down_price")[6], 15.0);
  EXPECT_THAT(warning_codes(result), ElementsAre("stand_in"));
  EXPECT_THAT(result->columns[0].header, HasSubstr("GERMANY_AVERAGE"));
}

TEST(Reports, EnergyChartsWithTwoHeaderLines) {
  BESS_NEEDS_SHARED("reports/energy_charts_multi.csv");
  ImportOptions options;
  options.country = "DE";
  const auto one = report("energy_charts_en_two_headers.csv", options);
  ASSERT_TRUE(one) << problems(one);
  EXPECT_EQ(values(one, "day_ahead")[0], 92.35);
  EXPECT_EQ(values(one, "day_ahead").size(), 48U);
  const auto mapped = report("energy_charts_en_two_headers.csv", column("day_ahead", "Day Ahead Auction (DE-LU)"));
  ASSERT_TRUE(mapped) << problems(mapped);
  EXPECT_EQ(values(mapped, "day_ahead")[1], 74.0);
  const auto several = report("energy_charts_multi.csv", options);
  ASSERT_TRUE(several) << problems(several);
  EXPECT_EQ(values(several, "day_ahead")[1], 92.35);
  EXPECT_EQ(values(several, "intraday")[1], 87.8);
  EXPECT_THAT(several->files[0].not_used, ElementsAre("Intraday Auktion, 15 Minuten Preis"));
  const auto chosen = report("energy_charts_multi.csv", column("intraday", "Intraday Auktion, 15 Minuten Preis"));
  ASSERT_TRUE(chosen) << problems(chosen);
  EXPECT_EQ(values(chosen, "intraday")[1], 88.8);
}

TEST(Reports, DatesOfADutchSpreadsheetAreDayFirst) {
  BESS_NEEDS_SHARED("reports/excel_nl_dates.csv");
  const auto result = report("excel_nl_dates.csv", with_zone("Europe/Amsterdam"));
  ASSERT_TRUE(result) << problems(result);
  EXPECT_EQ(result->tables[0].delivery_start[24], at("2024-01-01T23:00Z"));
  EXPECT_EQ(values(result, "day_ahead")[0], 10.5);
  EXPECT_EQ(result->tables[0].rows(), 48U);
}

TEST(Reports, TheSkippedHourWithoutAValueIsNone) {
  BESS_NEEDS_SHARED("reports/entsoe_old_spring_ne.csv");
  for (const ImportOptions& options : {ImportOptions{}, column("day_ahead", "Day-ahead Price [EUR/MWh]")}) {
    const auto result = report("entsoe_old_spring_ne.csv", options);
    ASSERT_TRUE(result) << problems(result);
    EXPECT_EQ(result->tables[0].rows(), 71U);
    EXPECT_EQ(values(result, "day_ahead")[0], 66.93);
    EXPECT_EQ(result->tables[0].delivery_start[26], at("2024-03-31T01:00Z"));
    EXPECT_TRUE(result->warnings.empty()) << problems(result);
  }
}

TEST(Reports, AnEmptyWorkbookSaysSoOnce) {
  BESS_NEEDS_SHARED("reports/excel_workbook.xlsx");
  const auto result = report("excel_workbook.xlsx");
  EXPECT_THAT(error_codes(result), ElementsAre("missing_column"));
  EXPECT_THAT(result.issues().errors()[0].message, HasSubstr("hold no data"));
}

// The sample leaves out most of its year, which is a gap and nothing else: its stamps and its footer are understood.
TEST(Reports, PvgisHourlyPowerIsAProfile) {
  BESS_NEEDS_SHARED("reports/pvgis_hourly_power.csv");
  const std::string text = read_file(shared("reports/pvgis_hourly_power.csv"));
  EXPECT_EQ(detect_content(text), CsvContent::profile);
  const auto whole = import_profile({"pvgis.csv", text}, {.capacity_mw = 1.0});
  ASSERT_FALSE(whole);
  EXPECT_THAT(codes(whole.issues().all()), ElementsAre("preset_used", "gap"));
  std::string three_days = text;
  const std::size_t last = three_days.find("20201231:2210");
  three_days.erase(last, three_days.find("\r\n\r\n", last) - last);
  const auto result = import_profile({"pvgis.csv", three_days}, {.capacity_mw = 1.0});
  ASSERT_TRUE(result) << result.issues().all()[0].message;
  // A picture at ten past is held over the hour around it, from the nearest quarter-hour on.
  EXPECT_EQ(result->production.start, at("2019-12-31T23:45Z"));
  EXPECT_NEAR(result->production.power_mw[32], 0.0093705, 1e-12);
  EXPECT_THAT(codes(result->warnings.all()), ElementsAre("preset_used"));
}

}  // namespace
}  // namespace bess
