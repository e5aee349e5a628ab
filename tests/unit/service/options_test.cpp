#include "service/options/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "service/options/option_docs.h"
#include "service/options/option_json.h"
#include "support/shared_data.h"

namespace bess::service {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

/// A valid request to change one thing in.
Json valid_request() {
  const Expected<Json> json = parse_json(R"({
    "params": {"title": "t", "description": "d", "startProject": "2024-01-01", "bessCapacity": 20, "bessPower": 10, "bessMaximumSOC": 90,
               "bessMinimumSOC": 10, "bessRoundTripEfficiency": 90, "gridChargingCapacity": 10, "gridDischargingCapacity": 10, "gridTarif": "MS-D",
               "gridStandingChargeTransport": 0, "gridTransportedEnergy": 0},
    "run": {"enabled_markets": ["day_ahead"]}})");
  return *json;
}

Json changed(const char* part, const char* key, Json value) {
  Json request = valid_request();
  Json inner = *request.find(part);
  inner.set(key, std::move(value));
  request.set(part, std::move(inner));
  return request;
}

/// "code pointer" of each issue of a severity.
std::vector<std::string> found(const Json& request, Severity severity) {
  std::vector<std::string> list;
  const ParsedRequest parsed = read_request(request);
  for (const Issue& issue : parsed.issues.all()) {
    if (issue.severity == severity) list.push_back(issue.code + " " + issue.path);
  }
  return list;
}
std::vector<std::string> errors(const Json& request) { return found(request, Severity::error); }
std::vector<std::string> warnings(const Json& request) { return found(request, Severity::warning); }

TEST(Request, AValidOneHasNoIssues) {
  EXPECT_THAT(errors(valid_request()), IsEmpty());
  EXPECT_THAT(warnings(valid_request()), IsEmpty());
}

TEST(Request, DefaultsAreThoseOfTheSpecification) {
  const SimulationRequest r = read_request(valid_request()).request;
  EXPECT_EQ(r.params.project_life_years, 25);
  EXPECT_EQ(r.params.availability_percent, 98);
  EXPECT_EQ(r.params.lifetime_cycles, 8000);
  EXPECT_EQ(r.params.degradation_per_year, 0.01);
  EXPECT_EQ(r.params.degradation_per_cycle_percent, 0.003);
  EXPECT_EQ(r.params.grid_yearly_tariff_increase, 0.02);
  EXPECT_EQ(r.params.inflation, 0.02);
  EXPECT_EQ(r.params.discount_rate, 0.05);
  EXPECT_EQ(r.params.no_replacement_last_months, 12);
  EXPECT_EQ(r.run.strategy, Strategy::rolling_lp);
  EXPECT_EQ(r.run.foresight_days, 3);
  EXPECT_EQ(r.run.exclusive_gap, 1e-3);
  EXPECT_EQ(r.run.exclusive_solves, 24);
  EXPECT_EQ(r.run.direction, dispatch::Direction::exclusive);
  EXPECT_EQ(r.run.cross_market, dispatch::CrossMarket::physical);
  EXPECT_EQ(simulation_years(r), 25);
  EXPECT_EQ(run_spec(r, market_set(r.run)).execute_days, 3);
}

TEST(Request, PercentBecomesFractionsOnce) {
  Json request = changed("run", "capture_percent", [] {
    Json capture = Json::object();
    capture.set("imbalance", 30);
    return capture;
  }());
  const SimulationRequest r = read_request(request).request;
  const BatterySpec battery = battery_spec(r.params);
  EXPECT_DOUBLE_EQ(battery.round_trip_efficiency, 0.9);
  EXPECT_DOUBLE_EQ(battery.min_state_of_charge, 0.1);
  EXPECT_DOUBLE_EQ(battery.degradation.fade_per_cycle, 0.00003);
  EXPECT_DOUBLE_EQ(battery.degradation.fade_per_year, 0.01);
  const RunSpec run = run_spec(r, market_set(r.run));
  EXPECT_DOUBLE_EQ(run.capture[Market::imbalance], 0.3);
  EXPECT_DOUBLE_EQ(run.capture[Market::fcr], 1.0);
}

TEST(Request, EveryRequiredFieldIsNamed) {
  const Expected<Json> empty = parse_json(R"({"params": {}, "run": {}})");
  EXPECT_EQ(errors(*empty).size(), 13U);
  EXPECT_THAT(errors(*empty), testing::Each(testing::StartsWith("required /params/")));
  const Expected<Json> nothing = parse_json("{}");
  EXPECT_THAT(errors(*nothing), testing::ElementsAre("required /params", "required /run"));
}

TEST(Request, PricesFromTheStoreNeedAScenario) {
  const auto found = [](const char* text) {
    std::vector<std::string> list;
    for (const Issue& issue : read_request(*parse_json(text), PricesFrom::store).issues.errors())
      list.push_back(issue.code + " " + issue.path);
    return list;
  };
  EXPECT_THAT(found(R"({"params": [], "run": {}})"), testing::ElementsAre("wrong_type /params", "required /run/scenario_id"));
  EXPECT_THAT(found(R"({"params": [], "run": {"scenario_id": "x"}})"),
              testing::ElementsAre("wrong_type /params", "wrong_type /run/scenario_id"));
  EXPECT_THAT(found(R"({"params": []})"), testing::ElementsAre("wrong_type /params", "required /run"));
}

TEST(Request, ReportsAllProblemsAtOnce) {
  Json request = changed("params", "bessPower", -1);
  Json params = *request.find("params");
  params.set("bessMaximumSOC", "ninety");
  params.set("bessRoundTripEfficiency", 0.9);
  request.set("params", params);
  Json run = *request.find("run");
  run.set("strategy", "magic");
  run.set("foresight_days", 31);
  request.set("run", run);
  EXPECT_THAT(errors(request), testing::UnorderedElementsAre("out_of_range /params/bessPower", "wrong_type /params/bessMaximumSOC",
                                                             "rte_percent_expected /params/bessRoundTripEfficiency",
                                                             "unknown_strategy /run/strategy", "out_of_range /run/foresight_days"));
}

struct Row {
  const char* part;
  const char* key;
  const char* value;  ///< JSON
  const char* error;  ///< "code pointer"; empty: none
  const char* warning;
};

class BadInput : public testing::TestWithParam<Row> {};

TEST_P(BadInput, HasItsCode) {
  const Row& row = GetParam();
  const Expected<Json> value = parse_json(row.value);
  ASSERT_TRUE(value);
  const Json request = changed(row.part, row.key, *value);
  if (*row.error != '\0') {
    EXPECT_THAT(errors(request), Contains(std::string(row.error)));
  } else {
    EXPECT_THAT(errors(request), IsEmpty());
  }
  if (*row.warning != '\0') {
    EXPECT_THAT(warnings(request), Contains(std::string(row.warning)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    EdgeCases, BadInput,
    testing::Values(
        Row{"params", "bessPower", "0", "", ""}, Row{"params", "bessCapacity", "0", "", ""},
        Row{"params", "bessPower", "-1", "out_of_range /params/bessPower", ""},
        Row{"params", "bessCapacity", "-0.001", "out_of_range /params/bessCapacity", ""},
        Row{"params", "bessCapacity", "\"20\"", "wrong_type /params/bessCapacity", ""},
        Row{"params", "bessCapacity", "null", "required /params/bessCapacity", ""},
        Row{"params", "bessMinimumSOC", "95", "soc_window /params/bessMinimumSOC", ""},
        Row{"params", "bessMinimumSOC", "90", "", "soc_window /params/bessMinimumSOC"},
        Row{"params", "bessMinimumSOC", "-1", "soc_window /params/bessMinimumSOC", ""},
        Row{"params", "bessMaximumSOC", "101", "soc_window /params/bessMaximumSOC", ""},
        Row{"params", "bessRoundTripEfficiency", "0", "out_of_range /params/bessRoundTripEfficiency", ""},
        Row{"params", "bessRoundTripEfficiency", "101", "out_of_range /params/bessRoundTripEfficiency", ""},
        Row{"params", "bessRoundTripEfficiency", "0.9", "rte_percent_expected /params/bessRoundTripEfficiency", ""},
        Row{"params", "bessRoundTripEfficiency", "1", "rte_percent_expected /params/bessRoundTripEfficiency", ""},
        Row{"params", "bessRoundTripEfficiency", "100", "", ""},
        Row{"params", "bessDegradationPerCycle", "3", "", "fade_suspicious /params/bessDegradationPerCycle"},
        Row{"params", "bessDegradationPerCycle", "0.1", "", ""},
        Row{"params", "bessDegradationPerYear", "1", "", "fade_suspicious /params/bessDegradationPerYear"},
        Row{"params", "gridTarif", "\"HT/LT\"", "", "unknown_tariff /params/gridTarif"},
        Row{"params", "projectLifeYears", "51", "out_of_range /params/projectLifeYears", ""},
        Row{"params", "projectLifeYears", "2.5", "wrong_type /params/projectLifeYears", ""},
        Row{"params", "startProject", "\"soon\"", "wrong_type /params/startProject", ""},
        Row{"params", "startProject", "\"2024-02-30\"", "wrong_type /params/startProject", ""},
        Row{"params", "startProject", "\"02-03-2024\"", "ambiguous_time /params/startProject", ""},
        Row{"params", "startProject", "\"2/3/2024\"", "ambiguous_time /params/startProject", ""},
        Row{"params", "startProject", "\"31.12.2024\"", "wrong_type /params/startProject", ""},
        Row{"params", "startProject", "\"2024-01-01T00:07:00+01:00\"", "", ""},
        Row{"params", "solarSdeBaseAmount", "80", "out_of_range /params/solarSdeBaseAmount", ""},
        Row{"params", "windSdeFloorPrice", "0.04", "", ""},
        Row{"params", "windSdeNegativePriceRule", "\"sometimes\"", "wrong_type /params/windSdeNegativePriceRule", ""},
        Row{"params", "solarPremiumValue", "70", "out_of_range /params/solarPremiumValue", ""},
        Row{"params", "solarPremiumValue", "0.07", "", ""},
        Row{"params", "windPremiumMonthlyValue", "[0.06, 60]", "out_of_range /params/windPremiumMonthlyValue/1", ""},
        Row{"params", "windPremiumMonthlyValue", "[0.06, -0.001]", "", ""},
        Row{"params", "windPremiumNegativeHours", "25", "out_of_range /params/windPremiumNegativeHours", ""},
        Row{"params", "windPremiumYears", "51", "out_of_range /params/windPremiumYears", ""},
        Row{"params", "bessAugmentation", R"([{"year": 26, "mwh": 2}])", "out_of_range /params/bessAugmentation/0/year", ""},
        Row{"params", "bessAugmentation", R"([{"mwh": 2}])", "required /params/bessAugmentation/0/year", ""},
        Row{"params", "bessAugmentation", R"([{"year": 10, "mwh": 2, "cost": 5}])", "", ""},
        Row{"params", "bessCapasity", "1", "", "unknown_key /params/bessCapasity"},
        Row{"params", "bessAvailability", "0.98", "", "percent_suspicious /params/bessAvailability"},
        Row{"params", "bessDegradationPerCycle", "0.00003", "", "fade_suspicious /params/bessDegradationPerCycle"},
        Row{"params", "bessDegradationPerCycle", "0", "", ""},
        Row{"params", "startProject", "\"0001-01-01\"", "out_of_range /params/startProject", ""},
        Row{"params", "startProject", "\"2180-01-01\"", "out_of_range /params/startProject", ""},
        Row{"run", "capture_percent", R"({"imbalance": 0.3})", "", "percent_suspicious /run/capture_percent/imbalance"},
        Row{"run", "capture_percent", R"({"imbalance": 0})", "", ""},
        Row{"run", "foresight_days", "0", "out_of_range /run/foresight_days", ""},
        Row{"run", "foresight_days", "31", "out_of_range /run/foresight_days", ""},
        Row{"run", "execute_days", "4", "out_of_range /run/execute_days", ""}, Row{"run", "execute_days", "1", "", ""},
        Row{"run", "simulation_years", "26", "out_of_range /run/simulation_years", ""},
        Row{"run", "simulation_years", "51", "out_of_range /run/simulation_years", ""},
        Row{"run", "enabled_markets", "[]", "no_market /run/enabled_markets", ""},
        Row{"run", "enabled_markets", R"(["day_ahead", "mfrr"])", "unknown_market /run/enabled_markets/1", ""},
        Row{"run", "enabled_markets", "\"day_ahead\"", "wrong_type /run/enabled_markets", ""},
        Row{"run", "strategy", "\"milp\"", "unknown_strategy /run/strategy", ""},
        Row{"run", "solver", "\"highs\"", "wrong_type /run/solver", ""},
        Row{"run", "direction", "\"both\"", "wrong_type /run/direction", ""},
        Row{"run", "capture_percent", R"({"nonsense": 50})", "unknown_market /run/capture_percent/nonsense", ""},
        Row{"run", "capture_percent", R"({"fcr": -1})", "out_of_range /run/capture_percent/fcr", ""},
        Row{"run", "max_mw", R"({"afrr": 1})", "unknown_market /run/max_mw/afrr", ""},
        Row{"run", "price_trend_percent_per_year", R"({"afrr": -5})", "", ""},
        Row{"run", "initial_soc_percent", "5", "", "soc_clamped /run/initial_soc_percent"},
        Row{"run", "initial_soc_percent", "120", "out_of_range /run/initial_soc_percent", ""},
        Row{"run", "terminal_soc", "\"none\"", "", ""}, Row{"run", "terminal_soc", "40", "", ""},
        Row{"run", "terminal_soc", "\"half\"", "wrong_type /run/terminal_soc", ""},
        Row{"run", "terminal_soc", "[]", "wrong_type /run/terminal_soc", ""},
        Row{"run", "scenario_id", "1.5", "wrong_type /run/scenario_id", ""},
        Row{"run", "scenario_id", "1e300", "wrong_type /run/scenario_id", ""},
        Row{"run", "generation_market", "\"intraday\"", "no_market /run/generation_market", ""},
        Row{"run", "yearly_summary", "1", "wrong_type /run/yearly_summary", ""},
        Row{"run", "foresight_dayz", "3", "", "unknown_key /run/foresight_dayz"},
        Row{"params", "windSdeCorrectionByYear", "[0.04, 45]", "out_of_range /params/windSdeCorrectionByYear/1", ""},
        Row{"params", "windSdeCorrectionByYear", "[0.04, 0.045]", "", ""},
        Row{"params", "gridChargingCapacityByHour", "[0.5, 1]", "out_of_range /params/gridChargingCapacityByHour", ""},
        Row{"params", "gridChargingCapacityByHour", "[0.5, 1.1]", "out_of_range /params/gridChargingCapacityByHour/1", ""},
        Row{"params", "gridDischargingCapacitySeries", "[0.5, \"x\"]", "wrong_type /params/gridDischargingCapacitySeries/1", ""},
        Row{"params", "gridCapacityWindows", R"([{"charging": 0.5, "from": "2024-11-01", "months": [11, 12]}])", "", ""},
        Row{"params", "gridCapacityWindows", R"([{}])", "required /params/gridCapacityWindows/0/charging", ""},
        Row{"params", "gridCapacityWindows", R"([{"charging": 0, "from": "noon"}])", "wrong_type /params/gridCapacityWindows/0/from", ""},
        Row{"params", "gridCapacityWindows", R"([{"charging": 0, "fromHour": 7, "toHour": 7}])",
            "out_of_range /params/gridCapacityWindows/0/toHour", ""},
        Row{"params", "gridCapacityWindows", R"([{"charging": 0, "months": [0]}])", "out_of_range /params/gridCapacityWindows/0/months/0",
            ""},
        Row{"params", "gridCapacityWindows", R"([{"charging": 0, "days": "monday"}])", "wrong_type /params/gridCapacityWindows/0/days", ""},
        Row{"params", "gridCapacityWindows", R"([{"discharging": 2}])", "out_of_range /params/gridCapacityWindows/0/discharging", ""}),
    [](const auto& row) { return std::string(row.param.key) + "_" + std::to_string(row.index); });

TEST(Request, AGeneratorHasOneSubsidy) {
  SimulationRequest request;
  request.params.solar_sde.base_amount = 0.07;
  request.params.wind_premium.value = 0.07;
  Issues apart;
  check_request(request, apart);
  request.params.solar_premium.value = 0.07;
  request.params.wind_sde.base_amount = 0.07;
  Issues together;
  check_request(request, together);
  std::vector<std::string> paths;
  for (const Issue& issue : together.errors()) {
    if (issue.path.ends_with("PremiumValue")) paths.push_back(issue.path);
  }
  EXPECT_THAT(paths, testing::ElementsAre("/params/solarPremiumValue", "/params/windPremiumValue"));
  EXPECT_EQ(together.errors().size(), apart.errors().size() + 2);
}

TEST(Request, UnknownKeysSayWhatMayHaveBeenMeant) {
  const ParsedRequest parsed = read_request(changed("run", "foresight_dayz", 3));
  ASSERT_EQ(parsed.issues.warnings().size(), 1U);
  EXPECT_THAT(parsed.issues.warnings().front().message, testing::HasSubstr("foresight_days"));
}

TEST(Request, TerminalIsARuleOrANumber) {
  EXPECT_EQ(run_spec(read_request(valid_request()).request, {}).terminal, TerminalRule::rule);
  EXPECT_EQ(run_spec(read_request(changed("run", "terminal_soc", "none")).request, {}).terminal, TerminalRule::none);
  const RunSpec percent = run_spec(read_request(changed("run", "terminal_soc", 40)).request, {});
  EXPECT_EQ(percent.terminal, TerminalRule::percent);
  EXPECT_DOUBLE_EQ(percent.terminal_state_of_charge, 0.4);
}

TEST(Request, WrittenOutItReadsBackTheSame) {
  Json request = changed("run", "terminal_soc", 40);
  const Json first = to_json(read_request(request).request);
  const ParsedRequest again = read_request(first);
  EXPECT_THAT(again.issues.all(), IsEmpty());
  EXPECT_EQ(to_json(again.request).dump(), first.dump());
}

TEST(Request, AnythingButAnObjectIsRefused) {
  for (const char* text : {"[]", "1", "null", "\"x\"", R"({"params": 1, "run": []})"}) {
    const Expected<Json> json = parse_json(text);
    EXPECT_TRUE(read_request(*json).issues.has_errors()) << text;
  }
}

// Each option has help; numbers have a unit or are pure; enumerations explain themselves by name.
TEST(OptionDocs, EveryOptionIsDescribed) {
  SimulationRequest r;
  for (const OptionSlots& slots : {project_slots(r.params), run_slots(r.run)}) {
    for (const OptionSlot& slot : slots) EXPECT_FALSE(slot.info.help.empty()) << slot.name;
  }
}

TEST(OptionDocs, ExamplesAreValid) {
  SimulationRequest r;
  for (const OptionSlots& slots : {project_slots(r.params), run_slots(r.run)}) {
    for (const OptionSlot& slot : slots) {
      if (slot.info.example.empty()) continue;
      const Expected<Json> example = parse_json(slot.info.example);
      ASSERT_TRUE(example) << slot.name;
      Issues issues;
      read_slot(*example, slot, "/" + slot.name, issues);
      EXPECT_TRUE(issues.empty()) << slot.name;
    }
  }
}

TEST(OptionDocs, SchemaHasTypesUnitsRangesAndDefaults) {
  const Json schema = request_schema();
  const Json* params = schema.find("properties")->find("params");
  const Json* power = params->find("properties")->find("bessPower");
  EXPECT_EQ(power->find("type")->as_string(), "number");
  EXPECT_EQ(power->find("x-unit")->as_string(), "MW");
  EXPECT_EQ(power->find("minimum")->as_number(), 0.0);
  const Json* run = schema.find("properties")->find("run")->find("properties");
  EXPECT_EQ(run->find("strategy")->find("default")->as_string(), "rolling_lp");
  EXPECT_EQ(run->find("enabled_markets")->find("items")->find("enum")->items().size(), 5U);
  EXPECT_EQ(run->find("terminal_soc")->find("oneOf")->items().size(), 2U);
  EXPECT_EQ(params->find("required")->items().size(), 13U);
  EXPECT_EQ(params->find("properties")->find("bessAugmentation")->find("items")->find("required")->items().size(), 2U);
}

TEST(OptionDocs, ThePageIsUpToDate) {
  const auto path = test::source_dir() / "docs" / "options.md";
  std::ifstream in(path);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(page, options_page()) << "write it again: bess options --markdown > docs/options.md";
}

}  // namespace
}  // namespace bess::service
