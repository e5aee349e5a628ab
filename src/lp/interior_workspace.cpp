#include "lp/interior_workspace.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lp/general_lp.h"
#include "lp/multipliers.h"
#include "lp/terms.h"

namespace bess::lp {

namespace {
std::size_t n(int i) { return static_cast<std::size_t>(i); }
std::size_t at(int k, int width, int i = 0) { return n(k) * n(width) + n(i); }
/// A row of constants (fixed controls alone) is dropped when it holds within this; else it stays, and shows as infeasible.
constexpr double constant_tolerance = 1e-9;
constexpr double pinned_width = 1e-9;  ///< of the scaled final bounds: closer than this is an equality
/// Slack the start aims at, as a share of what the boxes allow, and its limits.
constexpr double slack_share = 0.5;
constexpr double least_target = 0.05;
constexpr double most_target = 2.0;
constexpr double least_warm_multiplier = 1e-2;
}  // namespace

bool cut_into_parts(const StagedLp& problem, std::span<Part> parts) {
  const int count = static_cast<int>(parts.size());
  const int wanted = problem.stages / count;
  auto may_start = [&](int k) {
    const auto entry = problem.entry.begin() + static_cast<std::ptrdiff_t>(at(k, problem.pattern.states));
    return *entry == Entry::inherit && std::none_of(entry + 1, entry + problem.pattern.states, [](Entry e) { return e == Entry::inherit; });
  };
  int first = 0;
  for (int i = 0; i < count; ++i) {
    int end = i + 1 == count ? problem.stages : (i + 1) * wanted;
    const int latest = std::min(problem.stages - 1, end + wanted / 2);
    while (i + 1 < count && end < latest && !may_start(end)) ++end;
    if (i + 1 < count && !may_start(end)) return false;
    parts[n(i)] = {.problem = &problem, .first = first, .count = end - first, .tied_before = i > 0, .tied_after = i + 1 < count};
    first = end;
  }
  return true;
}

void InteriorWorkspace::prepare(const Kernel& kernel, const Proximal& proximal, std::span<const Part> parts) {
  const StagedLp& first = *parts.front().problem;
  std::copy(parts.begin(), parts.end(), parts_.begin());
  if (!(pattern_ == first.pattern) || at_.size == 0 || linked_ != kernel.linked) {
    pattern_ = first.pattern;
    linked_ = kernel.linked;
    groups_ = scale_groups(pattern_);
    at_ = stage_layout(pattern_, linked_);
    co_ = coefficient_layout(pattern_);
    en_ = entry_layout(pattern_, linked_);
    fi_ = final_layout(pattern_);
    stored_in_transitions_ = pattern_.stored_in_transitions();
    stored_in_rows_ = pattern_.stored_in_rows();
    stored_in_entry_rows_ = pattern_.stored_in_entry_rows();
  }
  lanes_ = kernel.lanes;
  stages_ = 0;
  for (const Part& p : parts) stages_ = std::max(stages_, p.count);
  stage_size_ = n(at_.size) * n(lanes_);
  coefficient_size_ = n(co_.size) * n(lanes_);
  entry_size_ = n(en_.size) * n(lanes_);
  entry_of_stage_.resize(n(stages_));
  entries_ = 0;
  for (int k = 0; k < stages_; ++k) {
    bool any = false;
    for (int l = 0; l < static_cast<int>(parts.size()); ++l) any = any || has_entry(l, k);
    entry_of_stage_[n(k)] = any ? entries_++ : -1;
  }
  auto fit = [](AlignedDoubles& v, std::size_t size) {
    if (v.size() < size) v.resize(size, 0.0);
  };
  fit(stage_, n(stages_) * stage_size_);
  fit(coefficient_, n(stages_) * coefficient_size_);
  fit(entry_, n(entries_) * entry_size_);
  fit(final_, n(fi_.size) * n(lanes_));
  if (scaling_.size() < n(lanes_)) scaling_.resize(n(lanes_));
  int per_stage = 0;
  for (int r = 0; r < pattern_.rows; ++r) per_stage += pattern_.row[n(r)].kind == RowKind::at_least ? 1 : 0;
  inequalities_ = static_cast<double>(per_stage) * stages_ + static_cast<double>(pattern_.entry_rows) * entries_ + 2.0 * pattern_.states;
  if (linked_) inequalities_ *= lanes_;
  sweep_ = Sweep{};
  sweep_.proximal = proximal;
  sweep_.pattern = &pattern_;
  sweep_.stages = stages_;
  sweep_.entry_of_stage = entry_of_stage_.data();
  sweep_.stage = stage_.data();
  sweep_.coefficient = coefficient_.data();
  sweep_.coefficient_stride = static_cast<std::ptrdiff_t>(coefficient_size_);
  sweep_.entry = entry_.data();
  sweep_.final = final_.data();
}

void InteriorWorkspace::share_coefficients() {
  const auto first = coefficient_.begin();
  int k = 1;
  for (; k < stages_; ++k) {
    const auto record = first + static_cast<std::ptrdiff_t>(n(k) * coefficient_size_);
    if (!std::equal(first, first + static_cast<std::ptrdiff_t>(coefficient_size_), record)) break;
  }
  sweep_.sharing_stages = k;
}

// Visits (record, y, z, dy, dz, rho slot offsets) of every inequality; slots are multiplied by lanes_ already.
template <class Visit>
void InteriorWorkspace::for_each_inequality(int lane, Visit&& visit) {
  const int L = lanes_;
  auto rows = [&](double* b, int count, int y, int z, int dy, int dz, int rho, bool skip_equal) {
    for (int r = 0; r < count; ++r) {
      if (skip_equal && pattern_.row[n(r)].kind == RowKind::equal) continue;
      visit(b[(y + r) * L], b[(z + r) * L], b[(dy + r) * L], b[(dz + r) * L], b[(rho + r) * L]);
    }
  };
  for (int k = 0; k < stages_; ++k) rows(stage(lane, k), pattern_.rows, at_.y, at_.z, at_.dy, at_.dz, at_.rho, true);
  for (int o = 0; o < entries_; ++o) rows(entry(lane, o), pattern_.entry_rows, en_.y, en_.z, en_.dy, en_.dz, en_.rho, false);
  rows(final(lane), pattern_.states, fi_.low_y, fi_.low_z, fi_.low_dy, fi_.low_dz, fi_.low_rho, false);
  rows(final(lane), pattern_.states, fi_.high_y, fi_.high_z, fi_.high_dy, fi_.high_dz, fi_.high_rho, false);
}

template <class Visit>
void InteriorWorkspace::for_each_equality(int lane, Visit&& visit) {
  const int L = lanes_;
  for (int r = 0; r < pattern_.rows; ++r) {
    if (pattern_.row[n(r)].kind != RowKind::equal) continue;
    for (int k = 0; k < stages_; ++k) {
      double* b = stage(lane, k);
      visit(b[(at_.z + r) * L], b[(at_.dy + r) * L], b[(at_.dz + r) * L], b[(at_.rho + r) * L], 1.0);
    }
  }
  double* f = final(lane);
  for (int i = 0; i < pattern_.states; ++i) {
    visit(f[(fi_.pin_z + i) * L], f[(fi_.pin_dy + i) * L], f[(fi_.pin_dz + i) * L], f[(fi_.pin_rho + i) * L], f[(fi_.pin + i) * L]);
  }
}

void InteriorWorkspace::load(int lane, const Solution* warm) {
  const StagedLp& problem = *part(lane).problem;
  Scaling& s = scaling_[n(lane)];
  if (part(lane).tied_before) {
    s = scaling_[n(lane - 1)];
  } else {
    s = make_scaling(problem, groups_);
  }
  const int L = lanes_;
  std::array<double, max_states> x{};
  std::array<double, max_states> next{};
  if (part(lane).tied_before) x[0] = carried_[0];
  for (int k = 0; k < stages_; ++k) {
    double* b = stage(lane, k);
    double* coefficients = coefficient(lane, k);
    if (entry_of_stage_[n(k)] >= 0) load_entry(lane, k, x.data(), warm);
    if (k >= part(lane).count) {
      load_idle_stage(lane, k);
      continue;
    }
    const int q = part(lane).first + k;  // in the problem
    for (int c = 0; c < pattern_.controls; ++c) {
      const std::size_t a = at(q, pattern_.controls, c);
      const double fixed = problem.control_fixed[a];
      const double low = problem.control_low[a];
      const double high = problem.control_high[a];
      const bool is_free = std::isnan(fixed) && !(high <= low);
      const double guess = warm != nullptr ? warm->control[a] : std::isfinite(low) && std::isfinite(high) ? low + 0.25 * (high - low) : 0.0;
      coefficients[(co_.control_free + c) * L] = is_free ? 1.0 : 0.0;
      b[(at_.control + c) * L] = (is_free ? guess : std::isnan(fixed) ? low : fixed) / s.control[n(c)];
      b[(at_.control_step + c) * L] = 0.0;
      b[(at_.control_cost + c) * L] = 0.0;
    }
    const double* stored = problem.transition_coefficient.data() + at(q, stored_in_transitions_);
    int slot = co_.transition;
    for (int i = 0; i < pattern_.states; ++i) {
      b[(at_.state_cost + i) * L] = 0.0;
      double value = problem.transition_constant[at(q, pattern_.states, i)] / s.state[n(i)];
      stored = for_each_term(pattern_.transition[n(i)], stored, [&](const Term& t, double c) {
        const bool control = t.block == Block::control;
        const double scaled = c * (control ? s.control[t.index] : s.state[t.index]) / s.state[n(i)];
        if (t.constant == 0) coefficients[slot++ * L] = scaled;
        value += scaled * (control ? b[(at_.control + t.index) * L] : x[t.index]);
      });
      next[n(i)] = value;
    }
    load_rows(lane, k, x.data(), next.data());
    x = next;
  }
  carried_ = x;
  load_final(lane, x.data());
}

/// Hands state 0 on: no control is free, no row there.
void InteriorWorkspace::load_idle_stage(int lane, int k) {
  const int L = lanes_;
  double* b = stage(lane, k);
  double* coefficients = coefficient(lane, k);
  for (int slot = 0; slot < co_.size; ++slot) coefficients[slot * L] = 0.0;
  for (int slot = 0; slot < at_.size; ++slot) b[slot * L] = 0.0;
  for (int r = 0; r < pattern_.rows; ++r) {
    b[(at_.y + r) * L] = far_slack;
    b[(at_.z + r) * L] = 1.0 / far_slack;
  }
}

void InteriorWorkspace::load_rows(int lane, int k, const double* x, const double* next) {
  const StagedLp& problem = *part(lane).problem;
  const int q = part(lane).first + k;
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  double* b = stage(lane, k);
  double* coefficients = coefficient(lane, k);
  const double* stored = problem.row_coefficient.data() + at(q, stored_in_rows_);
  int slot = co_.row;
  for (int r = 0; r < pattern_.rows; ++r) {
    const Row& row = pattern_.row[n(r)];
    const double rhs = problem.row_rhs[at(q, pattern_.rows, r)];
    const bool present = problem.row_active[at(q, pattern_.rows, r)] != 0 && rhs != -std::numeric_limits<double>::infinity();
    const double inverse = 1.0 / s.row[n(r)];
    double value = -rhs * inverse;
    double most = value;  // over the boxes
    bool constant = true;
    const int first_slot = slot;
    stored = for_each_term(row, stored, [&](const Term& t, double c) {
      double scale = 0.0;
      double v = 0.0;
      double low = 0.0;
      double high = 0.0;
      if (t.block == Block::control) {
        constant = constant && (c == 0.0 || coefficients[(co_.control_free + t.index) * L] == 0.0);
        scale = s.control[t.index];
        v = b[(at_.control + t.index) * L];
        low = problem.control_low[at(q, pattern_.controls, t.index)];
        high = problem.control_high[at(q, pattern_.controls, t.index)];
      } else {
        constant = constant && c == 0.0;
        const int stage_of = t.block == Block::next ? q + 1 : q;
        scale = s.state[t.index];
        v = (t.block == Block::next ? next : x)[t.index];
        low = problem.state_low[at(stage_of, pattern_.states, t.index)];
        high = problem.state_high[at(stage_of, pattern_.states, t.index)];
      }
      const double scaled = c * scale * inverse;
      if (t.constant == 0) coefficients[slot++ * L] = present ? scaled : 0.0;
      value += scaled * v;
      most += c * inverse * (c > 0.0 ? high : low);
    });
    const bool holds_anyway = constant && row.kind == RowKind::at_least && value >= -constant_tolerance;
    const bool active = present && !holds_anyway;
    for (int i = first_slot; !active && i < slot; ++i) coefficients[i * L] = 0.0;
    // y = t, z = 1/t: the first step is then least squares of (slack − t)/t.
    const double target = std::isfinite(most) ? std::clamp(slack_share * most, least_target, most_target) : 1.0;
    const double y = active ? target : far_slack;
    b[(at_.y + r) * L] = y;
    b[(at_.dz + r) * L] = 0.0;
    if (row.kind == RowKind::equal) {
      b[(at_.z + r) * L] = 0.0;
      b[(at_.dy + r) * L] = value;
      b[(at_.rho + r) * L] = value;
    } else {
      b[(at_.z + r) * L] = 1.0 / y;
      b[(at_.dy + r) * L] = 0.0;
      b[(at_.rho + r) * L] = active ? value - target : 0.0;
    }
  }
}

void InteriorWorkspace::load_entry(int lane, int k, double* x, const Solution* warm) {
  const StagedLp& problem = *part(lane).problem;
  const int q = part(lane).first + k;
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  double* e = entry(lane, entry_of_stage_[n(k)]);
  const bool entered = has_entry(lane, k);
  for (int i = 0; i < pattern_.states; ++i) {
    const std::size_t a = at(entered ? q : 0, pattern_.states, i);
    const Entry kind = !entered ? Entry::inherit : q == 0 && problem.entry[a] == Entry::inherit ? Entry::fixed : problem.entry[a];
    e[(en_.free + i) * L] = kind == Entry::free ? 1.0 : 0.0;
    e[(en_.keep + i) * L] = kind == Entry::inherit ? 1.0 : 0.0;
    if (kind == Entry::fixed) x[i] = problem.entry_value[a] / s.state[n(i)];
    if (kind == Entry::free) {
      const double middle = warm != nullptr ? warm->state[a] : 0.5 * (problem.state_low[a] + problem.state_high[a]);
      x[i] = (std::isfinite(middle) ? middle : 0.0) / s.state[n(i)];
    }
    e[(en_.value + i) * L] = x[i];
    e[(en_.step + i) * L] = 0.0;
  }
  const double* stored = problem.entry_row_coefficient.data() + at(entered ? q : 0, stored_in_entry_rows_);
  int slot = en_.row;
  for (int r = 0; r < pattern_.entry_rows; ++r) {
    const double rhs = problem.entry_row_rhs[at(entered ? q : 0, pattern_.entry_rows, r)];
    const bool present =
        entered && problem.entry_row_active[at(q, pattern_.entry_rows, r)] != 0 && rhs != -std::numeric_limits<double>::infinity();
    const double inverse = 1.0 / s.entry_row[n(r)];
    double value = -rhs * inverse;
    double most = value;
    bool constant = true;
    const int first_slot = slot;
    stored = for_each_term(pattern_.entry_row[n(r)], stored, [&](const Term& t, double c) {
      const std::size_t a = at(entered ? q : 0, pattern_.states, t.index);
      const double scaled = c * s.state[t.index] * inverse;
      if (t.constant == 0) e[slot++ * L] = present ? scaled : 0.0;
      constant = constant && (c == 0.0 || (e[(en_.free + t.index) * L] == 0.0 && e[(en_.keep + t.index) * L] == 0.0));
      value += scaled * x[t.index];
      most += c * inverse * (c > 0.0 ? problem.state_high[a] : problem.state_low[a]);
    });
    const bool holds_anyway = constant && value >= -constant_tolerance;
    const bool active = present && !holds_anyway;
    for (int i = first_slot; !active && i < slot; ++i) e[i * L] = 0.0;
    const double target = std::isfinite(most) ? std::clamp(slack_share * most, least_target, most_target) : 1.0;
    const double y = active ? target : far_slack;
    e[(en_.y + r) * L] = y;
    e[(en_.z + r) * L] = 1.0 / y;
    e[(en_.dy + r) * L] = 0.0;
    e[(en_.dz + r) * L] = 0.0;
    e[(en_.rho + r) * L] = active ? value - target : 0.0;
  }
}

void InteriorWorkspace::load_final(int lane, const double* x) {
  const StagedLp& problem = *part(lane).problem;
  const bool last = !part(lane).tied_after;
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  double* f = final(lane);
  for (int i = 0; i < pattern_.states; ++i) {
    const double low = last ? problem.final_low[n(i)] / s.state[n(i)] : -std::numeric_limits<double>::infinity();
    const double high = last ? problem.final_high[n(i)] / s.state[n(i)] : std::numeric_limits<double>::infinity();
    const bool pinned = high - low <= pinned_width;  // bounds that cross by more are the caller's to refuse
    auto bound = [&](int y, int z, int dy, int dz, int rho, bool active, double slack, double room) {
      const double target = std::isfinite(room) ? std::clamp(slack_share * room, least_target, most_target) : 1.0;
      f[(y + i) * L] = active ? target : far_slack;
      f[(z + i) * L] = 1.0 / f[(y + i) * L];
      f[(dy + i) * L] = 0.0;
      f[(dz + i) * L] = 0.0;
      f[(rho + i) * L] = active ? slack - target : 0.0;
    };
    const std::size_t a = at(problem.stages, pattern_.states, i);
    bound(fi_.low_y, fi_.low_z, fi_.low_dy, fi_.low_dz, fi_.low_rho, std::isfinite(low) && !pinned, x[i] - low,
          std::min(problem.state_high[a] / s.state[n(i)], high) - low);
    bound(fi_.high_y, fi_.high_z, fi_.high_dy, fi_.high_dz, fi_.high_rho, std::isfinite(high) && !pinned, high - x[i],
          high - std::max(problem.state_low[a] / s.state[n(i)], low));
    f[(fi_.cost + i) * L] = 0.0;
    f[(fi_.pin + i) * L] = pinned ? sweep_.proximal.equality_weight : 0.0;
    f[(fi_.pin_z + i) * L] = 0.0;
    f[(fi_.pin_dz + i) * L] = 0.0;
    f[(fi_.pin_dy + i) * L] = pinned ? x[i] - 0.5 * (low + high) : 0.0;
    f[(fi_.pin_rho + i) * L] = f[(fi_.pin_dy + i) * L];
  }
}

double InteriorWorkspace::begin(int lane, double mu, double floor, Costs costs) {
  for_each_inequality(lane, [&](double& y, double& z, double& dy, double& dz, double& rho) {
    const double slack = y >= far_slack ? far_slack : y + dy;  // y held the target
    y = std::max(slack, floor);
    z = mu / y;
    rho = y >= far_slack ? 0.0 : slack - y;
    dy = 0.0;
    dz = 0.0;
  });
  for_each_equality(lane, [&](double& z, double& dy, double& dz, double& rho, double /*weight*/) {
    z = 0.0;
    rho = dy;
    dz = 0.0;
  });
  const int L = lanes_;
  for (int k = 0; k < stages_; ++k) {
    double* b = stage(lane, k);
    for (int c = 0; c < pattern_.controls; ++c) b[(at_.control + c) * L] += b[(at_.control_step + c) * L];
  }
  for (int o = 0; o < entries_; ++o) {
    double* e = entry(lane, o);
    for (int i = 0; i < pattern_.states; ++i) e[(en_.value + i) * L] += e[(en_.step + i) * L];
  }
  return load_costs(lane, costs);
}

double InteriorWorkspace::begin_warm(int lane, const Solution& warm, double mu) {
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  auto pair = [&](double* b, int y, int z, int dy, int dz, int rho, double multiplier) {
    b[dy * L] = b[dz * L] = 0.0;
    if (b[y * L] >= far_slack) {
      b[z * L] = mu / far_slack;
      return;
    }
    const double slack = b[y * L] + b[rho * L];  // y held the target, ρ the rest
    const double known = std::isfinite(multiplier) ? std::max(multiplier, 0.0) : 0.0;
    b[y * L] = std::max({slack, -slack, mu / std::max(known, least_warm_multiplier)});
    b[z * L] = std::max(known, mu / b[y * L]);
    b[rho * L] = slack - b[y * L];
  };
  for (int k = 0; k < stages_; ++k) {
    const bool idle = k >= part(lane).count;
    const int q = idle ? 0 : part(lane).first + k;  // idle stages have no rows: any multiplier will do
    double* b = stage(lane, k);
    for (int r = 0; r < pattern_.rows; ++r) {
      const double z = warm.row_multiplier[at(q, pattern_.rows, r)] * s.row[n(r)] / s.cost;
      if (pattern_.row[n(r)].kind == RowKind::equal) {
        b[(at_.z + r) * L] = std::isfinite(z) ? z : 0.0;
      } else {
        pair(b, at_.y + r, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r, z);
      }
    }
    const int ordinal = entry_of_stage_[n(k)];
    if (ordinal < 0) continue;
    for (int r = 0; r < pattern_.entry_rows; ++r) {
      const double z = warm.entry_row_multiplier[at(q, pattern_.entry_rows, r)] * s.entry_row[n(r)] / s.cost;
      pair(entry(lane, ordinal), en_.y + r, en_.z + r, en_.dy + r, en_.dz + r, en_.rho + r, z);
    }
  }
  double* f = final(lane);
  for (int i = 0; i < pattern_.states; ++i) {
    const double z = warm.final_multiplier[n(i)] * s.state[n(i)] / s.cost;
    pair(f, fi_.low_y + i, fi_.low_z + i, fi_.low_dy + i, fi_.low_dz + i, fi_.low_rho + i, z);
    pair(f, fi_.high_y + i, fi_.high_z + i, fi_.high_dy + i, fi_.high_dz + i, fi_.high_rho + i, -z);
    if (f[(fi_.pin + i) * L] != 0.0) f[(fi_.pin_z + i) * L] = std::isfinite(z) ? z : 0.0;
  }
  return load_costs(lane, Costs::own);
}

/// Scaled costs into the records; the objective of the point by rolling out the dynamics.
double InteriorWorkspace::load_costs(int lane, Costs costs) {
  const StagedLp& problem = *part(lane).problem;
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  const double per_cost = costs == Costs::own ? 1.0 / s.cost : 0.0;
  double objective = 0.0;
  std::array<double, max_states> x{};
  std::array<double, max_states> next{};
  for (int k = 0; k < part(lane).count; ++k) {
    const int q = part(lane).first + k;
    double* b = stage(lane, k);
    for (int i = 0; i < pattern_.states; ++i) {
      const std::size_t a = at(q, pattern_.states, i);
      if (k == 0 || problem.entry[a] != Entry::inherit) x[n(i)] = entry(lane, entry_of_stage_[n(k)])[(en_.value + i) * L];
      const double cost = problem.state_cost[a] * s.state[n(i)] * per_cost;
      b[(at_.state_cost + i) * L] = cost;
      objective += cost * x[n(i)];
    }
    for (int c = 0; c < pattern_.controls; ++c) {
      const double cost = problem.control_cost[at(q, pattern_.controls, c)] * s.control[n(c)] * per_cost;
      b[(at_.control_cost + c) * L] = cost;
      objective += cost * b[(at_.control + c) * L];
    }
    const double* coefficients = coefficient(lane, k);
    int slot = co_.transition;
    for (int i = 0; i < pattern_.states; ++i) {
      double value = problem.transition_constant[at(q, pattern_.states, i)] / s.state[n(i)];
      const Row& row = pattern_.transition[n(i)];
      for (std::size_t t = 0; t < row.size; ++t) {
        const Term& term = row.terms[t];
        const double c = term.constant != 0 ? static_cast<double>(term.constant) : coefficients[slot++ * L];
        value += c * (term.block == Block::control ? b[(at_.control + term.index) * L] : x[term.index]);
      }
      next[n(i)] = value;
    }
    x = next;
  }
  double* f = final(lane);
  for (int i = 0; i < pattern_.states && !part(lane).tied_after; ++i) {
    const double cost = problem.state_cost[at(problem.stages, pattern_.states, i)] * s.state[n(i)] * per_cost;
    f[(fi_.cost + i) * L] = cost;
    objective += cost * x[n(i)];
  }
  return objective;
}

double InteriorWorkspace::largest_residual(int lane) {
  double largest = 0.0;
  for_each_inequality(
      lane, [&](double& /*y*/, double& /*z*/, double& /*dy*/, double& /*dz*/, double& rho) { largest = std::max(largest, std::abs(rho)); });
  return largest;
}

double InteriorWorkspace::complementarity(int lane) {
  double sum = 0.0;
  for_each_inequality(lane, [&](double& y, double& z, double& /*dy*/, double& /*dz*/, double& /*rho*/) { sum += y * z; });
  return sum;
}

void InteriorWorkspace::wipe(int lane) {
  auto zero = [&](AlignedDoubles& v) {
    for (std::size_t i = n(lane); i < v.size(); i += n(lanes_)) v[i] = 0.0;
  };
  zero(stage_);
  zero(coefficient_);
  zero(entry_);
  zero(final_);
  for_each_inequality(lane, [](double& y, double& z, double& /*dy*/, double& /*dz*/, double& /*rho*/) { y = z = 1.0; });
}

void InteriorWorkspace::store(int lane, double step_primal, double step_dual, Solution& out) {
  const StagedLp& problem = *part(lane).problem;
  resize_for(problem, out);
  const Scaling& s = scaling_[n(lane)];
  const int L = lanes_;
  for (int k = 0; k < part(lane).count; ++k) {
    const int q = part(lane).first + k;
    const double* b = stage(lane, k);
    for (int c = 0; c < pattern_.controls; ++c) {
      const std::size_t a = at(q, pattern_.controls, c);
      const double value = (b[(at_.control + c) * L] + step_primal * b[(at_.control_step + c) * L]) * s.control[n(c)];
      const double fixed = problem.control_fixed[a];
      out.control[a] = std::isnan(fixed) ? std::min(std::max(value, problem.control_low[a]), problem.control_high[a]) : fixed;
    }
    for (int r = 0; r < pattern_.rows; ++r) {
      const std::size_t a = at(q, pattern_.rows, r);
      const double z = (b[(at_.z + r) * L] + step_dual * b[(at_.dz + r) * L]) * s.cost / s.row[n(r)];
      out.row_multiplier[a] = problem.row_active[a] != 0 ? z : 0.0;
    }
    const int ordinal = entry_of_stage_[n(k)];
    const double* e = ordinal >= 0 ? entry(lane, ordinal) : nullptr;
    const bool entered = e != nullptr && has_entry(lane, k);
    for (int r = 0; r < pattern_.entry_rows; ++r) {
      const std::size_t a = at(q, pattern_.entry_rows, r);
      const bool active = entered && problem.entry_row_active[a] != 0;
      out.entry_row_multiplier[a] = active ? (e[(en_.z + r) * L] + step_dual * e[(en_.dz + r) * L]) * s.cost / s.entry_row[n(r)] : 0.0;
    }
    for (int i = 0; i < pattern_.states; ++i) {
      const std::size_t a = at(q, pattern_.states, i);
      if (problem.entry[a] == Entry::free) {
        const double value = (e[(en_.value + i) * L] + step_primal * e[(en_.step + i) * L]) * s.state[n(i)];
        out.state[a] = std::min(std::max(value, problem.state_low[a]), problem.state_high[a]);
      } else if (problem.entry[a] == Entry::fixed || q == 0) {
        out.state[a] = problem.entry_value[a];
      }
    }
  }
  if (part(lane).tied_after) return;
  const double* f = final(lane);
  for (int i = 0; i < pattern_.states; ++i) {
    auto multiplier = [&](int z, int dz) { return f[(z + i) * L] + step_dual * f[(dz + i) * L]; };
    const double z = multiplier(fi_.low_z, fi_.low_dz) - multiplier(fi_.high_z, fi_.high_dz) + multiplier(fi_.pin_z, fi_.pin_dz);
    const bool bounded = std::isfinite(problem.final_low[n(i)]) || std::isfinite(problem.final_high[n(i)]);
    out.final_multiplier[n(i)] = bounded ? z * s.cost / s.state[n(i)] : 0.0;
  }
  roll_out(problem, out);
}

void roll_out(const StagedLp& problem, Solution& out) {
  const Pattern& p = problem.pattern;
  const int stored = p.stored_in_transitions();
  for (int k = 0; k < problem.stages; ++k) {
    const double* x = out.state.data() + at(k, p.states);
    const double* u = out.control.data() + at(k, p.controls);
    const double* c = problem.transition_coefficient.data() + at(k, stored);
    for (int i = 0; i < p.states; ++i) {
      double value = problem.transition_constant[at(k, p.states, i)];
      c = for_each_term(p.transition[n(i)], c,
                        [&](const Term& t, double a) { value += a * (t.block == Block::control ? u[t.index] : x[t.index]); });
      if (k + 1 == problem.stages || problem.entry[at(k + 1, p.states, i)] == Entry::inherit) out.state[at(k + 1, p.states, i)] = value;
    }
  }
}

}  // namespace bess::lp
