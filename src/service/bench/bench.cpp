// Timing and checking of the solvers.

#include "service/bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "dispatch/kernels/kernels.h"
#include "dispatch/model/model.h"
#include "lp/solver.h"

namespace bess::service {

namespace {

constexpr double accepted_difference = 1e-6;  ///< relative, own objective to the reference's
constexpr double accepted_certificate = 1e-6;
constexpr int long_stages = 10'000;   ///< from here on a reference solve takes many seconds: one pass
constexpr double long_limit_s = 200;  ///< and no longer than this, per algorithm

struct Passes {
  double cpu_ms{std::numeric_limits<double>::infinity()};
  double wall_ms{std::numeric_limits<double>::infinity()};
};

/// The best of `repeats` passes.
template <class Work>
Passes best_pass(const BenchOptions& options, int repeats, const Work& work) {
  Passes best;
  for (int i = 0; i < repeats; ++i) {
    if (options.cancel != nullptr) options.cancel->throw_if_cancelled();
    const BenchTime start = options.clock();
    work();
    const BenchTime end = options.clock();
    best.cpu_ms = std::min(best.cpu_ms, 1e3 * (end.thread_cpu_s - start.thread_cpu_s));
    best.wall_ms = std::min(best.wall_ms, 1e3 * (end.wall_s - start.wall_s));
  }
  return best;
}

/// The LPs of a row with the answers of one solver.
struct Answers {
  std::vector<lp::Solution> solution;
  std::vector<lp::Solution*> pointer;
  explicit Answers(std::size_t n) : solution(n) {
    for (lp::Solution& s : solution) pointer.push_back(&s);
  }
};

class SolverBench {
 public:
  SolverBench(const BenchWindows& windows, const BenchOptions& options)
      : options_(options),
        own_(windows.windows.size()),
        batched_(windows.windows.size()),
        reference_(windows.windows.size(), std::numeric_limits<double>::quiet_NaN()) {
    row_.data = windows.data;
    row_.shape = windows.shape;
    row_.windows = static_cast<int>(windows.windows.size());
    lps_.resize(windows.windows.size());
    for (std::size_t i = 0; i < lps_.size(); ++i) {
      dispatch::build_lp(windows.windows[i], {}, lps_[i]);
      problem_.push_back(&lps_[i].lp);
    }
    row_.stages = problem_.empty() ? 0 : problem_.front()->stages;
  }

  SolverRow run() {
    if (problem_.empty()) {
      row_.failure = "no windows";
      return row_;
    }
    time_own();
    const bool can_batch = problem_.size() > 1 && std::all_of(problem_.begin(), problem_.end(), [this](const lp::StagedLp* p) {
                             return p->pattern == problem_.front()->pattern && p->stages == problem_.front()->stages;
                           });
    if (can_batch) time_batched();
    row_.clp_dual_ms = time_reference(lp::ClpAlgorithm::dual_simplex, "CLP dual");
    row_.clp_primal_ms = time_reference(lp::ClpAlgorithm::primal_simplex, "CLP primal");
    compare("own solver", own_);
    if (can_batch) compare("own solver, batched", batched_);
    return row_;
  }

 private:
  [[nodiscard]] double per_window(double ms) const { return ms / static_cast<double>(problem_.size()); }
  [[nodiscard]] int repeats(int normal) const { return options_.quick ? 1 : normal; }
  [[nodiscard]] bool is_long() const { return row_.stages >= long_stages; }

  void time_own() {
    const auto solver = dispatch::make_own_dispatch_solver();
    const auto pass = [&] {
      for (std::size_t i = 0; i < problem_.size(); ++i) solver->solve(*problem_[i], {}, own_.solution[i]);
    };
    pass();
    certify(own_, "own solver");
    for (const lp::Solution& s : own_.solution) row_.iterations += s.iterations / static_cast<double>(problem_.size());
    const Passes best = best_pass(options_, repeats(5), pass);
    row_.own_ms = per_window(best.cpu_ms);
    row_.own_wall_ms = per_window(best.wall_ms);
  }

  void time_batched() {
    const auto solver = dispatch::make_own_dispatch_solver();
    const auto pass = [&] { solver->solve_batch(problem_, {}, batched_.pointer); };
    pass();
    certify(batched_, "own solver, batched");
    row_.batched_ms = per_window(best_pass(options_, repeats(5), pass).cpu_ms);
  }

  double time_reference(lp::ClpAlgorithm algorithm, const char* name) {
    const auto solver = lp::make_clp_solver(algorithm);
    Answers answers(problem_.size());
    const auto pass = [&] {
      for (std::size_t i = 0; i < problem_.size(); ++i) {
        if (options_.cancel != nullptr) options_.cancel->throw_if_cancelled();
        solver->solve(*problem_[i], {.time_limit_s = is_long() ? long_limit_s : 0.0}, answers.solution[i]);
      }
    };
    const double ms = per_window(best_pass(options_, is_long() ? 1 : repeats(2), pass).cpu_ms);
    // The reference answer is the lowest of the two algorithms': both must be certified in their own right.
    for (std::size_t i = 0; i < problem_.size(); ++i) {
      const lp::Solution& s = answers.solution[i];
      if (is_long() && s.status == lp::SolveStatus::time_limit) continue;  // its time is a lower bound; the other algorithm answers
      const bool certified = s.status == lp::SolveStatus::optimal && lp::certify(*problem_[i], s).relative_gap <= accepted_certificate;
      if (!certified) fail(fmt::format("{}: window {} ended {} without a certificate", name, i, lp::to_string(s.status)));
      reference_[i] = std::isnan(reference_[i]) ? s.objective : std::min(reference_[i], s.objective);
    }
    return ms;
  }

  void certify(const Answers& answers, const char* name) {
    for (std::size_t i = 0; i < problem_.size(); ++i) {
      const lp::Solution& s = answers.solution[i];
      const lp::Certificate c = lp::certify(*problem_[i], s);
      if (s.status != lp::SolveStatus::optimal) fail(fmt::format("{}: window {} ended {}", name, i, lp::to_string(s.status)));
      if (!(c.relative_gap <= accepted_certificate)) fail(fmt::format("{}: window {} has gap {:.1e}", name, i, c.relative_gap));
      row_.worst_gap = std::max(row_.worst_gap, c.relative_gap);
      row_.worst_residual = std::max(row_.worst_residual, c.primal_residual);
    }
  }

  void compare(const char* name, const Answers& answers) {
    for (std::size_t i = 0; i < problem_.size(); ++i) {
      const double difference = std::abs(answers.solution[i].objective - reference_[i]) / std::max(1.0, std::abs(reference_[i]));
      if (!(difference <= accepted_difference)) fail(fmt::format("{}: window {} is off by {:.1e}", name, i, difference));
      row_.worst_difference = std::max(row_.worst_difference, difference);
    }
  }

  void fail(std::string reason) {
    if (row_.failure.empty()) row_.failure = std::move(reason);
  }

  const BenchOptions& options_;
  SolverRow row_;
  std::vector<dispatch::WindowLp> lps_;
  std::vector<const lp::StagedLp*> problem_;
  Answers own_, batched_;
  std::vector<double> reference_;  ///< objective by window; NaN: not solved yet
};

}  // namespace

double SolverRow::reference_ms() const { return std::min(clp_dual_ms, clp_primal_ms); }

SolverRow bench_solvers(const BenchWindows& windows, const BenchOptions& options) {
  if (options.note) {
    const int periods = windows.windows.empty() ? 0 : windows.windows.front().periods;
    options.note(fmt::format("{}: {}, {} stages, {} windows", windows.data, windows.shape, periods, windows.windows.size()));
  }
  return SolverBench(windows, options).run();
}

Json to_json(const SolverRow& row) {
  Json json = Json::object();
  json.set("data", row.data);
  json.set("shape", row.shape);
  json.set("stages", row.stages);
  json.set("windows", row.windows);
  json.set("own_ms", row.own_ms);
  json.set("own_wall_ms", row.own_wall_ms);
  json.set("batched_ms", row.batched_ms > 0 ? Json(row.batched_ms) : Json());
  json.set("clp_dual_ms", row.clp_dual_ms);
  json.set("clp_primal_ms", row.clp_primal_ms);
  json.set("ratio", row.scalar_ratio());
  json.set("batched_ratio", row.batched_ms > 0 ? Json(row.batched_ratio()) : Json());
  json.set("iterations", row.iterations);
  json.set("worst_relative_gap", row.worst_gap);
  json.set("worst_primal_residual", row.worst_residual);
  json.set("worst_objective_difference", row.worst_difference);
  json.set("passed", row.failure.empty());
  json.set("failure", row.failure.empty() ? Json() : Json(row.failure));
  return json;
}

Json to_json(const ProgramRow& row) {
  Json json = Json::object();
  json.set("data", row.data);
  json.set("run", row.what);
  json.set("years", row.years);
  json.set("wall_s", row.wall_s);
  json.set("thread_cpu_s", row.thread_cpu_s);
  json.set("windows", row.windows);
  json.set("lps_per_window", row.lps_per_window);
  json.set("mean_gap", row.mean_gap);
  json.set("worst_gap", row.worst_gap);
  json.set("worst_certificate_gap", row.certificate_gap);
  json.set("fallbacks", row.fallbacks);
  json.set("total_revenue_eur", row.total_revenue_eur);
  json.set("passed", row.failure.empty());
  json.set("failure", row.failure.empty() ? Json() : Json(row.failure));
  return json;
}

}  // namespace bess::service
