#include "dispatch/plan.h"

#include <algorithm>
#include <cmath>

#include "base/sum.h"

namespace bess::dispatch {

void SearchStats::add_effort(const SearchStats& attempt) {
  lps += attempt.lps;
  iterations += attempt.iterations;
  fallbacks += attempt.fallbacks;
  certificate_gap = std::max(certificate_gap, attempt.certificate_gap);
}

namespace {

double at(const std::vector<double>& column, std::size_t t) { return column.empty() ? 0.0 : column[t]; }

std::vector<double> part(const std::vector<double>& all, std::size_t first, std::size_t count) {
  if (all.empty()) return {};
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

void append(std::vector<double>& all, const std::vector<double>& more, std::size_t skip = 0) {
  all.insert(all.end(), more.begin() + static_cast<std::ptrdiff_t>(skip), more.end());
}

/// Energy revenue per hour of the positions of period t.
double position_value(const WindowProblem& w, const Positions& positions, std::size_t t) {
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

}  // namespace

void Schedule::reset(std::size_t periods, double stored_mwh) {
  for_each_flow([periods](std::vector<double>& column) { column.assign(periods, 0.0); });
  stored_energy_mwh.assign(periods + 1, stored_mwh);
}

Schedule part_of(const Schedule& s, std::size_t first, std::size_t count) {
  Schedule p{.grid_charge_mw = part(s.grid_charge_mw, first, count),
             .self_charge_mw = part(s.self_charge_mw, first, count),
             .discharge_mw = part(s.discharge_mw, first, count),
             .curtailed_mw = part(s.curtailed_mw, first, count),
             .stored_energy_mwh = part(s.stored_energy_mwh, first, count + 1),
             .reserve_mw = {}};
  for (const Product r : reserve_products) p.reserve_mw[r] = part(s.reserve_mw[r], first, count);
  return p;
}

void append(Schedule& all, const Schedule& more) {
  append(all.grid_charge_mw, more.grid_charge_mw);
  append(all.self_charge_mw, more.self_charge_mw);
  append(all.discharge_mw, more.discharge_mw);
  append(all.curtailed_mw, more.curtailed_mw);
  append(all.stored_energy_mwh, more.stored_energy_mwh, all.stored_energy_mwh.empty() ? 0 : 1);
  for (const Product r : reserve_products) append(all.reserve_mw[r], more.reserve_mw[r]);
}

double net_export_mw(const WindowProblem& w, const Schedule& s, int t) {
  const auto i = static_cast<std::size_t>(t);
  return s.discharge_mw[i] - s.grid_charge_mw[i] + w.generation_mw(t) - s.self_charge_mw[i] - s.curtailed_mw[i];
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
  double peak = w.periods > 0 ? w.peak_floor_mw(0) : 0.0;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const double net = net_export_mw(w, s, static_cast<int>(t));
    const double in = std::max(0.0, -net);
    const double out = std::max(0.0, net);
    double rate = position_value(w, positions, t);
    rate -= w.import_fee(static_cast<int>(t)) * in + w.export_fee(static_cast<int>(t)) * out;
    rate -= w.wear_cost_eur_per_mwh * (s.grid_charge_mw[t] + s.self_charge_mw[t] + s.discharge_mw[t]);
    if (!w.generation.subsidy_eur_per_mwh.empty()) {
      const double made = w.generation_mw(static_cast<int>(t)) - s.curtailed_mw[t];
      const double charge = s.grid_charge_mw[t] + s.self_charge_mw[t];  // the meter takes it from generation first
      rate += w.generation.subsidy_eur_per_mwh[t] * made - at(w.generation.subsidy_on_sales_eur_per_mwh, t) * std::min(charge, made);
    }
    double held = 0.0;
    for (const Product r : reserve_products) held += at(w.prices[r].sell, t) * s.reserve_mw[r][t];
    rate += held;
    value += w.dt_h * rate;
    if (w.peak_tariff_eur_per_mw > 0.0) {
      if (t > 0 && !w.month.empty() && w.month[t] != w.month[t - 1]) peak = w.peak_floor_mw(static_cast<int>(t));
      if (in > peak) {
        value += -w.peak_cost_eur_per_mw(static_cast<int>(t)) * (in - peak);
        peak = in;
      }
    }
  }
  return value.value();
}

double largest_violation(const WindowProblem& w, const Schedule& s, bool exclusive) {
  double worst = 0.0;
  auto check = [&worst](double excess) { worst = std::max(worst, excess); };
  const double eta = w.battery.one_way_efficiency;
  double cycled_mwh = w.cycles_used_today * w.nominal_capacity_mwh;
  double previous_mw = w.previous_net_mw;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    const double c = s.grid_charge_mw[t] + s.self_charge_mw[t];
    const double d = s.discharge_mw[t];
    if (w.max_cycles_per_day > 0.0) {
      if (t > 0 && !w.day.empty() && w.day[t] != w.day[t - 1]) cycled_mwh = 0.0;
      cycled_mwh += 0.5 * w.dt_h * (eta * c + d / eta);
      check(cycled_mwh - w.max_cycles_per_day * w.nominal_capacity_mwh);
    }
    if (w.ramp_mw_per_period > 0.0 && (t > 0 || w.ramp_from_previous)) check(std::abs((d - c) - previous_mw) - w.ramp_mw_per_period);
    previous_mw = d - c;
    const double q = w.generation_mw(static_cast<int>(t));
    const double e0 = s.stored_energy_mwh[t];
    const double e1 = s.stored_energy_mwh[t + 1];
    const ReserveLevel held = s.reserves(t);
    const ReserveNeed need = reserve_need(w.reserve_duties, eta, held);
    for (const double x : {s.grid_charge_mw[t], s.self_charge_mw[t], d, s.curtailed_mw[t]}) check(-x);
    for (const Product r : reserve_products) check(-held[r]);
    check(std::abs(e1 - e0 - w.dt_h * (eta * c - d / eta)));
    check(w.battery.energy_min_mwh - e1);
    check(e1 - w.battery.energy_max_mwh);
    check(c + d - w.battery.power_mw);
    check(s.self_charge_mw[t] + s.curtailed_mw[t] - q);
    const double up = need.discharge_power_mw;
    const double down = need.charge_power_mw;
    check(d + up - w.battery.power_mw);
    check(c + down - w.battery.power_mw);
    const double net = net_export_mw(w, s, static_cast<int>(t));
    check(net + up - std::max(w.export_limit(static_cast<int>(t)), 0.0));
    check(-net + down - std::max(w.import_limit(static_cast<int>(t)), 0.0));
    for (const double e : {e0, e1}) {
      check(w.battery.energy_min_mwh + need.stored_above_minimum_mwh - e);
      check(e - (w.battery.energy_max_mwh - need.room_below_maximum_mwh));
    }
    if (exclusive) check(std::min(c, d));
  }
  return worst;
}

}  // namespace bess::dispatch
