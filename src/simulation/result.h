#pragma once
// What a simulation answers with: the books, a record per project year, and how the numbers were made.

#include <cstdint>
#include <limits>
#include <memory>

#include "asset/battery.h"
#include "base/error.h"
#include "settlement/books.h"
#include "timeline/project_timeline.h"

namespace bess {

/// Of one project year.
struct YearRecord {
  double state_of_health_start{1}, state_of_health_end{1};              ///< end: as its last update left it; where the year ends with a
  double round_trip_efficiency_start{1}, round_trip_efficiency_end{1};  ///< window, after all that it executed
  double capacity_start_mwh{0}, capacity_last_mwh{0};                   ///< in force in its first and in its last quarter-hour
  double round_trip_efficiency_last{1};                                 ///< in force in its last quarter-hour
  double energy_start_mwh{0}, energy_end_mwh{0};
  double equivalent_full_cycles{0};
  double clamp_loss_mwh{0}, replacement_step_mwh{0};
  std::int32_t replacement_events{0};
  double augmentation_cost_eur{0};
  double bound_eur{std::numeric_limits<double>::quiet_NaN()};  ///< perfect-foresight bound of the year's dispatch value (compare_to_bound)
  double bound_basis_eur{std::numeric_limits<double>::quiet_NaN()};  ///< the run's own dispatch value on the same basis
};

/// How the numbers were made.
struct Provenance {
  std::int64_t windows{0};
  std::int64_t lps{0};
  std::int64_t iterations{0};
  std::int64_t fallbacks{0};  ///< LPs answered by the reference solver
  std::int64_t relaxed_windows{0};
  double reserve_shortfall_mwh{0};
  double worst_certificate_gap{0};    ///< relative, of accepted relaxations
  double worst_direction_gap{0};      ///< relative, plan to bound
  double total_direction_gap_eur{0};  ///< Σ (bound − plan)
  double total_bound_eur{0};          ///< Σ bound of the executed windows' problems
  std::int64_t shared_periods{0};     ///< periods the relaxations would have used both ways
  double replay_drift_mwh{0};
  double delivery_shortfall_mwh{0};       ///< of the plans' positions, not delivered or taken by the replay
  double energy_balance_residual_mwh{0};  ///< |Σ ηc − Σ d/η − Δe − clamp loss + replacement step|
  bool single_year_estimate{false};       ///< parallel years: degradation estimated
};

struct SimulationResult : Books {
  std::shared_ptr<const ProjectTimeline> timeline;
  MarketSet markets;
  int years{0};
  std::int32_t quarters{0};  ///< executed
  std::vector<YearRecord> year;
  BatteryState final_state;
  Provenance provenance;
  Issues warnings;
};

}  // namespace bess
