#include "lp/general_lp.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lp/multipliers.h"
#include "lp/terms.h"

namespace bess::lp {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int k, int width, int i = 0) {
  return static_cast<std::size_t>(k) * static_cast<std::size_t>(width) + static_cast<std::size_t>(i);
}

struct Triplet {
  int row;
  int column;
  double value;
};

class Lowering {
 public:
  explicit Lowering(const StagedLp& problem) : lp_(problem), p_(problem.pattern) {}

  Lowered run() {
    out_.state.resize(lp_.state_cost.size());
    out_.control.resize(lp_.control_cost.size());
    out_.next.resize(at(lp_.stages, p_.states));
    out_.row.assign(at(lp_.stages, p_.rows), -1);
    out_.entry_row.assign(at(lp_.stages, p_.entry_rows), -1);
    out_.transition.assign(at(lp_.stages, p_.states), -1);
    out_.final_bound.assign(at(1, p_.states), -1);
    for (int k = 0; k < lp_.stages; ++k) stage(k);
    final_bounds();
    assemble();
    return std::move(out_);
  }

 private:
  int add_column() {
    GeneralLp& g = out_.lp;
    g.cost.push_back(0.0);
    g.column_low.push_back(-infinity);
    g.column_high.push_back(infinity);
    out_.low_owner.emplace_back();
    out_.high_owner.emplace_back();
    return g.columns++;
  }
  int add_row(double low, double high) {
    out_.lp.row_low.push_back(low);
    out_.lp.row_high.push_back(high);
    return out_.lp.rows++;
  }
  void add_cost(const AffineColumn& v, double cost) {
    if (v.column >= 0) out_.lp.cost[static_cast<std::size_t>(v.column)] += cost;
    out_.lp.offset += cost * v.offset;
  }

  void stage(int k) {
    enter(k);
    for (int i = 0; i < p_.controls; ++i) {
      const std::size_t a = at(k, p_.controls, i);
      const double fixed = lp_.control_fixed[a];
      out_.control[a] = std::isnan(fixed) ? AffineColumn{add_column(), 0.0} : AffineColumn{-1, fixed};
      add_cost(out_.control[a], lp_.control_cost[a]);
    }
    const double* c = lp_.entry_row_coefficient.data() + at(k, p_.stored_in_entry_rows());
    const bool entered = lp_.has_entry(k);
    for (int r = 0; r < p_.entry_rows; ++r) {
      const Row& row = p_.entry_row[static_cast<std::size_t>(r)];
      const std::size_t a = at(k, p_.entry_rows, r);
      if (entered && lp_.entry_row_active[a] != 0) {
        gather(k, row, c, lp_.entry_row_rhs[a]);
        out_.entry_row[a] = constrain(row.kind, {RowPlace::Kind::entry_row, static_cast<int>(a), 1.0});
      }
      c += row.stored();
    }
    transitions(k);
    c = lp_.row_coefficient.data() + at(k, p_.stored_in_rows());
    for (int r = 0; r < p_.rows; ++r) {
      const Row& row = p_.row[static_cast<std::size_t>(r)];
      const std::size_t a = at(k, p_.rows, r);
      if (lp_.row_active[a] != 0) {
        gather(k, row, c, lp_.row_rhs[a]);
        out_.row[a] = constrain(row.kind, {RowPlace::Kind::row, static_cast<int>(a), 1.0});
      }
      c += row.stored();
    }
  }

  void enter(int k) {
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t a = at(k, p_.states, i);
      if (lp_.entry[a] == Entry::free) {
        out_.state[a] = {add_column(), 0.0};
      } else if (lp_.entry[a] == Entry::fixed || k == 0) {
        out_.state[a] = {-1, lp_.entry_value[a]};
      } else {
        out_.state[a] = out_.next[a - at(1, p_.states)];
      }
      add_cost(out_.state[a], lp_.state_cost[a]);
    }
  }

  [[nodiscard]] bool next_is_used(int k, int i) const {
    if (k + 1 == lp_.stages || lp_.entry[at(k + 1, p_.states, i)] == Entry::inherit) return true;
    for (int r = 0; r < p_.rows; ++r) {
      if (lp_.row_active[at(k, p_.rows, r)] == 0) continue;
      const Row& row = p_.row[static_cast<std::size_t>(r)];
      for (std::size_t t = 0; t < row.size; ++t) {
        if (row.terms[t].block == Block::next && row.terms[t].index == i) return true;
      }
    }
    return false;
  }

  /// x⁺_i: the same column as the state it repeats, or a column of its own with x⁺ − A x − B u = b.
  void transitions(int k) {
    const double* c = lp_.transition_coefficient.data() + at(k, p_.stored_in_transitions());
    for (int i = 0; i < p_.states; ++i) {
      const Row& row = p_.transition[static_cast<std::size_t>(i)];
      const std::size_t a = at(k, p_.states, i);
      const double b = lp_.transition_constant[a];
      gather(k, row, c, 0.0);
      c += row.stored();
      double constant = b - rhs_;
      if (entries_.empty()) {
        out_.next[a] = {-1, constant};
      } else if (entries_.size() == 1 && entries_[0].value == 1.0) {
        out_.next[a] = {entries_[0].column, constant};
      } else if (next_is_used(k, i)) {
        const int column = add_column();
        out_.next[a] = {column, 0.0};
        out_.transition[a] = add_row(constant, constant);
        for (const Triplet& t : entries_) triplets_.push_back({out_.transition[a], t.column, -t.value});
        triplets_.push_back({out_.transition[a], column, 1.0});
      }
    }
    if (k + 1 == lp_.stages) {
      for (int i = 0; i < p_.states; ++i) {
        const std::size_t a = at(lp_.stages, p_.states, i);
        out_.state[a] = out_.next[a - at(1, p_.states)];
        add_cost(out_.state[a], lp_.state_cost[a]);
      }
    }
  }

  /// The row in terms of columns: entries_ (one per column, no zeros) and rhs_ with the constants moved over.
  void gather(int k, const Row& row, const double* c, double rhs) {
    entries_.clear();
    rhs_ = rhs;
    for_each_term(row, c, [&](const Term& t, double coefficient) {
      const AffineColumn& v = t.block == Block::next      ? out_.next[at(k, p_.states, t.index)]
                              : t.block == Block::control ? out_.control[at(k, p_.controls, t.index)]
                                                          : out_.state[at(k, p_.states, t.index)];
      add_entry(v, coefficient);
    });
    std::erase_if(entries_, [](const Triplet& t) { return t.value == 0.0; });
  }
  void add_entry(const AffineColumn& v, double coefficient) {
    rhs_ -= coefficient * v.offset;
    if (v.column < 0) return;
    for (Triplet& t : entries_) {
      if (t.column == v.column) {
        t.value += coefficient;
        return;
      }
    }
    entries_.push_back({-1, v.column, coefficient});
  }

  /// Makes the gathered row a bound when it has one variable (returns −1), else a row.
  int constrain(RowKind kind, RowPlace place) {
    if (entries_.size() == 1) {
      const int column = entries_[0].column;
      const double coefficient = entries_[0].value;
      place.coefficient = coefficient;
      const double bound = rhs_ / coefficient;
      if (coefficient > 0.0 || kind == RowKind::equal) raise_low(column, bound, place);
      if (coefficient < 0.0 || kind == RowKind::equal) reduce_high(column, bound, place);
      return -1;
    }
    const int r = add_row(rhs_, kind == RowKind::equal ? rhs_ : infinity);
    for (const Triplet& t : entries_) triplets_.push_back({r, t.column, t.value});
    return r;
  }
  void raise_low(int column, double bound, const RowPlace& place) {
    const std::size_t j = static_cast<std::size_t>(column);
    if (bound <= out_.lp.column_low[j]) return;
    out_.lp.column_low[j] = bound;
    out_.low_owner[j] = place;
  }
  void reduce_high(int column, double bound, const RowPlace& place) {
    const std::size_t j = static_cast<std::size_t>(column);
    if (bound >= out_.lp.column_high[j]) return;
    out_.lp.column_high[j] = bound;
    out_.high_owner[j] = place;
  }

  void final_bounds() {
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t j = static_cast<std::size_t>(i);
      const AffineColumn v = out_.state[at(lp_.stages, p_.states, i)];
      const double low = lp_.final_low[j] - v.offset;
      const double high = lp_.final_high[j] - v.offset;
      const RowPlace place{RowPlace::Kind::final_bound, i, 1.0};
      if (v.column >= 0) {
        raise_low(v.column, low, place);
        reduce_high(v.column, high, place);
      } else if (low > 0.0 || high < 0.0) {
        out_.final_bound[j] = add_row(low, high);
      }
    }
  }

  void assemble() {
    GeneralLp& g = out_.lp;
    g.start.assign(static_cast<std::size_t>(g.columns) + 1, 0);
    for (const Triplet& t : triplets_) ++g.start[static_cast<std::size_t>(t.column) + 1];
    for (std::size_t j = 0; j < static_cast<std::size_t>(g.columns); ++j) g.start[j + 1] += g.start[j];
    g.index.resize(triplets_.size());
    g.value.resize(triplets_.size());
    std::vector<int> fill(g.start.begin(), g.start.end() - 1);
    for (const Triplet& t : triplets_) {
      const std::size_t place = static_cast<std::size_t>(fill[static_cast<std::size_t>(t.column)]++);
      g.index[place] = t.row;
      g.value[place] = t.value;
    }
  }

  const StagedLp& lp_;
  const Pattern& p_;
  Lowered out_;
  std::vector<Triplet> triplets_;
  std::vector<Triplet> entries_;
  double rhs_{0.0};
};

}  // namespace

Lowered lower(const StagedLp& problem) { return Lowering(problem).run(); }

void resize_for(const StagedLp& problem, Solution& s) {
  const Pattern& p = problem.pattern;
  s.state.resize(problem.state_cost.size());
  s.control.resize(problem.control_cost.size());
  s.row_multiplier.resize(at(problem.stages, p.rows));
  s.entry_row_multiplier.resize(at(problem.stages, p.entry_rows));
  s.transition_multiplier.resize(at(problem.stages, p.states));
  s.final_multiplier.resize(at(1, p.states));
}

void raise(const StagedLp& problem, const Lowered& lowered, const double* column_value, const double* row_dual, const double* reduced_cost,
           Solution& s) {
  resize_for(problem, s);
  auto value = [&](const AffineColumn& v) { return v.offset + (v.column >= 0 ? column_value[v.column] : 0.0); };
  for (std::size_t a = 0; a < s.state.size(); ++a) s.state[a] = value(lowered.state[a]);
  for (std::size_t a = 0; a < s.control.size(); ++a) s.control[a] = value(lowered.control[a]);
  auto dual = [&](int row) { return row >= 0 ? row_dual[row] : 0.0; };
  for (std::size_t a = 0; a < lowered.row.size(); ++a) s.row_multiplier[a] = dual(lowered.row[a]);
  for (std::size_t a = 0; a < lowered.entry_row.size(); ++a) s.entry_row_multiplier[a] = dual(lowered.entry_row[a]);
  for (std::size_t a = 0; a < lowered.transition.size(); ++a) s.transition_multiplier[a] = dual(lowered.transition[a]);
  for (std::size_t a = 0; a < lowered.final_bound.size(); ++a) s.final_multiplier[a] = dual(lowered.final_bound[a]);
  for (int j = 0; j < lowered.lp.columns; ++j) {
    const double d = reduced_cost[j];
    if (d == 0.0) continue;
    const RowPlace& owner = (d > 0.0 ? lowered.low_owner : lowered.high_owner)[static_cast<std::size_t>(j)];
    const std::size_t a = static_cast<std::size_t>(owner.position);
    switch (owner.kind) {
      case RowPlace::Kind::none:
        break;
      case RowPlace::Kind::row:
        s.row_multiplier[a] = d / owner.coefficient;
        break;
      case RowPlace::Kind::entry_row:
        s.entry_row_multiplier[a] = d / owner.coefficient;
        break;
      case RowPlace::Kind::final_bound:
        s.final_multiplier[a] = d / owner.coefficient;
        break;
    }
  }
  set_transition_multipliers(problem, s, Costs::own, &lowered.transition);
  s.objective = objective_value(problem, s);
}

std::string to_mps(const GeneralLp& lp, const std::string& name) {
  std::string out = fmt::format("NAME {}\nROWS\n N cost\n", name);
  auto is_equal = [&](std::size_t r) { return lp.row_low[r] == lp.row_high[r]; };
  for (std::size_t r = 0; r < lp.row_low.size(); ++r) {
    out += fmt::format(" {} r{}\n", is_equal(r) ? 'E' : std::isinf(lp.row_low[r]) ? 'L' : 'G', r);
  }
  out += "COLUMNS\n";
  for (std::size_t j = 0; j < lp.cost.size(); ++j) {
    out += fmt::format(" v{} cost {}\n", j, lp.cost[j]);
    for (int e = lp.start[j]; e < lp.start[j + 1]; ++e) {
      out += fmt::format(" v{} r{} {}\n", j, lp.index[static_cast<std::size_t>(e)], lp.value[static_cast<std::size_t>(e)]);
    }
  }
  out += "RHS\n";
  if (lp.offset != 0.0) out += fmt::format(" rhs cost {}\n", -lp.offset);
  for (std::size_t r = 0; r < lp.row_low.size(); ++r) {
    const double rhs = std::isinf(lp.row_low[r]) ? lp.row_high[r] : lp.row_low[r];
    if (rhs != 0.0) out += fmt::format(" rhs r{} {}\n", r, rhs);
  }
  std::string ranges;
  for (std::size_t r = 0; r < lp.row_low.size(); ++r) {
    if (is_equal(r) || std::isinf(lp.row_low[r]) || std::isinf(lp.row_high[r])) continue;
    ranges += fmt::format(" range r{} {}\n", r, lp.row_high[r] - lp.row_low[r]);
  }
  if (!ranges.empty()) out += "RANGES\n" + ranges;
  out += "BOUNDS\n";
  for (std::size_t j = 0; j < lp.cost.size(); ++j) {
    const double low = lp.column_low[j];
    const double high = lp.column_high[j];
    if (std::isinf(low) && std::isinf(high)) {
      out += fmt::format(" FR b v{}\n", j);
      continue;
    }
    out += std::isinf(low) ? fmt::format(" MI b v{}\n", j) : fmt::format(" LO b v{} {}\n", j, low);
    if (!std::isinf(high)) out += fmt::format(" UP b v{} {}\n", j, high);
  }
  return out + "ENDATA\n";
}

}  // namespace bess::lp
