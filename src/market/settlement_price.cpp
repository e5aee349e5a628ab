#include "market/settlement_price.h"

#include <algorithm>

namespace bess {

std::optional<RegulationState> regulation_state(double value) {
  for (const RegulationState state : {RegulationState::none, RegulationState::up, RegulationState::down, RegulationState::both}) {
    if (value == static_cast<double>(state)) return state;
  }
  return std::nullopt;
}

ImbalancePrices imbalance_prices(RegulationState state, const ActivationPrices& activation, double incentive_eur_per_mwh) {
  ImbalancePrices prices{activation.mid_eur_per_mwh, activation.mid_eur_per_mwh};
  switch (state) {
    case RegulationState::none:
      break;
    case RegulationState::up:
      prices = {activation.up_eur_per_mwh, activation.up_eur_per_mwh};
      break;
    case RegulationState::down:
      prices = {activation.down_eur_per_mwh, activation.down_eur_per_mwh};
      break;
    case RegulationState::both:
      prices = {std::max(activation.up_eur_per_mwh, activation.mid_eur_per_mwh),
                std::min(activation.down_eur_per_mwh, activation.mid_eur_per_mwh)};
      break;
  }
  return {prices.take_eur_per_mwh + incentive_eur_per_mwh, prices.feed_eur_per_mwh - incentive_eur_per_mwh};
}

}  // namespace bess
