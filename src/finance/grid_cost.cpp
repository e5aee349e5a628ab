#include "finance/grid_cost.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/sum.h"

namespace bess::finance {

namespace {

constexpr double kw_per_mw = 1000.0;
constexpr double kwh_per_mwh = 1000.0;

constexpr std::array presets{TariffPreset{.name = "MS-D", .contracted_eur_per_kw_year = 30.0, .peak_eur_per_kw_month = 3.5},
                             TariffPreset{.name = "HS", .contracted_eur_per_kw_year = 45.0, .peak_eur_per_kw_month = 4.5}};

constexpr std::array brackets_2025{TaxBracket{.up_to_mwh = 10.0, .eur_per_kwh = 0.10154},
                                   TaxBracket{.up_to_mwh = 50.0, .eur_per_kwh = 0.06937},
                                   TaxBracket{.up_to_mwh = 10'000.0, .eur_per_kwh = 0.03868},
                                   TaxBracket{.up_to_mwh = std::numeric_limits<double>::infinity(), .eur_per_kwh = 0.00321}};

}  // namespace

std::optional<TariffPreset> tariff_preset(std::string_view name) {
  const auto* found = std::ranges::find(presets, name, &TariffPreset::name);
  if (found == presets.end()) return std::nullopt;
  return *found;
}

GridCost grid_cost(const GridTariff& tariff, const GridUse& use, int project_year) {
  const double escalation = std::pow(1.0 + tariff.yearly_increase, project_year - 1);
  const double peaks_mw = sum_of(use.monthly_peak_mw);
  const double fixed_eur = tariff.standing_charge_eur_per_year + kw_per_mw * use.contracted_mw * tariff.contracted_eur_per_kw_year +
                           kw_per_mw * peaks_mw * tariff.peak_eur_per_kw_month;
  return {.fixed_eur = escalation * fixed_eur, .energy_eur = escalation * use.import_mwh * tariff.transport_eur_per_mwh};
}

double energy_tax_eur(std::span<const TaxBracket> brackets, double consumption_mwh) {
  Sum tax_eur;
  double below_mwh = 0.0;
  for (const TaxBracket& bracket : brackets) {
    const double inside_mwh = std::min(consumption_mwh, bracket.up_to_mwh) - below_mwh;
    if (inside_mwh <= 0.0) break;
    tax_eur += inside_mwh * kwh_per_mwh * bracket.eur_per_kwh;
    below_mwh = bracket.up_to_mwh;
  }
  return tax_eur.value();
}

std::span<const TaxBracket> dutch_energy_tax_2025() { return brackets_2025; }

}  // namespace bess::finance
