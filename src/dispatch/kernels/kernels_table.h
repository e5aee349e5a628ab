// The kernels of one instruction set, in three parts (shapes without generation, with it, and the linked ones) to keep each object small.
// Included once by each kernels_<set>_<part>.cpp, which src/dispatch/CMakeLists.txt makes and which defines BESS_KERNEL_NAMESPACE (one per
// object), BESS_KERNEL_NAME, BESS_KERNEL_LANES, BESS_KERNEL_ROWS (rows that a one-lane kernel takes at a time) and BESS_KERNEL_PART. Shapes
// not listed go to the generic kernel (docs/models/staged_solver.md names them); lanes exist for the shapes that are solved in batches.

#include "dispatch/model/shape.h"
#include "lp/stage_kernel.h"

namespace bess::lp::BESS_KERNEL_NAMESPACE {

namespace {

using dispatch::Features;
using dispatch::PositionMode;

#define BESS_SHAPE(name, ...)                                                               \
  struct name {                                                                             \
    static constexpr Pattern pattern = dispatch::make_shape(Features{__VA_ARGS__}).pattern; \
  }

template <class Shape>
constexpr Kernel scalar = StageKernel<Shape, double>::kernel(BESS_KERNEL_NAME);
template <class Shape>
constexpr Kernel linked = StageKernel<Shape, Pack<BESS_KERNEL_LANES>, true>::kernel(BESS_KERNEL_NAME " linked lanes");
template <class Shape>
constexpr Kernel packed = StageKernel<Shape, Pack<BESS_KERNEL_LANES>>::kernel(BESS_KERNEL_NAME " lanes");

// Shapes without generation, then with it.
BESS_SHAPE(Battery, .positions = PositionMode::none);
BESS_SHAPE(Reserves, .reserves = dispatch::usual_reserves);
BESS_SHAPE(ReservesOneWay, .reserves = dispatch::usual_reserves, .one_way = true);
BESS_SHAPE(Fcr, .reserves = dispatch::fcr_alone);
BESS_SHAPE(FcrOneWay, .reserves = dispatch::fcr_alone, .one_way = true);
BESS_SHAPE(Connection, .connection = true);
BESS_SHAPE(ReservesConnection, .reserves = dispatch::usual_reserves, .connection = true);
BESS_SHAPE(Cycles, .cycle_budget = true);
BESS_SHAPE(ReservesCycles, .reserves = dispatch::usual_reserves, .cycle_budget = true);
BESS_SHAPE(Ramp, .ramp = true);
BESS_SHAPE(ReservesRamp, .reserves = dispatch::usual_reserves, .ramp = true);
BESS_SHAPE(ReservesCyclesRamp, .reserves = dispatch::usual_reserves, .cycle_budget = true, .ramp = true);
BESS_SHAPE(Import, .import_meter = true);
BESS_SHAPE(ImportConnection, .import_meter = true, .connection = true);
BESS_SHAPE(ReservesImport, .reserves = dispatch::usual_reserves, .import_meter = true);
BESS_SHAPE(ReservesImportConnection, .reserves = dispatch::usual_reserves, .import_meter = true, .connection = true);
BESS_SHAPE(Peak, .import_meter = true, .peak = true);
BESS_SHAPE(PeakConnection, .import_meter = true, .connection = true, .peak = true);
BESS_SHAPE(ReservesPeak, .reserves = dispatch::usual_reserves, .import_meter = true, .peak = true);
BESS_SHAPE(ReservesPeakConnection, .reserves = dispatch::usual_reserves, .import_meter = true, .connection = true, .peak = true);
BESS_SHAPE(Caps, .market_caps = true);
BESS_SHAPE(ReservesCaps, .reserves = dispatch::usual_reserves, .market_caps = true);
BESS_SHAPE(Open, .positions = PositionMode::open_id);
BESS_SHAPE(Closed, .positions = PositionMode::closed);
BESS_SHAPE(ReservesOpen, .reserves = dispatch::usual_reserves, .positions = PositionMode::open_id);
BESS_SHAPE(ReservesClosed, .reserves = dispatch::usual_reserves, .positions = PositionMode::closed);
BESS_SHAPE(OpenConnection, .connection = true, .positions = PositionMode::open_id);
BESS_SHAPE(ClosedConnection, .connection = true, .positions = PositionMode::closed);
BESS_SHAPE(ReservesOpenConnection, .reserves = dispatch::usual_reserves, .connection = true, .positions = PositionMode::open_id);
BESS_SHAPE(ReservesClosedConnection, .reserves = dispatch::usual_reserves, .connection = true, .positions = PositionMode::closed);
BESS_SHAPE(Generation, .generation = true);
BESS_SHAPE(GenerationConnection, .generation = true, .connection = true);
BESS_SHAPE(GenerationReserves, .reserves = dispatch::usual_reserves, .generation = true);
BESS_SHAPE(GenerationReservesConnection, .reserves = dispatch::usual_reserves, .generation = true, .connection = true);
BESS_SHAPE(GenerationImport, .generation = true, .import_meter = true);
BESS_SHAPE(GenerationImportConnection, .generation = true, .import_meter = true, .connection = true);
BESS_SHAPE(GenerationReservesImportConnection, .reserves = dispatch::usual_reserves, .generation = true, .import_meter = true,
           .connection = true);
BESS_SHAPE(GenerationReservesImport, .reserves = dispatch::usual_reserves, .generation = true, .import_meter = true);
BESS_SHAPE(GenerationPeak, .generation = true, .import_meter = true, .peak = true);
BESS_SHAPE(GenerationPeakConnection, .generation = true, .import_meter = true, .connection = true, .peak = true);
BESS_SHAPE(GenerationReservesPeak, .reserves = dispatch::usual_reserves, .generation = true, .import_meter = true, .peak = true);
BESS_SHAPE(GenerationReservesPeakConnection, .reserves = dispatch::usual_reserves, .generation = true, .import_meter = true,
           .connection = true, .peak = true);
BESS_SHAPE(GenerationOpen, .generation = true, .positions = PositionMode::open_id);
BESS_SHAPE(GenerationClosed, .generation = true, .positions = PositionMode::closed);
BESS_SHAPE(GenerationOpenConnection, .generation = true, .connection = true, .positions = PositionMode::open_id);
BESS_SHAPE(GenerationClosedConnection, .generation = true, .connection = true, .positions = PositionMode::closed);

#if BESS_KERNEL_PART == 1

constexpr Kernel kernels[] = {
    scalar<Battery>,
    packed<Battery>,
    scalar<Reserves>,
    packed<Reserves>,
    scalar<ReservesOneWay>,
    packed<ReservesOneWay>,
    scalar<Fcr>,
    packed<Fcr>,
    scalar<FcrOneWay>,
    packed<FcrOneWay>,
    scalar<Connection>,
    packed<Connection>,
    scalar<ReservesConnection>,
    packed<ReservesConnection>,
    scalar<Cycles>,
    scalar<ReservesCycles>,
    scalar<Ramp>,
    scalar<ReservesRamp>,
    scalar<ReservesCyclesRamp>,
    scalar<Import>,
    scalar<ImportConnection>,
    scalar<ReservesImport>,
    scalar<ReservesImportConnection>,
    scalar<Peak>,
    scalar<PeakConnection>,
    scalar<ReservesPeak>,
    scalar<ReservesPeakConnection>,
    scalar<Caps>,
    scalar<ReservesCaps>,
    scalar<Open>,
    scalar<Closed>,
    scalar<ReservesOpen>,
    scalar<ReservesClosed>,
    scalar<OpenConnection>,
    scalar<ClosedConnection>,
    scalar<ReservesOpenConnection>,
    scalar<ReservesClosedConnection>,
};

#elif BESS_KERNEL_PART == 2

constexpr Kernel kernels[] = {
    scalar<Generation>,
    packed<Generation>,
    scalar<GenerationConnection>,
    packed<GenerationConnection>,
    scalar<GenerationReserves>,
    scalar<GenerationReservesConnection>,
    packed<GenerationReservesConnection>,
    scalar<GenerationImport>,
    scalar<GenerationImportConnection>,
    scalar<GenerationReservesImportConnection>,
    scalar<GenerationReservesImport>,
    scalar<GenerationPeak>,
    scalar<GenerationPeakConnection>,
    scalar<GenerationReservesPeak>,
    scalar<GenerationReservesPeakConnection>,
    scalar<GenerationOpen>,
    scalar<GenerationClosed>,
    scalar<GenerationOpenConnection>,
    scalar<GenerationClosedConnection>,
};

#else

// One window over all lanes: shapes in which stored energy alone is handed on from block to block.
constexpr Kernel kernels[] = {
    linked<Battery>,
    linked<Reserves>,
    linked<ReservesOneWay>,
    linked<Fcr>,
    linked<FcrOneWay>,
    linked<Connection>,
    linked<ReservesConnection>,
    linked<Import>,
    linked<ReservesImport>,
    linked<ReservesImportConnection>,
    linked<Caps>,
    linked<ReservesCaps>,
    linked<Open>,
    linked<ReservesOpen>,
    linked<Generation>,
    linked<GenerationConnection>,
    linked<GenerationReserves>,
    linked<GenerationReservesConnection>,
    linked<GenerationImportConnection>,
    linked<GenerationReservesImport>,
    linked<GenerationReservesImportConnection>,
};

#endif

#undef BESS_SHAPE

}  // namespace

// NOLINTNEXTLINE(misc-definitions-in-headers): this file is included once per instruction set, each in a namespace of its own
KernelTable table() { return {kernels, static_cast<int>(sizeof(kernels) / sizeof(kernels[0]))}; }

}  // namespace bess::lp::BESS_KERNEL_NAMESPACE
