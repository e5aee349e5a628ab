#pragma once
// The perfect-foresight bound beside a finished run: per project year, the time-shared optimum of one window over the whole
// year, from the energy the run had at the year's start to what it had at its end, with the best capacity and efficiency of
// the year. No strategy in the same cross-market mode can earn more.

#include "simulation/simulation.h"

namespace bess {

/// Fills bound_eur and bound_basis_eur of every year of `result`.
void add_bounds(const SimulationInput& input, const CancellationToken* cancel, SimulationResult& result);

}  // namespace bess
