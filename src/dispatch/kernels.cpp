#include "dispatch/kernels.h"

namespace bess::dispatch {

std::unique_ptr<lp::Solver> make_own_dispatch_solver() { return lp::make_clp_solver(); }

}  // namespace bess::dispatch
