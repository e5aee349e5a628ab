#pragma once
// From the simulation's inputs to the window of one decision: prices as they are believed, generation, fees, calendars.

#include "dispatch/window_problem.h"
#include "simulation/simulation.h"

namespace bess {

/// What a window inherits from the run so far.
struct RunState {
  BatteryState battery;
  double previous_net_mw{0};
  bool has_previous{false};
  dispatch::BlockCommitment block_sold{ReserveLevel{}};  ///< reserve held in the quarter-hour before: firm to its block's end
  double month_peak_mw{0};                              ///< highest metered import of the current month so far
  std::int32_t month{-1};                               ///< running month that month_peak_mw belongs to …
  std::int32_t month_year{-1};                          ///< … and its project year: a month cut by one is billed in two parts
  std::int32_t subsidy_year{-1};                        ///< project year of the two sums below
  double solar_subsidised_mwh{0}, wind_subsidised_mwh{0};

  [[nodiscard]] double month_peak_mw_at(std::int32_t in_month, std::int32_t in_year) const {
    return in_month == month && in_year == month_year ? month_peak_mw : 0.0;
  }
};

enum class WindowEnd : std::uint8_t {
  inner,       ///< the terminal rule applies
  simulation,  ///< the run ends here: stored energy may be used up
  closed,      ///< parallel years: end at or above the start
};

/// The decision problem of project quarters [first, first + count). Prices are the price view: today perfect foresight
/// within the window, and nothing beyond it.
[[nodiscard]] dispatch::WindowProblem make_window(const SimulationInput& input, const RunState& state, std::int32_t first,
                                                  std::int32_t count, WindowEnd end);

/// Value of a price trend's factor in a project year (0-based).
[[nodiscard]] double trend_factor(const RunSpec& run, Market market, int project_year);

/// Project year (0-based) of a project quarter; the last year beyond the end.
[[nodiscard]] int year_of_quarter(const ProjectTimeline& timeline, std::int32_t quarter);

/// Entry of a per-year list; the last one beyond its end, 0 when empty.
[[nodiscard]] double by_year(const std::vector<double>& values, int year);

/// Where generation is sold: as asked, else day-ahead, else the first enabled energy market.
[[nodiscard]] Market generation_market(const RunSpec& run);

/// Available generation of a project quarter, solar plus wind.
[[nodiscard]] double generation_mw(const GenerationInput& generation, std::int32_t quarter);

}  // namespace bess
