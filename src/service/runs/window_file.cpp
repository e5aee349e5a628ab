#include "service/runs/window_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/sum.h"
#include "service/options/option_json.h"
#include "timeline/instant.h"

namespace bess::service {

namespace {

constexpr int max_periods = 40'000;
constexpr double absurd_price = 100'000;

/// The help of a product in a window.
std::string_view help_of(const ProductInfo& info) {
  if (info.id == Product::day_ahead) return "auction for the next day";
  if (info.kind == ProductKind::two_price) return "take and feed price";
  if (is_energy(info.kind)) return "one price per period";
  return info.kind == ProductKind::reserve_symmetric ? "symmetric, per block" : "per block";
}

Choice choice_of(Product p) { return {info_of(p).name, help_of(info_of(p)), static_cast<int>(p)}; }

std::vector<Choice> energy_choices() {
  std::vector<Choice> choices;
  for (const Product p : energy_products) choices.push_back(choice_of(p));
  return choices;
}

/// Reserves as files list them: those that hold both ways first.
std::vector<Product> listed_reserves() {
  std::vector<Product> list(reserve_products.begin(), reserve_products.end());
  std::stable_partition(list.begin(), list.end(), [](Product p) { return info_of(p).kind == ProductKind::reserve_symmetric; });
  return list;
}

std::vector<Choice> reserve_choices() {
  std::vector<Choice> choices;
  for (const Product p : listed_reserves()) choices.push_back(choice_of(p));
  return choices;
}

bool any_frozen(const WindowFile& f) {
  return std::any_of(energy_products.begin(), energy_products.end(), [&](Product p) { return !f.frozen_position_mw[p].empty(); });
}

std::vector<Choice> strategy_choices() {
  std::vector<Choice> choices;
  for (const StrategyInfo& info : strategy_table) {
    if (!info.window_name.empty()) choices.push_back({info.window_name, info.window_help, static_cast<int>(info.id)});
  }
  return choices;
}

std::string reserve_price_key(Product p) { return fmt::format("{}_eur_per_mw_h", info_of(p).name); }

bool enabled(const WindowFile& f, Product p) {
  const std::vector<Product>& list = is_energy(info_of(p).kind) ? f.enabled_markets : f.enabled_reserves;
  return std::find(list.begin(), list.end(), p) != list.end();
}

}  // namespace

template <class Visitor>
void describe(WindowBattery& b, Visitor&& field) {
  field("capacity_mwh", b.capacity_mwh, {.unit = "MWh", .min = 0, .max = 1e6, .required = true, .help = "full capacity", .example = "20"});
  field("power_mw", b.power_mw, {.unit = "MW", .min = 0, .max = 1e6, .required = true, .help = "installed power", .example = "10"});
  field("min_soc", b.min_soc,
        {.unit = "1", .min = 0, .max = 1, .help = "lower end of the energy window, share of capacity", .range_code = "soc_window"});
  field("max_soc", b.max_soc,
        {.unit = "1", .min = 0, .max = 1, .help = "upper end of the energy window, share of capacity", .range_code = "soc_window"});
  field("round_trip_efficiency", b.round_trip_efficiency,
        {.unit = "1", .min = 0.01, .max = 1, .help = "a fraction; one way is its square root"});
  field("availability", b.availability, {.unit = "1", .min = 0, .max = 1, .help = "scales the power"});
  field("start_mwh", b.start_mwh,
        {.unit = "MWh", .min = 0, .max = 1e6, .help = "stored energy at the start", .default_text = "middle of the window"});
  field("target_mwh", b.target_mwh,
        {.unit = "MWh", .min = 0, .max = 1e6, .help = "least stored energy at the end", .default_text = "lower end of the window"});
  field("wear_cost_eur_per_mwh", b.wear_cost_eur_per_mwh,
        {.unit = "EUR/MWh", .min = 0, .max = 1e5, .help = "on every MWh charged and discharged"});
}

template <class Visitor>
void describe(WindowSite& s, Visitor&& field) {
  field("import_limit_mw", s.import_limit_mw, {.unit = "MW", .min = 0, .max = 1e6, .help = "of the whole site"});
  field("export_limit_mw", s.export_limit_mw, {.unit = "MW", .min = 0, .max = 1e6, .help = "of the whole site"});
  field("import_fee", s.import_fee, {.unit = "EUR/MWh", .min = 0, .max = 1e5, .help = "on the metered net import"});
  field("export_fee", s.export_fee, {.unit = "EUR/MWh", .min = 0, .max = 1e5, .help = "on the metered net export"});
}

template <class Visitor>
void describe(WindowReserve& r, Visitor&& field) {
  field("fcr_hours", r.fcr_hours, {.unit = "h", .min = 0, .max = 24, .help = "full FCR activation that must be sustained each way"});
  field("afrr_hours", r.afrr_hours, {.unit = "h", .min = 0, .max = 24, .help = "full aFRR activation that must be sustained"});
  field("fcr_power_factor", r.fcr_power_factor, {.unit = "1", .min = 1, .max = 10, .help = "power kept per MW of FCR"});
}

template <class Visitor>
void describe(WindowPrices& prices, Visitor&& field) {
  for (const Product p : energy_products) {
    const ProductInfo& info = info_of(p);
    const bool two = info.kind == ProductKind::two_price;
    if (two) field(to_string(info.buy), prices[p].buy, {.unit = "EUR/MWh", .help = "per period, paid by who takes"});
    field(to_string(info.sell), prices[p].sell, {.unit = "EUR/MWh", .help = two ? "per period, received by who feeds in" : "per period"});
  }
  for (const Product p : listed_reserves()) field(reserve_price_key(p), prices[p].sell, {.unit = "EUR/MW/h", .help = "per block"});
}

template <class Visitor>
void describe(WindowFrozen& frozen, Visitor&& field) {
  for (const Product p : energy_products) {
    if (info_of(p).kind == ProductKind::energy)
      field(info_of(p).name, frozen[p], {.unit = "MW", .min = -1e6, .max = 1e6, .help = "net sold per period, decided before"});
  }
}

template <class Visitor>
void describe(WindowRolling& r, Visitor&& field) {
  field("foresight_periods", r.foresight_periods,
        {.unit = "1", .min = 0, .max = max_periods, .help = "periods each window sees; 0: no rolling"});
  field("execute_periods", r.execute_periods,
        {.unit = "1", .min = 0, .max = max_periods, .help = "periods of each window that are executed"});
}

template <class Visitor>
void describe(WindowFile& f, Visitor&& field) {
  field("description", f.description, {.help = "for people"});
  field("start_utc", f.start_utc, {.help = "start of the first period, for people"});
  field("delta_h", f.delta_h, {.unit = "h", .min = 1e-3, .max = 24, .help = "length of a period"});
  field("enabled_markets", f.enabled_markets,
        {.help = "energy markets that may be used", .choices = energy_choices(), .choice_code = "unknown_market"});
  field("enabled_reserves", f.enabled_reserves,
        {.help = "reserve products that may be sold", .choices = reserve_choices(), .choice_code = "unknown_market"});
  field("battery", f.battery, {.required = true, .help = "the battery"});
  field("site", f.site, {.help = "the grid connection"});
  field("reserve", f.reserve, {.help = "what reserves need"});
  field("block_of_period", f.block_of_period,
        {.unit = "1",
         .min = 0,
         .max = max_periods,
         .help = "reserve block of each period, from 0 in steps of 0 or 1",
         .default_text = "one block"});
  field("prices", f.prices, {.help = "prices"});
  field("generation_mw", f.generation_mw,
        {.unit = "MW", .min = 0, .max = 1e6, .help = "generation behind the same connection, per period", .default_text = "none"});
  field("generation_market", f.generation_market,
        {.help = "where generation is sold in physical trade",
         .choices = energy_choices(),
         .choice_code = "unknown_market",
         .default_text = "the first enabled of day_ahead, intraday, imbalance"});
  field("strategy", f.strategy,
        {.help = "one LP over all markets, or one per market stage", .choices = strategy_choices(), .choice_code = "unknown_strategy"});
  field("cross_market", f.cross_market,
        {.help = "what joint trade may do",
         .choices = {{"physical", "every MWh bought charges, every MWh sold is delivered"},
                     {"netted", "signed positions per market, netted at the meter"}}});
  field("stage1_recourse", f.stage1_recourse,
        {.help = "what the reserve stage of sequential trade assumes of energy",
         .choices = {{"da_price", "traded at the day-ahead price"}, {"none", "no energy trade"}}});
  field("max_cycles_per_day", f.max_cycles_per_day,
        {.unit = "1", .min = 0, .max = 100, .help = "equivalent full cycles per 24 hours from the start; 0: no limit"});
  field("position_cap_factor", f.position_cap_factor,
        {.unit = "1", .min = 0, .max = 100, .help = "scales the caps of positions in netted trade"});
  field("reserve_step_mw", f.reserve_step_mw,
        {.unit = "MW", .min = 0, .max = 1000, .help = "reserve bids are rounded down to this step; 0: continuous"});
  field("frozen_position_mw", f.frozen_position_mw, {.help = "positions decided before; only imbalance trades around them"});
  field("rolling", f.rolling, {.help = "solve as rolling windows (energy markets only); target_mwh holds at the very end"});
}

OptionSlots window_slots(WindowFile& file) { return slots_of(file); }

namespace {

class WindowCheck {
 public:
  explicit WindowCheck(ParsedWindow& window) : window_(window), f_(window.file), issues_(window.issues) {}

  void run() {
    window_.periods = count_periods();
    if (window_.periods == 0) return;
    check_battery();
    check_blocks();
    check_markets();
    check_length(f_.generation_mw, window_.periods, "/generation_mw", "periods");
    for (const Product p : energy_products)
      check_length(f_.frozen_position_mw[p], window_.periods, fmt::format("/frozen_position_mw/{}", info_of(p).name), "periods");
    check_rolling();
  }

 private:
  int count_periods() {
    std::size_t n = 0;
    for (const Product p : energy_products) {
      const ProductPrice& price = f_.prices[p];
      if (n == 0) n = price.buy.empty() ? price.sell.size() : price.buy.size();
    }
    if (n == 0) n = f_.generation_mw.size();
    if (!f_.block_of_period.empty()) n = f_.block_of_period.size();
    if (n == 0) issues_.error("required", "/prices", "no series says how many periods the window has");
    if (n > static_cast<std::size_t>(max_periods)) {
      issues_.error("too_large", "/prices", fmt::format("{} periods, more than {}", n, max_periods));
      return 0;
    }
    return static_cast<int>(n);
  }

  void check_length(const std::vector<double>& values, int wanted, const std::string& pointer, const char* what) {
    if (values.empty() || values.size() == static_cast<std::size_t>(wanted)) return;
    issues_.error("out_of_range", pointer, fmt::format("{} values for {} {}", values.size(), wanted, what));
  }

  void check_battery() {
    const WindowBattery& b = f_.battery;
    if (b.min_soc > b.max_soc) issues_.error("soc_window", "/battery/min_soc", "the lower end of the window lies above the upper end");
    const double low = b.capacity_mwh * b.min_soc;
    const double high = b.capacity_mwh * b.max_soc;
    if (b.start_mwh && (*b.start_mwh < low - 1e-9 || *b.start_mwh > high + 1e-9)) {
      issues_.warning("soc_clamped", "/battery/start_mwh",
                      fmt::format("{} MWh lies outside {} to {} and is moved into it", *b.start_mwh, low, high));
    }
    if (b.target_mwh && *b.target_mwh > high + 1e-9) {
      issues_.error("soc_window", "/battery/target_mwh", fmt::format("{} MWh lies above the window's upper end, {}", *b.target_mwh, high));
    }
  }

  void check_blocks() {
    const auto& block = f_.block_of_period;
    for (std::size_t t = 0; t < block.size(); ++t) {
      const std::int32_t before = t == 0 ? 0 : block[t - 1];
      if (block[t] < before || block[t] > before + 1 || (t == 0 && block[t] != 0)) {
        issues_.error("out_of_range", child_pointer("/block_of_period", t), "blocks count from 0 in steps of 0 or 1");
        return;
      }
    }
    blocks_ = block.empty() ? 1 : block.back() + 1;
  }

  void check_series(bool needed, const std::vector<double>& values, int wanted, const std::string& name, const char* what) {
    const std::string pointer = "/prices/" + name;
    if (needed && values.empty()) {
      issues_.error("market_data_missing", pointer, fmt::format("{} is enabled and has no prices", name));
      return;
    }
    check_length(values, wanted, pointer, what);
    for (std::size_t t = 0; t < values.size(); ++t) {
      if (std::abs(values[t]) <= absurd_price) continue;
      issues_.error("price_absurd", child_pointer(pointer, t), fmt::format("{} lies beyond ±{}", values[t], absurd_price));
      return;
    }
  }

  void check_markets() {
    const int n = window_.periods;
    for (const Product p : energy_products) {
      const ProductInfo& info = info_of(p);
      if (info.kind == ProductKind::two_price)
        check_series(enabled(f_, p), f_.prices[p].buy, n, std::string(to_string(info.buy)), "periods");
      check_series(enabled(f_, p), f_.prices[p].sell, n, std::string(to_string(info.sell)), "periods");
    }
    for (const Product p : listed_reserves()) check_series(enabled(f_, p), f_.prices[p].sell, blocks_, reserve_price_key(p), "blocks");
    if (f_.enabled_markets.empty() && f_.enabled_reserves.empty())
      issues_.error("no_market", "/enabled_markets", "no market and no reserve is enabled");
    if (any_frozen(f_) && !enabled(f_, Product::imbalance))
      issues_.error("no_market", "/frozen_position_mw", "positions decided before need the imbalance market to trade around them");
    for (const Product p : energy_products) {
      if (f_.frozen_position_mw[p].empty() || !f_.prices[p].sell.empty()) continue;
      issues_.error("market_data_missing", fmt::format("/prices/{}", to_string(info_of(p).sell)), "the position has no price");
    }
    if (f_.generation_market && !enabled(f_, *f_.generation_market)) {
      issues_.error("no_market", "/generation_market", "generation is sold in a market that is not enabled");
    }
  }

  void check_rolling() {
    const WindowRolling& r = f_.rolling;
    if (r.foresight_periods == 0) return;
    if (r.execute_periods < 1 || r.execute_periods > r.foresight_periods) {
      issues_.error("out_of_range", "/rolling/execute_periods", "from 1 to foresight_periods");
    }
    if (!f_.enabled_reserves.empty()) issues_.error("out_of_range", "/rolling", "rolling windows trade energy only");
    if (f_.max_cycles_per_day > 0) issues_.error("out_of_range", "/max_cycles_per_day", "not together with rolling windows");
  }

  ParsedWindow& window_;
  const WindowFile& f_;
  Issues& issues_;
  int blocks_{1};
};

BatteryLimits limits(const WindowBattery& b) {
  return make_limits(b.capacity_mwh, {b.min_soc, b.max_soc}, b.availability * b.power_mw, b.round_trip_efficiency);
}

std::vector<double> per_period(const std::vector<double>& per_block, const std::vector<std::int32_t>& block, int periods) {
  std::vector<double> values(static_cast<std::size_t>(periods));
  for (std::size_t t = 0; t < values.size(); ++t) values[t] = per_block[block.empty() ? 0 : static_cast<std::size_t>(block[t])];
  return values;
}

void add_generation(const WindowFile& f, dispatch::WindowProblem& w) {
  if (f.generation_mw.empty()) return;
  w.generation.available_mw = f.generation_mw;
  std::optional<Product> product = f.generation_market;
  for (const Product p : energy_products) {
    if (!product && enabled(f, p)) product = p;
  }
  w.generation.product = product.value_or(Product::day_ahead);
  if (!product) {
    w.generation.price_eur_per_mwh.assign(f.generation_mw.size(), 0.0);
  } else {
    w.generation.price_eur_per_mwh = f.prices[*product].sell;
  }
}

/// Positions decided before: only imbalance is left to trade; returns what the positions earn.
double freeze_positions(const WindowFile& f, dispatch::WindowProblem& w) {
  if (!any_frozen(f)) return 0.0;
  for (const Product p : energy_products) {
    if (info_of(p).kind == ProductKind::energy) w.prices[p] = {};
  }
  w.frozen_position_mw.assign(static_cast<std::size_t>(w.periods), 0.0);
  Sum earned;
  for (const Product p : energy_products) {
    const std::vector<double>& position = f.frozen_position_mw[p];
    for (std::size_t t = 0; t < position.size(); ++t) {
      w.frozen_position_mw[t] += position[t];
      earned += w.dt_h * f.prices[p].sell[t] * position[t];
    }
  }
  return earned.value();
}

}  // namespace

ParsedWindow parse_window(std::string_view json_text) {
  ParsedWindow window;
  Expected<Json> json = parse_json(json_text);
  if (!json) {
    window.issues = json.issues();
    return window;
  }
  read_record(*json, window.file, "", window.issues, {"expected"});
  if (!window.issues.has_errors()) WindowCheck(window).run();
  return window;
}

dispatch::WindowProblem window_problem(const ParsedWindow& window) {
  const WindowFile& f = window.file;
  dispatch::WindowProblem w;
  w.periods = window.periods;
  w.dt_h = f.delta_h;
  w.battery = limits(f.battery);
  w.nominal_capacity_mwh = f.battery.capacity_mwh;
  w.installed_power_mw = f.battery.power_mw;
  const double middle = 0.5 * (w.battery.energy_min_mwh + w.battery.energy_max_mwh);
  w.start_mwh = std::clamp(f.battery.start_mwh.value_or(middle), w.battery.energy_min_mwh, w.battery.energy_max_mwh);
  w.target_mwh = std::max(w.battery.energy_min_mwh, f.battery.target_mwh.value_or(0.0));
  w.connection = {f.site.import_limit_mw, f.site.export_limit_mw};
  w.reserve_duties[Product::fcr] = {.hours = f.reserve.fcr_hours, .power_factor = f.reserve.fcr_power_factor};
  w.reserve_duties[Product::afrr_up].hours = w.reserve_duties[Product::afrr_down].hours = f.reserve.afrr_hours;
  w.import_fee_eur_per_mwh = f.site.import_fee;
  w.export_fee_eur_per_mwh = f.site.export_fee;
  w.wear_cost_eur_per_mwh = f.battery.wear_cost_eur_per_mwh;
  w.block = f.block_of_period;
  for (const ProductInfo& info : product_table) {
    if (!enabled(f, info.id)) continue;
    const ProductPrice& given = f.prices[info.id];
    if (is_reserve(info.kind)) {
      w.prices[info.id].sell = per_period(given.sell, w.block, w.periods);
    } else {
      w.prices[info.id] = {info.kind == ProductKind::energy ? given.sell : given.buy, given.sell};
    }
  }
  add_generation(f, w);
  w.max_cycles_per_day = f.max_cycles_per_day;
  for (int t = 0; t < w.periods; ++t) w.day.push_back(static_cast<std::int32_t>(std::floor(t * f.delta_h / 24.0 + 1e-9)));
  w.cross_market = f.cross_market;
  w.position_cap_factor = f.position_cap_factor;
  return w;
}

namespace {

WindowAnswer solve_rolling(const ParsedWindow& window, const dispatch::WindowProblem& whole, const dispatch::DispatchOptions& options,
                           dispatch::Backend& backend) {
  const WindowRolling& r = window.file.rolling;
  WindowAnswer answer;
  answer.windows = 0;
  answer.plan.status = lp::SolveStatus::optimal;
  double energy = whole.start_mwh;
  Sum value;
  for (int first = 0; first < whole.periods; first += r.execute_periods) {
    const int seen = std::min(r.foresight_periods, whole.periods - first);
    const int done = std::min(r.execute_periods, whole.periods - first);
    dispatch::WindowProblem piece = dispatch::slice(whole, first, seen);
    piece.start_mwh = energy;
    piece.target_mwh = first + seen == whole.periods ? whole.target_mwh : whole.battery.energy_min_mwh;
    const dispatch::DispatchPlan plan = info_of(window.file.strategy).decide(piece, options, backend);
    ++answer.windows;
    answer.plan.stats.lps += plan.stats.lps;
    answer.plan.stats.iterations += plan.stats.iterations;
    answer.plan.stats.fallbacks += plan.stats.fallbacks;
    answer.plan.stats.shared_periods += plan.stats.shared_periods;
    answer.plan.stats.relaxed_terminal |= plan.stats.relaxed_terminal;
    answer.relative_gap = std::max(answer.relative_gap, plan.relative_gap);
    answer.plan.status = plan.status;
    if (plan.status != lp::SolveStatus::optimal) return answer;
    const auto executed = static_cast<std::size_t>(done);
    const dispatch::Schedule s = dispatch::part_of(plan.schedule, 0, executed);
    value += dispatch::schedule_value_eur(dispatch::slice(whole, first, done), s, part_of(plan.positions, 0, executed));
    dispatch::append(answer.plan.schedule, s);
    energy = s.stored_energy_mwh.back();
  }
  answer.optimum_eur = value.value();
  return answer;
}

}  // namespace

WindowAnswer solve_window_file(const ParsedWindow& window, const WindowOptions& options) {
  const WindowFile& f = window.file;
  dispatch::WindowProblem problem = window_problem(window);
  const double frozen_eur = freeze_positions(f, problem);
  dispatch::DispatchOptions chosen = options.dispatch;
  chosen.reserve_step_mw = f.reserve_step_mw;
  chosen.stage1_recourse = f.stage1_recourse;
  dispatch::Backend backend(options.solver);
  if (f.rolling.foresight_periods > 0) {
    WindowAnswer answer = solve_rolling(window, problem, chosen, backend);
    answer.optimum_eur += frozen_eur;
    return answer;
  }
  WindowAnswer answer;
  answer.plan = info_of(f.strategy).decide(problem, chosen, backend);
  answer.optimum_eur = answer.plan.objective_eur + frozen_eur;
  // The bound of the LP includes its tie-break, which is no money: a plan that reaches it may lie above by that much.
  answer.bound_eur = std::max(answer.plan.bound_eur, answer.plan.objective_eur) + frozen_eur;
  answer.relative_gap = answer.plan.relative_gap;
  return answer;
}

Issues issues_of(const WindowAnswer& answer) {
  Issues issues;
  if (answer.plan.status == lp::SolveStatus::optimal) return issues;
  const std::string which = answer.windows > 1 ? fmt::format("window {}", answer.windows) : "the window";
  issues.error("infeasible_window", "", fmt::format("no feasible plan for {}: {}", which, lp::to_string(answer.plan.status)));
  return issues;
}

Json to_json(const WindowAnswer& answer, bool with_schedule) {
  const dispatch::SearchStats& stats = answer.plan.stats;
  Json json = Json::object();
  const bool solved = answer.plan.status == lp::SolveStatus::optimal;
  json.set("optimum_eur", solved ? Json(answer.optimum_eur) : Json());
  json.set("bound_eur", solved && answer.bound_eur ? Json(*answer.bound_eur) : Json());
  json.set("relative_gap", solved ? Json(answer.relative_gap) : Json());
  json.set("status", lp::to_string(answer.plan.status));
  json.set("lps", stats.lps);
  json.set("iterations", stats.iterations);
  json.set("fallbacks", stats.fallbacks);
  json.set("periods_touched", stats.shared_periods);
  json.set("relaxed_terminal", stats.relaxed_terminal);
  json.set("windows", answer.windows);
  if (!with_schedule) return json;
  if (!solved) {
    json.set("schedule", Json());
    return json;
  }
  const dispatch::Schedule& s = answer.plan.schedule;
  Json schedule = Json::object();
  schedule.set("grid_charge_mw", Json::numbers(s.grid_charge_mw));
  schedule.set("self_charge_mw", Json::numbers(s.self_charge_mw));
  schedule.set("discharge_mw", Json::numbers(s.discharge_mw));
  schedule.set("curtailed_mw", Json::numbers(s.curtailed_mw));
  const std::span<const double> stored(s.stored_energy_mwh);
  schedule.set("stored_energy_mwh", Json::numbers(stored.empty() ? stored : stored.subspan(1)));
  for (const Product p : listed_reserves()) schedule.set(fmt::format("{}_mw", info_of(p).name), Json::numbers(s.reserve_mw[p]));
  json.set("schedule", std::move(schedule));
  return json;
}

}  // namespace bess::service
