#include "lp/scaling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lp/terms.h"

namespace bess::lp {

namespace {

constexpr int max_variables = max_states + max_controls;
std::size_t at(int i) { return static_cast<std::size_t>(i); }

int variable(const Pattern& p, const Term& t) { return t.block == Block::control ? p.states + t.index : t.index; }

class Union {
 public:
  Union() { std::iota(parent_.begin(), parent_.end(), 0); }
  int root(int i) {
    while (parent_[at(i)] != i) i = parent_[at(i)];
    return i;
  }
  void join(int a, int b) { parent_[at(root(a))] = root(b); }

 private:
  std::array<int, max_variables> parent_{};
};

/// The variable of the first constant term, or −1.
int first_constant(const Pattern& p, const Row& row) {
  for (std::size_t t = 0; t < row.size; ++t) {
    if (row.terms[t].constant != 0) return variable(p, row.terms[t]);
  }
  return -1;
}

/// Largest |low|, |high| range of a group member over the stages; 0 where nothing finite is known.
struct Range {
  double width{0.0};
  double magnitude{0.0};
  void take(double low, double high) {
    if (!std::isfinite(low) || !std::isfinite(high)) return;
    width = std::max(width, high - low);
    magnitude = std::max({magnitude, std::abs(low), std::abs(high)});
  }
  [[nodiscard]] double scale() const {
    const double s = std::max(width, 1e-3 * magnitude);
    return s > 0.0 && std::isfinite(s) ? s : 1.0;
  }
};

}  // namespace

ScaleGroups scale_groups(const Pattern& p) {
  Union sets;
  auto join_constants = [&](const Row& row, int seed) {
    for (std::size_t t = 0; t < row.size; ++t) {
      if (row.terms[t].constant == 0) continue;
      const int v = variable(p, row.terms[t]);
      if (seed < 0) seed = v;
      sets.join(v, seed);
    }
  };
  for (int i = 0; i < p.states; ++i) join_constants(p.transition[at(i)], i);
  for (int r = 0; r < p.rows; ++r) join_constants(p.row[at(r)], -1);
  for (int r = 0; r < p.entry_rows; ++r) join_constants(p.entry_row[at(r)], -1);

  ScaleGroups groups;
  std::array<int, max_variables> number{};
  number.fill(-1);
  auto group_of = [&](int v) {
    int& g = number[at(sets.root(v))];
    if (g < 0) g = groups.count++;
    return g;
  };
  for (int i = 0; i < p.states; ++i) groups.state[at(i)] = group_of(i);
  for (int i = 0; i < p.controls; ++i) groups.control[at(i)] = group_of(p.states + i);
  for (int r = 0; r < p.rows; ++r) {
    const int v = first_constant(p, p.row[at(r)]);
    groups.row[at(r)] = v < 0 ? -1 : group_of(v);
  }
  for (int r = 0; r < p.entry_rows; ++r) {
    const int v = first_constant(p, p.entry_row[at(r)]);
    groups.entry_row[at(r)] = v < 0 ? -1 : group_of(v);
  }
  return groups;
}

Scaling make_scaling(const StagedLp& problem, const ScaleGroups& groups) {
  const Pattern& p = problem.pattern;
  std::array<Range, max_variables> range{};
  std::array<double, max_states> state_cost{};
  std::array<double, max_controls> control_cost{};
  for (int k = 0; k <= problem.stages; ++k) {
    for (int i = 0; i < p.states; ++i) {
      const std::size_t a = at(k * p.states + i);
      range[at(groups.state[at(i)])].take(problem.state_low[a], problem.state_high[a]);
      state_cost[at(i)] = std::max(state_cost[at(i)], std::abs(problem.state_cost[a]));
    }
    if (k == problem.stages) break;
    for (int i = 0; i < p.controls; ++i) {
      const std::size_t a = at(k * p.controls + i);
      range[at(groups.control[at(i)])].take(problem.control_low[a], problem.control_high[a]);
      control_cost[at(i)] = std::max(control_cost[at(i)], std::abs(problem.control_cost[a]));
    }
  }
  Scaling s;
  for (int i = 0; i < p.states; ++i) s.state[at(i)] = range[at(groups.state[at(i)])].scale();
  for (int i = 0; i < p.controls; ++i) s.control[at(i)] = range[at(groups.control[at(i)])].scale();
  double cost = 0.0;
  for (int i = 0; i < p.states; ++i) cost = std::max(cost, state_cost[at(i)] * s.state[at(i)]);
  for (int i = 0; i < p.controls; ++i) cost = std::max(cost, control_cost[at(i)] * s.control[at(i)]);
  s.cost = cost > 0.0 && std::isfinite(cost) ? cost : 1.0;

  auto variable_scale = [&](const Term& t) { return t.block == Block::control ? s.control[t.index] : s.state[t.index]; };
  // A row without a constant term: divided by its largest scaled coefficient.
  auto row_scale = [&](const Row& row, int group, const double* stored, int stride) {
    if (group >= 0) return range[at(group)].scale();
    double largest = 0.0;
    for (int k = 0; k < problem.stages; ++k) {
      for_each_term(row, stored + static_cast<std::ptrdiff_t>(k) * stride,
                    [&](const Term& t, double c) { largest = std::max(largest, std::abs(c) * variable_scale(t)); });
    }
    return largest > 0.0 && std::isfinite(largest) ? largest : 1.0;
  };
  const double* stored = problem.row_coefficient.data();
  for (int r = 0; r < p.rows; ++r) {
    s.row[at(r)] = row_scale(p.row[at(r)], groups.row[at(r)], stored, p.stored_in_rows());
    stored += p.row[at(r)].stored();
  }
  stored = problem.entry_row_coefficient.data();
  for (int r = 0; r < p.entry_rows; ++r) {
    s.entry_row[at(r)] = row_scale(p.entry_row[at(r)], groups.entry_row[at(r)], stored, p.stored_in_entry_rows());
    stored += p.entry_row[at(r)].stored();
  }
  return s;
}

}  // namespace bess::lp
