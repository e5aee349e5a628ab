// The sweeps of solver form, specialised at compile time for one shape and one scalar type (a double or a SIMD pack).
// Included by one translation unit per instruction set, which defines BESS_KERNEL_NAMESPACE; nothing here may be shared with
// other objects. No include guard protects against two namespaces: each unit includes it once.
//
// Symbols and derivation: docs/models/staged_solver.md. In short, with V(x) = ½ xᵀM x + mᵀx carried backward,
//   Q_uu = Eᵀ W E + Bᵀ M B,   Q_ux = Eᵀ W F + Bᵀ M A,   Q_xx = Fᵀ W F + Aᵀ M A,   h_u = r − Eᵀτ + Bᵀm,   h_x = q − Fᵀτ + Aᵀm
// after M += Dᵀ W D, m −= Dᵀτ; controls are eliminated one by one (LDLᵀ), and what remains is the next (M, m).
// A row either touches x⁺ alone or does not touch it: shapes with mixed rows go to the generic kernel.

#ifndef BESS_KERNEL_NAMESPACE
#error "define BESS_KERNEL_NAMESPACE before including this file"
#endif

#include <experimental/simd>
#include <utility>

#include "lp/interior_layout.h"

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

template <class Shape, class Real>
struct StageKernel {
  static constexpr Pattern p = Shape::pattern;
  static constexpr StageLayout at = stage_layout(p);
  static constexpr EntryLayout en = entry_layout(p);
  static constexpr FinalLayout fi = final_layout(p);
  static constexpr int nx = p.states;
  static constexpr int nu = p.controls;
  static constexpr int nr = p.rows;
  static constexpr int ne = p.entry_rows;
  static constexpr int lanes = Lane<Real>::count;

  static BESS_INLINE Real get(const double* base, int slot) { return Lane<Real>::load(base + slot * lanes); }
  static BESS_INLINE void set(double* base, int slot, const Real& v) { Lane<Real>::store(base + slot * lanes, v); }
  static BESS_INLINE Real larger(const Real& a, const Real& b) { return Lane<Real>::larger(a, b); }

  // ---- terms ----------------------------------------------------------------------------------------------------------
  static constexpr int stored_before(const Row& row, int t) {
    int n = 0;
    for (int s = 0; s < t; ++s) n += row.terms[static_cast<std::size_t>(s)].constant == 0 ? 1 : 0;
    return n;
  }
  enum class List { transition, row, entry };
  template <List which>
  static constexpr const Row& row_of(int r) {
    const std::size_t i = static_cast<std::size_t>(r);
    if constexpr (which == List::transition)
      return p.transition[i];
    else if constexpr (which == List::row)
      return p.row[i];
    else
      return p.entry_row[i];
  }
  template <List which>
  static constexpr int first_slot(int r) {
    if constexpr (which == List::transition)
      return at.transition + p.transition_offset(r);
    else if constexpr (which == List::row)
      return at.row + p.row_offset(r);
    else
      return en.row + p.entry_row_offset(r);
  }
  /// coefficient · v for term t of row r
  template <List which, int r, int t>
  static BESS_INLINE Real times(const double* base, const Real& v) {
    constexpr const Term& term = row_of<which>(r).terms[static_cast<std::size_t>(t)];
    if constexpr (term.constant == 1)
      return v;
    else if constexpr (term.constant == -1)
      return -v;
    else {
      constexpr int slot = first_slot<which>(r) + stored_before(row_of<which>(r), t);
      return get(base, slot) * v;
    }
  }
  static constexpr bool touches_next(int r) {
    const Row& row = p.row[static_cast<std::size_t>(r)];
    return row.size > 0 && row.terms[0].block == Block::next;
  }
  static constexpr bool pure() {
    for (int r = 0; r < nr; ++r) {
      const Row& row = p.row[static_cast<std::size_t>(r)];
      for (int t = 1; t < row.size; ++t) {
        if ((row.terms[static_cast<std::size_t>(t)].block == Block::next) != touches_next(r)) return false;
      }
    }
    return true;
  }
  static_assert(pure(), "a row mixes x⁺ with x or u");
  static constexpr bool equal(int r) { return p.row[static_cast<std::size_t>(r)].kind == RowKind::equal; }

  // ---- the quadratic in (u, x) ------------------------------------------------------------------------------------------
  // Variables 0 … nu−1 are controls, nu … nu+nx−1 states; upper triangle of a symmetric matrix, row by row.
  static constexpr int nv = nu + nx;
  static constexpr int place(int i, int j) { return i <= j ? i * nv - i * (i - 1) / 2 + (j - i) : place(j, i); }
  static constexpr int var(Block block, int index) { return block == Block::control ? index : nu + index; }
  static constexpr int mplace(int i, int j) { return i <= j ? i * nx - i * (i - 1) / 2 + (j - i) : mplace(j, i); }

  struct Value {
    Real M[nx * (nx + 1) / 2];
    Real m[nx];
  };

  // w and τ of the rows of a stage; `corrected` tells predictor from corrector.
  struct Scalars {
    Real step_primal, step_dual, centring, delta, equality, inverse_equality;
    BESS_INLINE explicit Scalars(const Sweep& s)
        : step_primal(Lane<Real>::load(s.step_primal)),
          step_dual(Lane<Real>::load(s.step_dual)),
          centring(Lane<Real>::load(s.centring)),
          delta(s.proximal.multiplier),
          equality(s.proximal.equality_weight),
          inverse_equality(1.0 / s.proximal.equality_weight) {}
  };

  /// Applies the last step to an inequality, leaves v = 1/(y + δz) in the dz slot; w = z v and the predictor's τ = w (δz − ρ).
  static BESS_INLINE void refresh(double* b, const Scalars& s, int y_at, int z_at, int dy_at, int dz_at, int rho_at, Real& w, Real& tau) {
    const Real dz = get(b, dz_at);
    const Real y = get(b, y_at) + s.step_primal * get(b, dy_at);
    const Real z = get(b, z_at) + s.step_dual * dz;
    const Real old = get(b, rho_at);
    const Real rho = old - s.step_primal * (old + s.delta * dz);
    const Real v = 1.0 / (y + s.delta * z);
    set(b, y_at, y);
    set(b, z_at, z);
    set(b, rho_at, rho);
    set(b, dz_at, v);
    w = z * v;
    tau = w * (s.delta * z - rho);
  }
  static BESS_INLINE void refresh_equal(double* b, const Scalars& s, int z_at, int dy_at, int dz_at, int rho_at, const Real& weight,
                                        Real& tau) {
    const Real old = get(b, rho_at);
    const Real rho = old + s.step_primal * (get(b, dy_at) - old);
    const Real z = get(b, z_at) + s.step_dual * get(b, dz_at);
    set(b, rho_at, rho);
    set(b, z_at, z);
    tau = z - weight * rho;
  }
  /// The corrector's τ = w (δz − ρ) + (σμ − κ) v.
  static BESS_INLINE Real corrected_tau(const double* b, const Scalars& s, int z_at, int kappa_at, int v_at, int rho_at) {
    const Real z = get(b, z_at);
    return get(b, v_at) * (z * (s.delta * z - get(b, rho_at)) + (s.centring - get(b, kappa_at)));
  }

  // ---- end of the horizon -----------------------------------------------------------------------------------------------
  static void final_factor(double* f, const Scalars& s, Value& v) {
    for (Real& e : v.M) e = Real(0.0);
    for (int i = 0; i < nx; ++i) {
      Real w_low, w_high, tau_low, tau_high, tau_pin;
      refresh(f, s, fi.low_y + i, fi.low_z + i, fi.low_dy + i, fi.low_dz + i, fi.low_rho + i, w_low, tau_low);
      refresh(f, s, fi.high_y + i, fi.high_z + i, fi.high_dy + i, fi.high_dz + i, fi.high_rho + i, w_high, tau_high);
      const Real pin = get(f, fi.pin + i);
      refresh_equal(f, s, fi.pin_z + i, fi.pin_dy + i, fi.pin_dz + i, fi.pin_rho + i, pin, tau_pin);
      v.M[mplace(i, i)] = w_low + w_high + pin;
      v.m[i] = get(f, fi.cost + i) - tau_low + tau_high - tau_pin;
    }
  }
  static void final_correct(const double* f, const Scalars& s, Value& v) {
    for (int i = 0; i < nx; ++i) {
      const Real tau_low = corrected_tau(f, s, fi.low_z + i, fi.low_dy + i, fi.low_dz + i, fi.low_rho + i);
      const Real tau_high = corrected_tau(f, s, fi.high_z + i, fi.high_dy + i, fi.high_dz + i, fi.high_rho + i);
      const Real tau_pin = get(f, fi.pin_z + i) - get(f, fi.pin + i) * get(f, fi.pin_rho + i);
      v.m[i] = get(f, fi.cost + i) - tau_low + tau_high - tau_pin;
    }
  }

  // ---- entries ------------------------------------------------------------------------------------------------------------
  static void entry_factor(double* e, const Scalars& s, Value& v) {
    unroll<ne>([&](auto r) BESS_LAMBDA {
      Real w, tau;
      refresh(e, s, en.y + r, en.z + r, en.dy + r, en.dz + r, en.rho + r, w, tau);
      constexpr const Row& row = p.entry_row[static_cast<std::size_t>(r.value)];
      unroll<row.size>([&](auto i) BESS_LAMBDA {
        constexpr int a = row.terms[static_cast<std::size_t>(i.value)].index;
        const Real wg = times<List::entry, r.value, i.value>(e, w);
        v.m[a] -= times<List::entry, r.value, i.value>(e, tau);
        unroll<row.size - i.value>([&](auto d) BESS_LAMBDA {
          constexpr int j = i.value + d.value;
          v.M[mplace(a, row.terms[static_cast<std::size_t>(j)].index)] += times<List::entry, r.value, j>(e, wg);
        });
      });
    });
    Real noise[nx];
    for (int i = 0; i < nx; ++i) {
      noise[i] = pivot_noise * v.M[mplace(i, i)] + pivot_floor;
      v.M[mplace(i, i)] += noise[i];
    }
    for (int i = 0; i < nx; ++i) {
      set(e, en.value + i, get(e, en.value + i) + s.step_primal * get(e, en.step + i));
      const Real inverse = get(e, en.free + i) / (v.M[mplace(i, i)] + noise[i]);
      const Real keep = get(e, en.keep + i);
      set(e, en.inverse + i, inverse);
      set(e, en.feed + i, inverse * v.m[i]);
      Real gain[nx];
      for (int j = 0; j < nx; ++j) {
        gain[j] = i == j ? Real(0.0) : inverse * v.M[mplace(i, j)];
        set(e, en.gain + i * nx + j, gain[j]);
      }
      for (int j = 0; j < nx; ++j) {
        if (j == i) continue;
        for (int l = j; l < nx; ++l) {
          if (l != i) v.M[mplace(j, l)] -= gain[j] * v.M[mplace(i, l)];
        }
        v.m[j] -= gain[j] * v.m[i];
      }
      for (int j = 0; j < nx; ++j) v.M[mplace(i, j)] *= keep;
      v.m[i] *= keep;
    }
  }
  static void entry_correct(double* e, const Scalars& s, Value& v) {
    unroll<ne>([&](auto r) BESS_LAMBDA {
      const Real tau = corrected_tau(e, s, en.z + r, en.dy + r, en.dz + r, en.rho + r);
      constexpr const Row& row = p.entry_row[static_cast<std::size_t>(r.value)];
      unroll<row.size>([&](auto i) BESS_LAMBDA {
        v.m[row.terms[static_cast<std::size_t>(i.value)].index] -= times<List::entry, r.value, i.value>(e, tau);
      });
    });
    for (int i = 0; i < nx; ++i) {
      set(e, en.feed + i, get(e, en.inverse + i) * v.m[i]);
      for (int j = 0; j < nx; ++j) {
        if (j != i) v.m[j] -= get(e, en.gain + i * nx + j) * v.m[i];
      }
      v.m[i] *= get(e, en.keep + i);
    }
  }

  // ---- forward bookkeeping --------------------------------------------------------------------------------------------------
  struct Tally {
    Real ratio_primal{0.0}, ratio_dual{0.0}, dy_z{0.0}, y_dz{0.0}, dy_dz{0.0}, slope{0.0}, residual{0.0}, drift{0.0};
    BESS_INLINE void put(Sweep& s) const {
      Lane<Real>::store(s.ratio_primal, ratio_primal);
      Lane<Real>::store(s.ratio_dual, ratio_dual);
      Lane<Real>::store(s.dy_z, dy_z);
      Lane<Real>::store(s.y_dz, y_dz);
      Lane<Real>::store(s.dy_dz, dy_dz);
      Lane<Real>::store(s.slope, slope);
      Lane<Real>::store(s.largest_residual, residual);
      Lane<Real>::store(s.largest_drift, drift);
    }
  };
  /// g·Δ of an inequality known: Δz = (σμ − κ − yz) v − w (g·Δ + ρ), Δy = g·Δ + ρ + δΔz, and what they do to the step
  /// length and the sums. The predictor (σ = κ = 0) leaves κ = Δy Δz in the dy slot.
  template <bool affine>
  static BESS_INLINE void account(double* b, const Scalars& s, const Real& g_delta, int y_at, int z_at, int dy_at, int dz_at, int rho_at,
                                  Tally& tally) {
    const Real rho = get(b, rho_at);
    const Real y = get(b, y_at);
    const Real z = get(b, z_at);
    const Real v = get(b, dz_at);
    const Real wanted = g_delta + rho;
    if constexpr (affine) {
      const Real dz = -v * (z * (y + wanted));
      const Real dy = wanted + s.delta * dz;
      const Real relative = dy / y;  // Δz/z = −1 − Δy/y
      tally.ratio_primal = larger(tally.ratio_primal, -relative);
      tally.ratio_dual = larger(tally.ratio_dual, 1.0 + relative);
      const Real kappa = dy * dz;
      tally.dy_z += dy * z;
      tally.dy_dz += kappa;
      set(b, dy_at, kappa);
    } else {
      const Real dz = v * ((s.centring - get(b, dy_at)) - z * (y + wanted));
      const Real dy = wanted + s.delta * dz;
      const Real inverse = 1.0 / (y * z);
      const Real dy_z = dy * z;
      const Real y_dz = y * dz;
      tally.ratio_primal = larger(tally.ratio_primal, -dy_z * inverse);
      tally.ratio_dual = larger(tally.ratio_dual, -y_dz * inverse);
      tally.dy_z += dy_z;
      tally.y_dz += y_dz;
      tally.dy_dz += dy * dz;
      tally.slope += (z + dz) * g_delta;
      tally.residual = larger(tally.residual, Lane<Real>::magnitude(rho));
      tally.drift = larger(tally.drift, Lane<Real>::magnitude(s.delta * dz));
      set(b, dy_at, dy);
      set(b, dz_at, dz);
    }
  }
  template <bool affine>
  static BESS_INLINE void account_equal(double* b, const Scalars& s, const Real& g_delta, int z_at, int dy_at, int dz_at, int rho_at,
                                        const Real& weight, Tally& tally) {
    if constexpr (!affine) {
      const Real rho = get(b, rho_at);
      const Real dy = g_delta + rho;
      const Real dz = -weight * dy;
      const Real present = weight * s.inverse_equality;  // 1, or 0 where a pin does not exist
      tally.slope += (get(b, z_at) + dz) * g_delta;
      tally.residual = larger(tally.residual, present * Lane<Real>::magnitude(rho));
      tally.drift = larger(tally.drift, present * Lane<Real>::magnitude(dy));
      set(b, dy_at, dy);
      set(b, dz_at, dz);
    }
  }

  template <bool affine>
  static void entry_forward(double* e, const Scalars& s, Real* dx, Tally& tally) {
    for (int i = 0; i < nx; ++i) dx[i] = dx[i] * get(e, en.keep + i);
    for (int i = nx - 1; i >= 0; --i) {
      Real sum = get(e, en.feed + i);
      for (int j = 0; j < nx; ++j) {
        if (j != i) sum += get(e, en.gain + i * nx + j) * dx[j];
      }
      dx[i] = dx[i] - sum;
    }
    if constexpr (!affine) {
      for (int i = 0; i < nx; ++i) set(e, en.step + i, dx[i]);
    }
    unroll<ne>([&](auto r) BESS_LAMBDA {
      constexpr const Row& row = p.entry_row[static_cast<std::size_t>(r.value)];
      Real g_delta(0.0);
      unroll<row.size>([&](auto i) BESS_LAMBDA {
        g_delta += times<List::entry, r.value, i.value>(e, dx[row.terms[static_cast<std::size_t>(i.value)].index]);
      });
      account<affine>(e, s, g_delta, en.y + r, en.z + r, en.dy + r, en.dz + r, en.rho + r, tally);
    });
  }
  template <bool affine>
  static void final_forward(double* f, const Scalars& s, const Real* dx, Tally& tally) {
    for (int i = 0; i < nx; ++i) {
      account<affine>(f, s, dx[i], fi.low_y + i, fi.low_z + i, fi.low_dy + i, fi.low_dz + i, fi.low_rho + i, tally);
      account<affine>(f, s, -dx[i], fi.high_y + i, fi.high_z + i, fi.high_dy + i, fi.high_dz + i, fi.high_rho + i, tally);
      account_equal<affine>(f, s, dx[i], fi.pin_z + i, fi.pin_dy + i, fi.pin_dz + i, fi.pin_rho + i, get(f, fi.pin + i), tally);
    }
  }

  // ---- stage: backward --------------------------------------------------------------------------------------------------------
  /// H and h of stage k from V_{k+1}: without the rows on (u, x).
  static BESS_INLINE void pull_back(const double* b, const Value& v, Real* H) {
    Real MB[nx][nu];  // M B
    for (int j = 0; j < nx; ++j) {
      for (int c = 0; c < nu; ++c) MB[j][c] = Real(0.0);
    }
    unroll<nx>([&](auto i) BESS_LAMBDA {
      constexpr const Row& row = p.transition[static_cast<std::size_t>(i.value)];
      unroll<row.size>([&](auto t) BESS_LAMBDA {
        constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
        if constexpr (term.block == Block::control) {
#pragma GCC unroll 20
          for (int j = 0; j < nx; ++j) MB[j][term.index] += times<List::transition, i.value, t.value>(b, v.M[mplace(i.value, j)]);
        }
      });
    });
    unroll<nx>([&](auto i) BESS_LAMBDA {  // Bᵀ (M B), Aᵀ (M B), Aᵀ M A
      constexpr const Row& row = p.transition[static_cast<std::size_t>(i.value)];
      unroll<row.size>([&](auto t) BESS_LAMBDA {
        constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
        if constexpr (term.block == Block::control) {
#pragma GCC unroll 20
          for (int c = term.index; c < nu; ++c) H[place(term.index, c)] += times<List::transition, i.value, t.value>(b, MB[i.value][c]);
        } else {
          unroll<nu>([&](auto c) BESS_LAMBDA { H[place(c, nu + term.index)] += times<List::transition, i.value, t.value>(b, MB[i][c]); });
          unroll<nx>([&](auto j) BESS_LAMBDA {
            constexpr const Row& other = p.transition[static_cast<std::size_t>(j.value)];
            unroll<other.size>([&](auto s) BESS_LAMBDA {
              constexpr const Term& second = other.terms[static_cast<std::size_t>(s.value)];
              if constexpr (second.block == Block::state && second.index >= term.index) {
                const Real half = times<List::transition, i.value, t.value>(b, v.M[mplace(i, j)]);
                H[place(nu + term.index, nu + second.index)] += times<List::transition, j.value, s.value>(b, half);
              }
            });
          });
        }
      });
    });
  }
  static BESS_INLINE void pull_back_linear(const double* b, const Value& v, Real* h) {
    unroll<nu>([&](auto c) BESS_LAMBDA { h[c] = get(b, at.control_cost + c); });
    unroll<nx>([&](auto j) BESS_LAMBDA { h[nu + j] = get(b, at.state_cost + j); });
    unroll<nx>([&](auto i) BESS_LAMBDA {
      constexpr const Row& row = p.transition[static_cast<std::size_t>(i.value)];
      unroll<row.size>([&](auto t) BESS_LAMBDA {
        constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
        h[var(term.block, term.index)] += times<List::transition, i.value, t.value>(b, v.m[i]);
      });
    });
  }
  template <bool next>
  static BESS_INLINE void add_row_linear(const double* b, auto r, const Real& tau, Value& v, Real* h) {
    constexpr const Row& row = p.row[static_cast<std::size_t>(r.value)];
    unroll<row.size>([&](auto t) BESS_LAMBDA {
      constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
      if constexpr (next)
        v.m[term.index] -= times<List::row, r.value, t.value>(b, tau);
      else
        h[var(term.block, term.index)] -= times<List::row, r.value, t.value>(b, tau);
    });
  }
  template <bool next>
  static BESS_INLINE void add_row_quadratic(const double* b, auto r, const Real& w, Value& v, Real* H) {
    constexpr const Row& row = p.row[static_cast<std::size_t>(r.value)];
    unroll<row.size>([&](auto i) BESS_LAMBDA {
      constexpr const Term& first = row.terms[static_cast<std::size_t>(i.value)];
      const Real wg = times<List::row, r.value, i.value>(b, w);
      unroll<row.size - i.value>([&](auto d) BESS_LAMBDA {
        constexpr int j = i.value + d.value;
        constexpr const Term& second = row.terms[static_cast<std::size_t>(j)];
        const Real product = times<List::row, r.value, j>(b, wg);
        if constexpr (next)
          v.M[mplace(first.index, second.index)] += product;
        else
          H[place(var(first.block, first.index), var(second.block, second.index))] += product;
      });
    });
  }

  static BESS_INLINE void stage_factor(double* b, const Scalars& s, Value& v) {
    Real w[nr > 0 ? nr : 1], tau[nr > 0 ? nr : 1];
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (equal(r.value)) {
        w[r] = s.equality;
        refresh_equal(b, s, at.z + r, at.dy + r, at.dz + r, at.rho + r, w[r], tau[r]);
      } else {
        refresh(b, s, at.y + r, at.z + r, at.dy + r, at.dz + r, at.rho + r, w[r], tau[r]);
      }
    });
    unroll<nu>([&](auto c) BESS_LAMBDA { set(b, at.control + c, get(b, at.control + c) + s.step_primal * get(b, at.control_step + c)); });
    Real H[nv * (nv + 1) / 2], h[nv];
    unroll<nv*(nv + 1) / 2>([&](auto i) BESS_LAMBDA { H[i] = Real(0.0); });
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (touches_next(r.value)) {
        add_row_quadratic<true>(b, r, w[r], v, H);
        add_row_linear<true>(b, r, tau[r], v, h);
      } else {
        add_row_quadratic<false>(b, r, w[r], v, H);
      }
    });
    pull_back(b, v, H);
    pull_back_linear(b, v, h);
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (!touches_next(r.value)) add_row_linear<false>(b, r, tau[r], v, h);
    });
    Real noise[nv];
    unroll<nv>([&](auto i) BESS_LAMBDA { noise[i] = pivot_noise * H[place(i, i)] + pivot_floor; });
    unroll<nu>([&](auto c) BESS_LAMBDA {
      const Real inverse = get(b, at.control_free + c) / (H[place(c, c)] + noise[c]);
      set(b, at.inverse + c, inverse);
      set(b, at.feed + c, inverse * h[c]);
      constexpr int first = c.value + 1;
      Real gain[nv];
#pragma GCC unroll 20
      for (int i = first; i < nv; ++i) {
        gain[i] = inverse * H[place(c.value, i)];
        set(b, at.gain + gain_offset(p, c.value) + i - first, gain[i]);
        h[i] -= gain[i] * h[c];
      }
#pragma GCC unroll 20
      for (int i = first; i < nv; ++i) {
#pragma GCC unroll 20
        for (int j = i; j < nv; ++j) H[place(i, j)] -= gain[i] * H[place(c.value, j)];
      }
    });
    unroll<nx>([&](auto i) BESS_LAMBDA {
      v.m[i] = h[nu + i];
      unroll<nx - i.value>([&](auto d)
                               BESS_LAMBDA { v.M[mplace(i.value, i.value + d.value)] = H[place(nu + i.value, nu + i.value + d.value)]; });
    });
  }

  static BESS_INLINE void stage_correct(double* b, const Scalars& s, Value& v) {
    Real tau[nr > 0 ? nr : 1], h[nv];
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (equal(r.value))
        tau[r] = get(b, at.z + r) - s.equality * get(b, at.rho + r);
      else
        tau[r] = corrected_tau(b, s, at.z + r, at.dy + r, at.dz + r, at.rho + r);
    });
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (touches_next(r.value)) add_row_linear<true>(b, r, tau[r], v, h);
    });
    pull_back_linear(b, v, h);
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (!touches_next(r.value)) add_row_linear<false>(b, r, tau[r], v, h);
    });
    unroll<nu>([&](auto c) BESS_LAMBDA {
      set(b, at.feed + c, get(b, at.inverse + c) * h[c]);
      unroll<nv - 1 - c.value>([&](auto d)
                                   BESS_LAMBDA { h[c.value + 1 + d.value] -= get(b, at.gain + gain_offset(p, c.value) + d.value) * h[c]; });
    });
    unroll<nx>([&](auto i) BESS_LAMBDA { v.m[i] = h[nu + i]; });
  }

  // ---- stage: forward ---------------------------------------------------------------------------------------------------------
  template <bool affine>
  static BESS_INLINE void stage_forward(double* b, const Scalars& s, Real* dx, Tally& tally) {
    Real d[nv];
    unroll<nx>([&](auto i) BESS_LAMBDA { d[nu + i] = dx[i]; });
    unroll<nu>([&](auto reverse) BESS_LAMBDA {
      constexpr int c = nu - 1 - reverse.value;
      Real sum = get(b, at.feed + c);
#pragma GCC unroll 20
      for (int i = c + 1; i < nv; ++i) sum += get(b, at.gain + gain_offset(p, c) + i - c - 1) * d[i];
      d[c] = -sum;
      if constexpr (!affine) set(b, at.control_step + c, d[c]);
    });
    Real next[nx];
    unroll<nx>([&](auto i) BESS_LAMBDA {
      constexpr const Row& row = p.transition[static_cast<std::size_t>(i.value)];
      next[i] = Real(0.0);
      unroll<row.size>([&](auto t) BESS_LAMBDA {
        constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
        next[i] += times<List::transition, i.value, t.value>(b, d[var(term.block, term.index)]);
      });
    });
    unroll<nr>([&](auto r) BESS_LAMBDA {
      constexpr const Row& row = p.row[static_cast<std::size_t>(r.value)];
      Real g_delta(0.0);
      unroll<row.size>([&](auto t) BESS_LAMBDA {
        constexpr const Term& term = row.terms[static_cast<std::size_t>(t.value)];
        if constexpr (term.block == Block::next)
          g_delta += times<List::row, r.value, t.value>(b, next[term.index]);
        else
          g_delta += times<List::row, r.value, t.value>(b, d[var(term.block, term.index)]);
      });
      if constexpr (equal(r.value))
        account_equal<affine>(b, s, g_delta, at.z + r, at.dy + r, at.dz + r, at.rho + r, s.equality, tally);
      else
        account<affine>(b, s, g_delta, at.y + r, at.z + r, at.dy + r, at.dz + r, at.rho + r, tally);
    });
    unroll<nx>([&](auto i) BESS_LAMBDA { dx[i] = next[i]; });
  }

  // ---- the four sweeps ----------------------------------------------------------------------------------------------------------
  static void factor(Sweep& sweep) {
    const Scalars s(sweep);
    Value v;
    final_factor(sweep.final, s, v);
    for (int k = sweep.stages - 1; k >= 0; --k) {
      stage_factor(sweep.stage + static_cast<std::ptrdiff_t>(k) * (at.size * lanes), s, v);
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_factor(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, v);
    }
  }
  static void correct(Sweep& sweep) {
    const Scalars s(sweep);
    Value v;
    final_correct(sweep.final, s, v);
    for (int k = sweep.stages - 1; k >= 0; --k) {
      stage_correct(sweep.stage + static_cast<std::ptrdiff_t>(k) * (at.size * lanes), s, v);
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_correct(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, v);
    }
  }
  template <bool affine>
  static BESS_INLINE void forward(Sweep& sweep) {
    const Scalars s(sweep);
    Tally tally;
    Real dx[nx];
    for (Real& d : dx) d = Real(0.0);
    for (int k = 0; k < sweep.stages; ++k) {
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_forward<affine>(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, dx, tally);
      stage_forward<affine>(sweep.stage + static_cast<std::ptrdiff_t>(k) * (at.size * lanes), s, dx, tally);
    }
    final_forward<affine>(sweep.final, s, dx, tally);
    tally.put(sweep);
  }
  static void predict(Sweep& sweep) { forward<true>(sweep); }
  static void step(Sweep& sweep) { forward<false>(sweep); }

  static constexpr Kernel kernel(const char* name) { return {name, &Shape::pattern, lanes, &factor, &predict, &correct, &step}; }
};

}  // namespace bess::lp::BESS_KERNEL_NAMESPACE
