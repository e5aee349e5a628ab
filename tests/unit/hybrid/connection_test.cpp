// Connections of a request that give less at times, from JSON to the meter, on real Dutch prices.

#include <algorithm>
#include <regex>

#include "dutch_park.h"

namespace bess::test {
namespace {

class DutchConnection : public testing::Test {
 protected:
  void SetUp() override { BESS_NEEDS_SHARED("data/nl_solar_wind_production_2024_2025.csv"); }
};

const char* const evening_window =
    R"("gridCapacityWindows": [{"months": [1, 2, 11, 12], "days": "weekdays", "fromHour": 16, "toHour": 20, "charging": 0, "discharging": 0.5}])";

TEST_F(DutchConnection, AWindowHoldsAtTheMeterReservesIncluded) {
  const std::string request = std::string(R"({"params": {)") + evening_window +
                              R"(}, "run": {"enabled_markets": ["day_ahead", "afrr", "fcr"], "compare_without_battery": false}})";
  const auto answer = service::run_simulation(prepare_park(request));
  const SimulationInput& input = answer.prepared->input;
  const auto& factor = input.site.import_limit_factor;
  ASSERT_EQ(factor.size(), static_cast<std::size_t>(answer.result.quarters));
  // 23 weekdays of January, 21 each of February and November and 22 of December 2024, four hours each.
  EXPECT_EQ(std::count(factor.begin(), factor.end(), 0.0), 16 * (23 + 21 + 21 + 22));
  const SeriesColumns& s = answer.result.series;
  const std::vector<double>& afrr_up_mw = s.reserve_mw[Product::afrr_up];
  const std::vector<double>& afrr_down_mw = s.reserve_mw[Product::afrr_down];
  const std::vector<double>& fcr_mw = s.reserve_mw[Product::fcr];
  const double f = input.run.reserve_duties[Product::fcr].power_factor;
  double sold_up_inside = 0.0;
  for (std::size_t q = 0; q < factor.size(); ++q) {
    ASSERT_LE(-s.net_export_mw[q] + afrr_down_mw[q] + f * fcr_mw[q], connection_mw * factor[q] + 2e-5) << q;
    ASSERT_LE(s.net_export_mw[q] + afrr_up_mw[q] + f * fcr_mw[q], connection_mw * input.site.export_limit_factor[q] + 2e-5) << q;
    if (factor[q] == 0.0) sold_up_inside += afrr_up_mw[q];
  }
  EXPECT_GT(sold_up_inside, 0.0) << "what may be fed in can still be offered";
  EXPECT_EQ(answer.result.provenance.relaxed_windows, 0);
}

TEST_F(DutchConnection, SharesOfOneAreTheConnectionItself) {
  const auto plain = service::run_simulation(prepare_park("{}"));
  const std::string ones = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]";
  const auto whole = service::run_simulation(
      prepare_park(R"({"params": {"gridChargingCapacityByHour": )" + ones + R"(, "gridDischargingCapacityByHour": )" + ones +
                   R"(, "gridCapacityWindows": [{"fromHour": 7, "toHour": 9, "charging": 1, "discharging": 1}]}})"));
  const auto figures = [](const service::SimulationAnswer& answer) {  // all but the hash, which follows what was given
    return std::regex_replace(service::response_text(answer, {}), std::regex(R"("input_hash":"[0-9a-f]{16}")"), "");
  };
  EXPECT_TRUE(figures(plain) == figures(whole));  // too long to be printed
}

TEST_F(DutchConnection, ASeriesAndHoursMeanTheSame) {
  std::string series = "[";
  std::string by_hour = "[";
  for (int q = 0; q < 35136; ++q) series += q == 0 ? "0.5" : ", 0.5";
  for (int hour = 0; hour < 24; ++hour) by_hour += hour == 0 ? "0.5" : ", 0.5";
  const auto of = [](const std::string& key, const std::string& list) {
    return prepare_park(R"({"params": {")" + key + "\": " + list + "]}}")->input.site;
  };
  const SiteSpec hours = of("gridDischargingCapacityByHour", by_hour);
  EXPECT_EQ(hours.export_limit_factor, std::vector<double>(35136, 0.5));
  EXPECT_TRUE(hours.import_limit_factor.empty());
  EXPECT_EQ(of("gridDischargingCapacitySeries", series).export_limit_factor, hours.export_limit_factor);
  EXPECT_EQ(of("gridChargingCapacitySeries", series).import_limit_factor, hours.export_limit_factor);
}

}  // namespace
}  // namespace bess::test
