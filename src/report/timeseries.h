#pragma once
// The time series of a run: names, order and values of the columns, and the CSV file (docs/models/report.md, "Time series").
//
// One row per executed quarter-hour. `delivery_start` comes first and is UTC at the start of the quarter; stored_energy_mwh is at its
// end, state_of_health and round_trip_efficiency at its start. Columns of markets that are not enabled are left out.

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/simulation.h"

namespace bess::report {

struct TimeseriesColumn {
  std::string name;
  std::span<const double> values;  ///< one per quarter; borrowed from the result
  std::string_view unit;
  std::string help;
  int decimals{6};          ///< most that are written
  bool of_a_market{false};  ///< left out where its market is not enabled
};

/// All columns after delivery_start. Empty when the run kept no series.
[[nodiscard]] std::vector<TimeseriesColumn> timeseries_columns(const SimulationResult& result);
/// The columns that any run can have, without values.
[[nodiscard]] std::vector<TimeseriesColumn> timeseries_fields();

/// "2024-03-31T01:00:00Z" of quarter q.
[[nodiscard]] Instant delivery_start(const SimulationResult& result, std::int32_t quarter);

/// Writes header and rows ("\n" line ends, decimal point, trailing zeros dropped, a value that is not finite is an empty cell). Buffers
/// about a megabyte. The caller checks the stream.
void write_timeseries_csv(std::ostream& out, const SimulationResult& result);

/// Writes `value` with at most `decimals` (0 … 15) decimals, rounded half away from zero, no trailing zeros, never "-0"; nothing when it is
/// not finite. `first` must have room for 40 characters. Returns the end.
char* write_number(char* first, double value, int decimals);

}  // namespace bess::report
