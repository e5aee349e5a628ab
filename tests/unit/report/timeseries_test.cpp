#include "report/timeseries.h"

#include <gmock/gmock.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "base/random.h"
#include "made_up_run.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;

std::string number(double value, int decimals) {
  std::array<char, 40> text{};
  return {text.data(), write_number(text.data(), value, decimals)};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(WriteNumber, DropsTrailingZerosAndNeverSaysMinusZero) {
  EXPECT_EQ(number(0.0, 6), "0");
  EXPECT_EQ(number(-0.0, 6), "0");
  EXPECT_EQ(number(-4e-7, 6), "0");
  EXPECT_EQ(number(5e-7, 6), "0.000001");
  EXPECT_EQ(number(1.5, 6), "1.5");
  EXPECT_EQ(number(-12.34, 6), "-12.34");
  EXPECT_EQ(number(100.0, 6), "100");
  EXPECT_EQ(number(0.050, 6), "0.05");
  EXPECT_EQ(number(2.0 / 3.0, 6), "0.666667");
  EXPECT_EQ(number(999999.9999996, 6), "1000000");
  EXPECT_EQ(number(0.123456789, 9), "0.123456789");
  EXPECT_EQ(number(7.5, 0), "8");
  EXPECT_EQ(number(1e300, 6), "1e+300");
}

TEST(WriteNumber, IsEmptyForWhatIsNotFinite) {
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN(), 6), "");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity(), 6), "");
}

TEST(WriteNumber, ReadsBackWithinHalfAUnitOfTheLastDecimal) {
  RandomStream random(3, "numbers");
  for (int i = 0; i < 100'000; ++i) {
    const double value = random.normal() * std::pow(10.0, random.uniform(-7.0, 9.0));
    const std::string text = number(value, 6);
    double back = 0.0;
    ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), back).ec, std::errc{}) << text;
    ASSERT_NEAR(back, value, 5.01e-7 + 1e-15 * std::abs(value)) << text;
  }
}

constexpr std::string_view physical =
    "delivery_start,charge_mw,discharge_mw,grid_charge_mw,self_charge_mw,generation_mw,curtailed_mw,net_export_mw,stored_energy_mwh,"
    "state_of_health,round_trip_efficiency,fcr_mw,afrr_up_mw,afrr_down_mw";

TEST(Timeseries, HeaderNamesEveryColumnInOrder) {
  MadeUpRun run = busy_run(2024y / 1 / 1, 1);
  add_series(run);
  std::ostringstream out;
  write_timeseries_csv(out, run.result);
  EXPECT_EQ(lines_of(out.str()).front(),
            fmt::format("{},day_ahead_price_eur_per_mwh,day_ahead_position_mw,day_ahead_revenue_eur"
                        ",intraday_price_eur_per_mwh,intraday_position_mw,intraday_revenue_eur"
                        ",imbalance_take_price_eur_per_mwh,imbalance_feed_price_eur_per_mwh,imbalance_position_mw,imbalance_revenue_eur"
                        ",afrr_up_price_eur_per_mw_h,afrr_down_price_eur_per_mw_h,afrr_revenue_eur"
                        ",fcr_price_eur_per_mw_h,fcr_revenue_eur",
                        physical));
}

TEST(Timeseries, LeavesOutMarketsThatAreNotEnabled) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);  // day-ahead and FCR
  add_series(run);
  std::ostringstream out;
  write_timeseries_csv(out, run.result);
  EXPECT_EQ(lines_of(out.str()).front(), fmt::format("{},day_ahead_price_eur_per_mwh,day_ahead_position_mw,day_ahead_revenue_eur"
                                                     ",fcr_price_eur_per_mw_h,fcr_revenue_eur",
                                                     physical));
}

TEST(Timeseries, RowsCountTheQuartersInUtc) {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  add_series(run);
  run.result.series.state_of_health[1] = 0.987654321;
  run.result.series.charge_mw[2] = std::numeric_limits<double>::quiet_NaN();
  std::ostringstream out;
  write_timeseries_csv(out, run.result);
  const std::vector<std::string> lines = lines_of(out.str());
  ASSERT_EQ(lines.size(), 1U + 35'136U);
  EXPECT_EQ(lines[1], "2023-12-31T23:00:00Z,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
  EXPECT_EQ(lines[2], "2023-12-31T23:15:00Z,1,0,0,0,0,0,0,0,0.987654321,0,0,0,0,0,0,0,0,0");
  EXPECT_EQ(lines[3], "2023-12-31T23:30:00Z,,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0");
  EXPECT_EQ(lines.back().substr(0, 27), "2024-12-31T22:45:00Z,35135,");
}

TEST(Timeseries, WithoutSeriesThereAreNoColumns) {
  const MadeUpRun run = empty_run(2024y / 1 / 1, 1);
  EXPECT_TRUE(timeseries_columns(run.result).empty());
  std::ostringstream out;
  write_timeseries_csv(out, run.result);
  EXPECT_EQ(out.str(), "delivery_start\n");
}

// A battery of a kilowatt: its flows are thousandths of a MW, and a millionth of them still counts.
TEST(Timeseries, DigitsFollowTheSizeOfTheBattery) {
  const auto written = [](double power_mw, double charge_mw) {
    MadeUpRun run = empty_run(2024y / 1 / 1, 1);
    add_series(run);
    run.result.final_state.limits.power_mw = power_mw;
    run.result.series.charge_mw[0] = charge_mw;
    std::ostringstream out;
    write_timeseries_csv(out, run.result);
    const std::string line = lines_of(out.str())[1];
    const std::size_t begin = line.find(',') + 1;
    return line.substr(begin, line.find(',', begin) - begin);
  };
  EXPECT_EQ(written(10.0, 9.8765432109), "9.876543211");
  EXPECT_EQ(written(0.001, 0.0009876543), "0.000987654");
  EXPECT_EQ(written(1e-6, 0.98765432109e-6), "0.000000987654");
  EXPECT_EQ(written(1e-9, 0.9876543e-9), "0.000000000987654");
  EXPECT_EQ(written(1e-15, 1e-9), "0.000000001");
  EXPECT_EQ(written(0.0, 2.5), "2.5");
}

TEST(WriteNumber, TakesFifteenDecimals) {
  EXPECT_EQ(number(0.123456789012345, 15), "0.123456789012345");
  EXPECT_EQ(number(-4e-15, 15), "-0.000000000000004");
  EXPECT_EQ(number(1234.5, 15), "1234.5");
  EXPECT_EQ(number(8.999999999, 9), "8.999999999");
}

}  // namespace
}  // namespace bess::report
