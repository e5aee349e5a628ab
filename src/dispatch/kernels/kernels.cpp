#include "dispatch/kernels/kernels.h"

#include <initializer_list>
#include <string>

#include "lp/interior_solver.h"

#define BESS_DECLARE(set)             \
  namespace bess::lp::set##_battery { \
    KernelTable table();              \
  }                                   \
  namespace bess::lp::set##_site {    \
    KernelTable table();              \
  }                                   \
  namespace bess::lp::set##_linked {  \
    KernelTable table();              \
  }
BESS_DECLARE(v2)
BESS_DECLARE(v3)
BESS_DECLARE(v4)
#undef BESS_DECLARE

namespace bess::dispatch {

namespace {

/// The parts of each set in one table. Built once, on first use, and never changed.
class Catalogue {
 public:
  Catalogue() {
    add("x86-64-v2", {lp::v2_battery::table(), lp::v2_site::table(), lp::v2_linked::table()});
#ifdef BESS_KERNELS_v3
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
      add("x86-64-v3", {lp::v3_battery::table(), lp::v3_site::table(), lp::v3_linked::table()});
    }
#endif
#ifdef BESS_KERNELS_v4
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
      add("x86-64-v4", {lp::v4_battery::table(), lp::v4_site::table(), lp::v4_linked::table()});
    }
#endif
    for (std::size_t i = 0; i < sets_.size(); ++i) sets_[i].table = {kernels_[i].data(), static_cast<int>(kernels_[i].size())};
  }
  [[nodiscard]] const std::vector<KernelSet>& sets() const { return sets_; }

 private:
  void add(std::string_view name, std::initializer_list<lp::KernelTable> parts) {
    auto& list = kernels_.emplace_back();
    for (const lp::KernelTable& part : parts) list.insert(list.end(), part.kernels, part.kernels + part.count);
    sets_.push_back({name, {}});
  }

  std::vector<std::vector<lp::Kernel>> kernels_;
  std::vector<KernelSet> sets_;
};

}  // namespace

const std::vector<KernelSet>& supported_kernel_sets() {
  static const Catalogue catalogue;
  return catalogue.sets();
}

std::unique_ptr<lp::Solver> make_own_dispatch_solver() { return lp::make_own_solver(supported_kernel_sets().back().table); }

}  // namespace bess::dispatch
