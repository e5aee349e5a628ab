#include "asset/grid_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace bess {
namespace {

constexpr double kw_per_mw = 1000.0;
constexpr double unlimited = std::numeric_limits<double>::infinity();

// Dated rows. Levels of 2025 are typical values of Dutch operators; 2015 is a published sheet.
const std::array presets{
    TariffPreset{"MS-D", 2015, "Westland Infra 2015, 10–20 kV", 441.0 + 490.0, 9.3, 13.95, 1.53},
    TariffPreset{"MS-D", 2025, "typical Dutch level of 2025, 10–20 kV", std::nullopt, std::nullopt, 30.0, 3.5},
    TariffPreset{"HS", 2025, "typical Dutch level of 2025, 110/150 kV", std::nullopt, std::nullopt, 45.0, 4.5},
};

struct TaxYear {
  int year;
  std::array<TaxBracket, 4> brackets;
};
constexpr std::array tax_years{
    TaxYear{2025, {{{10.0, 101.54}, {50.0, 69.37}, {10000.0, 38.68}, {unlimited, 3.21}}}},
    TaxYear{2026, {{{10.0, 91.60}, {50.0, 69.37}, {10000.0, 38.68}, {unlimited, 3.21}}}},  // first bracket published, others as in 2025
};

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

double value_of(const std::optional<double>& given, const std::optional<double>& preset, std::string_view name, Issues& issues) {
  const double value = given.value_or(preset.value_or(0.0));
  if (std::isfinite(value) && value >= 0.0) return value;
  issues.error("out_of_range", fmt::format("/params/{}", name), fmt::format("{} = {} must be a number ≥ 0", name, value));
  return 0.0;
}

}  // namespace

std::span<const TariffPreset> tariff_presets() { return presets; }

const TariffPreset* find_tariff(std::string_view name, int year) {
  const TariffPreset* best = nullptr;
  const auto distance = [year](const TariffPreset& row) { return std::abs(row.year - year); };
  for (const auto& row : presets) {
    if (same_name(row.name, name) && (best == nullptr || distance(row) <= distance(*best))) best = &row;
  }
  return best;
}

GridCostSpec resolve_grid_cost(const GridCostRequest& request, int year, Issues& issues) {
  TariffPreset preset;
  if (!request.tariff_name.empty()) {
    if (const auto* found = find_tariff(request.tariff_name, year)) {
      preset = *found;
    } else {
      issues.warning("unknown_tariff", "/params/gridTarif",
                     fmt::format("the tariff \"{}\" is not known and adds nothing", request.tariff_name));
    }
  }
  GridCostSpec spec;
  spec.standing_charge_eur_per_year =
      value_of(request.standing_charge_eur_per_year, preset.standing_charge_eur_per_year, "gridStandingChargeTransport", issues);
  spec.transported_energy_eur_per_mwh =
      value_of(request.transported_energy_eur_per_mwh, preset.transported_energy_eur_per_mwh, "gridTransportedEnergy", issues);
  spec.contracted_eur_per_kw_year =
      value_of(request.contracted_eur_per_kw_year, preset.contracted_eur_per_kw_year, "gridContractedPowerTariff", issues);
  spec.monthly_peak_eur_per_kw_month =
      value_of(request.monthly_peak_eur_per_kw_month, preset.monthly_peak_eur_per_kw_month, "gridMonthlyPeakTariff", issues);
  spec.contracted_mw = value_of(request.contracted_mw, std::nullopt, "gridContractedTransportPower", issues);
  if (request.maximum_mw) spec.maximum_mw = value_of(request.maximum_mw, std::nullopt, "gridMaxTransportedPower", issues);
  spec.yearly_increase = request.yearly_increase;
  if (!std::isfinite(spec.yearly_increase) || spec.yearly_increase <= -1.0) {
    issues.error("out_of_range", "/params/gridYearlyTariffIncrease", "the yearly increase must be above −1");
    spec.yearly_increase = 0.0;
  }
  return spec;
}

double tariff_escalation(const GridCostSpec& spec, int project_year) { return std::pow(1.0 + spec.yearly_increase, project_year - 1); }

GridCost grid_cost(const GridCostSpec& spec, const GridUse& use, int project_year) {
  double peaks_mw = 0.0;
  for (const double peak : use.monthly_peak_mw) peaks_mw += spec.maximum_mw.value_or(peak);
  const double escalation = tariff_escalation(spec, project_year);
  GridCost cost;
  cost.standing_eur = escalation * spec.standing_charge_eur_per_year;
  cost.contracted_eur = escalation * spec.contracted_mw * kw_per_mw * spec.contracted_eur_per_kw_year;
  cost.peak_eur = escalation * peaks_mw * kw_per_mw * spec.monthly_peak_eur_per_kw_month;
  cost.transport_eur = escalation * use.imported_mwh * spec.transported_energy_eur_per_mwh;
  cost.energy_tax_eur = energy_tax_eur(spec.energy_tax, use.taxed_mwh);
  return cost;
}

double import_fee_eur_per_mwh(const GridCostSpec& spec, int project_year, double taxed_mwh_so_far) {
  return tariff_escalation(spec, project_year) * spec.transported_energy_eur_per_mwh +
         marginal_energy_tax_eur_per_mwh(spec.energy_tax, taxed_mwh_so_far);
}

double energy_tax_eur(std::span<const TaxBracket> brackets, double consumption_mwh) {
  double eur = 0.0;
  double from = 0.0;
  for (const auto& bracket : brackets) {
    if (consumption_mwh <= from) break;
    eur += (std::min(consumption_mwh, bracket.up_to_mwh) - from) * bracket.eur_per_mwh;
    from = bracket.up_to_mwh;
  }
  return eur;
}

double marginal_energy_tax_eur_per_mwh(std::span<const TaxBracket> brackets, double consumption_mwh) {
  for (const auto& bracket : brackets) {
    if (consumption_mwh < bracket.up_to_mwh) return bracket.eur_per_mwh;
  }
  return 0.0;
}

std::vector<TaxBracket> dutch_energy_tax(int year) {
  const TaxYear* row = tax_years.data();
  for (const auto& candidate : tax_years) {
    if (candidate.year <= year) row = &candidate;
  }
  return {row->brackets.begin(), row->brackets.end()};
}

}  // namespace bess
