#include "unit/lp/random_lp.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace bess::test {

using dispatch::Features;
using dispatch::PositionMode;

std::vector<Features> all_features() {
  std::vector<Features> all;
  for (unsigned mask = 0; mask < 256; ++mask) {
    for (const PositionMode positions : {PositionMode::none, PositionMode::open_id, PositionMode::closed}) {
      Features f;
      if ((mask & 1U) != 0) f.reserves = dispatch::usual_reserves;
      f.generation = (mask & 2U) != 0;
      f.import_meter = (mask & 4U) != 0;
      f.connection = (mask & 8U) != 0;
      f.cycle_budget = (mask & 16U) != 0;
      f.ramp = (mask & 32U) != 0;
      f.peak = (mask & 64U) != 0;
      f.market_caps = (mask & 128U) != 0;
      f.positions = positions;
      if (legal(f)) all.push_back(f);
    }
  }
  all.push_back({.reserves = dispatch::fcr_alone});
  return all;
}

std::string describe(const Features& f) {
  std::string out = "battery";
  auto add = [&](bool present, const char* name) {
    if (present) out += std::string("+") + name;
  };
  add(f.reserves.any(), f.reserves == dispatch::fcr_alone ? "fcr" : "reserves");
  add(f.generation, "generation");
  add(f.import_meter, "import_meter");
  add(f.connection, "connection");
  add(f.cycle_budget, "cycles");
  add(f.ramp, "ramp");
  add(f.peak, "peak");
  add(f.market_caps, "caps");
  add(f.positions == PositionMode::open_id, "open_id");
  add(f.positions == PositionMode::closed, "closed");
  return out;
}

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// The draw of one window; fills the arrays of its StagedLp row by row as shape.h names them.
class Window {
 public:
  Window(const Features& features, RandomStream& random, const RandomLpOptions& options)
      : f_(features), random_(random), options_(options), shape_(dispatch::make_shape(features)), l_(shape_.at), p_(shape_.pattern) {}

  lp::StagedLp make() {
    draw();
    lp_ = lp::StagedLp(p_, n_);
    boxes();
    for (int k = 0; k < n_; ++k) stage(k);
    ends();
    return lp_;
  }

 private:
  bool odd(double chance) { return options_.degenerate && random_.chance(chance); }

  void draw() {
    n_ = options_.stages > 0 ? options_.stages : odd(0.1) ? random_.integer(1, 3) : random_.integer(4, 60);
    dt_ = random_.chance(0.7) ? 0.25 : 1.0;
    eta_ = odd(0.05) ? 1.0 : random_.uniform(0.85, 0.98);
    capacity_ = std::pow(10.0, random_.uniform(-1.0, 2.5));
    power_ = odd(0.03) ? 0.0 : capacity_ * random_.uniform(0.2, 2.0);
    e_min_ = capacity_ * random_.uniform(0.0, 0.3);
    e_max_ = odd(0.03) ? e_min_ : capacity_ * random_.uniform(0.6, 1.0);
    start_ = odd(0.15) ? (random_.chance(0.5) ? e_min_ : e_max_) : random_.uniform(e_min_, e_max_);
    q_scale_ = f_.generation ? power_ * random_.uniform(0.0, 3.0) : 0.0;
    export_ = (power_ + q_scale_) * random_.uniform(0.4, 1.3);
    import_ = power_ * random_.uniform(0.4, 1.5);
    price_kind_ = odd(0.1) ? 1 : odd(0.1) ? 2 : odd(0.05) ? 3 : 0;
    base_price_ = random_.uniform(-20.0, 120.0);
    block_ = random_.chance(0.5) ? 16 : random_.integer(1, 12);
    budget_ = capacity_ * random_.uniform(0.0, 1.5);
    fcr_factor_ = 1.25;
  }
  double price() {
    switch (price_kind_) {
      case 1:
        return base_price_;
      case 2:
        return random_.chance(0.05) ? (random_.chance(0.5) ? 4000.0 : -4000.0) : base_price_;
      case 3:
        return 0.0;
      default:
        return base_price_ + 60.0 * random_.normal();
    }
  }

  void boxes() {
    auto set = [&](int i, double low, double high) {
      if (i < 0) return;
      for (int k = 0; k <= n_; ++k) {
        lp_.state_low[at(k * p_.states + i)] = low;
        lp_.state_high[at(k * p_.states + i)] = high;
      }
    };
    const double meter = power_ + q_scale_;
    set(l_.battery.energy, e_min_, e_max_);
    for (const Product r : reserve_products) set(l_.reserves.held[r], 0.0, power_);
    set(l_.cycles.cycled, 0.0, std::max(budget_, 0.0));
    set(l_.ramp.before, -power_, power_);
    set(l_.meter.peak, 0.0, 2.0 * meter);
    set(l_.positions.day_ahead, -meter, meter);
  }

  void stage(int k) {
    controls(k);
    transitions(k);
    rows(k);
    entries(k);
    state_costs(k);
    if (odd(0.02)) lp_.control_fixed[at(k * p_.controls + random_.integer(0, 1))] = 0.0;
  }

  void controls(int k) {
    q_ = f_.generation && random_.chance(0.7) ? q_scale_ * random_.uniform() : 0.0;
    auto set = [&](int c, double high, double cost) {
      if (c < 0) return;
      const std::size_t a = at(k * p_.controls + c);
      lp_.control_low[a] = 0.0;
      lp_.control_high[a] = high;
      lp_.control_cost[a] = dt_ * cost;
    };
    const double buy = price();
    const double sell = std::max(buy, random_.chance(0.3) ? price() : buy);
    const double generation_price = price();
    const double meter = power_ + q_scale_;
    set(l_.battery.charge, power_, buy + 1e-6);
    set(l_.battery.discharge, power_, -sell + 1e-6);
    set(l_.generation.self_charge, std::min(power_, q_), generation_price + 1e-6);
    set(l_.generation.curtailed, q_, generation_price);
    set(l_.meter.import_power, power_, random_.uniform(0.0, 20.0));
    const double take = price();
    const double feed = take - random_.uniform(0.0, 30.0);
    set(l_.positions.sold, 2.0 * meter, -feed);
    set(l_.positions.bought, 2.0 * meter, take);
    set(l_.caps.buy.part, power_, -5.0 * random_.uniform());
    set(l_.caps.sell.part, power_, -5.0 * random_.uniform());
  }

  void transitions(int k) {
    double* a = lp_.transition_coefficient.data() + at(k * p_.stored_in_transitions());
    int slot = 0;
    a[slot++] = dt_ * eta_;
    if (f_.generation) a[slot++] = dt_ * eta_;
    a[slot++] = -dt_ / eta_;
    if (f_.cycle_budget) {
      a[slot++] = dt_ * eta_ / 2.0;
      if (f_.generation) a[slot++] = dt_ * eta_ / 2.0;
      a[slot++] = dt_ / (2.0 * eta_);
    }
  }

  void set_row(int k, int r, double rhs, std::initializer_list<double> stored = {}) {
    if (r < 0) return;
    lp_.row_rhs[at(k * p_.rows + r)] = rhs;
    double* c = lp_.row_coefficient.data() + at(k * p_.stored_in_rows() + p_.row_offset(r));
    for (const double v : stored) *c++ = v;
  }
  void set_entry_row(int k, int r, double rhs, std::initializer_list<double> stored = {}) {
    if (r < 0) return;
    lp_.entry_row_rhs[at(k * p_.entry_rows + r)] = rhs;
    double* c = lp_.entry_row_coefficient.data() + at(k * p_.stored_in_entry_rows() + p_.entry_row_offset(r));
    for (const double v : stored) *c++ = v;
  }
  void rows(int k) {
    const double h = 1.0;
    const double t = 0.25;
    const double meter = power_ + q_scale_;
    double* shared = lp_.row_coefficient.data() + at(k * p_.stored_in_rows() + p_.row_offset(l_.battery.row_shared));
    std::fill_n(shared, p_.row[at(l_.battery.row_shared)].stored(), -1.0);  // none where the pattern has the ones
    set_row(k, l_.battery.row_shared, -power_);
    set_row(k, l_.generation.row_available, -q_);
    set_row(k, l_.meter.row_net, -q_);
    if (f_.reserves.any()) {
      set_row(k, l_.reserves.row_discharge_power, -power_, {-fcr_factor_});
      set_row(k, l_.reserves.row_charge_power, -power_, {-fcr_factor_});
      if (f_.reserves == dispatch::fcr_alone) {
        set_row(k, l_.battery.row_energy_low, e_min_, {-t / eta_});
        set_row(k, l_.battery.row_energy_high, -e_max_, {-t * eta_});
      } else {
        set_row(k, l_.battery.row_energy_low, e_min_, {-h / eta_, -t / eta_});
        set_row(k, l_.battery.row_energy_high, -e_max_, {-h * eta_, -t * eta_});
      }
      set_row(k, l_.connection.row_export, q_ - export_, {-fcr_factor_});
      set_row(k, l_.connection.row_import, -import_ - q_, {-fcr_factor_});
    } else {
      set_row(k, l_.battery.row_energy_low, e_min_);
      set_row(k, l_.battery.row_energy_high, -e_max_);
      set_row(k, l_.connection.row_export, q_ - export_);
      set_row(k, l_.connection.row_import, -import_ - q_);
    }
    set_row(k, l_.cycles.row_budget, -budget_);
    set_row(k, l_.ramp.row_up, -power_ * 0.3);
    set_row(k, l_.ramp.row_down, -power_ * 0.3);
    set_row(k, l_.caps.buy.row_cap, -0.4 * power_);
    set_row(k, l_.caps.sell.row_cap, -0.4 * power_);
    set_row(k, l_.positions.row_imbalance, -2.0 * meter);
    set_row(k, l_.positions.row_low, -meter - q_);
    set_row(k, l_.positions.row_high, -meter + q_);
    set_row(k, l_.positions.row_closed, -q_);
    if (f_.ramp && k == 0 && random_.chance(0.5)) {
      lp_.row_active[at(l_.ramp.row_up)] = lp_.row_active[at(l_.ramp.row_down)] = 0;
    }
    if (f_.connection && odd(0.1)) lp_.row_active[at(k * p_.rows + l_.connection.row_import)] = 0;
  }

  void entries(int k) {
    auto entry = [&](int i, lp::Entry kind, double value = 0.0) {
      if (i < 0) return;
      lp_.entry[at(k * p_.states + i)] = kind;
      lp_.entry_value[at(k * p_.states + i)] = value;
    };
    if (k == 0) entry(l_.battery.energy, lp::Entry::fixed, start_);
    if (k == 0) entry(l_.ramp.before, lp::Entry::fixed, 0.0);
    if (f_.reserves.any() && k % block_ == 0) {
      for (const Product r : reserve_products) {
        entry(l_.reserves.held[r], odd(0.2) ? lp::Entry::fixed : lp::Entry::free, 0.0);
      }
    }
    if (k % 24 == 0) entry(l_.cycles.cycled, lp::Entry::fixed, k == 0 ? 0.2 * budget_ : 0.0);
    if (k % 40 == 0) entry(l_.meter.peak, lp::Entry::free);
    if (k % 4 == 0) entry(l_.positions.day_ahead, lp::Entry::free);
    const double meter = power_ + q_scale_;
    if (f_.reserves.any()) {
      if (f_.reserves == dispatch::fcr_alone) {
        set_entry_row(k, l_.reserves.entry_energy_low, e_min_, {-0.25 / eta_});
        set_entry_row(k, l_.reserves.entry_energy_high, -e_max_, {-0.25 * eta_});
      } else {
        set_entry_row(k, l_.reserves.entry_energy_low, e_min_, {-1.0 / eta_, -0.25 / eta_});
        set_entry_row(k, l_.reserves.entry_energy_high, -e_max_, {-eta_, -0.25 * eta_});
      }
      for (const Product r : reserve_products) set_entry_row(k, l_.reserves.entry_most[r], -power_);
    }
    set_entry_row(k, l_.meter.entry_peak_floor, k == 0 ? 0.1 * power_ : 0.0);
    set_entry_row(k, l_.positions.entry_low, -meter);
    set_entry_row(k, l_.positions.entry_high, -meter);
  }

  void state_costs(int k) {
    auto cost = [&](int i, double value) {
      if (i >= 0) lp_.state_cost[at(k * p_.states + i)] = value;
    };
    for (const Product r : reserve_products) cost(l_.reserves.held[r], -dt_ * (price_kind_ == 3 ? 0.0 : random_.uniform(0.0, 25.0)));
    if (k % 40 == 0) cost(l_.meter.peak, 50.0 * random_.uniform());
    cost(l_.positions.day_ahead, f_.positions == PositionMode::none ? 0.0 : -dt_ * 10.0 * random_.normal());
  }

  void ends() {
    const std::size_t e = at(l_.battery.energy);
    const double reach = std::min(e_max_, start_ + (odd(0.1) ? 1.0 : 0.3) * n_ * dt_ * eta_ * std::min(power_, import_));
    const double target = odd(0.3) ? e_min_ : random_.uniform(std::min(e_min_, reach), reach);
    lp_.final_low[e] = target;
    if (odd(0.15)) lp_.final_low[e] = lp_.final_high[e] = start_;
    if (odd(0.03)) lp_.final_low[e] = e_max_ + 0.1 * capacity_;  // out of reach
  }

  const Features& f_;
  RandomStream& random_;
  RandomLpOptions options_;
  dispatch::Shape shape_;
  const dispatch::Layout& l_;
  const lp::Pattern& p_;
  lp::StagedLp lp_;
  int n_{0}, block_{1}, price_kind_{0};
  double dt_{0}, eta_{0}, capacity_{0}, power_{0}, e_min_{0}, e_max_{0}, start_{0}, q_scale_{0}, q_{0}, export_{0}, import_{0};
  double base_price_{0}, budget_{0}, fcr_factor_{0};
};

}  // namespace

lp::StagedLp random_dispatch_lp(const Features& features, RandomStream& random, const RandomLpOptions& options) {
  return Window(features, random, options).make();
}

namespace {

void add_random_terms(lp::Row& row, const lp::Pattern& p, RandomStream& random, bool next, bool control, bool state) {
  auto maybe = [&](lp::Block block, int count) {
    for (int i = 0; i < count && row.size < lp::max_terms; ++i) {
      if (random.chance(0.4)) row.add(block, i, random.chance(0.3) ? 1 : random.chance(0.3) ? -1 : 0);
    }
  };
  if (next) maybe(lp::Block::next, p.states);
  if (control) maybe(lp::Block::control, p.controls);
  if (state) maybe(lp::Block::state, p.states);
}

lp::Pattern random_pattern(RandomStream& random) {
  lp::Pattern p;
  p.states = random.integer(1, 4);
  p.controls = random.integer(1, 4);
  for (int i = 0; i < p.states; ++i) {
    lp::Row& row = p.transition[at(i)];
    if (random.chance(0.7)) row.add(lp::Block::state, i, 0);
    add_random_terms(row, p, random, false, true, false);
  }
  for (int c = 0; c < p.controls; ++c) {  // bounds on every control
    p.add_row().add(lp::Block::control, c, 1);
    p.add_row().add(lp::Block::control, c, -1);
  }
  for (int i = random.integer(0, 5); i > 0; --i) {
    add_random_terms(p.add_row(random.chance(0.1) ? lp::RowKind::equal : lp::RowKind::at_least), p, random, true, true, true);
  }
  for (int i = 0; i < p.states; ++i) {  // bounds on free entries
    p.add_entry_row().add(lp::Block::state, i, 1);
    p.add_entry_row().add(lp::Block::state, i, -1);
  }
  for (int i = random.integer(0, 2); i > 0; --i) add_random_terms(p.add_entry_row(), p, random, false, false, true);
  return p;
}

double row_value(const lp::Row& row, const double* stored, const std::vector<double>& next, const std::vector<double>& u,
                 const std::vector<double>& x) {
  double value = 0.0;
  for (std::size_t t = 0; t < row.size; ++t) {
    const lp::Term& term = row.terms[t];
    const double c = term.constant != 0 ? static_cast<double>(term.constant) : *stored++;
    value += c * (term.block == lp::Block::next ? next : term.block == lp::Block::control ? u : x)[term.index];
  }
  return value;
}

/// Bound on |x_i| where it is free or fixed at stage k: the first entry rows are its bounds.
double free_width(const lp::StagedLp& lp, int k, int i) {
  const std::size_t a = at(k * lp.pattern.states + i);
  if (lp.entry[a] == lp::Entry::fixed) return std::abs(lp.entry_value[a]);
  const double* rhs = lp.entry_row_rhs.data() + at(k * lp.pattern.entry_rows);
  return std::max(std::abs(rhs[2 * i]), std::abs(rhs[2 * i + 1]));
}

std::vector<double> next_width(const lp::StagedLp& lp, int k, const std::vector<double>& width) {
  const lp::Pattern& p = lp.pattern;
  std::vector<double> out(at(p.states));
  const double* stored = lp.transition_coefficient.data() + at(k * p.stored_in_transitions());
  for (int i = 0; i < p.states; ++i) {
    out[at(i)] = std::abs(lp.transition_constant[at(k * p.states + i)]);
    const lp::Row& row = p.transition[at(i)];
    for (std::size_t t = 0; t < row.size; ++t) {
      const lp::Term& term = row.terms[t];
      const double c = std::abs(term.constant != 0 ? static_cast<double>(term.constant) : *stored++);
      if (term.block != lp::Block::control) {
        out[at(i)] += c * width[term.index];
        continue;
      }
      const std::size_t u = at(k * p.controls + term.index);
      const double fixed = lp.control_fixed[u];
      const double control = std::isnan(fixed) ? std::max(std::abs(lp.control_low[u]), std::abs(lp.control_high[u])) : std::abs(fixed);
      out[at(i)] += c * control;
    }
  }
  return out;
}

}  // namespace

lp::StagedLp random_generic_lp(RandomStream& random, int stages) {
  const lp::Pattern p = random_pattern(random);
  const int n = stages > 0 ? stages : random.integer(1, 25);
  lp::StagedLp lp(p, n);
  const double size = std::pow(10.0, random.uniform(-1.0, 2.0));
  auto fill = [&](std::vector<double>& v, double spread) {
    for (double& x : v) x = random.chance(0.1) ? 0.0 : spread * random.normal();
  };
  fill(lp.state_cost, 1.0);
  fill(lp.control_cost, 10.0);
  fill(lp.row_coefficient, 1.0);
  fill(lp.entry_row_coefficient, 1.0);
  fill(lp.transition_constant, 0.1 * size);
  for (double& a : lp.transition_coefficient) a = random.uniform(-0.9, 0.9);
  std::vector<double> x(at(p.states)), u(at(p.controls)), next(at(p.states));
  std::vector<double> width(at(p.states), 0.0);  // |x| ≤ width, by intervals
  for (int k = 0; k < n; ++k) {
    for (int i = 0; i < p.states; ++i) {
      const std::size_t a = at(k * p.states + i);
      if (k == 0 || random.chance(0.15)) lp.entry[a] = random.chance(0.5) ? lp::Entry::free : lp::Entry::fixed;
      if (lp.entry[a] != lp::Entry::inherit) x[at(i)] = size * random.normal();
      if (lp.entry[a] == lp::Entry::fixed) lp.entry_value[a] = x[at(i)];
    }
    auto slack = [&] { return random.chance(0.03) ? 0.0 : size * random.uniform(0.01, 1.0); };
    for (int r = 0; r < p.entry_rows; ++r) {
      const std::size_t a = at(k * p.entry_rows + r);
      lp.entry_row_rhs[a] =
          row_value(p.entry_row[at(r)], lp.entry_row_coefficient.data() + at(k * p.stored_in_entry_rows() + p.entry_row_offset(r)), next, u,
                    x) -
          slack();
      lp.entry_row_active[a] = r < 2 * p.states || random.chance(0.8) ? 1 : 0;
    }
    for (double& v : u) v = size * random.normal();
    for (int i = 0; i < p.states; ++i) {
      next[at(i)] = lp.transition_constant[at(k * p.states + i)] +
                    row_value(p.transition[at(i)],
                              lp.transition_coefficient.data() + at(k * p.stored_in_transitions() + p.transition_offset(i)), next, u, x);
    }
    for (int r = 0; r < p.rows; ++r) {
      const std::size_t a = at(k * p.rows + r);
      const double value = row_value(p.row[at(r)], lp.row_coefficient.data() + at(k * p.stored_in_rows() + p.row_offset(r)), next, u, x);
      lp.row_rhs[a] = p.row[at(r)].kind == lp::RowKind::equal ? value : value - slack();
      lp.row_active[a] = r < 2 * p.controls || (p.row[at(r)].kind == lp::RowKind::at_least && random.chance(0.8)) ||
                                 p.row[at(r)].kind == lp::RowKind::equal
                             ? 1
                             : 0;
    }
    for (int c = 0; c < p.controls; ++c) {
      const std::size_t a = at(k * p.controls + c);
      lp.control_low[a] = lp.row_rhs[at(k * p.rows + 2 * c)];
      lp.control_high[a] = -lp.row_rhs[at(k * p.rows + 2 * c + 1)];
      if (random.chance(0.05)) lp.control_fixed[a] = u[at(c)];
    }
    for (int i = 0; i < p.states; ++i) {
      const std::size_t a = at(k * p.states + i);
      if (lp.entry[a] != lp::Entry::inherit) width[at(i)] = free_width(lp, k, i);
      lp.state_low[a] = -width[at(i)];
      lp.state_high[a] = width[at(i)];
    }
    width = next_width(lp, k, width);
    x = next;
  }
  for (int i = 0; i < p.states; ++i) {
    lp.state_low[at(n * p.states + i)] = -width[at(i)];
    lp.state_high[at(n * p.states + i)] = width[at(i)];
  }
  for (int i = 0; i < p.states; ++i) {
    if (random.chance(0.3)) lp.final_low[at(i)] = x[at(i)] - size * random.uniform();
    if (random.chance(0.3)) lp.final_high[at(i)] = x[at(i)] + size * random.uniform();
    if (random.chance(0.1)) lp.final_low[at(i)] = lp.final_high[at(i)] = x[at(i)];
  }
  return lp;
}

}  // namespace bess::test
