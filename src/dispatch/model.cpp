#include "dispatch/model.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bess::dispatch {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Less room than this part of the power is the last digit of a bid that takes all of it, and no room at all.
constexpr double least_room = 1e-4;
/// Less than this part of it beside reserves that are sold is taken for this much: the cut on sharing divides by it, and what a solver
/// leaves of a row would be many times as much.
constexpr double least_room_beside_reserves = 1e-2;

std::size_t at_index(int k, int width, int i) {
  return static_cast<std::size_t>(k) * static_cast<std::size_t>(width) + static_cast<std::size_t>(i);
}

bool capped_imbalance(const WindowProblem& w) { return !w.has_positions() && w.has_imbalance() && std::isfinite(w.max_imbalance_mw); }

/// A price at which charging is never worthwhile in the window, above any use of the energy (for a market that is capped
/// and has no other beside it). The mirror image serves discharging.
double forbidding_buy_price(const FoldedPrices& f, double rte) {
  double top = 0.0;
  for (const double p : f.sell) top = std::max(top, std::abs(p));
  for (const double p : f.buy) top = std::max(top, std::abs(p));
  return 2.0 * top / rte + 1.0;
}

/// Writes one window into one staged LP.
class Builder {
 public:
  Builder(const WindowProblem& window, const LpChoice& choice, WindowLp& out)
      : w_(window),
        choice_(choice),
        out_(out),
        lp_(out.lp),
        at_(out.at),
        nx_(out.lp.pattern.states),
        nu_(out.lp.pattern.controls),
        eta_(window.battery.one_way_efficiency),
        power_(window.battery.power_mw) {}

  void run() {
    prepare_prices();
    for (int k = 0; k < w_.periods; ++k) {
      if (at_.p >= 0) {
        one_way(k);
        energy_rows(k);
        state_boxes(k);
        continue;
      }
      transitions(k);
      costs(k);
      power_rows(k);
      connection_rows(k);
      energy_rows(k);
      meter_rows(k);
      position_rows(k);
      boxes(k);
      fixed_controls(k);
    }
    for (int k = 0; k < w_.periods; ++k) entries(k);
    state_boxes(w_.periods);
    finals();
  }

 private:
  // ---- places in the arrays
  double& control_cost(int k, int c) { return lp_.control_cost[at_index(k, nu_, c)]; }
  double& state_cost(int k, int i) { return lp_.state_cost[at_index(k, nx_, i)]; }
  void rhs(int k, int row, double value) { lp_.row_rhs[at_index(k, lp_.pattern.rows, row)] = value; }
  void activate(int k, int row, bool active) { lp_.row_active[at_index(k, lp_.pattern.rows, row)] = active ? 1 : 0; }
  double* row_coefficients(int k, int row) {
    return lp_.row_coefficient.data() + at_index(k, lp_.pattern.stored_in_rows(), lp_.pattern.row_offset(row));
  }
  double* entry_coefficients(int k, int row) {
    return lp_.entry_row_coefficient.data() + at_index(k, lp_.pattern.stored_in_entry_rows(), lp_.pattern.entry_row_offset(row));
  }
  void entry_row(int k, int row, double value, bool active) {
    lp_.entry_row_rhs[at_index(k, lp_.pattern.entry_rows, row)] = value;
    lp_.entry_row_active[at_index(k, lp_.pattern.entry_rows, row)] = active ? 1 : 0;
  }
  void fix(int k, int control, double value) { lp_.control_fixed[at_index(k, nu_, control)] = value; }
  void box(int k, int control, double low, double high) {
    lp_.control_low[at_index(k, nu_, control)] = low;
    lp_.control_high[at_index(k, nu_, control)] = high;
  }

  [[nodiscard]] const ReserveLevel* level(int k) const {
    return choice_.fixed_reserves == nullptr ? nullptr : &(*choice_.fixed_reserves)[static_cast<std::size_t>(w_.block_of(k))];
  }
  [[nodiscard]] Allowed allowed(int k) const {
    return choice_.direction == nullptr ? Allowed::both : (*choice_.direction)[static_cast<std::size_t>(k)];
  }
  [[nodiscard]] double charge_room(int k) const {
    const double limit = through_connection(k, std::max(0.0, w_.import_limit(k)) + w_.generation_mw(k), reserved_down(k));
    return level(k) == nullptr ? limit : std::min(limit, charge_room_mw(w_, *level(k)));
  }
  [[nodiscard]] double discharge_room(int k) const {
    const double limit = through_connection(k, w_.export_limit(k), reserved_up(k));
    return level(k) == nullptr ? limit : std::min(limit, discharge_room_mw(w_, *level(k)));
  }
  /// Power of fixed reserves.
  [[nodiscard]] double reserved_up(int k) const {
    return level(k) == nullptr ? 0.0 : level(k)->afrr_up_mw + w_.reserve_rules.fcr_power_factor * level(k)->fcr_mw;
  }
  [[nodiscard]] double reserved_down(int k) const {
    return level(k) == nullptr ? 0.0 : level(k)->afrr_down_mw + w_.reserve_rules.fcr_power_factor * level(k)->fcr_mw;
  }
  /// What the connection leaves a direction that has the period to itself: who discharges exports, who charges takes import or
  /// generation. Where periods may be shared, the connection sees the net alone. What is left beside reserves that are sold is never
  /// taken for nothing: a crumb of it may be what delivers them.
  [[nodiscard]] double through_connection(int k, double limit, double reserved) const {
    const bool alone = choice_.exclusive || choice_.direction != nullptr;
    const bool cut_off = w_.import_limit(k) <= 0.0 && w_.export_limit(k) <= 0.0 && w_.generation_mw(k) <= 0.0;
    if (!alone && !cut_off) return power_;
    if (limit <= least_room * power_ || limit <= reserved) return 0.0;
    return std::clamp(limit - reserved, std::min(limit, least_room_beside_reserves * power_), power_);
  }

  void prepare_prices() {
    folded_ = fold_prices(w_);
    if (capped_imbalance(w_)) {
      base_ = fold_prices(w_, true);
      if (!w_.has_day_ahead() && !w_.has_intraday()) {
        const double forbidding = forbidding_buy_price(folded_, w_.battery.round_trip_efficiency);
        base_.buy.assign(base_.buy.size(), forbidding);
        base_.sell.assign(base_.sell.size(), -forbidding);
      }
    }
  }

  void transitions(int k) {
    double* coefficient = lp_.transition_coefficient.data() + at_index(k, lp_.pattern.stored_in_transitions(), 0);
    const double in = w_.dt_h * eta_;
    const double out = w_.dt_h / eta_;
    const bool generation = at_.v >= 0;
    double* e = coefficient + lp_.pattern.transition_offset(at_.e);
    *e++ = in;
    if (generation) *e++ = in;
    *e = -out;
    if (at_.cyc >= 0) {
      double* c = coefficient + lp_.pattern.transition_offset(at_.cyc);
      *c++ = 0.5 * in;
      if (generation) *c++ = 0.5 * in;
      *c = 0.5 * out;
    }
  }

  /// A stage whose direction is given: what transitions(), costs(), power_rows() and boxes() are for the others.
  void one_way(int k) {
    const auto t = static_cast<std::size_t>(k);
    const bool charging = allowed(k) == Allowed::charge;
    const double dt = w_.dt_h;
    const double wear = w_.wear_cost_eur_per_mwh + tie_break_eur_per_mwh;
    lp_.transition_coefficient[at_index(k, lp_.pattern.stored_in_transitions(), lp_.pattern.transition_offset(at_.e))] =
        charging ? dt * eta_ : -dt / eta_;
    control_cost(k, at_.p) = dt * (wear + (charging ? folded_.buy[t] : -folded_.sell[t]));
    reserve_income(k);
    rhs(k, at_.row_p, 0.0);
    double* a = row_coefficients(k, at_.row_power);
    if (at_.r_up >= 0) {
      *a++ = charging ? 0.0 : -1.0;
      *a++ = charging ? -1.0 : 0.0;
    }
    *a = -w_.reserve_rules.fcr_power_factor;
    rhs(k, at_.row_power, -power_);
    box(k, at_.p, 0.0, power_);
  }

  void reserve_income(int k) {
    const auto t = static_cast<std::size_t>(k);
    if (!w_.prices.afrr_up.empty()) state_cost(k, at_.r_up) = -w_.dt_h * w_.prices.afrr_up[t];
    if (!w_.prices.afrr_down.empty()) state_cost(k, at_.r_dn) = -w_.dt_h * w_.prices.afrr_down[t];
    if (!w_.prices.fcr.empty()) state_cost(k, at_.r_fcr) = -w_.dt_h * w_.prices.fcr[t];
  }

  // Costs of the minimisation: minus the objective of docs/models/dispatch.md.
  void costs(int k) {
    const auto t = static_cast<std::size_t>(k);
    const double dt = w_.dt_h;
    const double wear = w_.wear_cost_eur_per_mwh + tie_break_eur_per_mwh;
    const double fee_out = w_.export_fee(k);
    double buy = 0.0;
    double sell = 0.0;
    double generation_price = 0.0;
    if (w_.has_positions()) {
      const double id = at_.row_position_low >= 0 ? w_.prices.intraday[t] : 0.0;  // with a free intraday position, id = net − q_da − s + b
      buy = sell = generation_price = id;
      const double feed = w_.has_imbalance() ? w_.prices.imbalance_feed[t] : 0.0;
      const double take = w_.has_imbalance() ? w_.prices.imbalance_take[t] : 0.0;
      control_cost(k, at_.s) = -dt * (feed - id);
      control_cost(k, at_.b) = dt * (take - id);
      if (w_.frozen_position_mw.empty() && w_.has_day_ahead()) state_cost(k, at_.q_da) = -dt * (w_.prices.day_ahead[t] - id);
    } else if (at_.bc >= 0) {
      buy = base_.buy[t];
      sell = base_.sell[t];
      control_cost(k, at_.bc) = -dt * std::max(0.0, buy - w_.prices.imbalance_take[t]);
      control_cost(k, at_.sc) = -dt * std::max(0.0, w_.prices.imbalance_feed[t] - sell);
      generation_price = w_.has_generation() ? w_.generation.price_eur_per_mwh[t] : 0.0;
    } else {
      buy = folded_.buy[t];
      sell = folded_.sell[t];
      generation_price = w_.has_generation() ? w_.generation.price_eur_per_mwh[t] : 0.0;
    }
    control_cost(k, at_.g) = dt * (buy + wear - fee_out);
    control_cost(k, at_.d) = dt * (-sell + wear + fee_out);
    if (at_.v >= 0) {
      const double subsidy = w_.generation.subsidy_eur_per_mwh.empty() ? 0.0 : w_.generation.subsidy_eur_per_mwh[t];
      const double lost = subsidy_lost_by_charging(k, subsidy, generation_price);
      control_cost(k, at_.v) = dt * (generation_price + wear - fee_out + lost);
      control_cost(k, at_.g) += dt * lost;
      control_cost(k, at_.u) = dt * (generation_price - fee_out + subsidy);
      out_.constant_eur += dt * (generation_price - fee_out + subsidy) * w_.generation_mw(k);
    }
    if (at_.gi >= 0) control_cost(k, at_.gi) = dt * (w_.import_fee(k) + fee_out);
    if (at_.r_fcr >= 0) {
      reserve_income(k);
    } else if (level(k) != nullptr) {
      if (!w_.prices.afrr_up.empty()) out_.constant_eur += dt * w_.prices.afrr_up[t] * level(k)->afrr_up_mw;
      if (!w_.prices.afrr_down.empty()) out_.constant_eur += dt * w_.prices.afrr_down[t] * level(k)->afrr_down_mw;
      if (!w_.prices.fcr.empty()) out_.constant_eur += dt * w_.prices.fcr[t] * level(k)->fcr_mw;
    }
    if (at_.peak >= 0 && starts_month(k)) {
      state_cost(k, at_.peak) = w_.peak_cost_eur_per_mw(k);
      out_.constant_eur += w_.peak_cost_eur_per_mw(k) * w_.peak_floor_mw(k);  // already owed
    }
  }

  /// Per MWh charged, whether g or v: where (the part of the subsidy that is) on sales, the meter takes charging from generation first.
  /// The subsidised max(0, Q − u − c) is replaced by what lies above it on 0 ≤ c ≤ min(αP, Gimp + Q). Where generation is better
  /// curtailed there is nothing to lose.
  [[nodiscard]] double subsidy_lost_by_charging(int k, double subsidy, double generation_price) const {
    const double most = std::min(power_, std::max(0.0, w_.import_limit(k)) + w_.generation_mw(k));
    if (w_.generation.subsidy_on_sales_eur_per_mwh.empty() || !(most > 0.0)) return 0.0;
    const auto t = static_cast<std::size_t>(k);
    const double on_sales = w_.generation.subsidy_on_sales_eur_per_mwh[t];
    double lowest = generation_price;  // where positions are traded, what another MWh of import can earn in any market
    if (w_.has_positions() && w_.has_day_ahead()) lowest = std::min(lowest, w_.prices.day_ahead[t]);
    if (w_.has_positions() && w_.has_imbalance()) lowest = std::min(lowest, w_.prices.imbalance_take[t]);
    return lowest + subsidy < 0.0 ? 0.0 : on_sales * std::min(1.0, w_.generation_mw(k) / most);
  }

  [[nodiscard]] bool starts_month(int k) const {
    return k == 0 || (!w_.month.empty() && w_.month[static_cast<std::size_t>(k)] != w_.month[static_cast<std::size_t>(k - 1)]);
  }
  [[nodiscard]] bool starts_day(int k) const {
    return k == 0 || (!w_.day.empty() && w_.day[static_cast<std::size_t>(k)] != w_.day[static_cast<std::size_t>(k - 1)]);
  }
  [[nodiscard]] bool starts_block(int k) const { return k == 0 || w_.block_of(k) != w_.block_of(k - 1); }
  [[nodiscard]] bool starts_product(int k) const {
    return k == 0 || w_.day_ahead_product.empty() ||
           w_.day_ahead_product[static_cast<std::size_t>(k)] != w_.day_ahead_product[static_cast<std::size_t>(k - 1)];
  }

  // − a_c (g + v) − a_d d ≥ −αP
  void shared_row(int k) {
    rhs(k, at_.row_shared, -power_);
    if (at_.r_fcr >= 0) {  // the hull cut; where a direction is given the power rows say it already
      activate(k, at_.row_shared, power_ > 0.0 && allowed(k) == Allowed::both);
      if (lp_.pattern.row[static_cast<std::size_t>(at_.row_shared)].stored() == 0) return;
    } else {
      activate(k, at_.row_shared, power_ > 0.0);
    }
    // c/charge_room + d/discharge_room ≤ 1, scaled by the power
    const double charge = charge_room(k) > 0.0 ? power_ / charge_room(k) : 0.0;
    const double discharge = discharge_room(k) > 0.0 ? power_ / discharge_room(k) : 0.0;
    double* a = row_coefficients(k, at_.row_shared);
    *a++ = -charge;
    if (at_.v >= 0) *a++ = -charge;
    *a = -discharge;
  }

  void power_rows(int k) {
    rhs(k, at_.row_g, 0.0);
    rhs(k, at_.row_d, 0.0);
    shared_row(k);
    if (at_.v >= 0) {
      rhs(k, at_.row_v, 0.0);
      rhs(k, at_.row_u, 0.0);
      rhs(k, at_.row_generation, -w_.generation_mw(k));
    }
    if (at_.r_fcr >= 0) {
      const double f = w_.reserve_rules.fcr_power_factor;
      row_coefficients(k, at_.row_discharge_power)[0] = -f;
      row_coefficients(k, at_.row_charge_power)[0] = -f;
      rhs(k, at_.row_discharge_power, -power_);
      rhs(k, at_.row_charge_power, -power_);
    }
    if (at_.row_ramp_up >= 0) {
      const bool active = k > 0 || w_.ramp_from_previous;
      for (const int row : {at_.row_ramp_up, at_.row_ramp_down}) {
        rhs(k, row, -w_.ramp_mw_per_period);
        activate(k, row, active);
      }
    }
    if (at_.bc >= 0) {
      for (const int row : {at_.row_bc, at_.row_bc_g, at_.row_sc, at_.row_sc_d}) rhs(k, row, 0.0);
      rhs(k, at_.row_bc_cap, -w_.max_imbalance_mw);
      rhs(k, at_.row_sc_cap, -w_.max_imbalance_mw);
    }
  }

  void connection_rows(int k) {
    if (at_.row_export < 0) return;
    const double q = w_.generation_mw(k);
    const double f = w_.reserve_rules.fcr_power_factor;
    if (at_.r_fcr >= 0) {
      row_coefficients(k, at_.row_export)[0] = -f;
      row_coefficients(k, at_.row_import)[0] = -f;
    }
    rhs(k, at_.row_export, q + reserved_up(k) - w_.export_limit(k));
    rhs(k, at_.row_import, reserved_down(k) - w_.import_limit(k) - q);
    activate(k, at_.row_export, w_.export_limit(k) < power_ + q);
    activate(k, at_.row_import, w_.import_limit(k) < power_);
  }

  void energy_rows(int k) {
    double low = w_.battery.energy_min_mwh;
    double high = w_.battery.energy_max_mwh;
    if (at_.r_fcr >= 0) {
      const ReserveNeed fcr = reserve_need(w_.reserve_rules, eta_, 1.0, 0.0, 0.0);
      const ReserveNeed up = reserve_need(w_.reserve_rules, eta_, 0.0, 1.0, 0.0);
      const ReserveNeed down = reserve_need(w_.reserve_rules, eta_, 0.0, 0.0, 1.0);
      double* a = row_coefficients(k, at_.row_energy_low);
      if (at_.r_up >= 0) *a++ = -up.stored_above_minimum_mwh;
      *a = -fcr.stored_above_minimum_mwh;
      double* b = row_coefficients(k, at_.row_energy_high);
      if (at_.r_dn >= 0) *b++ = -down.room_below_maximum_mwh;
      *b = -fcr.room_below_maximum_mwh;
    } else if (level(k) != nullptr) {  // the end of period k is also the start of period k + 1
      tighten(k, low, high);
      if (k + 1 < w_.periods) tighten(k + 1, low, high);
    }
    rhs(k, at_.row_energy_low, low);
    rhs(k, at_.row_energy_high, -high);
  }

  void tighten(int k, double& low, double& high) const {
    const ReserveLevel& r = *level(k);
    const ReserveNeed need = reserve_need(w_.reserve_rules, eta_, r.fcr_mw, r.afrr_up_mw, r.afrr_down_mw);
    low = std::max(low, w_.battery.energy_min_mwh + need.stored_above_minimum_mwh);
    high = std::min(high, w_.battery.energy_max_mwh - need.room_below_maximum_mwh);
  }

  void meter_rows(int k) {
    if (at_.gi >= 0) {
      rhs(k, at_.row_gi, 0.0);
      rhs(k, at_.row_gi_net, -w_.generation_mw(k));
    }
    if (at_.row_peak >= 0) rhs(k, at_.row_peak, 0.0);
    if (at_.row_cyc >= 0) rhs(k, at_.row_cyc, -w_.max_cycles_per_day * w_.nominal_capacity_mwh);
  }

  void position_rows(int k) {
    if (at_.s < 0) return;
    const double q = w_.generation_mw(k);
    const double xs = w_.sell_cap_mw(k);
    const double xb = w_.buy_cap_mw(k);
    rhs(k, at_.row_s, 0.0);
    rhs(k, at_.row_b, 0.0);
    rhs(k, at_.row_sb, -std::min(xs + xb, w_.max_imbalance_mw));
    if (at_.row_position >= 0) {
      rhs(k, at_.row_position, -q);
    } else {
      rhs(k, at_.row_position_low, -xb - q);
      rhs(k, at_.row_position_high, -xs + q);
    }
  }

  void boxes(int k) {
    const double q = w_.generation_mw(k);
    box(k, at_.g, 0.0, power_);
    box(k, at_.d, 0.0, power_);
    if (at_.v >= 0) {
      box(k, at_.v, 0.0, std::min(power_, q));
      box(k, at_.u, 0.0, q);
    }
    if (at_.gi >= 0) box(k, at_.gi, 0.0, power_);
    if (at_.s >= 0) {
      const double x = std::min(w_.sell_cap_mw(k) + w_.buy_cap_mw(k), w_.max_imbalance_mw);
      box(k, at_.s, 0.0, x);
      box(k, at_.b, 0.0, x);
    }
    if (at_.bc >= 0) {
      box(k, at_.bc, 0.0, std::min(power_, w_.max_imbalance_mw));
      box(k, at_.sc, 0.0, std::min(power_, w_.max_imbalance_mw));
    }
    state_boxes(k);
  }

  void state_boxes(int k) {
    auto set = [&](int i, double low, double high) {
      if (i < 0) return;
      lp_.state_low[at_index(k, nx_, i)] = low;
      lp_.state_high[at_index(k, nx_, i)] = high;
    };
    const double f = w_.reserve_rules.fcr_power_factor;
    set(at_.e, std::min(w_.start_mwh, w_.battery.energy_min_mwh), std::max(w_.start_mwh, w_.battery.energy_max_mwh));
    set(at_.r_up, 0.0, power_);
    set(at_.r_dn, 0.0, power_);
    set(at_.r_fcr, 0.0, f > 0.0 ? power_ / f : power_);
    set(at_.cyc, 0.0, w_.max_cycles_per_day * w_.nominal_capacity_mwh);
    set(at_.p_prev, std::min(-power_, w_.previous_net_mw), std::max(power_, w_.previous_net_mw));
    set(at_.peak, 0.0, std::max(w_.peak_floor_mw(std::min(k, w_.periods - 1)), power_));
    if (at_.q_da >= 0) {
      const int t = std::min(k, w_.periods - 1);
      double bound = std::max(w_.sell_cap_mw(t), w_.buy_cap_mw(t));
      if (!w_.frozen_position_mw.empty()) bound = std::max(bound, std::abs(w_.frozen_position_mw[static_cast<std::size_t>(t)]));
      if (!w_.day_ahead_product.empty()) bound = std::max(bound, widest_cap());
      set(at_.q_da, -bound, bound);
    }
  }

  double widest_cap() {
    if (widest_cap_ < 0.0) {
      widest_cap_ = 0.0;
      for (int t = 0; t < w_.periods; ++t) widest_cap_ = std::max({widest_cap_, w_.sell_cap_mw(t), w_.buy_cap_mw(t)});
    }
    return widest_cap_;
  }

  void fixed_controls(int k) {
    const bool no_charge = choice_.idle || allowed(k) == Allowed::discharge || charge_room(k) <= 0.0 || power_ <= 0.0;
    const bool no_discharge = choice_.idle || allowed(k) == Allowed::charge || discharge_room(k) <= 0.0 || power_ <= 0.0;
    auto drop = [&](int control, int row) {
      if (control < 0) return;
      fix(k, control, 0.0);
      activate(k, row, false);
      box(k, control, 0.0, 0.0);
    };
    if (no_charge) {
      drop(at_.g, at_.row_g);
      if (at_.v >= 0) drop(at_.v, at_.row_v);
      if (at_.bc >= 0) {
        drop(at_.bc, at_.row_bc);
        activate(k, at_.row_bc_cap, false);
        activate(k, at_.row_bc_g, false);
      }
    }
    if (no_discharge) {
      drop(at_.d, at_.row_d);
      if (at_.sc >= 0) {
        drop(at_.sc, at_.row_sc);
        activate(k, at_.row_sc_cap, false);
        activate(k, at_.row_sc_d, false);
      }
    }
    if (no_charge && no_discharge) {
      activate(k, at_.row_shared, false);
      if (at_.row_ramp_up >= 0 && (choice_.idle || power_ <= 0.0)) {  // where reserves alone stop it, the period before must slow down
        activate(k, at_.row_ramp_up, false);
        activate(k, at_.row_ramp_down, false);
      }
    }
    if (at_.v >= 0 && w_.generation_mw(k) <= 0.0) {  // night: nothing to take or to curtail
      drop(at_.v, at_.row_v);
      drop(at_.u, at_.row_u);
      activate(k, at_.row_generation, false);
    }
    if (at_.u >= 0 && no_charge && no_discharge && w_.generation_mw(k) > 0.0 && w_.export_limit(k) <= 0.0) {  // all of it is lost
      fix(k, at_.u, w_.generation_mw(k));
      box(k, at_.u, w_.generation_mw(k), w_.generation_mw(k));
      activate(k, at_.row_u, false);
      activate(k, at_.row_generation, false);
      activate(k, at_.row_export, at_.r_fcr >= 0);  // upward reserve would have nowhere to go
    }
    if (at_.s >= 0 && !w_.has_imbalance()) {
      drop(at_.s, at_.row_s);
      drop(at_.b, at_.row_b);
      activate(k, at_.row_sb, false);
    }
  }

  // ---- entries
  void enter(int k, int i, lp::Entry kind, double value = 0.0) {
    lp_.entry[at_index(k, nx_, i)] = kind;
    lp_.entry_value[at_index(k, nx_, i)] = value;
  }

  void entries(int k) {
    if (k == 0) enter(0, at_.e, lp::Entry::fixed, w_.start_mwh);
    if (at_.r_fcr >= 0 && starts_block(k)) reserve_entry(k);
    if (at_.cyc >= 0 && starts_day(k)) enter(k, at_.cyc, lp::Entry::fixed, k == 0 ? w_.cycles_used_today * w_.nominal_capacity_mwh : 0.0);
    if (at_.p_prev >= 0 && k == 0) enter(0, at_.p_prev, lp::Entry::fixed, w_.ramp_from_previous ? w_.previous_net_mw : 0.0);
    if (at_.peak >= 0 && starts_month(k)) {
      enter(k, at_.peak, lp::Entry::free);
      entry_row(k, at_.entry_peak_low, w_.peak_floor_mw(k), true);
    }
    if (at_.q_da >= 0) position_entry(k);
  }

  void position_entry(int k) {
    if (!w_.frozen_position_mw.empty()) {
      enter(k, at_.q_da, lp::Entry::fixed, w_.frozen_position_mw[static_cast<std::size_t>(k)]);
      return;
    }
    if (!w_.has_day_ahead()) {
      enter(k, at_.q_da, lp::Entry::fixed, 0.0);
      return;
    }
    if (!starts_product(k)) return;
    enter(k, at_.q_da, lp::Entry::free);
    double sell = w_.sell_cap_mw(k);
    double buy = w_.buy_cap_mw(k);
    for (int t = k + 1; t < w_.periods && !starts_product(t); ++t) {  // one position must fit all its quarters
      sell = std::min(sell, w_.sell_cap_mw(t));
      buy = std::min(buy, w_.buy_cap_mw(t));
    }
    entry_row(k, at_.entry_q_low, -buy, true);
    entry_row(k, at_.entry_q_high, -sell, true);
  }

  void reserve_entry(int k) {
    const auto b = static_cast<std::size_t>(w_.block_of(k));
    const BlockCommitment committed = w_.commitment.empty() ? BlockCommitment{} : w_.commitment[b];
    bool any_free = false;
    auto product = [&](int i, bool enabled, double fixed, double cap, int row_low, int row_high) {
      if (i < 0) return;
      if (!enabled || !std::isnan(fixed)) {
        enter(k, i, lp::Entry::fixed, enabled ? fixed : 0.0);
        return;
      }
      any_free = true;
      enter(k, i, lp::Entry::free);
      entry_row(k, row_low, 0.0, true);
      if (cap < power_) entry_row(k, row_high, -cap, true);
    };
    product(at_.r_up, !w_.prices.afrr_up.empty(), committed.afrr_up_mw, w_.max_afrr_up_mw, at_.entry_r_up_low, at_.entry_r_up_high);
    product(at_.r_dn, !w_.prices.afrr_down.empty(), committed.afrr_down_mw, w_.max_afrr_down_mw, at_.entry_r_dn_low, at_.entry_r_dn_high);
    product(at_.r_fcr, w_.has_fcr(), committed.fcr_mw, w_.max_fcr_mw, at_.entry_r_fcr_low, at_.entry_r_fcr_high);
    // Headroom at the start of the block's first period; the other periods start where one of the same block ended.
    const double* low = row_coefficients(k, at_.row_energy_low);
    const double* high = row_coefficients(k, at_.row_energy_high);
    double* a = entry_coefficients(k, at_.entry_energy_low);
    double* c = entry_coefficients(k, at_.entry_energy_high);
    for (int i = 0; i < (at_.r_up >= 0 ? 2 : 1); ++i) {
      a[i] = low[i];
      c[i] = high[i];
    }
    for (const int row : {at_.entry_up_power, at_.entry_dn_power, at_.entry_fcr_power}) {
      if (row < 0) continue;
      entry_coefficients(k, row)[0] = -w_.reserve_rules.fcr_power_factor;
      entry_row(k, row, -power_, any_free);
    }
    entry_row(k, at_.entry_energy_low, w_.battery.energy_min_mwh, any_free || k > 0);
    entry_row(k, at_.entry_energy_high, -w_.battery.energy_max_mwh, any_free || k > 0);
  }

  void finals() {
    const auto e = static_cast<std::size_t>(at_.e);
    if (w_.pinned_end) {
      lp_.final_low[e] = lp_.final_high[e] = w_.target_mwh;
    } else if (w_.target_mwh > w_.battery.energy_min_mwh) {
      lp_.final_low[e] = w_.target_mwh;
    }
  }

  const WindowProblem& w_;
  const LpChoice& choice_;
  WindowLp& out_;
  lp::StagedLp& lp_;
  const Layout& at_;
  int nx_, nu_;
  double eta_, power_;
  FoldedPrices folded_, base_;
  double widest_cap_{-1.0};
};

void reset(lp::StagedLp& lp, const lp::Pattern& pattern, int stages) {
  if (lp.stages != stages || !(lp.pattern == pattern)) {
    lp = lp::StagedLp(pattern, stages);
    return;
  }
  std::fill(lp.state_cost.begin(), lp.state_cost.end(), 0.0);
  std::fill(lp.control_cost.begin(), lp.control_cost.end(), 0.0);
  std::fill(lp.transition_constant.begin(), lp.transition_constant.end(), 0.0);
  std::fill(lp.row_active.begin(), lp.row_active.end(), std::uint8_t{1});
  std::fill(lp.entry_row_active.begin(), lp.entry_row_active.end(), std::uint8_t{0});
  std::fill(lp.entry.begin(), lp.entry.end(), lp::Entry::inherit);
  std::fill(lp.entry.begin(), lp.entry.begin() + pattern.states, lp::Entry::fixed);
  std::fill(lp.entry_value.begin(), lp.entry_value.end(), 0.0);
  std::fill(lp.control_fixed.begin(), lp.control_fixed.end(), std::numeric_limits<double>::quiet_NaN());
  std::fill(lp.final_low.begin(), lp.final_low.end(), -inf);
  std::fill(lp.final_high.begin(), lp.final_high.end(), inf);
}

}  // namespace

namespace {
double room(double power_mw, double reserved_mw) {
  const double left = power_mw - reserved_mw;
  return left > least_room * power_mw ? left : 0.0;
}
}  // namespace

double charge_room_mw(const WindowProblem& w, const ReserveLevel& r) {
  return room(w.battery.power_mw, r.afrr_down_mw + w.reserve_rules.fcr_power_factor * r.fcr_mw);
}

double discharge_room_mw(const WindowProblem& w, const ReserveLevel& r) {
  return room(w.battery.power_mw, r.afrr_up_mw + w.reserve_rules.fcr_power_factor * r.fcr_mw);
}

Features features_of(const WindowProblem& w, const LpChoice& choice) {
  Features f;
  f.reserves = w.has_reserves() && choice.fixed_reserves == nullptr;
  f.generation = w.has_generation();
  f.peak = w.peak_tariff_eur_per_mw > 0.0;
  f.import_meter = f.peak;
  for (int t = 0; t < w.periods && !f.import_meter; ++t) f.import_meter = w.import_fee(t) + w.export_fee(t) > 0.0;
  for (int t = 0; t < w.periods && !f.connection; ++t) {
    f.connection = w.export_limit(t) < w.battery.power_mw + w.generation_mw(t) || w.import_limit(t) < w.battery.power_mw;
  }
  f.cycle_budget = w.max_cycles_per_day > 0.0;
  f.ramp = w.ramp_mw_per_period > 0.0 && w.ramp_mw_per_period < 2.0 * w.battery.power_mw;
  f.market_caps = capped_imbalance(w);
  const bool plain = f == Features{.reserves = true} && !w.has_positions();
  f.fcr_only = plain && !w.has_afrr();
  if (plain && choice.direction != nullptr && !choice.idle && w.battery.power_mw > 0.0) {
    f.one_way = std::none_of(choice.direction->begin(), choice.direction->end(), [](Allowed a) { return a == Allowed::both; });
  }
  if (w.has_positions()) {
    const bool intraday = w.has_intraday() && w.frozen_position_mw.empty();
    f.positions = intraday ? Positions::open_id : Positions::closed;
  }
  return f;
}

void build_lp(const WindowProblem& window, const LpChoice& choice, WindowLp& out) {
  out.features = features_of(window, choice);
  const Shape shape = make_shape(out.features);
  out.at = shape.at;
  out.constant_eur = 0.0;
  reset(out.lp, shape.pattern, window.periods);
  std::fill(out.lp.entry_row_active.begin(), out.lp.entry_row_active.end(), std::uint8_t{0});
  Builder(window, choice, out).run();
}

}  // namespace bess::dispatch
