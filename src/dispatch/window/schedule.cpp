#include "dispatch/window/schedule.h"

#include <algorithm>

#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

std::vector<double> part(const std::vector<double>& all, std::size_t first, std::size_t count) {
  if (all.empty()) return {};
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

void append(std::vector<double>& all, const std::vector<double>& more, std::size_t skip = 0) {
  all.insert(all.end(), more.begin() + static_cast<std::ptrdiff_t>(skip), more.end());
}

}  // namespace

void Schedule::reset(std::size_t periods, double stored_mwh) {
  for_each_flow([periods](std::vector<double>& column) { column.assign(periods, 0.0); });
  stored_energy_mwh.assign(periods + 1, stored_mwh);
}

Schedule part_of(const Schedule& s, std::size_t first, std::size_t count) {
  Schedule p{.grid_charge_mw = part(s.grid_charge_mw, first, count),
             .self_charge_mw = part(s.self_charge_mw, first, count),
             .discharge_mw = part(s.discharge_mw, first, count),
             .curtailed_mw = part(s.curtailed_mw, first, count),
             .stored_energy_mwh = part(s.stored_energy_mwh, first, count + 1),
             .reserve_mw = {}};
  for (const Product r : reserve_products) p.reserve_mw[r] = part(s.reserve_mw[r], first, count);
  return p;
}

void append(Schedule& all, const Schedule& more) {
  append(all.grid_charge_mw, more.grid_charge_mw);
  append(all.self_charge_mw, more.self_charge_mw);
  append(all.discharge_mw, more.discharge_mw);
  append(all.curtailed_mw, more.curtailed_mw);
  append(all.stored_energy_mwh, more.stored_energy_mwh, all.stored_energy_mwh.empty() ? 0 : 1);
  for (const Product r : reserve_products) append(all.reserve_mw[r], more.reserve_mw[r]);
}

double net_export_mw(const WindowProblem& w, const Schedule& s, int t) {
  const auto i = static_cast<std::size_t>(t);
  return s.discharge_mw[i] - s.grid_charge_mw[i] + w.generation_mw(t) - s.self_charge_mw[i] - s.curtailed_mw[i];
}

int shared_periods(const WindowProblem& w, const Schedule& s) {
  const double least_mw = tolerance::shared_flow * w.battery.power_mw;
  int shared = 0;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t) {
    if (std::min(s.charge_mw(t), s.discharge_mw[t]) > least_mw) ++shared;
  }
  return shared;
}

}  // namespace bess::dispatch
