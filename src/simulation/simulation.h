#pragma once
// One simulation: a site, a run configuration and prices in; every decision, settled, out.
//
// Decision and settlement are two things: decisions see prices through an InformationView; the ledger books at realised prices and knows
// nothing of how was decided. Committed schedules are replayed through the battery before they are booked, and the replay wins.
//
// Thread-safety: simulate() may run on many threads at once; inputs are only read. Results do not depend on `workers`.

#include <cstdint>
#include <memory>

#include "base/progress.h"
#include "information/view.h"
#include "market/price_set.h"
#include "settlement/ledger.h"
#include "simulation/result.h"
#include "simulation/run_spec.h"
#include "simulation/site.h"
#include "timeline/project_timeline.h"

namespace bess {

struct SimulationInput {
  SiteSpec site;
  RunSpec run;
  std::shared_ptr<const ProjectTimeline> timeline;  ///< at least run.years project years
  PriceSet prices;
  /// Partial reserve blocks at the very start and end of the timeline sell nothing.
  bool first_block_partial{false}, last_block_partial{false};
};

/// Runs it with what `view` believes. Throws Cancelled, or bess::Exception("infeasible_window") with the window's dates when no plan exists
/// even after relaxation. `progress` gets windows of windows and the simulated date.
[[nodiscard]] SimulationResult simulate(const SimulationInput& input, const InformationView& view, const ProgressCallback& progress,
                                        const CancellationToken* cancel);
/// With perfect foresight inside each window.
[[nodiscard]] SimulationResult simulate(const SimulationInput& input, const ProgressCallback& progress, const CancellationToken* cancel);

/// The input's prices on the project's quarters. Borrows the input.
[[nodiscard]] PriceSource price_source(const SimulationInput& input);
/// How the input's money is booked. Borrows the input.
[[nodiscard]] SettlementTerms settlement_terms(const SimulationInput& input);

}  // namespace bess
