#pragma once
// The speed table of `bess bench`: the own solver against the reference solver on windows of the sample scenario and of real
// price files, and whole simulations. Every answer is checked before its time counts (docs/performance.md tells how).
// Nothing here reads a clock: the caller passes one in. One thread.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "dispatch/window/problem.h"
#include "market/price_set.h"
#include "service/json.h"

namespace bess::service {

/// Readings of two clocks at one moment, seconds.
struct BenchTime {
  double wall_s{0};
  double thread_cpu_s{0};  ///< of the calling thread
};
using BenchClock = std::function<BenchTime()>;

struct BenchOptions {
  bool quick{false};  ///< few windows, one repetition, no year and no 25 years: for tests
  BenchClock clock;
  std::function<void(const std::string&)> note;  ///< told what is being worked on; may be empty
  const CancellationToken* cancel{nullptr};
};

/// Windows of one shape and one length.
struct BenchWindows {
  std::string data;   ///< where the prices come from
  std::string shape;  ///< which states and controls
  std::vector<dispatch::WindowProblem> windows;
};

/// Thread CPU milliseconds per window, the best of several passes over all windows.
struct SolverRow {
  std::string data, shape;
  int stages{0};
  int windows{0};
  double own_ms{0}, batched_ms{0}, clp_dual_ms{0}, clp_primal_ms{0};
  double own_wall_ms{0};
  double iterations{0};        ///< mean of the own solver
  double worst_gap{0};         ///< largest certified relative gap of the own solver, scalar and batched
  double worst_residual{0};    ///< largest primal residual of the own solver
  double worst_difference{0};  ///< largest relative difference of the objective, own to reference, scalar and batched
  std::string failure;         ///< empty: every answer passed
  [[nodiscard]] double reference_ms() const;
  [[nodiscard]] double scalar_ratio() const { return own_ms > 0 ? reference_ms() / own_ms : 0.0; }
  [[nodiscard]] double batched_ratio() const { return batched_ms > 0 ? reference_ms() / batched_ms : 0.0; }
};

/// A whole simulation: prices in memory, timeline, windows, settlement, summary and response text.
struct ProgramRow {
  std::string data, what;
  int years{0};
  double wall_s{0}, thread_cpu_s{0};
  double windows{0};
  double lps_per_window{0};
  double mean_gap{0}, worst_gap{0};  ///< relative, plan to bound
  double certificate_gap{0};
  double fallbacks{0};
  double total_revenue_eur{0};
  std::string failure;
};

/// A price set to make problems from.
struct BenchData {
  std::string name;
  PriceSet prices;
};

/// One made-up year.
[[nodiscard]] BenchData bench_sample();
/// Dutch and German price files of 2024 in `directory` as five markets; errors name the files that are missing.
[[nodiscard]] Expected<BenchData> bench_files(const std::filesystem::path& directory);

/// The sets of windows of the table, one row each. Long windows (one year) only without `quick`.
[[nodiscard]] std::vector<BenchWindows> bench_windows(const BenchData& data, bool quick);

/// Solves every window with each solver, checks, then times.
[[nodiscard]] SolverRow bench_solvers(const BenchWindows& windows, const BenchOptions& options);

enum class BenchProgram {
  year_lp,
  year_lp_exclusive,
  year_rolling,
  rolling_25_time_shared,
  rolling_25_exclusive,
  rolling_25_with_imbalance
};
[[nodiscard]] std::vector<BenchProgram> bench_programs(bool quick);
[[nodiscard]] ProgramRow bench_program(const BenchData& data, BenchProgram program, const BenchOptions& options);

[[nodiscard]] Json to_json(const SolverRow& row);
[[nodiscard]] Json to_json(const ProgramRow& row);

}  // namespace bess::service
