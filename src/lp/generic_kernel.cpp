// The sweeps of solver form in their plain form: any pattern, dense, one lane. Specialised kernels (stage_kernel.h) are tested
// against this one. Every row is first written in terms of v = (u, x) by putting x⁺ = A x + B u (steps carry no constants):
//   g = (E + D B, F + D A),  H = Σ w g gᵀ + [B A]ᵀ M [B A],  h = (r, q) − Σ τ g + [B A]ᵀ m
// where (M, m) is the value function of the next stage; controls are eliminated in turn, what remains is (M, m) of this one.

#include <algorithm>
#include <array>
#include <cmath>

#include "lp/interior_layout.h"
#include "lp/terms.h"

namespace bess::lp {

namespace {

constexpr int max_v = max_states + max_controls;
using Vector = std::array<double, max_v>;
using Matrix = std::array<Vector, max_v>;

struct Value {
  Matrix M{};  // states × states
  Vector m{};
};

class Generic {
 public:
  explicit Generic(Sweep& sweep)
      : s_(sweep),
        p_(*sweep.pattern),
        at_(stage_layout(p_)),
        co_(coefficient_layout(p_)),
        en_(entry_layout(p_)),
        fi_(final_layout(p_)),
        nx_(n(p_.states)),
        nu_(n(p_.controls)),
        nv_(nx_ + nu_) {}

  void factor() { backward<true>(); }
  void correct() { backward<false>(); }

  template <bool affine>
  void forward() {
    Vector dx{};
    for (int k = 0; k < s_.stages; ++k) {
      if (s_.entry_of_stage[k] >= 0) entry_forward<affine>(entry_record(k), dx);
      stage_forward<affine>(stage_record(k), coefficients(k), dx);
    }
    final_forward<affine>(dx);
    s_.ratio_primal[0] = ratio_primal_;
    s_.ratio_dual[0] = ratio_dual_;
    s_.dy_z[0] = dy_z_;
    s_.y_dz[0] = y_dz_;
    s_.dy_dz[0] = dy_dz_;
    s_.slope[0] = slope_;
    s_.largest_residual[0] = residual_;
    s_.largest_drift[0] = drift_;
  }

 private:
  static std::size_t n(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] double* stage_record(int k) const { return s_.stage + n(k) * n(at_.size); }
  [[nodiscard]] const double* coefficients(int k) const { return s_.coefficients(k); }
  [[nodiscard]] double* entry_record(int k) const { return s_.entry + n(s_.entry_of_stage[k]) * n(en_.size); }
  [[nodiscard]] std::size_t place(const Term& t) const { return t.block == Block::control ? t.index : nu_ + t.index; }

  // What is as large as the largest pattern is cleared as far as this pattern goes: room for more costs nothing.
  template <class List>
  static void clear(List& list, std::size_t count, std::size_t size) {
    for (std::size_t i = 0; i < count; ++i) std::fill_n(list[i].begin(), size, 0.0);
  }

  /// [B A] into a_: transition i in terms of v.
  void read_transitions(const double* coefficient) {
    clear(a_, nx_, nv_);
    const double* c = coefficient + co_.transition;
    for (std::size_t i = 0; i < nx_; ++i) c = for_each_term(p_.transition[i], c, [&](const Term& t, double v) { a_[i][place(t)] += v; });
  }
  /// g of each row in terms of v into g_; after read_transitions().
  void read_rows(const double* coefficient) {
    clear(g_, n(p_.rows), nv_);
    const double* c = coefficient + co_.row;
    for (std::size_t r = 0; r < n(p_.rows); ++r) {
      c = for_each_term(p_.row[r], c, [&](const Term& t, double v) {
        if (t.block != Block::next) {
          g_[r][place(t)] += v;
          return;
        }
        for (std::size_t j = 0; j < nv_; ++j) g_[r][j] += v * a_[t.index][j];
      });
    }
  }
  void read_entry_rows(const double* e) {
    clear(g_, n(p_.entry_rows), nx_);
    const double* c = e + en_.row;
    for (std::size_t r = 0; r < n(p_.entry_rows); ++r) {
      c = for_each_term(p_.entry_row[r], c, [&](const Term& t, double v) { g_[r][t.index] += v; });
    }
  }

  struct Weight {
    double w, tau;
  };
  /// w = z v and τ of an inequality, v = 1/(y + δz): predictor (applies the last step first, leaves v in the dz slot) or
  /// corrector (κ in the dy slot).
  template <bool first>
  Weight inequality(double* b, int y, int z, int dy, int dz, int rho) const {
    double target = 0.0;
    if constexpr (first) {
      b[y] += s_.step_primal[0] * b[dy];
      b[z] += s_.step_dual[0] * b[dz];
      b[rho] -= s_.step_primal[0] * (b[rho] + s_.proximal.multiplier * b[dz]);
      b[dz] = 1.0 / (b[y] + s_.proximal.multiplier * b[z]);
    } else {
      target = s_.centring[0] - b[dy];
    }
    const double w = b[z] * b[dz];
    return {w, w * (s_.proximal.multiplier * b[z] - b[rho]) + target * b[dz]};
  }
  template <bool first>
  Weight equality(double* b, int z, int dy, int dz, int rho, double weight) const {
    if constexpr (first) {
      b[rho] += s_.step_primal[0] * (b[dy] - b[rho]);
      b[z] += s_.step_dual[0] * b[dz];
    }
    return {weight, b[z] - weight * b[rho]};
  }

  template <bool first>
  void backward() {
    Value v;
    final_backward<first>(v);
    for (int k = s_.stages - 1; k >= 0; --k) {
      stage_backward<first>(stage_record(k), coefficients(k), v);
      if (s_.entry_of_stage[k] >= 0) entry_backward<first>(entry_record(k), v);
    }
  }

  template <bool first>
  void final_backward(Value& v) const {
    double* f = s_.final;
    for (int i = 0; i < p_.states; ++i) {
      const Weight low = inequality<first>(f, fi_.low_y + i, fi_.low_z + i, fi_.low_dy + i, fi_.low_dz + i, fi_.low_rho + i);
      const Weight high = inequality<first>(f, fi_.high_y + i, fi_.high_z + i, fi_.high_dy + i, fi_.high_dz + i, fi_.high_rho + i);
      const Weight pin = equality<first>(f, fi_.pin_z + i, fi_.pin_dy + i, fi_.pin_dz + i, fi_.pin_rho + i, f[fi_.pin + i]);
      v.M[n(i)][n(i)] = low.w + high.w + pin.w;
      v.m[n(i)] = f[fi_.cost + i] - low.tau + high.tau - pin.tau;
    }
  }

  template <bool first>
  void stage_backward(double* b, const double* coefficient, Value& v) {
    read_transitions(coefficient);
    read_rows(coefficient);
    const Matrix& a = a_;
    const auto& g = g_;
    Matrix& H = H_;
    if constexpr (first) clear(H, nv_, nv_);
    Vector h{};
    for (std::size_t c = 0; c < nu_; ++c) {
      if constexpr (first) b[n(at_.control) + c] += s_.step_primal[0] * b[n(at_.control_step) + c];
      h[c] = b[n(at_.control_cost) + c];
    }
    for (std::size_t i = 0; i < nx_; ++i) h[nu_ + i] = b[n(at_.state_cost) + i];
    for (std::size_t i = 0; i < nv_; ++i) {
      for (std::size_t s = 0; s < nx_; ++s) {
        h[i] += a[s][i] * v.m[s];
        for (std::size_t t = 0; first && t < nx_; ++t) {
          const double half = a[s][i] * v.M[s][t];
          for (std::size_t j = 0; j < nv_; ++j) H[i][j] += half * a[t][j];
        }
      }
    }
    for (int r = 0; r < p_.rows; ++r) {
      const Weight w = p_.row[n(r)].kind == RowKind::equal
                           ? equality<first>(b, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r, s_.proximal.equality_weight)
                           : inequality<first>(b, at_.y + r, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r);
      add_row<first>(g[n(r)], nv_, w, H, h);
    }
    Vector noise{};
    for (std::size_t i = 0; first && i < nv_; ++i) noise[i] = pivot_noise * H[i][i] + pivot_floor;
    for (int c = 0; c < p_.controls; ++c) {
      const std::size_t i = n(c);
      double* gain = b + at_.gain + gain_offset(p_, c);
      if constexpr (first) {
        b[at_.inverse + c] = coefficient[co_.control_free + c] / (H[i][i] + noise[i]);
        for (std::size_t j = i + 1; j < nv_; ++j) gain[j - i - 1] = b[at_.inverse + c] * H[i][j];
        for (std::size_t j = i + 1; j < nv_; ++j) {
          for (std::size_t l = i + 1; l < nv_; ++l) H[j][l] -= gain[j - i - 1] * H[i][l];
        }
      }
      b[at_.feed + c] = b[at_.inverse + c] * h[i];
      for (std::size_t j = i + 1; j < nv_; ++j) h[j] -= gain[j - i - 1] * h[i];
    }
    for (std::size_t i = 0; i < nx_; ++i) {
      v.m[i] = h[nu_ + i];
      for (std::size_t j = 0; first && j < nx_; ++j) v.M[i][j] = H[nu_ + i][nu_ + j];
      if constexpr (first) v.M[i][i] += noise[nu_ + i];
    }
  }

  template <bool first>
  static void add_row(const Vector& g, std::size_t size, const Weight& w, Matrix& H, Vector& h) {
    for (std::size_t i = 0; i < size; ++i) {
      h[i] -= w.tau * g[i];
      for (std::size_t j = 0; first && j < size; ++j) H[i][j] += w.w * g[i] * g[j];
    }
  }

  /// Free components of x are eliminated, fixed ones dropped; the rest is handed to the stage before.
  template <bool first>
  void entry_backward(double* e, Value& v) {
    read_entry_rows(e);
    const auto& g = g_;
    for (int r = 0; r < p_.entry_rows; ++r) {
      const Weight w = inequality<first>(e, en_.y + r, en_.z + r, en_.dy + r, en_.dz + r, en_.rho + r);
      add_row<first>(g[n(r)], nx_, w, v.M, v.m);
    }
    Vector noise{};
    for (std::size_t i = 0; first && i < nx_; ++i) {
      noise[i] = pivot_noise * v.M[i][i] + pivot_floor;
      v.M[i][i] += noise[i];
    }
    for (int c = 0; c < p_.states; ++c) {
      const std::size_t i = n(c);
      double* gain = e + en_.gain + c * p_.states;
      const double keep = e[en_.keep + c];
      if constexpr (first) {
        e[en_.value + c] += s_.step_primal[0] * e[en_.step + c];
        e[en_.inverse + c] = e[en_.free + c] / (v.M[i][i] + noise[i]);
        for (std::size_t j = 0; j < nx_; ++j) gain[j] = j == i ? 0.0 : e[en_.inverse + c] * v.M[i][j];
        for (std::size_t j = 0; j < nx_; ++j) {
          for (std::size_t l = 0; l < nx_; ++l) v.M[j][l] -= l == i ? 0.0 : gain[j] * v.M[i][l];
        }
        for (std::size_t j = 0; j < nx_; ++j) {
          v.M[i][j] *= keep;
          if (j != i) v.M[j][i] *= keep;
        }
      }
      e[en_.feed + c] = e[en_.inverse + c] * v.m[i];
      for (std::size_t j = 0; j < nx_; ++j) v.m[j] -= gain[j] * v.m[i];
      v.m[i] *= keep;
    }
  }

  template <bool affine>
  void account(double* b, double g_delta, int y, int z, int dy, int dz, int rho) {
    const double target = affine ? 0.0 : s_.centring[0] - b[dy];
    const double new_dz = b[dz] * (target - b[z] * (b[y] + g_delta + b[rho]));
    const double new_dy = g_delta + b[rho] + s_.proximal.multiplier * new_dz;
    ratio_primal_ = std::max(ratio_primal_, -new_dy / b[y]);
    ratio_dual_ = std::max(ratio_dual_, -new_dz / b[z]);
    dy_z_ += new_dy * b[z];
    y_dz_ += b[y] * new_dz;
    dy_dz_ += new_dy * new_dz;
    if constexpr (affine) {
      b[dy] = new_dy * new_dz;
    } else {
      slope_ += (b[z] + new_dz) * g_delta;
      residual_ = std::max(residual_, std::abs(b[rho]));
      drift_ = std::max(drift_, std::abs(s_.proximal.multiplier * new_dz));
      b[dy] = new_dy;
      b[dz] = new_dz;
    }
  }
  template <bool affine>
  void account_equal(double* b, double g_delta, int z, int dy, int dz, int rho, double weight) {
    if constexpr (affine) return;
    b[dy] = g_delta + b[rho];
    b[dz] = -weight * b[dy];
    slope_ += (b[z] + b[dz]) * g_delta;
    if (weight == 0.0) return;
    residual_ = std::max(residual_, std::abs(b[rho]));
    drift_ = std::max(drift_, std::abs(b[dy]));
  }

  template <bool affine>
  void entry_forward(double* e, Vector& dx) {
    for (int i = 0; i < p_.states; ++i) dx[n(i)] *= e[en_.keep + i];
    for (int i = p_.states - 1; i >= 0; --i) {
      double sum = e[en_.feed + i];
      for (int j = 0; j < p_.states; ++j) sum += e[en_.gain + i * p_.states + j] * dx[n(j)];
      dx[n(i)] -= sum;
      if constexpr (!affine) e[en_.step + i] = dx[n(i)];
    }
    read_entry_rows(e);
    const auto& g = g_;
    for (int r = 0; r < p_.entry_rows; ++r) {
      double g_delta = 0.0;
      for (std::size_t j = 0; j < nx_; ++j) g_delta += g[n(r)][j] * dx[j];
      account<affine>(e, g_delta, en_.y + r, en_.z + r, en_.dy + r, en_.dz + r, en_.rho + r);
    }
  }

  template <bool affine>
  void stage_forward(double* b, const double* coefficient, Vector& dx) {
    read_transitions(coefficient);
    read_rows(coefficient);
    const Matrix& a = a_;
    const auto& g = g_;
    Vector d{};
    for (std::size_t i = 0; i < nx_; ++i) d[nu_ + i] = dx[i];
    for (int c = p_.controls - 1; c >= 0; --c) {
      double sum = b[at_.feed + c];
      const double* gain = b + at_.gain + gain_offset(p_, c);
      for (std::size_t j = n(c) + 1; j < nv_; ++j) sum += gain[j - n(c) - 1] * d[j];
      d[n(c)] = -sum;
      if constexpr (!affine) b[at_.control_step + c] = d[n(c)];
    }
    for (int r = 0; r < p_.rows; ++r) {
      double g_delta = 0.0;
      for (std::size_t j = 0; j < nv_; ++j) g_delta += g[n(r)][j] * d[j];
      if (p_.row[n(r)].kind == RowKind::equal) {
        account_equal<affine>(b, g_delta, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r, s_.proximal.equality_weight);
      } else {
        account<affine>(b, g_delta, at_.y + r, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r);
      }
    }
    for (std::size_t i = 0; i < nx_; ++i) {
      dx[i] = 0.0;
      for (std::size_t j = 0; j < nv_; ++j) dx[i] += a[i][j] * d[j];
    }
  }

  template <bool affine>
  void final_forward(const Vector& dx) {
    double* f = s_.final;
    for (int i = 0; i < p_.states; ++i) {
      account<affine>(f, dx[n(i)], fi_.low_y + i, fi_.low_z + i, fi_.low_dy + i, fi_.low_dz + i, fi_.low_rho + i);
      account<affine>(f, -dx[n(i)], fi_.high_y + i, fi_.high_z + i, fi_.high_dy + i, fi_.high_dz + i, fi_.high_rho + i);
      account_equal<affine>(f, dx[n(i)], fi_.pin_z + i, fi_.pin_dy + i, fi_.pin_dz + i, fi_.pin_rho + i, f[fi_.pin + i]);
    }
  }

  Sweep& s_;
  const Pattern& p_;
  StageLayout at_;
  CoefficientLayout co_;
  EntryLayout en_;
  FinalLayout fi_;
  std::size_t nx_, nu_, nv_;
  Matrix a_, H_;                    ///< of the stage at hand
  std::array<Vector, max_rows> g_;  ///< of the stage, or of its entry
  double ratio_primal_{0}, ratio_dual_{0}, dy_z_{0}, y_dz_{0}, dy_dz_{0}, slope_{0}, residual_{0}, drift_{0};
};

}  // namespace

const Kernel& generic_kernel() {
  static constexpr Kernel kernel{"generic",
                                 nullptr,
                                 1,
                                 [](Sweep& s) { Generic(s).factor(); },
                                 [](Sweep& s) { Generic(s).forward<true>(); },
                                 [](Sweep& s) { Generic(s).correct(); },
                                 [](Sweep& s) { Generic(s).forward<false>(); }};
  return kernel;
}

}  // namespace bess::lp
