// Kernels for x86-64-v4 (AVX-512): one window over all lanes.
#define BESS_KERNEL_NAMESPACE v4_linked
#define BESS_KERNEL_NAME "x86-64-v4"
#define BESS_KERNEL_LANES 8
#define BESS_KERNEL_ROWS 4
#define BESS_KERNEL_PART 3
#include "dispatch/kernels_table.h"
