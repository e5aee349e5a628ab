// What must hold for every project, whatever the numbers: checked on random ones.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/random.h"
#include "base/sum.h"
#include "fixtures.h"

namespace bess::test {

namespace {

const PriceSet& sample_year() {
  static const PriceSet prices = make_sample_prices(7, 2024);
  return prices;
}

/// A project of a few weeks: the timeline is cut, so that a run takes milliseconds.
SimulationInput short_project(int days, MarketSet markets) {
  constexpr LocalDate start{std::chrono::year{2024}, std::chrono::March, std::chrono::day{20}};
  SimulationInput input = cut_to(plain_project(sample_year(), start, 1, markets), days);
  input.run.keep_series = true;
  return input;
}

SimulationInput random_project(std::uint64_t seed) {
  RandomStream random(seed, "project");
  MarketSet markets;
  do {
    for (const Market m : all_markets) {
      if (random.chance(0.5)) markets.add(m);
    }
  } while (!markets.any_energy());
  SimulationInput input = short_project(random.integer(4, 16), markets);
  BatterySpec& b = input.site.battery;
  b.power_mw = random.chance(0.05) ? 0.0 : random.uniform(0.5, 20.0);
  b.nominal_capacity_mwh = std::max(0.1, b.power_mw) * random.uniform(0.5, 6.0);
  b.min_state_of_charge = random.uniform(0.0, 0.3);
  b.max_state_of_charge = random.uniform(0.6, 1.0);
  b.round_trip_efficiency = random.uniform(0.7, 1.0);
  b.availability = random.uniform(0.8, 1.0);
  b.degradation.fade_per_cycle = random.uniform(0.0, 3e-4);
  b.degradation.fade_per_year = random.uniform(0.0, 0.2);
  b.degradation.efficiency_fade_per_cycle = random.uniform(0.0, 1e-4);
  if (random.chance(0.3)) b.ramp_mw_per_period = b.power_mw * random.uniform(0.2, 1.0);
  input.site.connection = {b.power_mw * random.uniform(0.3, 2.0), b.power_mw * random.uniform(0.3, 2.0)};
  if (random.chance(0.4)) input.site.import_fee_eur_per_mwh = {random.uniform(0.0, 20.0)};
  if (random.chance(0.2)) input.site.export_fee_eur_per_mwh = {random.uniform(0.0, 5.0)};
  if (random.chance(0.4)) {
    input.site.generation.solar_mw.assign(static_cast<std::size_t>(input.timeline->quarters), 0.0);
    const double peak = random.uniform(0.0, 15.0);
    for (std::int32_t q = 0; q < input.timeline->quarters; ++q) {
      input.site.generation.solar_mw[static_cast<std::size_t>(q)] = std::max(0.0, peak * std::sin(2.0 * 3.14159 * (q % 96 - 24) / 96.0));
    }
  }
  input.run.wear_cost_eur_per_mwh = random.chance(0.3) ? random.uniform(0.0, 10.0) : 0.0;
  input.run.max_cycles_per_day = random.chance(0.2) ? random.uniform(0.5, 2.0) : 0.0;
  input.run.execute_days = random.integer(1, 3);
  input.run.foresight_days = random.integer(input.run.execute_days, 4);
  input.run.initial_state_of_charge = random.uniform(b.min_state_of_charge, b.max_state_of_charge);
  if (random.chance(0.3)) input.run.dispatch.reserve_step_mw = 1.0;
  const double pick = random.uniform();
  input.run.strategy = pick < 0.5 ? Strategy::rolling_lp : pick < 0.75 ? Strategy::sequential_lp : Strategy::lp;
  if (random.chance(0.25)) input.run.cross_market = dispatch::CrossMarket::netted;
  if (random.chance(0.3)) input.site.peak_tariff_eur_per_mw = {random.uniform(10.0, 3000.0)};
  if (input.site.generation.any() && random.chance(0.7)) {
    SubsidyInput& subsidy = input.site.generation.solar_subsidy;
    subsidy.rate_eur_per_mwh.assign(static_cast<std::size_t>(input.timeline->quarters), random.uniform(5.0, 80.0));
    subsidy.self_charge = random.chance(0.5);
  }
  return input;
}

void expect_invariants(const SimulationInput& input, const SimulationResult& r) {
  const SeriesColumns& s = r.series;
  const std::vector<double>& afrr_up_mw = s.reserve_mw[Product::afrr_up];
  const std::vector<double>& afrr_down_mw = s.reserve_mw[Product::afrr_down];
  const std::vector<double>& fcr_mw = s.reserve_mw[Product::fcr];
  const BatterySpec& b = input.site.battery;
  const double tolerance = 1e-6 * std::max(1.0, b.power_mw + b.nominal_capacity_mwh);
  const double ramp = b.ramp_mw_per_period;
  Sum series_revenue;
  Sum cycles;
  double stored = new_battery(b, input.run.initial_state_of_charge).stored_energy_mwh;
  double previous = 0.0;
  for (std::size_t q = 0; q < static_cast<std::size_t>(r.quarters); ++q) {
    const double eta = std::sqrt(s.round_trip_efficiency[q]);
    const double capacity = b.nominal_capacity_mwh * s.state_of_health[q];
    const double power = b.power_mw * b.availability;
    const double c = s.charge_mw[q];
    const double d = s.discharge_mw[q];
    ASSERT_TRUE(std::isfinite(c) && std::isfinite(d));
    // One direction, within power and connection, reserves included.
    ASSERT_LE(std::min(c, d), tolerance) << q;
    const double f = input.run.reserve_duties[Product::fcr].power_factor;
    ASSERT_LE(d + afrr_up_mw[q] + f * fcr_mw[q], power + tolerance) << q;
    ASSERT_LE(c + afrr_down_mw[q] + f * fcr_mw[q], power + tolerance) << q;
    ASSERT_LE(s.net_export_mw[q] + afrr_up_mw[q] + f * fcr_mw[q], input.site.connection.export_limit_mw + 10 * tolerance) << q;
    ASSERT_LE(-s.net_export_mw[q] + afrr_down_mw[q] + f * fcr_mw[q], input.site.connection.import_limit_mw + 10 * tolerance) << q;
    ASSERT_NEAR(s.net_export_mw[q], d - s.grid_charge_mw[q] + s.generation_mw[q] - s.self_charge_mw[q] - s.curtailed_mw[q], tolerance);
    if (ramp > 0.0 && q > 0 && r.provenance.relaxed_windows == 0) {
      ASSERT_LE(std::abs((d - c) - previous), ramp + 10 * tolerance) << q;
    }
    previous = d - c;
    // Energy headroom at both ends (capacity changes between windows move the start by the clamp, so the start is checked
    // against the end of the quarter before only where nothing faded).
    ReserveLevel held;
    for (const Product p : reserve_products) held[p] = s.reserve_mw[p][q];
    const ReserveNeed need = reserve_need(input.run.reserve_duties, eta, held);
    const double low = capacity * b.min_state_of_charge;
    const double high = capacity * b.max_state_of_charge;
    const double end = s.stored_energy_mwh[q];
    ASSERT_GE(end, low + need.stored_above_minimum_mwh - 10 * tolerance) << q;
    ASSERT_LE(end, high - need.room_below_maximum_mwh + 10 * tolerance) << q;
    const double start = end - quarter_h * (eta * c - d / eta);
    ASSERT_GE(start, low + need.stored_above_minimum_mwh - 10 * tolerance) << q;
    ASSERT_LE(start, high - need.room_below_maximum_mwh + 10 * tolerance) << q;
    const bool updated = q > 0 && s.state_of_health[q] != s.state_of_health[q - 1];
    if (!updated) {
      ASSERT_NEAR(start, stored, 10 * tolerance) << q;
    }
    stored = end;
    for (const Market m : all_markets) series_revenue += s.revenue_eur[m].empty() ? 0.0 : s.revenue_eur[m][q];
    cycles += b.nominal_capacity_mwh > 0.0 ? quarter_h * (eta * c + d / eta) / (2.0 * b.nominal_capacity_mwh) : 0.0;
    // Positions sold are delivered at the meter.
    double position = 0.0;
    for (const Product p : energy_products) position += s.position_mw[p].empty() ? 0.0 : s.position_mw[p][q];
    ASSERT_NEAR(position, s.net_export_mw[q], 100 * tolerance) << q;
  }
  double days = 0.0;
  double efc = 0.0;
  for (const DayRecord& day : r.days) {
    for (const double eur : day.revenue_eur.values) days += eur;
    efc += day.equivalent_full_cycles;
  }
  EXPECT_NEAR(series_revenue.value(), days, 1e-6 * std::max(1.0, std::abs(days)));
  EXPECT_NEAR(cycles.value(), efc, 1e-9 * std::max(1.0, efc));
  EXPECT_NEAR(r.year.front().equivalent_full_cycles, efc, 1e-9 * std::max(1.0, efc));
  EXPECT_LT(r.provenance.energy_balance_residual_mwh, 1e-6 * std::max(1.0, b.nominal_capacity_mwh));
  EXPECT_LE(r.provenance.worst_certificate_gap, 1e-6);
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

}  // namespace

namespace {

void keep_every_invariant(std::uint64_t first_seed, std::uint64_t last_seed) {
  for (std::uint64_t seed = first_seed; seed <= last_seed; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SimulationInput input = random_project(seed);
    const SimulationResult result = simulate(input, {}, nullptr);
    expect_invariants(input, result);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

void never_beat_the_bound(std::uint64_t first_seed, std::uint64_t last_seed) {
  for (std::uint64_t seed = first_seed; seed <= last_seed; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SimulationInput input = random_project(seed);
    input.run.compare_to_bound = true;
    const SimulationResult result = simulate(input, {}, nullptr);
    const YearRecord& year = result.year.front();
    if (std::isnan(year.bound_eur)) continue;
    EXPECT_LE(year.bound_basis_eur, year.bound_eur + 1e-6 * std::max(100.0, std::abs(year.bound_eur)));
  }
}

}  // namespace

TEST(RandomProjects, KeepEveryInvariant) { keep_every_invariant(1, 24); }
// A site without battery power behind a closed connection, with sun: every row is pinned.
TEST(RandomProjects, NothingCanHappen) { keep_every_invariant(42, 42); }
// Sequential trade with a ramp limit where sold reserve takes all the power: the quarter before must slow down.
TEST(RandomProjects, RampBesideFullReserves) { keep_every_invariant(37, 37); }
// A ramp limit and a year as one window: a piece cannot meet its pinned end with one direction.
TEST(RandomProjects, PieceThatCannotMeetItsEnd) { keep_every_invariant(78, 78); }
// A ramp limit and hourly positions: after a full discharge no constant hour is left in the battery.
TEST(RandomProjects, HourlyPositionAgainstTheRamp) { keep_every_invariant(97, 97); }
// A ramp limit, three days at a time: only fixing one period after the other finds a plan.
TEST(RandomProjects, OnlyTheCarefulSearchFindsAPlan) { keep_every_invariant(127, 127); }
// A ramp limit in a long window: pieces that no single direction can finish from where the one before left the battery.
TEST(RandomProjects, PieceThatMustBeginEarlier) { keep_every_invariant(202, 202); }
TEST(SlowRandomProjects, KeepEveryInvariant) { keep_every_invariant(25, 400); }
TEST(RandomProjects, NeverBeatTheBound) { never_beat_the_bound(101, 110); }
TEST(SlowRandomProjects, NeverBeatTheBound) { never_beat_the_bound(111, 300); }

// Changing prices after a window changes no earlier decision.
TEST(Simulation, DoesNotLookAhead) {
  for (const Strategy strategy : {Strategy::rolling_lp, Strategy::sequential_lp}) {
    SimulationInput input = short_project(9, markets_of({Market::day_ahead, Market::intraday, Market::fcr}));
    input.run.strategy = strategy;
    const SimulationResult before = simulate(input, {}, nullptr);
    const std::int32_t changed_from = input.timeline->days[6].first_quarter;  // the third window of 3 days
    for (const PriceColumn c : {PriceColumn::day_ahead, PriceColumn::intraday, PriceColumn::fcr}) {
      auto values = std::make_shared<std::vector<double>>(input.prices.values(c).begin(), input.prices.values(c).end());
      for (std::int32_t q = changed_from; q < input.timeline->quarters; ++q) {
        double& price = (*values)[static_cast<std::size_t>(input.timeline->source[static_cast<std::size_t>(q)])];
        price = 500.0 - 3.0 * price;
      }
      input.prices.column[static_cast<std::size_t>(c)] = values;
    }
    const SimulationResult after = simulate(input, {}, nullptr);
    for (std::size_t q = 0; q < static_cast<std::size_t>(changed_from); ++q) {
      ASSERT_EQ(before.series.charge_mw[q], after.series.charge_mw[q]);
      ASSERT_EQ(before.series.discharge_mw[q], after.series.discharge_mw[q]);
      ASSERT_EQ(before.series.reserve_mw[Product::fcr][q], after.series.reserve_mw[Product::fcr][q]);
    }
    EXPECT_FALSE(same_bytes(before.series.discharge_mw, after.series.discharge_mw));
  }
}

TEST(Simulation, SameBytesWhateverTheWorkers) {
  for (const bool parallel : {false, true}) {
    SimulationInput input = plain_project(sample_year(), LocalDate{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}}, 3,
                                          markets_of({Market::day_ahead}));
    input.site.battery.degradation = {};
    input.run.parallel_years = parallel;
    input.run.keep_series = true;
    input.run.workers = 1;
    const SimulationResult one = simulate(input, {}, nullptr);
    input.run.workers = 2;
    const SimulationResult two = simulate(input, {}, nullptr);
    EXPECT_TRUE(same_bytes(one.series.stored_energy_mwh, two.series.stored_energy_mwh));
    EXPECT_TRUE(same_bytes(one.series.revenue_eur[Market::day_ahead], two.series.revenue_eur[Market::day_ahead]));
    EXPECT_EQ(one.final_state, two.final_state);
  }
}

TEST(Simulation, ScalingPricesScalesTheRevenue) {
  SimulationInput input = short_project(6, markets_of({Market::day_ahead, Market::fcr}));
  const double once = total_revenue(simulate(input, {}, nullptr));
  for (const PriceColumn c : {PriceColumn::day_ahead, PriceColumn::fcr}) {
    auto values = std::make_shared<std::vector<double>>(input.prices.values(c).begin(), input.prices.values(c).end());
    for (double& v : *values) v *= 3.0;
    input.prices.column[static_cast<std::size_t>(c)] = values;
  }
  EXPECT_NEAR(total_revenue(simulate(input, {}, nullptr)), 3.0 * once, 1e-5 * std::abs(once));
}

TEST(Simulation, FlatPriceWithoutLossesEarnsNothing) {
  SimulationInput input = short_project(4, markets_of({Market::day_ahead}));
  input.site.battery.round_trip_efficiency = 1.0;
  input.run.initial_state_of_charge = input.site.battery.min_state_of_charge;
  input.run.terminal = TerminalRule::none;
  input.prices.column[0] = std::make_shared<std::vector<double>>(static_cast<std::size_t>(input.prices.quarters), 50.0);
  EXPECT_NEAR(total_revenue(simulate(input, {}, nullptr)), 0.0, 1e-6);
}

TEST(Simulation, CancelsBetweenWindows) {
  SimulationInput input = short_project(12, markets_of({Market::day_ahead}));
  CancellationToken token;
  std::size_t windows = 0;
  EXPECT_THROW(static_cast<void>(simulate(
                   input,
                   [&](const Progress& p) {
                     windows = p.done;
                     EXPECT_EQ(p.total, 4U);
                     if (p.done == 2) token.cancel();
                   },
                   &token)),
               Cancelled);
  EXPECT_EQ(windows, 2U);
}

TEST(Simulation, CaptureScalesWhatIsBookedAndKeepsTheGross) {
  SimulationInput input = short_project(3, markets_of({Market::day_ahead}));
  input.run.capture[Market::day_ahead] = 0.8;
  const SimulationResult r = simulate(input, {}, nullptr);
  for (const DayRecord& d : r.days) EXPECT_NEAR(d.revenue_eur[Market::day_ahead], 0.8 * d.gross_revenue_eur[Market::day_ahead], 1e-9);
}

// A battery that reaches its end of life is replaced at a window boundary, keeps its share of charge, and the balance closes.
TEST(Simulation, ReplacesAtTheEndOfLife) {
  SimulationInput input = plain_project(sample_year(), LocalDate{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}}, 1,
                                        markets_of({Market::day_ahead}));
  input.site.project_life_years = 10;
  input.site.battery.degradation.fade_per_cycle = 1e-4;
  input.site.battery.degradation.lifetime_cycles = 150.0;
  const SimulationResult r = simulate(input, {}, nullptr);
  EXPECT_GE(r.final_state.replacement_events, 1);
  EXPECT_EQ(r.final_state.replacement_events, r.year.front().replacement_events);
  EXPECT_LT(r.provenance.energy_balance_residual_mwh, 1e-6);
  // With no more than the protected last months to live, nothing is replaced.
  input.site.project_life_years = 1;
  EXPECT_EQ(simulate(input, {}, nullptr).final_state.replacement_events, 0);
}

}  // namespace bess::test
