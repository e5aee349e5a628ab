// Every number of a request at its edges, one at a time over a request that works: refused with a code, or planned with finite numbers.
// The numbers are found from the option records, so that a new option is tried without a change here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dispatch/dispatch.h"
#include "generation/sun.h"
#include "market/sample.h"
#include "service/data/profiles.h"
#include "service/options/option_json.h"
#include "service/runs/simulate.h"
#include "service/runs/window_file.h"
#include "simulation/run.h"

namespace bess::service {
namespace {

using testing::Contains;

constexpr double least = std::numeric_limits<double>::denorm_min();
constexpr double most = std::numeric_limits<double>::max();

/// What every number is tried at: nothing, next to nothing, the ends of its range and both sides of them, and far too much.
std::vector<double> edges(const FieldInfo& info) {
  std::vector<double> values{0.0,    least,  1e-310, std::numeric_limits<double>::min(),
                             1e-307, 1e-300, 1e-100, 1e-17,
                             1e-10,  1e-9,   1e-8,   1e-3,
                             1.0,    1e5,    1e9,    9.1e15,
                             1e18,   1e300,  most};
  const std::size_t positive = values.size();
  for (std::size_t i = 0; i < positive; ++i) values.push_back(-values[i]);
  for (const double end : {info.min, info.max}) {
    if (!std::isfinite(end)) continue;
    for (const double x : {end, std::nextafter(end, -most), std::nextafter(end, most), end - 1.0, end + 1.0}) values.push_back(x);
  }
  return values;
}

/// One number of a document: its pointer as a list of keys, and what its record says of it.
struct Number {
  std::vector<std::string> keys;
  FieldInfo info;
  [[nodiscard]] std::string pointer() const {
    std::string text;
    for (const std::string& key : keys) text = child_pointer(text, key);
    return text;
  }
};

void find_numbers(const OptionSlots& slots, const std::vector<std::string>& above, std::vector<Number>& found) {
  for (const OptionSlot& slot : slots) {
    std::vector<std::string> keys = above;
    keys.push_back(slot.name);
    const auto item = [&keys] {
      std::vector<std::string> first = keys;
      first.emplace_back("0");
      return first;
    };
    const auto visit = [&](const auto& target) {
      using Target = std::decay_t<decltype(target)>;
      if constexpr (std::is_same_v<Target, ScalarSlot<double>> || std::is_same_v<Target, ScalarSlot<int>> ||
                    std::is_same_v<Target, ScalarSlot<std::int64_t>> || std::is_same_v<Target, NumberOrChoiceSlot>) {
        found.push_back({keys, slot.info});
      } else if constexpr (std::is_same_v<Target, NumberListSlot<double>> || std::is_same_v<Target, NumberListSlot<std::int32_t>>) {
        found.push_back({item(), slot.info});
      } else if constexpr (std::is_same_v<Target, RecordSlot>) {
        find_numbers(target.fields(), keys, found);
      } else if constexpr (std::is_same_v<Target, RecordListSlot>) {
        target.prototype([&](const OptionSlots& fields) { find_numbers(fields, item(), found); });
      }
    };
    std::visit(visit, slot.target);
  }
}

/// `document` with the number at `keys` (from the `at`-th on) replaced; members and lists on the way are made where they are absent.
Json with_number(const Json& document, const std::vector<std::string>& keys, std::size_t at, double x) {
  if (at == keys.size()) return x == std::floor(x) && std::abs(x) < 9e18 ? Json(static_cast<std::int64_t>(x)) : Json(x);
  if (keys[at] == "0") {
    Json list = Json::array();
    const bool given = document.is_array() && !document.items().empty();
    list.push(with_number(given ? document.items().front() : Json(), keys, at + 1, x));
    for (std::size_t i = 1; given && i < document.items().size(); ++i) list.push(document.items()[i]);
    return list;
  }
  Json object = document.is_object() ? document : Json::object();
  const Json* inner = document.is_object() ? document.find(keys[at]) : nullptr;
  object.set(keys[at], with_number(inner != nullptr ? *inner : Json(), keys, at + 1, x));
  return object;
}

std::vector<std::string> codes(const Issues& issues) {
  std::vector<std::string> list;
  for (const Issue& issue : issues.errors()) list.push_back(issue.code);
  return list;
}

void expect_finite(const Json& json, const std::string& what) {
  if (json.is_array()) {
    for (const Json& item : json.items()) expect_finite(item, what);
  } else if (json.is_object()) {
    for (const JsonMember& member : json.members()) expect_finite(member.value, what + " " + member.key);
  } else if (json.is_number()) {
    EXPECT_TRUE(std::isfinite(json.as_number())) << what;
  }
}

void expect_finite_plan(const dispatch::DispatchPlan& plan, const std::string& what) {
  EXPECT_TRUE(plan.status == lp::SolveStatus::optimal || plan.status == lp::SolveStatus::infeasible)
      << what << ": " << lp::to_string(plan.status);
  if (plan.status != lp::SolveStatus::optimal) return;
  EXPECT_TRUE(std::isfinite(plan.objective_eur) && std::isfinite(plan.bound_eur)) << what;
  const dispatch::Schedule& s = plan.schedule;
  for (const auto* series : {&s.grid_charge_mw, &s.self_charge_mw, &s.discharge_mw, &s.curtailed_mw, &s.stored_energy_mwh,
                             &s.reserve_mw[Product::afrr_up], &s.reserve_mw[Product::afrr_down], &s.reserve_mw[Product::fcr]}) {
    for (const double x : *series) ASSERT_TRUE(std::isfinite(x)) << what;
  }
}

// ---- simulation requests

constexpr const char* base_request = R"({
  "params": {
    "title": "t", "description": "d", "startProject": "2024-01-01", "projectLifeYears": 2,
    "bessCapacity": 4, "bessPower": 2, "bessMaximumSOC": 90, "bessMinimumSOC": 10, "bessRoundTripEfficiency": 88,
    "bessEolSoh": 0.6, "bessAugmentation": [{"year": 2, "mwh": 1, "cost": 1000}], "bessAuxiliaryPowerMw": 0.01,
    "gridChargingCapacity": 3, "gridDischargingCapacity": 3,
    "gridCapacityWindows": [{"months": [1], "fromHour": 16, "toHour": 20, "charging": 0.5, "discharging": 0.5}],
    "gridTarif": "none", "gridStandingChargeTransport": 5000, "gridTransportedEnergy": 1,
    "gridPeakTariff": 1, "economicsCapexEur": 1000000, "economicsOpexEurPerYear": 1000,
    "solarCapacity": 1, "solarSdeBaseAmount": 0.06
  },
  "run": {
    "simulation_years": 1, "enabled_markets": ["day_ahead", "afrr", "fcr"], "foresight_days": 1
  }
})";

const PriceSet& prices() {
  static const PriceSet made = make_sample_prices(1, 2024);
  return made;
}

/// Lists that have a length of their own stand in the base document, so that one wrong number is the only thing wrong.
Json request_for(const Number& number, double x) {
  Json document = *parse_json(base_request);
  if (number.keys[1].ends_with("ByHour")) {
    Json params = *document.find("params");
    params.set(number.keys[1], Json::numbers(std::vector<double>(24, 0.5)));
    document.set("params", params);
  } else if (number.keys[1].ends_with("CapacitySeries")) {
    Json params = *document.find("params");
    params.set(number.keys[1], Json::numbers(std::vector<double>(96 * 366, 0.5)));
    document.set("params", params);
  }
  return with_number(document, number.keys, 0, x);
}

/// Refused, or its first day planned. True when planned.
bool check_request(const Json& document, const std::string& what) {
  const ParsedRequest parsed = parse_request(document.dump());
  if (parsed.issues.has_errors()) return false;
  SimulationSources sources;
  sources.prices = prices();
  const Expected<PreparedSimulation> prepared = prepare_simulation(parsed.request, std::move(sources), {.workers = 1});
  if (!prepared) {
    EXPECT_TRUE(prepared.issues().has_errors()) << what;
    return false;
  }
  const SimulationInput& input = prepared->input;
  const RealisedView view(price_source(input));
  const dispatch::WindowProblem window =
      make_window(input, view, initial_state(input), {.at = 0, .first = 0, .count = 96}, WindowEnd::inner);
  dispatch::Backend backend(input.run.solver);
  const dispatch::DispatchPlan plan = input.run.strategy == Strategy::sequential_lp
                                          ? dispatch::solve_sequential(window, input.run.dispatch, backend)
                                          : dispatch::solve_window(window, input.run.dispatch, backend);
  expect_finite_plan(plan, what);
  return true;
}

std::vector<Number> request_numbers() {
  SimulationRequest request;
  std::vector<Number> numbers;
  find_numbers(project_slots(request.params), {"params"}, numbers);
  find_numbers(run_slots(request.run), {"run"}, numbers);
  return numbers;
}

TEST(Numbers, EveryNumberOfARequestHoldsAtItsEdges) {
  const std::vector<Number> numbers = request_numbers();
  EXPECT_GT(numbers.size(), 90U);
  int planned = 0;
  for (const Number& number : numbers) {
    const bool long_list = number.keys[1].ends_with("CapacitySeries");
    for (const double x : long_list ? std::vector<double>{0.0, least, 1e-310, 1.0, 1.1, -least, most} : edges(number.info)) {
      const std::string what = number.pointer() + " = " + Json(x).dump();
      planned += check_request(request_for(number, x), what) ? 1 : 0;
    }
  }
  EXPECT_GT(planned, 800);
}

TEST(Numbers, SizesFarApartHoldTogether) {
  const std::vector<double> sizes{0.0, 1e-9, 1e-6, 1.0, 1e6};
  int planned = 0;
  for (const double capacity : sizes) {
    for (const double power : sizes) {
      for (const double connection : sizes) {
        for (const double solar : {0.0, 1e-9, 1e6}) {
          Json document = *parse_json(base_request);
          for (const auto& [key, x] :
               {std::pair{"bessCapacity", capacity}, std::pair{"bessPower", power}, std::pair{"gridChargingCapacity", connection},
                std::pair{"gridDischargingCapacity", connection}, std::pair{"solarCapacity", solar}}) {
            document = with_number(document, {"params", key}, 0, x);
          }
          planned += check_request(document, document.dump()) ? 1 : 0;
        }
      }
    }
  }
  EXPECT_EQ(planned, 5 * 5 * 5 * 3);
}

TEST(Numbers, ASizeIsNothingOrAtLeastANano) {
  for (const char* key : {"bessCapacity", "bessPower", "gridChargingCapacity", "solarCapacity", "gridContractedTransportPower"}) {
    for (const double x : {least, 1e-307, 9.9e-10}) {
      const ParsedRequest parsed = parse_request(with_number(*parse_json(base_request), {"params", key}, 0, x).dump());
      EXPECT_THAT(codes(parsed.issues), Contains("out_of_range")) << key << " " << x;
    }
    for (const double x : {0.0, 1e-9}) {
      const ParsedRequest parsed = parse_request(with_number(*parse_json(base_request), {"params", key}, 0, x).dump());
      EXPECT_FALSE(parsed.issues.has_errors()) << key << " " << x;
    }
  }
  const ParsedRequest noise = parse_request(with_number(*parse_json(base_request), {"params", "bessMinimumSOC"}, 0, 5.5e-17).dump());
  EXPECT_FALSE(noise.issues.has_errors());
  EXPECT_EQ(noise.request.params.min_soc_percent, 0.0);
}

// ---- window files

constexpr const char* base_window = R"({
  "delta_h": 0.25, "enabled_markets": ["day_ahead", "imbalance"], "enabled_reserves": ["fcr"],
  "battery": {"capacity_mwh": 4, "power_mw": 2, "round_trip_efficiency": 0.85, "start_mwh": 1, "target_mwh": 1},
  "site": {"import_limit_mw": 3, "export_limit_mw": 3, "import_fee": 1, "export_fee": 1},
  "reserve": {"fcr_hours": 0.25},
  "block_of_period": [0, 0, 0, 0, 1, 1, 1, 1],
  "generation_mw": [0, 0.5, 1, 1, 1, 1, 0.5, 0],
  "prices": {"day_ahead": [50, -20, 80, 10, 60, -5, 90, 30], "imbalance_take": [55, -15, 90, 15, 65, 0, 95, 35],
             "imbalance_feed": [45, -25, 70, 5, 55, -10, 85, 25], "fcr_eur_per_mw_h": [5, 6]}
})";

Json window_for(const Number& number, double x) {
  Json document = *parse_json(base_window);
  const std::string& name = number.keys.front();
  if (name == "frozen_position_mw") {
    Json frozen = Json::object();
    frozen.set(number.keys[1], Json::numbers(std::vector<double>(8, 0.1)));
    document.set("frozen_position_mw", frozen);
    Json prices = *document.find("prices");
    prices.set(number.keys[1], *prices.find("day_ahead"));
    document.set("prices", prices);
  } else if (name == "rolling") {
    document.set("enabled_reserves", Json::array());
    document.set("rolling", *parse_json(R"({"foresight_periods": 4, "execute_periods": 2})"));
  } else if (number.keys.size() == 3 && name == "prices" && document.find("prices")->find(number.keys[1]) == nullptr) {
    Json prices = *document.find("prices");
    const std::size_t length = number.keys[1].starts_with("afrr") ? 2 : 8;
    prices.set(number.keys[1], Json::numbers(std::vector<double>(length, 20.0)));
    document.set("prices", prices);
  }
  return with_number(document, number.keys, 0, x);
}

TEST(Numbers, EveryNumberOfAWindowFileHoldsAtItsEdges) {
  WindowFile file;
  std::vector<Number> numbers;
  find_numbers(window_slots(file), {}, numbers);
  EXPECT_GT(numbers.size(), 30U);
  int planned = 0;
  for (const Number& number : numbers) {
    for (const double x : edges(number.info)) {
      const std::string what = number.pointer() + " = " + Json(x).dump();
      const ParsedWindow window = parse_window(window_for(number, x).dump());
      if (window.issues.has_errors()) continue;
      ++planned;
      const WindowAnswer answer = solve_window_file(window, {});
      expect_finite_plan(answer.plan, what);
      expect_finite(to_json(answer, true), what);
    }
  }
  EXPECT_GT(planned, 300);
}

TEST(Numbers, AWindowHasNoEfficiencyNextToNothing) {
  const Json window = with_number(*parse_json(base_window), {"battery", "round_trip_efficiency"}, 0, least);
  EXPECT_THAT(codes(parse_window(window.dump()).issues), Contains("out_of_range"));
}

TEST(Window, AnInfeasibleOneHasNoValuesAndSaysSo) {
  const char* text = R"({
    "delta_h": 1, "enabled_markets": ["imbalance"], "battery": {"capacity_mwh": 2, "power_mw": 1},
    "site": {"import_limit_mw": 1, "export_limit_mw": 1}, "frozen_position_mw": {"day_ahead": [5, 5]}, "position_cap_factor": 0,
    "prices": {"day_ahead": [50, 60], "imbalance_take": [55, 65], "imbalance_feed": [45, 55]}})";
  const ParsedWindow window = parse_window(text);
  ASSERT_FALSE(window.issues.has_errors());
  const WindowAnswer answer = solve_window_file(window, {});
  ASSERT_EQ(answer.plan.status, lp::SolveStatus::infeasible);
  EXPECT_THAT(codes(issues_of(answer)), testing::ElementsAre("infeasible_window"));
  const Json json = to_json(answer, true);
  for (const char* key : {"optimum_eur", "bound_eur", "relative_gap", "schedule"}) EXPECT_TRUE(json.find(key)->is_null()) << key;
  EXPECT_EQ(json.find("status")->as_string(), "infeasible");
}

// Positions that nothing can settle, beside reserves and prices next to nothing: both solvers say so, and don't give up.
TEST(Window, PositionsFarBeyondTheSiteAreInfeasible) {
  constexpr const char* text = R"({{
    "delta_h": 1.9143615175467357, "enabled_markets": ["day_ahead", "imbalance"], "enabled_reserves": ["fcr"],
    "block_of_period": [0, 0, 0, 0, 1, 1, 1, 1], "generation_mw": [0, 0.5, 1, 1, 1, 1, 0.5, 0],
    "battery": {{"capacity_mwh": 4, "power_mw": 2, "min_soc": 0.1, "max_soc": 0.9, "round_trip_efficiency": 0.85, "start_mwh": 1,
                 "target_mwh": 1, "wear_cost_eur_per_mwh": 1}},
    "site": {{"import_limit_mw": 3, "export_limit_mw": 3, "import_fee": 1, "export_fee": 1}}, "max_cycles_per_day": 4,
    "reserve": {{"fcr_hours": 0.25, "fcr_power_factor": 1.25}}, "position_cap_factor": 1,
    "frozen_position_mw": {{"day_ahead": [{}, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]}},
    "prices": {{"day_ahead": [50, -20, 80, 10, 60, -5, 90, 30], "intraday": [3e-7, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
                "imbalance_take": [100, -15, 90, 15, 65, 0, 95, 35], "imbalance_feed": [45, -25, 70, 5, 55, -10, 85, 25],
                "fcr_eur_per_mw_h": [5, 6]}}}})";
  for (const double sold_mw : {10.0, 100.0, 1e3, 1e4, 1e5, 1e6}) {
    const ParsedWindow window = parse_window(fmt::format(fmt::runtime(text), sold_mw));
    ASSERT_FALSE(window.issues.has_errors()) << sold_mw;
    for (const dispatch::SolverChoice solver : {dispatch::SolverChoice::own, dispatch::SolverChoice::clp}) {
      WindowOptions options;
      options.solver = solver;
      EXPECT_EQ(solve_window_file(window, options).plan.status, lp::SolveStatus::infeasible) << sold_mw;
    }
  }
}

// ---- profiles

WeatherSeries two_days() {
  WeatherSeries w;
  w.latitude_deg = 52.37;
  w.longitude_deg = 4.90;
  w.start = *parse_instant("2024-06-20T00:00:00Z");
  w.state_offset_s = 3600;
  w.rows = 48;
  const SunPath path(w.latitude_deg, w.longitude_deg);
  for (int i = 0; i < 48; ++i) {
    w.ghi.push_back(950.0 * std::max(0.0, path.at(w.start + std::chrono::minutes{60 * i + 30}).sin_altitude));
    w.temperature_k.push_back(290.0);
    w.lower_wind.push_back(4.0);
    w.upper_wind.push_back(7.0 + 0.3 * i);
    w.roughness_m.push_back(0.03);
    w.pressure_pa.push_back(101300.0);
    w.relative_humidity.push_back(0.6);
  }
  return w;
}

TEST(Numbers, EveryNumberOfAProfileHoldsAtItsEdges) {
  const WeatherSeries weather = two_days();
  ProfileGenerationOptions shown;
  std::vector<Number> numbers;
  find_numbers(generation_slots(shown), {}, numbers);
  EXPECT_GT(numbers.size(), 20U);
  int made = 0;
  for (const char* base : {R"({"name": "p", "profile_type": "pv", "chain": "pvwatts", "latitude": 52, "longitude": 5, "capacity_mw": 3})",
                           R"({"name": "p", "profile_type": "pv", "latitude": 52, "longitude": 5, "capacity_mw": 3})",
                           R"({"name": "p", "profile_type": "wind", "latitude": 52, "longitude": 5, "capacity_mw": 3})"}) {
    for (const Number& number : numbers) {
      for (const double x : edges(number.info)) {
        const std::string what = number.pointer() + " = " + Json(x).dump();
        ProfileGenerationOptions options;
        Issues issues;
        read_slots(with_number(*parse_json(base), number.keys, 0, x), generation_slots(options), "", issues);
        if (issues.has_errors()) continue;
        const Expected<GeneratedProfile> profile = make_profile(weather, options.config);
        if (!profile) continue;
        ++made;
        for (const double mw : profile->production.power_mw) ASSERT_TRUE(std::isfinite(mw)) << what;
      }
    }
  }
  EXPECT_GT(made, 500);
}

}  // namespace
}  // namespace bess::service
