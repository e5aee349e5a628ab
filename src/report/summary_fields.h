#pragma once
// The names, units and meanings of every value of a summary: the only place they are written, as base/answer.h says. A new value is one
// line here.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/answer.h"
#include "dispatch/dispatch.h"
#include "market/quality_fields.h"
#include "report/notices.h"
#include "report/summary.h"
#include "simulation/strategy.h"

namespace bess::report {

inline constexpr auto market_names = names_of(market_table);
inline constexpr auto strategy_names = names_of(strategy_table);
/// In the order of their enumerations.
inline constexpr std::array<std::string_view, 2> solver_names{"own", "clp"};
inline constexpr std::array<std::string_view, 2> direction_names{"exclusive", "time_shared"};
inline constexpr std::array<std::string_view, 2> cross_market_names{"physical", "netted"};
inline constexpr std::array<std::string_view, 3> no_rate_reasons{"", "no_capex", "no_sign_change"};

namespace eur {
inline constexpr std::string_view total = "EUR";
inline constexpr std::string_view per_mw_year = "EUR/MW/year";
}  // namespace eur

/// Revenue lines under keys that end in `suffix`: "" or "_per_mw_year". `Number` is double, or NumberOrNull where a line may be undefined.
template <class Number, class Visitor>
void describe_lines(const RevenueLines& lines, std::string_view suffix, std::string_view unit, Visitor& field) {
  const std::string end = "_eur" + std::string(suffix);
  field("total_revenue" + end, Number{lines.total_eur()}, unit, "sum of the lines of the markets and of subsidies");
  for (const Market m : all_markets) {
    field(std::string(info_of(m).revenue_name) + "_revenue" + end, Number{lines.market(m)}, unit,
          "booked in this market, after capture_percent");
  }
  field("solar_subsidy_revenue" + end, Number{lines.solar_subsidy_eur}, unit, "subsidy on solar generation");
  field("wind_subsidy_revenue" + end, Number{lines.wind_subsidy_eur}, unit, "subsidy on wind generation");
  field("cross_market_revenue" + end, Number{lines.cross_market_eur}, unit,
        "of which: earned by netting between markets, beyond the metered flows at physical prices");
  field("generation_sales" + end, Number{lines.generation_sales_eur}, unit, "of which: own generation sold");
}

template <class Visitor>
void describe_revenue(const Revenue& revenue, Visitor& field) {
  describe_lines<double>(revenue.lines, "", eur::total, field);
  describe_lines<NumberOrNull>(revenue.per_mw_year, "_per_mw_year", eur::per_mw_year, field);
}

/// Markets before capture, for the object "gross".
struct GrossRevenue {
  RevenueLines lines;
};

constexpr AnswerRecord answer_record(const GrossRevenue& /*record*/) { return {"GrossRevenue", "Revenue before capture_percent"}; }
template <class Visitor>
void describe(const GrossRevenue& gross, Visitor&& field) {
  field("total_revenue_eur", gross.lines.total_eur(), eur::total, "all lines before capture_percent");
  for (const Market m : all_markets) {
    field(std::string(info_of(m).revenue_name) + "_revenue_eur", gross.lines.market(m), eur::total,
          "in this market, before capture_percent");
  }
}

constexpr AnswerRecord answer_record(const Financial& /*record*/) {
  return {"Financial", "Money of the simulated years and of the project"};
}
template <class Visitor>
void describe(const Financial& f, Visitor&& field) {
  describe_revenue(f.revenue, field);
  field("gross", GrossRevenue{f.gross}, "", "revenue before capture_percent");
  field("net_revenue_eur", f.net_revenue_eur, "EUR", "total_revenue_eur - total_opex_eur - grid_cost_eur, simulated years");
  field("net_revenue_eur_per_mw_year", NumberOrNull{f.net_revenue_eur_per_mw_year}, "EUR/MW/year",
        "the same per rated MW and simulated year");
  field("npv_eur", f.npv_eur, "EUR", "net present value over the project's life");
  field("roi_percent", f.roi_percent, "%", "sum of all cash flows over the investment");
  field("roi_reason", OneOf{f.roi_reason, std::span(no_rate_reasons).first(2)}, "", "why roi_percent is null; empty otherwise");
  field("irr_percent", f.irr_percent, "%", "internal rate of return nearest the discount rate");
  field("irr_reason", OneOf{f.irr_reason, no_rate_reasons}, "", "why irr_percent is null; empty otherwise");
  field("payback_years", f.payback_years, "years", "until the running sum of cash flows is not negative; null if never");
  field("simple_payback_years", f.simple_payback_years, "years", "investment over the first year's cash flow");
  field("discounted_payback_years", f.discounted_payback_years, "years", "payback of the discounted cash flows; null if never");
  field("lcos_eur_per_mwh", f.lcos_eur_per_mwh, "EUR/MWh", "levelised cost of storage, charging included");
  field("lcos_without_charging_eur_per_mwh", f.lcos_without_charging_eur_per_mwh, "EUR/MWh", "the same without the cost of charging");
  field("total_capex_eur", f.total_capex_eur, "EUR", "initial investment");
  field("total_opex_eur", f.total_opex_eur, "EUR", "operation and the optimiser's fee, simulated years, without grid costs");
  field("grid_cost_eur", f.grid_cost_eur, "EUR", "grid charges, energy fees and energy tax, simulated years");
  field("degradation_cost_eur", f.degradation_cost_eur, "EUR", "memo, never cash: the wear price on all energy moved");
  field("auxiliary_cost_eur", f.auxiliary_cost_eur, "EUR", "memo: auxiliary power, already inside day_ahead_revenue_eur");
  field("project_life_years", f.project_life_years, "years", "the life npv, irr, roi and cash_flow cover");
}

constexpr AnswerRecord answer_record(const Operational& /*record*/) {
  return {"Operational", "Energy, cycles and health over the simulated years"};
}
template <class Visitor>
void describe(const Operational& o, Visitor&& field) {
  field("total_charge_mwh", o.total_charge_mwh, "MWh", "charged, AC, from the grid and from own generation");
  field("total_discharge_mwh", o.total_discharge_mwh, "MWh", "discharged, AC");
  field("total_cycles", o.total_cycles, "1", "equivalent full cycles: (energy into + out of the cells) / (2 x nominal capacity)");
  field("cycles_per_day", o.cycles_per_day, "1/day", "equivalent full cycles per day");
  field("final_soh_percent", o.final_soh_percent, "%", "state of health at the end of the simulated years");
  field("final_rte_percent", o.final_rte_percent, "%", "round-trip efficiency of the cells at the end of the simulated years");
  field("capacity_utilization_percent", o.capacity_utilization_percent, "%", "(charge + discharge) / (rated power x hours)");
  field("average_rte_percent", NumberOrNull{o.average_rte_percent}, "%",
        "discharge / (charge - change of stored energy / one-way efficiency)");
  field("replacement_events", o.replacement_events, "1", "batteries replaced");
  field("generated_mwh", o.generated_mwh, "MWh", "own generation available");
  field("generation_sold_mwh", o.generation_sold_mwh, "MWh", "own generation sold");
  field("self_charge_mwh", o.self_charge_mwh, "MWh", "own generation stored, netting at the meter included");
  field("curtailed_mwh", o.curtailed_mwh, "MWh", "own generation not taken");
  field("generation_capture_price_eur_per_mwh", NumberOrNull{o.generation_capture_price_eur_per_mwh}, "EUR/MWh",
        "what sold generation earned");
  field("base_price_eur_per_mwh", NumberOrNull{o.base_price_eur_per_mwh}, "EUR/MWh", "mean price of the market generation is sold on");
  field("generation_capture_rate_percent", NumberOrNull{o.generation_capture_rate_percent}, "%", "capture price over base price");
  field("imported_mwh", o.imported_mwh, "MWh", "metered net import of the site");
  field("exported_mwh", o.exported_mwh, "MWh", "metered net export of the site");
  field("highest_import_mw", o.highest_import_mw, "MW", "highest quarter-hour of import");
  field("clamp_loss_mwh", o.clamp_loss_mwh, "MWh", "stored energy lost when capacity fell below it");
  field("replacement_step_mwh", o.replacement_step_mwh, "MWh", "stored energy gained in replacements");
}

constexpr AnswerRecord answer_record(const DayMark& /*record*/) { return {"DayMark", "A day worth pointing at"}; }
template <class Visitor>
void describe(const DayMark& mark, Visitor&& field) {
  field("date", mark.date, "", "local day");
  field("value", mark.value, "", "the figure of that day");
}

constexpr AnswerRecord answer_record(const EnergyTrading& /*record*/) {
  return {"EnergyTrading", "One energy market: what was bought and sold there, own generation included"};
}
template <class Visitor>
void describe(const EnergyTrading& e, Visitor&& field) {
  field("bought_mwh", e.bought_mwh, "MWh", "volume bought");
  field("sold_mwh", e.sold_mwh, "MWh", "volume sold, own generation included");
  field("bought_eur", e.bought_eur, "EUR", "paid for it, before capture_percent");
  field("sold_eur", e.sold_eur, "EUR", "received for it, before capture_percent");
  field("average_buy_price_eur_per_mwh", NumberOrNull{e.average_buy_price_eur_per_mwh}, "EUR/MWh", "bought_eur / bought_mwh");
  field("average_sell_price_eur_per_mwh", NumberOrNull{e.average_sell_price_eur_per_mwh}, "EUR/MWh", "sold_eur / sold_mwh");
  field("captured_spread_eur_per_mwh", NumberOrNull{e.captured_spread_eur_per_mwh}, "EUR/MWh", "average sell price less average buy price");
  field("capture_percent", e.capture_percent, "%", "part of the gross revenue that is booked");
  field("revenue_eur", e.revenue_eur, "EUR", "booked");
  field("busiest_day", e.busiest_day, "MWh", "the day with most bought plus sold");
  field("idle_days", e.idle_days, "days", "days without a trade");
}

constexpr AnswerRecord answer_record(const ReserveTrading& /*record*/) { return {"ReserveTrading", "One reserve product"}; }
template <class Visitor>
void describe(const ReserveTrading& r, Visitor&& field) {
  field("sold_mw_h", r.sold_mw_h, "MW*h", "reserve sold times hours");
  field("mean_sold_mw", r.mean_sold_mw, "MW", "over all hours");
  field("average_price_eur_per_mw_h", NumberOrNull{r.average_price_eur_per_mw_h}, "EUR/MW/h",
        "earned per MW and hour sold, before capture_percent");
  field("capture_percent", r.capture_percent, "%", "part of the gross revenue that is booked");
  field("revenue_eur", r.revenue_eur, "EUR", "booked");
  field("busiest_day", r.busiest_day, "MW*h", "the day with most reserve sold");
  field("idle_days", r.idle_days, "days", "days without reserve sold");
}

constexpr AnswerRecord answer_record(const Trading& /*record*/) { return {"Trading", "What was traded, by product"}; }
template <class Visitor>
void describe(const Trading& t, Visitor&& field) {
  for (const Product p : energy_products) field(info_of(p).name, t.energy[p], "", "null when not enabled");
  for (const Product p : reserve_products) field(info_of(p).name, t.reserve[p], "", "null when not enabled");
  field("busiest_day", t.busiest_day, "1", "the day with most equivalent full cycles");
  field("idle_days", t.idle_days, "days", "days without charge, discharge and reserve");
}

constexpr AnswerRecord answer_record(const MonthSummary& /*record*/) {
  return {"Month", "A local calendar month, as far as it was simulated"};
}
template <class Visitor>
void describe(const MonthSummary& m, Visitor&& field) {
  field("month", m.month, "", "local calendar month");
  field("days", m.days, "days", "simulated days of it");
  describe_revenue(m.revenue, field);
  field("net_eur", m.net_eur, "EUR", "total revenue less energy fees");
  field("cycles", m.cycles, "1", "equivalent full cycles");
  field("cycles_per_day", m.cycles_per_day, "1/day", "equivalent full cycles per day");
}

constexpr AnswerRecord answer_record(const Highlights& /*record*/) { return {"Highlights", "Days and months worth pointing at"}; }
template <class Visitor>
void describe(const Highlights& h, Visitor&& field) {
  field("best_day", h.best_day, "EUR", "the day with most revenue less energy fees");
  field("worst_day", h.worst_day, "EUR", "the day with least");
  field("mean_day_eur", h.mean_day_eur, "EUR", "revenue less energy fees of a mean day");
  field("days", h.days, "days", "simulated local days");
  field("negative_days", h.negative_days, "days", "days that lost money");
  field("cycles_per_day", h.cycles_per_day, "1/day", "equivalent full cycles per day");
  field("bound_eur", NumberOrNull{h.bound_eur}, "EUR", "perfect-foresight bound of the dispatch value; null unless asked");
  field("bound_basis_eur", NumberOrNull{h.bound_basis_eur}, "EUR", "the run's dispatch value on the same basis");
  field("capture_of_bound_percent", NumberOrNull{h.capture_of_bound_percent}, "%", "the second over the first");
  field("months", h.months, "", "month by month");
}

constexpr AnswerRecord answer_record(const PriceLevels& /*record*/) {
  return {"PriceLevels", "What the day-ahead market offered a battery; null where nothing can be said"};
}
template <class Visitor>
void describe(const PriceLevels& p, Visitor&& field) {
  field("tb1_eur_per_mw_day", NumberOrNull{p.tb1_eur_per_mw_day}, "EUR/MW/day", "dearest less cheapest hour of a mean day, no losses");
  field("tb2_eur_per_mw_day", NumberOrNull{p.tb2_eur_per_mw_day}, "EUR/MW/day", "dearest two less cheapest two hours");
  field("tb4_eur_per_mw_day", NumberOrNull{p.tb4_eur_per_mw_day}, "EUR/MW/day", "dearest four less cheapest four hours");
  field("duration_hours", NumberOrNull{p.duration_hours}, "h", "nominal capacity over rated power");
  field("tb_at_duration_eur_per_mw_day", NumberOrNull{p.tb_at_duration_eur_per_mw_day}, "EUR/MW/day", "TB at the battery's duration");
  field("day_ahead_share_of_tb_percent", NumberOrNull{p.day_ahead_share_of_tb_percent}, "%",
        "battery's day-ahead revenue per MW and day over that");
  field("day_ahead_mean_eur_per_mwh", NumberOrNull{p.day_ahead_mean_eur_per_mwh}, "EUR/MWh", "mean day-ahead price");
  field("day_ahead_negative_hours", NumberOrNull{p.day_ahead_negative_hours}, "h", "hours below zero");
}

constexpr AnswerRecord answer_record(const YearSummary& /*record*/) { return {"YearSummary", "A simulated project year"}; }
template <class Visitor>
void describe(const YearSummary& y, Visitor&& field) {
  field("project_year", y.project_year, "1", "1 is the first");
  field("first_day", y.first_day, "", "local day");
  field("last_day", y.last_day, "", "local day");
  field("data_year", y.data_year, "1", "calendar year whose prices it starts with");
  field("days", y.days, "days", "simulated days");
  describe_revenue(y.revenue, field);
  field("opex_eur", y.opex_eur, "EUR", "operation and the optimiser's fee");
  field("grid_cost_eur", y.grid_cost_eur, "EUR", "grid charges, energy fees and energy tax");
  field("net_revenue_eur", y.net_revenue_eur, "EUR", "total revenue less both");
  field("net_revenue_eur_per_mw_year", NumberOrNull{y.net_revenue_eur_per_mw_year}, "EUR/MW/year", "the same per rated MW");
  field("charge_mwh", y.charge_mwh, "MWh", "AC");
  field("discharge_mwh", y.discharge_mwh, "MWh", "AC");
  field("cycles", y.cycles, "1", "equivalent full cycles");
  field("cycles_per_day", y.cycles_per_day, "1/day", "equivalent full cycles per day");
  field("soh_start_percent", y.soh_start_percent, "%", "state of health");
  field("soh_end_percent", y.soh_end_percent, "%", "state of health");
  field("rte_start_percent", y.rte_start_percent, "%", "round-trip efficiency of the cells");
  field("rte_end_percent", y.rte_end_percent, "%", "round-trip efficiency of the cells");
  field("average_rte_percent", NumberOrNull{y.average_rte_percent}, "%", "as operational/average_rte_percent");
  field("capacity_utilization_percent", y.capacity_utilization_percent, "%", "as operational/capacity_utilization_percent");
  field("replacement_events", y.replacement_events, "1", "batteries replaced");
  field("clamp_loss_mwh", y.clamp_loss_mwh, "MWh", "stored energy lost when capacity fell below it");
  field("replacement_step_mwh", y.replacement_step_mwh, "MWh", "stored energy gained in replacements");
  field("generated_mwh", y.generated_mwh, "MWh", "own generation available");
  field("self_charge_mwh", y.self_charge_mwh, "MWh", "own generation stored");
  field("curtailed_mwh", y.curtailed_mwh, "MWh", "own generation not taken");
  field("capture_of_bound_percent", NumberOrNull{y.capture_of_bound_percent}, "%",
        "dispatch value over the perfect-foresight bound; null unless asked");
}

constexpr AnswerRecord answer_record(const DataQuality& /*record*/) {
  return {"PriceColumnUsed", "Quality of a price column that the run used"};
}
template <class Visitor>
void describe(const DataQuality& q, Visitor&& field) {
  field("column", OneOf{q.column, price_column_names()}, "", "price column");
  describe(q.counts, field);
}

constexpr AnswerRecord answer_record(const ProvenanceSummary& /*record*/) { return {"Provenance", "How the numbers were made"}; }
template <class Visitor>
void describe(const ProvenanceSummary& p, Visitor&& field) {
  field("engine_version", p.engine_version, "", "version of the engine");
  field("solver", OneOf{p.solver, solver_names}, "", "of linear programs");
  field("strategy", OneOf{p.strategy, strategy_names}, "", "how decisions were made");
  field("direction", OneOf{p.direction, direction_names}, "", "whether a quarter-hour may both charge and discharge");
  field("cross_market", OneOf{p.cross_market, cross_market_names}, "", "as it acted");
  field("markets", SomeOf{p.markets, market_names}, "", "enabled markets");
  field("country", p.country, "", "of the prices");
  field("price_set", p.price_set, "", "name of the scenario");
  field("synthetic_prices", p.synthetic_prices, "", "prices made by a generator");
  field("price_years_repeated", p.price_years_repeated, "", "data years used more than once, or standing in for others");
  field("data_years", p.data_years, "", "per simulated project year");
  field("project_start", p.project_start, "", "UTC");
  field("simulated_until", p.project_end, "", "UTC, first instant not simulated");
  field("simulated_years", p.simulated_years, "years", "project years simulated");
  field("foresight_days", p.foresight_days, "days", "local days each window saw");
  field("execute_days", p.execute_days, "days", "days of each window that were executed");
  field("input_hash", p.input_hash, "", "of everything that decides the numbers");
  field("windows", p.run.windows, "1", "windows solved");
  field("lps", p.run.lps, "1", "linear programs solved");
  field("iterations", p.run.iterations, "1", "solver iterations");
  field("fallbacks", p.run.fallbacks, "1", "programs answered by the reference solver");
  field("relaxed_windows", p.run.relaxed_windows, "1", "windows without a plan that meets every rule");
  field("reserve_shortfall_mwh", p.run.reserve_shortfall_mwh, "MWh", "committed reserve that could not be held");
  field("worst_gap", p.worst_gap, "1", "worst relative gap over all windows");
  field("worst_certificate_gap", p.run.worst_certificate_gap, "1", "of linear programs, certified");
  field("worst_direction_gap", p.run.worst_direction_gap, "1", "of one-direction plans to their bound, worst window");
  field("total_direction_gap", p.total_direction_gap, "1", "the same over the whole run");
  field("total_direction_gap_eur", p.run.total_direction_gap_eur, "EUR", "bound less plan over the whole run");
  field("shared_periods", p.run.shared_periods, "1", "quarter-hours the relaxations would have used both ways");
  field("replay_drift_mwh", p.run.replay_drift_mwh, "MWh", "worst difference between plan and replay");
  field("delivery_shortfall_mwh", p.run.delivery_shortfall_mwh, "MWh", "sold or bought by a plan and not delivered or taken by its replay");
  field("energy_balance_residual_mwh", p.run.energy_balance_residual_mwh, "MWh", "of the battery over the run");
  field("degradation_estimated", p.run.single_year_estimate, "", "years simulated side by side");
  field("data_quality", p.data_quality, "", "per price column used");
}

constexpr AnswerRecord answer_record(const Notice& /*record*/) { return {"Notice", "What must be said wherever the numbers are shown"}; }
template <class Visitor>
void describe(const Notice& n, Visitor&& field) {
  field("code", OneOf{n.code, notice_codes}, "", "stable code");
  field("message", n.text, "", "what to know before using the numbers");
}

constexpr AnswerRecord answer_record(const Summary& /*record*/) { return {"Summary", "What a simulation found"}; }
template <class Visitor>
void describe(const Summary& s, Visitor&& field) {
  field("title", s.title, "", "project name");
  field("description", s.description, "", "project description");
  field("power_mw", s.power_mw, "MW", "rated power");
  field("capacity_mwh", s.capacity_mwh, "MWh", "nominal capacity");
  field("financial", s.financial, "", "money");
  field("operational", s.operational, "", "energy, cycles, health");
  field("trading", s.trading, "", "per market");
  field("highlights", s.highlights, "", "days and months worth pointing at");
  field("prices", s.prices, "", "what the day-ahead market offered");
}

}  // namespace bess::report

namespace bess::finance {

// Found by argument-dependent lookup, beside the row's own type.
constexpr AnswerRecord answer_record(const CashFlowRow& /*record*/) { return {"CashFlowRow", "A year of the project's life"}; }
template <class Visitor>
void describe(const CashFlowRow& row, Visitor&& field) {
  field("year", row.year, "1", "0 is the investment");
  field("extrapolated", row.extrapolated, "", "not simulated: repeats a simulated year, scaled with capacity");
  field("repeats_year", row.repeats_year, "1", "the simulated year it repeats; 0: none");
  field("revenue_eur", row.revenue_eur(), "EUR", "markets and subsidies");
  field("market_revenue_eur", row.market_revenue_eur, "EUR", "markets");
  field("subsidy_eur", row.subsidy_eur, "EUR", "subsidies");
  field("opex_eur", row.opex_eur, "EUR", "operation");
  field("optimiser_fee_eur", row.optimiser_fee_eur, "EUR", "share of market revenue");
  field("grid_cost_eur", row.grid_cost_eur, "EUR", "grid charges and energy tax, the next five together");
  field("grid_standing_eur", row.grid_standing_eur, "EUR", "standing charges");
  field("grid_contracted_eur", row.grid_contracted_eur, "EUR", "contracted power");
  field("grid_peak_eur", row.grid_peak_eur, "EUR", "monthly peaks of import");
  field("grid_energy_eur", row.grid_energy_eur, "EUR", "transport and export fees on metered energy");
  field("energy_tax_eur", row.energy_tax_eur, "EUR", "on metered import");
  field("replacement_eur", row.replacement_eur, "EUR", "batteries replaced");
  field("augmentation_eur", row.augmentation_eur, "EUR", "capacity added");
  field("capex_eur", row.capex_eur, "EUR", "initial investment");
  field("net_cash_flow_eur", row.net_cash_flow_eur, "EUR", "inflow positive");
  field("discounted_eur", row.discounted_eur, "EUR", "at the discount rate");
  field("cumulative_eur", row.cumulative_eur, "EUR", "running sum");
  field("cumulative_discounted_eur", row.cumulative_discounted_eur, "EUR", "running sum, discounted");
  field("charging_cost_eur", row.charging_cost_eur, "EUR", "memo, for the levelised cost: what the energy charged was bought for");
  field("charge_mwh", row.charge_mwh, "MWh", "AC");
  field("discharge_mwh", row.discharge_mwh, "MWh", "AC");
  field("soh_percent", 100.0 * row.state_of_health, "%", "state of health at the start of the year");
  field("replacements", row.replacements, "1", "batteries replaced");
}

}  // namespace bess::finance
