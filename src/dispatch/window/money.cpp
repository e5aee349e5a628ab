#include "dispatch/window/money.h"

#include <cmath>
#include <limits>

#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// A price at which charging is never worthwhile in the window, above any use of the energy (for a market that is capped
/// and has no other beside it). The mirror image serves discharging.
double forbidding_buy_price(const FoldedPrices& f, double round_trip_efficiency) {
  double top = 0.0;
  for (const double p : f.sell) top = std::max(top, std::abs(p));
  for (const double p : f.buy) top = std::max(top, std::abs(p));
  return 2.0 * top / round_trip_efficiency + 1.0;
}

double at(const std::vector<double>& column, std::size_t t) { return column.empty() ? 0.0 : column[t]; }

}  // namespace

FoldedPrices fold_prices(const WindowProblem& window, bool without_imbalance) {
  std::vector<Product> quotes;
  for (const Product p : energy_products) {
    const bool left_out = without_imbalance && p == Product::imbalance;
    if (window.trades(p) && !left_out) quotes.push_back(p);
  }
  const auto n = static_cast<std::size_t>(window.periods);
  FoldedPrices folded;
  folded.buy.assign(n, 0.0);
  folded.sell.assign(n, 0.0);
  const Product first = quotes.empty() ? Product::day_ahead : quotes.front();
  folded.buy_product.assign(n, first);
  folded.sell_product.assign(n, first);
  for (const Product p : quotes) {
    const std::vector<double>& buy = window.prices[p].buy;
    const std::vector<double>& sell = window.prices[p].sell;
    for (std::size_t t = 0; t < n; ++t) {
      if (p == first || buy[t] < folded.buy[t]) {
        folded.buy[t] = buy[t];
        folded.buy_product[t] = p;
      }
      if (p == first || sell[t] > folded.sell[t]) {
        folded.sell[t] = sell[t];
        folded.sell_product[t] = p;
      }
    }
  }
  return folded;
}

bool caps_imbalance(const WindowProblem& w) {
  return !w.has_positions() && w.has_imbalance() && std::isfinite(w.max_mw[Product::imbalance]);
}

double positions_eur_per_h(const WindowProblem& w, const Positions& positions, std::size_t t) {
  double value = 0.0;
  for (const Product p : energy_products) {
    if (!w.trades(p)) continue;
    const double sold = at(positions[p].sold_mw, t);
    const double bought = at(positions[p].bought_mw, t);
    value += info_of(p).kind == ProductKind::two_price ? w.sell_price(p, t) * sold - w.buy_price(p, t) * bought
                                                       : w.sell_price(p, t) * (sold - bought);
  }
  return value;
}

MarginalMoney::MarginalMoney(const WindowProblem& w)
    : w_(w),
      capped_(caps_imbalance(w)),
      intraday_closes_(w.has_positions() && w.has_intraday() && w.frozen_position_mw.empty()),
      folded_(fold_prices(w)) {
  if (!capped_) return;
  base_ = fold_prices(w, true);
  if (w.has_day_ahead() || w.has_intraday()) return;
  const double forbidding = forbidding_buy_price(folded_, w.battery.round_trip_efficiency);
  base_.buy.assign(base_.buy.size(), forbidding);
  base_.sell.assign(base_.sell.size(), -forbidding);
}

MarginalRates MarginalMoney::at(int k) const {
  const auto t = static_cast<std::size_t>(k);
  MarginalRates rates;
  rates.wear = w_.wear_cost_eur_per_mwh + tolerance::tie_break_eur_per_mwh;
  rates.export_fee = w_.export_fee(k);
  if (w_.has_positions()) {
    rates.buy = rates.sell = rates.generation = closing_price(t);
  } else {
    const FoldedPrices& folded = capped_ ? base_ : folded_;
    rates.buy = folded.buy[t];
    rates.sell = folded.sell[t];
    rates.generation = w_.has_generation() ? w_.generation.price_eur_per_mwh[t] : 0.0;
    if (capped_) {
      rates.imbalance_buy_saving = std::max(0.0, rates.buy - w_.buy_price(Product::imbalance, t));
      rates.imbalance_sell_saving = std::max(0.0, w_.sell_price(Product::imbalance, t) - rates.sell);
    }
  }
  if (w_.has_generation()) {
    rates.subsidy = w_.generation.subsidy_eur_per_mwh.empty() ? 0.0 : w_.generation.subsidy_eur_per_mwh[t];
    rates.lost_by_charging = subsidy_lost(k, rates.subsidy, rates.generation);
  }
  return rates;
}

// Per MWh charged, from the grid or not: where (the part of the subsidy that is) on sales, the meter takes charging from generation first.
// The subsidised max(0, Q − u − c) is replaced by what lies above it on 0 ≤ c ≤ min(αP, Gimp + Q). Where generation is better
// curtailed there is nothing to lose.
double MarginalMoney::subsidy_lost(int k, double subsidy, double generation_price) const {
  const double most = std::min(w_.battery.power_mw, std::max(0.0, w_.import_limit(k)) + w_.generation_mw(k));
  if (w_.generation.subsidy_on_sales_eur_per_mwh.empty() || !(most > 0.0)) return 0.0;
  const auto t = static_cast<std::size_t>(k);
  const double on_sales = w_.generation.subsidy_on_sales_eur_per_mwh[t];
  double lowest = generation_price;  // where positions are traded, what another MWh of import can earn in any market
  if (w_.has_positions() && w_.has_day_ahead()) lowest = std::min(lowest, w_.sell_price(Product::day_ahead, t));
  if (w_.has_positions() && w_.has_imbalance()) lowest = std::min(lowest, w_.buy_price(Product::imbalance, t));
  return lowest + subsidy < 0.0 ? 0.0 : on_sales * std::min(1.0, w_.generation_mw(k) / most);
}

double PeriodMoney::operator()(int t, double p) const {
  const double q = w_.generation_mw(t);
  if (q <= 0.0) return with_curtailment(t, p, 0.0);
  // Curtailment: none, all, up to the export limit, up to a net of zero or of the frozen position.
  double best = -std::numeric_limits<double>::infinity();
  const double over = std::max(0.0, p + q - export_room_mw(t));
  for (const double u : {over, q, p + q, p + q - frozen_mw(t)}) {
    const double most = std::clamp(p + q + import_room_mw(t), 0.0, q);  // curtailing must not exceed what may be imported instead
    const double curtailed = std::clamp(u, std::min(over, most), most);
    best = std::max(best, with_curtailment(t, p, curtailed));
  }
  return best;
}

double PeriodMoney::with_curtailment(int t, double p, double u) const {
  const auto i = static_cast<std::size_t>(t);
  const double made = w_.generation_mw(t) - u;
  const double net = p + w_.generation_mw(t) - u;
  const double charge = std::max(0.0, -p);
  double rate = -fees_eur_per_h(w_, t, net) - wear_eur_per_h(w_, std::abs(p)) + subsidy_eur_per_h(w_, i, made, charge);
  if (!w_.frozen_position_mw.empty()) {
    const double open = net - frozen_mw(t);
    rate += open > 0.0 ? w_.sell_price(Product::imbalance, i) * open : w_.buy_price(Product::imbalance, i) * open;
    return w_.dt_h * rate;
  }
  if (w_.has_positions()) {
    const Product at_margin = w_.has_intraday() ? Product::intraday : w_.has_day_ahead() ? Product::day_ahead : Product::imbalance;
    const double price = w_.sell_price(at_margin, i);
    rate += price * net;
    if (w_.has_imbalance()) {  // whatever imbalance does better at the margin
      rate += std::max(0.0, w_.sell_price(Product::imbalance, i) - price) * std::max(0.0, net) +
              std::max(0.0, price - w_.buy_price(Product::imbalance, i)) * std::max(0.0, -net);
    }
    return w_.dt_h * rate;
  }
  const double generation_price = w_.has_generation() ? w_.generation.price_eur_per_mwh[i] : 0.0;
  const double self = generation_price < folded_.buy[i] ? std::min(charge, made) : 0.0;
  rate += generation_price * made - generation_price * self - folded_.buy[i] * (charge - self) + folded_.sell[i] * std::max(0.0, p);
  return w_.dt_h * rate;
}

}  // namespace bess::dispatch
