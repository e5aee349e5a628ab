#pragma once
// The own solver with kernels specialised for the dispatch shapes (shape.h), compiled once per instruction set and chosen
// for the processor at start-up. Other shapes go to the generic kernel.

#include <memory>

#include "lp/solver.h"

namespace bess::dispatch {

/// A solver for one thread; make one per thread (it owns its workspace).
[[nodiscard]] std::unique_ptr<lp::Solver> make_own_dispatch_solver();

}  // namespace bess::dispatch
