#pragma once
// Imbalance prices from the regulation state of a settlement period (the Dutch two-price table).

#include <cstdint>
#include <optional>

namespace bess {

/// What the system operator activated in the settlement period.
enum class RegulationState : std::int8_t {
  none = 0,   ///< no activation
  up = 1,     ///< only upward, or the need rose over the period
  down = -1,  ///< only downward
  both = 2,   ///< both: the system swung inside the period
};

/// −1, 0, 1 or 2; no value for anything else.
[[nodiscard]] std::optional<RegulationState> regulation_state(double value);

/// Prices a settlement period is made of, EUR/MWh.
struct ActivationPrices {
  double up_eur_per_mwh{};    ///< marginal price of activated upward regulation
  double down_eur_per_mwh{};  ///< marginal price of activated downward regulation
  double mid_eur_per_mwh{};   ///< mean of the cheapest offered upward and the dearest offered downward bid
};

/// EUR/MWh. A party that takes from the system (short) pays `take`; one that feeds in (long) receives `feed`. Negative prices reverse the
/// money.
struct ImbalancePrices {
  double take_eur_per_mwh{};
  double feed_eur_per_mwh{};
};

/// none: both mid; up: both up; down: both down; both: max(up, mid) and min(down, mid). The incentive is added to take and taken off feed.
[[nodiscard]] ImbalancePrices imbalance_prices(RegulationState state, const ActivationPrices& activation,
                                               double incentive_eur_per_mwh = 0.0);

}  // namespace bess
