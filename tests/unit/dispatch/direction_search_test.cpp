// The search over directions with numbers that leave its grid no room: no ratio may become an index outside of it.

#include "dispatch/search/direction_search.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "windows.h"

namespace bess::dispatch::test {

namespace {

WindowProblem four_hours(double capacity, double power, double low, double high, double rte, double dt_h) {
  WindowProblem w;
  w.periods = 16;
  w.dt_h = dt_h;
  w.battery = limits(capacity, power, low, high, rte);
  w.nominal_capacity_mwh = capacity;
  w.installed_power_mw = power;
  w.start_mwh = 0.5 * (w.battery.energy_min_mwh + w.battery.energy_max_mwh);
  w.target_mwh = w.battery.energy_min_mwh;
  w.connection = {1e6, 1e6};
  std::vector<double> price;
  for (int t = 0; t < w.periods; ++t) price.push_back(50.0 * std::sin(t) - 10.0);
  w.prices[Product::day_ahead] = energy_price(std::move(price));
  return w;
}

}  // namespace

TEST(DirectionSearch, StaysOnItsGridWhateverTheSizes) {
  constexpr double denormal = std::numeric_limits<double>::denorm_min();
  constexpr std::array sizes{0.0, denormal, 1e-310, 1e-307, 1e-300, 1e-100, 1e-12, 1e-9, 1.0, 1e6, 1e100, 1e300};
  for (const double capacity : sizes) {
    for (const double power : sizes) {
      for (const double rte : {denormal, 1e-9, 0.01, 0.9, 1.0}) {
        for (const double dt_h : {1e-3, 0.25, 24.0}) {
          for (const double high : {0.1 + 1e-12, 0.9}) {
            const WindowProblem w = four_hours(capacity, power, 0.1, high, rte, dt_h);
            const DirectionPlan plan = best_directions(w, {});
            ASSERT_EQ(plan.direction.size(), 16U);
            ASSERT_EQ(plan.energy_mwh.size(), 17U);
          }
        }
      }
    }
  }
}

TEST(DirectionSearch, StaysOnItsGridBesideReservesAndGeneration) {
  for (const double reserve : {0.0, 1e-310, 0.5, 1e6, 1e300}) {
    for (const double generation : {1e-310, 1.0, 1e300}) {
      WindowProblem w = four_hours(4.0, 2.0, 0.1, 0.9, 0.85, 0.25);
      w.block.assign(16, 0);
      for (int t = 8; t < 16; ++t) w.block[static_cast<std::size_t>(t)] = 1;
      w.generation.available_mw.assign(16, generation);
      w.generation.price_eur_per_mwh = w.prices[Product::day_ahead].sell;
      std::vector<ReserveLevel> reserves(2);
      reserves[0][Product::fcr] = reserve;
      reserves[1][Product::afrr_up] = reserve;
      const DirectionPlan plan = best_directions(w, reserves);
      ASSERT_EQ(plan.energy_mwh.size(), 17U);
    }
  }
}

// A useful plan is still found where sizes are small and legal.
TEST(DirectionSearch, ASmallBatteryTradesAsALargeOneDoes) {
  const DirectionPlan large = best_directions(four_hours(4.0, 2.0, 0.1, 0.9, 0.85, 0.25), {});
  const DirectionPlan small = best_directions(four_hours(4e-6, 2e-6, 0.1, 0.9, 0.85, 0.25), {});
  EXPECT_GT(large.value_eur, 0.0);
  EXPECT_NEAR(small.value_eur * 1e6, large.value_eur, 1e-3 * large.value_eur);
}

}  // namespace bess::dispatch::test
