#pragma once
// Generation behind the site's connection, and what it is paid beside the market, on the project's own quarters and years.

#include <cstdint>
#include <vector>

namespace bess {

/// Subsidy of one generator, per project quarter and year (generation/subsidy.h makes it).
struct SubsidyInput {
  std::vector<double> rate_eur_per_mwh;       ///< per project quarter; empty: none
  std::vector<double> max_subsidised_mwh;     ///< per project year; empty: no cap
  std::vector<double> year_rate_eur_per_mwh;  ///< per project year: what banked energy is paid; empty: none is banked
  double bank_share{0};                       ///< share of a year's cap that production beyond it may carry to later years
  bool self_charge{true};                     ///< paid on Q − u; false: on what is sold at the meter, Q − v − u − min(g, Q − v − u)
};

struct GenerationInput {
  std::vector<double> solar_mw, wind_mw;  ///< per project quarter; empty: none
  SubsidyInput solar_subsidy, wind_subsidy;
  [[nodiscard]] bool any() const { return !solar_mw.empty() || !wind_mw.empty(); }
};

/// Available generation of a project quarter, solar plus wind.
[[nodiscard]] inline double generation_mw(const GenerationInput& generation, std::int32_t quarter) {
  const auto q = static_cast<std::size_t>(quarter);
  return (generation.solar_mw.empty() ? 0.0 : generation.solar_mw[q]) + (generation.wind_mw.empty() ? 0.0 : generation.wind_mw[q]);
}

}  // namespace bess
