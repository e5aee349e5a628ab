#pragma once
// One dispatch window: what the optimiser may know and what it may do (product symbols in docs/models/dispatch.md).
// All per-period vectors have `periods` entries; powers MW, energies MWh, prices EUR/MWh, capacity prices EUR/MW/h.
// A WindowProblem is a plain value; it may be read by many threads.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "asset/battery.h"
#include "asset/connection.h"
#include "market/product_prices.h"
#include "market/reserve_duty.h"

namespace bess::dispatch {

enum class CrossMarket : std::uint8_t { physical, netted };
enum class Direction : std::uint8_t { exclusive, time_shared };

/// Generation beside the battery and what it earns.
struct GenerationView {
  std::vector<double> available_mw;                  ///< Q; empty: none
  std::vector<double> subsidy_eur_per_mwh;           ///< empty: none; on what is made and sold, Q − v − u − o
  std::vector<double> subsidy_on_sales_eur_per_mwh;  ///< the part of it that what charges the battery, v + o, loses; empty: none
  std::vector<double> price_eur_per_mwh;             ///< π^gen, of that product
  Product product{Product::day_ahead};               ///< what it is sold as (physical mode)
};

/// Reserve of each product already sold for a block, or forbidden, MW; NaN: free.
struct BlockCommitment : ReserveLevel {
  BlockCommitment() { values.fill(std::numeric_limits<double>::quiet_NaN()); }
  explicit BlockCommitment(const ReserveLevel& sold) : ReserveLevel(sold) {}
};
/// A bound for every product: none.
[[nodiscard]] inline ByProduct<double> no_bounds_mw() {
  ByProduct<double> none;
  none.values.fill(std::numeric_limits<double>::infinity());
  return none;
}

struct WindowProblem {
  int periods{0};
  double dt_h{0.25};
  BatteryLimits battery{};
  double nominal_capacity_mwh{0};  ///< for EFC
  double installed_power_mw{0};    ///< P, before availability; 0: the battery's power limit
  double start_mwh{0};
  double target_mwh{0};    ///< e_N ≥ target (not below e_min)
  bool pinned_end{false};  ///< e_N = target
  ConnectionSpec connection{};
  std::vector<double> import_limit_mw, export_limit_mw;  ///< empty: the connection's constants
  ReserveDuties reserve_duties{usual_reserve_duties()};
  ProductPrices prices{};
  GenerationView generation{};
  double import_fee_eur_per_mwh{0};
  double export_fee_eur_per_mwh{0};
  std::vector<double> import_fee_by_period, export_fee_by_period;  ///< where the fees change inside the window; empty: the constants
  double wear_cost_eur_per_mwh{0};

  std::vector<std::int32_t> block;           ///< running reserve block of each period; empty: one block
  std::vector<BlockCommitment> commitment;   ///< by block − block.front(); empty: all free
  ByProduct<double> max_mw{no_bounds_mw()};  ///< most that is sold of a reserve, or traded in a two-price product

  double max_cycles_per_day{0};   ///< 0: none
  std::vector<std::int32_t> day;  ///< local day of each period, for the cycle budget
  double cycles_used_today{0};    ///< EFC of the first day already executed

  double ramp_mw_per_period{0};    ///< 0: none
  double previous_net_mw{0};       ///< d − c of the period before the window
  bool ramp_from_previous{false};  ///< false: the first period is free

  double peak_tariff_eur_per_mw{0};      ///< cost of each MW of the month's highest import; 0: none
  std::vector<std::int32_t> month;       ///< running month of each period, without gaps; empty: one month
  std::vector<double> peak_so_far_mw;    ///< by month − month.front(): import peaks already owed; empty or short: 0
  std::vector<double> month_peak_share;  ///< by month − month.front(): part of the tariff that this window weighs; empty or short: 1

  CrossMarket cross_market{CrossMarket::physical};
  std::vector<std::int32_t> day_ahead_product;  ///< running product (hour) of each period; empty: every period its own
  double position_cap_factor{1.0};
  /// Positions decided by earlier stages, net sold per period; empty: none. Then only imbalance trades around them.
  std::vector<double> frozen_position_mw;

  [[nodiscard]] bool trades(Product p) const { return !prices[p].sell.empty(); }
  [[nodiscard]] double buy_price(Product p, std::size_t t) const { return prices[p].buy[t]; }
  [[nodiscard]] double sell_price(Product p, std::size_t t) const { return prices[p].sell[t]; }
  [[nodiscard]] bool has_day_ahead() const { return trades(Product::day_ahead); }
  [[nodiscard]] bool has_intraday() const { return trades(Product::intraday); }
  [[nodiscard]] bool has_imbalance() const { return trades(Product::imbalance); }
  [[nodiscard]] bool has_energy() const {
    return std::any_of(energy_products.begin(), energy_products.end(), [&](Product p) { return trades(p); });
  }
  [[nodiscard]] ProductSet reserves() const {
    ProductSet enabled;
    for (const Product p : reserve_products) {
      if (trades(p)) enabled.add(p);
    }
    return enabled;
  }
  [[nodiscard]] bool has_reserves() const { return reserves().any(); }
  [[nodiscard]] bool has_generation() const { return !generation.available_mw.empty(); }
  [[nodiscard]] double generation_mw(int t) const { return has_generation() ? generation.available_mw[static_cast<std::size_t>(t)] : 0.0; }
  [[nodiscard]] double import_limit(int t) const {
    return import_limit_mw.empty() ? connection.import_limit_mw : import_limit_mw[static_cast<std::size_t>(t)];
  }
  [[nodiscard]] double export_limit(int t) const {
    return export_limit_mw.empty() ? connection.export_limit_mw : export_limit_mw[static_cast<std::size_t>(t)];
  }
  [[nodiscard]] double installed_power() const { return installed_power_mw > 0 ? installed_power_mw : battery.power_mw; }
  /// Position caps X^s (sell) and X^b (buy) of a period (docs/models/dispatch.md).
  [[nodiscard]] double sell_cap_mw(int t) const {
    return position_cap_factor * std::min(installed_power() + generation_mw(t), export_limit(t));
  }
  [[nodiscard]] double buy_cap_mw(int t) const { return position_cap_factor * std::min(installed_power(), import_limit(t)); }
  /// True where positions are explicit (netted trade, or a later stage of sequential trade).
  [[nodiscard]] bool has_positions() const { return cross_market == CrossMarket::netted || !frozen_position_mw.empty(); }
  [[nodiscard]] double import_fee(int t) const {
    return import_fee_by_period.empty() ? import_fee_eur_per_mwh : import_fee_by_period[static_cast<std::size_t>(t)];
  }
  [[nodiscard]] double export_fee(int t) const {
    return export_fee_by_period.empty() ? export_fee_eur_per_mwh : export_fee_by_period[static_cast<std::size_t>(t)];
  }
  /// Import peak already owed in the month of period t.
  [[nodiscard]] double peak_floor_mw(int t) const {
    const std::size_t m = month_of(t);
    return m < peak_so_far_mw.size() ? peak_so_far_mw[m] : 0.0;
  }
  /// What the window weighs for each MW of the highest import in the month of period t.
  [[nodiscard]] double peak_cost_eur_per_mw(int t) const {
    const std::size_t m = month_of(t);
    return peak_tariff_eur_per_mw * (m < month_peak_share.size() ? month_peak_share[m] : 1.0);
  }
  [[nodiscard]] std::size_t month_of(int t) const {
    return month.empty() ? std::size_t{0} : static_cast<std::size_t>(month[static_cast<std::size_t>(t)] - month.front());
  }
  [[nodiscard]] std::int32_t block_of(int t) const { return block.empty() ? 0 : block[static_cast<std::size_t>(t)] - block.front(); }

  /// True where period t is the first of a month, local day, reserve block or day-ahead product (the window's first period is always).
  [[nodiscard]] bool starts_month(int t) const { return differs_from_before(month, t); }
  [[nodiscard]] bool starts_day(int t) const { return differs_from_before(day, t); }
  [[nodiscard]] bool starts_block(int t) const { return differs_from_before(block, t); }
  [[nodiscard]] bool starts_product(int t) const { return day_ahead_product.empty() || differs_from_before(day_ahead_product, t); }

 private:
  [[nodiscard]] static bool differs_from_before(const std::vector<std::int32_t>& running, int t) {
    return t == 0 || (!running.empty() && running[static_cast<std::size_t>(t)] != running[static_cast<std::size_t>(t - 1)]);
  }
};

/// The part of a window [first, first + count): sliced vectors; start, target and counters are the caller's to set.
[[nodiscard]] WindowProblem slice(const WindowProblem& window, int first, int count);

/// Middle of the energy window, clamped to what the battery can reach from its start by charging all the time.
[[nodiscard]] double rule_target_mwh(const WindowProblem& window);

/// `wanted` clamped to what can be reached.
[[nodiscard]] double reachable_target_mwh(const WindowProblem& window, double wanted_mwh);

}  // namespace bess::dispatch
