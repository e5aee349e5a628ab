#include "simulation/peak_tariff.h"

#include <algorithm>
#include <utility>

#include "dispatch/window/plan.h"

namespace bess {

namespace {

/// The expected peak is found at this part of the tariff: a peak raised too early can still be used, one raised too late
/// has lost its trades for good (docs/decisions/0015-peak-tariff-in-rolling-windows.md).
constexpr double weight_of_expectation = 0.8;
/// An expected peak so near to the largest possible import is that import: solver tolerance.
constexpr double nearly_all = 0.9999;

double largest_import_mw(const dispatch::WindowProblem& w) {
  double limit = 0.0;
  for (int t = 0; t < w.periods; ++t) limit = std::max(limit, w.import_limit(t));
  return std::min(limit, w.battery.power_mw);
}

/// The window and what lies before it as one month: what would its peak be?
double best_peak_mw(const SimulationInput& input, const dispatch::WindowProblem& sample, dispatch::Backend& backend) {
  dispatch::DispatchOptions options = input.run.dispatch;
  options.direction = dispatch::Direction::time_shared;
  options.reserve_step_mw = 0.0;
  const dispatch::DispatchPlan plan = info_of(input.run.strategy).decide(sample, options, backend);
  double peak = sample.peak_floor_mw(0);
  if (plan.status != lp::SolveStatus::optimal) return peak;
  for (int t = 0; t < sample.periods; ++t) peak = std::max(peak, -dispatch::net_export_mw(sample, plan.schedule, t));
  return peak;
}

}  // namespace

BilledMonth billed_month(const ProjectTimeline& timeline, std::int32_t quarter) {
  const auto year = static_cast<std::size_t>(year_of_quarter(timeline, quarter));
  const std::int32_t month = timeline.month[static_cast<std::size_t>(quarter)];
  const auto first_day = timeline.days.begin() + timeline.year_first_day[year];
  const auto last_day = timeline.days.begin() + timeline.year_first_day[year + 1];
  BilledMonth billed;
  int days = 0;
  for (auto day = first_day; day != last_day; ++day) {
    if (timeline.month[static_cast<std::size_t>(day->first_quarter)] != month) continue;
    ++days;
    billed.end = day->first_quarter + day->quarters;
  }
  const LocalDate date = timeline.month_start[static_cast<std::size_t>(month)];
  const auto days_in_month = static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day());
  billed.share = std::min(1.0, static_cast<double>(days) / static_cast<double>(days_in_month));
  return billed;
}

void weigh_peaks(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count,
                 dispatch::WindowProblem& window) {
  const ProjectTimeline& timeline = *input.timeline;
  const std::int32_t month = timeline.month[static_cast<std::size_t>(first)];
  window.peak_so_far_mw = {state.books.month_peak_mw_at(month, year_of_quarter(timeline, first))};
  for (std::int32_t from = first; from < first + count;) {
    const BilledMonth billed = billed_month(timeline, from);
    const std::int32_t to = std::min(billed.end, first + count);
    window.month.insert(window.month.end(), static_cast<std::size_t>(to - from), static_cast<std::int32_t>(window.month_peak_share.size()));
    const double escalated = by_year(input.site.peak_tariff_eur_per_mw, year_of_quarter(timeline, from)) / window.peak_tariff_eur_per_mw;
    window.month_peak_share.push_back(escalated * billed.share * static_cast<double>(to - from) / static_cast<double>(billed.end - from));
    from = to;
  }
  window.peak_so_far_mw.resize(window.month_peak_share.size(), 0.0);
}

void expect_peaks(const SimulationInput& input, const InformationView& view, const RunState& state, const SeenQuarters& seen,
                  std::int32_t earliest, dispatch::Backend& backend, dispatch::WindowProblem& window) {
  if (!(window.peak_tariff_eur_per_mw > 0.0)) return;
  const double largest = largest_import_mw(window);
  std::int32_t from = seen.first;
  for (std::size_t m = 0; m < window.month_peak_share.size(); ++m) {
    const BilledMonth billed = billed_month(*input.timeline, from);
    const std::int32_t left = billed.end - from;
    const std::int32_t in_window = std::min(left, seen.first + seen.count - from);
    const std::int32_t past = std::min(left - in_window, seen.first - earliest);
    const std::int32_t begin = std::exchange(from, from + in_window);
    double& floor_mw = window.peak_so_far_mw[m];
    if (past <= 0 || floor_mw >= nearly_all * largest) continue;
    const std::int32_t quarters = past + seen.count;
    dispatch::WindowProblem sample =
        make_window(input, view, state, {.at = seen.first, .first = seen.first - past, .count = quarters}, seen.end);
    sample.month.clear();
    sample.ramp_from_previous = false;
    sample.peak_so_far_mw = {floor_mw};
    const double tariff = by_year(input.site.peak_tariff_eur_per_mw, year_of_quarter(*input.timeline, begin));
    sample.peak_tariff_eur_per_mw = window.peak_tariff_eur_per_mw;
    const double share =
        tariff / window.peak_tariff_eur_per_mw * billed.share * std::min(1.0, static_cast<double>(quarters) / static_cast<double>(left));
    sample.month_peak_share = {weight_of_expectation * share};
    floor_mw = best_peak_mw(input, sample, backend);
    window.month_peak_share[m] = share;
  }
  const bool free = std::all_of(window.peak_so_far_mw.begin(), window.peak_so_far_mw.end(),
                                [&](double floor_mw) { return floor_mw >= nearly_all * largest; });
  if (free) window.peak_tariff_eur_per_mw = 0.0;
}

}  // namespace bess
