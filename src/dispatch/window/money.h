#pragma once
// What a period earns and costs, for all of dispatch: the LP's coefficients, the direction search, the value of a plan. Each rule stands
// here once; the ledger books the same independently (settlement/ledger.h). Equations: docs/models/dispatch.md.
//
// Rates are EUR per hour of delivery at given powers (MW); times dt_h they are EUR. Pure functions of the window: thread-safe.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "dispatch/window/problem.h"
#include "market/positions.h"

namespace bess::dispatch {

/// Buy and sell price of each period in physical mode, and which product they come from: charge from the cheapest, discharge
/// to the dearest enabled one; ties go to the first in the product table.
struct FoldedPrices {
  std::vector<double> buy, sell;
  std::vector<Product> buy_product, sell_product;
};
/// With `without_imbalance` the imbalance market is left out (where its volume is capped).
[[nodiscard]] FoldedPrices fold_prices(const WindowProblem& window, bool without_imbalance = false);

/// True where energy is traded physically and the volume in imbalance has a cap: then what is charged or discharged is traded in two parts.
[[nodiscard]] bool caps_imbalance(const WindowProblem& window);

/// Import and export fees on a net export (import where negative).
[[nodiscard]] inline double fees_eur_per_h(const WindowProblem& w, int t, double net_export_mw) {
  return w.import_fee(t) * std::max(0.0, -net_export_mw) + w.export_fee(t) * std::max(0.0, net_export_mw);
}

/// Wear price on all power moved, charge and discharge.
[[nodiscard]] inline double wear_eur_per_h(const WindowProblem& w, double moved_mw) { return w.wear_cost_eur_per_mwh * moved_mw; }

/// What own generation that is made (Q − u) is paid beside the market, and what of it is lost where subsidy is on sales: what charges is
/// not sold, and the meter takes charging from generation first.
[[nodiscard]] inline double subsidy_eur_per_h(const WindowProblem& w, std::size_t t, double made_mw, double charge_mw) {
  const GenerationView& g = w.generation;
  if (g.subsidy_eur_per_mwh.empty()) return 0.0;
  const double on_sales = g.subsidy_on_sales_eur_per_mwh.empty() ? 0.0 : g.subsidy_on_sales_eur_per_mwh[t];
  return g.subsidy_eur_per_mwh[t] * made_mw - on_sales * std::min(charge_mw, made_mw);
}

/// Capacity payments of reserve held.
[[nodiscard]] inline double reserve_eur_per_h(const WindowProblem& w, std::size_t t, const ReserveLevel& held_mw) {
  double rate = 0.0;
  for (const Product r : reserve_products) rate += w.trades(r) ? w.sell_price(r, t) * held_mw[r] : 0.0;
  return rate;
}

/// Energy sold less energy bought, at each product's own prices.
[[nodiscard]] double positions_eur_per_h(const WindowProblem& w, const Positions& positions, std::size_t t);

/// Cost of a window's import peaks: of each month, what its highest import exceeds the peak owed already.
class PeakCost {
 public:
  explicit PeakCost(const WindowProblem& w) : w_(w), peak_mw_(w.periods > 0 ? w.peak_floor_mw(0) : 0.0) {}
  /// Cost that period t's import adds, EUR. Periods in order.
  [[nodiscard]] double add(int t, double import_mw) {
    if (!(w_.peak_tariff_eur_per_mw > 0.0)) return 0.0;
    if (t > 0 && w_.starts_month(t)) peak_mw_ = w_.peak_floor_mw(t);
    if (!(import_mw > peak_mw_)) return 0.0;
    const double more_mw = import_mw - peak_mw_;
    peak_mw_ = import_mw;
    return w_.peak_cost_eur_per_mw(t) * more_mw;
  }

 private:
  const WindowProblem& w_;
  double peak_mw_;
};

/// What the LP's variables earn and cost at the margin of one period, EUR/MWh. The LP is linear: where money is not, this is the side
/// from which the LP's value lies above the plan's (docs/models/dispatch.md says where).
struct MarginalRates {
  double buy{0};         ///< paid for what charges from the grid
  double sell{0};        ///< paid for what is discharged
  double generation{0};  ///< paid for own generation that is sold
  double wear{0};        ///< the tie-break included
  double export_fee{0};
  double subsidy{0};                ///< on generation that is made
  double lost_by_charging{0};       ///< of it, per MWh charged
  double imbalance_buy_saving{0};   ///< of buying a part in imbalance, where its volume has a cap (≥ 0)
  double imbalance_sell_saving{0};  ///< of selling a part there
};

/// The marginal rates of a window's periods. Keeps folded prices; the window must outlive it.
class MarginalMoney {
 public:
  explicit MarginalMoney(const WindowProblem& window);
  [[nodiscard]] MarginalRates at(int t) const;
  /// Price that closes positions at the margin: of a free intraday position, which is eliminated; 0 where there is none.
  [[nodiscard]] double closing_price(std::size_t t) const { return intraday_closes_ ? w_.sell_price(Product::intraday, t) : 0.0; }

 private:
  [[nodiscard]] double subsidy_lost(int t, double subsidy, double generation_price) const;

  const WindowProblem& w_;
  bool capped_;
  bool intraday_closes_;
  FoldedPrices folded_;
  FoldedPrices base_;  ///< without imbalance, where that is capped
};

/// What a period earns at best at net battery power p = d − c, with curtailment and routing chosen best; reserves aside. Where positions
/// are free, a bound: each market is taken at its own margin.
class PeriodMoney {
 public:
  PeriodMoney(const WindowProblem& w, const FoldedPrices& folded) : w_(w), folded_(folded) {}
  /// Power that reserves keep of the connection in the period asked for next.
  void set_reserved(double up_mw, double down_mw) {
    reserved_up_mw_ = up_mw;
    reserved_down_mw_ = down_mw;
  }
  [[nodiscard]] double export_room_mw(int t) const { return w_.export_limit(t) - reserved_up_mw_; }
  [[nodiscard]] double import_room_mw(int t) const { return w_.import_limit(t) - reserved_down_mw_; }
  [[nodiscard]] double frozen_mw(int t) const {
    return w_.frozen_position_mw.empty() ? 0.0 : w_.frozen_position_mw[static_cast<std::size_t>(t)];
  }
  /// EUR.
  [[nodiscard]] double operator()(int t, double net_power_mw) const;

 private:
  [[nodiscard]] double with_curtailment(int t, double net_power_mw, double curtailed_mw) const;

  const WindowProblem& w_;
  const FoldedPrices& folded_;
  double reserved_up_mw_{0}, reserved_down_mw_{0};
};

}  // namespace bess::dispatch
