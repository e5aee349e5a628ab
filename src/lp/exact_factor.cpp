// The factorising sweep without cancellation, for problems on which the fast one loses too many digits.
//
// The fast sweep adds up H = Σ w g gᵀ and subtracts Schur complements; where a row with a weight of 1e10 ties two variables
// that are both strictly inside their bounds, what is left after the subtraction is noise. Here H is never formed: it stays a
// list of weighted rows, and eliminating a variable merges all rows that hold it, two at a time, by a square-root-free plane
// rotation (Gentleman 1973). For rows (1, p) of weight w₁ and (b, q) of weight w₂, with D = w₁ + b² w₂:
//
//   pivot row  (1, (w₁ p + w₂ b q)/D)  of weight D,      other row  (0, q − b p)  of weight w₁ w₂/D
//
// Weights are products and quotients of positive numbers, so that small ones keep their digits beside large ones. The gains
// land in the same records as those of the fast sweep; the other three sweeps do not know the difference.

#include <algorithm>
#include <array>
#include <cmath>

#include "lp/interior_layout.h"
#include "lp/terms.h"

namespace bess::lp {

namespace {

constexpr int max_v = max_states + max_controls;
std::size_t n(int i) { return static_cast<std::size_t>(i); }

struct WeightedRow {
  double weight{0.0};
  std::array<double, max_v> g{};
};

/// Rows of a quadratic Σ w (g·v)².
struct RowList {
  std::array<WeightedRow, max_rows + 2 * max_v> row{};
  std::size_t count{0};
  WeightedRow& add(double weight) {
    WeightedRow& r = row[count++];
    r.weight = weight;
    r.g.fill(0.0);
    return r;
  }
  /// The rows of another list, and no more of its room.
  void take(const RowList& other) {
    std::copy_n(other.row.begin(), other.count, row.begin());
    count = other.count;
  }
};

class ExactFactor {
 public:
  explicit ExactFactor(Sweep& sweep)
      : s_(sweep),
        p_(*sweep.pattern),
        at_(stage_layout(p_)),
        co_(coefficient_layout(p_)),
        en_(entry_layout(p_)),
        fi_(final_layout(p_)),
        nx_(n(p_.states)),
        nu_(n(p_.controls)),
        nv_(nx_ + nu_) {}

  void run() {
    final_rows();
    for (int k = s_.stages - 1; k >= 0; --k) {
      stage(s_.stage + n(k) * n(at_.size), s_.coefficients(k));
      if (s_.entry_of_stage[k] >= 0) entry(s_.entry + n(s_.entry_of_stage[k]) * n(en_.size));
    }
  }

 private:
  struct Weight {
    double w, tau;
  };
  Weight inequality(double* b, int y, int z, int dy, int dz, int rho) const {
    b[y] += s_.step_primal[0] * b[dy];
    b[z] += s_.step_dual[0] * b[dz];
    b[rho] -= s_.step_primal[0] * (b[rho] + s_.proximal.multiplier * b[dz]);
    b[dz] = 1.0 / (b[y] + s_.proximal.multiplier * b[z]);
    const double w = b[z] * b[dz];
    return {w, w * (s_.proximal.multiplier * b[z] - b[rho])};
  }
  Weight equality(double* b, int z, int dy, int dz, int rho, double weight) const {
    b[rho] += s_.step_primal[0] * (b[dy] - b[rho]);
    b[z] += s_.step_dual[0] * b[dz];
    return {weight, b[z] - weight * b[rho]};
  }

  void final_rows() {
    double* f = s_.final;
    value_.count = 0;
    for (int i = 0; i < p_.states; ++i) {
      const Weight low = inequality(f, fi_.low_y + i, fi_.low_z + i, fi_.low_dy + i, fi_.low_dz + i, fi_.low_rho + i);
      const Weight high = inequality(f, fi_.high_y + i, fi_.high_z + i, fi_.high_dy + i, fi_.high_dz + i, fi_.high_rho + i);
      const Weight pin = equality(f, fi_.pin_z + i, fi_.pin_dy + i, fi_.pin_dz + i, fi_.pin_rho + i, f[fi_.pin + i]);
      value_.add(low.w + high.w + pin.w).g[n(i)] = 1.0;
      m_[n(i)] = f[fi_.cost + i] - low.tau + high.tau - pin.tau;
    }
  }

  /// Merges every row that holds v_c into one, which leaves the list. Returns its weight; its entries go to `gain`.
  static double eliminate(RowList& list, std::size_t c, std::size_t size, std::array<double, max_v>& gain) {
    std::size_t pivot = 0;
    double largest = -1.0;
    for (std::size_t r = 0; r < list.count; ++r) {
      const double held = list.row[r].weight * list.row[r].g[c] * list.row[r].g[c];
      if (held > largest) {
        largest = held;
        pivot = r;
      }
    }
    WeightedRow p = list.row[pivot];
    list.row[pivot] = list.row[--list.count];
    const double lead = p.g[c];
    for (std::size_t j = 0; j < size; ++j) p.g[j] /= lead;
    p.weight *= lead * lead;
    for (std::size_t r = 0; r < list.count; ++r) {
      WeightedRow& q = list.row[r];
      const double b = q.g[c];
      if (b == 0.0 || q.weight == 0.0) continue;
      const double d = p.weight + b * b * q.weight;
      const double first = p.weight / d;
      const double second = b * q.weight / d;
      for (std::size_t j = 0; j < size; ++j) {
        const double from_p = p.g[j];
        p.g[j] = first * from_p + second * q.g[j];
        q.g[j] -= b * from_p;
      }
      p.g[c] = 1.0;
      q.g[c] = 0.0;
      q.weight *= first;
      p.weight = d;
    }
    gain = p.g;
    return p.weight;
  }
  static void drop_column(RowList& list, std::size_t c) {
    for (std::size_t r = 0; r < list.count; ++r) list.row[r].g[c] = 0.0;
  }
  /// Rows over the first `size` variables → as many triangular rows.
  static void compress(RowList& list, std::size_t size, RowList& out) {
    out.count = 0;
    for (std::size_t c = 0; c < size; ++c) {
      list.add(pivot_floor).g[c] = 1.0;
      std::array<double, max_v> gain{};
      const double weight = eliminate(list, c, size, gain);
      out.add(weight).g = gain;
    }
  }

  void stage(double* b, const double* coefficient) {
    std::array<std::array<double, max_v>, max_states> a{};
    const double* c = coefficient + co_.transition;
    auto place = [&](const Term& t) -> std::size_t { return t.block == Block::control ? t.index : nu_ + t.index; };
    for (std::size_t i = 0; i < nx_; ++i) c = for_each_term(p_.transition[i], c, [&](const Term& t, double v) { a[i][place(t)] += v; });
    list_.count = 0;
    std::array<double, max_v> h{};
    for (int i = 0; i < p_.controls; ++i) {
      b[at_.control + i] += s_.step_primal[0] * b[at_.control_step + i];
      h[n(i)] = b[at_.control_cost + i];
    }
    for (int i = 0; i < p_.states; ++i) h[nu_ + n(i)] = b[at_.state_cost + i];
    for (std::size_t i = 0; i < nx_; ++i) {
      for (std::size_t j = 0; j < nv_; ++j) h[j] += a[i][j] * m_[i];
    }
    for (std::size_t r = 0; r < value_.count; ++r) {
      WeightedRow& added = list_.add(value_.row[r].weight);
      for (std::size_t i = 0; i < nx_; ++i) {
        for (std::size_t j = 0; j < nv_; ++j) added.g[j] += value_.row[r].g[i] * a[i][j];
      }
    }
    c = coefficient + co_.row;
    for (int r = 0; r < p_.rows; ++r) {
      const Row& row = p_.row[n(r)];
      const Weight w = row.kind == RowKind::equal ? equality(b, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r, s_.proximal.equality_weight)
                                                  : inequality(b, at_.y + r, at_.z + r, at_.dy + r, at_.dz + r, at_.rho + r);
      WeightedRow& added = list_.add(w.w);
      c = for_each_term(row, c, [&](const Term& t, double v) {
        if (t.block != Block::next) {
          added.g[place(t)] += v;
          return;
        }
        for (std::size_t j = 0; j < nv_; ++j) added.g[j] += v * a[t.index][j];
      });
      for (std::size_t j = 0; j < nv_; ++j) h[j] -= w.tau * added.g[j];
    }
    for (int u = 0; u < p_.controls; ++u) {
      const std::size_t i = n(u);
      double* gain = b + at_.gain + gain_offset(p_, u);
      std::array<double, max_v> row{};
      double inverse = 0.0;
      if (coefficient[co_.control_free + u] != 0.0) {
        list_.add(pivot_floor).g[i] = 1.0;
        inverse = 1.0 / eliminate(list_, i, nv_, row);
      } else {
        drop_column(list_, i);
      }
      b[at_.inverse + u] = inverse;
      b[at_.feed + u] = inverse * h[i];
      for (std::size_t j = i + 1; j < nv_; ++j) {
        gain[j - i - 1] = row[j];
        h[j] -= row[j] * h[i];
      }
    }
    for (std::size_t r = 0; r < list_.count; ++r) {
      for (std::size_t i = 0; i < nx_; ++i) list_.row[r].g[i] = list_.row[r].g[nu_ + i];
    }
    for (std::size_t i = 0; i < nx_; ++i) m_[i] = h[nu_ + i];
    compress(list_, nx_, value_);
  }

  void entry(double* e) {
    const double* c = e + en_.row;
    for (int r = 0; r < p_.entry_rows; ++r) {
      const Weight w = inequality(e, en_.y + r, en_.z + r, en_.dy + r, en_.dz + r, en_.rho + r);
      WeightedRow& added = value_.add(w.w);
      c = for_each_term(p_.entry_row[n(r)], c, [&](const Term& t, double v) { added.g[t.index] += v; });
      for (std::size_t j = 0; j < nx_; ++j) m_[j] -= w.tau * added.g[j];
    }
    for (int i = 0; i < p_.states; ++i) {
      const std::size_t x = n(i);
      e[en_.value + i] += s_.step_primal[0] * e[en_.step + i];
      std::array<double, max_v> row{};
      double inverse = 0.0;
      if (e[en_.free + i] != 0.0) {
        value_.add(pivot_floor).g[x] = 1.0;
        inverse = 1.0 / eliminate(value_, x, nx_, row);
        row[x] = 0.0;
      } else if (e[en_.keep + i] == 0.0) {
        drop_column(value_, x);
      }
      e[en_.inverse + i] = inverse;
      e[en_.feed + i] = inverse * m_[x];
      for (std::size_t j = 0; j < nx_; ++j) {
        e[n(en_.gain) + x * nx_ + j] = row[j];
        m_[j] -= row[j] * m_[x];
      }
      m_[x] *= e[en_.keep + i];
    }
    list_.take(value_);
    compress(list_, nx_, value_);
  }

  Sweep& s_;
  const Pattern& p_;
  StageLayout at_;
  CoefficientLayout co_;
  EntryLayout en_;
  FinalLayout fi_;
  std::size_t nx_, nu_, nv_;
  RowList value_;  ///< of the stage after (x⁺), then of this one (x)
  RowList list_;
  std::array<double, max_v> m_{};
};

}  // namespace

void factor_exactly(Sweep& sweep) { ExactFactor(sweep).run(); }

}  // namespace bess::lp
