#include "dispatch/search/cuts.h"

#include <algorithm>
#include <cmath>

namespace bess::dispatch {

namespace {
constexpr int days_per_piece = 3;
}  // namespace

std::vector<std::pair<int, int>> cut_by_days(const WindowProblem& w) {
  std::vector<std::pair<int, int>> cuts;
  int first = 0;
  int days = 0;
  const int per_day = std::max(1, static_cast<int>(std::lround(24.0 / w.dt_h)));
  for (int t = 1; t <= w.periods; ++t) {
    const bool new_day = t == w.periods || (w.day.empty() ? t % per_day == 0 : w.starts_day(t));
    if (new_day) ++days;
    if (t == w.periods || (new_day && days == days_per_piece)) {
      cuts.emplace_back(first, t - first);
      first = t;
      days = 0;
    }
  }
  return cuts;
}

/// Highest import of each month of the relaxation: what the whole has already paid for.
std::vector<double> month_peaks(const WindowProblem& w, const Schedule& s) {
  std::vector<double> peaks;
  for (int t = 0; t < w.periods; ++t) {
    const std::size_t m = w.month_of(t);
    if (m >= peaks.size()) peaks.push_back(w.peak_floor_mw(t));
    peaks[m] = std::max(peaks[m], -net_export_mw(w, s, t));
  }
  return peaks;
}

WindowProblem piece_window(const WindowProblem& w, const Schedule& relaxed, const std::vector<double>& peaks, int first, int count) {
  WindowProblem piece = slice(w, first, count);
  const auto f = static_cast<std::size_t>(first);
  piece.start_mwh = relaxed.stored_energy_mwh[f];
  piece.target_mwh = relaxed.stored_energy_mwh[f + static_cast<std::size_t>(count)];
  piece.pinned_end = true;
  if (first > 0) {
    piece.cycles_used_today = 0.0;
    piece.previous_net_mw = net_export_mw(w, relaxed, first - 1) - (w.generation_mw(first - 1) - relaxed.curtailed_mw[f - 1]);
    piece.ramp_from_previous = true;
  }
  if (w.peak_tariff_eur_per_mw > 0.0) {
    piece.peak_so_far_mw.assign(peaks.begin() + static_cast<std::ptrdiff_t>(w.month_of(first)), peaks.end());
  }
  return piece;
}

}  // namespace bess::dispatch
