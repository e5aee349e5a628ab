#pragma once
// Random staged LPs: every dispatch shape with plausible (and implausible) data, and patterns that no shape has.

#include <vector>

#include "base/random.h"
#include "dispatch/model/shape.h"
#include "lp/staged_lp.h"

namespace bess::test {

/// All combinations of features that a window can have.
[[nodiscard]] std::vector<dispatch::Features> all_features();
[[nodiscard]] std::string describe(const dispatch::Features& features);

struct RandomLpOptions {
  int stages{0};          ///< 0: drawn
  bool degenerate{true};  ///< now and then zero power, narrow windows, equal or extreme prices, fixed controls …
};

/// A window of the given shape. Mostly feasible; a plan of doing nothing exists unless the draw says otherwise.
[[nodiscard]] lp::StagedLp random_dispatch_lp(const dispatch::Features& features, RandomStream& random,
                                              const RandomLpOptions& options = {});

/// A pattern drawn at random, with rows that mix x⁺, u and x, and feasible data around a random point.
[[nodiscard]] lp::StagedLp random_generic_lp(RandomStream& random, int stages = 0);

}  // namespace bess::test
