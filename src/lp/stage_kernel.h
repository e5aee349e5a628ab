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

#include <type_traits>
#include <utility>

#include "lp/interior_layout.h"
#include "lp/lane_types.h"

namespace bess::lp::BESS_KERNEL_NAMESPACE {

/// With `linked`, the lanes are neighbouring parts of one horizon (docs/models/staged_solver.md, "Long horizons in lanes").
template <class Shape, class Real, bool linked = false>
struct StageKernel {
  static constexpr Pattern p = Shape::pattern;
  static constexpr StageLayout at = stage_layout(p, linked);
  static constexpr CoefficientLayout co = coefficient_layout(p);
  static constexpr EntryLayout en = entry_layout(p, linked);
  static constexpr FinalLayout fi = final_layout(p);
  static constexpr int nx = p.states;
  static constexpr int nu = p.controls;
  static constexpr int nr = p.rows;
  static constexpr int ne = p.entry_rows;
  static constexpr int lanes = Lane<Real>::count;

  // T is Real, or (one lane only) a pack of neighbouring slots: rows are independent, so that a scalar kernel takes several at
  // a time where only the row's own numbers are concerned.
  template <class T = Real>
  static BESS_INLINE T get(const double* base, int slot) {
    return Lane<T>::load(base + slot * lanes);
  }
  template <class T = Real>
  static BESS_INLINE void set(double* base, int slot, const T& v) {
    Lane<T>::store(base + slot * lanes, v);
  }
  template <class T>
  static BESS_INLINE T larger(const T& a, const T& b) {
    return Lane<T>::larger(a, b);
  }

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
  // By value, so that no expression carries an index check into a constant (g++ 12 fails on those under -fsanitize=undefined).
  template <List which, int r>
  static constexpr int size_of = row_of<which>(r).size;
  template <List which, int r, int t>
  static constexpr Term term_of = row_of<which>(r).terms[static_cast<std::size_t>(t)];
  template <List which>
  static constexpr int first_slot(int r) {
    if constexpr (which == List::transition)
      return co.transition + p.transition_offset(r);
    else if constexpr (which == List::row)
      return co.row + p.row_offset(r);
    else
      return en.row + p.entry_row_offset(r);
  }
  /// coefficient · v for term t of row r
  template <List which, int r, int t>
  static BESS_INLINE Real times(const double* base, const Real& v) {
    constexpr Term term = term_of<which, r, t>;
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
  static constexpr bool any_equality() {
    for (int r = 0; r < nr; ++r) {
      if (p.row[static_cast<std::size_t>(r)].kind == RowKind::equal) return true;
    }
    return false;
  }
  static_assert(!linked || !any_equality(), "idle stages of linked lanes can switch off inequalities alone");
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

  /// How the value of a part depends on λ, the price of state 0 beyond the part's end: V gains λ (lᵀx + a) + ½ λ² c.
  struct Link {
    Real l[nx];
    Real a, c;
  };
  /// 1 in the lanes that have a part after them.
  static BESS_INLINE Real with_next() {
    double one[max_lanes] = {};
    for (int i = 0; i + 1 < lanes; ++i) one[i] = 1.0;
    return Lane<Real>::load(one);
  }
  static BESS_INLINE void final_link(Link& link) {
    for (Real& e : link.l) e = Real(0.0);
    link.l[0] = with_next();
    link.a = link.c = Real(0.0);
  }
  /// The parts tied together: with Δs the step of a part's first state 0,
  ///   λ_j = M_{j+1} Δs_{j+1} + m_{j+1} + l_{j+1} λ_{j+1}   (what state 0 is worth at the start of the next part)
  ///   Δs_{j+1} = l_j Δs_j + a_j + c_j λ_j + gap_j          (where part j ends)
  /// solved backward as λ_j = P_j Δs_{j+1} + p_j, then forward. c ≤ 0 ≤ P.
  static void tie(Sweep& sweep, const Value& v, const Link& link) {
    const double* M = sweep.link_value;
    const double* l = sweep.link_through;
    const double* c = sweep.link_curvature;
    double m[lanes], a[lanes], P[lanes], p0[lanes];
    Lane<Real>::store(m, v.m[0]);
    Lane<Real>::store(a, link.a);
    for (int j = 0; j < lanes; ++j) a[j] += sweep.link_gap[j];
    double curvature = M[lanes - 1];  // of everything from the start of part j + 1 on, and its slope at Δs = 0
    double slope = m[lanes - 1];
    for (int j = lanes - 2; j >= 0; --j) {
      P[j] = curvature;
      p0[j] = slope;
      const double damped = 1.0 / (1.0 - c[j] * P[j]);
      curvature = M[j] + l[j] * l[j] * P[j] * damped;
      slope = m[j] + l[j] * (P[j] * damped * (a[j] + c[j] * p0[j]) + p0[j]);
    }
    sweep.link_step[0] = 0.0;
    for (int j = 0; j + 1 < lanes; ++j) {
      const double next = (l[j] * sweep.link_step[j] + a[j] + c[j] * p0[j]) / (1.0 - c[j] * P[j]);
      sweep.link_step[j + 1] = next;
      sweep.link_price[j] = P[j] * next + p0[j];
    }
    sweep.link_price[lanes - 1] = 0.0;
  }

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
  template <class T>
  static BESS_INLINE void refresh(double* b, const Scalars& s, int y_at, int z_at, int dy_at, int dz_at, int rho_at, T& w, T& tau) {
    const T primal(s.step_primal), delta(s.delta);
    const T dz = get<T>(b, dz_at);
    const T y = get<T>(b, y_at) + primal * get<T>(b, dy_at);
    const T z = get<T>(b, z_at) + T(s.step_dual) * dz;
    const T old = get<T>(b, rho_at);
    const T rho = old - primal * (old + delta * dz);
    const T v = 1.0 / (y + delta * z);
    set<T>(b, y_at, y);
    set<T>(b, z_at, z);
    set<T>(b, rho_at, rho);
    set<T>(b, dz_at, v);
    w = z * v;
    tau = w * (delta * z - rho);
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
  template <class T = Real>
  static BESS_INLINE T corrected_tau(const double* b, const Scalars& s, int z_at, int kappa_at, int v_at, int rho_at) {
    const T z = get<T>(b, z_at);
    return get<T>(b, v_at) * (z * (T(s.delta) * z - get<T>(b, rho_at)) + (T(s.centring) - get<T>(b, kappa_at)));
  }

  // ---- rows of a stage in blocks ------------------------------------------------------------------------------------------
  static constexpr int block_width(int r) {
    int run = 0;
    while (r + run < nr && !equal(r + run)) ++run;
    if (lanes > 1 || run < 2) return 1;
    constexpr int widest = BESS_KERNEL_ROWS;
    return run >= widest ? widest : 2;
  }
  template <int width>
  using Slots = std::conditional_t<width == 1, Real, Pack<width>>;
  /// f(first row, width) for blocks of rows that together are all of them; equalities stand alone.
  template <int r = 0, class F>
  static BESS_INLINE void row_blocks(F&& f) {
    if constexpr (r < nr) {
      constexpr int width = block_width(r);
      f(std::integral_constant<int, r>{}, std::integral_constant<int, width>{});
      row_blocks<r + width>(f);
    }
  }
  /// Row values [first, first + width) as one T, and back.
  template <class T, int width>
  static BESS_INLINE T gather(const Real* values) {
    if constexpr (width == 1)
      return values[0];
    else
      return T([&](auto i) BESS_LAMBDA { return values[i]; });
  }
  template <class T, int width>
  static BESS_INLINE void scatter(const T& v, Real* values) {
    if constexpr (width == 1)
      values[0] = v;
    else
      Lane<T>::store(values, v);
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
  static void entry_factor(double* e, const Scalars& s, Value& v, Link& link) {
    unroll<ne>([&](auto r) BESS_LAMBDA {
      Real w, tau;
      refresh(e, s, en.y + r, en.z + r, en.dy + r, en.dz + r, en.rho + r, w, tau);
      unroll<size_of<List::entry, r.value>>([&](auto i) BESS_LAMBDA {
        constexpr int a = term_of<List::entry, r.value, i.value>.index;
        const Real wg = times<List::entry, r.value, i.value>(e, w);
        v.m[a] -= times<List::entry, r.value, i.value>(e, tau);
        unroll<size_of<List::entry, r.value> - i.value>([&](auto d) BESS_LAMBDA {
          constexpr int j = i.value + d.value;
          v.M[mplace(a, term_of<List::entry, r.value, j>.index)] += times<List::entry, r.value, j>(e, wg);
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
      if constexpr (linked) {
        const Real share = inverse * link.l[i];
        set(e, en.link + i, share);
        link.a -= share * v.m[i];
        link.c -= share * link.l[i];
      }
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
        if constexpr (linked) link.l[j] -= gain[j] * link.l[i];
      }
      for (int j = 0; j < nx; ++j) v.M[mplace(i, j)] *= keep;
      v.m[i] *= keep;
      if constexpr (linked) link.l[i] *= keep;
    }
  }
  static void entry_correct(double* e, const Scalars& s, Value& v, Link& link) {
    unroll<ne>([&](auto r) BESS_LAMBDA {
      const Real tau = corrected_tau(e, s, en.z + r, en.dy + r, en.dz + r, en.rho + r);
      unroll<size_of<List::entry, r.value>>(
          [&](auto i) BESS_LAMBDA { v.m[term_of<List::entry, r.value, i.value>.index] -= times<List::entry, r.value, i.value>(e, tau); });
    });
    for (int i = 0; i < nx; ++i) {
      set(e, en.feed + i, get(e, en.inverse + i) * v.m[i]);
      if constexpr (linked) link.a -= get(e, en.link + i) * v.m[i];
      for (int j = 0; j < nx; ++j) {
        if (j != i) v.m[j] -= get(e, en.gain + i * nx + j) * v.m[i];
      }
      v.m[i] *= get(e, en.keep + i);
    }
  }

  // ---- forward bookkeeping --------------------------------------------------------------------------------------------------
  template <class T>
  struct Sums {
    T ratio_primal{0.0}, ratio_dual{0.0}, dy_z{0.0}, y_dz{0.0}, dy_dz{0.0}, slope{0.0}, residual{0.0}, drift{0.0};
    /// Takes in the sums of a block of rows (one lane).
    template <class Wide>
    BESS_INLINE void merge(const Sums<Wide>& o) {
      ratio_primal = larger(ratio_primal, std::experimental::hmax(o.ratio_primal));
      ratio_dual = larger(ratio_dual, std::experimental::hmax(o.ratio_dual));
      residual = larger(residual, std::experimental::hmax(o.residual));
      drift = larger(drift, std::experimental::hmax(o.drift));
      dy_z += std::experimental::reduce(o.dy_z);
      y_dz += std::experimental::reduce(o.y_dz);
      dy_dz += std::experimental::reduce(o.dy_dz);
      slope += std::experimental::reduce(o.slope);
    }
    BESS_INLINE void put(Sweep& s) const {
      Lane<T>::store(s.ratio_primal, ratio_primal);
      Lane<T>::store(s.ratio_dual, ratio_dual);
      Lane<T>::store(s.dy_z, dy_z);
      Lane<T>::store(s.y_dz, y_dz);
      Lane<T>::store(s.dy_dz, dy_dz);
      Lane<T>::store(s.slope, slope);
      Lane<T>::store(s.largest_residual, residual);
      Lane<T>::store(s.largest_drift, drift);
    }
  };
  /// The sums over single rows and over blocks of rows.
  struct Tally : Sums<Real> {
    Sums<Slots<lanes == 1 ? 2 : 1>> two{};
    Sums<Slots<lanes == 1 ? BESS_KERNEL_ROWS : 1>> many{};
    template <int width>
    BESS_INLINE auto& of() {
      if constexpr (width == 1)
        return static_cast<Sums<Real>&>(*this);
      else if constexpr (width == 2)
        return two;
      else
        return many;
    }
    BESS_INLINE void finish(Sweep& s) {
      if constexpr (lanes == 1) {
        this->merge(two);
        this->merge(many);
      }
      this->put(s);
    }
  };
  /// g·Δ of an inequality known: Δz = (σμ − κ − yz) v − w (g·Δ + ρ), Δy = g·Δ + ρ + δΔz, and what they do to the step
  /// length and the sums. The predictor (σ = κ = 0) leaves κ = Δy Δz in the dy slot.
  template <bool affine, class T>
  static BESS_INLINE void account(double* b, const Scalars& s, const T& g_delta, int y_at, int z_at, int dy_at, int dz_at, int rho_at,
                                  Sums<T>& tally) {
    const T delta(s.delta), centring(s.centring);
    const T rho = get<T>(b, rho_at);
    const T y = get<T>(b, y_at);
    const T z = get<T>(b, z_at);
    const T v = get<T>(b, dz_at);
    const T wanted = g_delta + rho;
    if constexpr (affine) {
      const T dz = -v * (z * (y + wanted));
      const T dy = wanted + delta * dz;
      const T relative = dy / y;  // Δz/z = −1 − Δy/y
      tally.ratio_primal = larger(tally.ratio_primal, -relative);
      tally.ratio_dual = larger(tally.ratio_dual, 1.0 + relative);
      const T kappa = dy * dz;
      tally.dy_z += dy * z;
      tally.dy_dz += kappa;
      set<T>(b, dy_at, kappa);
    } else {
      const T dz = v * ((centring - get<T>(b, dy_at)) - z * (y + wanted));
      const T dy = wanted + delta * dz;
      const T inverse = 1.0 / (y * z);
      const T dy_z = dy * z;
      const T y_dz = y * dz;
      tally.ratio_primal = larger(tally.ratio_primal, -dy_z * inverse);
      tally.ratio_dual = larger(tally.ratio_dual, -y_dz * inverse);
      tally.dy_z += dy_z;
      tally.y_dz += y_dz;
      tally.dy_dz += dy * dz;
      tally.slope += (z + dz) * g_delta;
      tally.residual = larger(tally.residual, Lane<T>::magnitude(rho));
      tally.drift = larger(tally.drift, Lane<T>::magnitude(delta * dz));
      set<T>(b, dy_at, dy);
      set<T>(b, dz_at, dz);
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
  static void entry_forward(double* e, const Scalars& s, Real* dx, [[maybe_unused]] const Real& price, Tally& tally) {
    for (int i = 0; i < nx; ++i) dx[i] = dx[i] * get(e, en.keep + i);
    for (int i = nx - 1; i >= 0; --i) {
      Real sum = get(e, en.feed + i);
      if constexpr (linked) sum += price * get(e, en.link + i);
      for (int j = 0; j < nx; ++j) {
        if (j != i) sum += get(e, en.gain + i * nx + j) * dx[j];
      }
      dx[i] = dx[i] - sum;
    }
    if constexpr (!affine) {
      for (int i = 0; i < nx; ++i) set(e, en.step + i, dx[i]);
    }
    unroll<ne>([&](auto r) BESS_LAMBDA {
      Real g_delta(0.0);
      unroll<size_of<List::entry, r.value>>([&](auto i) BESS_LAMBDA {
        g_delta += times<List::entry, r.value, i.value>(e, dx[term_of<List::entry, r.value, i.value>.index]);
      });
      account<affine, Real>(e, s, g_delta, en.y + r, en.z + r, en.dy + r, en.dz + r, en.rho + r, tally);
    });
  }
  template <bool affine>
  static void final_forward(double* f, const Scalars& s, const Real* dx, Tally& tally) {
    for (int i = 0; i < nx; ++i) {
      account<affine, Real>(f, s, dx[i], fi.low_y + i, fi.low_z + i, fi.low_dy + i, fi.low_dz + i, fi.low_rho + i, tally);
      account<affine, Real>(f, s, -dx[i], fi.high_y + i, fi.high_z + i, fi.high_dy + i, fi.high_dz + i, fi.high_rho + i, tally);
      account_equal<affine>(f, s, dx[i], fi.pin_z + i, fi.pin_dy + i, fi.pin_dz + i, fi.pin_rho + i, get(f, fi.pin + i), tally);
    }
  }

  // ---- stage: backward --------------------------------------------------------------------------------------------------------
  /// H and h of stage k from V_{k+1}: without the rows on (u, x).
  static BESS_INLINE void pull_back(const double* coef, const Value& v, Real* H) {
    Real MB[nx][nu];  // M B
    for (int j = 0; j < nx; ++j) {
      for (int c = 0; c < nu; ++c) MB[j][c] = Real(0.0);
    }
    unroll<nx>([&](auto i) BESS_LAMBDA {
      unroll<size_of<List::transition, i.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::transition, i.value, t.value>;
        if constexpr (term.block == Block::control) {
#pragma GCC unroll 20
          for (int j = 0; j < nx; ++j) MB[j][term.index] += times<List::transition, i.value, t.value>(coef, v.M[mplace(i.value, j)]);
        }
      });
    });
    unroll<nx>([&](auto i) BESS_LAMBDA {  // Bᵀ (M B), Aᵀ (M B), Aᵀ M A
      unroll<size_of<List::transition, i.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::transition, i.value, t.value>;
        if constexpr (term.block == Block::control) {
#pragma GCC unroll 20
          for (int c = term.index; c < nu; ++c) H[place(term.index, c)] += times<List::transition, i.value, t.value>(coef, MB[i.value][c]);
        } else {
          unroll<nu>([&](auto c)
                         BESS_LAMBDA { H[place(c, nu + term.index)] += times<List::transition, i.value, t.value>(coef, MB[i][c]); });
          unroll<nx>([&](auto j) BESS_LAMBDA {
            unroll<size_of<List::transition, j.value>>([&](auto s) BESS_LAMBDA {
              constexpr Term second = term_of<List::transition, j.value, s.value>;
              if constexpr (second.block == Block::state && second.index >= term.index) {
                const Real half = times<List::transition, i.value, t.value>(coef, v.M[mplace(i, j)]);
                H[place(nu + term.index, nu + second.index)] += times<List::transition, j.value, s.value>(coef, half);
              }
            });
          });
        }
      });
    });
  }
  static BESS_INLINE void pull_back_linear(const double* b, const double* coef, const Value& v, Real* h) {
    unroll<nu>([&](auto c) BESS_LAMBDA { h[c] = get(b, at.control_cost + c); });
    unroll<nx>([&](auto j) BESS_LAMBDA { h[nu + j] = get(b, at.state_cost + j); });
    unroll<nx>([&](auto i) BESS_LAMBDA {
      unroll<size_of<List::transition, i.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::transition, i.value, t.value>;
        h[var(term.block, term.index)] += times<List::transition, i.value, t.value>(coef, v.m[i]);
      });
    });
  }
  template <bool next>
  static BESS_INLINE void add_row_linear(const double* coef, auto r, const Real& tau, Value& v, Real* h) {
    unroll<size_of<List::row, r.value>>([&](auto t) BESS_LAMBDA {
      constexpr Term term = term_of<List::row, r.value, t.value>;
      if constexpr (next)
        v.m[term.index] -= times<List::row, r.value, t.value>(coef, tau);
      else
        h[var(term.block, term.index)] -= times<List::row, r.value, t.value>(coef, tau);
    });
  }
  template <bool next>
  static BESS_INLINE void add_row_quadratic(const double* coef, auto r, const Real& w, Value& v, Real* H) {
    unroll<size_of<List::row, r.value>>([&](auto i) BESS_LAMBDA {
      constexpr Term first = term_of<List::row, r.value, i.value>;
      const Real wg = times<List::row, r.value, i.value>(coef, w);
      unroll<size_of<List::row, r.value> - i.value>([&](auto d) BESS_LAMBDA {
        constexpr int j = i.value + d.value;
        constexpr Term second = term_of<List::row, r.value, j>;
        const Real product = times<List::row, r.value, j>(coef, wg);
        if constexpr (next)
          v.M[mplace(first.index, second.index)] += product;
        else
          H[place(var(first.block, first.index), var(second.block, second.index))] += product;
      });
    });
  }

  /// l of the stage's (u, x) from that of x⁺.
  static BESS_INLINE void pull_back_link(const double* coef, const Link& link, Real* h) {
    for (int i = 0; i < nv; ++i) h[i] = Real(0.0);
    unroll<nx>([&](auto i) BESS_LAMBDA {
      unroll<size_of<List::transition, i.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::transition, i.value, t.value>;
        h[var(term.block, term.index)] += times<List::transition, i.value, t.value>(coef, link.l[i]);
      });
    });
  }

  static BESS_INLINE void stage_factor(double* b, const double* coef, const Scalars& s, Value& v, Link& link) {
    alignas(64) Real w[nr], tau[nr];
    row_blocks([&](auto r, auto width) BESS_LAMBDA {
      if constexpr (equal(r.value)) {
        w[r] = s.equality;
        refresh_equal(b, s, at.z + r, at.dy + r, at.dz + r, at.rho + r, w[r], tau[r]);
      } else {
        using T = Slots<width.value>;
        T block_w, block_tau;
        refresh<T>(b, s, at.y + r, at.z + r, at.dy + r, at.dz + r, at.rho + r, block_w, block_tau);
        scatter<T, width.value>(block_w, w + r.value);
        scatter<T, width.value>(block_tau, tau + r.value);
      }
    });
    unroll<nu>([&](auto c) BESS_LAMBDA { set(b, at.control + c, get(b, at.control + c) + s.step_primal * get(b, at.control_step + c)); });
    Real H[nv * (nv + 1) / 2], h[nv];
    unroll<nv*(nv + 1) / 2>([&](auto i) BESS_LAMBDA { H[i] = Real(0.0); });
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (touches_next(r.value)) {
        add_row_quadratic<true>(coef, r, w[r], v, H);
        add_row_linear<true>(coef, r, tau[r], v, h);
      } else {
        add_row_quadratic<false>(coef, r, w[r], v, H);
      }
    });
    pull_back(coef, v, H);
    pull_back_linear(b, coef, v, h);
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (!touches_next(r.value)) add_row_linear<false>(coef, r, tau[r], v, h);
    });
    Real hl[nv];
    if constexpr (linked) pull_back_link(coef, link, hl);
    Real noise[nv];
    unroll<nv>([&](auto i) BESS_LAMBDA { noise[i] = pivot_noise * H[place(i, i)] + pivot_floor; });
    unroll<nu>([&](auto c) BESS_LAMBDA {
      const Real inverse = get(coef, co.control_free + c) / (H[place(c, c)] + noise[c]);
      set(b, at.inverse + c, inverse);
      set(b, at.feed + c, inverse * h[c]);
      if constexpr (linked) {
        const Real share = inverse * hl[c];
        set(b, at.link + c, share);
        link.a -= share * h[c];
        link.c -= share * hl[c];
      }
      constexpr int first = c.value + 1;
      Real gain[nv];
#pragma GCC unroll 20
      for (int i = first; i < nv; ++i) {
        gain[i] = inverse * H[place(c.value, i)];
        set(b, at.gain + gain_offset(p, c.value) + i - first, gain[i]);
        h[i] -= gain[i] * h[c];
        if constexpr (linked) hl[i] -= gain[i] * hl[c];
      }
#pragma GCC unroll 20
      for (int i = first; i < nv; ++i) {
#pragma GCC unroll 20
        for (int j = i; j < nv; ++j) H[place(i, j)] -= gain[i] * H[place(c.value, j)];
      }
    });
    unroll<nx>([&](auto i) BESS_LAMBDA {
      v.m[i] = h[nu + i];
      if constexpr (linked) link.l[i] = hl[nu + i];
      unroll<nx - i.value>([&](auto d)
                               BESS_LAMBDA { v.M[mplace(i.value, i.value + d.value)] = H[place(nu + i.value, nu + i.value + d.value)]; });
    });
  }

  static BESS_INLINE void stage_correct(double* b, const double* coef, const Scalars& s, Value& v, [[maybe_unused]] Link& link) {
    alignas(64) Real tau[nr];
    Real h[nv];
    row_blocks([&](auto r, auto width) BESS_LAMBDA {
      if constexpr (equal(r.value)) {
        tau[r] = get(b, at.z + r) - s.equality * get(b, at.rho + r);
      } else {
        using T = Slots<width.value>;
        scatter<T, width.value>(corrected_tau<T>(b, s, at.z + r, at.dy + r, at.dz + r, at.rho + r), tau + r.value);
      }
    });
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (touches_next(r.value)) add_row_linear<true>(coef, r, tau[r], v, h);
    });
    pull_back_linear(b, coef, v, h);
    unroll<nr>([&](auto r) BESS_LAMBDA {
      if constexpr (!touches_next(r.value)) add_row_linear<false>(coef, r, tau[r], v, h);
    });
    unroll<nu>([&](auto c) BESS_LAMBDA {
      set(b, at.feed + c, get(b, at.inverse + c) * h[c]);
      if constexpr (linked) link.a -= get(b, at.link + c) * h[c];
      unroll<nv - 1 - c.value>([&](auto d)
                                   BESS_LAMBDA { h[c.value + 1 + d.value] -= get(b, at.gain + gain_offset(p, c.value) + d.value) * h[c]; });
    });
    unroll<nx>([&](auto i) BESS_LAMBDA { v.m[i] = h[nu + i]; });
  }

  // ---- stage: forward ---------------------------------------------------------------------------------------------------------
  template <bool affine>
  static BESS_INLINE void stage_forward(double* b, const double* coef, const Scalars& s, Real* dx, [[maybe_unused]] const Real& price,
                                        Tally& tally) {
    Real d[nv];
    unroll<nx>([&](auto i) BESS_LAMBDA { d[nu + i] = dx[i]; });
    unroll<nu>([&](auto reverse) BESS_LAMBDA {
      constexpr int c = nu - 1 - reverse.value;
      Real sum = get(b, at.feed + c);
      if constexpr (linked) sum += price * get(b, at.link + c);
#pragma GCC unroll 20
      for (int i = c + 1; i < nv; ++i) sum += get(b, at.gain + gain_offset(p, c) + i - c - 1) * d[i];
      d[c] = -sum;
      if constexpr (!affine) set(b, at.control_step + c, d[c]);
    });
    Real next[nx];
    unroll<nx>([&](auto i) BESS_LAMBDA {
      next[i] = Real(0.0);
      unroll<size_of<List::transition, i.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::transition, i.value, t.value>;
        next[i] += times<List::transition, i.value, t.value>(coef, d[var(term.block, term.index)]);
      });
    });
    Real value[nr];  // g·Δ
    unroll<nr>([&](auto r) BESS_LAMBDA {
      value[r] = Real(0.0);
      unroll<size_of<List::row, r.value>>([&](auto t) BESS_LAMBDA {
        constexpr Term term = term_of<List::row, r.value, t.value>;
        if constexpr (term.block == Block::next) {
          value[r] += times<List::row, r.value, t.value>(coef, next[term.index]);
        } else {
          value[r] += times<List::row, r.value, t.value>(coef, d[var(term.block, term.index)]);
        }
      });
    });
    row_blocks([&](auto r, auto width) BESS_LAMBDA {
      if constexpr (equal(r.value)) {
        account_equal<affine>(b, s, value[r], at.z + r, at.dy + r, at.dz + r, at.rho + r, s.equality, tally);
      } else {
        using T = Slots<width.value>;
        account<affine, T>(b, s, gather<T, width.value>(value + r.value), at.y + r, at.z + r, at.dy + r, at.dz + r, at.rho + r,
                           tally.template of<width.value>());
      }
    });
    unroll<nx>([&](auto i) BESS_LAMBDA { dx[i] = next[i]; });
  }

  // ---- the four sweeps ----------------------------------------------------------------------------------------------------------
  static BESS_INLINE double* record(const Sweep& sweep, int k) { return sweep.stage + static_cast<std::ptrdiff_t>(k) * (at.size * lanes); }
  /// Fetches the record a few stages ahead: a long horizon does not fit the nearer caches.
  template <int direction>
  static BESS_INLINE void fetch_ahead(const Sweep& sweep, int k) {
    constexpr int stages_ahead = 4;
    constexpr int doubles_per_line = 8;
    const double* b = record(sweep, k) + static_cast<std::ptrdiff_t>(direction) * stages_ahead * (at.size * lanes);
    unroll<(at.size * lanes + doubles_per_line - 1) / doubles_per_line>(
        [&](auto line) BESS_LAMBDA { __builtin_prefetch(b + line.value * doubles_per_line, 1); });
  }
  static void factor(Sweep& sweep) {
    const Scalars s(sweep);
    Value v;
    Link link;
    final_factor(sweep.final, s, v);
    if constexpr (linked) final_link(link);
    for (int k = sweep.stages - 1; k >= 0; --k) {
      fetch_ahead<-1>(sweep, k);
      stage_factor(record(sweep, k), sweep.coefficients(k), s, v, link);
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_factor(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, v, link);
    }
    if constexpr (linked) {
      Lane<Real>::store(sweep.link_value, v.M[0]);
      Lane<Real>::store(sweep.link_through, link.l[0]);
      Lane<Real>::store(sweep.link_curvature, link.c);
      tie(sweep, v, link);
    }
  }
  static void correct(Sweep& sweep) {
    const Scalars s(sweep);
    Value v;
    Link link;
    final_correct(sweep.final, s, v);
    link.a = Real(0.0);
    for (int k = sweep.stages - 1; k >= 0; --k) {
      fetch_ahead<-1>(sweep, k);
      stage_correct(record(sweep, k), sweep.coefficients(k), s, v, link);
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_correct(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, v, link);
    }
    if constexpr (linked) tie(sweep, v, link);
  }
  template <bool affine>
  static BESS_INLINE void forward(Sweep& sweep) {
    const Scalars s(sweep);
    Tally tally;
    Real dx[nx];
    for (Real& d : dx) d = Real(0.0);
    Real price(0.0);
    if constexpr (linked) {
      dx[0] = Lane<Real>::load(sweep.link_step);
      price = Lane<Real>::load(sweep.link_price);
    }
    for (int k = 0; k < sweep.stages; ++k) {
      fetch_ahead<1>(sweep, k);
      const int entry = sweep.entry_of_stage[k];
      if (entry >= 0) entry_forward<affine>(sweep.entry + static_cast<std::ptrdiff_t>(entry) * (en.size * lanes), s, dx, price, tally);
      stage_forward<affine>(record(sweep, k), sweep.coefficients(k), s, dx, price, tally);
    }
    if constexpr (linked && !affine) Lane<Real>::store(sweep.link_end, dx[0]);
    final_forward<affine>(sweep.final, s, dx, tally);
    tally.finish(sweep);
  }
  static void predict(Sweep& sweep) { forward<true>(sweep); }
  static void step(Sweep& sweep) { forward<false>(sweep); }

  static constexpr Kernel kernel(const char* name) { return {name, &Shape::pattern, lanes, &factor, &predict, &correct, &step, linked}; }
};

}  // namespace bess::lp::BESS_KERNEL_NAMESPACE
