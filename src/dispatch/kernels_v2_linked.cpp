// Kernels for x86-64-v2 (SSE4.2); on other processors the portable form: one window over all lanes.
#define BESS_KERNEL_NAMESPACE v2_linked
#define BESS_KERNEL_NAME "x86-64-v2"
#define BESS_KERNEL_LANES 2
#define BESS_KERNEL_ROWS 2
#define BESS_KERNEL_PART 3
#include "dispatch/kernels_table.h"
