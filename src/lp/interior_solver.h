#pragma once
// The own solver: Mehrotra's predictor–corrector interior-point method on staged LPs, one Riccati sweep per factorisation
// (docs/models/staged_solver.md). The kernels of a table are used for the shapes they were made for, the generic kernel for
// all others.

#include <memory>

#include "lp/interior_layout.h"
#include "lp/solver.h"

namespace bess::lp {

/// Stages from which on one problem is spread over the lanes of a linked kernel, where its shape has one.
inline constexpr int default_linked_from = 96;

/// `table` must outlive the solver (tables are static data). One thread at a time; make one solver per thread.
[[nodiscard]] std::unique_ptr<Solver> make_own_solver(const KernelTable& table = {}, int linked_from = default_linked_from);

}  // namespace bess::lp
