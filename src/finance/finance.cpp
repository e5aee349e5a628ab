#include "finance/finance.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/sum.h"

namespace bess::finance {

namespace {

/// What the connection cost in `source`, escalated, with energy in proportion to what is left of the battery.
void add_grid_cost(CashFlowRow& row, const SimulatedYear& source, double escalation, double share) {
  row.grid_standing_eur = escalation * source.grid_standing_eur;
  row.grid_contracted_eur = escalation * source.grid_contracted_eur;
  row.grid_peak_eur = escalation * source.grid_peak_eur;
  row.grid_energy_eur = escalation * source.grid_energy_eur * share;
  row.energy_tax_eur = source.energy_tax_eur * share;
  const double fixed_eur = source.grid_standing_eur + source.grid_contracted_eur + source.grid_peak_eur;
  row.grid_cost_eur = escalation * (fixed_eur + source.grid_energy_eur * share) + row.energy_tax_eur;
}

/// Revenue, energy and grid cost of a simulated year.
CashFlowRow simulated_row(const SimulatedYear& year, int project_year) {
  CashFlowRow row;
  row.year = project_year;
  row.market_revenue_eur = year.market_revenue_eur;
  row.subsidy_eur = year.solar_subsidy_eur + year.wind_subsidy_eur;
  add_grid_cost(row, year, 1.0, 1.0);
  row.charging_cost_eur = year.charging_cost_eur;
  row.charge_mwh = year.charge_mwh;
  row.discharge_mwh = year.discharge_mwh;
  row.state_of_health = year.state_of_health;
  row.replacements = year.replacements;
  return row;
}

/// The same for a year that repeats `source` with the capacity of `health`.
CashFlowRow repeated_row(const SimulatedYear& source, int source_year, const ForecastHealth& health, int project_year,
                         const Economics& economics) {
  const double share = source.capacity_mwh > 0.0 ? health.capacity_mwh / source.capacity_mwh : 1.0;
  const double escalation = std::pow(1.0 + economics.grid_yearly_increase, project_year - source_year);
  CashFlowRow row;
  row.year = project_year;
  row.extrapolated = true;
  row.repeats_year = source_year;
  row.market_revenue_eur = source.market_revenue_eur * share;
  if (project_year <= economics.solar_subsidy_years) row.subsidy_eur += source.solar_subsidy_eur;
  if (project_year <= economics.wind_subsidy_years) row.subsidy_eur += source.wind_subsidy_eur;
  add_grid_cost(row, source, escalation, share);
  row.charging_cost_eur = source.charging_cost_eur * share;
  row.charge_mwh = source.charge_mwh * share;
  row.discharge_mwh = source.discharge_mwh * share;
  row.state_of_health = health.state_of_health;
  row.replacements = health.replacements;
  return row;
}

void add_costs(CashFlowRow& row, const Economics& economics) {
  row.optimiser_fee_eur = economics.optimiser_fee * std::max(0.0, row.market_revenue_eur);
  row.opex_eur = inflated(economics.opex_eur_per_year, economics.inflation, row.year);
  const double replacement_eur = inflated(economics.replacement_cost_eur, economics.inflation, row.year) *
                                 std::pow(1.0 - economics.replacement_cost_decline, row.year - 1);
  row.replacement_eur = row.replacements * replacement_eur;
  for (const AugmentationCost& lot : economics.augmentation) {
    if (lot.project_year == row.year) row.augmentation_eur += lot.cost_eur;
  }
}

std::vector<CashFlowRow> cash_flow_table(const FinanceInput& input) {
  const Economics& economics = input.economics;
  const int simulated_years = static_cast<int>(input.simulated.size());
  std::vector<CashFlowRow> rows;
  rows.push_back({.capex_eur = economics.capex_eur, .state_of_health = input.simulated.front().state_of_health});
  for (int year = 1; year <= input.life_years; ++year) {
    if (year <= simulated_years) {
      rows.push_back(simulated_row(input.simulated[static_cast<std::size_t>(year - 1)], year));
    } else {
      const int source = repeated_year(year, simulated_years);
      rows.push_back(repeated_row(input.simulated[static_cast<std::size_t>(source - 1)], source,
                                  input.beyond[static_cast<std::size_t>(year - simulated_years - 1)], year, economics));
    }
    add_costs(rows.back(), economics);
  }
  Sum cumulative;
  Sum cumulative_discounted;
  for (CashFlowRow& row : rows) {
    row.net_cash_flow_eur = row.revenue_eur() - row.optimiser_fee_eur - row.opex_eur - row.grid_cost_eur - row.replacement_eur -
                            row.augmentation_eur - row.capex_eur;
    row.discounted_eur = row.net_cash_flow_eur * discount_factor(economics.discount_rate, row.year, economics.timing);
    cumulative += row.net_cash_flow_eur;
    cumulative_discounted += row.discounted_eur;
    row.cumulative_eur = cumulative.value();
    row.cumulative_discounted_eur = cumulative_discounted.value();
  }
  return rows;
}

void add_totals(FinanceResult& result, std::size_t simulated_years) {
  Sum revenue;
  Sum opex;
  Sum grid;
  for (std::size_t y = 1; y <= simulated_years; ++y) {
    const CashFlowRow& row = result.cash_flow[y];
    revenue += row.revenue_eur();
    opex += row.opex_eur;
    opex += row.optimiser_fee_eur;
    grid += row.grid_cost_eur;
  }
  result.total_revenue_eur = revenue.value();
  result.total_opex_eur = opex.value();
  result.total_grid_cost_eur = grid.value();
  result.net_revenue_eur = result.total_revenue_eur - result.total_opex_eur - result.total_grid_cost_eur;
}

/// [capex + Σ (costs + charging)/(1+r)^t] / [Σ discharged/(1+r)^t]
void add_levelised_cost(FinanceResult& result, const Economics& economics) {
  Sum cost;
  Sum charging;
  Sum discharged;
  for (const CashFlowRow& row : result.cash_flow) {
    const double factor = discount_factor(economics.discount_rate, row.year, economics.timing);
    cost +=
        factor * (row.capex_eur + row.opex_eur + row.optimiser_fee_eur + row.grid_cost_eur + row.replacement_eur + row.augmentation_eur);
    charging += factor * row.charging_cost_eur;
    discharged += factor * row.discharge_mwh;
  }
  if (!(discharged.value() > least_discharge_mwh)) return;
  result.levelised_cost_eur_per_mwh = (cost.value() + charging.value()) / discharged.value();
  result.levelised_cost_without_charging_eur_per_mwh = cost.value() / discharged.value();
}

void add_returns(FinanceResult& result, const Economics& economics) {
  std::vector<double> flow_eur;
  std::vector<double> discounted_eur;
  for (const CashFlowRow& row : result.cash_flow) {
    flow_eur.push_back(row.net_cash_flow_eur);
    discounted_eur.push_back(row.discounted_eur);
  }
  result.net_present_value_eur = sum_of(discounted_eur);
  if (!(economics.capex_eur > 0.0)) {
    result.internal_rate.reason = NoRateReason::no_capex;
    return;
  }
  result.internal_rate = internal_rate_of_return(flow_eur, economics.discount_rate, economics.timing);
  result.return_on_investment = sum_of(flow_eur) / economics.capex_eur;
  result.payback_years = payback_years(flow_eur);
  result.discounted_payback_years = payback_years(discounted_eur);
  if (flow_eur[1] > 0.0) result.simple_payback_years = economics.capex_eur / flow_eur[1];
}

}  // namespace

int repeated_year(int project_year, int simulated_years) { return (project_year - 1) % simulated_years + 1; }

FinanceResult evaluate(const FinanceInput& input) {
  BESS_ASSERT(!input.simulated.empty());
  BESS_ASSERT(input.simulated.size() + input.beyond.size() == static_cast<std::size_t>(input.life_years));
  FinanceResult result;
  result.cash_flow = cash_flow_table(input);
  result.total_capex_eur = input.economics.capex_eur;
  add_totals(result, input.simulated.size());
  add_returns(result, input.economics);
  add_levelised_cost(result, input.economics);
  return result;
}

}  // namespace bess::finance
