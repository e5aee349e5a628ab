#pragma once
// What the driver of the interior-point method and its kernels share: where each number of a stage lives, and the plain
// structs that pass between them. No std container crosses to a kernel (kernels are compiled per instruction set).
//
// Memory is stage-major with the lane innermost: slot s of lane l in record k is base[(k·size + s)·lanes + l].
//
// Rows and slacks (docs/models/staged_solver.md): y = row value − f + …, z its multiplier. `dy`, `dz` hold Δy, Δz after a step
// and κ = Δy_aff Δz_aff, 1/y between predictor and corrector. An inactive row is one with f = −far: its slack is so large
// that it neither bends nor limits anything, and no mask is needed.

#include <cstddef>
#include <cstdint>

#include "lp/pattern.h"

namespace bess::lp {

inline constexpr int max_lanes = 8;
inline constexpr double far_slack = 1e30;
/// Proximal weights of the scaled problem: δ of the multipliers, so that w = z/(y + δz) never exceeds 1/δ, and the weight
/// 1/δ of equality rows.
struct Proximal {
  double multiplier;
  double equality_weight;
};
inline constexpr Proximal fast_proximal{1e-10, 1e9};
inline constexpr Proximal exact_proximal{1e-12, 1e11};
/// Without costs and with few of the multipliers' differences let through, z runs along a Farkas ray when there is one.
inline constexpr Proximal feasibility_proximal{1e-2, 1e2};
/// Added to every pivot of the scaled problem, and the share of its first value that cancellation may have left as noise.
inline constexpr double pivot_floor = 1e-13;
inline constexpr double pivot_noise = 2e-15;

/// Coefficients, apart from the rest: where all stages have the same ones, one record serves them all.
struct CoefficientLayout {
  int transition{0}, row{0}, control_free{0};
  int size{0};
};

struct StageLayout {
  int control_cost{0}, state_cost{0}, control{0}, control_step{0};
  int y{0}, z{0}, dy{0}, dz{0}, rho{0};
  int gain{0};  ///< per control c: u_{c+1 …}, then x: inv·Q_c,*
  int inverse{0}, feed{0};
  int link{0};  ///< linked kernels: what one unit of the price beyond the part's end adds to feed
  int size{0};
};

struct EntryLayout {
  int row{0}, y{0}, z{0}, dy{0}, dz{0}, rho{0};
  int free{0}, keep{0}, value{0}, step{0}, inverse{0}, feed{0}, gain{0}, link{0};
  int size{0};
};

/// Final bounds of x_N: low and high as rows, a pinned component as an equality of weight `pin` (0 or 1/δ).
struct FinalLayout {
  int cost{0}, low_y{0}, low_z{0}, low_dy{0}, low_dz{0}, low_rho{0};
  int high_y{0}, high_z{0}, high_dy{0}, high_dz{0}, high_rho{0};
  int pin{0}, pin_z{0}, pin_dy{0}, pin_dz{0}, pin_rho{0};
  int size{0};
};

constexpr int gain_offset(const Pattern& p, int c) { return c * (p.controls + p.states) - c * (c + 1) / 2; }

constexpr CoefficientLayout coefficient_layout(const Pattern& p) {
  CoefficientLayout at;
  at.row = at.transition + p.stored_in_transitions();
  at.control_free = at.row + p.stored_in_rows();
  at.size = at.control_free + p.controls;
  return at;
}

constexpr StageLayout stage_layout(const Pattern& p, bool linked = false) {
  StageLayout at;
  int next = 0;
  auto take = [&next](int count) {
    const int first = next;
    next += count;
    return first;
  };
  at.control_cost = take(p.controls);
  at.state_cost = take(p.states);
  at.control = take(p.controls);
  at.control_step = take(p.controls);
  at.y = take(p.rows);
  at.z = take(p.rows);
  at.dy = take(p.rows);
  at.dz = take(p.rows);
  at.rho = take(p.rows);
  at.gain = take(gain_offset(p, p.controls));
  at.inverse = take(p.controls);
  at.feed = take(p.controls);
  at.link = take(linked ? p.controls : 0);
  at.size = next;
  return at;
}

constexpr EntryLayout entry_layout(const Pattern& p, bool linked = false) {
  EntryLayout at;
  int next = 0;
  auto take = [&next](int count) {
    const int first = next;
    next += count;
    return first;
  };
  at.row = take(p.stored_in_entry_rows());
  at.y = take(p.entry_rows);
  at.z = take(p.entry_rows);
  at.dy = take(p.entry_rows);
  at.dz = take(p.entry_rows);
  at.rho = take(p.entry_rows);
  at.free = take(p.states);
  at.keep = take(p.states);
  at.value = take(p.states);
  at.step = take(p.states);
  at.inverse = take(p.states);
  at.feed = take(p.states);
  at.gain = take(p.states * p.states);
  at.link = take(linked ? p.states : 0);
  at.size = next;
  return at;
}

constexpr FinalLayout final_layout(const Pattern& p) {
  FinalLayout at;
  int next = 0;
  for (int* slot : {&at.cost, &at.low_y, &at.low_z, &at.low_dy, &at.low_dz, &at.low_rho, &at.high_y, &at.high_z, &at.high_dy, &at.high_dz,
                    &at.high_rho, &at.pin, &at.pin_z, &at.pin_dy, &at.pin_dz, &at.pin_rho}) {
    *slot = next;
    next += p.states;
  }
  at.size = next;
  return at;
}

/// One sweep's arguments and results, by lane.
struct Sweep {
  const Pattern* pattern{nullptr};
  int stages{0};
  const std::int32_t* entry_of_stage{nullptr};  ///< record of the stage's entry, −1: none in any lane
  double* stage{nullptr};
  const double* coefficient{nullptr};
  std::ptrdiff_t coefficient_stride{0};  ///< doubles from one stage to the next
  int sharing_stages{0};                 ///< so many first stages share the first record
  double* entry{nullptr};
  double* final{nullptr};

  Proximal proximal{fast_proximal};

  double step_primal[max_lanes]{};  ///< in: applied by factor() before it factors
  double step_dual[max_lanes]{};
  double centring[max_lanes]{};  ///< in: σμ

  double ratio_primal[max_lanes]{};      ///< out: max(−Δy/y), at least 0
  double ratio_dual[max_lanes]{};        ///< out: max(−Δz/z), at least 0
  double dy_z[max_lanes]{};              ///< out: Σ Δy z
  double y_dz[max_lanes]{};              ///< out: Σ y Δz (step() only)
  double dy_dz[max_lanes]{};             ///< out: Σ Δy Δz
  double slope[max_lanes]{};             ///< out: cost·Δ = Σ (z+Δz) (g·Δ)  (step() only)
  double largest_residual[max_lanes]{};  ///< out: largest |ρ| before the step (step() only)
  double largest_drift[max_lanes]{};     ///< out: largest |δ Δz|, the residual that a full step leaves (step() only)

  // Linked kernels, kept from one sweep for the next, by part:
  double link_value[max_lanes]{};      ///< M of state 0 at the part's start
  double link_through[max_lanes]{};    ///< l of state 0 at the part's start
  double link_curvature[max_lanes]{};  ///< c
  double link_step[max_lanes]{};       ///< Δ of state 0 at the part's start
  double link_price[max_lanes]{};      ///< λ, the price of state 0 beyond the part's end
  double link_end[max_lanes]{};        ///< out: Δ of state 0 at the part's end, as the controls move it (step() only)
  double link_gap[max_lanes]{};        ///< in: by how much the part's end lies above the start of the next (what rounding left)

  [[nodiscard]] const double* coefficients(int k) const { return k < sharing_stages ? coefficient : coefficient + k * coefficient_stride; }
};

/// The four sweeps of one iteration, for one pattern and one number of lanes.
struct Kernel {
  const char* name;        ///< of the instruction set and form, for reports
  const Pattern* pattern;  ///< nullptr: any pattern (the generic kernel)
  int lanes;
  void (*factor)(Sweep&);   ///< apply the last step; w, 1/y; backward: gains and the predictor's feed-forward
  void (*predict)(Sweep&);  ///< forward with σ = 0: κ, ratios, sums
  void (*correct)(Sweep&);  ///< backward, linear part only, with σμ and κ
  void (*step)(Sweep&);     ///< forward: Δu, Δy, Δz, ratios, sums
  bool linked{false};       ///< the lanes are neighbouring parts of one horizon, tied by state 0 alone
};

struct KernelTable {
  const Kernel* kernels{nullptr};
  int count{0};
};

/// The plain form: any pattern, one lane, dense.
[[nodiscard]] const Kernel& generic_kernel();

/// factor() without cancellation, one lane, any pattern: slower, for problems on which the others run out of digits. Its
/// records serve the other sweeps of any one-lane kernel.
void factor_exactly(Sweep& sweep);

}  // namespace bess::lp
