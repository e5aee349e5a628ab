#pragma once
// The settlement ledger: books executed quarters at realised prices. It knows what was delivered and what positions were
// taken, and nothing of the optimiser.

#include "dispatch/plan.h"
#include "simulation/simulation.h"
#include "simulation/windows.h"

namespace bess {

/// What happened in consecutive executed quarters: replayed flows, positions, reserves (vectors of `count` entries).
struct Execution {
  std::int32_t first{0};
  std::int32_t count{0};
  dispatch::Schedule schedule;  ///< as replayed, generation and curtailment included
  dispatch::Positions positions;
  dispatch::ProductPrices prices;           ///< realised
  dispatch::FoldedPrices folded;            ///< physical prices of each quarter, from the realised ones
  std::vector<double> generation_price;     ///< realised price in the generation market; empty: no generation
  std::vector<double> day_ahead_reference;  ///< day-ahead price whether enabled or not; empty: no data (for auxiliary power)
  BatteryLimits limits;
  double nominal_capacity_mwh{0};  ///< of the cells installed at that time, for EFC
  double worst_drift_mwh{0};
};

/// Books executions into the day records and, when kept, the series. One Ledger serves consecutive quarters on one thread;
/// several may write disjoint ranges of one SimulationResult.
class Ledger {
 public:
  Ledger(const SimulationInput& input, SimulationResult& result) : input_(input), result_(result) {}

  /// `state` carries the month's import peak and the subsidised energy of the year forward.
  void book(const Execution& done, RunState& state);

 private:
  struct Period;
  void book_period(const Execution& done, std::size_t t, DayRecord& day, RunState& state);
  void book_generation(const Execution& done, const Period& period, DayRecord& day, RunState& state);
  void keep(const Execution& done, const Period& period);

  const SimulationInput& input_;
  SimulationResult& result_;
};

/// Sizes days, years and (when asked) series for the whole run, so that ledgers can write their ranges.
void prepare_result(const SimulationInput& input, SimulationResult& result);

/// When all years are booked: production beyond a year's cap that was banked is paid, at a later year's rate, where that year's cap
/// leaves room; it falls on the year's last day. No plan sees it.
void pay_banked_subsidy(const SimulationInput& input, SimulationResult& result);

}  // namespace bess
