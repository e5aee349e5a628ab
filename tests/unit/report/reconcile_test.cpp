// A simulated year: the summary, the series and the days tell the same story.

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "base/sum.h"
#include "made_up_run.h"
#include "report/summary.h"

namespace bess::report {
namespace {

using namespace std::chrono_literals;

/// Day-ahead and FCR with a solar park behind the same connection.
MadeUpRun simulated_run() {
  MadeUpRun run = empty_run(2024y / 1 / 1, 1, [](std::int32_t q) {
    const double hour = (q % 96) / 4.0;
    const bool glut = (q / 96) % 9 == 0 && hour > 11.0 && hour < 14.0;
    return 60.0 + 40.0 * std::sin(hour / 3.82) + 15.0 * std::sin(q / 700.0) - (glut ? 90.0 : 0.0);
  });
  SimulationInput& input = run.simulation;
  input.prices.column[static_cast<std::size_t>(PriceColumn::fcr)] =
      std::make_shared<std::vector<double>>(static_cast<std::size_t>(input.prices.quarters), 6.0);
  input.site.connection = {.import_limit_mw = 2.0, .export_limit_mw = 2.0};
  input.site.import_fee_eur_per_mwh = {2.0};
  input.site.generation.solar_mw.resize(static_cast<std::size_t>(input.timeline->quarters));
  for (std::size_t q = 0; q < input.site.generation.solar_mw.size(); ++q) {
    const double hour = static_cast<double>(q % 96) / 4.0;
    input.site.generation.solar_mw[q] = std::max(0.0, 0.8 * std::sin((hour - 6.0) / 12.0 * std::numbers::pi));
  }
  input.run.dispatch.direction = dispatch::Direction::time_shared;
  input.run.keep_series = true;
  run.result = simulate(input, {}, nullptr);
  return run;
}

TEST(Reconcile, SummarySeriesAndDaysAgree) {
  const MadeUpRun run = simulated_run();
  const Summary s = make_summary(run.input());
  const SeriesColumns& series = run.result.series;
  const double revenue = sum_of(series.revenue_eur[Market::day_ahead]) + sum_of(series.revenue_eur[Market::fcr]);
  EXPECT_NEAR(s.financial.revenue.lines.total_eur(), revenue, 1e-6 * revenue);
  EXPECT_NEAR(s.operational.total_charge_mwh, quarter_h * sum_of(series.charge_mw), 1e-6);
  EXPECT_NEAR(s.operational.total_discharge_mwh, quarter_h * sum_of(series.discharge_mw), 1e-6);
  const double efficiency = std::sqrt(0.81);
  const double cells_mwh = quarter_h * (efficiency * sum_of(series.charge_mw) + sum_of(series.discharge_mw) / efficiency);
  EXPECT_NEAR(s.operational.total_cycles, cells_mwh / (2.0 * 4.0), 1e-6);
  EXPECT_GT(s.operational.total_cycles, 50.0);
  // Without efficiency fade the balance is exact: what left the cells came in, but for what the fading capacity clamped.
  const double lost_percent = 100.0 * (s.operational.clamp_loss_mwh + run.result.provenance.energy_balance_residual_mwh) / cells_mwh;
  EXPECT_NEAR(s.operational.average_rte_percent, 81.0, 1e-6 + 2.0 * lost_percent);
  const Operational& o = s.operational;
  EXPECT_NEAR(o.generated_mwh, o.generation_sold_mwh + o.self_charge_mwh + o.curtailed_mwh, 1e-6);
  EXPECT_NEAR(s.financial.grid_cost_eur, 2.0 * o.imported_mwh, 1e-6 * o.imported_mwh);
  EXPECT_GT(s.prices.day_ahead_share_of_tb_percent, 0.0);
  EXPECT_LT(s.prices.day_ahead_share_of_tb_percent, 200.0);
  EXPECT_LE(s.provenance.total_direction_gap, s.provenance.worst_gap + 1e-12);
}

}  // namespace
}  // namespace bess::report
