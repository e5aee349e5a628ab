#pragma once
// What a cycle costs: ways to choose the wear price w of the dispatch (EUR per MWh charged and per MWh discharged, AC).

namespace bess {

/// The replacement cost spread over the throughput of a life of `lifetime_cycles` equivalent full cycles.
struct CycleCost {
  double eur_per_mwh_discharged{0};
  double eur_per_mwh_throughput{0};  ///< half of it: w, paid on charge and on discharge
};

/// K/N and K/(2N) for a replacement cost K (EUR per MWh of capacity) and N cycles; 0 without a lifetime.
[[nodiscard]] CycleCost cycle_cost(double replacement_eur_per_mwh, double lifetime_cycles);

/// Cost of one equivalent full cycle per MWh of capacity (EUR) when the battery is worth K until its health has fallen by
/// `usable_fade` (a fraction, 0.2 for an end of life at 80 %): K·δ_c/usable_fade; 0 without usable fade.
[[nodiscard]] double fade_cost_eur_per_cycle_and_mwh(double replacement_eur_per_mwh, double fade_per_cycle, double usable_fade);

}  // namespace bess
