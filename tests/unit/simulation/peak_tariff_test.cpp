// The monthly peak tariff in rolling windows: a plan that weighs it beats one that does not, on real prices.

#include "simulation/peak_tariff.h"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <map>

#include "fixtures.h"

namespace bess::test {
namespace {

constexpr LocalDate first_of(int year, unsigned month) { return {std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{1}}; }

SimulationInput real_project(MarketSet markets, LocalDate start, int days) {
  SimulationInput input = cut_to(plain_project(dutch_2024_five(), start, 1, markets), days);
  input.run.dispatch.direction = dispatch::Direction::time_shared;
  return input;
}

struct Settled {
  double revenue_eur{0};
  double peaks_mw{0};  ///< Σ over months of the highest import
  [[nodiscard]] double after_bill_eur(double eur_per_mw) const { return revenue_eur - eur_per_mw * peaks_mw; }
};

Settled settle(const SimulationInput& input) {
  const SimulationResult result = simulate(input, {}, nullptr);
  Settled settled;
  settled.revenue_eur = total_revenue(result);
  std::map<std::chrono::month, double> peak_mw;
  for (const DayRecord& day : result.days) peak_mw[day.date.month()] = std::max(peak_mw[day.date.month()], day.highest_import_mw);
  for (const auto& [month, mw] : peak_mw) settled.peaks_mw += mw;
  return settled;
}

/// The window of `count` quarters from `first`, decided at its start.
dispatch::WindowProblem window_of(const SimulationInput& input, const InformationView& view, const RunState& state, std::int32_t first,
                                  std::int32_t count) {
  return make_window(input, view, state, {.at = first, .first = first, .count = count}, WindowEnd::inner);
}

/// Solver tolerance on a sum of revenues.
double tolerance_eur(const Settled& settled) { return 1e-8 * std::abs(settled.revenue_eur); }

void expect_never_worse(MarketSet markets, LocalDate start, int days, std::initializer_list<double> tariffs_eur_per_kw) {
  SimulationInput input = real_project(markets, start, days);
  const Settled ignoring = settle(input);
  for (const double eur_per_kw : tariffs_eur_per_kw) {
    const double eur_per_mw = 1000.0 * eur_per_kw;
    input.site.peak_tariff_eur_per_mw = {eur_per_mw};
    const Settled weighing = settle(input);
    EXPECT_GE(weighing.after_bill_eur(eur_per_mw), ignoring.after_bill_eur(eur_per_mw) - tolerance_eur(ignoring)) << eur_per_kw;
    EXPECT_LE(weighing.peaks_mw, ignoring.peaks_mw + 1e-6) << eur_per_kw;
    std::cout << "  " << eur_per_kw << " EUR/kW/month: " << weighing.after_bill_eur(eur_per_mw) << " weighed, "
              << ignoring.after_bill_eur(eur_per_mw) << " ignored, peaks " << weighing.peaks_mw << " and " << ignoring.peaks_mw << " MW\n";
  }
}

}  // namespace

TEST(PeakTariff, DayAheadAloneGainsByWeighingIt) {
  BESS_NEEDS_SHARED("data/nl_day_ahead_2024_2025.csv");
  SimulationInput input = real_project(markets_of({Market::day_ahead}), first_of(2024, 1), 91);
  const Settled ignoring = settle(input);
  double gain = 0.0;
  for (const double eur_per_kw : {0.2, 1.0, 3.0, 8.0}) {
    const double eur_per_mw = 1000.0 * eur_per_kw;
    input.site.peak_tariff_eur_per_mw = {eur_per_mw};
    const Settled weighing = settle(input);
    const double more = weighing.after_bill_eur(eur_per_mw) - ignoring.after_bill_eur(eur_per_mw);
    EXPECT_GT(more, gain) << eur_per_kw;  // the higher the tariff, the more it matters
    EXPECT_LT(weighing.peaks_mw, ignoring.peaks_mw) << eur_per_kw;
    gain = more;
  }
  // A whole-quarter window knows best; what is lost by not knowing is small beside what ignoring loses.
  input.run.strategy = Strategy::lp;
  const Settled best = settle(input);
  EXPECT_GT(gain, 0.8 * (best.after_bill_eur(8000.0) - ignoring.after_bill_eur(8000.0)));
}

TEST(PeakTariff, NeverWorseWithImbalance) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2024.csv");
  expect_never_worse(markets_of({Market::day_ahead, Market::imbalance}), first_of(2024, 9), 91, {1.0, 3.0, 8.0});
}

TEST(PeakTariff, NeverWorseInFiveMarkets) {
  BESS_NEEDS_SHARED("data/de_fcr_afrr_capacity_2024.csv");
  expect_never_worse(markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr}), first_of(2024, 9), 61,
                     {1.0, 3.0, 8.0});
}

TEST(SlowPeakTariff, NeverWorseOverTheYear) {
  BESS_NEEDS_SHARED("data/de_fcr_afrr_capacity_2024.csv");
  for (const auto& markets : {markets_of({Market::day_ahead}), markets_of({Market::day_ahead, Market::imbalance}),
                              markets_of({Market::day_ahead, Market::intraday, Market::imbalance, Market::afrr, Market::fcr})}) {
    expect_never_worse(markets, first_of(2024, 1), 366, {1.0, 3.0, 8.0});
  }
}

// Where a month is just worth its full peak nobody can know which side it will fall on: little is lost there, much gained beyond.
TEST(SlowPeakTariff, LittleIsLostWhereTheScalesTip) {
  BESS_NEEDS_SHARED("data/nl_imbalance_2021.csv");
  SimulationInput input = plain_project(dutch_2021(), first_of(2021, 1), 1, markets_of({Market::day_ahead, Market::imbalance}));
  input.run.dispatch.direction = dispatch::Direction::time_shared;
  const Settled ignoring = settle(input);
  for (const double eur_per_kw : {1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0}) {
    const double eur_per_mw = 1000.0 * eur_per_kw;
    input.site.peak_tariff_eur_per_mw = {eur_per_mw};
    const double more = settle(input).after_bill_eur(eur_per_mw) - ignoring.after_bill_eur(eur_per_mw);
    std::cout << "  " << eur_per_kw << " EUR/kW/month: " << more << " EUR more of " << ignoring.revenue_eur << '\n';
    EXPECT_GT(more, -1e-3 * ignoring.revenue_eur) << eur_per_kw;
    if (eur_per_kw >= 5.0) {
      EXPECT_GT(more, 0.0) << eur_per_kw;
    }
  }
}

TEST(PeakTariff, OfZeroChangesNothing) {
  SimulationInput input = cut_to(plain_project(make_sample_prices(7, 2024), first_of(2024, 1), 1, markets_of({Market::day_ahead})), 40);
  input.run.keep_series = true;
  const SimulationResult without = simulate(input, {}, nullptr);
  input.site.peak_tariff_eur_per_mw = {0.0};
  EXPECT_EQ(simulate(input, {}, nullptr).series.net_export_mw, without.series.net_export_mw);
  // Where every month is worth the full power, the tariff leaves the windows once that is seen: a hundredth of a euro per MW.
  input.site.peak_tariff_eur_per_mw = {0.01};
  EXPECT_NEAR(total_revenue(simulate(input, {}, nullptr)), total_revenue(without), 1e-6 * total_revenue(without));
}

// A window of the first three days of January weighs 3/31 of the tariff; its last three days weigh all of it.
TEST(PeakTariff, AWindowWeighsItsPartOfTheDaysLeft) {
  SimulationInput input = plain_project(make_sample_prices(7, 2024), first_of(2024, 1), 1, markets_of({Market::day_ahead}));
  input.site.peak_tariff_eur_per_mw = {2000.0};
  const RealisedView view(price_source(input));
  RunState state;
  state.battery = new_battery(input.site.battery, 0.5);
  dispatch::WindowProblem w = window_of(input, view, state, 0, 3 * 96);
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(0), 2000.0 * 3 / 31);
  w = window_of(input, view, state, 28 * 96, 3 * 96);
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(0), 2000.0);
  state.books.month_peak_mw = 4.0;
  state.books.month = 0;
  state.books.month_year = 0;
  w = window_of(input, view, state, 30 * 96, 3 * 96);  // 31 January, 1 and 2 February (29 days)
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(0), 2000.0);
  EXPECT_DOUBLE_EQ(w.peak_floor_mw(0), 4.0);
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(96), 2000.0 * 2 / 29);
  EXPECT_DOUBLE_EQ(w.peak_floor_mw(96), 0.0);
}

// A project year that begins on 16 January is billed 16/31 of its first month's peak, and 15/31 of its last.
TEST(PeakTariff, AMonthCutByAProjectYearIsBilledByItsDays) {
  const LocalDate start{std::chrono::year{2024}, std::chrono::January, std::chrono::day{16}};
  SimulationInput input = plain_project(make_sample_prices(7, 2024), start, 2, markets_of({Market::day_ahead}));
  input.site.peak_tariff_eur_per_mw = {1000.0, 1020.0};
  EXPECT_DOUBLE_EQ(billed_month(*input.timeline, 0).share, 16.0 / 31.0);
  EXPECT_EQ(billed_month(*input.timeline, 0).end, 16 * 96);
  const std::int32_t second_year = input.timeline->year_first_quarter[1];
  EXPECT_DOUBLE_EQ(billed_month(*input.timeline, second_year - 1).share, 15.0 / 31.0);
  EXPECT_EQ(billed_month(*input.timeline, second_year - 96).end, second_year);
  const RealisedView view(price_source(input));
  RunState state;
  state.battery = new_battery(input.site.battery, 0.5);
  state.books.month = input.timeline->month[static_cast<std::size_t>(second_year)];
  state.books.month_year = 0;
  state.books.month_peak_mw = 7.0;
  const dispatch::WindowProblem w = window_of(input, view, state, second_year - 96, 2 * 96);
  EXPECT_DOUBLE_EQ(w.peak_floor_mw(0), 7.0);
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(0), 1000.0 * 15 / 31);
  EXPECT_DOUBLE_EQ(w.peak_floor_mw(96), 0.0) << "the new year's part of the month is a new bill";
  EXPECT_DOUBLE_EQ(w.peak_cost_eur_per_mw(96), 1020.0 * 16 / 31 / 16);
}

// What comes after a window changes nothing in it, expected peaks included.
TEST(PeakTariff, DoesNotLookAhead) {
  SimulationInput input = cut_to(plain_project(make_sample_prices(7, 2024), first_of(2024, 1), 1, markets_of({Market::day_ahead})), 45);
  input.site.peak_tariff_eur_per_mw = {1500.0};
  input.run.keep_series = true;
  const SimulationResult before = simulate(input, {}, nullptr);
  const std::int32_t changed_from = input.timeline->days[36].first_quarter;
  auto values = std::make_shared<std::vector<double>>(input.prices.column[0]->begin(), input.prices.column[0]->end());
  for (std::int32_t q = changed_from; q < input.timeline->quarters; ++q) {
    double& price = (*values)[static_cast<std::size_t>(input.timeline->source[static_cast<std::size_t>(q)])];
    price = 500.0 - 3.0 * price;
  }
  input.prices.column[0] = values;
  const SimulationResult after = simulate(input, {}, nullptr);
  for (std::size_t q = 0; q < static_cast<std::size_t>(changed_from); ++q) {
    ASSERT_EQ(before.series.charge_mw[q], after.series.charge_mw[q]) << q;
    ASSERT_EQ(before.series.discharge_mw[q], after.series.discharge_mw[q]) << q;
  }
}

}  // namespace bess::test
