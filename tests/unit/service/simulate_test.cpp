#include "service/runs/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "market/sample.h"
#include "service/data/sources.h"
#include "support/shared_data.h"

namespace bess::service {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Json example(const char* file) {
  std::ifstream in(test::source_dir() / "examples" / file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return *parse_json(text);
}

/// The example battery with changed options.
SimulationRequest request_with(const std::string& params_patch, const std::string& run_patch,
                               const char* file = "battery_10mw_20mwh.json") {
  Json request = example(file);
  auto patch = [&request](const char* part, const std::string& text) {
    Json merged = *request.find(part);
    const Json changes = *parse_json(text);
    for (const JsonMember& member : changes.members()) merged.set(member.key, member.value);
    request.set(part, std::move(merged));
  };
  patch("params", params_patch);
  patch("run", run_patch);
  const ParsedRequest parsed = read_request(request);
  EXPECT_FALSE(parsed.issues.has_errors()) << to_json(parsed.issues.errors()).dump();
  return parsed.request;
}

const PriceSet& sample() {
  static const PriceSet prices = make_sample_prices(1, 2024);
  return prices;
}

SimulationSources sample_sources() {
  SimulationSources sources;
  sources.prices = sample();
  return sources;
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> list;
  for (const Issue& issue : issues.all()) list.push_back(issue.code);
  return list;
}

SimulationAnswer run(const SimulationRequest& request, SimulationSources sources, bool keep_series = false) {
  Expected<PreparedSimulation> prepared = prepare_simulation(request, std::move(sources), {.workers = 1, .keep_series = keep_series});
  EXPECT_TRUE(prepared);
  return run_simulation(std::make_shared<const PreparedSimulation>(std::move(*prepared)));
}

TEST(Prepare, ABareDateIsLocalMidnightAndAnOffsetIsHeeded) {
  auto start = [](const std::string& text) {
    const Expected<PreparedSimulation> prepared =
        prepare_simulation(request_with(R"({"startProject": ")" + text + "\"}", "{}"), sample_sources());
    EXPECT_TRUE(prepared) << text;
    return prepared ? format_instant(prepared->input.timeline->start) : std::string();
  };
  EXPECT_EQ(start("2024-01-01"), "2023-12-31T23:00:00Z");
  EXPECT_EQ(start("2024-07-01"), "2024-06-30T22:00:00Z");
  EXPECT_EQ(start("2024-01-01T00:00:00Z"), "2024-01-01T00:00:00Z");
  EXPECT_EQ(start("2024-01-01T06:00:00+05:00"), "2024-01-01T01:00:00Z");
  EXPECT_EQ(start("2024-07-01T12:00"), "2024-07-01T10:00:00Z");
}

TEST(Prepare, AnOddStartIsFlooredWithAWarning) {
  const Expected<PreparedSimulation> prepared =
      prepare_simulation(request_with(R"({"startProject": "2024-01-01T00:07:30Z"})", "{}"), sample_sources());
  ASSERT_TRUE(prepared);
  EXPECT_EQ(format_instant(prepared->input.timeline->start), "2024-01-01T00:00:00Z");
  EXPECT_THAT(codes(prepared->warnings), Contains("start_moved"));
}

TEST(Prepare, MissingMarketDataNamesTheMarket) {
  SimulationSources sources = sample_sources();
  sources.prices.column[static_cast<std::size_t>(PriceColumn::fcr)] = nullptr;
  const Expected<PreparedSimulation> prepared =
      prepare_simulation(request_with("{}", R"({"enabled_markets": ["day_ahead", "fcr"]})"), sources);
  ASSERT_FALSE(prepared);
  EXPECT_THAT(codes(prepared.issues()), ElementsAre("market_data_missing"));
  EXPECT_THAT(prepared.issues().all().front().message, HasSubstr("fcr"));
}

// Half a year of prices for a whole year: allowed when asked for, and said.
TEST(Prepare, DaysBeyondThePricesAreCounted) {
  SimulationSources sources = sample_sources();
  for (SharedColumn& column : sources.prices.column) {
    if (column) column = std::make_shared<std::vector<double>>(column->begin(), column->begin() + 96 * 100);
  }
  sources.prices.quarters = 96 * 100;
  const char* run = R"({"enabled_markets": ["day_ahead"], "allow_partial": true})";
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with("{}", run), sources);
  ASSERT_TRUE(prepared);
  ASSERT_THAT(codes(prepared->warnings), Contains("price_years_repeated"));
  EXPECT_THAT(prepared->warnings.all().back().message, HasSubstr("266 days"));
  EXPECT_THAT(codes(prepare_simulation(request_with("{}", R"({"enabled_markets": ["day_ahead"], "allow_partial": true})"), sample_sources())
                        ->warnings),
              testing::Not(Contains("price_years_repeated")));
}

// "No replacement in the last months" counts from the end of the project, not of the years that are simulated.
TEST(Prepare, ReplacementLooksAtTheProjectsLife) {
  const char* worn = R"({"bessLifetimeCycles": 200, "projectLifeYears": 15})";
  const Expected<PreparedSimulation> prepared =
      prepare_simulation(request_with(worn, R"({"enabled_markets": ["day_ahead"], "simulation_years": 1})"), sample_sources());
  ASSERT_TRUE(prepared);
  EXPECT_EQ(prepared->input.site.project_life_years, 15);
  EXPECT_GE(simulate(prepared->input, {}, nullptr).year.front().replacement_events, 1);
}

// Own consumption is bought at the day-ahead price, which must be there even if day-ahead is not traded.
TEST(Prepare, AuxiliaryPowerNeedsDayAheadPrices) {
  SimulationSources sources = sample_sources();
  sources.prices.column[static_cast<std::size_t>(PriceColumn::day_ahead)] = nullptr;
  const char* run = R"({"enabled_markets": ["intraday"]})";
  EXPECT_TRUE(prepare_simulation(request_with("{}", run), sources));
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with(R"({"bessAuxiliaryPowerMw": 0.1})", run), sources);
  ASSERT_FALSE(prepared);
  EXPECT_THAT(codes(prepared.issues()), ElementsAre("market_data_missing"));
  EXPECT_EQ(prepared.issues().all().front().path, "/params/bessAuxiliaryPowerMw");
}

TEST(Prepare, DeliberateImbalanceIsLeftOutWhereItIsForbidden) {
  SimulationSources german = sample_sources();
  german.prices.country = "DE";
  const std::string both = R"("enabled_markets": ["day_ahead", "imbalance"])";
  const Expected<PreparedSimulation> left_out = prepare_simulation(request_with("{}", "{" + both + "}"), german);
  ASSERT_TRUE(left_out);
  EXPECT_FALSE(left_out->input.run.markets.has(Market::imbalance));
  EXPECT_THAT(codes(left_out->warnings), Contains("imbalance_not_allowed"));
  const Expected<PreparedSimulation> allowed =
      prepare_simulation(request_with("{}", R"({"imbalance_allowed": true, )" + both + "}"), german);
  ASSERT_TRUE(allowed);
  EXPECT_TRUE(allowed->input.run.markets.has(Market::imbalance));
  const Expected<PreparedSimulation> dutch = prepare_simulation(request_with("{}", "{" + both + "}"), sample_sources());
  ASSERT_TRUE(dutch);
  EXPECT_TRUE(dutch->input.run.markets.has(Market::imbalance));
  const Expected<PreparedSimulation> nothing_left = prepare_simulation(request_with("{}", R"({"enabled_markets": ["imbalance"]})"), german);
  ASSERT_FALSE(nothing_left);
  EXPECT_THAT(codes(nothing_left.issues()), Contains("no_market"));
}

TEST(Prepare, YearsBeyondTheDataNeedRepeats) {
  const SimulationRequest no_repeat = request_with("{}", R"({"simulation_years": 3, "repeat_years": false})");
  const Expected<PreparedSimulation> refused = prepare_simulation(no_repeat, sample_sources());
  ASSERT_FALSE(refused);
  EXPECT_THAT(codes(refused.issues()), Contains("incomplete_year"));
  EXPECT_TRUE(prepare_simulation(request_with("{}", R"({"simulation_years": 3})"), sample_sources()));
}

TEST(Prepare, FeesEscalateFromTheSecondYear) {
  const Expected<PreparedSimulation> prepared = prepare_simulation(
      request_with(R"({"gridTransportedEnergy": 10, "gridYearlyTariffIncrease": 0.1, "gridEnergyTax": 2})", R"({"simulation_years": 3})"),
      sample_sources());
  ASSERT_TRUE(prepared);
  const auto& fee = prepared->input.site.import_fee_eur_per_mwh;
  ASSERT_EQ(fee.size(), 3U);
  EXPECT_NEAR(fee[0], 12.0, 1e-12);
  EXPECT_NEAR(fee[1], 13.0, 1e-12);
  EXPECT_NEAR(fee[2], 14.1, 1e-12);
}

TEST(Prepare, AMeasuredPeakIsWeighedAndABilledOneIsNot) {
  const char* measured = R"({"gridMaxTransportedPower": null, "gridPeakTariff": 2})";
  const Expected<PreparedSimulation> weighed = prepare_simulation(request_with(measured, "{}"), sample_sources());
  ASSERT_TRUE(weighed);
  EXPECT_DOUBLE_EQ(weighed->input.site.peak_tariff_eur_per_mw.front(), 2000.0);
  const Expected<PreparedSimulation> billed = prepare_simulation(request_with("{}", "{}"), sample_sources());
  ASSERT_TRUE(billed);
  EXPECT_DOUBLE_EQ(billed->input.site.peak_tariff_eur_per_mw.front(), 0.0);
  EXPECT_EQ(billed->economics.grid.maximum_mw, 10.0);
}

TEST(Prepare, GenerationComesFromTheScenarioOrAProfile) {
  const SimulationRequest solar = request_with("{}", "{}", "solar_park.json");
  const Expected<PreparedSimulation> from_scenario = prepare_simulation(solar, sample_sources());
  ASSERT_TRUE(from_scenario);
  const auto& park = from_scenario->input.site.generation.solar_mw;
  ASSERT_EQ(park.size(), 35136U);
  EXPECT_GT(*std::max_element(park.begin(), park.end()), 5.0);
  EXPECT_FALSE(from_scenario->input.site.generation.solar_subsidy.rate_eur_per_mwh.empty());
  EXPECT_NEAR(from_scenario->input.site.generation.solar_subsidy.max_subsidised_mwh.front(), 950.0 * 15.0, 1e-6);

  SimulationSources with_profile = sample_sources();
  auto profile = std::make_shared<ProductionSeries>();
  profile->start = sample().start;
  profile->capacity_mw = 4;
  profile->power_mw.assign(35136, 1.0);
  with_profile.solar = profile;
  const Expected<PreparedSimulation> scaled = prepare_simulation(solar, with_profile);
  ASSERT_TRUE(scaled);
  EXPECT_NEAR(scaled->input.site.generation.solar_mw.front(), 15.0 / 4.0, 1e-12);

  const Expected<PreparedSimulation> no_wind = prepare_simulation(request_with(R"({"windCapacity": 3})", "{}"), sample_sources());
  ASSERT_FALSE(no_wind);
  EXPECT_EQ(no_wind.issues().all().back().path, "/run/wind_profile_id");
}

TEST(Prepare, TimesOfTheConnectionAreChecked) {
  const auto prepared = [](const std::string& params) { return prepare_simulation(request_with(params, "{}"), sample_sources()); };
  const auto refused = [&](const std::string& params) {
    const Expected<PreparedSimulation> answer = prepared(params);
    EXPECT_FALSE(answer) << params;
    return answer ? std::string() : answer.issues().all().front().code + " " + answer.issues().all().front().path;
  };
  EXPECT_EQ(refused(R"({"gridChargingCapacitySeries": [0.5, 0.5]})"), "incomplete_year /params/gridChargingCapacitySeries");
  EXPECT_EQ(refused(R"({"gridCapacityWindows": [{"charging": 0, "from": "2024-03-01", "to": "2024-03-01"}]})"),
            "out_of_range /params/gridCapacityWindows/0/to");
  EXPECT_EQ(refused(R"({"gridCapacityWindows": [{"charging": 0}, {"charging": 0, "from": "2024-03-31T02:30"}]})"),
            "ambiguous_time /params/gridCapacityWindows/1/from");
  const Expected<PreparedSimulation> day =
      prepared(R"({"gridCapacityWindows": [{"charging": 0.25, "from": "2024-07-01T12:00", "to": "2024-07-02T00:00:00Z"}]})");
  ASSERT_TRUE(day);
  const auto& factor = day->input.site.import_limit_factor;
  const auto noon = static_cast<std::size_t>((*parse_instant("2024-07-01T10:00:00Z") - day->input.timeline->start) / quarter_hour);
  EXPECT_EQ(factor[noon - 1], 1.0);
  EXPECT_EQ(factor[noon], 0.25);
  EXPECT_EQ(factor[noon + 55], 0.25);
  EXPECT_EQ(factor[noon + 56], 1.0);
  EXPECT_TRUE(day->input.site.export_limit_factor.empty());
}

TEST(Prepare, ALimitInMegawattsComesFromAFile) {
  SimulationSources sources = sample_sources();
  auto limit = std::make_shared<ProductionSeries>();
  limit->start = sample().start;
  limit->capacity_mw = 50;  // more than the connection of 10 MW ever gives
  limit->power_mw.assign(35136, 50.0);
  limit->power_mw[7] = 4.0;
  sources.import_limit = limit;
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with("{}", "{}"), sources);
  ASSERT_TRUE(prepared);
  const auto& factor = prepared->input.site.import_limit_factor;
  ASSERT_EQ(factor.size(), 35136U);
  EXPECT_EQ(factor[6], 1.0);
  EXPECT_DOUBLE_EQ(factor[7], 4.0 / prepared->input.site.connection.import_limit_mw);
  limit->power_mw.resize(1000);
  const Expected<PreparedSimulation> partial = prepare_simulation(request_with("{}", "{}"), sources);
  ASSERT_FALSE(partial);
  EXPECT_THAT(codes(partial.issues()), Contains("incomplete_year"));
}

TEST(Prepare, CorrectionAmountsOfTheYearsComeFromTheRequest) {
  const char* grant = R"({"solarSdeBaseAmount": 0.08, "solarSdeFloorPrice": 0.03, "solarSdeCorrectionByYear": [0.05, 0.02],
                          "solarSdeNegativePriceRule": "none"})";
  const Expected<PreparedSimulation> prepared =
      prepare_simulation(request_with(grant, R"({"simulation_years": 3})", "solar_park.json"), sample_sources());
  ASSERT_TRUE(prepared);
  const SubsidyInput& subsidy = prepared->input.site.generation.solar_subsidy;
  ASSERT_EQ(subsidy.year_rate_eur_per_mwh.size(), 3U);
  EXPECT_NEAR(subsidy.year_rate_eur_per_mwh[0], 30.0, 1e-9);
  EXPECT_NEAR(subsidy.year_rate_eur_per_mwh[1], 50.0, 1e-9);  // the floor holds
  EXPECT_NEAR(subsidy.year_rate_eur_per_mwh[2], 50.0, 1e-9);
}

// A computed correction amount is the market value that the run itself will see.
TEST(Prepare, ThePriceTrendMovesTheCorrectionAmount) {
  const char* grant = R"({"solarSdeBaseAmount": 0.5, "solarSdeFloorPrice": 0, "solarSdeMaxFullLoadHours": 950})";
  const auto rates = [&](const char* run) {
    const Expected<PreparedSimulation> prepared = prepare_simulation(request_with(grant, run, "solar_park.json"), sample_sources());
    EXPECT_TRUE(prepared);
    return prepared->input.site.generation.solar_subsidy.year_rate_eur_per_mwh;
  };
  const std::vector<double> flat = rates(R"({"simulation_years": 2})");
  const std::vector<double> rising = rates(R"({"simulation_years": 2, "price_trend_percent_per_year": {"day_ahead": 10}})");
  EXPECT_EQ(rising[0], flat[0]);
  EXPECT_NEAR(500.0 - rising[1], 1.1 * (500.0 - flat[1]), 1e-9);
}

TEST(Prepare, SunOfTheScenarioNeedsWhatWasInstalled) {
  SimulationSources sources = sample_sources();
  sources.prices.column[static_cast<std::size_t>(PriceColumn::installed_solar_mw)] = nullptr;
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with("{}", "{}", "solar_park.json"), sources);
  ASSERT_FALSE(prepared);
  EXPECT_THAT(codes(prepared.issues()), ElementsAre("market_data_missing"));
  EXPECT_EQ(prepared.issues().all().front().path, "/params/solarCapacity");
  EXPECT_THAT(prepared.issues().all().front().message, HasSubstr("installed_capacity"));
}

// The rate of each month is value − market value of the park's own production, nothing in the negative hours, and no cap on energy.
TEST(Prepare, AMarketPremiumComesFromTheRequest) {
  const char* premium = R"({"solarSdeBaseAmount": 0, "solarPremiumValue": 0.09, "solarPremiumNegativeHours": 1, "solarPremiumYears": 7.5,
                            "solarPremiumSelfCharge": true})";
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with(premium, "{}", "solar_park.json"), sample_sources());
  ASSERT_TRUE(prepared);
  const auto& generation = prepared->input.site.generation;
  const SubsidyInput& subsidy = generation.solar_subsidy;
  ASSERT_EQ(subsidy.rate_eur_per_mwh.size(), 35136U);
  EXPECT_TRUE(subsidy.max_subsidised_mwh.empty());
  EXPECT_TRUE(subsidy.self_charge);
  EXPECT_EQ(prepared->economics.economics.solar_subsidy_years, 8);
  const auto price = sample().values(PriceColumn::day_ahead);
  const std::size_t june = (31 + 29 + 31 + 30 + 31) * 96 - 4;  // the clock skips an hour in March
  double money = 0.0;
  double energy = 0.0;
  for (std::size_t q = june; q < june + 2880; ++q) {
    money += price[q] * generation.solar_mw[q];
    energy += generation.solar_mw[q];
  }
  const double rate = 90.0 - money / energy;
  ASSERT_GT(rate, 0.0);
  std::size_t unpaid = 0;
  for (std::size_t q = june; q < june + 2880; ++q) {
    // Prices are hourly here, so a negative quarter lies in a negative hour.
    EXPECT_NEAR(subsidy.rate_eur_per_mwh[q], price[q] < 0.0 ? 0.0 : rate, 1e-9) << q;
    unpaid += price[q] < 0.0 ? 1 : 0;
  }
  EXPECT_GT(unpaid, 0U);
}

TEST(Prepare, APremiumWithPublishedValuesNeedsNoDayAheadPrice) {
  SimulationSources sources = sample_sources();
  sources.prices.column[static_cast<std::size_t>(PriceColumn::day_ahead)] = nullptr;
  const char* run = R"({"enabled_markets": ["intraday"]})";
  const char* computed = R"({"solarSdeBaseAmount": 0, "solarPremiumValue": 0.09, "solarPremiumNegativeHours": 0})";
  const Expected<PreparedSimulation> refused = prepare_simulation(request_with(computed, run, "solar_park.json"), sources);
  ASSERT_FALSE(refused);
  EXPECT_THAT(codes(refused.issues()), Contains("market_data_missing"));
  const char* published = R"({"solarSdeBaseAmount": 0, "solarPremiumValue": 0.09, "solarPremiumNegativeHours": 0,
                              "solarPremiumMonthlyValue": [0.05, -0.01, 0.1]})";
  const Expected<PreparedSimulation> prepared = prepare_simulation(request_with(published, run, "solar_park.json"), sources);
  ASSERT_TRUE(prepared);
  const auto& rate = prepared->input.site.generation.solar_subsidy.rate_eur_per_mwh;
  EXPECT_NEAR(rate[0], 40.0, 1e-9);
  EXPECT_NEAR(rate[31UL * 96], 100.0, 1e-9);
  EXPECT_EQ(rate[60UL * 96], 0.0);
}

TEST(Simulate, TheMarketPremiumIsPaidOnWhatIsGenerated) {
  const char* premium = R"({"solarSdeBaseAmount": 0, "solarPremiumValue": 0.09, "solarPremiumNegativeHours": 0,
                            "solarPremiumMonthlyValue": [0.05], "solarPremiumSelfCharge": true})";
  const SimulationAnswer answer = run(request_with(premium, R"({"compare_without_battery": false})", "solar_park.json"), sample_sources());
  const auto& made = answer.summary.operational;
  ASSERT_GT(made.curtailed_mwh, 0.0);
  EXPECT_NEAR(answer.summary.financial.revenue.lines.solar_subsidy_eur, 40.0 * (made.generated_mwh - made.curtailed_mwh), 1.0);
}

TEST(Simulate, WithoutBatteryNothingIsTraded) {
  const SimulationAnswer answer =
      run(request_with(R"({"bessPower": 0, "bessCapacity": 0})", R"({"enabled_markets": ["day_ahead"], "direction": "time_shared"})"),
          sample_sources());
  EXPECT_EQ(answer.summary.financial.revenue.lines.total_eur(), 0.0);
  EXPECT_EQ(answer.summary.operational.total_cycles, 0.0);
  EXPECT_EQ(answer.summary.operational.capacity_utilization_percent, 0.0);
  EXPECT_TRUE(parse_json(response_text(answer, {})));
}

TEST(Simulate, TheSeriesAgreesWithTheSummary) {
  const SimulationAnswer answer =
      run(request_with("{}", R"({"enabled_markets": ["day_ahead", "fcr"], "max_mw": {"fcr": 3}})"), sample_sources(), true);
  const auto& s = answer.result.series;
  double charge = 0.0;
  double discharge = 0.0;
  double revenue = 0.0;
  for (std::size_t q = 0; q < s.charge_mw.size(); ++q) {
    charge += 0.25 * s.charge_mw[q];
    discharge += 0.25 * s.discharge_mw[q];
    revenue += s.revenue_eur[Market::day_ahead][q] + s.revenue_eur[Market::fcr][q];
    EXPECT_TRUE(s.charge_mw[q] < 1e-6 || s.discharge_mw[q] < 1e-6) << q;
    EXPECT_LE(s.reserve_mw[Product::fcr][q], 3.0 + 1e-6);
  }
  EXPECT_NEAR(charge, answer.summary.operational.total_charge_mwh, 1e-6 * charge);
  EXPECT_NEAR(discharge, answer.summary.operational.total_discharge_mwh, 1e-6 * discharge);
  const double total = answer.summary.financial.revenue.lines.total_eur();
  EXPECT_NEAR(revenue, total, 1e-6 * total);
  EXPECT_LT(answer.summary.provenance.run.energy_balance_residual_mwh, 1e-6);
}

TEST(Simulate, ObjectsAndColumnsHoldTheSameSeries) {
  const SimulationAnswer answer = run(request_with("{}", R"({"enabled_markets": ["day_ahead"]})"), sample_sources(), true);
  const Json objects = *parse_json(response_text(answer, {.timeseries = find_export(series_exports(), "objects")}));
  const Json columns = *parse_json(response_text(answer, {.timeseries = find_export(series_exports(), "columns")}));
  const Json& rows = *objects.find("timeseries");
  ASSERT_EQ(rows.items().size(), 35136U);
  for (const std::size_t q : {std::size_t{0}, std::size_t{12345}, std::size_t{35135}}) {
    for (const JsonMember& member : rows.items()[q].members()) {
      EXPECT_EQ(member.value.dump(), columns.find("timeseries")->find(member.key)->items()[q].dump()) << member.key;
    }
  }
}

TEST(Simulate, AListenerWhoLeavesStopsTheAnswer) {
  const SimulationAnswer answer = run(request_with("{}", R"({"enabled_markets": ["day_ahead"]})"), sample_sources(), true);
  int parts = 0;
  EXPECT_FALSE(
      write_response(answer, {.timeseries = find_export(series_exports(), "objects")}, [&parts](std::string_view) { return ++parts < 3; }));
  EXPECT_EQ(parts, 3);
}

TEST(Simulate, ProgressCountsWindowsAndCancellingStops) {
  Expected<PreparedSimulation> prepared = prepare_simulation(request_with("{}", R"({"enabled_markets": ["day_ahead"]})"), sample_sources());
  ASSERT_TRUE(prepared);
  const auto shared = std::make_shared<const PreparedSimulation>(std::move(*prepared));
  std::size_t last = 0;
  std::size_t total = 0;
  (void)run_simulation(shared, [&](const Progress& p) {
    EXPECT_EQ(p.done, last + 1);
    last = p.done;
    total = p.total;
  });
  EXPECT_EQ(last, 122U);
  EXPECT_EQ(total, 122U);
  CancellationToken cancel;
  EXPECT_THROW((void)run_simulation(shared, [&](const Progress& p) { p.done == 5 ? cancel.cancel() : void(); }, &cancel), Cancelled);
}

TEST(Simulate, WhatTheBatteryAddsIsTheDifference) {
  const SimulationAnswer answer = run(request_with("{}", "{}", "solar_park.json"), sample_sources());
  ASSERT_TRUE(answer.without_battery.has_value());
  const Json response = *parse_json(response_text(answer, {}));
  const Json* adds = response.find("comparison")->find("battery_adds");
  EXPECT_NEAR(adds->find("net_revenue_eur")->as_number(),
              answer.summary.financial.net_revenue_eur - answer.without_battery->net_revenue_eur, 1e-6);
  EXPECT_GT(adds->find("net_revenue_eur")->as_number(), 0.0);
  // The battery alone is the same request without its park.
  const SimulationAnswer alone = run(request_with(R"({"solarCapacity": 0})", "{}", "solar_park.json"), sample_sources());
  const Json* battery = response.find("comparison")->find("battery_alone");
  EXPECT_EQ(battery->find("net_revenue_eur")->as_number(), alone.summary.financial.net_revenue_eur);
  EXPECT_FALSE(alone.battery_alone.has_value()) << "there is nothing to compare with";
}

TEST(Sources, AMappingSaysHowFilesAreRead) {
  const Expected<ImportMapping> mapping = parse_mapping(
      R"({"a.csv": {"table": "price", "columns": {"day_ahead": "Price"}, "time_zone": "UTC", "units": {"day_ahead": "EUR/kWh"}}})",
      "mapping.json");
  ASSERT_TRUE(mapping);
  const FileMapping& file = mapping->at("a.csv");
  EXPECT_EQ(file.table, TableKind::price);
  EXPECT_EQ(file.columns.at("day_ahead"), "Price");
  EXPECT_EQ(file.units.at("day_ahead"), "EUR/kWh");
  const Expected<ImportMapping> bad =
      parse_mapping(R"({"a.csv": {"table": "prices", "columns": [], "colums": {}}, "b.csv": 1})", "mapping.json");
  ASSERT_FALSE(bad);
  EXPECT_THAT(codes(bad.issues()), ElementsAre("wrong_type", "wrong_type", "unknown_key", "wrong_type"));
}

TEST(Sources, AFolderBringsItsFilesAndMapping) {
  const auto folder = std::filesystem::temp_directory_path() / ("bess_sources_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "x.csv") << "when,Price\n2024-01-01 00:00,80\n2024-01-01 01:00,90\n";
  std::ofstream(folder / "notes.txt") << "not data";
  std::ofstream(folder / "mapping.json") << R"({"x.csv": {"columns": {"timestamp": "when", "day_ahead": "Price"}, "time_zone": "UTC"}})";
  const Expected<SourceSet> set = read_sources({folder});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->files.size(), 1U);
  const Expected<LoadedPrices> loaded = load_prices(*set, {}, "x");
  ASSERT_TRUE(loaded) << to_json(loaded.issues().all()).dump();
  EXPECT_EQ(loaded->columns.size(), 1U);
  std::filesystem::remove_all(folder);
  const Expected<SourceSet> gone = read_sources({folder});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.issues().all().front().code, "not_found");
}

// Perfect foresight on Dutch day-ahead prices of 2024: 10 MW / 20 MWh, 10 to 90 %, 90 % round trip, no ageing, no wear, half full. An
// independent program finds 695,288 EUR over the year at availability 100, 693,443 at 98.
TEST(RealPrices, DayAheadOf2024IsWorthWhatAnIndependentProgramFinds) {
  BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
  const Expected<SourceSet> set = read_sources({test::shared("data/nl_day_ahead_2024_2025.csv")});
  ASSERT_TRUE(set);
  std::string header = set->files.front().bytes.substr(0, set->files.front().bytes.find('\n'));
  if (header.ends_with('\r')) header.pop_back();
  const auto comma = header.find(',');
  ImportOptions options;
  options.every_file.columns = {{"timestamp", header.substr(0, comma)},
                                {"day_ahead", header.substr(comma + 1, header.find(',', comma + 1) - comma - 1)}};
  const Expected<LoadedPrices> loaded = load_prices(*set, options, "NL 2024");
  ASSERT_TRUE(loaded) << to_json(loaded.issues().all()).dump();
  for (const auto& [availability, eur] : {std::pair{100, 695288.0}, std::pair{98, 693443.0}}) {
    SimulationSources sources;
    sources.prices = loaded->prices;
    const std::string params =
        R"({"bessRoundTripEfficiency": 90, "bessDegradationPerYear": 0, "bessDegradationPerCycle": 0, "gridChargingCapacity": 100,
      "gridDischargingCapacity": 100, "bessLifetimeCycles": 0, "bessAvailability": )" +
        std::to_string(availability) + "}";
    const SimulationAnswer answer =
        run(request_with(params,
                         R"({"strategy": "lp", "enabled_markets": ["day_ahead"], "direction": "time_shared", "wear_cost_eur_per_mwh": 0})"),
            std::move(sources));
    EXPECT_NEAR(answer.summary.financial.revenue.lines.total_eur(), eur, 1e-4 * eur) << availability;
  }
}

}  // namespace
}  // namespace bess::service
