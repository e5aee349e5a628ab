#pragma once
// From numbers per project year to the cash flow of a project's life and its measures. Knows nothing of markets or batteries.
//
// Year 0 is the capital expenditure; the flow of year y falls at its end (or middle). Years beyond the simulated n repeat the net market
// revenue, charge and discharge of year n − ((n − y) mod n), times present capacity of y / present capacity of that year (the ratio of
// states of health, unless capacity was added), and are flagged. Costs are positive numbers in their columns; cash flows are inflow
// positive. Money is nominal EUR. Equations: docs/models/finance.md. Pure; threads may share all arguments.

#include <optional>
#include <vector>

#include "finance/valuation.h"

namespace bess::finance {

/// Less energy than this was not discharged, it is what a solver leaves of nothing: no cost is spread over it, no efficiency made of it.
inline constexpr double least_discharge_mwh = 1e-6;

/// What one simulated project year brought.
struct SimulatedYear {
  double market_revenue_eur{0};  ///< all markets and reserves, as booked, before the optimiser's fee
  double solar_subsidy_eur{0};
  double wind_subsidy_eur{0};
  double grid_standing_eur{0};  ///< standing charge, as charged in that year
  double grid_energy_eur{0};    ///< transport of imported energy, as charged in that year
  double energy_tax_eur{0};
  double charging_cost_eur{0};  ///< what the charged energy cost at its price; used by the levelised cost only
  double charge_mwh{0};         ///< AC
  double discharge_mwh{0};      ///< AC
  double equivalent_full_cycles{0};
  double state_of_health{1};  ///< at the start of the year
  double capacity_mwh{0};     ///< present full capacity at the start of the year
  int replacements{0};
  double grid_contracted_eur{0};  ///< contracted power
  double grid_peak_eur{0};        ///< monthly peaks
};

/// What is known of a year that was not simulated (asset/ageing/life_forecast.h).
struct ForecastHealth {
  double state_of_health{1};
  double capacity_mwh{0};
  int replacements{0};
};

struct AugmentationCost {
  int project_year{0};  ///< 1-based
  double cost_eur{0};   ///< as paid in that year: not inflated
};

struct Economics {
  double discount_rate{0.05};  ///< nominal
  double inflation{0.02};
  Timing timing{Timing::year_end};
  double capex_eur{0};
  double opex_eur_per_year{0};         ///< money of year 1
  double replacement_cost_eur{0};      ///< money of year 1
  double replacement_cost_decline{0};  ///< per year
  double optimiser_fee{0};             ///< share of a year's market revenue, 0..1; nothing in a year of negative revenue
  double grid_yearly_increase{0.02};   ///< of grid charges; the energy tax is not escalated
  int solar_subsidy_years{0};          ///< the grant's years; repeated years after it pay none
  int wind_subsidy_years{0};
  std::vector<AugmentationCost> augmentation;
};

struct FinanceInput {
  int life_years{1};
  std::vector<SimulatedYear> simulated;  ///< project years 1…n, 1 ≤ n ≤ life_years
  std::vector<ForecastHealth> beyond;    ///< project years n+1…life_years
  Economics economics;
};

/// One row of the cash flow table; row 0 is the investment.
struct CashFlowRow {
  int year{0};
  bool extrapolated{false};
  int repeats_year{0};  ///< the simulated year whose numbers an extrapolated row repeats; 0 elsewhere
  double market_revenue_eur{0};
  double subsidy_eur{0};
  double optimiser_fee_eur{0};
  double opex_eur{0};
  double grid_cost_eur{0};  ///< grid charges and energy tax: the sum of the five below
  double grid_standing_eur{0};
  double grid_contracted_eur{0};
  double grid_peak_eur{0};
  double grid_energy_eur{0};  ///< fees on metered energy
  double energy_tax_eur{0};
  double replacement_eur{0};
  double augmentation_eur{0};
  double capex_eur{0};
  double net_cash_flow_eur{0};
  double discounted_eur{0};
  double cumulative_eur{0};
  double cumulative_discounted_eur{0};
  double charging_cost_eur{0};
  double charge_mwh{0};
  double discharge_mwh{0};
  double state_of_health{1};  ///< at the start of the year
  int replacements{0};
  [[nodiscard]] double revenue_eur() const { return market_revenue_eur + subsidy_eur; }
};

struct FinanceResult {
  std::vector<CashFlowRow> cash_flow;  ///< years 0…life_years
  // over the simulated years
  double total_revenue_eur{0};
  double total_opex_eur{0};  ///< opex and optimiser's fee, without grid cost
  double total_grid_cost_eur{0};
  double net_revenue_eur{0};  ///< revenue − opex − grid cost
  // over the project's life
  double total_capex_eur{0};  ///< initial
  double net_present_value_eur{0};
  RateOfReturn internal_rate{};
  std::optional<double> return_on_investment;        ///< Σ_{y≥0} CF_y / capex, a fraction; none without capex
  std::optional<double> payback_years;               ///< none without capex or if never
  std::optional<double> simple_payback_years;        ///< capex / first year's cash flow; none without capex or if that is ≤ 0
  std::optional<double> discounted_payback_years;    ///< none without capex or if never
  std::optional<double> levelised_cost_eur_per_mwh;  ///< of storage; none without discharge
  std::optional<double> levelised_cost_without_charging_eur_per_mwh;
};

[[nodiscard]] FinanceResult evaluate(const FinanceInput& input);

/// The simulated year (1-based) that project year y > n repeats: n − ((n − y) mod n), so 1, 2, …, n, 1, …
[[nodiscard]] int repeated_year(int project_year, int simulated_years);

}  // namespace bess::finance
