#pragma once
// The exact optimum of a window with one direction per period, by branch and bound: the window's relaxation lowered to a
// general LP, one binary per period more. For small windows without own generation.

#include "dispatch/model/model.h"
#include "dispatch/window/limits.h"

namespace bess::dispatch::test {

struct ExactAnswer {
  bool found{false};    ///< a plan was found
  bool proven{false};   ///< plan_eur is the optimum, to the search's tolerance of 1e-7 relative
  double plan_eur{0};   ///< best plan found, valued from its schedule
  double bound_eur{0};  ///< no plan earns more
  double violation{0};  ///< largest violation of the window's constraints by that plan, MW or MWh, one direction included
  double seconds{0};
};

[[nodiscard]] ExactAnswer solve_exactly(const WindowProblem& window, double time_limit_s);

}  // namespace bess::dispatch::test
