// From a request and its data to a SimulationInput.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "market/rules.h"
#include "service/runs/input_hash.h"
#include "service/runs/simulate.h"
#include "store/store.h"

namespace bess::service {

namespace {

constexpr int reserve_block_hours = 4;
constexpr double kw_per_mw = 1000.0;

/// Does the work of prepare_simulation; each step adds its problems and the last one decides.
class Preparation {
 public:
  Preparation(const SimulationRequest& request, SimulationSources sources, const PrepareOptions& options)
      : request_(request),
        params_(request.params),
        run_(request.run),
        sources_(std::move(sources)),
        options_(options),
        calendar_(MarketCalendar::for_country(sources_.prices.country)) {}

  Expected<PreparedSimulation> run() {
    issues_.append(sources_.warnings);
    choose_markets();
    build_project_timeline();
    if (issues_.has_errors()) return issues_;
    check_prices();
    fill_site();
    fill_connection();
    fill_generation();
    if (issues_.has_errors()) return issues_;
    fill_run();
    fill_economics();
    out_.input_hash = input_hash(request_, out_);
    out_.warnings = issues_;
    return std::move(out_);
  }

 private:
  [[nodiscard]] int years() const { return simulation_years(request_); }
  [[nodiscard]] const PriceSet& prices() const { return sources_.prices; }

  void choose_markets() {
    markets_ = market_set(run_);
    if (markets_.has(Market::imbalance)) {
      const LocalDate start = parse_clock(params_.start_project)->date;
      const bool rule = market_rule(prices().country, RuleField::imbalance_allowed, start).value_or(1.0) != 0.0;
      if (!run_.imbalance_allowed.value_or(rule)) {
        markets_.remove(Market::imbalance);
        issues_.warning(
            "imbalance_not_allowed", "/run/enabled_markets",
            fmt::format("deliberate imbalance positions are not allowed in {}; the market is left out (imbalance_allowed overrides this)",
                        prices().country));
      }
    }
    if (!markets_.any_energy() && !markets_.any_reserve()) issues_.error("no_market", "/run/enabled_markets", "no market is left to trade");
    MarketSet absent;
    for (const Market m : all_markets) {
      if (markets_.has(m) && !prices().has_market(m)) absent.add(m);
    }
    issues_.append(check_markets(prices(), absent, {}, "/run/enabled_markets"));
    if (markets_.has(Market::afrr)) warn_unused_columns();
  }

  /// Activation of aFRR is not simulated: prices and shares of it that a scenario holds change nothing, and that is said.
  void warn_unused_columns() {
    std::string names;
    for (const PriceColumn column :
         {PriceColumn::afrr_up_energy, PriceColumn::afrr_down_energy, PriceColumn::afrr_up_ratio, PriceColumn::afrr_down_ratio}) {
      if (prices().has(column) && !is_computed_with(column)) names += fmt::format("{}{}", names.empty() ? "" : ", ", to_string(column));
    }
    if (names.empty() || prices().synthetic) return;
    issues_.warning("unused_column", "/run/enabled_markets", fmt::format("the scenario holds {}; no computation uses them yet", names));
  }

  /// Those whose prices the run needs: own consumption is bought at the day-ahead price, traded or not.
  [[nodiscard]] MarketSet priced_markets() const {
    MarketSet priced = markets_;
    if (params_.auxiliary_power_mw > 0.0) priced.add(Market::day_ahead);
    return priced;
  }

  /// A bare date is local midnight; a time without an offset is local.
  Instant instant_of(const std::string& text, const std::string& pointer) {
    const ClockReading reading = *parse_clock(text);
    if (parse_date(text)) return calendar_.day_start(reading.date);
    if (reading.offset_s) return std::chrono::sys_days(reading.date) + std::chrono::seconds{reading.second_of_day - *reading.offset_s};
    const auto local = calendar_.to_utc(reading.date, reading.second_of_day / 60);
    if (local) return *local + std::chrono::seconds{reading.second_of_day % 60};
    issues_.error("ambiguous_time", pointer, "the clock skips this local time");
    return calendar_.day_start(reading.date);
  }

  Instant project_start() {
    const Instant start = instant_of(params_.start_project, "/params/startProject");
    const Instant floored = std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<900>>>(start);
    if (floored != start)
      issues_.warning("start_moved", "/params/startProject", fmt::format("moved to the quarter-hour {}", format_instant(floored)));
    return floored;
  }

  void build_project_timeline() {
    TimelineRequest request;
    request.start = project_start();
    request.years = years();
    request.data_start = prices().start;
    request.data_quarters = prices().quarters;
    const QuarterRange usable = usable_range(prices(), priced_markets());
    request.usable_first = usable.first;
    request.usable_quarters = usable.count;
    request.repeat_years = run_.repeat_years;
    request.allow_partial = run_.allow_partial;
    if (issues_.has_errors()) return;
    Expected<ProjectTimeline> timeline = build_timeline(calendar_, request);
    if (!timeline) return issues_.append(timeline.issues());
    timeline_ = std::make_shared<const ProjectTimeline>(std::move(*timeline));
    out_.input.timeline = timeline_;
    if (run_.allow_partial) warn_of_days_outside();
    if (timeline_->years_repeated) warn_of_repeated_days(request);
    const Instant end = timeline_->instant(timeline_->quarters);
    out_.input.first_block_partial = calendar_.block_start(timeline_->start, reserve_block_hours) != timeline_->start;
    out_.input.last_block_partial = calendar_.block_start(end, reserve_block_hours) != end;
  }

  /// Which days take the prices of another year, and why.
  void warn_of_repeated_days(const TimelineRequest& request) {
    const Instant first = request.data_start + request.usable_first * quarter_hour;
    const Instant last = first + (request.usable_quarters - 1) * quarter_hour;
    issues_.warning("price_days_repeated", "/params/startProject",
                    fmt::format("{} (the prices of the enabled markets cover {} to {})", describe_repeated(*timeline_),
                                format_date(calendar_.local_date(first)), format_date(calendar_.local_date(last))));
  }

  void warn_of_days_outside() {
    const std::int64_t outside = days_beyond_data(*timeline_);
    if (outside == 0) return;
    issues_.warning("price_years_repeated", "/run/allow_partial",
                    fmt::format("{} days of the project lie beyond the prices and repeat their first or last day", outside));
  }

  void check_prices() {
    issues_.append(check_markets(prices(), markets_, timeline_->source, "/run/enabled_markets"));
    if (markets_.has(Market::day_ahead) || !(params_.auxiliary_power_mw > 0.0)) return;
    MarketSet day_ahead;
    day_ahead.add(Market::day_ahead);
    issues_.append(check_markets(prices(), day_ahead, timeline_->source, "/params/bessAuxiliaryPowerMw"));
  }

  void fill_site() {
    SiteSpec& site = out_.input.site;
    site.battery = battery_spec(params_);
    site.connection = {.import_limit_mw = params_.grid_charging_capacity_mw, .export_limit_mw = params_.grid_discharging_capacity_mw};
    site.auxiliary_power_mw = params_.auxiliary_power_mw;
    site.project_life_years = params_.project_life_years;
    Issues known;  // reported when the request was read
    tariff_ = grid_cost_spec(params_, known);
    for (int y = 1; y <= years(); ++y) {
      const double escalation = tariff_escalation(tariff_, y);
      site.import_fee_eur_per_mwh.push_back(escalation * tariff_.transported_energy_eur_per_mwh + params_.grid_energy_tax_eur_per_mwh);
      site.export_fee_eur_per_mwh.push_back(params_.grid_export_fee_eur_per_mwh);
      site.peak_tariff_eur_per_mw.push_back(tariff_.maximum_mw ? 0.0 : escalation * kw_per_mw * tariff_.monthly_peak_eur_per_kw_month);
    }
  }

  void fill_connection() {
    SiteSpec& site = out_.input.site;
    const std::vector<CapacityWindow> windows = capacity_windows();
    site.import_limit_factor =
        connection_factors(params_.grid_charging, windows, &CapacityWindowOptions::charging, sources_.import_limit.get(),
                           site.connection.import_limit_mw, "/params/gridChargingCapacity");
    site.export_limit_factor =
        connection_factors(params_.grid_discharging, windows, &CapacityWindowOptions::discharging, sources_.export_limit.get(),
                           site.connection.export_limit_mw, "/params/gridDischargingCapacity");
  }

  /// When each of the request's windows is; what is left then is each direction's own.
  std::vector<CapacityWindow> capacity_windows() {
    std::vector<CapacityWindow> windows;
    for (std::size_t i = 0; i < params_.grid_capacity_windows.size(); ++i) {
      const CapacityWindowOptions& w = params_.grid_capacity_windows[i];
      const std::string at = child_pointer("/params/gridCapacityWindows", i);
      CapacityWindow window{.from = {}, .to = {}, .months = w.months, .days = w.days, .from_hour = w.from_hour, .to_hour = w.to_hour};
      if (!w.from.empty()) window.from = instant_of(w.from, child_pointer(at, "from"));
      if (!w.to.empty()) window.to = instant_of(w.to, child_pointer(at, "to"));
      if (window.from && window.to && *window.from >= *window.to)
        issues_.error("out_of_range", child_pointer(at, "to"), fmt::format("{} does not lie after {}", w.to, w.from));
      windows.push_back(std::move(window));
    }
    return windows;
  }

  std::vector<double> connection_factors(const CapacityOptions& given, const std::vector<CapacityWindow>& windows,
                                         std::optional<double> CapacityWindowOptions::* factor, const ProductionSeries* limit,
                                         double capacity_mw, const std::string& pointer) {
    CapacityProfile profile{.by_hour = given.by_hour, .series = given.series, .windows = {}};
    if (!profile.series.empty() && whole_years(*timeline_, profile.series.size()) < 1) {
      issues_.error(
          "incomplete_year", pointer + "Series",
          fmt::format("{} quarter-hours; the first project year has {}", profile.series.size(), timeline_->year_first_quarter[1]));
      return {};
    }
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const std::optional<double>& left = params_.grid_capacity_windows[i].*factor;
      if (!left) continue;
      profile.windows.push_back(windows[i]);
      profile.windows.back().factor = *left;
    }
    std::vector<double> factors = capacity_factors(profile, *timeline_, calendar_);
    if (limit == nullptr || capacity_mw <= 0.0) return factors;
    Issues found;
    const std::vector<double> limit_mw = align_production(*limit, *timeline_, calendar_, {limit->capacity_mw, run_.allow_partial}, found);
    append_at(found, pointer.c_str());
    if (factors.empty()) factors.assign(limit_mw.size(), 1.0);
    for (std::size_t q = 0; q < limit_mw.size(); ++q) factors[q] = std::min(factors[q], limit_mw[q] / capacity_mw);
    return factors;
  }

  /// Production per project quarter of a profile, scaled to `capacity` (its own when that is 0).
  std::vector<double> profile_output(const ProductionSeries& profile, double& capacity, const char* pointer) {
    if (capacity <= 0.0) capacity = profile.capacity_mw;
    Issues found;
    std::vector<double> output = align_production(profile, *timeline_, calendar_, {capacity, run_.allow_partial}, found);
    append_at(found, pointer);
    return output;
  }

  void append_at(const Issues& found, const char* pointer) {
    for (Issue issue : found.all()) {
      issue.path = pointer;
      issues_.add(std::move(issue));
    }
  }

  void fill_generation() {
    GenerationInput& generation = out_.input.site.generation;
    double solar_mw = params_.solar_capacity_mw;
    double wind_mw = params_.wind_capacity_mw;
    if (sources_.solar) {
      generation.solar_mw = profile_output(*sources_.solar, solar_mw, "/run/profile_id");
    } else if (solar_mw > 0.0) {
      fill_solar_from_scenario(solar_mw);
    }
    if (sources_.wind) {
      generation.wind_mw = profile_output(*sources_.wind, wind_mw, "/run/wind_profile_id");
    } else if (wind_mw > 0.0) {
      issues_.error("required", "/run/wind_profile_id", "windCapacity needs a wind profile");
    }
    if (issues_.has_errors()) return;
    const bool solar_premium = params_.solar_premium.value > 0.0;
    generation.solar_subsidy = solar_premium ? premium(params_.solar_premium, generation.solar_mw, "/params/solarPremiumValue")
                                             : grant(params_.solar_sde, generation.solar_mw, solar_mw, "/params/solarSdeBaseAmount");
    const bool wind_premium = params_.wind_premium.value > 0.0;
    generation.wind_subsidy = wind_premium ? premium(params_.wind_premium, generation.wind_mw, "/params/windPremiumValue")
                                           : grant(params_.wind_sde, generation.wind_mw, wind_mw, "/params/windSdeBaseAmount");
  }

  void fill_solar_from_scenario(double capacity_mw) {
    if (!prices().has(PriceColumn::solar_mw)) {
      issues_.error("market_data_missing", "/params/solarCapacity", "no solar profile is given and the scenario has no solar table");
      return;
    }
    const std::span<const double> installed =
        prices().has(PriceColumn::installed_solar_mw) ? prices().values(PriceColumn::installed_solar_mw) : std::span<const double>{};
    Issues found;
    out_.input.site.generation.solar_mw =
        production_from_scenario(prices().values(PriceColumn::solar_mw), installed, *timeline_, capacity_mw, found);
    append_at(found, "/params/solarCapacity");
  }

  /// Per project quarter, as the market will pay it: with its trend. Zeros without a day-ahead price.
  std::vector<double> day_ahead_prices() {
    std::vector<double> day_ahead(timeline_->source.size(), 0.0);
    if (!prices().has(PriceColumn::day_ahead)) return day_ahead;
    const auto values = prices().values(PriceColumn::day_ahead);
    double factor = 1.0;
    for (int year = 0; year < timeline_->years(); ++year) {
      const auto y = static_cast<std::size_t>(year);
      const auto end = static_cast<std::size_t>(timeline_->year_first_quarter[y + 1]);
      for (auto q = static_cast<std::size_t>(timeline_->year_first_quarter[y]); q < end; ++q)
        day_ahead[q] = factor * values[static_cast<std::size_t>(timeline_->source[q])];
      factor *= 1.0 + run_.price_trend_percent_per_year[Market::day_ahead] / 100.0;
    }
    return day_ahead;
  }

  SubsidyInput grant(const SdeSpec& spec, const std::vector<double>& production_mw, double capacity_mw, const char* pointer) {
    SubsidyInput input;
    if (spec.base_amount <= 0.0 || production_mw.empty()) return input;
    if (!prices().has(PriceColumn::day_ahead) &&
        ((!spec.correction_amount && spec.correction_by_year.empty()) || spec.negative_price_rule != NegativePriceRule::none)) {
      issues_.error("market_data_missing", pointer, "the subsidy needs day-ahead prices for its correction or its rule on negative prices");
      return input;
    }
    const SubsidyPlan plan = plan_sde(spec, *timeline_, day_ahead_prices(), production_mw, capacity_mw);
    input.rate_eur_per_mwh = plan.rate_eur_per_mwh;
    input.self_charge = plan.self_charge;
    input.bank_share = spec.bank_share;
    for (const SubsidyYear& year : plan.years) {
      input.max_subsidised_mwh.push_back(year.max_subsidised_mwh);
      input.year_rate_eur_per_mwh.push_back(year.rate_eur_per_mwh);
    }
    if (std::all_of(input.max_subsidised_mwh.begin(), input.max_subsidised_mwh.end(), [](double x) { return std::isinf(x); }))
      input.max_subsidised_mwh.clear();
    return input;
  }

  SubsidyInput premium(const MarketPremiumSpec& spec, const std::vector<double>& production_mw, const char* pointer) {
    SubsidyInput input;
    if (production_mw.empty()) return input;
    if (!prices().has(PriceColumn::day_ahead) && (spec.monthly_value.empty() || spec.negative_hours > 0)) {
      issues_.error("market_data_missing", pointer,
                    "the premium needs day-ahead prices for the market value of the month or its rule on negative prices");
      return input;
    }
    SubsidyPlan plan = plan_premium(spec, *timeline_, day_ahead_prices(), production_mw);
    input.rate_eur_per_mwh = std::move(plan.rate_eur_per_mwh);
    input.self_charge = plan.self_charge;
    return input;
  }

  void fill_run() {
    out_.input.run = run_spec(request_, markets_);
    out_.input.run.workers = std::max<std::size_t>(1, options_.workers);
    out_.input.run.keep_series = options_.keep_series;
    out_.input.prices = std::move(sources_.prices);
    out_.title = params_.title;
    out_.description = params_.description;
    out_.yearly_summary = run_.yearly_summary;
    out_.compare_without_battery = run_.compare_without_battery;
  }

  void fill_economics() {
    report::ProjectEconomics& e = out_.economics;
    e.life_years = params_.project_life_years;
    e.economics.discount_rate = params_.discount_rate;
    e.economics.inflation = params_.inflation;
    e.economics.timing = params_.mid_year ? finance::Timing::mid_year : finance::Timing::year_end;
    e.economics.capex_eur = params_.capex_eur;
    e.economics.opex_eur_per_year = params_.opex_eur_per_year;
    e.economics.replacement_cost_eur = params_.replacement_cost_eur;
    e.economics.replacement_cost_decline = params_.replacement_cost_decline;
    e.economics.optimiser_fee = params_.optimiser_fee_percent / 100.0;
    e.economics.grid_yearly_increase = params_.grid_yearly_tariff_increase;
    const auto subsidy_years = [](const SdeSpec& grant, const MarketPremiumSpec& premium) {
      return static_cast<int>(std::ceil(premium.value > 0.0 ? premium.years : grant.years));
    };
    e.economics.solar_subsidy_years = subsidy_years(params_.solar_sde, params_.solar_premium);
    e.economics.wind_subsidy_years = subsidy_years(params_.wind_sde, params_.wind_premium);
    e.grid = tariff_;
    e.energy_tax_eur_per_mwh = params_.grid_energy_tax_eur_per_mwh;
  }

  const SimulationRequest& request_;
  const ProjectOptions& params_;
  const RunOptions& run_;
  SimulationSources sources_;
  PrepareOptions options_;
  MarketCalendar calendar_;
  MarketSet markets_;
  GridCostSpec tariff_;
  std::shared_ptr<const ProjectTimeline> timeline_;
  PreparedSimulation out_;
  Issues issues_;
};

}  // namespace

Expected<PreparedSimulation> prepare_simulation(const SimulationRequest& request, SimulationSources sources,
                                                const PrepareOptions& options) {
  return Preparation(request, std::move(sources), options).run();
}

Expected<SimulationSources> sources_from_store(const RunOptions& run, Store& store, bool prices_elsewhere) {
  SimulationSources sources;
  Issues issues;
  if (prices_elsewhere) {
    // profiles only
  } else if (!run.scenario_id) {
    issues.error("required", "/run/scenario_id", "scenario_id is required");
  } else if (Expected<PriceSet> prices = store.scenarios().price_set(*run.scenario_id)) {
    sources.prices = std::move(*prices);
  } else {
    for (Issue issue : prices.issues().all()) {
      issue.path = "/run/scenario_id";
      issues.add(std::move(issue));
    }
  }
  auto profile = [&](const std::optional<std::string>& id, const char* pointer, std::shared_ptr<const ProductionSeries>& out) {
    if (!id) return;
    Expected<std::shared_ptr<const ProductionSeries>> series = store.profiles().series(*id);
    if (series) {
      out = *series;
      return;
    }
    for (Issue issue : series.issues().all()) {
      issue.path = pointer;
      issues.add(std::move(issue));
    }
  };
  profile(run.profile_id, "/run/profile_id", sources.solar);
  profile(run.wind_profile_id, "/run/wind_profile_id", sources.wind);
  if (issues.has_errors()) return issues;
  return sources;
}

}  // namespace bess::service
