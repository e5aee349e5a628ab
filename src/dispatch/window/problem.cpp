#include "dispatch/window/problem.h"

#include <algorithm>

#include "dispatch/window/limits.h"

namespace bess::dispatch {

namespace {

template <class T>
std::vector<T> part(const std::vector<T>& all, int first, int count) {
  if (all.empty()) return {};
  const auto begin = all.begin() + first;
  return {begin, begin + count};
}

}  // namespace

WindowProblem slice(const WindowProblem& w, int first, int count) {
  WindowProblem piece = w;
  piece.periods = count;
  for (const ProductInfo& info : product_table)
    piece.prices[info.id] = {part(w.prices[info.id].buy, first, count), part(w.prices[info.id].sell, first, count)};
  piece.generation.available_mw = part(w.generation.available_mw, first, count);
  piece.generation.subsidy_eur_per_mwh = part(w.generation.subsidy_eur_per_mwh, first, count);
  piece.generation.subsidy_on_sales_eur_per_mwh = part(w.generation.subsidy_on_sales_eur_per_mwh, first, count);
  piece.generation.price_eur_per_mwh = part(w.generation.price_eur_per_mwh, first, count);
  piece.import_limit_mw = part(w.import_limit_mw, first, count);
  piece.export_limit_mw = part(w.export_limit_mw, first, count);
  piece.import_fee_by_period = part(w.import_fee_by_period, first, count);
  piece.export_fee_by_period = part(w.export_fee_by_period, first, count);
  piece.block = part(w.block, first, count);
  if (!w.commitment.empty()) {
    piece.commitment = part(w.commitment, w.block_of(first), w.block_of(first + count - 1) - w.block_of(first) + 1);
  }
  piece.day = part(w.day, first, count);
  piece.month = part(w.month, first, count);
  for (std::vector<double>* by_month : {&piece.peak_so_far_mw, &piece.month_peak_share}) {
    by_month->erase(by_month->begin(), by_month->begin() + static_cast<std::ptrdiff_t>(std::min(w.month_of(first), by_month->size())));
  }
  piece.day_ahead_product = part(w.day_ahead_product, first, count);
  piece.frozen_position_mw = part(w.frozen_position_mw, first, count);
  return piece;
}

double reachable_target_mwh(const WindowProblem& w, double wanted_mwh) {
  double e = w.start_mwh;
  const double eta = w.battery.one_way_efficiency;
  for (int t = 0; t < w.periods && e < wanted_mwh; ++t) {
    e = std::min(w.battery.energy_max_mwh, e + w.dt_h * eta * most_charge_mw(w, t));
  }
  return std::max(w.battery.energy_min_mwh, std::min(wanted_mwh, e));
}

double rule_target_mwh(const WindowProblem& w) {
  return reachable_target_mwh(w, 0.5 * (w.battery.energy_min_mwh + w.battery.energy_max_mwh));
}

}  // namespace bess::dispatch
