#pragma once
// What the grid operator asks for a connection, and energy tax.
//
//   year y:  (standing + kW_contract · tariff + Σ_month peak · tariff + MWh · transport) · (1 + increase)^(y − 1)
// Peaks are the highest quarter-hour of import (offtake) of each month at the connection; feeding in is free. Money in EUR of the
// project's first year, power in MW, tariffs per kW as published.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bess {

/// What a request gives; absent values can be filled by a preset.
struct GridCostRequest {
  std::string tariff_name;                                 ///< gridTarif; empty: none
  std::optional<double> standing_charge_eur_per_year{};    ///< gridStandingChargeTransport
  std::optional<double> transported_energy_eur_per_mwh{};  ///< gridTransportedEnergy
  std::optional<double> contracted_eur_per_kw_year{};
  std::optional<double> monthly_peak_eur_per_kw_month{};
  std::optional<double> contracted_mw{};  ///< gridContractedTransportPower, a billing base
  std::optional<double> maximum_mw{};     ///< gridMaxTransportedPower: billing base of the peak instead of the measured one
  double yearly_increase{0.02};           ///< gridYearlyTariffIncrease
};

/// Energy tax on a year's consumption: the price of what lies between the bracket before and this one's end.
struct TaxBracket {
  double up_to_mwh{0};  ///< per year; infinity in the last
  double eur_per_mwh{0};
};

/// A complete tariff.
struct GridCostSpec {
  double standing_charge_eur_per_year{0};
  double transported_energy_eur_per_mwh{0};
  double contracted_mw{0};
  double contracted_eur_per_kw_year{0};
  double monthly_peak_eur_per_kw_month{0};
  std::optional<double> maximum_mw{};
  double yearly_increase{0.02};
  std::vector<TaxBracket> energy_tax{};  ///< empty: none, the default for storage behind a large connection
};

/// A tariff as it was in a year. Absent values say nothing.
struct TariffPreset {
  std::string_view name;
  int year{0};
  std::string_view source;
  std::optional<double> standing_charge_eur_per_year{};
  std::optional<double> transported_energy_eur_per_mwh{};
  std::optional<double> contracted_eur_per_kw_year{};
  std::optional<double> monthly_peak_eur_per_kw_month{};
};
/// All rows, by name and year.
[[nodiscard]] std::span<const TariffPreset> tariff_presets();
/// The row of that name whose year is nearest to `year`, the later of two; names compare without case.
[[nodiscard]] const TariffPreset* find_tariff(std::string_view name, int year);

/// Fills what the request lacks from the preset of about `year`, the rest with 0. An unknown name adds nothing: warning unknown_tariff at
/// /params/gridTarif. Negative or non-finite values: out_of_range.
[[nodiscard]] GridCostSpec resolve_grid_cost(const GridCostRequest& request, int year, Issues& issues);

/// A year's use of the connection. `monthly_peak_mw` has one entry per month of the year (any number), import only.
struct GridUse {
  std::span<const double> monthly_peak_mw{};
  double imported_mwh{0};
  double taxed_mwh{0};  ///< end use: imported energy that is not delivered again
};
struct GridCost {
  double standing_eur{0};
  double contracted_eur{0};
  double peak_eur{0};
  double transport_eur{0};
  double energy_tax_eur{0};
  [[nodiscard]] double total_eur() const { return standing_eur + contracted_eur + peak_eur + transport_eur + energy_tax_eur; }
};
/// `project_year` counts from 1. The tariff escalates; energy tax does not.
[[nodiscard]] GridCost grid_cost(const GridCostSpec& spec, const GridUse& use, int project_year);

/// (1 + increase)^(project_year − 1).
[[nodiscard]] double tariff_escalation(const GridCostSpec& spec, int project_year);
/// fee_imp of the dispatch: transported energy, escalated, plus the marginal energy tax (EUR/MWh) at `taxed_mwh_so_far` of the year.
[[nodiscard]] double import_fee_eur_per_mwh(const GridCostSpec& spec, int project_year, double taxed_mwh_so_far = 0.0);

/// EUR for a year's consumption.
[[nodiscard]] double energy_tax_eur(std::span<const TaxBracket> brackets, double consumption_mwh);
/// EUR/MWh of the next MWh.
[[nodiscard]] double marginal_energy_tax_eur_per_mwh(std::span<const TaxBracket> brackets, double consumption_mwh);
/// Dutch end-use brackets by year (2025 on; the newest known row holds afterwards, the oldest before).
[[nodiscard]] std::vector<TaxBracket> dutch_energy_tax(int year);

}  // namespace bess
