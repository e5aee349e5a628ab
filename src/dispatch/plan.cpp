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

/// Energy revenue per hour of the positions of period t.
double position_value(const WindowProblem& w, const MarketPositions& p, std::size_t t) {
  double value = 0.0;
  if (w.has_day_ahead()) value += w.prices.day_ahead[t] * (at(p.day_ahead.sold_mw, t) - at(p.day_ahead.bought_mw, t));
  if (w.has_intraday()) value += w.prices.intraday[t] * (at(p.intraday.sold_mw, t) - at(p.intraday.bought_mw, t));
  if (w.has_imbalance()) {
    value += w.prices.imbalance_feed[t] * at(p.imbalance.sold_mw, t) - w.prices.imbalance_take[t] * at(p.imbalance.bought_mw, t);
  }
  return value;
}

}  // namespace

double net_export_mw(const WindowProblem& w, const Schedule& s, int t) {
  const auto i = static_cast<std::size_t>(t);
  return s.discharge_mw[i] - s.grid_charge_mw[i] + w.generation_mw(t) - s.self_charge_mw[i] - s.curtailed_mw[i];
}

MarketPositions physical_positions(const WindowProblem& w, const Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  MarketPositions positions;
  for (auto* m : {&positions.day_ahead, &positions.intraday, &positions.imbalance}) {
    m->bought_mw.assign(n, 0.0);
    m->sold_mw.assign(n, 0.0);
  }
  auto of = [&](Market m) -> Positions3& {
    return m == Market::intraday ? positions.intraday : m == Market::imbalance ? positions.imbalance : positions.day_ahead;
  };
  if (!w.has_day_ahead() && !w.has_intraday() && !w.has_imbalance()) return positions;
  const FoldedPrices folded = fold_prices(w);
  const bool capped = w.has_imbalance() && std::isfinite(w.max_imbalance_mw) && (w.has_day_ahead() || w.has_intraday());
  const FoldedPrices base = capped ? fold_prices(w, true) : folded;
  for (std::size_t t = 0; t < n; ++t) {
    double bought = s.grid_charge_mw[t];
    double sold = s.discharge_mw[t];
    if (capped && folded.buy_market[t] == Market::imbalance) {
      const double in_imbalance = std::min(bought, w.max_imbalance_mw);
      positions.imbalance.bought_mw[t] += in_imbalance;
      of(base.buy_market[t]).bought_mw[t] += bought - in_imbalance;
    } else {
      of(folded.buy_market[t]).bought_mw[t] += bought;
    }
    if (capped && folded.sell_market[t] == Market::imbalance) {
      const double in_imbalance = std::min(sold, w.max_imbalance_mw);
      positions.imbalance.sold_mw[t] += in_imbalance;
      of(base.sell_market[t]).sold_mw[t] += sold - in_imbalance;
    } else {
      of(folded.sell_market[t]).sold_mw[t] += sold;
    }
    if (w.has_generation()) {
      of(w.generation.market).sold_mw[t] += w.generation_mw(static_cast<int>(t)) - s.self_charge_mw[t] - s.curtailed_mw[t];
    }
  }
  return positions;
}

double schedule_value_eur(const WindowProblem& w, const Schedule& s, const MarketPositions& positions) {
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
    rate += at(w.prices.afrr_up, t) * s.afrr_up_mw[t] + at(w.prices.afrr_down, t) * s.afrr_down_mw[t] + at(w.prices.fcr, t) * s.fcr_mw[t];
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
  const double f = w.reserve_rules.fcr_power_factor;
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
    const ReserveNeed need = reserve_need(w.reserve_rules, eta, s.fcr_mw[t], s.afrr_up_mw[t], s.afrr_down_mw[t]);
    for (const double x : {s.grid_charge_mw[t], s.self_charge_mw[t], d, s.curtailed_mw[t], s.fcr_mw[t], s.afrr_up_mw[t], s.afrr_down_mw[t]})
      check(-x);
    check(std::abs(e1 - e0 - w.dt_h * (eta * c - d / eta)));
    check(w.battery.energy_min_mwh - e1);
    check(e1 - w.battery.energy_max_mwh);
    check(c + d - w.battery.power_mw);
    check(s.self_charge_mw[t] + s.curtailed_mw[t] - q);
    check(d + s.afrr_up_mw[t] + f * s.fcr_mw[t] - w.battery.power_mw);
    check(c + s.afrr_down_mw[t] + f * s.fcr_mw[t] - w.battery.power_mw);
    const double up = s.afrr_up_mw[t] + f * s.fcr_mw[t];
    const double down = s.afrr_down_mw[t] + f * s.fcr_mw[t];
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
