// Mehrotra's predictor–corrector method. The iteration in the symbols of docs/models/staged_solver.md:
//
//   w = z/(y + δz);  predictor: solve with σ = 0, α_aff;  σ = (μ_aff/μ)⁴;  corrector: solve again with σμ and κ = Δy_aff Δz_aff;
//   steps go 0.9995 of the way to the boundary, primal and dual apart.
//
// Costs are linear and dynamics always hold. Each full step would leave no dual residual but what rounding makes of it, so
// that θ_d = Π(1 − α_d) estimates it; the certificate measures it, and a lane is done on its certificate alone. A problem on
// which the fast factorisation runs out of digits is solved again with the exact one (exact_factor.cpp).

#include "lp/interior_solver.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <vector>

#include "base/progress.h"
#include "lp/interior_workspace.h"
#include "lp/multipliers.h"

namespace bess::lp {

namespace {

constexpr double boundary = 0.9995;          ///< fraction of the way to the boundary
constexpr double start_mu = 0.1;             ///< μ₀ of the scaled problem
constexpr double warm_mu = 3e-3;             ///< the same of a warm start
constexpr double start_floor = 0.3;          ///< least slack of the start
constexpr double least_money = 10.0;         ///< objectives smaller than this are judged by this
constexpr double wanted_margin = 10.0;       ///< a certificate within this many tolerances ends the iteration
constexpr double accepted_gap = 1e-6;        ///< certificate that still counts as optimal when nothing better comes
constexpr double accepted_residual = 1e-7;   ///< scaled
constexpr double residual_of_bounds = 1e-8;  ///< scaled: final bounds that cross by more leave no point
/// No smaller gap than this share of the tolerance is aimed at: with μ, digits of the multipliers would go.
constexpr double centring_floor = 0.05;
constexpr int settling = 6;  ///< iterations in which μ may yet rise (warm starts)
constexpr double tiny_step = 1e-6;
constexpr int patience = 4;      ///< iterations without a better certificate after converging by its own figures
constexpr double runaway = 1e3;  ///< growth of μ over its least value at which infeasibility is suspected

/// How a problem is run: with the fast factorisation, with the exact one, or (exact, without costs) to find out whether it has
/// a feasible point at all.
enum class Effort { fast, exact, feasibility };

/// Progress of one lane.
struct Progress {
  const StagedLp* problem{nullptr};
  Solution* out{nullptr};
  double gap{0}, least_gap{0}, objective{0}, residual{0}, theta_dual{1};
  double step_primal{0}, step_dual{0};
  int iterations{0}, stalled{0}, waited{0}, suspicions{0};
  bool warm{false};  ///< starts from the point in `out`
  bool done{false};
  bool stored{false};  ///< `out` holds the lane's final point
  double certified_gap{std::numeric_limits<double>::infinity()};
  SolveStatus status{SolveStatus::iteration_limit};
};

double step_length(double ratio) { return ratio > boundary ? boundary / ratio : 1.0; }

/// A point that may serve as a warm start.
bool fits(const StagedLp& problem, const Solution& point) {
  const std::size_t stages = static_cast<std::size_t>(problem.stages);
  const Pattern& p = problem.pattern;
  const bool sizes = point.state.size() == problem.state_cost.size() && point.control.size() == problem.control_cost.size() &&
                     point.row_multiplier.size() == stages * static_cast<std::size_t>(p.rows) &&
                     point.entry_row_multiplier.size() == stages * static_cast<std::size_t>(p.entry_rows) &&
                     point.final_multiplier.size() == static_cast<std::size_t>(p.states);
  return sizes && std::all_of(point.control.begin(), point.control.end(), [](double v) { return std::isfinite(v); }) &&
         std::all_of(point.state.begin(), point.state.end(), [](double v) { return std::isfinite(v); });
}

bool final_bounds_cross(const StagedLp& problem, const Scaling& scaling) {
  for (std::size_t i = 0; i < problem.final_low.size(); ++i) {
    if (problem.final_low[i] > problem.final_high[i] + residual_of_bounds * scaling.state[i]) return true;
  }
  return false;
}

class InteriorSolver final : public Solver {
 public:
  InteriorSolver(const KernelTable& table, int linked_from) : table_(table), linked_from_(linked_from) {}
  [[nodiscard]] std::string_view name() const override { return "own"; }

  void solve(const StagedLp& problem, const SolveOptions& options, Solution& solution) override {
    const StagedLp* one = &problem;
    Solution* out = &solution;
    start_time_ = std::chrono::steady_clock::now();
    int spent = 0;
    if (problem.stages >= linked_from_ && solve_in_parts(options, problem, solution, spent)) return;
    solve_group(find_kernel(problem.pattern, 1), options, {&one, 1}, {&out, 1});
    solution.iterations += spent;
  }

  void solve_batch(std::span<const StagedLp* const> problems, const SolveOptions& options, std::span<Solution* const> solutions) override {
    std::size_t first = 0;
    while (first < problems.size()) {
      const Kernel& kernel = find_kernel(problems[first]->pattern, static_cast<int>(problems.size() - first));
      const std::size_t count = std::min(problems.size() - first, static_cast<std::size_t>(kernel.lanes));
      if (kernel.lanes > 1) {
        start_time_ = std::chrono::steady_clock::now();
        solve_group(kernel, options, problems.subspan(first, count), solutions.subspan(first, count));
      } else {
        solve(*problems[first], options, *solutions[first]);
      }
      first += count;
    }
  }

 private:
  /// The kernel of a pattern for so many problems: lanes pay from more than half a pack on.
  [[nodiscard]] const Kernel& find_kernel(const Pattern& pattern, int problems) const {
    const Kernel* best = nullptr;
    for (int i = 0; i < table_.count; ++i) {
      const Kernel& k = table_.kernels[i];
      if (k.linked || (k.lanes > 1 && 2 * problems <= k.lanes)) continue;
      if (best != nullptr && k.lanes <= best->lanes) continue;
      if (*k.pattern == pattern) best = &k;
    }
    return best != nullptr ? *best : generic_kernel();
  }

  /// A long problem over the lanes of a linked kernel. False: there is none, or it gave up after so many iterations.
  bool solve_in_parts(const SolveOptions& options, const StagedLp& problem, Solution& solution, int& spent) {
    const auto kernels = std::span(table_.kernels, static_cast<std::size_t>(table_.count));
    const auto kernel =
        std::find_if(kernels.begin(), kernels.end(), [&](const Kernel& k) { return k.linked && *k.pattern == problem.pattern; });
    if (kernel == kernels.end()) return false;
    const std::span<Part> parts(parts_.data(), static_cast<std::size_t>(kernel->lanes));
    if (!cut_into_parts(problem, parts)) return false;
    Solution* out = &solution;
    run(*kernel, Effort::fast, options, parts, {&out, 1});
    if (!failed(solution)) return true;
    spent = solution.iterations;
    return false;
  }

  void solve_group(const Kernel& kernel, const SolveOptions& options, std::span<const StagedLp* const> problems,
                   std::span<Solution* const> solutions) {
    run_whole(kernel, Effort::fast, options, problems, solutions);
    for (std::size_t i = 0; i < problems.size(); ++i) {
      if (failed(*solutions[i])) retry(options, problems.subspan(i, 1), solutions.subspan(i, 1));
    }
  }

  static bool failed(const Solution& s) { return s.status == SolveStatus::numerical_failure || s.status == SolveStatus::iteration_limit; }

  /// One problem on which the fast run gave up.
  void retry(const SolveOptions& options, std::span<const StagedLp* const> problem, std::span<Solution* const> solution) {
    const Kernel& kernel = find_kernel(problem[0]->pattern, 1);
    int spent = solution[0]->iterations;
    SolveOptions cold = options;
    cold.warm_start = false;
    if (options.warm_start) {  // a bad start first of all
      run_whole(kernel, Effort::fast, cold, problem, solution);
      if (!failed(*solution[0])) {
        solution[0]->iterations += spent;
        return;
      }
      spent += solution[0]->iterations;
    }
    run_whole(kernel, Effort::exact, options, problem, solution);
    if (failed(*solution[0]) && lane(0).residual > accepted_residual) {
      spent += solution[0]->iterations;
      run_whole(kernel, Effort::feasibility, options, problem, solution);
    }
    solution[0]->iterations += spent;
  }

  /// Each problem in a lane of its own.
  void run_whole(const Kernel& kernel, Effort effort, const SolveOptions& options, std::span<const StagedLp* const> problems,
                 std::span<Solution* const> solutions) {
    for (std::size_t i = 0; i < problems.size(); ++i) parts_[i] = {.problem = problems[i], .first = 0, .count = problems[i]->stages};
    run(kernel, effort, options, {parts_.data(), problems.size()}, solutions);
  }

  /// One solution per part, or one for all parts of a linked kernel.
  void run(const Kernel& kernel, Effort effort, const SolveOptions& options, std::span<const Part> parts,
           std::span<Solution* const> solutions) {
    kernel_ = &kernel;
    effort_ = effort;
    options_ = options;
    count_ = static_cast<int>(solutions.size());
    tied_ = kernel.linked ? kernel.lanes : 1;
    work_.prepare(kernel, effort == Effort::fast ? fast_proximal : effort == Effort::exact ? exact_proximal : feasibility_proximal, parts);
    for (int l = 0; l < count_; ++l) {
      lane(l) = Progress{};
      lane(l).problem = parts[static_cast<std::size_t>(l)].problem;
      lane(l).out = solutions[static_cast<std::size_t>(l)];
      lane(l).warm = effort == Effort::fast && options.warm_start && fits(*lane(l).problem, *lane(l).out);
      for (int i = l; i < l + tied_; ++i) work_.load(i, lane(l).warm ? lane(l).out : nullptr);
      if (final_bounds_cross(*lane(l).problem, work_.scaling(l))) {
        lane(l).done = true;
        lane(l).status = SolveStatus::infeasible;
      }
    }
    for (int l = count_ * tied_; l < kernel.lanes; ++l) work_.wipe(l);
    work_.share_coefficients();
    start();
    iterate();
    for (int l = 0; l < count_; ++l) finish(l);
  }

  Progress& lane(int l) { return lanes_[static_cast<std::size_t>(l)]; }

  /// What the tied lanes found, as if one lane had: into lane 0.
  void gather(Sweep& s) const {
    for (int i = 1; i < tied_; ++i) {
      for (double* largest : {s.ratio_primal, s.ratio_dual, s.largest_residual, s.largest_drift})
        largest[0] = std::max(largest[0], largest[i]);
      for (double* sum : {s.dy_z, s.y_dz, s.dy_dz, s.slope}) sum[0] += sum[i];
    }
  }
  /// What lane 0 decided, to the lanes tied to it.
  void spread(double* of_lane) const { std::fill(of_lane + 1, of_lane + tied_, of_lane[0]); }

  void factor(Sweep& s) const {
    if (effort_ == Effort::fast)
      kernel_->factor(s);
    else
      factor_exactly(s);
  }

  /// What a step leaves between the parts: the next one closes it.
  void follow_links(Sweep& s, double step) const {
    for (int i = 0; i + 1 < tied_; ++i) s.link_gap[i] += step * (s.link_end[i] - s.link_step[i + 1]);
  }
  [[nodiscard]] double largest_link_gap(const Sweep& s) const {
    double largest = 0.0;
    for (int i = 0; i + 1 < tied_; ++i) largest = std::max(largest, std::abs(s.link_gap[i]));
    return largest;
  }

  void start() {
    Sweep& s = work_.sweep();
    bool cold = false;
    for (int l = 0; l < count_; ++l) cold = cold || !lane(l).warm;
    if (cold) {
      factor(s);
      kernel_->step(s);
      follow_links(s, 1.0);
    }
    for (int l = 0; l < count_; ++l) {
      Progress& p = lane(l);
      for (int i = l; i < l + tied_; ++i) {
        p.objective += p.warm ? work_.begin_warm(i, *p.out, warm_mu)
                              : work_.begin(i, start_mu, start_floor, effort_ == Effort::feasibility ? Costs::none : Costs::own);
        p.gap += work_.complementarity(i);
        p.residual = std::max(p.residual, work_.largest_residual(i));
      }
      p.least_gap = p.gap;
      if (p.done) continue;
      if (!std::isfinite(p.objective) || !std::isfinite(p.gap) || !std::isfinite(p.residual)) kill(l);
    }
  }

  void iterate() {
    Sweep& s = work_.sweep();
    for (int iteration = 1; iteration <= options_.max_iterations; ++iteration) {
      factor(s);
      kernel_->predict(s);
      gather(s);
      for (int l = 0; l < count_; ++l) centre(l, s);
      spread(s.centring);
      kernel_->correct(s);
      kernel_->step(s);
      gather(s);
      bool all = true;
      for (int l = 0; l < count_; ++l) {
        advance(l, s, iteration);
        all = all && lane(l).done;
      }
      spread(s.step_primal);
      spread(s.step_dual);
      if (all || out_of_time()) return;
    }
  }

  void centre(int l, Sweep& s) {
    const Progress& p = lane(l);
    const double primal = step_length(s.ratio_primal[l]);
    const double dual = step_length(s.ratio_dual[l]);
    const double y_dz = -p.gap - s.dy_z[l];
    const double affine = p.gap + primal * s.dy_z[l] + dual * y_dz + primal * dual * s.dy_dz[l];
    const double ratio = std::clamp(affine / p.gap, 0.0, 1.0);
    const double cost = work_.scaling(l).cost;
    const double enough = centring_floor * options_.gap_tolerance * std::max(least_money, std::abs(p.objective) * cost) / cost;
    s.centring[l] = std::max(ratio * ratio * ratio * ratio * p.gap, enough) / work_.inequality_count();
  }

  /// Step lengths of a lane, what they leave of gap and residuals, and whether it is done.
  void advance(int l, Sweep& s, int iteration) {
    Progress& p = lane(l);
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
    p.gap = std::max(gap, 0.0);
    p.least_gap = std::min(p.least_gap, p.gap);
    p.objective = objective;
    p.theta_dual *= 1.0 - dual;
    p.residual = (1.0 - primal) * s.largest_residual[l] + primal * s.largest_drift[l];
    if (tied_ > 1) {
      follow_links(s, primal);
      p.residual = std::max(p.residual, largest_link_gap(s));
    }
    p.step_primal = s.step_primal[l] = primal;
    p.step_dual = s.step_dual[l] = dual;
    judge(l);
  }

  [[nodiscard]] double relative_gap(const Progress& p, double cost) const {
    return p.gap * cost / std::max(least_money, std::abs(p.objective) * cost);
  }

  void judge(int l) {
    Progress& p = lane(l);
    if (effort_ == Effort::feasibility) {
      judge_feasibility(l);
      return;
    }
    const double gap = relative_gap(p, work_.scaling(l).cost);
    if (gap <= options_.gap_tolerance && p.residual <= options_.residual_tolerance && p.theta_dual <= options_.residual_tolerance) {
      const double before = p.certified_gap;
      store(l);
      p.waited = p.certified_gap < 0.5 * before ? 0 : p.waited + 1;
      if (p.certified_gap <= wanted_margin * options_.gap_tolerance || (p.waited >= 1 && p.certified_gap <= accepted_gap)) {
        p.status = SolveStatus::optimal;
        p.done = true;
      } else if (p.waited >= patience) {
        give_up(l);
      }
      return;
    }
    p.stalled = std::min(p.step_primal, p.step_dual) < tiny_step ? p.stalled + 1 : 0;
    const double settled = p.iterations <= settling ? start_mu * work_.inequality_count() : p.least_gap;
    if (p.gap > runaway * std::max(p.least_gap, settled) || p.stalled > 0) {
      ++p.suspicions;
      if (p.residual > options_.residual_tolerance && proven_infeasible(l)) {
        p.done = true;
        p.status = SolveStatus::infeasible;
        return;
      }
    }
    if (p.stalled >= 3 || p.suspicions >= 5) give_up(l);
  }

  void judge_feasibility(int l) {
    Progress& p = lane(l);
    if (p.residual <= options_.residual_tolerance) {
      p.done = true;
      p.status = SolveStatus::numerical_failure;
    } else if (proven_infeasible(l)) {
      p.done = true;
      p.status = SolveStatus::infeasible;
    }
  }

  void give_up(int l) {
    Progress& p = lane(l);
    if (!p.stored) store(l);
    p.done = true;
    p.status = good_enough(p) ? SolveStatus::optimal : SolveStatus::numerical_failure;
  }
  /// Also in the problem's own units: where multipliers are huge a small violation is worth much.
  [[nodiscard]] static bool good_enough(const Progress& p) {
    const bool close = p.certified_gap <= accepted_gap && p.residual <= accepted_residual;
    if (!close) return false;
    double size = 1.0;
    for (const auto* box : {&p.problem->control_high, &p.problem->state_high}) {
      for (const double v : *box) size = std::isfinite(v) ? std::max(size, std::abs(v)) : size;
    }
    return p.out->certificate && p.out->certificate->primal_residual <= accepted_residual * size;
  }

  bool out_of_time() {
    const bool cancelled = options_.cancel != nullptr && options_.cancel->cancelled();
    if (options_.time_limit_s <= 0 && !cancelled) return false;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_time_;
    if (!cancelled && spent.count() < options_.time_limit_s) return false;
    for (int l = 0; l < count_; ++l) {
      if (!lane(l).done) lane(l).status = SolveStatus::time_limit;
    }
    return true;
  }

  /// A lane whose numbers left the finite: its last point is kept, its memory made harmless.
  void kill(int l) {
    Progress& p = lane(l);
    p.step_primal = p.step_dual = 0.0;
    p.done = true;
    p.status = SolveStatus::numerical_failure;
    store(l);
    for (int i = l; i < l + tied_; ++i) work_.wipe(i);
  }

  void read_point(int l) {
    const Progress& p = lane(l);
    for (int i = l; i < l + tied_; ++i) work_.store(i, p.step_primal, p.step_dual, *p.out);
  }

  /// The lane's point with its last step, as a solution, and its certificate.
  void store(int l) {
    Progress& p = lane(l);
    read_point(l);
    set_transition_multipliers(*p.problem, *p.out);
    const Certificate c = certify(*p.problem, *p.out);
    p.out->objective = c.objective;
    p.out->certificate = c;
    p.certified_gap = c.relative_gap;
    p.stored = true;
  }

  /// The multipliers alone, without costs, bound the optimum away from 0: no point satisfies the rows.
  bool proven_infeasible(int l) {
    Progress& p = lane(l);
    read_point(l);
    set_transition_multipliers(*p.problem, *p.out, Costs::none);
    p.out->certificate.reset();
    p.stored = false;
    return lagrangian_bound(*p.problem, *p.out, Costs::none) > 0.0;
  }

  void finish(int l) {
    Progress& p = lane(l);
    if (!p.stored) store(l);
    if (p.status == SolveStatus::iteration_limit && good_enough(p)) p.status = SolveStatus::optimal;
    Solution& out = *p.out;
    out.iterations = p.iterations;
    out.kernel = kernel_->name;
    if (effort_ != Effort::fast) out.kernel += ", exact factor";
    out.status = std::isfinite(out.objective) ? p.status : SolveStatus::numerical_failure;
  }

  KernelTable table_;
  int linked_from_;
  InteriorWorkspace work_;
  std::array<Progress, max_lanes> lanes_{};
  const Kernel* kernel_{nullptr};
  Effort effort_{Effort::fast};
  SolveOptions options_{};
  int count_{0};
  int tied_{1};  ///< lanes that hold one problem
  std::array<Part, max_lanes> parts_{};
  std::chrono::steady_clock::time_point start_time_{};
};

}  // namespace

std::unique_ptr<Solver> make_own_solver(const KernelTable& table, int linked_from) {
  return std::make_unique<InteriorSolver>(table, linked_from);
}

}  // namespace bess::lp
