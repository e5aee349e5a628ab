#include "dispatch/kernels.h"

#include "lp/interior_solver.h"

namespace bess::dispatch {

std::unique_ptr<lp::Solver> make_own_dispatch_solver() { return lp::make_own_solver(); }

}  // namespace bess::dispatch
