#pragma once
// What the grid operator and the tax office ask of a large connection: pure functions of numbers per year.

#include <optional>
#include <span>
#include <string_view>

namespace bess::finance {

/// A tariff in money of project year 1. Powers are billing bases in MW; prices per kW as published.
struct GridTariff {
  double standing_charge_eur_per_year{0};
  double contracted_eur_per_kw_year{0};
  double peak_eur_per_kw_month{0};  ///< on the month's highest quarter-hour of import
  double transport_eur_per_mwh{0};  ///< on imported energy
  double yearly_increase{0.02};
};

/// A tariff level that fills prices a request leaves out; absent members say nothing.
struct TariffPreset {
  std::string_view name;
  double contracted_eur_per_kw_year{0};
  double peak_eur_per_kw_month{0};
};
/// "MS-D" (10–20 kV) or "HS" (110/150 kV), typical Dutch levels of 2025; no value for any other name.
[[nodiscard]] std::optional<TariffPreset> tariff_preset(std::string_view name);

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

/// One bracket of an energy tax: the price of consumption up to `up_to_mwh` a year, above the bracket before.
struct TaxBracket {
  double up_to_mwh{0};  ///< infinity in the last
  double eur_per_kwh{0};
};
/// End-use tax of a year's consumption over ascending brackets (EUR).
[[nodiscard]] double energy_tax_eur(std::span<const TaxBracket> brackets, double consumption_mwh);
/// Dutch end-use brackets of 2025. Power stored and delivered again behind a large connection is not taxed, so they apply to what a
/// site uses itself.
[[nodiscard]] std::span<const TaxBracket> dutch_energy_tax_2025();

}  // namespace bess::finance
