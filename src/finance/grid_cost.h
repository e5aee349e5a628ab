#pragma once
// What a grid operator's tariff comes to in a year, from numbers per year. Tariff levels and the energy tax: asset/grid_cost.h.

#include <span>

namespace bess::finance {

/// A tariff in money of project year 1. Powers are billing bases in MW; prices per kW as published.
struct GridTariff {
  double standing_charge_eur_per_year{0};
  double contracted_eur_per_kw_year{0};
  double peak_eur_per_kw_month{0};  ///< on the month's highest quarter-hour of import
  double transport_eur_per_mwh{0};  ///< on imported energy
  double yearly_increase{0.02};
};

/// One year's use of the connection.
struct GridUse {
  double contracted_mw{0};
  std::span<const double> monthly_peak_mw{};  ///< any number of months
  double import_mwh{0};
};

struct GridCost {
  double fixed_eur{0};   ///< standing charge + contracted power + monthly peaks
  double energy_eur{0};  ///< transport of imported energy
  [[nodiscard]] double total_eur() const { return fixed_eur + energy_eur; }
};

/// (standing + kW·tariff + Σ_month peak·tariff + MWh·transport) (1 + increase)^(project_year − 1); project_year is 1-based.
[[nodiscard]] GridCost grid_cost(const GridTariff& tariff, const GridUse& use, int project_year);

}  // namespace bess::finance
