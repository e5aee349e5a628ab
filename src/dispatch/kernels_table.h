// The kernels of one instruction set: included once by each kernels_<set>.cpp, which defines BESS_KERNEL_NAMESPACE and
// BESS_KERNEL_LANES. Shapes not listed go to the generic kernel (docs/models/staged_solver.md names them).

#include "dispatch/shape.h"
#include "lp/stage_kernel.h"

namespace bess::lp::BESS_KERNEL_NAMESPACE {

namespace {

using dispatch::Features;
using dispatch::Positions;

#define BESS_SHAPE(name, ...)                                                               \
  struct name {                                                                             \
    static constexpr Pattern pattern = dispatch::make_shape(Features{__VA_ARGS__}).pattern; \
  }

BESS_SHAPE(Battery, .reserves = false);
BESS_SHAPE(Reserves, .reserves = true);

#undef BESS_SHAPE

template <class Shape>
constexpr Kernel scalar = StageKernel<Shape, double>::kernel(BESS_KERNEL_NAME);
template <class Shape>
constexpr Kernel packed = StageKernel<Shape, Pack<BESS_KERNEL_LANES>>::kernel(BESS_KERNEL_NAME " lanes");

constexpr Kernel kernels[] = {
    scalar<Battery>,
    packed<Battery>,
    scalar<Reserves>,
    packed<Reserves>,
};

}  // namespace

KernelTable table() { return {kernels, static_cast<int>(sizeof(kernels) / sizeof(kernels[0]))}; }

}  // namespace bess::lp::BESS_KERNEL_NAMESPACE
