#pragma once
// The summary of a simulation: what it earned, how it ran, how it traded, what the project is worth and how all that was computed.
// Definitions and formulas: docs/models/report.md. NaN stands for "not defined" (a price of nothing sold, a share of nothing) and is
// null in answers (summary_fields.h). Built once, then only read; pure functions, threads may share all arguments.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "finance/finance.h"
#include "report/report_input.h"
#include "report/totals.h"

namespace bess::report {

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Money of a period. `per_mw_year` divides by the battery's rated power and the period's length in years (NaN without a battery).
struct Revenue {
  RevenueLines lines;
  RevenueLines per_mw_year;
};

struct Financial {
  Revenue revenue;     ///< booked, over the simulated years
  RevenueLines gross;  ///< before capture
  double net_revenue_eur{0};
  double net_revenue_eur_per_mw_year{undefined};
  double total_opex_eur{0};
  double grid_cost_eur{0};
  double total_capex_eur{0};
  double degradation_cost_eur{0};  ///< memo, never cash
  double auxiliary_cost_eur{0};    ///< memo: inside day-ahead revenue
  double npv_eur{0};
  std::optional<double> roi_percent, irr_percent, payback_years, simple_payback_years, discounted_payback_years;
  std::optional<double> lcos_eur_per_mwh, lcos_without_charging_eur_per_mwh;
  std::string irr_reason, roi_reason;  ///< stable code when the value is null, else empty
  int project_life_years{0};
};

struct Operational {
  double total_charge_mwh{0}, total_discharge_mwh{0};
  double total_cycles{0};  ///< equivalent full cycles
  double cycles_per_day{0};
  double final_soh_percent{0};
  double final_rte_percent{0};
  double capacity_utilization_percent{0};
  double average_rte_percent{undefined};
  std::int64_t replacement_events{0};
  double generated_mwh{0}, generation_sold_mwh{0}, self_charge_mwh{0}, curtailed_mwh{0};
  double generation_capture_price_eur_per_mwh{undefined};  ///< what sold generation earned per MWh
  double base_price_eur_per_mwh{undefined};                ///< mean price of the market generation is sold on
  double generation_capture_rate_percent{undefined};       ///< the first over the second
  double imported_mwh{0}, exported_mwh{0};
  double highest_import_mw{0};
  double clamp_loss_mwh{0}, replacement_step_mwh{0};
};

struct DayMark {
  LocalDate date{};
  double value{0};
};

/// One energy market: what was bought and sold there, at realised prices, before capture; generation included.
struct EnergyTrading {
  double bought_mwh{0}, sold_mwh{0}, bought_eur{0}, sold_eur{0};
  double average_buy_price_eur_per_mwh{undefined}, average_sell_price_eur_per_mwh{undefined};
  double captured_spread_eur_per_mwh{undefined};
  double capture_percent{100};
  double revenue_eur{0};
  std::int64_t idle_days{0};
  std::optional<DayMark> busiest_day;  ///< MWh bought plus sold
};

/// One reserve product.
struct ReserveTrading {
  double sold_mw_h{0};
  double mean_sold_mw{0};  ///< over all hours
  double average_price_eur_per_mw_h{undefined};
  double capture_percent{100};
  double revenue_eur{0};
  std::int64_t idle_days{0};
  std::optional<DayMark> busiest_day;  ///< MW-hours
};

struct Trading {
  ByProduct<std::optional<EnergyTrading>> energy;    ///< none: not enabled
  ByProduct<std::optional<ReserveTrading>> reserve;  ///< none: not enabled
  std::optional<DayMark> busiest_day;                ///< equivalent full cycles
  std::int64_t idle_days{0};                         ///< no charge, no discharge, no reserve
};

/// A local calendar month, as far as it was simulated.
struct MonthSummary {
  std::chrono::year_month month{};
  std::int64_t days{0};
  Revenue revenue;
  double net_eur{0};  ///< revenue less energy fees
  double cycles{0}, cycles_per_day{0};
};

struct Highlights {
  std::optional<DayMark> best_day, worst_day;  ///< revenue less energy fees
  double mean_day_eur{0};
  std::int64_t days{0}, negative_days{0};
  double cycles_per_day{0};
  double bound_eur{undefined}, bound_basis_eur{undefined}, capture_of_bound_percent{undefined};
  std::vector<MonthSummary> months;
};

/// How good the day-ahead market was for a battery.
struct PriceLevels {
  double tb1_eur_per_mw_day{undefined}, tb2_eur_per_mw_day{undefined}, tb4_eur_per_mw_day{undefined};
  double duration_hours{undefined};  ///< nominal capacity over rated power
  double tb_at_duration_eur_per_mw_day{undefined};
  double day_ahead_share_of_tb_percent{undefined};  ///< battery's day-ahead revenue per MW and day over that
  double day_ahead_mean_eur_per_mwh{undefined};
  double day_ahead_negative_hours{undefined};
};

struct YearSummary {
  int project_year{0};  ///< 1-based
  LocalDate first_day{}, last_day{};
  int data_year{0};
  std::int64_t days{0};
  Revenue revenue;
  double opex_eur{0}, grid_cost_eur{0}, net_revenue_eur{0}, net_revenue_eur_per_mw_year{undefined};
  double charge_mwh{0}, discharge_mwh{0};
  double cycles{0}, cycles_per_day{0};
  double soh_start_percent{0}, soh_end_percent{0}, rte_start_percent{0}, rte_end_percent{0};
  double average_rte_percent{undefined}, capacity_utilization_percent{0};
  std::int64_t replacement_events{0};
  double clamp_loss_mwh{0}, replacement_step_mwh{0};
  double generated_mwh{0}, self_charge_mwh{0}, curtailed_mwh{0};
  double capture_of_bound_percent{undefined};
};

/// Quality of one price column that the run used.
struct DataQuality {
  std::string column;
  ColumnQuality counts;
};

/// How the numbers were made.
struct ProvenanceSummary {
  std::string engine_version, solver, strategy, direction, cross_market, country, price_set, input_hash;
  std::vector<std::string> markets;
  std::string project_start, project_end;  ///< UTC; end of the simulated part
  int simulated_years{0}, foresight_days{0}, execute_days{0};
  bool synthetic_prices{false}, price_years_repeated{false};
  std::vector<int> data_years;    ///< per simulated project year
  Provenance run;                 ///< counts and gaps
  double worst_gap{0};            ///< relative: the larger of certificate and direction gap
  double total_direction_gap{0};  ///< relative: Σ (bound − plan) / Σ bound
  std::vector<DataQuality> data_quality;
};

/// What must be said wherever the numbers are shown.
struct Notice {
  std::string code;
  std::string text;
};

struct Summary {
  std::string title, description;
  double power_mw{0}, capacity_mwh{0};
  MarketSet markets;
  Financial financial;
  Operational operational;
  Trading trading;
  Highlights highlights;
  PriceLevels prices;
  std::vector<YearSummary> years;
  std::vector<finance::CashFlowRow> cash_flow;
  ProvenanceSummary provenance;
  std::vector<Notice> notices;
  std::vector<Issue> warnings;  ///< of the simulation, and of this valuation (multiple_irr)
};

/// Makes it. `input.result` holds at least one day and one project year.
[[nodiscard]] Summary make_summary(const ReportInput& input);

}  // namespace bess::report
