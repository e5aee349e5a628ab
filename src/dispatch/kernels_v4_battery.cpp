// Kernels for x86-64-v4 (AVX-512): shapes without generation.
#define BESS_KERNEL_NAMESPACE v4_battery
#define BESS_KERNEL_NAME "x86-64-v4"
#define BESS_KERNEL_LANES 8
#define BESS_KERNEL_ROWS 4
#define BESS_KERNEL_PART 1
#include "dispatch/kernels_table.h"
