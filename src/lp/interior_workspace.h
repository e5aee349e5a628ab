#pragma once
// The memory of the interior-point solver and the way in and out of it: staged problems, scaled, into the records of
// interior_layout.h (one lane each), and a point back out. Allocates in reserve() alone.

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "lp/interior_layout.h"
#include "lp/multipliers.h"
#include "lp/scaling.h"
#include "lp/staged_lp.h"

namespace bess::lp {

template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};
  AlignedAllocator() = default;
  template <class U>
  explicit AlignedAllocator(const AlignedAllocator<U>& /*other*/) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
  void deallocate(T* p, std::size_t /*n*/) { ::operator delete(p, alignment); }
  template <class U>
  bool operator==(const AlignedAllocator<U>& /*other*/) const {
    return true;
  }
};
using AlignedDoubles = std::vector<double, AlignedAllocator<double>>;

/// What one lane holds: the stages [first, first + count) of a problem. Parts of one problem are tied by state 0: where a part starts
/// it inherits what the part in the lane before it left, and every other state has an entry of its own.
struct Part {
  const StagedLp* problem{nullptr};
  int first{0};
  int count{0};
  bool tied_before{false};
  bool tied_after{false};
};
/// Cuts a long problem into so many parts of nearly one length, or returns false: no such stages near the wanted ones.
[[nodiscard]] bool cut_into_parts(const StagedLp& problem, std::span<Part> parts);

class InteriorWorkspace {
 public:
  /// Sizes the memory for parts of one pattern (one per lane; all of one length, or tied) and finds the stages with an entry. A part
  /// that is shorter than the longest ends with stages in which nothing happens.
  void prepare(const Kernel& kernel, const Proximal& proximal, std::span<const Part> parts);
  /// Scaled data of one lane; z = y = 1 and ρ such that the first step() finds the least-squares centre of the rows. Tied lanes are
  /// loaded in order. With a `warm` point of the same sizes the variables stand there instead of in the middle of their boxes.
  void load(int lane, const Solution* warm = nullptr);
  /// After all lanes are loaded: one record of coefficients serves all the first stages that have the same ones.
  void share_coefficients();
  /// After that step: slacks of at least `floor`, z = μ₀/y, and the costs (or none). Returns the scaled objective of the point.
  double begin(int lane, double mu, double floor, Costs costs);
  /// After load() with a warm point, without a step: pairs (y, z) from the point, pushed towards y z = μ; the costs.
  double begin_warm(int lane, const Solution& warm, double mu);
  /// Point of a lane, last step applied, in the problem's units: clipped to the boxes, states recomputed by the dynamics (of tied
  /// lanes with the last one).
  void store(int lane, double step_primal, double step_dual, Solution& solution);
  /// Makes a lane harmless: nothing in it can become NaN.
  void wipe(int lane);

  [[nodiscard]] Sweep& sweep() { return sweep_; }
  [[nodiscard]] const Scaling& scaling(int lane) const { return scaling_[static_cast<std::size_t>(lane)]; }
  /// Inequalities of a lane (of all tied lanes together), inactive ones included.
  [[nodiscard]] double inequality_count() const { return inequalities_; }
  /// Σ y z of a lane, and its largest |ρ| (inequalities as stored, i.e. at θ = 1).
  [[nodiscard]] double complementarity(int lane);
  [[nodiscard]] double largest_residual(int lane);

 private:
  void load_rows(int lane, int k, const double* x, const double* next);
  void load_entry(int lane, int k, double* x, const Solution* warm);
  void load_idle_stage(int lane, int k);
  void load_final(int lane, const double* x);
  double load_costs(int lane, Costs costs);
  [[nodiscard]] const Part& part(int lane) const { return parts_[static_cast<std::size_t>(lane)]; }
  [[nodiscard]] bool has_entry(int lane, int k) const {
    const Part& p = part(lane);
    return k < p.count && p.problem->has_entry(p.first + k);
  }
  template <class Visit>
  void for_each_inequality(int lane, Visit&& visit);
  template <class Visit>
  void for_each_equality(int lane, Visit&& visit);

  [[nodiscard]] double* coefficient(int lane, int k) {
    return coefficient_.data() + (static_cast<std::size_t>(k) * coefficient_size_) + static_cast<std::size_t>(lane);
  }
  [[nodiscard]] double* stage(int lane, int k) {
    return stage_.data() + (static_cast<std::size_t>(k) * stage_size_) + static_cast<std::size_t>(lane);
  }
  [[nodiscard]] double* entry(int lane, int ordinal) {
    return entry_.data() + (static_cast<std::size_t>(ordinal) * entry_size_) + static_cast<std::size_t>(lane);
  }
  [[nodiscard]] double* final(int lane) { return final_.data() + lane; }

  Pattern pattern_{};
  ScaleGroups groups_{};
  StageLayout at_{};
  CoefficientLayout co_{};
  EntryLayout en_{};
  FinalLayout fi_{};
  int stored_in_transitions_{0}, stored_in_rows_{0}, stored_in_entry_rows_{0};
  int lanes_{0};
  bool linked_{false};
  std::array<Part, max_lanes> parts_{};
  std::array<double, max_states> carried_{};  ///< states at the end of the part loaded last
  std::size_t stage_size_{0}, coefficient_size_{0}, entry_size_{0};
  int stages_{0};
  int entries_{0};
  double inequalities_{0};
  std::vector<std::int32_t> entry_of_stage_;
  AlignedDoubles stage_, coefficient_, entry_, final_;
  std::vector<Scaling> scaling_;
  Sweep sweep_{};
};

/// Sets every inherited state by the dynamics from x_0, the free and fixed entries and the controls.
void roll_out(const StagedLp& problem, Solution& solution);

}  // namespace bess::lp
