// bess bench: the speed table, every answer checked before its time is printed.

#include "service/bench/bench.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>

#include "bess/command.h"

namespace bess::app {

namespace {

struct BenchArguments {
  std::string data_directory{"../shared/data"};
  bool quick{false};
  bool json{false};
};

struct Tables {
  std::vector<service::SolverRow> solvers;
  std::vector<service::ProgramRow> programs;
  double lp_peak_memory_mb{0};  ///< of the process after the first program row; 0: that row was left out
};

service::BenchTime read_clocks() {
  timespec cpu{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
  return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
          static_cast<double>(cpu.tv_sec) + 1e-9 * static_cast<double>(cpu.tv_nsec)};
}

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

std::string instruction_set() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") != 0) return "x86-64, AVX-512";
  if (__builtin_cpu_supports("avx2") != 0) return "x86-64, AVX2";
  return "x86-64";
#else
  return "not x86-64";
#endif
}

std::string milliseconds(double ms) { return ms <= 0 ? std::string("-") : fmt::format("{:.{}f}", ms, ms < 10 ? 3 : 1); }
std::string ratio(double value) { return value <= 0 ? std::string("-") : fmt::format("{:.1f}x", value); }

constexpr const char* solver_columns = "{:<11} {:<34} {:>6} {:>7}  {:>9} {:>9} {:>10} {:>10} {:>7} {:>8} {:>5} {:>8} {:>8}\n";
constexpr const char* program_columns = "{:<11} {:<42} {:>5} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>9}\n";

void print_solvers(const std::vector<service::SolverRow>& rows) {
  print("Windows: thread CPU milliseconds per window; ratios are to the faster of the two CLP algorithms\n\n");
  print(fmt::format(solver_columns, "data", "shape", "stages", "windows", "own", "batched", "CLP dual", "CLP primal", "ratio", "batched",
                    "iter.", "gap", "differ"));
  for (const service::SolverRow& r : rows) {
    if (!r.failure.empty()) {
      print(fmt::format("{:<11} {:<34} {:>6} {:>7}  FAIL {}\n", r.data, r.shape, r.stages, r.windows, r.failure));
      continue;
    }
    print(fmt::format(solver_columns, r.data, r.shape, r.stages, r.windows, milliseconds(r.own_ms), milliseconds(r.batched_ms),
                      milliseconds(r.clp_dual_ms), milliseconds(r.clp_primal_ms), ratio(r.scalar_ratio()), ratio(r.batched_ratio()),
                      fmt::format("{:.0f}", r.iterations), fmt::format("{:.1e}", r.worst_gap), fmt::format("{:.1e}", r.worst_difference)));
  }
}

void print_programs(const Tables& tables) {
  print("\nWhole simulations on one thread: seconds from prices in memory to the response text\n\n");
  print(
      fmt::format(program_columns, "data", "run", "years", "wall s", "CPU s", "windows", "LPs/win", "mean gap", "worst gap", "fallbacks"));
  for (const service::ProgramRow& r : tables.programs) {
    if (!r.failure.empty()) {
      print(fmt::format("{:<11} {:<42} {:>5}  FAIL {}\n", r.data, r.what, r.years, r.failure));
      continue;
    }
    print(fmt::format(program_columns, r.data, r.what, r.years, fmt::format("{:.2f}", r.wall_s), fmt::format("{:.2f}", r.thread_cpu_s),
                      fmt::format("{:.0f}", r.windows), fmt::format("{:.1f}", r.lps_per_window), fmt::format("{:.3f} %", 100 * r.mean_gap),
                      fmt::format("{:.2f} %", 100 * r.worst_gap), fmt::format("{:.0f}", r.fallbacks)));
  }
  if (tables.lp_peak_memory_mb > 0)
    print(fmt::format("\nPeak memory of the process after the one-year lp: {:.0f} MB\n", tables.lp_peak_memory_mb));
}

void print_json(const Tables& tables, bool all_passed) {
  service::Json json = service::Json::object();
  json.set("instruction_set", instruction_set());
  service::Json solvers = service::Json::array();
  for (const service::SolverRow& row : tables.solvers) solvers.push(service::to_json(row));
  json.set("windows", std::move(solvers));
  service::Json programs = service::Json::array();
  for (const service::ProgramRow& row : tables.programs) programs.push(service::to_json(row));
  json.set("programs", std::move(programs));
  json.set("lp_peak_memory_mb", tables.lp_peak_memory_mb > 0 ? service::Json(tables.lp_peak_memory_mb) : service::Json());
  json.set("passed", all_passed);
  print(json.dump(2) + "\n");
}

/// Programs first: the one-year lp is the first of all, so that the process's peak memory is its own.
Tables measure(const std::vector<service::BenchData>& sets, const service::BenchOptions& options) {
  Tables tables;
  for (const service::BenchData& data : sets) {
    for (const service::BenchProgram program : service::bench_programs(options.quick)) {
      options.note(data.name + ": whole simulation");
      tables.programs.push_back(service::bench_program(data, program, options));
      options.note("  " + service::to_json(tables.programs.back()).dump());
      if (program == service::BenchProgram::year_lp && tables.lp_peak_memory_mb <= 0) tables.lp_peak_memory_mb = peak_memory_mb();
    }
  }
  for (const service::BenchData& data : sets) {
    for (const service::BenchWindows& windows : service::bench_windows(data, options.quick)) {
      tables.solvers.push_back(service::bench_solvers(windows, options));
      options.note("  " + service::to_json(tables.solvers.back()).dump());
    }
  }
  return tables;
}

int run_bench(const BenchArguments& a, const CommandContext& context) {
  std::vector<service::BenchData> sets;
  sets.push_back(service::bench_sample());
  if (std::filesystem::is_directory(a.data_directory)) {
    Expected<service::BenchData> files = service::bench_files(a.data_directory);
    if (!files) return fail_with(files.issues(), a.json);
    sets.push_back(std::move(*files));
  } else {
    complain(fmt::format("no price files in {}: the sample alone\n", a.data_directory));
  }
  service::BenchOptions options;
  options.quick = a.quick;
  options.clock = read_clocks;
  options.cancel = context.cancel;
  options.note = [](const std::string& what) { complain(fmt::format("{}\n", what)); };
  const Tables tables = measure(sets, options);

  const auto passed = [](const auto& row) { return row.failure.empty(); };
  const bool all_passed = std::all_of(tables.solvers.begin(), tables.solvers.end(), passed) &&
                          std::all_of(tables.programs.begin(), tables.programs.end(), passed);
  if (a.json) {
    print_json(tables, all_passed);
  } else {
    print(fmt::format("One thread, {}\n\n", instruction_set()));
    print_solvers(tables.solvers);
    print_programs(tables);
    print(all_passed ? "\nEvery answer passed its check.\n" : "\nFAIL: some answers are wrong (above).\n");
  }
  return all_passed ? done : failed;
}

CommandRun add_bench(Arguments& arguments, CommandContext& context) {
  auto a = std::make_shared<BenchArguments>();
  arguments.option("--data", a->data_directory, "directory with the price files of 2024; absent: the sample alone").show_default();
  arguments.flag("--quick", a->quick, "a few windows once and one simulated year: checks the answers, its times mean little");
  arguments.flag("--json", a->json, "the table as JSON");
  arguments.footer(
      "Own solver (one by one, and batched in SIMD lanes) against CLP on the same windows, and whole simulations. Every objective is\n"
      "compared (1e-6 relative) and certified before a time is printed; a wrong answer prints FAIL and the exit code is 1.\n"
      "The full table takes some minutes, most of it CLP. docs/performance.md explains the columns.\n\n"
      "Example:\n  bess bench --quick");
  return [a, &context] { return run_bench(*a, context); };
}

const CommandRegistration registration{{.order = 80, .name = "bench", .help = "print the speed table", .add = add_bench}};

}  // namespace

}  // namespace bess::app
