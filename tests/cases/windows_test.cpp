// Runs the reference windows: those of windows/, and those of ../shared/cases, with every solver they name.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dispatch/window/limits.h"
#include "service/runs/window_file.h"
#include "support/shared_data.h"

namespace bess {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json read_json(const fs::path& path) {
  std::ifstream in(path);
  return json::parse(in);
}

service::WindowOptions options_for(const std::string& solver, const std::string& direction) {
  service::WindowOptions options;
  options.solver = solver == "clp" ? dispatch::SolverChoice::clp : dispatch::SolverChoice::own;
  options.dispatch.direction = direction == "time_shared" ? dispatch::Direction::time_shared : dispatch::Direction::exclusive;
  return options;
}

struct CaseRun {
  fs::path directory;
  std::string variant;  ///< empty: the case has none
  std::string solver;
};

std::ostream& operator<<(std::ostream& out, const CaseRun& run) {
  return out << run.directory.filename().string() << '/' << run.variant << '/' << run.solver;
}

std::vector<CaseRun> all_runs() {
  std::vector<CaseRun> runs;
  for (const fs::directory_entry& entry : fs::directory_iterator(test::source_dir() / "tests" / "cases" / "windows")) {
    if (!fs::exists(entry.path() / "case.json")) continue;
    const json meta = read_json(entry.path() / "case.json");
    for (const std::string solver : meta.at("runs")) {
      if (!meta.contains("variants")) runs.push_back({entry.path(), "", solver});
      const json variants = meta.value("variants", json::object());
      for (const auto& variant : variants.items()) runs.push_back({entry.path(), variant.key(), solver});
    }
  }
  std::sort(runs.begin(), runs.end(), [](const CaseRun& a, const CaseRun& b) {
    return std::tie(a.directory, a.variant, a.solver) < std::tie(b.directory, b.variant, b.solver);
  });
  return runs;
}

class ReferenceCase : public testing::TestWithParam<CaseRun> {};

TEST_P(ReferenceCase, MeetsItsExpectation) {
  const CaseRun& run = GetParam();
  const json meta = read_json(run.directory / "case.json");
  json input = read_json(run.directory / "input.json");
  json expected = read_json(run.directory / "expected.json");
  std::string direction = "exclusive";
  if (!run.variant.empty()) {
    const json variant = meta.at("variants").at(run.variant);
    if (variant.contains("patch")) input.merge_patch(variant.at("patch"));
    direction = variant.value("direction", direction);
    expected = json(expected.at(run.variant));
  }
  const service::ParsedWindow window = service::parse_window(input.dump());
  if (expected.contains("code")) {
    std::vector<std::string> codes;
    for (const Issue& issue : window.issues.errors()) codes.push_back(issue.code);
    EXPECT_THAT(codes, testing::Contains(expected.at("code").get<std::string>()));
    return;
  }
  ASSERT_FALSE(window.issues.has_errors()) << window.issues.errors().front().message;
  const service::WindowAnswer answer = service::solve_window_file(window, options_for(run.solver, direction));
  ASSERT_EQ(answer.plan.status, lp::SolveStatus::optimal);
  EXPECT_FALSE(answer.plan.stats.relaxed_terminal);
  const double rtol = meta.at("rtol");
  const double atol = meta.at("atol").at("default");
  auto tolerance = [rtol, atol](double x) { return atol + rtol * std::abs(x); };
  const double optimum = expected.at("optimum_eur");
  EXPECT_NEAR(answer.optimum_eur, optimum, tolerance(optimum));
  if (expected.contains("bound_eur")) {
    const double bound = expected.at("bound_eur");
    ASSERT_TRUE(answer.bound_eur.has_value());
    EXPECT_NEAR(*answer.bound_eur, bound, tolerance(bound));
  }
  const auto& s = answer.plan.schedule;
  const std::pair<const char*, const std::vector<double>*> columns[] = {{"discharge_mw", &s.discharge_mw},
                                                                        {"grid_charge_mw", &s.grid_charge_mw}};
  for (const auto& [name, values] : columns) {
    if (!expected.contains("schedule") || !expected.at("schedule").contains(name)) continue;
    const std::vector<double> wanted = expected.at("schedule").at(name);
    EXPECT_THAT(*values, testing::Pointwise(testing::DoubleNear(1e-4), wanted)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, ReferenceCase, testing::ValuesIn(all_runs()), [](const auto& row) {
  std::string name = row.param.directory.filename().string() + "_" + row.param.variant + "_" + row.param.solver;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

TEST(ReferenceCases, EachDirectoryIsWhole) {
  std::size_t cases = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(test::source_dir() / "tests" / "cases" / "windows")) {
    if (!entry.is_directory()) continue;
    ++cases;
    for (const char* file : {"README.md", "input.json", "expected.json", "case.json"})
      EXPECT_TRUE(fs::exists(entry.path() / file)) << entry.path() << file;
    EXPECT_TRUE(read_json(entry.path() / "case.json").at("known_gap").is_null()) << entry.path();
  }
  EXPECT_GE(cases, 14U);
}

// The independent optima of ../shared/cases: the relaxation is met at 1e-6 by both solvers, and no exclusive plan beats it, breaks a
// constraint or uses both directions at once.
class SharedCase : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(SharedCase, IsMet) {
  const auto [name, solver] = GetParam();
  const std::string file = std::string("cases/") + name + ".json";
  BESS_NEEDS_SHARED(file);
  std::ifstream in(test::shared(file));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const service::ParsedWindow window = service::parse_window(text);
  ASSERT_TRUE(window.issues.empty()) << window.issues.all().front().message;
  const double optimum = json::parse(text).at("expected").at("optimum_eur");
  const double tolerance = 1e-6 * std::max(1.0, std::abs(optimum));

  const service::WindowAnswer shared = service::solve_window_file(window, options_for(solver, "time_shared"));
  ASSERT_EQ(shared.plan.status, lp::SolveStatus::optimal);
  EXPECT_NEAR(shared.optimum_eur, optimum, tolerance);
  EXPECT_NEAR(*shared.bound_eur, optimum, tolerance);

  const service::WindowAnswer exclusive = service::solve_window_file(window, options_for(solver, "exclusive"));
  ASSERT_EQ(exclusive.plan.status, lp::SolveStatus::optimal);
  EXPECT_LE(exclusive.optimum_eur, optimum + tolerance);
  EXPECT_GE(exclusive.optimum_eur, 0.9 * optimum - tolerance);
  // 10 W on 10 MW: interior-point plans stop at a residual, not at a vertex.
  EXPECT_LT(dispatch::largest_violation(service::window_problem(window), exclusive.plan.schedule, true), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Files, SharedCase,
                         testing::Combine(testing::Values("day_ahead_3d", "three_markets_3d", "five_markets_3d", "reserves_only_3d",
                                                          "solar_park_7d", "solar_two_markets_7d", "five_markets_14d", "zero_power_1d"),
                                          testing::Values("own", "clp")),
                         [](const auto& row) { return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param); });

}  // namespace
}  // namespace bess
