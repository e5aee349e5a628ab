// Every row of every dispatch shape, read back from the lowered general LP and compared with its equation written out here.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "lp/general_lp.h"
#include "unit/lp/random_lp.h"

namespace bess::test {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// One stage of a shape at a random point, with every column of the lowered LP at its value.
class Stage {
 public:
  Stage(const dispatch::Features& features, std::uint64_t seed) : l_(dispatch::make_shape(features).at) {
    RandomStream random(seed, "lowering");
    RandomLpOptions options;
    options.stages = 1;
    options.degenerate = false;
    problem = random_dispatch_lp(features, random, options);
    for (double& v : problem.row_coefficient) v = v == 0.0 ? 0.0 : v * random.uniform(0.9, 1.1);
    std::fill(problem.row_active.begin(), problem.row_active.end(), std::uint8_t{1});
    lowered = lp::lower(problem);
    value.resize(at(lowered.lp.columns));
    for (double& v : value) v = random.uniform(0.1, 3.0);
    for (std::size_t i = 0; i < problem.transition_constant.size(); ++i) settle_next(static_cast<int>(i));
  }
  [[nodiscard]] double control(int c) const { return c < 0 ? 0.0 : read(lowered.control[at(c)]); }
  [[nodiscard]] double state(int i) const { return i < 0 ? 0.0 : read(lowered.state[at(i)]); }
  [[nodiscard]] double next(int i) const { return i < 0 ? 0.0 : read(lowered.next[at(i)]); }
  [[nodiscard]] double stored(int row, int i) const { return problem.row_coefficient[at(problem.pattern.row_offset(row) + i)]; }
  [[nodiscard]] double entry_stored(int row, int i) const {
    return problem.entry_row_coefficient[at(problem.pattern.entry_row_offset(row) + i)];
  }

  /// Row value minus right side, read from the lowered LP; NaN when a tighter bound took its place.
  [[nodiscard]] double slack(lp::RowPlace::Kind kind, int r) const {
    const int row = (kind == lp::RowPlace::Kind::row ? lowered.row : lowered.entry_row)[at(r)];
    if (row >= 0) return activity(row) - lowered.lp.row_low[at(row)];
    for (std::size_t j = 0; j < value.size(); ++j) {
      const lp::RowPlace& low = lowered.low_owner[j];
      const lp::RowPlace& high = lowered.high_owner[j];
      if (low.kind == kind && low.position == r) return low.coefficient * (value[j] - lowered.lp.column_low[j]);
      if (high.kind == kind && high.position == r) return high.coefficient * (value[j] - lowered.lp.column_high[j]);
    }
    return std::nan("");
  }

  lp::StagedLp problem;
  lp::Lowered lowered;
  std::vector<double> value;

 private:
  [[nodiscard]] double read(const lp::AffineColumn& c) const { return c.offset + (c.column >= 0 ? value[at(c.column)] : 0.0); }
  [[nodiscard]] double activity(int row) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < value.size(); ++j) {
      for (int e = lowered.lp.start[j]; e < lowered.lp.start[j + 1]; ++e) {
        if (lowered.lp.index[at(e)] == row) sum += lowered.lp.value[at(e)] * value[j];
      }
    }
    return sum;
  }
  /// Gives x⁺ the value that its transition row demands.
  void settle_next(int i) {
    const int row = lowered.transition[at(i)];
    if (row < 0) return;
    double& v = value[at(lowered.next[at(i)].column)];
    v -= activity(row) - lowered.lp.row_low[at(row)];
  }
  dispatch::Layout l_;
};

using Equations = std::map<int, double>;  // row → value of its left side

Equations rows_by_hand(const Stage& s, const dispatch::Features& f, const dispatch::Layout& l) {
  const double g = s.control(l.battery.charge), d = s.control(l.battery.discharge), v = s.control(l.generation.self_charge),
               u = s.control(l.generation.curtailed), gi = s.control(l.meter.import_power);
  const double sold = s.control(l.positions.sold), bought = s.control(l.positions.bought), bc = s.control(l.caps.buy.part),
               sc = s.control(l.caps.sell.part);
  const double up = s.state(l.reserves.held[Product::afrr_up]), dn = s.state(l.reserves.held[Product::afrr_down]),
               fcr = s.state(l.reserves.held[Product::fcr]);
  const bool fcr_only = f.reserves == dispatch::fcr_alone;
  const double net = d - g - v - u;
  Equations e{{l.battery.row_charge, g}, {l.battery.row_discharge, d}, {l.generation.row_self_charge, v}, {l.generation.row_curtailed, u},
              {l.meter.row_import, gi},  {l.positions.row_sold, sold}, {l.positions.row_bought, bought}};
  double shared = -g - v - d;
  if (!f.reserves.any() || f.connection) {
    shared = s.stored(l.battery.row_shared, 0) * g + s.stored(l.battery.row_shared, f.generation ? 2 : 1) * d;
    if (f.generation) shared += s.stored(l.battery.row_shared, 1) * v;
  }
  e[l.battery.row_shared] = shared;
  e[l.generation.row_available] = -v - u;
  auto reserve = [&](int row, int i, double amount) { return row >= 0 && f.reserves.any() ? s.stored(row, i) * amount : 0.0; };
  e[l.reserves.row_discharge_power] = -d - up + reserve(l.reserves.row_discharge_power, 0, fcr);
  e[l.reserves.row_charge_power] = -g - v - dn + reserve(l.reserves.row_charge_power, 0, fcr);
  e[l.connection.row_export] = -net - up + reserve(l.connection.row_export, 0, fcr);
  e[l.connection.row_import] = net - dn + reserve(l.connection.row_import, 0, fcr);
  e[l.battery.row_energy_low] = s.next(l.battery.energy) + reserve(l.battery.row_energy_low, 0, fcr_only ? fcr : up);
  e[l.battery.row_energy_high] = -s.next(l.battery.energy) + reserve(l.battery.row_energy_high, 0, fcr_only ? fcr : dn);
  if (!fcr_only) {
    e[l.battery.row_energy_low] += reserve(l.battery.row_energy_low, 1, fcr);
    e[l.battery.row_energy_high] += reserve(l.battery.row_energy_high, 1, fcr);
  }
  e[l.meter.row_net] = gi + net;
  e[l.cycles.row_budget] = -s.next(l.cycles.cycled);
  e[l.ramp.row_down] = d - g - v - s.state(l.ramp.before);
  e[l.ramp.row_up] = -(d - g - v) + s.state(l.ramp.before);
  e[l.meter.row_peak] = s.state(l.meter.peak) - gi;
  e[l.caps.buy.row_low] = bc;
  e[l.caps.buy.row_cap] = -bc;
  e[l.caps.buy.row_whole] = g - bc;
  e[l.caps.sell.row_low] = sc;
  e[l.caps.sell.row_cap] = -sc;
  e[l.caps.sell.row_whole] = d - sc;
  e[l.positions.row_imbalance] = -sold - bought;
  e[l.positions.row_low] = net - sold + bought;
  e[l.positions.row_high] = -net + sold - bought;
  e[l.positions.row_closed] = net - sold + bought - s.state(l.positions.day_ahead);
  e.erase(-1);
  return e;
}

Equations entry_rows_by_hand(const Stage& s, const dispatch::Features& f, const dispatch::Layout& l) {
  const double e0 = s.state(l.battery.energy);
  const double up = s.state(l.reserves.held[Product::afrr_up]), dn = s.state(l.reserves.held[Product::afrr_down]),
               fcr = s.state(l.reserves.held[Product::fcr]);
  const bool fcr_only = f.reserves == dispatch::fcr_alone;
  Equations e{{l.reserves.entry_not_negative[Product::afrr_up], up},    {l.reserves.entry_not_negative[Product::afrr_down], dn},
              {l.reserves.entry_not_negative[Product::fcr], fcr},       {l.reserves.entry_most[Product::afrr_up], -up},
              {l.reserves.entry_most[Product::afrr_down], -dn},         {l.reserves.entry_most[Product::fcr], -fcr},
              {l.meter.entry_peak_floor, s.state(l.meter.peak)},        {l.positions.entry_low, s.state(l.positions.day_ahead)},
              {l.positions.entry_high, -s.state(l.positions.day_ahead)}};
  if (f.reserves.any()) {
    e[l.reserves.entry_energy_low] = e0 + s.entry_stored(l.reserves.entry_energy_low, 0) * (fcr_only ? fcr : up);
    e[l.reserves.entry_energy_high] = -e0 + s.entry_stored(l.reserves.entry_energy_high, 0) * (fcr_only ? fcr : dn);
    if (!fcr_only) {
      e[l.reserves.entry_energy_low] += s.entry_stored(l.reserves.entry_energy_low, 1) * fcr;
      e[l.reserves.entry_energy_high] += s.entry_stored(l.reserves.entry_energy_high, 1) * fcr;
    }
  }
  e.erase(-1);
  return e;
}

TEST(Lowering, EveryRowOfEveryShapeReadsBackAsItsEquation) {
  int compared = 0;
  int replaced = 0;
  for (const dispatch::Features& f : all_features()) {
    const dispatch::Shape shape = dispatch::make_shape(f);
    const Stage s(f, 17);
    const Equations rows = rows_by_hand(s, f, shape.at);
    ASSERT_EQ(static_cast<int>(rows.size()), shape.pattern.rows) << describe(f);
    const Equations entries = entry_rows_by_hand(s, f, shape.at);
    ASSERT_EQ(static_cast<int>(entries.size()), shape.pattern.entry_rows) << describe(f);
    auto check = [&](lp::RowPlace::Kind kind, const Equations& list, const std::vector<double>& rhs) {
      for (const auto& [r, left] : list) {
        const double slack = s.slack(kind, r);
        if (std::isnan(slack)) {  // another bound on the same variable is tighter
          ++replaced;
          continue;
        }
        ++compared;
        EXPECT_NEAR(slack, left - rhs[at(r)], 1e-9 * (1.0 + std::abs(rhs[at(r)]))) << describe(f) << " row " << r;
      }
    };
    check(lp::RowPlace::Kind::row, rows, s.problem.row_rhs);
    check(lp::RowPlace::Kind::entry_row, entries, s.problem.entry_row_rhs);
  }
  EXPECT_GT(compared, 20 * replaced);
}

TEST(Lowering, AHandedOnStateIsOneColumn) {
  dispatch::Features f;
  f.reserves = dispatch::usual_reserves;
  RandomStream random(1, "columns");
  RandomLpOptions options;
  options.stages = 12;
  options.degenerate = false;
  lp::StagedLp problem = random_dispatch_lp(f, random, options);
  for (std::size_t i = 4; i < problem.entry.size(); ++i) problem.entry[i] = lp::Entry::inherit;
  const lp::Lowered lowered = lp::lower(problem);
  EXPECT_EQ(lowered.lp.columns, 3 + 12 * 3);  // three reserves; charge, discharge and stored energy per stage
}

TEST(Lowering, GoldenMpsOfTwoStages) {
  lp::Pattern p;
  p.states = p.controls = 1;
  p.transition[0].add(lp::Block::state, 0, 1);
  p.transition[0].add(lp::Block::control, 0);
  p.add_row().add(lp::Block::control, 0, 1);
  lp::Row& both = p.add_row();
  both.add(lp::Block::next, 0, -1);
  both.add(lp::Block::control, 0, -1);
  lp::StagedLp problem(p, 2);
  problem.transition_coefficient = {0.5, 0.25};
  problem.transition_constant = {0.0, 1.0};
  problem.control_cost = {3.0, -4.0};
  problem.row_rhs = {0.0, -2.0, 0.0, -3.0};
  problem.entry_value = {1.0, 0.0};
  problem.final_low = {0.5};
  EXPECT_EQ(lp::to_mps(lp::lower(problem).lp, "two"),
            "NAME two\nROWS\n N cost\n E r0\n G r1\n E r2\n G r3\nCOLUMNS\n v0 cost 3\n v0 r0 -0.5\n v0 r1 -1\n v1 cost 0\n v1 r0 1\n"
            " v1 r1 -1\n v1 r2 -1\n v2 cost -4\n v2 r2 -0.25\n v2 r3 -1\n v3 cost 0\n v3 r2 1\n v3 r3 -1\nRHS\n rhs r0 1\n rhs r1 -2\n"
            " rhs r2 1\n rhs r3 -3\nBOUNDS\n LO b v0 0\n FR b v1\n LO b v2 0\n LO b v3 0.5\nENDATA\n");
}

}  // namespace
}  // namespace bess::test
