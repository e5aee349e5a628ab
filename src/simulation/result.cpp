#include "simulation/result.h"

namespace bess {

YearlyUse mean_use(std::span<const YearRecord> years) {
  YearlyUse mean;
  if (years.empty()) return mean;
  const auto count = static_cast<double>(years.size());
  for (const YearRecord& year : years) {
    mean.equivalent_full_cycles += year.equivalent_full_cycles;
    mean.state_of_charge += year.state_of_charge;
    mean.depth_of_discharge += year.depth_of_discharge;
  }
  mean.equivalent_full_cycles /= count;
  mean.state_of_charge /= count;
  mean.depth_of_discharge /= count;
  return mean;
}

}  // namespace bess
