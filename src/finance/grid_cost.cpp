#include "finance/grid_cost.h"

#include <cmath>

#include "base/sum.h"

namespace bess::finance {

namespace {

constexpr double kw_per_mw = 1000.0;

}  // namespace

GridCost grid_cost(const GridTariff& tariff, const GridUse& use, int project_year) {
  const double escalation = std::pow(1.0 + tariff.yearly_increase, project_year - 1);
  const double peaks_mw = sum_of(use.monthly_peak_mw);
  const double fixed_eur = tariff.standing_charge_eur_per_year + kw_per_mw * use.contracted_mw * tariff.contracted_eur_per_kw_year +
                           kw_per_mw * peaks_mw * tariff.peak_eur_per_kw_month;
  return {.fixed_eur = escalation * fixed_eur, .energy_eur = escalation * use.import_mwh * tariff.transport_eur_per_mwh};
}

}  // namespace bess::finance
