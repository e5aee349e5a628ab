// Kernels for x86-64-v3 (AVX2, FMA).
#define BESS_KERNEL_NAMESPACE v3
#define BESS_KERNEL_NAME "x86-64-v3"
#define BESS_KERNEL_LANES 4
#include "dispatch/kernels_table.h"
