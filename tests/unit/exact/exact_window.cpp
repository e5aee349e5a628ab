#include "unit/exact/exact_window.h"

#include <Cbc_C_Interface.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lp/general_lp.h"

namespace bess::dispatch::test {

namespace {

struct DeleteModel {
  void operator()(Cbc_Model* model) const { Cbc_deleteModel(model); }
};

/// Appends the binaries z_t: rows g_t ≤ αP z_t and d_t ≤ αP (1 − z_t). Columns of z come after those of the LP.
lp::GeneralLp with_directions(const WindowProblem& window, const WindowLp& built, const lp::Lowered& lowered) {
  lp::GeneralLp mip = lowered.lp;
  const double power = window.battery.power_mw;
  const auto width = static_cast<std::size_t>(built.lp.pattern.controls);
  struct Entry {
    int column, row;
    double value;
  };
  std::vector<Entry> more;
  for (int t = 0; t < window.periods; ++t) {
    const int z = mip.columns++;
    mip.cost.push_back(0.0);
    mip.column_low.push_back(0.0);
    mip.column_high.push_back(1.0);
    const auto limit = [&](int control, double sign, double high) {  // control + sign · αP · z ≤ high
      const lp::AffineColumn& flow = lowered.control[static_cast<std::size_t>(t) * width + static_cast<std::size_t>(control)];
      if (flow.column < 0) return;
      const int row = mip.rows++;
      mip.row_low.push_back(-1e30);
      mip.row_high.push_back(high - flow.offset);
      more.push_back({flow.column, row, 1.0});
      more.push_back({z, row, sign * power});
    };
    limit(built.at.battery.charge, -1.0, 0.0);
    limit(built.at.battery.discharge, 1.0, power);
  }
  std::stable_sort(more.begin(), more.end(), [](const Entry& a, const Entry& b) { return a.column < b.column; });
  std::vector<int> start{0}, index;
  std::vector<double> value;
  std::size_t next = 0;
  for (int j = 0; j < mip.columns; ++j) {
    if (j < lowered.lp.columns) {
      const auto from = static_cast<std::size_t>(lowered.lp.start[static_cast<std::size_t>(j)]);
      const auto to = static_cast<std::size_t>(lowered.lp.start[static_cast<std::size_t>(j) + 1]);
      index.insert(index.end(), lowered.lp.index.begin() + static_cast<std::ptrdiff_t>(from),
                   lowered.lp.index.begin() + static_cast<std::ptrdiff_t>(to));
      value.insert(value.end(), lowered.lp.value.begin() + static_cast<std::ptrdiff_t>(from),
                   lowered.lp.value.begin() + static_cast<std::ptrdiff_t>(to));
    }
    for (; next < more.size() && more[next].column == j; ++next) {
      index.push_back(more[next].row);
      value.push_back(more[next].value);
    }
    start.push_back(static_cast<int>(index.size()));
  }
  mip.start = std::move(start);
  mip.index = std::move(index);
  mip.value = std::move(value);
  return mip;
}

}  // namespace

ExactAnswer solve_exactly(const WindowProblem& window, double time_limit_s) {
  WindowLp built;
  build_lp(window, {}, built);
  const lp::Lowered lowered = lp::lower(built.lp);
  const lp::GeneralLp mip = with_directions(window, built, lowered);

  const std::unique_ptr<Cbc_Model, DeleteModel> model(Cbc_newModel());
  Cbc_setLogLevel(model.get(), 0);
  Cbc_loadProblem(model.get(), mip.columns, mip.rows, mip.start.data(), mip.index.data(), mip.value.data(), mip.column_low.data(),
                  mip.column_high.data(), mip.cost.data(), mip.row_low.data(), mip.row_high.data());
  for (int j = lowered.lp.columns; j < mip.columns; ++j) Cbc_setInteger(model.get(), j);
  Cbc_setMaximumSeconds(model.get(), time_limit_s);
  Cbc_setAllowableFractionGap(model.get(), 1e-7);
  Cbc_setAllowableGap(model.get(), 1e-6);
  const auto begun = std::chrono::steady_clock::now();
  Cbc_solve(model.get());

  ExactAnswer answer;
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  answer.proven = Cbc_isProvenOptimal(model.get()) != 0;
  // The interface's objective leaves out the constant of the lowered LP.
  answer.bound_eur = built.constant_eur - (Cbc_getBestPossibleObjValue(model.get()) + lowered.lp.offset);
  const double* columns = Cbc_bestSolution(model.get());
  if (columns == nullptr) return answer;
  answer.found = true;
  lp::Solution solution;
  lp::resize_for(built.lp, solution);
  const std::vector<double> row_duals(static_cast<std::size_t>(lowered.lp.rows), 0.0);
  const std::vector<double> reduced_costs(static_cast<std::size_t>(lowered.lp.columns), 0.0);
  lp::raise(built.lp, lowered, columns, row_duals.data(), reduced_costs.data(), solution);
  Schedule schedule;
  read_schedule(window, {}, built, solution, schedule);
  answer.plan_eur = schedule_value_eur(window, schedule, read_positions(window, built, solution, schedule));
  answer.violation = largest_violation(window, schedule, true);
  return answer;
}

}  // namespace bess::dispatch::test
