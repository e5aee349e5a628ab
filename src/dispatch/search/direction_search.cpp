#include "dispatch/search/direction_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>

#include "base/error.h"
#include "base/number_range.h"
#include "dispatch/search/node_passes.h"
#include "dispatch/window/limits.h"
#include "dispatch/window/money.h"
#include "dispatch/window/tolerances.h"

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

/// The pieces of one period, in order of falling δ.
struct PeriodPieces {
  std::array<LinearPiece, 6> piece{};
  std::size_t count{0};
  [[nodiscard]] const LinearPiece* begin() const { return piece.data(); }
  [[nodiscard]] const LinearPiece* end() const { return piece.data() + count; }
  void add(const LinearPiece& p) {
    BESS_ASSERT(count < piece.size());
    piece[count++] = p;
  }
};

/// The grid of one instant: evenly spaced energies over what the reserves of both neighbouring periods leave.
struct Nodes {
  double low{0}, step{0};
  int count{0};
  [[nodiscard]] double at(int i) const { return low + step * i; }
  [[nodiscard]] double high() const { return at(count - 1); }
};

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
      const LinearPiece* before = nullptr;
      for (const LinearPiece& piece : pieces_[static_cast<std::size_t>(t)]) {
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
    EnergyRange range = energy_range(w_.battery);
    if (!reserves_.empty()) {
      for (int k = std::max(0, t - 1); k <= std::min(t, w_.periods - 1); ++k)
        range.leave(w_.battery, need_[static_cast<std::size_t>(w_.block_of(k))]);
    }
    double low = range.low_mwh;
    double high = range.high_mwh;
    if (t == 0) low = high = w_.start_mwh;
    if (t == w_.periods) {
      const double target = std::clamp(w_.target_mwh, low, std::max(low, high));
      low = target;
      if (w_.pinned_end) high = target;
    }
    const double least = tolerance::single_energy * (w_.battery.energy_max_mwh - w_.battery.energy_min_mwh);
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
    const double lowest = std::max(-charge_room_mw(w_, r), -(std::max(0.0, period_.import_room_mw(t)) + q));
    const double highest = std::min(discharge_room_mw(w_, r), std::max(0.0, period_.export_room_mw(t)));
    Kinks kinks(std::min(lowest, 0.0), std::max(highest, 0.0));
    for (const double p : {lowest, 0.0, highest}) kinks.add(p);
    if (q > 0.0) {
      kinks.add(-q);
      kinks.add(period_.export_room_mw(t) - q);
    }
    if (q > 0.0 || !w_.frozen_position_mw.empty()) kinks.add(period_.frozen_mw(t) - q);
    const double dt = w_.dt_h;
    const double eta = w_.battery.one_way_efficiency;
    auto delta = [&](double p) { return p < 0.0 ? -dt * eta * p : -dt * p / eta; };
    PeriodPieces& list = pieces_[static_cast<std::size_t>(t)];
    list.count = 0;
    double previous_value = period_(t, kinks[0]);
    for (std::size_t k = 0; k + 1 < kinks.size(); ++k) {
      if (kinks[k + 1] == kinks[k]) continue;
      const double next_value = period_(t, kinks[k + 1]);
      const double from = delta(kinks[k + 1]);  // δ falls as p rises
      const double to = delta(kinks[k]);
      if (to - from > tolerance::same_energy * w_.battery.energy_max_mwh)
        list.add({from, to, next_value, (previous_value - next_value) / (to - from)});
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
  void slide(const LinearPiece& piece, int t, bool upper_is_done) {
    const Nodes& here = nodes_[static_cast<std::size_t>(t)];
    const Nodes& there = nodes_[static_cast<std::size_t>(t) + 1];
    const double* next = row(t + 1);
    double* now = row(t);
    const double same_mwh = tolerance::same_energy * w_.battery.energy_max_mwh;
    const double per_step = there.count > 1 ? 1.0 / there.step : 0.0;
    const double slack = there.count > 1 ? same_mwh * per_step : 0.0;
    tabulate_maxima(next, piece.slope * there.step, there.count);
    for (int i = 0; i < here.count; ++i) {
      const double e = here.at(i);
      const double from = e + piece.low;
      const double to = e + piece.high;
      const double constant = piece.at_low - piece.slope * from;  // r(x − e) = constant + slope x
      if (there.count == 1) {
        if (from <= there.low + same_mwh && to >= there.low - same_mwh)
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
  void slide_aligned(const LinearPiece& piece, int t) {
    const Nodes& nodes = nodes_[static_cast<std::size_t>(t)];
    slide_over_nodes(piece, nodes.step, nodes.count, row(t + 1), row(t), key_.data());
  }

  void forward(DirectionPlan& plan) {
    const double same_mwh = tolerance::same_energy * w_.battery.energy_max_mwh;
    plan.value_eur = row(0)[0];
    for (int t = 0; t < w_.periods; ++t) {
      const auto i = static_cast<std::size_t>(t);
      const double e = plan.energy_mwh[i];
      const Nodes& there = nodes_[i + 1];
      const double* next = row(t + 1);
      double best = minus_inf;
      double best_delta = 0.0;
      for (const LinearPiece& piece : pieces_[i]) {
        auto consider = [&](double delta) {
          if (e + delta < there.low - same_mwh || e + delta > there.high() + same_mwh) return;
          const double total = interpolated(next, there, e + delta) + piece.value(delta);
          if (total > best + tolerance::equal_value_eur) {
            best = total;
            best_delta = delta;
          }
        };
        consider(std::clamp(0.0, piece.low, piece.high));
        consider(piece.low);
        consider(piece.high);
        if (there.count == 1) {
          if (there.low - e >= piece.low - same_mwh && there.low - e <= piece.high + same_mwh) consider(there.low - e);
          continue;
        }
        const int from = index_within(std::ceil((e + piece.low - there.low) / there.step), 0, there.count);
        const int to = index_within(std::floor((e + piece.high - there.low) / there.step) + 1.0, 0, there.count) - 1;
        if (to < from) continue;
        const BestNode node = best_node(next + from, piece.slope * there.step, to - from + 1, key_.data());
        const double total = node.value + piece.value(there.at(from) - e);
        if (total > best + tolerance::equal_value_eur) {
          best = total;
          best_delta = there.at(from + node.node) - e;
        }
      }
      plan.energy_mwh[i + 1] = std::clamp(e + best_delta, there.low, std::max(there.low, there.high()));
      const double least = tolerance::idle * w_.battery.power_mw * w_.dt_h;
      plan.direction[i] = best_delta > least ? Allowed::charge : best_delta < -least ? Allowed::discharge : Allowed::both;
    }
    for (int t = 0; t < w_.periods; ++t) plan.value_eur += w_.dt_h * reserve_eur_per_h(w_, static_cast<std::size_t>(t), level(t));
  }

  const WindowProblem& w_;
  const std::vector<ReserveLevel>& reserves_;
  FoldedPrices folded_;
  PeriodMoney period_;
  int points_;
  std::vector<ReserveNeed> need_;  ///< by block
  std::vector<Nodes> nodes_;
  std::unique_ptr<double[]> values_;  ///< by instant and node; of a row its nodes alone are ever written
  std::vector<PeriodPieces> pieces_;
  std::vector<double> table_;  // of tabulate_maxima
  std::vector<double> key_;    // scratch
};

}  // namespace

DirectionPlan best_directions(const WindowProblem& window, const std::vector<ReserveLevel>& reserves, int grid_points) {
  return Grid(window, reserves, grid_points).run();
}

}  // namespace bess::dispatch
