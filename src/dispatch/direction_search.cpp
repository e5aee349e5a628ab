#include "dispatch/direction_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>

#include "base/error.h"
#include "base/number_range.h"

namespace bess::dispatch {

namespace {

constexpr double minus_inf = -std::numeric_limits<double>::infinity();

/// Reserves leave a part of the energy window: its grid has this many times the same part of the points, and at least so many.
constexpr double points_per_share = 1.5;
constexpr int least_points = 32;

/// x as an index in low … high; what is beyond, too large for an int or not a number stays inside.
int index_within(double x, int low, int high) {
  if (!(x > low)) return low;
  return x >= high ? high : static_cast<int>(x);
}

/// The powers of a period at which its value may bend, in rising order; each is moved into what the period can do.
class Kinks {
 public:
  Kinks(double low, double high) : low_(low), high_(high) {}
  void add(double p) {
    BESS_ASSERT(count_ < at_.size());
    const double inside = std::clamp(p, low_, high_);
    std::size_t i = count_++;
    for (; i > 0 && at_[i - 1] > inside; --i) at_[i] = at_[i - 1];
    at_[i] = inside;
  }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] double operator[](std::size_t i) const { return at_[i]; }

 private:
  double low_, high_;
  std::array<double, 6> at_{};
  std::size_t count_{0};
};

/// r(δ) = at_low + slope (δ − low) on [low, high].
struct Piece {
  double low{0}, high{0}, at_low{0}, slope{0};
  [[nodiscard]] double value(double delta) const { return at_low + slope * (delta - low); }
};

/// The pieces of one period, in order of falling δ.
struct Pieces {
  std::array<Piece, 6> piece{};
  std::size_t count{0};
  [[nodiscard]] const Piece* begin() const { return piece.data(); }
  [[nodiscard]] const Piece* end() const { return piece.data() + count; }
  void add(const Piece& p) {
    BESS_ASSERT(count < piece.size());
    piece[count++] = p;
  }
};

/// The period's money as a function of net battery power p = d − c, everything else chosen best.
class PeriodValue {
 public:
  PeriodValue(const WindowProblem& w, const FoldedPrices& folded) : w_(w), folded_(folded) {}

  [[nodiscard]] double operator()(int t, double p) const {
    const double q = w_.generation_mw(t);
    if (q <= 0.0) return value(t, p, 0.0);
    // Curtailment: none, all, up to the export limit, up to a net of zero or of the frozen position.
    double best = minus_inf;
    const double over = std::max(0.0, p + q - export_room(t));
    for (const double u : {over, q, p + q, p + q - frozen(t)}) {
      const double most = std::clamp(p + q + import_room(t), 0.0, q);  // curtailing must not exceed what may be imported instead
      const double curtailed = std::clamp(u, std::min(over, most), most);
      best = std::max(best, value(t, p, curtailed));
    }
    return best;
  }

  [[nodiscard]] double frozen(int t) const {
    return w_.frozen_position_mw.empty() ? 0.0 : w_.frozen_position_mw[static_cast<std::size_t>(t)];
  }
  [[nodiscard]] double export_room(int t) const { return w_.export_limit(t) - reserved_up_; }
  [[nodiscard]] double import_room(int t) const { return w_.import_limit(t) - reserved_down_; }
  void set_reserved(double up, double down) {
    reserved_up_ = up;
    reserved_down_ = down;
  }

 private:
  [[nodiscard]] double value(int t, double p, double u) const {
    const auto i = static_cast<std::size_t>(t);
    const double q = w_.generation_mw(t);
    const double net = p + q - u;
    const double c = std::max(0.0, -p);
    double rate = -w_.import_fee(t) * std::max(0.0, -net) - w_.export_fee(t) * std::max(0.0, net) - w_.wear_cost_eur_per_mwh * std::abs(p);
    const double subsidy = w_.generation.subsidy_eur_per_mwh.empty() ? 0.0 : w_.generation.subsidy_eur_per_mwh[i];
    rate += subsidy * (q - u);
    const auto& on_sales = w_.generation.subsidy_on_sales_eur_per_mwh;
    if (!on_sales.empty()) rate -= on_sales[i] * std::min(c, q - u);  // what charges is not sold
    if (w_.has_positions()) {
      const double open = net - frozen(t);
      if (!w_.frozen_position_mw.empty()) {
        rate += open > 0.0 ? w_.sell_price(Product::imbalance, i) * open : w_.buy_price(Product::imbalance, i) * open;
      } else {
        const Product at_margin = w_.has_intraday() ? Product::intraday : w_.has_day_ahead() ? Product::day_ahead : Product::imbalance;
        const double price = w_.sell_price(at_margin, i);
        rate += price * net;
        if (w_.has_imbalance()) {  // whatever imbalance does better at the margin
          rate += std::max(0.0, w_.sell_price(Product::imbalance, i) - price) * std::max(0.0, net) +
                  std::max(0.0, price - w_.buy_price(Product::imbalance, i)) * std::max(0.0, -net);
        }
      }
      return w_.dt_h * rate;
    }
    const double generation_price = w_.has_generation() ? w_.generation.price_eur_per_mwh[i] : 0.0;
    const double self = generation_price < folded_.buy[i] ? std::min(c, q - u) : 0.0;
    rate += generation_price * (q - u) - generation_price * self - folded_.buy[i] * (c - self) + folded_.sell[i] * std::max(0.0, p);
    return w_.dt_h * rate;
  }

  const WindowProblem& w_;
  const FoldedPrices& folded_;
  double reserved_up_{0}, reserved_down_{0};
};

/// The grid of one instant: evenly spaced energies over what the reserves of both neighbouring periods leave.
struct Nodes {
  double low{0}, step{0};
  int count{0};
  [[nodiscard]] double at(int i) const { return low + step * i; }
  [[nodiscard]] double high() const { return at(count - 1); }
};

// Plain passes over arrays, compiled twice where g++ can choose at run time: this is where the search spends its time. (clang
// builds are for lint and sanitizers, which cannot start before such a choice.)
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BESS_WIDE_CLONE __attribute__((target_clones("avx2", "default"), optimize("O3", "no-trapping-math", "no-signed-zeros")))
#else
#define BESS_WIDE_CLONE
#endif

/// now[i] = max(now[i], max over low ≤ δ ≤ high of r(δ) + next(i step + δ)) on n evenly spaced nodes. `key` is scratch of 3 n
/// numbers. The maximum over a window of L nodes is the larger of two of length 2^k, found by doubling; beyond the grid lies
/// minus infinity, so that every window is whole. The window's two ends are interpolated.
BESS_WIDE_CLONE void slide_over_nodes(const Piece& piece, double step, int n, const double* __restrict next, double* __restrict now,
                                      double* __restrict key) {
  const double beyond = n + 1.0;  // further than the grid is long is all the same
  const double from = std::clamp(piece.low / step, -beyond, beyond);
  const double to = std::clamp(piece.high / step, -beyond, beyond);
  if (!(from <= to)) return;                                  // not a number
  int first = static_cast<int>(__builtin_ceil(from - 1e-9));  // nodes i + first … i + last lie in the window of node i
  int last = static_cast<int>(__builtin_floor(to + 1e-9));
  first = first < -n ? -n : first;
  last = last > n ? n : last;
  const double per_node = piece.slope * step;
  const double constant = piece.at_low - piece.slope * piece.low;  // r(δ) = constant + slope δ
  if (last >= first) {
    const int below = first < 0 ? -first : 0;
    const int size = below + n + (last > 0 ? last : 0);
    for (int j = 0; j < below; ++j) key[j] = minus_inf;
    for (int j = 0; j < n; ++j) key[below + j] = next[j] + per_node * j;
    for (int j = below + n; j < size; ++j) key[j] = minus_inf;
    const int length = last - first + 1;
    int width = 1;
    for (; 2 * width <= length; width *= 2) {
      for (int j = 0; j < size - width; ++j) key[j] = key[j] > key[j + width] ? key[j] : key[j + width];
    }
    const double* front = key + below + first;
    const double* back = key + below + last - width + 1;
    for (int i = 0; i < n; ++i) {
      const double best = constant - per_node * i + (front[i] > back[i] ? front[i] : back[i]);
      now[i] = now[i] > best ? now[i] : best;
    }
  }
  for (int side = 0; side < 2; ++side) {
    const double x = side == 0 ? from : to;
    const int whole = static_cast<int>(__builtin_floor(x));
    const double part = x - whole;
    if (part <= 1e-9 || part >= 1.0 - 1e-9) continue;  // a node, taken above
    const double reward = constant + per_node * x;
    const int begin = whole < 0 ? -whole : 0;
    const int end = whole >= 0 ? n - 2 - whole : n - 1;
    for (int i = begin; i <= end; ++i) {
      const double value = reward + ((1.0 - part) * next[i + whole] + part * next[i + whole + 1]);
      now[i] = now[i] > value ? now[i] : value;
    }
  }
}

/// The best of value[j] + per_node j over 0 ≤ j < n, and the first j that has it. `scratch` holds n numbers.
struct BestNode {
  double value{minus_inf};
  int node{0};
};
BESS_WIDE_CLONE BestNode best_node(const double* __restrict value, double per_node, int n, double* __restrict scratch) {
  constexpr int width = 8;
  double most[width];
  for (double& m : most) m = minus_inf;
  int j = 0;
  for (; j + width <= n; j += width) {
    for (int i = 0; i < width; ++i) {
      const double x = value[j + i] + per_node * (j + i);
      scratch[j + i] = x;
      most[i] = most[i] > x ? most[i] : x;
    }
  }
  for (; j < n; ++j) {
    scratch[j] = value[j] + per_node * j;
    most[0] = most[0] > scratch[j] ? most[0] : scratch[j];
  }
  BestNode best;
  for (const double m : most) best.value = best.value > m ? best.value : m;
  while (best.node < n - 1 && scratch[best.node] != best.value) ++best.node;
  return best;
}

/// Works on one window with fixed reserves.
class Grid {
 public:
  Grid(const WindowProblem& w, const std::vector<ReserveLevel>& reserves, int points)
      : w_(w), reserves_(reserves), folded_(fold_prices(w)), period_(w, folded_), points_(std::max(3, points)) {}

  DirectionPlan run() {
    DirectionPlan plan;
    const auto n = static_cast<std::size_t>(w_.periods);
    plan.direction.assign(n, Allowed::both);
    plan.energy_mwh.assign(n + 1, w_.start_mwh);
    const double window_mwh = w_.battery.energy_max_mwh - w_.battery.energy_min_mwh;
    if (!(window_mwh >= least_number) || !(w_.battery.power_mw >= least_number)) return plan;
    values_ = std::make_unique_for_overwrite<double[]>((n + 1) * static_cast<std::size_t>(points_));
    pieces_.resize(n);
    nodes_.resize(n + 1);
    key_.resize(3 * static_cast<std::size_t>(points_) + 1);
    for (const ReserveLevel& r : reserves_) need_.push_back(reserve_need(w_.reserve_duties, w_.battery.one_way_efficiency, r));
    for (int t = 0; t <= w_.periods; ++t) make_nodes(t);
    for (int t = 0; t < w_.periods; ++t) make_pieces(t);
    finish();
    for (int t = w_.periods - 1; t >= 0; --t) {
      const Nodes& here = nodes_[static_cast<std::size_t>(t)];
      const Nodes& there = nodes_[static_cast<std::size_t>(t) + 1];
      std::fill_n(row(t), here.count, minus_inf);
      const bool aligned = here.count == there.count && here.count > 1 && here.low == there.low && here.step == there.step;
      const Piece* before = nullptr;
      for (const Piece& piece : pieces_[static_cast<std::size_t>(t)]) {
        if (aligned) {
          slide_aligned(piece, t);
        } else {
          slide(piece, t, before != nullptr && before->low == piece.high);  // where two pieces meet they are worth the same
        }
        before = &piece;
      }
    }
    forward(plan);
    return plan;
  }

 private:
  [[nodiscard]] double* row(int t) { return values_.get() + static_cast<std::size_t>(t) * static_cast<std::size_t>(points_); }
  [[nodiscard]] ReserveLevel level(int t) const {
    return reserves_.empty() ? ReserveLevel{} : reserves_[static_cast<std::size_t>(w_.block_of(t))];
  }

  /// Instant t is the end of period t − 1 and the start of period t: the reserves of both bound the energy.
  void make_nodes(int t) {
    double low = w_.battery.energy_min_mwh;
    double high = w_.battery.energy_max_mwh;
    if (!reserves_.empty()) {
      for (int k = std::max(0, t - 1); k <= std::min(t, w_.periods - 1); ++k) {
        const ReserveNeed& need = need_[static_cast<std::size_t>(w_.block_of(k))];
        low = std::max(low, w_.battery.energy_min_mwh + need.stored_above_minimum_mwh);
        high = std::min(high, w_.battery.energy_max_mwh - need.room_below_maximum_mwh);
      }
    }
    if (t == 0) low = high = w_.start_mwh;
    if (t == w_.periods) {
      const double target = std::clamp(w_.target_mwh, low, std::max(low, high));
      low = target;
      if (w_.pinned_end) high = target;
    }
    const double least = 1e-7 * (w_.battery.energy_max_mwh - w_.battery.energy_min_mwh);
    Nodes& nodes = nodes_[static_cast<std::size_t>(t)];
    if (high - low <= least) {
      nodes = {0.5 * (low + high), 0.0, 1};
    } else {
      const double share = (high - low) / (w_.battery.energy_max_mwh - w_.battery.energy_min_mwh);
      const int points =
          std::clamp(static_cast<int>(std::ceil(points_per_share * share * points_)), std::min(least_points, points_), points_);
      nodes = {low, (high - low) / (points - 1), points};
    }
  }

  void make_pieces(int t) {
    const ReserveLevel r = level(t);
    period_.set_reserved(reserved_up_mw(w_.reserve_duties, r), reserved_down_mw(w_.reserve_duties, r));
    const double q = w_.generation_mw(t);
    const double lowest = std::max(-charge_room_mw(w_, r), -(std::max(0.0, period_.import_room(t)) + q));
    const double highest = std::min(discharge_room_mw(w_, r), std::max(0.0, period_.export_room(t)));
    Kinks kinks(std::min(lowest, 0.0), std::max(highest, 0.0));
    for (const double p : {lowest, 0.0, highest}) kinks.add(p);
    if (q > 0.0) {
      kinks.add(-q);
      kinks.add(period_.export_room(t) - q);
    }
    if (q > 0.0 || !w_.frozen_position_mw.empty()) kinks.add(period_.frozen(t) - q);
    const double dt = w_.dt_h;
    const double eta = w_.battery.one_way_efficiency;
    auto delta = [&](double p) { return p < 0.0 ? -dt * eta * p : -dt * p / eta; };
    Pieces& list = pieces_[static_cast<std::size_t>(t)];
    list.count = 0;
    double previous_value = period_(t, kinks[0]);
    for (std::size_t k = 0; k + 1 < kinks.size(); ++k) {
      if (kinks[k + 1] == kinks[k]) continue;
      const double next_value = period_(t, kinks[k + 1]);
      const double from = delta(kinks[k + 1]);  // δ falls as p rises
      const double to = delta(kinks[k]);
      if (to - from > 1e-9 * w_.battery.energy_max_mwh) list.add({from, to, next_value, (previous_value - next_value) / (to - from)});
      previous_value = next_value;
    }
    if (list.count == 0) list.add({0.0, 0.0, period_(t, 0.0), 0.0});
  }

  void finish() {
    double* last = row(w_.periods);
    std::fill(last, last + nodes_[static_cast<std::size_t>(w_.periods)].count, 0.0);
  }

  /// Value at an energy, interpolated; where a node beside it cannot be reached from, the other one decides.
  static double interpolated(const double* v, const Nodes& nodes, double e) {
    if (nodes.count == 1) return v[0];
    const double x = (e - nodes.low) / nodes.step;
    const int i = index_within(x, 0, nodes.count - 2);
    return between(v[i], v[i + 1], std::clamp(x - i, 0.0, 1.0));
  }
  static double between(double a, double b, double part) {
    if (part <= 0.0) return a;
    if (part >= 1.0) return b;
    return a + part * (b - a);  // minus infinity on either side stays so
  }

  /// now[i] = max(now[i], max over low ≤ δ ≤ high of r(δ) + next(e_i + δ)): the maximum over a window of nodes from a table of
  /// maxima over 2^k nodes, the window's two ends interpolated (the upper one unless `upper_is_done`).
  void slide(const Piece& piece, int t, bool upper_is_done) {
    const Nodes& here = nodes_[static_cast<std::size_t>(t)];
    const Nodes& there = nodes_[static_cast<std::size_t>(t) + 1];
    const double* next = row(t + 1);
    double* now = row(t);
    const double tolerance = 1e-9 * w_.battery.energy_max_mwh;
    const double per_step = there.count > 1 ? 1.0 / there.step : 0.0;
    const double slack = there.count > 1 ? tolerance * per_step : 0.0;
    tabulate_maxima(next, piece.slope * there.step, there.count);
    for (int i = 0; i < here.count; ++i) {
      const double e = here.at(i);
      const double from = e + piece.low;
      const double to = e + piece.high;
      const double constant = piece.at_low - piece.slope * from;  // r(x − e) = constant + slope x
      if (there.count == 1) {
        if (from <= there.low + tolerance && to >= there.low - tolerance)
          now[i] = std::max(now[i], constant + piece.slope * there.low + next[0]);
        continue;
      }
      const double last_node = there.count - 1;
      const double x_from = (from - there.low) * per_step;
      const double x_to = (to - there.low) * per_step;
      double best = now[i];
      const double lowest = std::clamp(x_from - slack, 0.0, last_node + 1.0);
      int first = index_within(lowest, 0, there.count);
      first += first < lowest ? 1 : 0;
      const int last = index_within(x_to + slack + 1.0, 0, there.count) - 1;
      if (last >= first) {
        const int level = std::bit_width(static_cast<unsigned>(last - first + 1)) - 1;
        const double* maxima = table_.data() + static_cast<std::ptrdiff_t>(level) * points_;
        best = std::max(best, constant + piece.slope * there.low + std::max(maxima[first], maxima[last - (1 << level) + 1]));
      }
      for (int end = 0; end < (upper_is_done ? 1 : 2); ++end) {
        const double x = end == 0 ? x_from : x_to;
        if (x < -slack || x > last_node + slack) continue;
        const int j = index_within(x, 0, there.count - 2);
        const double reward = constant + piece.slope * (there.low + x * there.step);
        best = std::max(best, reward + between(next[j], next[j + 1], std::clamp(x - j, 0.0, 1.0)));
      }
      now[i] = best;
    }
  }
  /// table_[k·points + j]: the largest of value[i] + per_node i over i = j … j + 2^k − 1.
  void tabulate_maxima(const double* value, double per_node, int n) {
    const int levels = std::bit_width(static_cast<unsigned>(n));
    table_.resize(std::max(table_.size(), static_cast<std::size_t>(levels) * static_cast<std::size_t>(points_)));
    double* level = table_.data();
    for (int j = 0; j < n; ++j) level[j] = value[j] + per_node * j;
    for (int width = 1; 2 * width <= n; width *= 2) {
      double* wider = level + points_;
      for (int j = 0; j + 2 * width <= n; ++j) wider[j] = level[j] > level[j + width] ? level[j] : level[j + width];
      level = wider;
    }
  }

  /// slide() where both instants share one grid, as inside a block: windows and interpolation weights are the same for every
  /// node.
  void slide_aligned(const Piece& piece, int t) {
    const Nodes& nodes = nodes_[static_cast<std::size_t>(t)];
    slide_over_nodes(piece, nodes.step, nodes.count, row(t + 1), row(t), key_.data());
  }

  void forward(DirectionPlan& plan) {
    const double tolerance = 1e-9 * w_.battery.energy_max_mwh;
    plan.value_eur = row(0)[0];
    for (int t = 0; t < w_.periods; ++t) {
      const auto i = static_cast<std::size_t>(t);
      const double e = plan.energy_mwh[i];
      const Nodes& there = nodes_[i + 1];
      const double* next = row(t + 1);
      double best = minus_inf;
      double best_delta = 0.0;
      for (const Piece& piece : pieces_[i]) {
        auto consider = [&](double delta) {
          if (e + delta < there.low - tolerance || e + delta > there.high() + tolerance) return;
          const double total = interpolated(next, there, e + delta) + piece.value(delta);
          if (total > best + 1e-12) {
            best = total;
            best_delta = delta;
          }
        };
        consider(std::clamp(0.0, piece.low, piece.high));
        consider(piece.low);
        consider(piece.high);
        if (there.count == 1) {
          if (there.low - e >= piece.low - tolerance && there.low - e <= piece.high + tolerance) consider(there.low - e);
          continue;
        }
        const int from = index_within(std::ceil((e + piece.low - there.low) / there.step), 0, there.count);
        const int to = index_within(std::floor((e + piece.high - there.low) / there.step) + 1.0, 0, there.count) - 1;
        if (to < from) continue;
        const BestNode node = best_node(next + from, piece.slope * there.step, to - from + 1, key_.data());
        const double total = node.value + piece.value(there.at(from) - e);
        if (total > best + 1e-12) {
          best = total;
          best_delta = there.at(from + node.node) - e;
        }
      }
      plan.energy_mwh[i + 1] = std::clamp(e + best_delta, there.low, std::max(there.low, there.high()));
      const double least = 1e-6 * w_.battery.power_mw * w_.dt_h;
      plan.direction[i] = best_delta > least ? Allowed::charge : best_delta < -least ? Allowed::discharge : Allowed::both;
    }
    for (int t = 0; t < w_.periods; ++t) {
      const auto i = static_cast<std::size_t>(t);
      const ReserveLevel r = level(t);
      double held = 0.0;
      for (const Product p : reserve_products) held += w_.trades(p) ? w_.sell_price(p, i) * r[p] : 0.0;
      plan.value_eur += w_.dt_h * held;
    }
  }

  const WindowProblem& w_;
  const std::vector<ReserveLevel>& reserves_;
  FoldedPrices folded_;
  PeriodValue period_;
  int points_;
  std::vector<ReserveNeed> need_;  ///< by block
  std::vector<Nodes> nodes_;
  std::unique_ptr<double[]> values_;  ///< by instant and node; of a row its nodes alone are ever written
  std::vector<Pieces> pieces_;
  std::vector<double> table_;  // of tabulate_maxima
  std::vector<double> key_;    // scratch
};

}  // namespace

DirectionPlan best_directions(const WindowProblem& window, const std::vector<ReserveLevel>& reserves, int grid_points) {
  return Grid(window, reserves, grid_points).run();
}

}  // namespace bess::dispatch
