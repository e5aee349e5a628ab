#include "dispatch/window/plan.h"

#include <algorithm>
#include <cmath>

#include "base/sum.h"
#include "dispatch/window/money.h"

namespace bess::dispatch {

void SearchStats::add_effort(const SearchStats& attempt) {
  lps += attempt.lps;
  iterations += attempt.iterations;
  fallbacks += attempt.fallbacks;
  certificate_gap = std::max(certificate_gap, attempt.certificate_gap);
}

void SearchStats::add_stage(const SearchStats& stage) {
  add_effort(stage);
  shared_periods = std::max(shared_periods, stage.shared_periods);
  relaxed_terminal = relaxed_terminal || stage.relaxed_terminal;
  reserve_shortfall_mwh += stage.reserve_shortfall_mwh;
}

void DispatchPlan::set_value(double objective, double bound) {
  objective_eur = objective;
  bound_eur = bound;
  relative_gap = std::max(0.0, (bound - objective) / std::max(1.0, std::abs(bound)));
}

Positions physical_positions(const WindowProblem& w, const Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  Positions positions = no_positions(n);
  if (!w.has_energy()) return positions;
  const FoldedPrices folded = fold_prices(w);
  const double most_mw = w.max_mw[Product::imbalance];
  const bool capped = w.has_imbalance() && std::isfinite(most_mw) && (w.has_day_ahead() || w.has_intraday());
  Position& in_imbalance = positions[Product::imbalance];
  const FoldedPrices base = capped ? fold_prices(w, true) : folded;
  for (std::size_t t = 0; t < n; ++t) {
    double bought = s.grid_charge_mw[t];
    double sold = s.discharge_mw[t];
    if (capped && folded.buy_product[t] == Product::imbalance) {
      const double there = std::min(bought, most_mw);
      in_imbalance.bought_mw[t] += there;
      positions[base.buy_product[t]].bought_mw[t] += bought - there;
    } else {
      positions[folded.buy_product[t]].bought_mw[t] += bought;
    }
    if (capped && folded.sell_product[t] == Product::imbalance) {
      const double there = std::min(sold, most_mw);
      in_imbalance.sold_mw[t] += there;
      positions[base.sell_product[t]].sold_mw[t] += sold - there;
    } else {
      positions[folded.sell_product[t]].sold_mw[t] += sold;
    }
    if (w.has_generation()) {
      positions[w.generation.product].sold_mw[t] += w.generation_mw(static_cast<int>(t)) - s.self_charge_mw[t] - s.curtailed_mw[t];
    }
  }
  return positions;
}

double schedule_value_eur(const WindowProblem& w, const Schedule& s, const Positions& positions) {
  Sum value;
  PeakCost peak(w);
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const auto k = static_cast<int>(t);
    const double net = net_export_mw(w, s, k);
    double rate = positions_eur_per_h(w, positions, t);
    rate -= fees_eur_per_h(w, k, net);
    rate -= wear_eur_per_h(w, s.charge_mw(t) + s.discharge_mw[t]);
    rate += subsidy_eur_per_h(w, t, w.generation_mw(k) - s.curtailed_mw[t], s.charge_mw(t));
    rate += reserve_eur_per_h(w, t, s.reserves(t));
    value += w.dt_h * rate;
    value += -peak.add(k, std::max(0.0, -net));
  }
  return value.value();
}

}  // namespace bess::dispatch
