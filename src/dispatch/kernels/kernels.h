#pragma once
// The own solver with kernels specialised for the dispatch shapes (shape.h), compiled once per instruction set and chosen
// for the processor at start-up. Other shapes go to the generic kernel. Answers agree between instruction sets to the
// certificate's tolerance; they are bit-identical for one instruction set.

#include <memory>
#include <string_view>
#include <vector>

#include "lp/interior_layout.h"
#include "lp/solver.h"

namespace bess::dispatch {

/// A solver for one thread with the best kernels of this processor; make one per thread (it owns its workspace).
[[nodiscard]] std::unique_ptr<lp::Solver> make_own_dispatch_solver();

/// The kernels of one instruction set.
struct KernelSet {
  std::string_view name;  ///< "x86-64-v2", "x86-64-v3", "x86-64-v4"
  lp::KernelTable table{};
};
/// Those that were built and that this processor can run, best last; never empty.
[[nodiscard]] const std::vector<KernelSet>& supported_kernel_sets();

}  // namespace bess::dispatch
