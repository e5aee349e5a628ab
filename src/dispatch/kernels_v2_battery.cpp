// Kernels for x86-64-v2 (SSE4.2); on other processors the portable form: shapes without generation.
#define BESS_KERNEL_NAMESPACE v2_battery
#define BESS_KERNEL_NAME "x86-64-v2"
#define BESS_KERNEL_LANES 2
#define BESS_KERNEL_ROWS 2
#define BESS_KERNEL_PART 1
#include "dispatch/kernels_table.h"
