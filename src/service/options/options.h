#pragma once
// The two records of a simulation request: `params` (the project, camelCase) and `run` (what to simulate, snake_case). Each option is
// declared once, in describe(): its range, unit, default and help give validation, --help, the API's schema and docs/options.md.
// Percentages and fractions are as users write them (percent where the name or unit says so); to_site and to_run convert.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asset/ageing/laws.h"
#include "asset/connection_profile.h"
#include "asset/grid_cost.h"
#include "base/error.h"
#include "dispatch/dispatch.h"
#include "generation/subsidy.h"
#include "market/product.h"
#include "service/json.h"
#include "service/options/option_slots.h"
#include "simulation/simulation.h"

namespace bess::service {

struct AugmentationOptions {
  int year{1};
  double mwh{0};
  double cost_eur{0};
};

/// When one direction of the connection gives less than its capacity (asset/connection_profile.h).
struct CapacityOptions {
  std::vector<double> by_hour, series;
};

/// A stretch of time in which the connection gives less; absent factors leave their direction alone.
struct CapacityWindowOptions {
  std::string from, to;
  std::vector<std::int32_t> months;
  DayKind days{DayKind::all};
  double from_hour{0}, to_hour{24};
  std::optional<double> charging, discharging;
};

/// `params`: the physical and economic project.
struct ProjectOptions {
  std::string title;
  std::string description;
  std::string start_project;
  int project_life_years{25};

  double capacity_mwh{0};
  double power_mw{0};
  double max_soc_percent{90};
  double min_soc_percent{10};
  double round_trip_efficiency_percent{90};
  double availability_percent{98};
  AgeingLawId ageing{AgeingLawId::linear};
  int lifetime_cycles{8000};
  double degradation_per_year{0.01};
  double degradation_per_cycle_percent{0.003};
  double rte_degradation_per_cycle_percent{0};
  double ramp_rate_percent{0};
  double eol_soh{0};
  int no_replacement_last_months{12};
  std::vector<AugmentationOptions> augmentation;
  double auxiliary_power_mw{0};

  double grid_charging_capacity_mw{0};
  CapacityOptions grid_charging;
  double grid_discharging_capacity_mw{0};
  CapacityOptions grid_discharging;
  std::vector<CapacityWindowOptions> grid_capacity_windows;
  std::string grid_tarif;
  double grid_standing_charge_eur_per_year{0};
  double grid_transported_energy_eur_per_mwh{0};
  std::optional<double> grid_contracted_power_mw;
  std::optional<double> grid_max_transported_power_mw;
  std::optional<double> grid_contracted_tariff_eur_per_kw_year;
  std::optional<double> grid_peak_tariff_eur_per_kw_month;
  double grid_yearly_tariff_increase{0.02};
  double grid_energy_tax_eur_per_mwh{0};
  double grid_export_fee_eur_per_mwh{0};

  double inflation{0.02};
  double discount_rate{0.05};
  bool mid_year{false};
  double capex_eur{0};
  double opex_eur_per_year{0};
  double replacement_cost_eur{0};
  double replacement_cost_decline{0};
  double optimiser_fee_percent{0};

  double solar_capacity_mw{0};
  double wind_capacity_mw{0};
  SdeSpec solar_sde;  ///< generation/subsidy.h describes the fields
  SdeSpec wind_sde;
  MarketPremiumSpec solar_premium;  ///< instead of the SDE grant of the same generator
  MarketPremiumSpec wind_premium;
};

/// Bounds on what may be sold of reserves or traded of two-price products, MW; absent: none.
struct MaxMwOptions : ByProduct<std::optional<double>> {};

/// One number per market; records of their own, so that each has its description.
struct CaptureOptions : ByMarket<double> {
  CaptureOptions() : ByMarket<double>(for_all_markets(100.0)) {}
};
struct TrendOptions : ByMarket<double> {};

enum class TerminalChoice : std::uint8_t { rule, none };

/// `run`: strategy, markets, horizon.
struct RunOptions {
  std::optional<std::int64_t> scenario_id;
  std::optional<std::string> profile_id;
  std::optional<std::string> wind_profile_id;
  std::optional<int> simulation_years;
  Strategy strategy{Strategy::rolling_lp};
  std::vector<Market> enabled_markets{Market::day_ahead};
  int foresight_days{3};
  std::optional<int> execute_days;
  bool yearly_summary{false};
  dispatch::SolverChoice solver{dispatch::SolverChoice::own};
  dispatch::Direction direction{dispatch::Direction::exclusive};
  double exclusive_gap{1e-3};
  int exclusive_solves{24};
  dispatch::CrossMarket cross_market{dispatch::CrossMarket::physical};
  std::optional<Market> generation_market;
  bool generation_in_dispatch{true};
  dispatch::Recourse stage1_recourse{dispatch::Recourse::da_price};
  double wear_cost_eur_per_mwh{0};
  double max_cycles_per_day{0};
  double reserve_step_mw{0};
  double fcr_hours{0.25};
  double afrr_hours{1};
  double fcr_power_factor{1.25};
  double position_cap_factor{1};
  std::optional<bool> imbalance_allowed;
  MaxMwOptions max_mw;
  CaptureOptions capture_percent;
  TrendOptions price_trend_percent_per_year;
  double initial_soc_percent{50};
  NumberOrChoice<TerminalChoice> terminal_soc{};
  bool parallel_years{false};
  bool repeat_years{true};
  bool allow_partial{false};
  bool compare_to_bound{false};
  bool compare_without_battery{false};
};

struct SimulationRequest {
  ProjectOptions params;
  RunOptions run;
};

[[nodiscard]] OptionSlots project_slots(ProjectOptions& options);
[[nodiscard]] OptionSlots run_slots(RunOptions& options);

/// A request that was read; `issues` holds warnings and errors. With errors the request must not be used.
struct ParsedRequest {
  SimulationRequest request;
  Issues issues;
};

/// Reads {"params": {…}, "run": {…}} and checks everything that can be known without prices. All problems at once.
/// Prices from the store need run.scenario_id.
enum class PricesFrom : std::uint8_t { elsewhere, store };
[[nodiscard]] ParsedRequest parse_request(std::string_view json_text, const JsonLimits& limits = {});
[[nodiscard]] ParsedRequest read_request(const Json& json, PricesFrom prices = PricesFrom::elsewhere);

/// Checks that span several options: soc_window, rte_percent_expected, execute_days, simulation_years, no_market, …
void check_request(const SimulationRequest& request, Issues& issues);

/// The request with every option spelled out, as it would be sent.
[[nodiscard]] Json to_json(const SimulationRequest& request);

// What the options mean, with percent and defaults resolved.
[[nodiscard]] int simulation_years(const SimulationRequest& request);
[[nodiscard]] MarketSet market_set(const RunOptions& run);
/// Prices the request leaves out come from the tariff level valid in the project's first year. Adds unknown_tariff.
[[nodiscard]] GridCostSpec grid_cost_spec(const ProjectOptions& params, Issues& issues);
[[nodiscard]] BatterySpec battery_spec(const ProjectOptions& params);
/// `markets` are those that may be traded; workers from the caller.
[[nodiscard]] RunSpec run_spec(const SimulationRequest& request, const MarketSet& markets);

}  // namespace bess::service
