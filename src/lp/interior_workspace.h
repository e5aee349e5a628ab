#pragma once
// The memory of the interior-point solver and the way in and out of it: staged problems, scaled, into the records of
// interior_layout.h (one lane each), and a point back out. Allocates in reserve() alone.

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

class InteriorWorkspace {
 public:
  /// Sizes the memory for problems of one pattern and stage count (one per lane) and finds the stages with an entry.
  void prepare(const Kernel& kernel, const Proximal& proximal, std::span<const StagedLp* const> problems);
  /// Scaled data of one lane; z = y = 1 and ρ such that the first step() finds the least-squares centre of the rows.
  /// With a `warm` point of the same sizes the variables stand there instead of in the middle of their boxes.
  void load(int lane, const StagedLp& problem, const Solution* warm = nullptr);
  /// After all lanes are loaded: one record of coefficients serves all stages where they are the same.
  void share_coefficients();
  /// After that step: slacks of at least `floor`, z = μ₀/y, and the costs (or none). Returns the scaled objective of the point.
  double begin(int lane, const StagedLp& problem, double mu, double floor, Costs costs);
  /// After load() with a warm point, without a step: pairs (y, z) from the point, pushed towards y z = μ; the costs.
  double begin_warm(int lane, const StagedLp& problem, const Solution& warm, double mu);
  /// Point of a lane, last step applied, in the problem's units: clipped to the boxes, states recomputed by the dynamics.
  void store(int lane, const StagedLp& problem, double step_primal, double step_dual, Solution& solution);
  /// Makes a lane harmless: nothing in it can become NaN.
  void wipe(int lane);

  [[nodiscard]] Sweep& sweep() { return sweep_; }
  [[nodiscard]] const Scaling& scaling(int lane) const { return scaling_[static_cast<std::size_t>(lane)]; }
  /// Inequalities of a lane, inactive ones included.
  [[nodiscard]] double inequality_count() const { return inequalities_; }
  /// Σ y z of a lane, and its largest |ρ| (inequalities as stored, i.e. at θ = 1).
  [[nodiscard]] double complementarity(int lane);
  [[nodiscard]] double largest_residual(int lane);

 private:
  void load_rows(int lane, const StagedLp& problem, int k, const double* x, const double* next);
  void load_entry(int lane, const StagedLp& problem, int k, double* x, const Solution* warm);
  void load_final(int lane, const StagedLp& problem, const double* x);
  double load_costs(int lane, const StagedLp& problem, Costs costs);
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
