#pragma once
// The own solver: Mehrotra's predictor–corrector interior-point method on staged LPs, one Riccati sweep per factorisation
// (docs/models/staged_solver.md). The kernels of a table are used for the shapes they were made for, the generic kernel for
// all others.

#include <memory>

#include "lp/interior_layout.h"
#include "lp/solver.h"

namespace bess::lp {

/// `table` must outlive the solver (tables are static data). One thread at a time; make one solver per thread.
[[nodiscard]] std::unique_ptr<Solver> make_own_solver(const KernelTable& table = {});

}  // namespace bess::lp
