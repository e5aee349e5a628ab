#pragma once
// Scaling of a staged LP: every variable is divided by its scale, every row by its own, money by the largest cost. Variables
// that meet with a constant ±1 share a scale, so that constants stay ±1 and kernels may know them at compile time.

#include <array>

#include "lp/staged_lp.h"

namespace bess::lp {

/// Which variables share a scale; a property of the pattern.
struct ScaleGroups {
  std::array<int, max_states> state{};
  std::array<int, max_controls> control{};
  std::array<int, max_rows> row{};  ///< the group of the row's constant terms, −1: none
  std::array<int, max_rows> entry_row{};
  int count{0};
};
[[nodiscard]] ScaleGroups scale_groups(const Pattern& pattern);

struct Scaling {
  std::array<double, max_states> state{};
  std::array<double, max_controls> control{};
  std::array<double, max_rows> row{};
  std::array<double, max_rows> entry_row{};
  double cost{1.0};
};
/// Scales from the boxes, the largest row coefficients and the largest cost. Allocates nothing.
[[nodiscard]] Scaling make_scaling(const StagedLp& problem, const ScaleGroups& groups);

}  // namespace bess::lp
