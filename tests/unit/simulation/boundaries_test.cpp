// What happens where windows, project years and runs end.

#include <gtest/gtest.h>

#include <cmath>

#include "fixtures.h"

namespace bess::test {

namespace {

constexpr LocalDate new_year{std::chrono::year{2024}, std::chrono::January, std::chrono::day{1}};

const PriceSet& sample_year() {
  static const PriceSet prices = make_sample_prices(11, 2024);
  return prices;
}

std::shared_ptr<const ProjectTimeline> timeline_from(Instant start, int years) {
  const MarketCalendar calendar = MarketCalendar::for_country("NL");
  TimelineRequest request;
  request.start = start;
  request.years = years;
  request.data_start = sample_year().start;
  request.data_quarters = sample_year().quarters;
  return std::make_shared<const ProjectTimeline>(build_timeline(calendar, request).value());
}

}  // namespace

// One window per year: capacity holds all year and moves at its end, and the end is what the year leaves behind.
TEST(YearEnd, AYearAsOneWindowAgesTheBattery) {
  SimulationInput input = plain_project(sample_year(), new_year, 2, markets_of({Market::day_ahead}));
  input.site.battery.degradation = {.fade_per_cycle = 3e-5, .fade_per_year = 0.01, .efficiency_fade_per_cycle = 4e-6};
  input.site.battery.degradation.lifetime_cycles = 0.0;
  input.run.strategy = Strategy::lp;
  const SimulationResult r = simulate(input, {}, nullptr);
  const double hours[] = {8784.0, 8760.0};
  double soh = 1.0;
  double rte = 0.9;
  for (std::size_t y = 0; y < 2; ++y) {
    EXPECT_NEAR(r.year[y].state_of_health_start, soh, 1e-12);
    EXPECT_NEAR(r.year[y].round_trip_efficiency_start, rte, 1e-12);
    soh -= 3e-5 * r.year[y].equivalent_full_cycles + 0.01 * hours[y] / 8760.0;
    rte -= 4e-6 * r.year[y].equivalent_full_cycles;
    EXPECT_NEAR(r.year[y].state_of_health_end, soh, 1e-9);
    EXPECT_NEAR(r.year[y].round_trip_efficiency_end, rte, 1e-9);
  }
  EXPECT_NEAR(r.final_state.limits.state_of_health, soh, 1e-9);
}

// Rolling windows too: the last days age the battery although no window follows.
TEST(YearEnd, RollingWindowsEndFullyAged) {
  SimulationInput input = cut_to(plain_project(sample_year(), new_year, 1, markets_of({Market::day_ahead})), 5);
  input.site.battery.degradation.fade_per_year = 0.01;
  const SimulationResult r = simulate(input, {}, nullptr);
  EXPECT_NEAR(r.year[0].state_of_health_end, 1.0 - 0.01 * 5.0 * 24.0 / 8760.0, 1e-12);
  EXPECT_EQ(r.year[0].clamp_loss_mwh, 0.0);  // nothing is stored any more that could be lost
}

// The rule lets a run use up its energy; a percentage was asked for and holds at the very end too.
TEST(RunEnd, TerminalPercentageHoldsAtTheEnd) {
  for (const auto& [rule, expected] :
       {std::pair{TerminalRule::rule, 2.0}, std::pair{TerminalRule::none, 2.0}, std::pair{TerminalRule::percent, 12.0}}) {
    SimulationInput input = cut_to(plain_project(sample_year(), new_year, 1, markets_of({Market::day_ahead})), 6);
    input.run.keep_series = true;
    input.run.terminal = rule;
    input.run.terminal_state_of_charge = 0.6;
    const SimulationResult r = simulate(input, {}, nullptr);
    EXPECT_NEAR(r.series.stored_energy_mwh.back(), expected, 1e-4);
  }
}

// Own consumption is a cost at the day-ahead price of its year: no share of trade captured makes it cheaper, and prices that grow make
// it dearer, whether day-ahead is traded or not.
TEST(Ledger, AuxiliaryPowerIsPaidInFull) {
  for (const bool traded : {true, false}) {
    SimulationInput input = plain_project(sample_year(), new_year, 2, markets_of({traded ? Market::day_ahead : Market::intraday}));
    const double alone = total_revenue(simulate(input, {}, nullptr));
    input.site.auxiliary_power_mw = 0.5;
    const SimulationResult r = simulate(input, {}, nullptr);
    double cost = 0.0;
    for (const std::int32_t q : input.timeline->source)
      cost += 0.25 * 0.5 * sample_year().values(PriceColumn::day_ahead)[static_cast<std::size_t>(q)];
    EXPECT_NEAR(total_revenue(r), alone - cost, 1e-6 * alone);
    input.run.capture = {0.5, 0.5, 1, 1, 1};
    EXPECT_NEAR(total_revenue(simulate(input, {}, nullptr)), 0.5 * alone - cost, 1e-6 * alone);
    input.run.price_trend_per_year[Market::day_ahead] = 0.1;
    const SimulationResult dearer = simulate(input, {}, nullptr);
    double first = 0.0;
    double second = 0.0;
    for (const DayRecord& day : dearer.days) (day.project_year == 0 ? first : second) += day.auxiliary_eur;
    double plain_second = 0.0;
    for (const DayRecord& day : r.days) plain_second += day.project_year == 1 ? day.auxiliary_eur : 0.0;
    EXPECT_NEAR(second, 1.1 * plain_second, 1e-6 * plain_second);
  }
}

// A project that starts within a reserve block cuts one at every year's end: what was sold of it stays sold, and where the run starts or
// the year is one window of its own, nothing is.
TEST(YearEnd, ReserveBlocksThatAYearCuts) {
  const Instant start = *parse_instant("2024-01-10T09:30:00Z");  // 10:30 local, inside 08–12
  for (const Strategy strategy : {Strategy::rolling_lp, Strategy::lp, Strategy::sequential_lp}) {
    for (const bool parallel : {false, true}) {
      SimulationInput input = plain_project(sample_year(), new_year, 1, markets_of({Market::day_ahead, Market::fcr, Market::afrr}));
      input.timeline = timeline_from(start, 2);
      input.run.years = 2;
      input.run.strategy = strategy;
      input.run.parallel_years = parallel;
      input.run.keep_series = true;
      input.first_block_partial = input.last_block_partial = true;
      const SimulationResult r = simulate(input, {}, nullptr);
      const std::vector<std::int32_t>& block = input.timeline->block;
      const std::vector<double>& fcr_mw = r.series.reserve_mw[Product::fcr];
      EXPECT_EQ(fcr_mw.front(), 0.0);
      EXPECT_EQ(fcr_mw.back(), 0.0);
      int sold = 0;
      for (std::size_t q = 1; q < block.size(); ++q) {
        sold += fcr_mw[q] > 0.0 ? 1 : 0;
        if (block[q] != block[q - 1]) continue;
        for (const Product p : {Product::fcr, Product::afrr_up, Product::afrr_down})
          ASSERT_NEAR(r.series.reserve_mw[p][q], r.series.reserve_mw[p][q - 1], 1e-9)
              << format_instant(input.timeline->instant(static_cast<std::int32_t>(q)));
      }
      EXPECT_GT(sold, 1000);
      EXPECT_EQ(r.provenance.relaxed_windows, 0);
    }
  }
}

// A site without a connection does nothing, and is soon done with it, whatever the prices.
TEST(LongWindow, NothingFlowsWithoutAConnection) {
  for (const auto direction : {dispatch::Direction::exclusive, dispatch::Direction::time_shared}) {
    SimulationInput input = plain_project(sample_year(), new_year, 1,
                                          markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr}));
    input.site.connection = {0.0, 0.0};
    input.run.strategy = Strategy::lp;
    input.run.dispatch.direction = direction;
    const SimulationResult r = simulate(input, {}, nullptr);
    EXPECT_NEAR(total_revenue(r), 0.0, 1e-3);
    EXPECT_EQ(r.provenance.fallbacks, 0);
  }
}

// The pieces of a year's window join without seams that would add up.
TEST(LongWindow, PiecesJoinWithoutDrift) {
  SimulationInput input = plain_project(sample_year(), new_year, 1, markets_of({Market::day_ahead, Market::afrr, Market::fcr}));
  input.run.strategy = Strategy::lp;
  const SimulationResult r = simulate(input, {}, nullptr);
  EXPECT_LT(r.provenance.replay_drift_mwh, 1e-6);
  EXPECT_TRUE(r.warnings.all().empty());
}

}  // namespace bess::test
