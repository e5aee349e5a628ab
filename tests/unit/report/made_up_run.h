#pragma once
// Simulation results made by hand, so that every figure of a report can be worked out on paper.

#include <functional>
#include <memory>

#include "report/report_input.h"

namespace bess::report {

/// A run over whole local days of the Netherlands. Data years 2023 … 2025 exist.
struct MadeUpRun {
  SimulationInput simulation;
  SimulationResult result;
  ProjectEconomics economics;
  std::string title{"A battery"};
  [[nodiscard]] ReportInput input() const { return {simulation, result, economics, title, ""}; }
};

/// 2 MW / 4 MWh, day-ahead and FCR, `years` years from local midnight of `start`; day-ahead prices by `price(quarter of the data grid)`;
/// days and years empty of money and energy, SoH 1, RTE 0.81.
MadeUpRun empty_run(LocalDate start, int years, const std::function<double(std::int32_t)>& price = {});

/// The record of a date.
DayRecord& day_of(MadeUpRun& run, LocalDate date);

/// A year of many markets with seasons, negative days and all lines in use; synthetic prices, imbalance enabled.
MadeUpRun busy_run(LocalDate start, int years);

/// Fills kept series with something plain: charge_mw = quarter index, the rest zero.
void add_series(MadeUpRun& run);

}  // namespace bess::report
