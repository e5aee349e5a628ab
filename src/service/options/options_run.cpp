// Description of `run`.

#include "service/options/options.h"

namespace bess::service {

namespace {
std::vector<Choice> market_choices() {
  std::vector<Choice> choices;
  for (const MarketInfo& info : market_table) choices.push_back({info.name, info.help});
  return choices;
}
const std::vector<Choice> markets = market_choices();

std::vector<Choice> strategy_choices() {
  std::vector<Choice> choices;
  for (const StrategyInfo& info : strategy_table) choices.push_back({info.name, info.help});
  return choices;
}

std::vector<Choice> energy_market_choices() {
  std::vector<Choice> choices;
  for (const Market m : energy_markets) choices.push_back({to_string(m), "", static_cast<int>(m)});
  return choices;
}

template <class Visitor>
void describe_markets(ByMarket<double>& by_market, const FieldInfo& info, Visitor&& field) {
  for (const Market m : all_markets) field(to_string(m), by_market[m], info);
}
}  // namespace

template <class Visitor>
void describe(MaxMwOptions& m, Visitor&& field) {
  const FieldInfo info{
      .stage = Stage::dispatch, .unit = "MW", .min = 0, .max = 1e6, .help = "most that may be sold or traded", .default_text = "no bound"};
  for (const bool symmetric : {true, false}) {
    for (const Product p : reserve_products) {
      if ((info_of(p).kind == ProductKind::reserve_symmetric) == symmetric) field(info_of(p).name, m[p], info);
    }
  }
  for (const Product p : energy_products) {
    if (info_of(p).kind == ProductKind::two_price) field(info_of(p).name, m[p], info);
  }
}

template <class Visitor>
void describe(CaptureOptions& c, Visitor&& field) {
  describe_markets(
      c, {.stage = Stage::dispatch, .unit = "%", .min = 0, .max = 200, .help = "share of the market's gross revenue that is booked"},
      field);
}

template <class Visitor>
void describe(TrendOptions& t, Visitor&& field) {
  describe_markets(t,
                   {.stage = Stage::dispatch,
                    .unit = "%/year",
                    .min = -90,
                    .max = 100,
                    .help = "growth of the market's prices, compounding from year 2"},
                   field);
}

namespace {

template <class Visitor>
void describe_horizon(RunOptions& r, Visitor&& field) {
  field("scenario_id", r.scenario_id,
        {.stage = Stage::data,
         .min = 0,
         .help = "price scenario in the store",
         .example = "1",
         .default_text = "prices given beside the request"});
  field("profile_id", r.profile_id,
        {.stage = Stage::data,
         .min = 0,
         .max = 100,
         .help = "solar production profile",
         .example = "\"3f0e6c1a-1c8e-4b5e-9d53-0f4f6c8f2a11\"",
         .format = "uuid",
         .default_text = "none"});
  field("wind_profile_id", r.wind_profile_id,
        {.stage = Stage::data, .min = 0, .max = 100, .help = "wind production profile", .format = "uuid", .default_text = "none"});
  field("simulation_years", r.simulation_years,
        {.stage = Stage::dispatch,
         .unit = "years",
         .min = 1,
         .max = 50,
         .help = "years simulated, at most projectLifeYears; later years of the cash flow repeat them",
         .example = "1",
         .default_text = "projectLifeYears"});
  field("strategy", r.strategy,
        {.stage = Stage::dispatch, .help = "how decisions are made", .choices = strategy_choices(), .choice_code = "unknown_strategy"});
  field("enabled_markets", r.enabled_markets,
        {.stage = Stage::dispatch,
         .help = "markets that may be traded",
         .example = R"(["day_ahead", "afrr", "fcr"])",
         .choices = markets,
         .choice_code = "unknown_market"});
  field("foresight_days", r.foresight_days,
        {.stage = Stage::dispatch, .unit = "days", .min = 1, .max = 30, .help = "local days each window sees"});
  field("execute_days", r.execute_days,
        {.stage = Stage::dispatch,
         .unit = "days",
         .min = 1,
         .max = 30,
         .help = "days of each window that are executed, at most foresight_days",
         .default_text = "foresight_days"});
  field("yearly_summary", r.yearly_summary, {.stage = Stage::text, .help = "fill yearly_summaries in the answer"});
}

template <class Visitor>
void describe_solution(RunOptions& r, Visitor&& field) {
  field("solver", r.solver,
        {.stage = Stage::dispatch,
         .help = "LP solver",
         .choices = {{"own", "interior point, specialised"}, {"clp", "COIN-OR CLP, the reference"}}});
  field("direction", r.direction,
        {.stage = Stage::dispatch,
         .help = "may a quarter-hour both charge and discharge?",
         .choices = {{"exclusive", "no: a plan within exclusive_gap of the bound is searched"},
                     {"time_shared", "yes, sharing the inverter in time: the LP relaxation"}}});
  field("exclusive_gap", r.exclusive_gap,
        {.stage = Stage::dispatch, .unit = "1", .min = 0, .max = 1, .help = "relative gap to the bound at which the search stops"});
  field("exclusive_solves", r.exclusive_solves,
        {.stage = Stage::dispatch,
         .unit = "1",
         .min = 1,
         .max = 10'000,
         .help = "most LPs per window (per piece of three days of a longer one)"});
  field("cross_market", r.cross_market,
        {.stage = Stage::dispatch,
         .help = "what joint trade in several energy markets may do",
         .choices = {{"physical", "every MWh bought charges, every MWh sold is delivered"},
                     {"netted", "signed positions per market, netted at the meter"}}});
  field("generation_market", r.generation_market,
        {.stage = Stage::dispatch,
         .help = "where generation is sold",
         .choices = energy_market_choices(),
         .choice_code = "unknown_market",
         .default_text = "day_ahead, else the first enabled energy market"});
  field("generation_in_dispatch", r.generation_in_dispatch,
        {.stage = Stage::dispatch,
         .help = "true: one plan for battery and generation; false: the battery alone, generation added afterwards and curtailed at the "
                 "connection"});
  field("stage1_recourse", r.stage1_recourse,
        {.stage = Stage::dispatch,
         .help = "what the reserve stage of sequential_lp assumes of energy",
         .choices = {{"da_price", "traded at the day-ahead price"}, {"none", "no energy trade"}}});
  field("wear_cost_eur_per_mwh", r.wear_cost_eur_per_mwh,
        {.stage = Stage::dispatch,
         .unit = "EUR/MWh",
         .min = 0,
         .max = 1e4,
         .help = "weighed by the optimiser on every MWh charged and discharged; never cash"});
  field(
      "max_cycles_per_day", r.max_cycles_per_day,
      {.stage = Stage::dispatch, .unit = "cycles", .min = 0, .max = 100, .help = "most equivalent full cycles per local day; 0: no limit"});
  field("position_cap_factor", r.position_cap_factor,
        {.stage = Stage::dispatch, .unit = "1", .min = 0, .max = 100, .help = "scales the position caps of netted trade"});
}

template <class Visitor>
void describe_reserves(RunOptions& r, Visitor&& field) {
  field("reserve_step_mw", r.reserve_step_mw,
        {.stage = Stage::dispatch,
         .unit = "MW",
         .min = 0,
         .max = 1000,
         .help = "reserve bids are rounded down to this step; 0: continuous (the auctions use 1)"});
  field("fcr_hours", r.fcr_hours,
        {.stage = Stage::dispatch, .unit = "h", .min = 0, .max = 24, .help = "full FCR activation that must be sustained each way"});
  field("afrr_hours", r.afrr_hours,
        {.stage = Stage::dispatch, .unit = "h", .min = 0, .max = 24, .help = "full aFRR activation that must be sustained"});
  field("fcr_power_factor", r.fcr_power_factor,
        {.stage = Stage::dispatch, .unit = "1", .min = 1, .max = 10, .help = "power kept per MW of FCR"});
  field("imbalance_allowed", r.imbalance_allowed,
        {.stage = Stage::dispatch, .help = "may deliberate imbalance positions be taken?", .default_text = "true in NL, false in DE"});
  field("max_mw", r.max_mw,
        {.help = "bounds on reserves sold and imbalance traded", .example = R"({"fcr": 10})", .unknown_key_code = "unknown_market"});
  field("capture_percent", r.capture_percent,
        {.help = "booked share of each market's gross revenue", .example = R"({"imbalance": 30})", .unknown_key_code = "unknown_market"});
  field("price_trend_percent_per_year", r.price_trend_percent_per_year,
        {.help = "growth of each market's prices", .example = R"({"fcr": -5})", .unknown_key_code = "unknown_market"});
}

template <class Visitor>
void describe_rest(RunOptions& r, Visitor&& field) {
  field("initial_soc_percent", r.initial_soc_percent,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .help = "stored energy at the start, of present capacity; moved into the window with a warning"});
  field("terminal_soc", r.terminal_soc,
        {.stage = Stage::dispatch,
         .unit = "%",
         .min = 0,
         .max = 100,
         .help = "least stored energy at the end of a window: rule, none, or percent of present capacity",
         .example = "\"rule\"",
         .choices = {{"rule", "middle of the energy window, as far as reachable"}, {"none", "no condition"}}});
  field("parallel_years", r.parallel_years, {.stage = Stage::dispatch, .help = "simulate years side by side from estimated states"});
  field("repeat_years", r.repeat_years,
        {.stage = Stage::dispatch, .help = "repeat data years when the project is longer than the prices; false: that is an error"});
  field("allow_partial", r.allow_partial,
        {.stage = Stage::dispatch,
         .help = "use incomplete data years too, of prices and profiles: days beyond the data repeat their first or last day"});
  field("compare_to_bound", r.compare_to_bound, {.stage = Stage::text, .help = "also compute the perfect-foresight bound"});
  field("compare_without_battery", r.compare_without_battery,
        {.stage = Stage::text, .help = "also simulate the site without its battery and, where it has generation, the battery alone"});
}

}  // namespace

template <class Visitor>
void describe(RunOptions& r, Visitor&& field) {
  describe_horizon(r, field);
  describe_solution(r, field);
  describe_reserves(r, field);
  describe_rest(r, field);
}

OptionSlots run_slots(RunOptions& options) { return slots_of(options); }

}  // namespace bess::service
