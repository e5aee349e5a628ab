#pragma once
// One simulation: a site, a run configuration and prices in; every decision, settled, out.
//
// Decision and settlement are two things: the optimiser sees a price view (today: perfect within the window), the ledger
// books at realised prices and knows nothing of the optimiser. Committed schedules are replayed through the battery before
// they are booked, and the replay wins.
//
// Thread-safety: simulate() may run on many threads at once; inputs are only read. Results do not depend on `workers`.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "asset/battery.h"
#include "asset/connection.h"
#include "base/error.h"
#include "base/progress.h"
#include "dispatch/dispatch.h"
#include "market/price_set.h"
#include "timeline/project_timeline.h"

namespace bess {

enum class Strategy : std::uint8_t { rolling_lp, lp, sequential_lp };
[[nodiscard]] std::string_view to_string(Strategy strategy);

enum class TerminalRule : std::uint8_t { rule, none, percent };

/// Subsidy of one generator, per project quarter and year (generation/subsidy.h makes it).
struct SubsidyInput {
  std::vector<double> rate_eur_per_mwh;       ///< per project quarter; empty: none
  std::vector<double> max_subsidised_mwh;     ///< per project year; empty: no cap
  std::vector<double> year_rate_eur_per_mwh;  ///< per project year: what banked energy is paid; empty: none is banked
  double bank_share{0};                       ///< share of a year's cap that production beyond it may carry to later years
  bool self_charge{true};                     ///< paid on Q − u; false: on what is sold at the meter, Q − v − u − min(g, Q − v − u)
};

struct GenerationInput {
  std::vector<double> solar_mw, wind_mw;  ///< per project quarter; empty: none
  SubsidyInput solar_subsidy, wind_subsidy;
  [[nodiscard]] bool any() const { return !solar_mw.empty() || !wind_mw.empty(); }
};

/// The site. Fees and tariffs are per project year (index 0 = first), already escalated.
struct SiteSpec {
  BatterySpec battery;
  ConnectionSpec connection;
  std::vector<double> import_limit_factor, export_limit_factor;  ///< per project quarter, 0..1; empty: 1
  GenerationInput generation;
  std::vector<double> import_fee_eur_per_mwh;  ///< per project year; empty: 0
  std::vector<double> export_fee_eur_per_mwh;  ///< per project year; empty: 0
  std::vector<double> peak_tariff_eur_per_mw;  ///< per project year and month's MW, weighed by the optimiser; empty: 0
  int project_life_years{0};                   ///< 0: as many as are simulated; bounds replacement near the end
  double auxiliary_power_mw{0};                ///< constant import at the day-ahead price, ledger only
};

struct RunSpec {
  Strategy strategy{Strategy::rolling_lp};
  MarketSet markets;
  int years{1};
  int foresight_days{3};
  int execute_days{3};
  dispatch::DispatchOptions dispatch{};
  dispatch::SolverChoice solver{dispatch::SolverChoice::own};
  dispatch::CrossMarket cross_market{dispatch::CrossMarket::physical};
  std::optional<Market> generation_market;  ///< default: day-ahead, else the first enabled energy market
  bool generation_in_dispatch{true};
  ReserveRules reserve_rules{};
  double wear_cost_eur_per_mwh{0};
  double max_cycles_per_day{0};
  double position_cap_factor{1};
  double max_fcr_mw{std::numeric_limits<double>::infinity()};
  double max_afrr_up_mw{std::numeric_limits<double>::infinity()};
  double max_afrr_down_mw{std::numeric_limits<double>::infinity()};
  double max_imbalance_mw{std::numeric_limits<double>::infinity()};
  std::array<double, 5> capture{1, 1, 1, 1, 1};  ///< by Market: part of the gross revenue that is booked
  std::array<double, 5> price_trend_per_year{};  ///< by Market: fraction, compounding from year 2
  double initial_state_of_charge{0.5};
  TerminalRule terminal{TerminalRule::rule};
  double terminal_state_of_charge{0.5};  ///< for TerminalRule::percent
  bool parallel_years{false};
  std::size_t workers{1};
  bool keep_series{false};
  bool compare_to_bound{false};
};

/// Money and energy of one local market day, settled. EUR and MWh; arrays by Market (all five) or by energy market (first three).
struct DayRecord {
  LocalDate date{};
  std::int32_t project_year{0};
  std::array<double, 5> revenue_eur{};                                       ///< net of capture
  std::array<double, 5> gross_revenue_eur{};                                 ///< before capture
  std::array<double, 3> bought_mwh{}, sold_mwh{}, bought_eur{}, sold_eur{};  ///< gross, at realised prices
  std::array<double, 3> reserve_mw_h{};                                      ///< fcr, afrr_up, afrr_down: MW times hours sold
  double afrr_up_eur{0}, afrr_down_eur{0};
  double cross_market_eur{0};      ///< of which line
  double generation_sales_eur{0};  ///< of which line
  double solar_subsidy_eur{0}, wind_subsidy_eur{0};
  double fee_eur{0};                                           ///< import and export fees on the metered net flow (part of grid cost)
  double auxiliary_eur{0};                                     ///< cost of auxiliary power, booked in day-ahead revenue (negative there)
  double wear_eur{0};                                          ///< memo, never cash
  double charge_mwh{0}, self_charge_mwh{0}, discharge_mwh{0};  ///< AC; charge includes self charge
  double generated_mwh{0}, curtailed_mwh{0}, generation_sold_mwh{0};
  double imported_mwh{0}, exported_mwh{0};  ///< metered net
  double highest_import_mw{0};
  double equivalent_full_cycles{0};
  double replay_drift_mwh{0};  ///< worst difference between plan and replay
};

/// Of one project year and generator: production whose subsidy was paid, and what would have been but for the cap.
struct SubsidisedEnergy {
  double paid_mwh{0};
  double beyond_cap_mwh{0};
};

/// Of one project year.
struct YearRecord {
  double state_of_health_start{1}, state_of_health_end{1};              ///< end: as its last update left it; where the year ends with a
  double round_trip_efficiency_start{1}, round_trip_efficiency_end{1};  ///< window, after all that it executed
  double capacity_start_mwh{0}, capacity_last_mwh{0};                   ///< in force in its first and in its last quarter-hour
  double round_trip_efficiency_last{1};                                 ///< in force in its last quarter-hour
  double energy_start_mwh{0}, energy_end_mwh{0};
  double equivalent_full_cycles{0};
  double clamp_loss_mwh{0}, replacement_step_mwh{0};
  std::int32_t replacement_events{0};
  double augmentation_cost_eur{0};
  SubsidisedEnergy solar_subsidised, wind_subsidised;
  double bound_eur{std::numeric_limits<double>::quiet_NaN()};  ///< perfect-foresight bound of the year's dispatch value (compare_to_bound)
  double bound_basis_eur{std::numeric_limits<double>::quiet_NaN()};  ///< the run's own dispatch value on the same basis
};

/// Quarter-hour columns (docs/models/report.md), one entry per executed quarter. Empty unless kept; NaN-free. What is charged while
/// generation is sold counts as self-charged, whatever market the plan traded it in.
struct SeriesColumns {
  std::vector<double> charge_mw, discharge_mw, grid_charge_mw, self_charge_mw, generation_mw, curtailed_mw, net_export_mw;
  std::vector<double> stored_energy_mwh, state_of_health, round_trip_efficiency, fcr_mw, afrr_up_mw, afrr_down_mw;
  std::array<std::vector<double>, 3> position_mw, revenue_eur;  ///< by energy market
  std::vector<double> afrr_revenue_eur, fcr_revenue_eur;
  std::vector<double> day_ahead_price, intraday_price, imbalance_take_price, imbalance_feed_price;  ///< EUR/MWh, trend included
  std::vector<double> afrr_up_price, afrr_down_price, fcr_price;                                    ///< EUR/MW/h
};

/// How the numbers were made (docs/models/report.md).
struct Provenance {
  std::int64_t windows{0};
  std::int64_t lps{0};
  std::int64_t iterations{0};
  std::int64_t fallbacks{0};  ///< LPs answered by the reference solver
  std::int64_t relaxed_windows{0};
  double reserve_shortfall_mwh{0};
  double worst_certificate_gap{0};    ///< relative, of accepted relaxations
  double worst_direction_gap{0};      ///< relative, plan to bound
  double total_direction_gap_eur{0};  ///< Σ (bound − plan)
  double total_bound_eur{0};          ///< Σ bound of the executed windows' problems
  std::int64_t shared_periods{0};     ///< periods the relaxations would have used both ways
  double replay_drift_mwh{0};
  double energy_balance_residual_mwh{0};  ///< |Σ ηc − Σ d/η − Δe − clamp loss + replacement step|
  bool single_year_estimate{false};       ///< parallel years: degradation estimated
};

struct SimulationResult {
  std::shared_ptr<const ProjectTimeline> timeline;
  MarketSet markets;
  int years{0};
  std::int32_t quarters{0};  ///< executed
  std::vector<DayRecord> days;
  std::vector<YearRecord> year;
  SeriesColumns series;
  BatteryState final_state;
  Provenance provenance;
  Issues warnings;
};

struct SimulationInput {
  SiteSpec site;
  RunSpec run;
  std::shared_ptr<const ProjectTimeline> timeline;  ///< at least run.years project years
  PriceSet prices;
  /// Partial reserve blocks at the very start and end of the timeline sell nothing.
  bool first_block_partial{false}, last_block_partial{false};
};

/// Runs it. Throws Cancelled, or bess::Exception("infeasible_window") with the window's dates when no plan exists even after
/// relaxation. `progress` gets windows of windows and the simulated date.
[[nodiscard]] SimulationResult simulate(const SimulationInput& input, const ProgressCallback& progress, const CancellationToken* cancel);

/// Realised prices of the executed quarters [first, first + count): the market's columns with the price trend.
[[nodiscard]] dispatch::PriceView realised_prices(const SimulationInput& input, std::int32_t first, std::int32_t count);

}  // namespace bess
