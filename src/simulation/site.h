#pragma once
// The site of a simulation: battery, connection, generation, and what the meter costs.

#include <vector>

#include "asset/battery.h"
#include "asset/connection.h"
#include "generation/site_generation.h"

namespace bess {

/// The site. Fees and tariffs are per project year (index 0 = first), already escalated.
struct SiteSpec {
  BatterySpec battery;
  ConnectionSpec connection;
  std::vector<double> import_limit_factor, export_limit_factor;  ///< per project quarter, 0..1; empty: 1
  GenerationInput generation;
  std::vector<double> import_fee_eur_per_mwh;  ///< per project year; empty: 0
  std::vector<double> export_fee_eur_per_mwh;  ///< per project year; empty: 0
  std::vector<double> peak_tariff_eur_per_mw;  ///< per project year and month's MW, weighed by the optimiser; empty: 0
  int project_life_years{0};                   ///< 0: as many as are simulated; bounds replacement near the end
  double auxiliary_power_mw{0};                ///< constant import at the day-ahead price, ledger only
};

}  // namespace bess
