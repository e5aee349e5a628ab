// libFuzzer target of the staged solver: the bytes choose a shape, a stage count and every number of the problem. No crash, no
// hang, and nothing that is not a number in an answer called optimal, whose certificate is then recomputed.
//
//   ./run fuzz solver

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "dispatch/kernels/kernels.h"
#include "dispatch/model/shape.h"
#include "lp/interior_solver.h"

namespace {

using namespace bess;

/// Reads numbers from the input; zeros when it is used up.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t byte() { return size_ == 0 ? std::uint8_t{0} : (--size_, *data_++); }
  /// Small tidy numbers mostly, any finite double now and then.
  double number() {
    const std::uint8_t kind = byte();
    if (kind < 200) return static_cast<double>(static_cast<std::int8_t>(byte())) * (kind < 100 ? 1.0 : 0.03125);
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8U | byte();
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    return std::isfinite(value) ? value : 0.0;
  }
  void fill(std::vector<double>& values) {
    for (double& v : values) v = number();
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

lp::StagedLp read_problem(Bytes& bytes) {
  const std::uint8_t mask = bytes.byte();
  const std::uint8_t more = bytes.byte();
  dispatch::Features f;
  if ((mask & 1U) != 0) f.reserves = dispatch::usual_reserves;
  f.generation = (mask & 2U) != 0;
  f.import_meter = (mask & 4U) != 0;
  f.connection = (mask & 8U) != 0;
  f.cycle_budget = (mask & 16U) != 0;
  f.ramp = (mask & 32U) != 0;
  f.peak = f.import_meter && (mask & 64U) != 0;
  f.positions = static_cast<dispatch::PositionMode>(more % 3);
  f.market_caps = f.positions == dispatch::PositionMode::none && (mask & 128U) != 0;
  if (more >= 192 && f == dispatch::Features{.reserves = dispatch::usual_reserves}) f.reserves = dispatch::fcr_alone;
  lp::StagedLp lp(dispatch::make_shape(f).pattern, 1 + more / 3 % 16);
  for (auto* values :
       {&lp.state_cost, &lp.control_cost, &lp.transition_coefficient, &lp.transition_constant, &lp.row_coefficient, &lp.row_rhs,
        &lp.entry_row_coefficient, &lp.entry_row_rhs, &lp.entry_value, &lp.control_low, &lp.control_high, &lp.state_low, &lp.state_high}) {
    bytes.fill(*values);
  }
  for (auto* flags : {&lp.row_active, &lp.entry_row_active}) {
    for (std::uint8_t& flag : *flags) flag = bytes.byte() < 230 ? 1 : 0;
  }
  for (lp::Entry& e : lp.entry) {
    const std::uint8_t kind = bytes.byte();
    if (kind > 180) e = kind > 220 ? lp::Entry::free : lp::Entry::fixed;
  }
  for (double& v : lp.control_fixed) {
    if (bytes.byte() > 230) v = bytes.number();
  }
  for (double& v : lp.final_low) {
    if (bytes.byte() > 128) v = bytes.number();
  }
  for (double& v : lp.final_high) {
    if (bytes.byte() > 128) v = bytes.number();
  }
  return lp;
}

bool all_finite(const std::vector<double>& values) {
  for (const double v : values) {
    if (!std::isfinite(v)) return false;
  }
  return true;
}

void check(lp::Solver& solver, const lp::StagedLp& problem) {
  lp::Solution s;
  solver.solve(problem, {}, s);
  if (s.status != lp::SolveStatus::optimal) return;
  const lp::Certificate c = lp::certify(problem, s);
  if (!std::isfinite(s.objective) || !all_finite(s.state) || !all_finite(s.control) || !all_finite(s.row_multiplier) ||
      !(c.relative_gap <= 2e-6)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<lp::Solver> solver = dispatch::make_own_dispatch_solver();
  static const std::unique_ptr<lp::Solver> over_lanes = lp::make_own_solver(dispatch::supported_kernel_sets().back().table, 4);
  Bytes bytes(data, size);
  const lp::StagedLp problem = read_problem(bytes);
  for (lp::Solver* each : {solver.get(), over_lanes.get()}) check(*each, problem);
  return 0;
}
