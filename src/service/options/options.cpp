#include "service/options/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "asset/grid_cost.h"
#include "service/options/option_json.h"
#include "timeline/instant.h"

namespace bess::service {

namespace {

constexpr double fraction(double percent) { return percent / 100.0; }

/// Where market calendars know the clock.
constexpr int first_start_year = 1990;
constexpr int last_project_year = 2199;

/// Percent is wanted where someone may have written a fraction; small percentages are legal.
void warn_of_fraction(double percent, const std::string& pointer, Issues& issues) {
  if (percent > 0.0 && percent <= 1.0)
    issues.warning("percent_suspicious", pointer,
                   fmt::format("{} is read as {} %; if a fraction is meant, give {}", percent, percent, 100.0 * percent));
}

void check_battery(const ProjectOptions& p, Issues& issues) {
  warn_of_fraction(p.availability_percent, "/params/bessAvailability", issues);
  warn_of_fraction(p.max_soc_percent, "/params/bessMaximumSOC", issues);
  warn_of_fraction(p.ramp_rate_percent, "/params/bessRampRatePercent", issues);
  if (p.min_soc_percent > p.max_soc_percent) {
    issues.error("soc_window", "/params/bessMinimumSOC",
                 fmt::format("{} % lies above bessMaximumSOC, {} %", p.min_soc_percent, p.max_soc_percent));
  } else if (p.min_soc_percent == p.max_soc_percent) {
    issues.warning("soc_window", "/params/bessMinimumSOC", "the energy window is empty: the battery can't trade");
  }
  const double rte = p.round_trip_efficiency_percent;
  if (rte > 0.0 && rte <= 1.0) {
    issues.error("rte_percent_expected", "/params/bessRoundTripEfficiency",
                 fmt::format("{} looks like a fraction; give percent ({})", rte, 100.0 * rte));
  }
  if (p.degradation_per_cycle_percent > 0.1) {
    issues.warning("fade_suspicious", "/params/bessDegradationPerCycle",
                   fmt::format("{} % of the capacity per cycle is much; 0.003 % is usual", p.degradation_per_cycle_percent));
  }
  if (p.degradation_per_cycle_percent > 0.0 && p.degradation_per_cycle_percent <= 0.0001) {
    issues.warning("fade_suspicious", "/params/bessDegradationPerCycle",
                   fmt::format("{} % of the capacity per cycle is next to nothing; this is a percentage, 0.003 is usual",
                               p.degradation_per_cycle_percent));
  }
  if (p.rte_degradation_per_cycle_percent > 0.1) {
    issues.warning("fade_suspicious", "/params/bessRTEDegradationPerCycle",
                   fmt::format("{} percentage points per cycle is much; 0.0004 is usual", p.rte_degradation_per_cycle_percent));
  }
  if (p.degradation_per_year > 0.1) {
    issues.warning("fade_suspicious", "/params/bessDegradationPerYear",
                   fmt::format("{} is a fade of {} % a year; it is a fraction, 0.01 is usual", p.degradation_per_year,
                               100.0 * p.degradation_per_year));
  }
  for (std::size_t i = 0; i < p.augmentation.size(); ++i) {
    if (p.augmentation[i].year > p.project_life_years) {
      issues.error("out_of_range", child_pointer(child_pointer("/params/bessAugmentation", i), "year"),
                   fmt::format("year {} lies after the project's {} years", p.augmentation[i].year, p.project_life_years));
    }
  }
}

void check_hours(const CapacityOptions& capacity, const char* pointer, Issues& issues) {
  const std::size_t n = capacity.by_hour.size();
  if (n != 0 && n != 24 && n != 288)
    issues.error("out_of_range", pointer, fmt::format("{} numbers; the hours of a day are 24, those of every month 288", n));
}

/// What a date of a request that does not begin with the year ("02-03-2024", "2/3/2024") can mean; no message where it begins with the
/// year, or is no date at all.
struct DayFirst {
  const char* code{"wrong_type"};
  std::string message{};
};
DayFirst day_first(const std::string& text) {
  std::array<int, 3> parts{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t begin = at;
    while (at < text.size() && at - begin < 4 && text[at] >= '0' && text[at] <= '9') parts[i] = 10 * parts[i] + (text[at++] - '0');
    const std::size_t digits = at - begin;
    if (i < 2 ? digits < 1 || digits > 2 : digits != 4 && digits != 2) return {};
    if (i == 2 && digits == 2) parts[i] += 2000;
    if (i < 2) {
      if (at >= text.size() || std::string_view("-./").find(text[at]) == std::string_view::npos) return {};
      ++at;
    }
  }
  std::vector<std::string> readings;
  for (const auto& [day, month] : {std::pair{parts[0], parts[1]}, std::pair{parts[1], parts[0]}}) {
    const std::string date = fmt::format("{:04}-{:02}-{:02}", parts[2], month, day);
    if (parse_date(date) && (readings.empty() || readings.front() != date)) readings.push_back(date);
  }
  if (readings.empty()) return {};
  if (readings.size() == 1)
    return {"wrong_type", fmt::format("\"{}\" does not begin with the year: write {}", text.substr(0, 60), readings[0])};
  return {"ambiguous_time",
          fmt::format("\"{}\" can be {} or {}: write the year first (YYYY-MM-DD)", text.substr(0, 60), readings[0], readings[1])};
}

void check_window(const CapacityWindowOptions& w, const std::string& pointer, Issues& issues) {
  for (const auto& [name, text] : {std::pair{"from", &w.from}, std::pair{"to", &w.to}}) {
    if (DayFirst found = day_first(*text); !found.message.empty()) {
      issues.error(found.code, child_pointer(pointer, name), std::move(found.message));
    } else if (!text->empty() && !parse_clock(*text)) {
      issues.error("wrong_type", child_pointer(pointer, name),
                   fmt::format("\"{}\" is no date (YYYY-MM-DD) and no ISO 8601 time", text->substr(0, 60)));
    }
  }
  if (w.from_hour == w.to_hour)
    issues.error("out_of_range", child_pointer(pointer, "toHour"), fmt::format("from {0} to {0} o'clock lies nothing", w.to_hour));
  if (!w.charging && !w.discharging)
    issues.error("required", child_pointer(pointer, "charging"), "a window says how much of charging, of discharging or of both is left");
}

void check_connection(const ProjectOptions& p, Issues& issues) {
  check_hours(p.grid_charging, "/params/gridChargingCapacityByHour", issues);
  check_hours(p.grid_discharging, "/params/gridDischargingCapacityByHour", issues);
  for (std::size_t i = 0; i < p.grid_capacity_windows.size(); ++i)
    check_window(p.grid_capacity_windows[i], child_pointer("/params/gridCapacityWindows", i), issues);
}

void check_project(const ProjectOptions& p, Issues& issues) {
  if (DayFirst found = day_first(p.start_project); !found.message.empty()) {
    issues.error(found.code, "/params/startProject", std::move(found.message));
  } else if (!parse_clock(p.start_project)) {
    issues.error("wrong_type", "/params/startProject",
                 fmt::format("\"{}\" is no date (YYYY-MM-DD) and no ISO 8601 time", p.start_project.substr(0, 60)));
  } else if (const int year = static_cast<int>(parse_clock(p.start_project)->date.year());
             year < first_start_year || year + p.project_life_years > last_project_year) {
    issues.error("out_of_range", "/params/startProject",
                 fmt::format("a project of {} years from {} does not lie in {} to {}", p.project_life_years, year, first_start_year,
                             last_project_year));
  }
  (void)grid_cost_spec(p, issues);
  check_connection(p, issues);
  const auto one_subsidy = [&](const SdeSpec& grant, const MarketPremiumSpec& premium, const char* pointer) {
    if (grant.base_amount > 0.0 && premium.value > 0.0)
      issues.error("out_of_range", pointer, "a generator has an SDE grant or a market premium, not both; one of the two must be 0");
  };
  one_subsidy(p.solar_sde, p.solar_premium, "/params/solarPremiumValue");
  one_subsidy(p.wind_sde, p.wind_premium, "/params/windPremiumValue");
}

void check_run(const SimulationRequest& request, Issues& issues) {
  const RunOptions& r = request.run;
  if (r.execute_days && *r.execute_days > r.foresight_days) {
    issues.error("out_of_range", "/run/execute_days",
                 fmt::format("{} days are executed of {} foreseen", *r.execute_days, r.foresight_days));
  }
  if (r.simulation_years && *r.simulation_years > request.params.project_life_years) {
    issues.error("out_of_range", "/run/simulation_years",
                 fmt::format("{} years are more than the project's {}", *r.simulation_years, request.params.project_life_years));
  }
  if (r.enabled_markets.empty()) issues.error("no_market", "/run/enabled_markets", "no market and no reserve is enabled");
  const auto& m = r.enabled_markets;
  auto has = [&m](Market market) { return std::find(m.begin(), m.end(), market) != m.end(); };
  if (r.generation_market && !has(*r.generation_market)) {
    issues.error("no_market", "/run/generation_market", fmt::format("{} is not among enabled_markets", to_string(*r.generation_market)));
  }
  for (const Market market : all_markets)
    warn_of_fraction(r.capture_percent[market], fmt::format("/run/capture_percent/{}", to_string(market)), issues);
  warn_of_fraction(r.initial_soc_percent, "/run/initial_soc_percent", issues);
  const double low = request.params.min_soc_percent;
  const double high = request.params.max_soc_percent;
  if (low <= high && (r.initial_soc_percent < low || r.initial_soc_percent > high)) {
    issues.warning("soc_clamped", "/run/initial_soc_percent",
                   fmt::format("{} % lies outside {} to {} % and is moved into it", r.initial_soc_percent, low, high));
  }
  if (r.terminal_soc.number && low <= high && (*r.terminal_soc.number < low || *r.terminal_soc.number > high)) {
    issues.warning("soc_clamped", "/run/terminal_soc",
                   fmt::format("{} % lies outside {} to {} % and is moved into it", *r.terminal_soc.number, low, high));
  }
}

}  // namespace

void check_request(const SimulationRequest& request, Issues& issues) {
  check_battery(request.params, issues);
  check_project(request.params, issues);
  check_run(request, issues);
}

namespace {

/// An error at this place, below it or above it.
bool already_wrong(const Issues& issues, const std::string& path) {
  const auto& known = issues.all();
  auto inside = [](const std::string& inner, const std::string& outer) {
    return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
  };
  return std::any_of(known.begin(), known.end(),
                     [&](const Issue& i) { return i.severity == Severity::error && (inside(i.path, path) || inside(path, i.path)); });
}

}  // namespace

ParsedRequest read_request(const Json& json, PricesFrom prices) {
  ParsedRequest parsed;
  Issues& issues = parsed.issues;
  if (!json.is_object()) {
    issues.error("wrong_type", "", fmt::format("needs an object with params and run, not {}", json.kind()));
    return parsed;
  }
  const OptionSlots params = project_slots(parsed.request.params);
  const OptionSlots run = run_slots(parsed.request.run);
  auto part = [&](const char* name, const OptionSlots& slots) {
    const Json* value = json.find(name);
    if (value == nullptr || value->is_null()) {
      issues.error("required", child_pointer("", name), fmt::format("{} is required", name));
    } else {
      read_slots(*value, slots, child_pointer("", name), issues);
    }
  };
  part("params", params);
  part("run", run);
  const Json* run_given = json.find("run");
  const bool run_read = run_given != nullptr && run_given->is_object();
  if (prices == PricesFrom::store && run_read && !parsed.request.run.scenario_id && !already_wrong(issues, "/run/scenario_id"))
    issues.error("required", "/run/scenario_id", "scenario_id is required");
  read_slots(json, {}, "", issues, {"params", "run"});
  // Fields that could not be read hold their defaults; what spans them is checked only where both sides were read.
  Issues spanning;
  check_request(parsed.request, spanning);
  for (const Issue& issue : spanning.all()) {
    if (!already_wrong(issues, issue.path)) issues.add(issue);
  }
  return parsed;
}

ParsedRequest parse_request(std::string_view json_text, const JsonLimits& limits) {
  const Expected<Json> json = parse_json(json_text, limits);
  if (json) return read_request(*json);
  ParsedRequest parsed;
  parsed.issues = json.issues();
  return parsed;
}

Json to_json(const SimulationRequest& request) {
  SimulationRequest copy = request;
  Json json = Json::object();
  json.set("params", write_slots(project_slots(copy.params)));
  json.set("run", write_slots(run_slots(copy.run)));
  return json;
}

int simulation_years(const SimulationRequest& request) { return request.run.simulation_years.value_or(request.params.project_life_years); }

MarketSet market_set(const RunOptions& run) {
  MarketSet set;
  for (const Market m : run.enabled_markets) set.add(m);
  return set;
}

GridCostSpec grid_cost_spec(const ProjectOptions& p, Issues& issues) {
  const auto start = parse_clock(p.start_project);
  const GridCostRequest request{.tariff_name = p.grid_tarif,
                                .standing_charge_eur_per_year = p.grid_standing_charge_eur_per_year,
                                .transported_energy_eur_per_mwh = p.grid_transported_energy_eur_per_mwh,
                                .contracted_eur_per_kw_year = p.grid_contracted_tariff_eur_per_kw_year,
                                .monthly_peak_eur_per_kw_month = p.grid_peak_tariff_eur_per_kw_month,
                                .contracted_mw = p.grid_contracted_power_mw,
                                .maximum_mw = p.grid_max_transported_power_mw,
                                .yearly_increase = p.grid_yearly_tariff_increase};
  return resolve_grid_cost(request, start ? static_cast<int>(start->date.year()) : 2025, issues);
}

BatterySpec battery_spec(const ProjectOptions& p) {
  BatterySpec spec;
  spec.nominal_capacity_mwh = p.capacity_mwh;
  spec.power_mw = p.power_mw;
  spec.min_state_of_charge = fraction(p.min_soc_percent);
  spec.max_state_of_charge = fraction(p.max_soc_percent);
  spec.round_trip_efficiency = fraction(p.round_trip_efficiency_percent);
  spec.availability = fraction(p.availability_percent);
  spec.ramp_mw_per_period = fraction(p.ramp_rate_percent) * p.power_mw;
  spec.degradation = {.fade_per_cycle = fraction(p.degradation_per_cycle_percent),
                      .fade_per_year = p.degradation_per_year,
                      .efficiency_fade_per_cycle = fraction(p.rte_degradation_per_cycle_percent),
                      .lifetime_cycles = static_cast<double>(p.lifetime_cycles),
                      .end_of_life_soh = p.eol_soh,
                      .law = &ageing_law(p.ageing)};
  for (const AugmentationOptions& a : p.augmentation) spec.augmentation.push_back({a.year, a.mwh, a.cost_eur});
  spec.no_replacement_last_months = p.no_replacement_last_months;
  return spec;
}

RunSpec run_spec(const SimulationRequest& request, const MarketSet& markets) {
  const RunOptions& r = request.run;
  RunSpec spec;
  spec.strategy = r.strategy;
  spec.markets = markets;
  spec.years = simulation_years(request);
  spec.foresight_days = r.foresight_days;
  spec.execute_days = r.execute_days.value_or(r.foresight_days);
  spec.dispatch.direction = r.direction;
  spec.dispatch.search = {.gap = r.exclusive_gap, .max_lps = r.exclusive_solves};
  spec.dispatch.reserve_step_mw = r.reserve_step_mw;
  spec.dispatch.stage1_recourse = r.stage1_recourse;
  spec.solver = r.solver;
  spec.cross_market = r.cross_market;
  if (r.generation_market && markets.has(*r.generation_market)) spec.generation_market = r.generation_market;
  spec.generation_in_dispatch = r.generation_in_dispatch;
  spec.reserve_duties[Product::fcr] = {.hours = r.fcr_hours, .power_factor = r.fcr_power_factor};
  spec.reserve_duties[Product::afrr_up].hours = spec.reserve_duties[Product::afrr_down].hours = r.afrr_hours;
  spec.wear_cost_eur_per_mwh = r.wear_cost_eur_per_mwh;
  spec.max_cycles_per_day = r.max_cycles_per_day;
  spec.position_cap_factor = r.position_cap_factor;
  for (const ProductInfo& info : product_table) spec.max_mw[info.id] = r.max_mw[info.id].value_or(spec.max_mw[info.id]);
  spec.capture = r.capture_percent;
  spec.price_trend_per_year = r.price_trend_percent_per_year;
  for (double& x : spec.capture.values) x = fraction(x);
  for (double& x : spec.price_trend_per_year.values) x = fraction(x);
  const double low = request.params.min_soc_percent;
  const double high = request.params.max_soc_percent;
  spec.initial_state_of_charge = fraction(std::clamp(r.initial_soc_percent, low, high));
  if (r.terminal_soc.number) {
    spec.terminal = TerminalRule::percent;
    spec.terminal_state_of_charge = fraction(std::clamp(*r.terminal_soc.number, low, high));
  } else {
    spec.terminal = r.terminal_soc.choice == TerminalChoice::rule ? TerminalRule::rule : TerminalRule::none;
  }
  spec.parallel_years = r.parallel_years;
  spec.compare_to_bound = r.compare_to_bound;
  return spec;
}

}  // namespace bess::service
