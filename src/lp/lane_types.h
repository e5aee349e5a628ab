// The scalar types of the sweeps: a double, or a pack of doubles with one problem (or one part of a horizon) per lane. Included by
// stage_kernel.h alone, once per translation unit of a kernel set, into that set's namespace.

#ifndef BESS_KERNEL_NAMESPACE
#error "define BESS_KERNEL_NAMESPACE before including this file"
#endif

#include <experimental/simd>
#include <utility>

namespace bess::lp::BESS_KERNEL_NAMESPACE {

#define BESS_INLINE inline __attribute__((always_inline))

template <class F, int... I>
BESS_INLINE constexpr void unroll_sequence(F&& f, std::integer_sequence<int, I...>) {
  (f(std::integral_constant<int, I>{}), ...);
}
/// f(0), f(1), … f(N−1) with the index known at compile time.
template <int N, class F>
BESS_INLINE constexpr void unroll(F&& f) {
  unroll_sequence(f, std::make_integer_sequence<int, N>{});
}
#define BESS_LAMBDA __attribute__((always_inline))

/// Loads, stores and the few functions the sweeps need of a scalar type.
template <class Real>
struct Lane;

template <>
struct Lane<double> {
  static constexpr int count = 1;
  static BESS_INLINE double load(const double* p) { return *p; }
  static BESS_INLINE void store(double* p, double v) { *p = v; }
  static BESS_INLINE double larger(double a, double b) { return a > b ? a : b; }
  static BESS_INLINE double magnitude(double a) { return a < 0 ? -a : a; }
};

/// A pack of doubles, one per lane.
template <int lanes>
using Pack = std::experimental::simd<double, std::experimental::simd_abi::deduce_t<double, lanes>>;

template <class Abi>
struct Lane<std::experimental::simd<double, Abi>> {
  using Real = std::experimental::simd<double, Abi>;
  static constexpr int count = static_cast<int>(Real::size());
  static BESS_INLINE Real load(const double* p) { return Real(p, std::experimental::element_aligned); }
  static BESS_INLINE void store(double* p, const Real& v) { v.copy_to(p, std::experimental::element_aligned); }
  static BESS_INLINE Real larger(const Real& a, const Real& b) {
    Real r = b;
    where(a > b, r) = a;
    return r;
  }
  static BESS_INLINE Real magnitude(const Real& a) { return larger(a, -a); }
};

}  // namespace bess::lp::BESS_KERNEL_NAMESPACE
