// From a solution of the staged LP back to flows, reserves and positions. build.cpp goes the other way.

#include <algorithm>
#include <cmath>

#include "dispatch/model/model.h"
#include "dispatch/window/settled_schedule.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

void read_schedule(const WindowProblem& w, const LpChoice& choice, const WindowLp& window_lp, const lp::Solution& solution, Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  const Layout& at = window_lp.at;
  const int nu = window_lp.lp.pattern.controls;
  const int nx = window_lp.lp.pattern.states;
  const double tiny = tolerance::no_flow * std::max(w.battery.power_mw, 1e-9);
  auto control = [&](std::size_t t, int c, double high) {
    if (c < 0) return 0.0;
    const double value = std::clamp(solution.control[t * static_cast<std::size_t>(nu) + static_cast<std::size_t>(c)], 0.0, high);
    return value < tiny ? 0.0 : value;
  };
  auto state = [&](std::size_t t, int i) {
    const double value = std::max(0.0, solution.state[t * static_cast<std::size_t>(nx) + static_cast<std::size_t>(i)]);
    return value < tiny ? 0.0 : value;
  };
  s.reset(n, w.start_mwh);
  for (std::size_t t = 0; t < n; ++t) {
    const double q = w.generation_mw(static_cast<int>(t));
    const double v = control(t, at.generation.self_charge, q);
    const bool one_way = at.battery.one_way();
    const double p = control(t, at.battery.power, w.battery.power_mw);
    const bool charging = one_way && (*choice.direction)[t] == Allowed::charge;
    const double g = !one_way ? control(t, at.battery.charge, w.battery.power_mw) : charging ? p : 0.0;
    const double d = !one_way ? control(t, at.battery.discharge, w.battery.power_mw) : charging ? 0.0 : p;
    s.curtailed_mw[t] = std::min(control(t, at.generation.curtailed, q), q - v);
    s.grid_charge_mw[t] = g;
    s.self_charge_mw[t] = v;
    s.discharge_mw[t] = d;
    if (choice.fixed_reserves != nullptr) {
      s.set_reserves(t, (*choice.fixed_reserves)[static_cast<std::size_t>(w.block_of(static_cast<int>(t)))]);
    } else {
      for (const Product r : reserve_products) {
        if (at.reserves.has(r)) s.reserve_mw[r][t] = state(t, at.reserves.held[r]);
      }
    }
  }
  settle_flows(w, s);
  if (choice.fixed_reserves == nullptr && at.reserves.present()) settle_reserves(w, s);
}

namespace {

/// What is delivered of each day-ahead product: its mean over the product's periods.
std::vector<double> delivered_by_product(const WindowProblem& w, const Schedule& s) {
  const auto n = static_cast<std::size_t>(w.periods);
  std::vector<double> mean(n, 0.0);
  for (std::size_t first = 0; first < n;) {
    std::size_t last = first + 1;
    while (last < n && !w.day_ahead_product.empty() && w.day_ahead_product[last] == w.day_ahead_product[first]) ++last;
    double sum = 0.0;
    for (std::size_t t = first; t < last; ++t) sum += net_export_mw(w, s, static_cast<int>(t));
    std::fill(mean.begin() + static_cast<std::ptrdiff_t>(first), mean.begin() + static_cast<std::ptrdiff_t>(last),
              sum / static_cast<double>(last - first));
    first = last;
  }
  return mean;
}

}  // namespace

Positions read_positions(const WindowProblem& w, const WindowLp& window_lp, const lp::Solution& solution, const Schedule& s) {
  if (!w.has_positions()) return physical_positions(w, s);
  const auto n = static_cast<std::size_t>(w.periods);
  const Layout& at = window_lp.at;
  const auto nu = static_cast<std::size_t>(window_lp.lp.pattern.controls);
  const auto nx = static_cast<std::size_t>(window_lp.lp.pattern.states);
  Positions positions = no_positions(n);
  auto book = [&positions](Product p, std::size_t t, double net_sold) {
    positions[p].sold_mw[t] = std::max(0.0, net_sold);
    positions[p].bought_mw[t] = std::max(0.0, -net_sold);
  };
  // Day-ahead alone must be delivered: its position is what the settled flows deliver, unless that is another plan.
  const bool delivers = w.frozen_position_mw.empty() && w.has_day_ahead() && !at.positions.intraday_closes() && !w.has_imbalance();
  const std::vector<double> delivered = delivers ? delivered_by_product(w, s) : std::vector<double>{};
  const double same_plan = tolerance::same_position * w.battery.power_mw;
  for (std::size_t t = 0; t < n; ++t) {
    const double net = net_export_mw(w, s, static_cast<int>(t));
    double q = solution.state[t * nx + static_cast<std::size_t>(at.positions.day_ahead)];
    const double imbalance = solution.control[t * nu + static_cast<std::size_t>(at.positions.sold)] -
                             solution.control[t * nu + static_cast<std::size_t>(at.positions.bought)];
    if (delivers && std::abs(delivered[t] - q) <= same_plan) q = delivered[t];
    if (w.frozen_position_mw.empty()) book(Product::day_ahead, t, q);
    if (at.positions.intraday_closes()) {
      book(Product::imbalance, t, w.has_imbalance() ? imbalance : 0.0);
      book(Product::intraday, t, net - q - (w.has_imbalance() ? imbalance : 0.0));
    } else if (w.has_imbalance()) {
      book(Product::imbalance, t, net - q);
    }
  }
  return positions;
}

bool committed_reserves(const WindowProblem& w, std::vector<ReserveLevel>& levels) {
  if (w.commitment.empty() || !w.has_reserves()) return false;
  levels.assign(w.commitment.size(), {});
  for (std::size_t b = 0; b < levels.size(); ++b) {
    for (const Product r : reserve_products) {
      if (!w.trades(r)) continue;
      levels[b][r] = w.commitment[b][r];
      if (std::isnan(levels[b][r])) return false;
    }
  }
  return true;
}

std::vector<ReserveLevel> reserves_by_block(const WindowProblem& w, const Schedule& s) {
  std::vector<ReserveLevel> levels(static_cast<std::size_t>(w.block_of(w.periods - 1)) + 1);
  for (int t = w.periods - 1; t >= 0; --t) levels[static_cast<std::size_t>(w.block_of(t))] = s.reserves(static_cast<std::size_t>(t));
  return levels;
}

}  // namespace bess::dispatch
