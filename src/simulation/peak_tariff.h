#pragma once
// The monthly peak tariff in windows shorter than a month (docs/models/grid_cost.md, "The peak in rolling windows").
//
// A month's peak is paid once and serves all its days, but a window sees only some of them. What the window should weigh is
// the peak that the rest of the month will make worth while; the rest of the month is believed to be like the days seen and
// those just before them. Nothing after the window is read.

#include "dispatch/dispatch.h"
#include "simulation/windows.h"

namespace bess {

/// A month as it is billed: a calendar month, or the part of it within one project year.
struct BilledMonth {
  std::int32_t end{0};  ///< first project quarter after it
  double share{1};      ///< part of the calendar month's days: what of the tariff is charged
};
[[nodiscard]] BilledMonth billed_month(const ProjectTimeline& timeline, std::int32_t quarter);

/// Fills the months of a window, what is already owed in the first one and, for each, the part of the tariff that falls on the
/// window's days: share · (days of it in the window) / (days of it left). The tariff is that of the window's first project year.
void weigh_peaks(const SimulationInput& input, const RunState& state, std::int32_t first, std::int32_t count,
                 dispatch::WindowProblem& window);

struct SeenQuarters {
  std::int32_t first{0};
  std::int32_t count{0};
  WindowEnd end{WindowEnd::inner};
};
/// For every month that goes on after the window: solves the window together with as many quarters before it (from `earliest`
/// on) as the month has left, at the tariff of so many days, and lets the window use the peak found there freely.
/// Without a tariff, without a past, and where the window sees the month's end, nothing changes. Where even the largest possible import is
/// free, the tariff leaves the window.
void expect_peaks(const SimulationInput& input, const InformationView& view, const RunState& state, const SeenQuarters& seen,
                  std::int32_t earliest, dispatch::Backend& backend, dispatch::WindowProblem& window);

}  // namespace bess
