// What decides the numbers is hashed, and nothing else: every option of a request by its stage, every price column by whether it is read.

#include "service/runs/input_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "market/sample.h"
#include "service/options/option_json.h"
#include "service/options/options.h"
#include "service/runs/simulate.h"

namespace bess::service {
namespace {

/// Grants exclude premiums: one request has a grant for the sun and a premium for the wind, the other the reverse and a life of one year.
enum class Variant : std::uint8_t { first, second };

/// A site with everything, so that every option is there: parks with profiles, a battery that is augmented, times of less connection.
SimulationRequest whole_request(Variant variant = Variant::first) {
  const bool first = variant == Variant::first;
  SimulationRequest request;
  ProjectOptions& p = request.params;
  p.title = "Everything";
  p.description = "for the hash";
  p.start_project = "2024-01-01";
  p.project_life_years = first ? 2 : 1;
  p.capacity_mwh = 20;
  p.power_mw = 10;
  p.augmentation = {{.year = 1, .mwh = 2, .cost_eur = 1e5}};
  p.auxiliary_power_mw = 0.1;
  p.grid_charging_capacity_mw = 8;
  p.grid_charging.by_hour.assign(24, 0.5);
  p.grid_charging.series.assign(96 * 366, 0.75);
  p.grid_discharging_capacity_mw = 12;
  p.grid_discharging.by_hour.assign(24, 0.5);
  p.grid_discharging.series.assign(96 * 366, 0.75);
  p.grid_capacity_windows = {{.from = "2024-02-01", .to = "2024-04-01", .months = {2, 3}, .charging = 0.5, .discharging = 0.25}};
  p.grid_tarif = "MS-D";
  p.solar_capacity_mw = 5;
  p.wind_capacity_mw = 6;
  (first ? p.solar_sde : p.wind_sde).base_amount = 0.09;
  (first ? p.wind_premium : p.solar_premium).value = 0.07;
  request.run.scenario_id = 1;
  request.run.profile_id = "3f0e6c1a-1c8e-4b5e-9d53-0f4f6c8f2a11";
  request.run.wind_profile_id = "3f0e6c1a-1c8e-4b5e-9d53-0f4f6c8f2a12";
  request.run.simulation_years = 1;
  request.run.enabled_markets = {Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr};
  request.run.allow_partial = true;
  return request;
}

const PriceSet& prices() {
  static const PriceSet sample = make_sample_prices(1, 2024);
  return sample;
}

SimulationSources sources(const PriceSet& set = prices()) {
  const auto park = [&set](double mw) {
    ProductionSeries series;
    series.start = set.start;
    series.capacity_mw = mw;
    series.power_mw.assign(static_cast<std::size_t>(set.quarters), 0.5 * mw);
    return std::make_shared<const ProductionSeries>(std::move(series));
  };
  return {.prices = set, .solar = park(5), .wind = park(6), .warnings = {}};
}

/// No value when the request is refused.
std::optional<std::string> hash_of(const SimulationRequest& request, SimulationSources data = sources(), PrepareOptions options = {}) {
  Issues issues;
  check_request(request, issues);
  if (issues.has_errors()) return std::nullopt;
  const Expected<PreparedSimulation> prepared = prepare_simulation(request, std::move(data), options);
  if (!prepared) return std::nullopt;
  EXPECT_EQ(prepared->input_hash, input_hash(request, *prepared));
  return prepared->input_hash;
}

std::string whole_hash() { return hash_of(whole_request()).value(); }

/// Every option that is no record, by its pointer. Slots point into the request.
void for_options(const OptionSlots& slots, const std::string& pointer,
                 const std::function<void(const OptionSlot&, const std::string&)>& use) {
  for (const OptionSlot& slot : slots) {
    const std::string at = child_pointer(pointer, slot.name);
    if (const auto* record = std::get_if<RecordSlot>(&slot.target)) {
      for_options(record->fields(), at, use);
    } else if (const auto* list = std::get_if<RecordListSlot>(&slot.target)) {
      EXPECT_GT(list->size(), 0U) << at << " is not in the request of this test";
      for (std::size_t i = 0; i < list->size(); ++i) for_options(list->fields(i), child_pointer(at, i), use);
    } else {
      use(slot, at);
    }
  }
}

void for_options(SimulationRequest& request, const std::function<void(const OptionSlot&, const std::string&)>& use) {
  for_options(project_slots(request.params), "/params", use);
  for_options(run_slots(request.run), "/run", use);
}

/// Values that the option may have, by its range and choices.
std::vector<Json> legal_values(const OptionSlot& slot) {
  const FieldInfo& info = slot.info;
  std::vector<Json> numbers;
  const double low = std::isfinite(info.min) ? info.min : -1e6;
  const double high = std::isfinite(info.max) ? info.max : 1e6;
  for (const double share : {1e-5, 1e-3, 0.01, 0.03, 0.05, 0.1, 0.25, 0.4, 0.5, 0.75, 0.9, 1.0})
    numbers.emplace_back(low + share * (high - low));
  std::vector<Json> whole;
  for (const Json& number : numbers) whole.emplace_back(static_cast<std::int64_t>(std::ceil(number.as_number())));
  std::vector<Json> names;
  for (const Choice& choice : info.choices) names.emplace_back(choice.name);
  const auto lists_of = [](const std::vector<Json>& items) {
    std::vector<Json> lists;
    for (const std::size_t count : {std::size_t{1}, std::size_t{24}}) {
      for (const Json& item : items) lists.emplace_back(Json::Array(count, item));
    }
    return lists;
  };
  return std::visit(
      [&]<class Target>(const Target&) -> std::vector<Json> {
        if constexpr (std::same_as<Target, ScalarSlot<double>>) {
          return numbers;
        } else if constexpr (std::same_as<Target, ScalarSlot<int>> || std::same_as<Target, ScalarSlot<std::int64_t>>) {
          return whole;
        } else if constexpr (std::same_as<Target, ScalarSlot<bool>>) {
          return {Json(false), Json(true)};
        } else if constexpr (std::same_as<Target, ScalarSlot<std::string>>) {
          return {Json("2024-03-01"), Json("2024-03-05T00:00:00+01:00"), Json("HS"), Json("3f0e6c1a-1c8e-4b5e-9d53-0f4f6c8f2a99")};
        } else if constexpr (std::same_as<Target, ChoiceSlot>) {
          return names;
        } else if constexpr (std::same_as<Target, ChoiceListSlot>) {
          return lists_of(names);
        } else if constexpr (std::same_as<Target, NumberListSlot<double>>) {
          std::vector<Json> lists = lists_of(numbers);
          lists.emplace_back(Json::Array(96 * 366, numbers[8]));
          return lists;
        } else if constexpr (std::same_as<Target, NumberListSlot<std::int32_t>>) {
          return lists_of(whole);
        } else if constexpr (std::same_as<Target, NumberOrChoiceSlot>) {
          return {Json(50), Json("none")};
        } else {
          return {};
        }
      },
      slot.target);
}

/// What happens to the hash when an option takes other values that are legal and can be simulated.
struct Tried {
  Stage stage{Stage::unstated};
  int others{0};   ///< values tried
  int changed{0};  ///< those that changed the hash
};

void try_values(const std::string& pointer, Variant variant, Tried& tried) {
  static const std::array<std::string, 2> unchanged{hash_of(whole_request(Variant::first)).value(),
                                                    hash_of(whole_request(Variant::second)).value()};
  const std::string& before = unchanged[static_cast<std::size_t>(variant)];
  std::size_t count = 1;
  for (std::size_t i = 0; i < count && tried.changed == 0; ++i) {
    SimulationRequest request = whole_request(variant);
    bool other = false;
    for_options(request, [&](const OptionSlot& slot, const std::string& at) {
      if (at != pointer) return;
      tried.stage = slot.info.stage;
      const std::vector<Json> values = legal_values(slot);
      count = values.size();
      const std::string was = write_slot(slot).dump();
      Issues issues;
      read_slot(values[i], slot, at, issues);
      other = !issues.has_errors() && write_slot(slot).dump() != was;
    });
    if (!other) continue;
    const auto hash = hash_of(request);
    if (!hash) continue;
    ++tried.others;
    if (*hash != before) ++tried.changed;
  }
}

TEST(InputHash, EveryOptionOfARequestStatesItsStage) {
  SimulationRequest request = whole_request();
  std::size_t options = 0;
  for_options(request, [&options](const OptionSlot& slot, const std::string& at) {
    EXPECT_NE(slot.info.stage, Stage::unstated) << at;
    ++options;
  });
  EXPECT_GT(options, 110U);
}

TEST(InputHash, EveryDispatchAndFinanceOptionChangesItAndNoOtherDoes) {
  const std::string before = whole_hash();
  EXPECT_EQ(before.size(), 16U);
  EXPECT_EQ(before, whole_hash());
  std::vector<std::string> pointers;
  SimulationRequest request = whole_request();
  for_options(request, [&pointers](const OptionSlot& slot, const std::string& at) {
    const bool one_choice = std::holds_alternative<ChoiceSlot>(slot.target) && slot.info.choices.size() == 1;  // nothing else can be said
    if (!one_choice) pointers.push_back(at);
  });
  std::size_t decided = 0;
  for (const std::string& pointer : pointers) {
    Tried tried;
    try_values(pointer, Variant::first, tried);
    if (tried.changed == 0) try_values(pointer, Variant::second, tried);
    ASSERT_GT(tried.others, 0) << pointer << ": this test knows no other value that can be simulated";
    if (tried.stage == Stage::dispatch || tried.stage == Stage::finance) {
      EXPECT_EQ(tried.changed, 1) << pointer;
      ++decided;
    } else {
      EXPECT_EQ(tried.changed, 0) << pointer;
    }
  }
  EXPECT_GT(decided, 100U);
}

PriceSet with_other_value(PriceColumn column) {
  PriceSet set = prices();
  SharedColumn& shared = set.column[static_cast<std::size_t>(column)];
  auto values = std::make_shared<std::vector<double>>(*shared);
  (*values)[100] += 1e-9;
  shared = std::move(values);
  return set;
}

TEST(InputHash, EveryPriceColumnThatIsReadChangesIt) {
  const std::string before = whole_hash();
  std::size_t read = 0;
  for (std::size_t c = 0; c < price_columns; ++c) {
    const auto column = static_cast<PriceColumn>(c);
    if (!prices().has(column)) continue;
    const std::string after = hash_of(whole_request(), sources(with_other_value(column))).value();
    const bool production = column == PriceColumn::solar_mw || column == PriceColumn::installed_solar_mw;  // the request has a profile
    if (is_computed_with(column) && !production) {
      EXPECT_NE(after, before) << to_string(column);
      ++read;
    } else {
      EXPECT_EQ(after, before) << to_string(column);
    }
  }
  EXPECT_EQ(read, 7U);  // day-ahead, intraday, take, feed, aFRR up and down, FCR
}

/// Own consumption is bought at the day-ahead price, traded or not; markets that are not traded are not read.
TEST(InputHash, TheDayAheadPriceCountsWhereItIsNotTraded) {
  SimulationRequest request = whole_request();
  request.run.enabled_markets = {Market::fcr};
  const std::string before = hash_of(request).value();
  EXPECT_NE(hash_of(request, sources(with_other_value(PriceColumn::day_ahead))).value(), before);
  EXPECT_NE(hash_of(request, sources(with_other_value(PriceColumn::fcr))).value(), before);
  EXPECT_EQ(hash_of(request, sources(with_other_value(PriceColumn::intraday))).value(), before);
  EXPECT_EQ(hash_of(request, sources(with_other_value(PriceColumn::afrr_up))).value(), before);
}

TEST(InputHash, ProductionChangesIt) {
  const std::string before = whole_hash();
  for (const auto member : {&SimulationSources::solar, &SimulationSources::wind}) {
    SimulationSources data = sources();
    ProductionSeries other = *(data.*member);
    other.power_mw[100] += 1e-6;
    data.*member = std::make_shared<const ProductionSeries>(std::move(other));
    EXPECT_NE(hash_of(whole_request(), std::move(data)).value(), before);
  }
  SimulationSources limited = sources();
  limited.import_limit = limited.solar;
  EXPECT_NE(hash_of(whole_request(), std::move(limited)).value(), before);
}

TEST(InputHash, NamesThreadsAndKeptSeriesDoNot) {
  SimulationSources named = sources();
  named.prices.name = "another name";
  EXPECT_EQ(hash_of(whole_request(), std::move(named), {.workers = 7, .keep_series = true}).value(), whole_hash());
}

/// What an absent option means counts, not that it is absent.
TEST(InputHash, AnAbsentOptionIsWhatItMeans) {
  SimulationRequest request = whole_request();
  request.run.simulation_years.reset();
  request.params.project_life_years = 1;
  request.params.augmentation.clear();
  const std::string before = hash_of(request).value();
  request.run.simulation_years = 1;
  request.run.execute_days = request.run.foresight_days;
  request.run.imbalance_allowed = true;  // the rule of the Netherlands
  std::reverse(request.run.enabled_markets.begin(), request.run.enabled_markets.end());
  EXPECT_EQ(hash_of(request).value(), before);
  Issues issues;
  const GridCostSpec tariff = grid_cost_spec(request.params, issues);
  request.params.grid_peak_tariff_eur_per_kw_month = tariff.monthly_peak_eur_per_kw_month;
  request.params.grid_contracted_tariff_eur_per_kw_year = tariff.contracted_eur_per_kw_year;
  EXPECT_EQ(hash_of(request).value(), before);
  request.params.grid_peak_tariff_eur_per_kw_month = tariff.monthly_peak_eur_per_kw_month + 1.0;
  EXPECT_NE(hash_of(request).value(), before);
}

}  // namespace
}  // namespace bess::service
