#include "dispatch/kernels.h"

#include "lp/interior_solver.h"

namespace bess::lp::v3 {
KernelTable table();
}

namespace bess::dispatch {

std::unique_ptr<lp::Solver> make_own_dispatch_solver() { return lp::make_own_solver(lp::v3::table()); }

}  // namespace bess::dispatch
