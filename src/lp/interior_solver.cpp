// Mehrotra's predictor–corrector method. The iteration in the symbols of docs/models/staged_solver.md:
//
//   w = z/y;  predictor: τ = −wρ, solve, α_aff;  σ = (μ_aff/μ)³;  corrector: τ = (σμ − κ)/y − wρ, solve;  steps 0.995 of the way
//
// Costs are linear and dynamics always hold, so that after a step of α_p, α_d the primal residual is (1 − α_p)ρ and the dual
// one (1 − α_d) times what it was: two scalars, θ_p and θ_d, stand for both.

#include "lp/interior_solver.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <vector>

#include "lp/interior_workspace.h"
#include "lp/multipliers.h"

namespace bess::lp {

namespace {

constexpr double boundary = 0.995;     ///< fraction of the way to the boundary
constexpr double start_mu = 0.1;       ///< μ₀ of the scaled problem
constexpr double start_floor = 0.05;   ///< least slack of the start
constexpr double least_money = 10.0;   ///< objectives smaller than this are judged by this
constexpr double accepted_gap = 1e-6;  ///< what still counts as optimal when the method can go no further
constexpr double tiny_step = 1e-7;

/// Progress of one lane.
struct Progress {
  const StagedLp* problem{nullptr};
  Solution* out{nullptr};
  double gap{0}, objective{0}, residual{0}, theta_primal{1}, theta_dual{1}, equality{0};
  double step_primal{0}, step_dual{0};
  int iterations{0};
  int stalled{0};
  bool done{false};
  bool dead{false};
  SolveStatus status{SolveStatus::iteration_limit};
};

double step_length(double ratio) { return ratio > boundary ? boundary / ratio : 1.0; }

class InteriorSolver final : public Solver {
 public:
  explicit InteriorSolver(const KernelTable& table) : table_(table) {}
  [[nodiscard]] std::string_view name() const override { return "own"; }

  void solve(const StagedLp& problem, const SolveOptions& options, Solution& solution) override {
    const StagedLp* one = &problem;
    Solution* out = &solution;
    run(find_kernel(problem.pattern, 1), options, {&one, 1}, {&out, 1});
  }

  void solve_batch(std::span<const StagedLp* const> problems, const SolveOptions& options, std::span<Solution* const> solutions) override {
    std::size_t first = 0;
    while (first < problems.size()) {
      const Kernel& kernel = find_kernel(problems[first]->pattern, static_cast<int>(problems.size() - first));
      const std::size_t count = std::min(problems.size() - first, static_cast<std::size_t>(kernel.lanes));
      run(kernel, options, problems.subspan(first, count), solutions.subspan(first, count));
      first += count;
    }
  }

 private:
  /// The kernel of a pattern for so many problems: lanes pay from half a pack on.
  const Kernel& find_kernel(const Pattern& pattern, int problems) {
    const Kernel* best = nullptr;
    for (int i = 0; i < table_.count; ++i) {
      const Kernel& k = table_.kernels[i];
      if (k.lanes > 1 && 2 * problems <= k.lanes) continue;
      if (best != nullptr && k.lanes <= best->lanes) continue;
      if (*k.pattern == pattern) best = &k;
    }
    return best != nullptr ? *best : generic_kernel();
  }

  void run(const Kernel& kernel, const SolveOptions& options, std::span<const StagedLp* const> problems,
           std::span<Solution* const> solutions) {
    start_time_ = options.time_limit_s > 0 ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
    count_ = static_cast<int>(problems.size());
    work_.prepare(kernel, problems);
    for (int l = 0; l < count_; ++l) {
      lanes_[static_cast<std::size_t>(l)] = Progress{};
      lanes_[static_cast<std::size_t>(l)].problem = problems[static_cast<std::size_t>(l)];
      lanes_[static_cast<std::size_t>(l)].out = solutions[static_cast<std::size_t>(l)];
      work_.load(l, *lanes_[static_cast<std::size_t>(l)].problem);
    }
    for (int l = count_; l < kernel.lanes; ++l) work_.wipe(l);
    start(kernel);
    iterate(kernel, options);
    for (int l = 0; l < count_; ++l) finish(l, kernel);
  }

  void start(const Kernel& kernel) {
    Sweep& s = work_.sweep();
    for (int l = 0; l < max_lanes; ++l) {
      s.step_primal[l] = s.step_dual[l] = s.centring[l] = 0.0;
      s.residual[l] = 1.0;
    }
    kernel.factor(s);
    kernel.step(s);
    for (int l = 0; l < count_; ++l) {
      Progress& p = lanes_[static_cast<std::size_t>(l)];
      p.objective = work_.begin(l, *p.problem, start_mu, start_floor);
      p.gap = work_.complementarity(l);
      p.residual = work_.largest_residual(l);
      if (!std::isfinite(p.objective) || !std::isfinite(p.gap) || !std::isfinite(p.residual)) kill(l);
    }
  }

  void iterate(const Kernel& kernel, const SolveOptions& options) {
    Sweep& s = work_.sweep();
    for (int iteration = 1; iteration <= options.max_iterations; ++iteration) {
      kernel.factor(s);
      kernel.predict(s);
      for (int l = 0; l < count_; ++l) centre(l, s);
      kernel.correct(s);
      kernel.step(s);
      bool all = true;
      for (int l = 0; l < count_; ++l) {
        advance(l, s, iteration, options);
        all = all && lanes_[static_cast<std::size_t>(l)].done;
      }
      if (all || out_of_time(options)) return;
    }
  }

  void centre(int l, Sweep& s) const {
    const Progress& p = lanes_[static_cast<std::size_t>(l)];
    const double primal = step_length(s.ratio_primal[l]);
    const double dual = step_length(s.ratio_dual[l]);
    const double y_dz = -p.gap - s.dy_z[l];
    const double affine = p.gap + primal * s.dy_z[l] + dual * y_dz + primal * dual * s.dy_dz[l];
    const double ratio = std::clamp(affine / p.gap, 0.0, 1.0);
    s.centring[l] = ratio * ratio * ratio * p.gap / work_.inequality_count();
  }

  /// Step lengths of a lane, what they leave of gap and residuals, and whether it is done.
  void advance(int l, Sweep& s, int iteration, const SolveOptions& options) {
    Progress& p = lanes_[static_cast<std::size_t>(l)];
    s.step_primal[l] = s.step_dual[l] = 0.0;
    p.step_primal = p.step_dual = 0.0;
    if (p.done) return;
    p.iterations = iteration;
    const double primal = step_length(s.ratio_primal[l]);
    const double dual = step_length(s.ratio_dual[l]);
    const double gap = p.gap + primal * s.dy_z[l] + dual * s.y_dz[l] + primal * dual * s.dy_dz[l];
    const double objective = p.objective + primal * s.slope[l];
    if (!std::isfinite(gap) || !std::isfinite(objective) || !(primal > 0.0) || !(dual > 0.0)) {
      kill(l);
      return;
    }
    p.gap = gap;
    p.objective = objective;
    p.theta_primal *= 1.0 - primal;
    p.theta_dual *= 1.0 - dual;
    p.equality = s.largest_equality[l];
    p.step_primal = s.step_primal[l] = primal;
    p.step_dual = s.step_dual[l] = dual;
    s.residual[l] = p.theta_primal;
    judge(l, options);
  }

  [[nodiscard]] double relative_gap(const Progress& p, double cost) const {
    return p.gap * cost / std::max(least_money, std::abs(p.objective) * cost);
  }

  void judge(int l, const SolveOptions& options) {
    Progress& p = lanes_[static_cast<std::size_t>(l)];
    const double gap = relative_gap(p, work_.scaling(l).cost);
    const double primal = std::max(p.theta_primal * p.residual, p.equality);
    if (gap <= options.gap_tolerance && primal <= options.residual_tolerance && p.theta_dual <= 0.01 * options.residual_tolerance) {
      p.status = SolveStatus::optimal;
      p.done = true;
      return;
    }
    p.stalled = std::max(p.step_primal, p.step_dual) < tiny_step ? p.stalled + 1 : 0;
    if (p.stalled >= 3) {
      p.status = SolveStatus::numerical_failure;
      p.done = true;
    }
  }

  bool out_of_time(const SolveOptions& options) {
    if (options.time_limit_s <= 0) return false;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_time_;
    if (spent.count() < options.time_limit_s) return false;
    for (int l = 0; l < count_; ++l) {
      if (!lanes_[static_cast<std::size_t>(l)].done) lanes_[static_cast<std::size_t>(l)].status = SolveStatus::time_limit;
    }
    return true;
  }

  /// A lane whose numbers left the finite: its last point is kept, its memory made harmless.
  void kill(int l) {
    Progress& p = lanes_[static_cast<std::size_t>(l)];
    p.done = p.dead = true;
    p.status = SolveStatus::numerical_failure;
    store(l);
    work_.wipe(l);
  }

  void store(int l) {
    const Progress& p = lanes_[static_cast<std::size_t>(l)];
    work_.store(l, *p.problem, p.step_primal, p.step_dual, *p.out);
  }

  void finish(int l, const Kernel& kernel) {
    Progress& p = lanes_[static_cast<std::size_t>(l)];
    if (!p.dead) store(l);
    Solution& out = *p.out;
    out.iterations = p.iterations;
    out.kernel = kernel.name;
    if (p.status != SolveStatus::optimal) explain(p);
    set_transition_multipliers(*p.problem, out);
    out.objective = objective_value(*p.problem, out);
    out.status = p.status;
    if (!std::isfinite(out.objective)) out.status = SolveStatus::numerical_failure;
  }

  /// Not converged: good enough all the same, provably infeasible, or neither.
  void explain(Progress& p) {
    Solution& out = *p.out;
    const double cost = work_.scaling(static_cast<int>(&p - lanes_.data())).cost;
    if (!p.dead && relative_gap(p, cost) <= accepted_gap && std::max(p.theta_primal * p.residual, p.equality) <= accepted_gap &&
        p.theta_dual <= accepted_gap) {
      p.status = SolveStatus::optimal;
      return;
    }
    set_transition_multipliers(*p.problem, out, Costs::none);
    if (lagrangian_bound(*p.problem, out, Costs::none) > 0.0) p.status = SolveStatus::infeasible;
  }

  KernelTable table_;
  InteriorWorkspace work_;
  std::array<Progress, max_lanes> lanes_{};
  int count_{0};
  std::chrono::steady_clock::time_point start_time_{};
};

}  // namespace

std::unique_ptr<Solver> make_own_solver(const KernelTable& table) { return std::make_unique<InteriorSolver>(table); }

}  // namespace bess::lp
