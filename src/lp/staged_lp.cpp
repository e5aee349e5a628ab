// Construction and evaluation of staged LPs, and the certificate.
//
// The Lagrangian of the problem of staged_lp.h, with multipliers λ of the transitions (x⁺ − A x − B u = b), z of the rows
// and ζ of the entry rows:
//
//   L = Σ_k q_kᵀx_k + r_kᵀu_k + q_Nᵀx_N − Σ λ_kᵀ(x⁺_k − A_k x_k − B_k u_k − b_k) − Σ z_kᵀ(D x⁺ + E u + F x − f) − Σ ζ_kᵀ(G x_k − g)
//
// For any λ and any z, ζ ≥ 0 (free where the row is an equality) min L over the boxes is at most the optimum. It separates
// by variable: constants Σ z f + ζ g + λ b, plus reduced cost times the cheaper end of the box for each variable, where
//
//   cost(u_k) = r_k + B_kᵀλ_k − E_kᵀz_k
//   cost(x_k) = q_k + A_kᵀλ_k − F_kᵀz_k − G_kᵀζ_k  and, where x_k inherits x⁺_{k−1},  − λ_{k−1} − D_{k−1}ᵀz_{k−1}
//   cost(x⁺)  = −λ − Dᵀz where nobody inherits it: made zero by choosing λ = −Dᵀz there, since x⁺ has no box of its own.
//
// Fixed components stand at their value. Final bounds narrow the box of x_N, which is at least as good as any multiplier.

#include "lp/staged_lp.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "lp/multipliers.h"
#include "lp/terms.h"

namespace bess::lp {

void pattern_too_large(const char* what) { assertion_failed(what, "lp/pattern.h: a stage has more than there is room for", 0); }

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
std::size_t at(int k, int width, int i = 0) {
  return static_cast<std::size_t>(k) * static_cast<std::size_t>(width) + static_cast<std::size_t>(i);
}
}  // namespace

StagedLp::StagedLp(const Pattern& shape, int stage_count) : pattern(shape), stages(stage_count) {
  const std::size_t n = at(stage_count, 1);
  auto per_stage = [&](int width) { return at(stage_count, width); };
  const std::size_t states = per_stage(shape.states);
  const std::size_t last = at(1, shape.states);
  const std::size_t controls = per_stage(shape.controls);
  state_cost.assign(states + last, 0.0);
  control_cost.assign(controls, 0.0);
  transition_coefficient.assign(n * at(1, shape.stored_in_transitions()), 0.0);
  transition_constant.assign(states, 0.0);
  row_coefficient.assign(n * at(1, shape.stored_in_rows()), 0.0);
  row_rhs.assign(per_stage(shape.rows), 0.0);
  row_active.assign(per_stage(shape.rows), 1);
  entry_row_coefficient.assign(n * at(1, shape.stored_in_entry_rows()), 0.0);
  entry_row_rhs.assign(per_stage(shape.entry_rows), 0.0);
  entry_row_active.assign(per_stage(shape.entry_rows), 1);
  entry.assign(states, Entry::inherit);
  std::fill_n(entry.begin(), std::min(last, states), Entry::fixed);
  entry_value.assign(states, 0.0);
  final_low.assign(last, -infinity);
  final_high.assign(last, infinity);
  control_fixed.assign(controls, std::numeric_limits<double>::quiet_NaN());
  control_low.assign(controls, -infinity);
  control_high.assign(controls, infinity);
  state_low.assign(states + last, -infinity);
  state_high.assign(states + last, infinity);
}

bool StagedLp::has_entry(int k) const {
  if (k == 0) return true;
  const Entry* first = entry.data() + at(k, pattern.states);
  return std::any_of(first, first + pattern.states, [](Entry e) { return e != Entry::inherit; });
}

const char* to_string(SolveStatus status) {
  switch (status) {
    case SolveStatus::optimal:
      return "optimal";
    case SolveStatus::infeasible:
      return "infeasible";
    case SolveStatus::unbounded:
      return "unbounded";
    case SolveStatus::iteration_limit:
      return "iteration_limit";
    case SolveStatus::time_limit:
      return "time_limit";
    case SolveStatus::numerical_failure:
      return "numerical_failure";
  }
  return "unknown";
}

double transition_value(const StagedLp& problem, int k, int i, const double* state, const double* control) {
  const Pattern& p = problem.pattern;
  double value = problem.transition_constant[at(k, p.states, i)];
  const double* stored = problem.transition_coefficient.data() + at(k, p.stored_in_transitions(), p.transition_offset(i));
  for_each_term(p.transition[static_cast<std::size_t>(i)], stored,
                [&](const Term& t, double c) { value += c * (t.block == Block::control ? control[t.index] : state[t.index]); });
  return value;
}

double objective_value(const StagedLp& problem, const Solution& point) {
  double sum = 0.0;
  for (std::size_t i = 0; i < problem.state_cost.size(); ++i) sum += problem.state_cost[i] * point.state[i];
  for (std::size_t i = 0; i < problem.control_cost.size(); ++i) sum += problem.control_cost[i] * point.control[i];
  return sum;
}

namespace {

/// One forward pass over the stages: primal residuals and the Lagrangian bound together.
class Certifier {
 public:
  Certifier(const StagedLp& problem, const Solution& solution, Costs costs)
      : with_costs_(costs == Costs::own),
        lp_(problem),
        s_(solution),
        p_(problem.pattern),
        stored_t_(p_.stored_in_transitions()),
        stored_r_(p_.stored_in_rows()),
        stored_e_(p_.stored_in_entry_rows()) {}

  Certificate run() {
    carry_.fill(0.0);
    for (int k = 0; k < lp_.stages; ++k) stage(k);
    last();
    Certificate out;
    out.objective = objective_value(lp_, s_);
    out.primal_residual = std::isfinite(residual_) ? residual_ : infinity;
    out.bound = std::isfinite(bound_) ? bound_ : -infinity;
    out.relative_gap = (out.objective - out.bound) / std::max(1.0, std::abs(out.objective));
    if (!std::isfinite(out.relative_gap)) out.relative_gap = infinity;
    return out;
  }

 private:
  using Values = std::array<double, max_terms>;
  static_assert(max_terms >= max_states && max_terms >= max_controls);

  void violation(double v) {
    if (!(v <= residual_)) residual_ = v;  // a NaN sticks
    if (std::isnan(v)) residual_ = infinity;
  }
  /// Minimum of cost·v over [low, high].
  static double box_minimum(double cost, double low, double high) {
    if (cost == 0.0) return 0.0;
    return cost * (cost > 0.0 ? low : high);
  }
  [[nodiscard]] static double usable(double z, RowKind kind) { return kind == RowKind::equal ? z : std::max(z, 0.0); }

  void stage(int k) {
    const double* x = s_.state.data() + at(k, p_.states);
    const double* u = s_.control.data() + at(k, p_.controls);
    Values next{};
    Values cost_next{};
    Values cost_x{};
    Values cost_u{};
    const double* c = lp_.transition_coefficient.data() + at(k, stored_t_);
    for (int i = 0; i < p_.states; ++i) {
      double value = lp_.transition_constant[at(k, p_.states, i)];
      c = for_each_term(p_.transition[static_cast<std::size_t>(i)], c,
                        [&](const Term& t, double a) { value += a * (t.block == Block::control ? u[t.index] : x[t.index]); });
      next[static_cast<std::size_t>(i)] = value;
    }
    for (int i = 0; i < p_.states; ++i) cost_x[static_cast<std::size_t>(i)] = with_costs_ ? lp_.state_cost[at(k, p_.states, i)] : 0.0;
    for (int i = 0; i < p_.controls; ++i) cost_u[static_cast<std::size_t>(i)] = with_costs_ ? lp_.control_cost[at(k, p_.controls, i)] : 0.0;
    rows(k, x, u, next, cost_next, cost_x, cost_u);
    transitions(k, next, cost_next, cost_x, cost_u);
    if (lp_.has_entry(k)) entry_rows(k, x, cost_x);
    controls(k, u, cost_u);
    states(k, x, cost_x);
    carry_ = cost_next;
  }

  void rows(int k, const double* x, const double* u, const Values& next, Values& cost_next, Values& cost_x, Values& cost_u) {
    const double* c = lp_.row_coefficient.data() + at(k, stored_r_);
    for (int r = 0; r < p_.rows; ++r) {
      const Row& row = p_.row[static_cast<std::size_t>(r)];
      if (lp_.row_active[at(k, p_.rows, r)] == 0) {
        c += row.stored();
        continue;
      }
      const double z = usable(s_.row_multiplier[at(k, p_.rows, r)], row.kind);
      const double rhs = lp_.row_rhs[at(k, p_.rows, r)];
      double value = -rhs;
      c = for_each_term(row, c, [&](const Term& t, double a) {
        const std::size_t i = t.index;
        switch (t.block) {
          case Block::next:
            value += a * next[i];
            cost_next[i] -= a * z;
            break;
          case Block::control:
            value += a * u[i];
            cost_u[i] -= a * z;
            break;
          case Block::state:
            value += a * x[i];
            cost_x[i] -= a * z;
            break;
        }
      });
      bound_ += z * rhs;
      violation(row.kind == RowKind::equal ? std::abs(value) : -value);
    }
  }

  void transitions(int k, const Values& next, Values& cost_next, Values& cost_x, Values& cost_u) {
    const double* c = lp_.transition_coefficient.data() + at(k, stored_t_);
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t j = static_cast<std::size_t>(i);
      const bool inherited = k + 1 == lp_.stages || lp_.entry[at(k + 1, p_.states, i)] == Entry::inherit;
      const double lambda = inherited ? s_.transition_multiplier[at(k, p_.states, i)] : cost_next[j];
      c = for_each_term(p_.transition[j], c,
                        [&](const Term& t, double a) { (t.block == Block::control ? cost_u : cost_x)[t.index] += a * lambda; });
      bound_ += lambda * lp_.transition_constant[at(k, p_.states, i)];
      cost_next[j] -= lambda;
      if (inherited) violation(std::abs(s_.state[at(k + 1, p_.states, i)] - next[j]));
    }
  }

  void entry_rows(int k, const double* x, Values& cost_x) {
    const double* c = lp_.entry_row_coefficient.data() + at(k, stored_e_);
    for (int r = 0; r < p_.entry_rows; ++r) {
      const Row& row = p_.entry_row[static_cast<std::size_t>(r)];
      if (lp_.entry_row_active[at(k, p_.entry_rows, r)] == 0) {
        c += row.stored();
        continue;
      }
      const double z = usable(s_.entry_row_multiplier[at(k, p_.entry_rows, r)], row.kind);
      const double rhs = lp_.entry_row_rhs[at(k, p_.entry_rows, r)];
      double value = -rhs;
      c = for_each_term(row, c, [&](const Term& t, double a) {
        value += a * x[t.index];
        cost_x[t.index] -= a * z;
      });
      bound_ += z * rhs;
      violation(row.kind == RowKind::equal ? std::abs(value) : -value);
    }
  }

  void controls(int k, const double* u, const Values& cost_u) {
    for (int i = 0; i < p_.controls; ++i) {
      const std::size_t a = at(k, p_.controls, i);
      const double cost = cost_u[static_cast<std::size_t>(i)];
      const double fixed = lp_.control_fixed[a];
      if (std::isnan(fixed)) {
        bound_ += box_minimum(cost, lp_.control_low[a], lp_.control_high[a]);
      } else {
        bound_ += cost * fixed;
        violation(std::abs(u[i] - fixed));
      }
    }
  }

  void states(int k, const double* x, const Values& cost_x) {
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t a = at(k, p_.states, i);
      const Entry entry = lp_.entry[a];
      double cost = cost_x[static_cast<std::size_t>(i)];
      if (entry == Entry::inherit) cost += carry_[static_cast<std::size_t>(i)];
      if (entry == Entry::fixed || (k == 0 && entry == Entry::inherit)) {
        bound_ += cost * lp_.entry_value[a];
        violation(std::abs(x[i] - lp_.entry_value[a]));
      } else {
        bound_ += box_minimum(cost, lp_.state_low[a], lp_.state_high[a]);
      }
    }
  }

  void last() {
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t j = static_cast<std::size_t>(i);
      const std::size_t a = at(lp_.stages, p_.states, i);
      const double cost = (with_costs_ ? lp_.state_cost[a] : 0.0) + carry_[j];
      const double low = std::max(lp_.state_low[a], lp_.final_low[j]);
      const double high = std::min(lp_.state_high[a], lp_.final_high[j]);
      if (low <= high) {
        bound_ += box_minimum(cost, low, high);
      } else {  // the final bounds leave nothing of the box: their multiplier counts, as that of a row
        const double z = s_.final_multiplier[j];
        const double rhs = z > 0.0 ? lp_.final_low[j] : lp_.final_high[j];
        const bool usable_bound = std::isfinite(rhs);
        bound_ += usable_bound ? z * rhs : 0.0;
        bound_ += box_minimum(usable_bound ? cost - z : cost, lp_.state_low[a], lp_.state_high[a]);
      }
      violation(lp_.final_low[j] - s_.state[a]);
      violation(s_.state[a] - lp_.final_high[j]);
    }
  }

  bool with_costs_;
  const StagedLp& lp_;
  const Solution& s_;
  const Pattern& p_;
  int stored_t_, stored_r_, stored_e_;
  Values carry_{};
  double residual_{0.0};
  double bound_{0.0};
};

bool sizes_fit(const StagedLp& problem, const Solution& s) {
  const Pattern& p = problem.pattern;
  return s.state.size() == problem.state_cost.size() && s.control.size() == problem.control_cost.size() &&
         s.row_multiplier.size() == at(problem.stages, p.rows) && s.entry_row_multiplier.size() == at(problem.stages, p.entry_rows) &&
         s.transition_multiplier.size() == at(problem.stages, p.states) && s.final_multiplier.size() == at(1, p.states);
}

}  // namespace

Certificate certify(const StagedLp& problem, const Solution& solution) {
  if (!sizes_fit(problem, solution)) return {infinity, std::numeric_limits<double>::quiet_NaN(), -infinity, infinity};
  return Certifier(problem, solution, Costs::own).run();
}

double lagrangian_bound(const StagedLp& problem, const Solution& solution, Costs costs) {
  return Certifier(problem, solution, costs).run().bound;
}

void set_transition_multipliers(const StagedLp& lp, Solution& s, Costs costs, const std::vector<int>* only) {
  const Pattern& p = lp.pattern;
  const double q = costs == Costs::own ? 1.0 : 0.0;
  std::array<double, max_states> cost{};  // of x_{k+1}, without what stage k adds
  for (int i = 0; i < p.states; ++i) {
    const std::size_t j = static_cast<std::size_t>(i);
    cost[j] = q * lp.state_cost[at(lp.stages, p.states, i)] - s.final_multiplier[j];
  }
  const int stored_in_rows = p.stored_in_rows();
  const int stored_in_entry_rows = p.stored_in_entry_rows();
  const int stored_in_transitions = p.stored_in_transitions();
  for (int k = lp.stages - 1; k >= 0; --k) {
    std::array<double, max_states> inherited{};
    for (int i = 0; i < p.states; ++i) {
      const bool inherits = k + 1 == lp.stages || lp.entry[at(k + 1, p.states, i)] == Entry::inherit;
      if (inherits) inherited[static_cast<std::size_t>(i)] = cost[static_cast<std::size_t>(i)];
    }
    for (int i = 0; i < p.states; ++i) cost[static_cast<std::size_t>(i)] = q * lp.state_cost[at(k, p.states, i)];
    const double* c = lp.row_coefficient.data() + at(k, stored_in_rows);
    for (int r = 0; r < p.rows; ++r) {
      const double z = s.row_multiplier[at(k, p.rows, r)];
      c = for_each_term(p.row[static_cast<std::size_t>(r)], c, [&](const Term& t, double a) {
        if (t.block == Block::next) inherited[t.index] -= a * z;
        if (t.block == Block::state) cost[t.index] -= a * z;
      });
    }
    if (lp.has_entry(k)) {
      c = lp.entry_row_coefficient.data() + at(k, stored_in_entry_rows);
      for (int r = 0; r < p.entry_rows; ++r) {
        const double z = s.entry_row_multiplier[at(k, p.entry_rows, r)];
        c = for_each_term(p.entry_row[static_cast<std::size_t>(r)], c, [&](const Term& t, double a) { cost[t.index] -= a * z; });
      }
    }
    c = lp.transition_coefficient.data() + at(k, stored_in_transitions);
    for (int i = 0; i < p.states; ++i) {
      const std::size_t a = at(k, p.states, i);
      double& lambda = s.transition_multiplier[a];
      if (only == nullptr || (*only)[a] < 0) lambda = inherited[static_cast<std::size_t>(i)];
      c = for_each_term(p.transition[static_cast<std::size_t>(i)], c, [&](const Term& t, double coefficient) {
        if (t.block == Block::state) cost[t.index] += coefficient * lambda;
      });
    }
  }
}

}  // namespace bess::lp
