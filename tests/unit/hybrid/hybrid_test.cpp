// A solar park with a battery on real Dutch prices: what must hold whatever the figures are.

#include <algorithm>
#include <cmath>

#include "dutch_park.h"

namespace bess::test {
namespace {

constexpr double quarter_h = 0.25;

service::SimulationAnswer run_park(const std::string& changes) { return service::run_simulation(prepare_park(changes)); }

/// Every quarter-hour: what comes in goes out, nothing passes the connection, the battery keeps its books.
void expect_energy_balance(const service::SimulationAnswer& answer) {
  const SeriesColumns& s = answer.result.series;
  constexpr double tolerance = 1e-5;
  double stored = answer.result.year.front().energy_start_mwh;
  double self_charged_mwh = 0.0;
  for (std::size_t q = 0; q < static_cast<std::size_t>(answer.result.quarters); ++q) {
    const double net = s.discharge_mw[q] - s.grid_charge_mw[q] + s.generation_mw[q] - s.self_charge_mw[q] - s.curtailed_mw[q];
    ASSERT_NEAR(s.net_export_mw[q], net, tolerance) << q;
    ASSERT_NEAR(s.charge_mw[q], s.grid_charge_mw[q] + s.self_charge_mw[q], tolerance) << q;
    ASSERT_GE(std::min({s.self_charge_mw[q], s.curtailed_mw[q], s.grid_charge_mw[q], s.discharge_mw[q]}), -tolerance) << q;
    ASSERT_LE(s.self_charge_mw[q] + s.curtailed_mw[q], s.generation_mw[q] + tolerance) << q;
    ASSERT_LE(std::min(s.charge_mw[q], s.discharge_mw[q]), tolerance) << q;
    const double sold_mw = s.generation_mw[q] - s.self_charge_mw[q] - s.curtailed_mw[q];
    ASSERT_LE(std::min(s.grid_charge_mw[q], sold_mw), tolerance) << q;  // what charges while generation is sold never met the meter
    self_charged_mwh += quarter_h * s.self_charge_mw[q];
    ASSERT_LE(std::abs(s.net_export_mw[q]), connection_mw + tolerance) << q;
    const double eta = std::sqrt(s.round_trip_efficiency[q]);
    stored += quarter_h * (eta * s.charge_mw[q] - s.discharge_mw[q] / eta);
    ASSERT_NEAR(s.stored_energy_mwh[q], stored, 1e-6 * static_cast<double>(q + 1)) << q;
    stored = s.stored_energy_mwh[q];
  }
  EXPECT_NEAR(answer.summary.operational.self_charge_mwh, self_charged_mwh, 1e-6 * (1.0 + self_charged_mwh));
}

/// Trading less what the year's monthly peaks of import cost.
double after_peaks(const service::SimulationAnswer& answer) {
  return answer.summary.financial.revenue.lines.total_eur() - answer.summary.financial.grid_cost_eur;
}

/// The same tariff billed, but hidden from the optimiser.
service::SimulationAnswer run_blind(const std::string& changes) {
  const auto prepared = prepare_park(changes);
  prepared->input.site.peak_tariff_eur_per_mw.clear();
  return service::run_simulation(prepared);
}

class DutchPark : public testing::Test {
 protected:
  void SetUp() override { BESS_NEEDS_SHARED("data/nl_solar_wind_production_2024_2025.csv"); }
};

TEST_F(DutchPark, EnergyBalancesInEveryQuarter) {
  for (const char* markets : {R"(["day_ahead"])", R"(["day_ahead", "afrr", "fcr"])"}) {
    const auto answer = run_park(std::string(R"({"run": {"enabled_markets": )") + markets + "}}");
    expect_energy_balance(answer);
    // 907.6 kWh/kWp by the choice of what was installed.
    EXPECT_NEAR(answer.summary.operational.generated_mwh, park_mwp * 907.6, 1.0);
    EXPECT_EQ(answer.result.provenance.relaxed_windows, 0);
  }
}

TEST_F(DutchPark, GenerationAddedAfterwardsEarnsLess) {
  const auto joint = run_park("{}");
  const auto after = run_park(R"({"run": {"generation_in_dispatch": false}})");
  const auto battery_alone = run_park(R"({"params": {"solarCapacity": 0}})");
  EXPECT_EQ(after.result.series.charge_mw, battery_alone.result.series.charge_mw);  // it knows nothing of the park
  EXPECT_EQ(after.result.series.discharge_mw, battery_alone.result.series.discharge_mw);
  for (const double net : after.result.series.net_export_mw) ASSERT_LE(net, connection_mw + 1e-6);
  EXPECT_NEAR(joint.summary.operational.generated_mwh, after.summary.operational.generated_mwh, 1e-6);
  EXPECT_LT(after.summary.financial.revenue.lines.total_eur(), joint.summary.financial.revenue.lines.total_eur());
}

TEST_F(DutchPark, BatteryAddsValue) {
  const auto answer = run_park("{}");
  ASSERT_TRUE(answer.without_battery.has_value());
  EXPECT_GT(answer.summary.financial.net_revenue_eur, answer.without_battery->net_revenue_eur);
}

TEST_F(DutchPark, SubsidyIsLostByCurtailingSoLessIsCurtailed) {
  const std::string grant =
      R"("solarSdeBaseAmount": 0.09, "solarSdeFloorPrice": 0.03, "solarSdeCorrectionAmount": 0.05, "solarSdeSelfCharge": true)";
  const auto plain = run_park("{}");
  const auto always = run_park(R"({"params": {)" + grant + R"(, "solarSdeNegativePriceRule": "none"}})");
  const auto never_negative = run_park(R"({"params": {)" + grant + R"(, "solarSdeNegativePriceRule": "any"}})");
  EXPECT_LT(always.summary.operational.curtailed_mwh, plain.summary.operational.curtailed_mwh);
  EXPECT_LT(always.summary.operational.curtailed_mwh, never_negative.summary.operational.curtailed_mwh);
  EXPECT_GT(always.summary.financial.revenue.lines.total_eur(), never_negative.summary.financial.revenue.lines.total_eur());
  // 40 EUR on each MWh at the production meter where nothing is suspended.
  const auto& made = always.summary.operational;
  EXPECT_NEAR(always.summary.financial.revenue.lines.solar_subsidy_eur, 40.0 * (made.generated_mwh - made.curtailed_mwh), 1.0);
}

TEST_F(DutchPark, PeakTariffInThePlanBeatsAPlanThatIgnoresIt) {
  const std::string tariff = R"({"params": {"gridPeakTariff": 2}, "run": {"foresight_days": 14, "compare_without_battery": false}})";
  const auto aware = run_park(tariff);
  const auto blind = run_blind(tariff);
  EXPECT_GT(after_peaks(aware), after_peaks(blind) + 1000.0);
  EXPECT_LT(aware.summary.financial.grid_cost_eur, blind.summary.financial.grid_cost_eur);
  EXPECT_LT(aware.summary.financial.revenue.lines.total_eur(), blind.summary.financial.revenue.lines.total_eur());
}

TEST_F(DutchPark, APeakTariffOfZeroChangesNothing) {
  const std::string none = R"({"params": {"gridPeakTariff": 0}})";
  const auto aware = run_park(none);
  const auto blind = run_blind(none);
  EXPECT_EQ(after_peaks(aware), after_peaks(blind));
  EXPECT_EQ(aware.result.series.net_export_mw, blind.result.series.net_export_mw);
}

}  // namespace
}  // namespace bess::test
