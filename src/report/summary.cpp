#include "report/summary.h"

#include <algorithm>
#include <cmath>

#include "report/highlights.h"
#include "report/notices.h"
#include "report/prices.h"
#include "report/project_finance.h"
#include "report/provenance.h"
#include "report/trading.h"

namespace bess::report {

namespace {

constexpr double percent = 100.0;

std::optional<double> as_percent(std::optional<double> fraction) {
  if (!fraction) return std::nullopt;
  return percent * *fraction;
}

/// Δe / η of a project year: what the change of stored energy took (or gave) at the meter.
double stored_at_meter_mwh(const YearRecord& year) {
  const double efficiency = std::sqrt(year.round_trip_efficiency_last);
  return efficiency > 0.0 ? (year.energy_end_mwh - year.energy_start_mwh) / efficiency : 0.0;
}

/// 100 Σd / (Σc − Δe/η); undefined where nothing was cycled
double average_rte_percent(const Totals& t, double stored_mwh) {
  const double charged_mwh = t.charge_mwh - stored_mwh;
  return charged_mwh > 0.0 && t.discharge_mwh > finance::least_discharge_mwh ? percent * t.discharge_mwh / charged_mwh : undefined;
}

/// 100 (Σc + Σd) / (P · hours); 0 without a battery
double utilization_percent(const Totals& t, double power_mw, double hours) {
  const double possible_mwh = power_mw * hours;
  return possible_mwh > 0.0 ? percent * (t.charge_mwh + t.discharge_mwh) / possible_mwh : 0.0;
}

double hours_of_year(const SimulationResult& result, std::size_t year) {
  const std::vector<std::int32_t>& first = result.timeline->year_first_quarter;
  return quarter_h * (first[year + 1] - first[year]);
}

Financial make_financial(const ReportInput& input, const Totals& t, const finance::FinanceResult& finance) {
  const double mw_years = input.simulation.site.battery.power_mw * input.result.years;
  Financial f;
  f.revenue = {t.revenue, t.revenue.scaled(mw_years > 0.0 ? 1.0 / mw_years : undefined)};
  f.gross = t.gross;
  f.net_revenue_eur = finance.net_revenue_eur;
  f.net_revenue_eur_per_mw_year = mw_years > 0.0 ? finance.net_revenue_eur / mw_years : undefined;
  f.total_opex_eur = finance.total_opex_eur;
  f.grid_cost_eur = finance.total_grid_cost_eur;
  f.total_capex_eur = finance.total_capex_eur;
  f.degradation_cost_eur = t.wear_eur;
  f.auxiliary_cost_eur = t.auxiliary_eur;
  f.npv_eur = finance.net_present_value_eur;
  f.roi_percent = as_percent(finance.return_on_investment);
  f.irr_percent = as_percent(finance.internal_rate.rate);
  f.irr_reason = finance::reason_code(finance.internal_rate.reason);
  if (!f.roi_percent) f.roi_reason = finance::reason_code(finance::NoRateReason::no_capex);
  f.payback_years = finance.payback_years;
  f.simple_payback_years = finance.simple_payback_years;
  f.discounted_payback_years = finance.discounted_payback_years;
  f.lcos_eur_per_mwh = finance.levelised_cost_eur_per_mwh;
  f.lcos_without_charging_eur_per_mwh = finance.levelised_cost_without_charging_eur_per_mwh;
  f.project_life_years = input.economics.life_years;
  return f;
}

Operational make_operational(const ReportInput& input, const Totals& t) {
  const SimulationResult& result = input.result;
  const double hours = quarter_h * result.quarters;
  Operational o;
  o.total_charge_mwh = t.charge_mwh;
  o.total_discharge_mwh = t.discharge_mwh;
  double stored_mwh = 0.0;
  for (const YearRecord& year : result.year) {
    o.total_cycles += year.equivalent_full_cycles;
    o.replacement_events += year.replacement_events;
    o.clamp_loss_mwh += year.clamp_loss_mwh;
    o.replacement_step_mwh += year.replacement_step_mwh;
    stored_mwh += stored_at_meter_mwh(year);
  }
  o.cycles_per_day = o.total_cycles / (hours / 24.0);
  o.final_soh_percent = percent * result.year.back().state_of_health_end;
  o.final_rte_percent = percent * result.year.back().round_trip_efficiency_end;
  o.capacity_utilization_percent = utilization_percent(t, input.simulation.site.battery.power_mw, hours);
  o.average_rte_percent = average_rte_percent(t, stored_mwh);
  o.generated_mwh = t.generated_mwh;
  o.generation_sold_mwh = t.generation_sold_mwh;
  o.self_charge_mwh = t.self_charge_mwh;
  o.curtailed_mwh = t.curtailed_mwh;
  if (t.generation_sold_mwh > 0.0) o.generation_capture_price_eur_per_mwh = t.revenue.generation_sales_eur / t.generation_sold_mwh;
  if (t.generated_mwh > 0.0) o.base_price_eur_per_mwh = mean_price_eur_per_mwh(input, generation_market(input));
  if (o.base_price_eur_per_mwh > 0.0) {
    o.generation_capture_rate_percent = percent * o.generation_capture_price_eur_per_mwh / o.base_price_eur_per_mwh;
  }
  o.imported_mwh = t.imported_mwh;
  o.exported_mwh = t.exported_mwh;
  for (const DayRecord& day : result.days) o.highest_import_mw = std::max(o.highest_import_mw, day.highest_import_mw);
  return o;
}

YearSummary make_year(const ReportInput& input, const finance::FinanceResult& finance, std::size_t index) {
  const SimulationResult& result = input.result;
  const YearRecord& record = result.year[index];
  const std::span<const DayRecord> days = days_of_year(result, static_cast<std::int32_t>(index));
  const finance::CashFlowRow& flow = finance.cash_flow[index + 1];
  const double power_mw = input.simulation.site.battery.power_mw;
  const double per_mw = power_mw > 0.0 ? 1.0 / power_mw : undefined;
  const double hours = hours_of_year(result, index);
  const Totals t = totals_of(days);
  YearSummary y;
  y.project_year = static_cast<int>(index) + 1;
  y.first_day = days.front().date;
  y.last_day = days.back().date;
  if (index < result.timeline->data_year_of_project_year.size()) y.data_year = result.timeline->data_year_of_project_year[index];
  y.days = std::ssize(days);
  y.revenue = {t.revenue, t.revenue.scaled(per_mw)};
  y.opex_eur = flow.opex_eur + flow.optimiser_fee_eur;
  y.grid_cost_eur = flow.grid_cost_eur;
  y.net_revenue_eur = flow.revenue_eur() - y.opex_eur - y.grid_cost_eur;
  y.net_revenue_eur_per_mw_year = y.net_revenue_eur * per_mw;
  y.charge_mwh = t.charge_mwh;
  y.discharge_mwh = t.discharge_mwh;
  y.cycles = record.equivalent_full_cycles;
  y.cycles_per_day = y.cycles / (hours / 24.0);
  y.soh_start_percent = percent * record.state_of_health_start;
  y.soh_end_percent = percent * record.state_of_health_end;
  y.rte_start_percent = percent * record.round_trip_efficiency_start;
  y.rte_end_percent = percent * record.round_trip_efficiency_end;
  y.average_rte_percent = average_rte_percent(t, stored_at_meter_mwh(record));
  y.capacity_utilization_percent = utilization_percent(t, power_mw, hours);
  y.replacement_events = record.replacement_events;
  y.clamp_loss_mwh = record.clamp_loss_mwh;
  y.replacement_step_mwh = record.replacement_step_mwh;
  y.generated_mwh = t.generated_mwh;
  y.self_charge_mwh = t.self_charge_mwh;
  y.curtailed_mwh = t.curtailed_mwh;
  y.capture_of_bound_percent = capture_of_bound_percent(record.bound_basis_eur, record.bound_eur);
  return y;
}

void add_warning(Summary& summary, std::string code, std::string message) {
  const bool known = std::ranges::any_of(summary.warnings, [&](const Issue& issue) { return issue.code == code; });
  if (known) return;
  Issue issue;
  issue.severity = Severity::warning;
  issue.code = std::move(code);
  issue.message = std::move(message);
  summary.warnings.push_back(std::move(issue));
}

void add_warnings(Summary& summary, const ReportInput& input, const finance::FinanceResult& finance) {
  summary.warnings = input.result.warnings.all();
  if (finance.internal_rate.multiple()) {
    add_warning(summary, "multiple_irr", "The cash flow has several internal rates of return; the one nearest the discount rate is shown.");
  }
  for (const Notice& notice : summary.notices) {
    if (notice.code == "price_years_repeated") add_warning(summary, notice.code, notice.text);
  }
}

}  // namespace

Summary make_summary(const ReportInput& input) {
  const SimulationResult& result = input.result;
  BESS_ASSERT(!result.days.empty() && !result.year.empty());
  BESS_ASSERT(result.days.size() <= result.timeline->days.size());
  const Totals t = totals_of(result.days);
  const finance::FinanceResult finance = finance::evaluate(make_finance_input(input));
  Summary summary;
  summary.title = input.title;
  summary.description = input.description;
  summary.power_mw = input.simulation.site.battery.power_mw;
  summary.capacity_mwh = input.simulation.site.battery.nominal_capacity_mwh;
  summary.markets = result.markets;
  summary.financial = make_financial(input, t, finance);
  summary.operational = make_operational(input, t);
  summary.trading = make_trading(input, t);
  summary.highlights = make_highlights(input, summary.operational.cycles_per_day);
  summary.prices = make_price_levels(input, t);
  for (std::size_t y = 0; y < result.year.size(); ++y) summary.years.push_back(make_year(input, finance, y));
  summary.cash_flow = finance.cash_flow;
  summary.provenance = make_provenance(input);
  summary.notices = make_notices(input);
  add_warnings(summary, input, finance);
  return summary;
}

}  // namespace bess::report
