#pragma once
// The battery's life at a use that goes on alike: for years that are not simulated (the cash flow goes on to the end of the project) and
// for years that are simulated side by side (each must start from an estimated state).

#include <optional>
#include <vector>

#include "asset/battery.h"

namespace bess {

/// One project year of a forecast.
struct ForecastYear {
  int project_year{0};                ///< 1-based
  BatteryState start;                 ///< at the start of the year, after that year's augmentation
  std::vector<double> replaced_at{};  ///< moments of replacement as parts of the year, ascending
};

struct ForecastRequest {
  int first_project_year{1};  ///< 1-based; the state given is the one at the end of the year before
  int last_project_year{1};   ///< may be below first_project_year: an empty forecast
  int project_life_years{1};  ///< its last months see no replacement
  YearlyUse use{};
};

/// Years first…last in order, starting from `state`. A year counts 1.0 years of calendar ageing. A replacement happens at the very
/// moment of end of life, also within a year, so the result does not depend on a step length. Stored energy keeps its share in
/// replacements and is otherwise only clamped.
[[nodiscard]] std::vector<ForecastYear> forecast_years(const BatterySpec& spec, BatteryState state, const ForecastRequest& request);

/// Ages the tranches by `years` of that use, in steps as long as the law allows. Does not touch limits.
void age_alike(const BatterySpec& spec, BatteryState& state, const YearlyUse& use, double years);

/// Years from the present age of `tranche` until its SoH reaches `target_soh` (0 if it has); no value if never.
[[nodiscard]] std::optional<double> years_until_soh(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use,
                                                    double target_soh);

/// Years until end of life by cycles or SoH, whichever comes first; no value if never.
[[nodiscard]] std::optional<double> years_until_end_of_life(const DegradationSpec& spec, const Tranche& tranche, const YearlyUse& use);

}  // namespace bess
