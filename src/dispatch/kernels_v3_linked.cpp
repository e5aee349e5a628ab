// Kernels for x86-64-v3 (AVX2, FMA): one window over all lanes.
#define BESS_KERNEL_NAMESPACE v3_linked
#define BESS_KERNEL_NAME "x86-64-v3"
#define BESS_KERNEL_LANES 4
#define BESS_KERNEL_ROWS 4
#define BESS_KERNEL_PART 3
#include "dispatch/kernels_table.h"
