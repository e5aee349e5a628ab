#pragma once
// What a report is made from: a simulation, its input, and the money around it.

#include <string>

#include "asset/grid_cost.h"
#include "finance/finance.h"
#include "simulation/simulation.h"

namespace bess::report {

/// The financial side of a project, in finance's own types.
struct ProjectEconomics {
  int life_years{1};  ///< ≥ the simulated years
  finance::Economics economics{};
  /// Standing, contracted and peak charges. Its transport price and energy tax are not read: the settlement ledger charges energy fees.
  GridCostSpec grid{};
  double energy_tax_eur_per_mwh{0};  ///< the part of the import fee that is tax (not escalated in repeated years)
};

/// Borrowed for the call; `result` must be the simulation of `simulation`.
struct ReportInput {
  const SimulationInput& simulation;
  const SimulationResult& result;
  ProjectEconomics economics{};
  std::string title{};
  std::string description{};
  std::string input_hash{};  ///< of everything that decides the numbers
};

}  // namespace bess::report
