#include "report/notices.h"

#include <fmt/format.h>

namespace bess::report {

std::vector<Notice> make_notices(const ReportInput& input) {
  const SimulationResult& result = input.result;
  std::vector<Notice> notices;
  if (result.markets.has(Market::imbalance)) {
    notices.push_back({"imbalance_upper_bound",
                       "Upper bound: the imbalance price was known in advance. Nobody can earn this figure; it is what perfect foresight "
                       "of the imbalance price would be worth."});
  }
  if (input.simulation.prices.synthetic) {
    notices.push_back(
        {"synthetic_prices", "Synthetic prices: made by a generator, not by a market. Nothing here says what a project earns."});
  }
  if (result.timeline->years_repeated) {
    notices.push_back(
        {"price_years_repeated",
         "Prices of other years stand in for days of the project that have none of their own (price_days_repeated names them)."});
  }
  if (input.economics.life_years > result.years) {
    notices.push_back(
        {"years_extrapolated",
         fmt::format("Project years {} to {} are not simulated: they repeat the simulated years, scaled with the battery's capacity.",
                     result.years + 1, input.economics.life_years)});
  }
  if (result.provenance.single_year_estimate) {
    notices.push_back({"degradation_estimated", "Years were simulated side by side: each starts from an estimated state of health."});
  }
  if (result.provenance.reserve_shortfall_mwh > 0.0) {
    notices.push_back({"reserve_shortfall", fmt::format("Sold reserve could not be fully held: {:.3f} MW-hours short.",
                                                        result.provenance.reserve_shortfall_mwh)});
  }
  return notices;
}

}  // namespace bess::report
