#include "dispatch/pieces.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/sum.h"

namespace bess::dispatch {

namespace {

constexpr int days_per_piece = 3;
constexpr std::size_t lanes_at_once = 64;

struct Piece {
  int first{0};
  int count{0};
  WindowProblem window;
  std::unique_ptr<ExclusiveSearch> search;
  lp::Solution solution;
  DispatchPlan plan;
  bool left_path{false};  ///< ends elsewhere than the whole's relaxation
};

std::vector<std::pair<int, int>> cut_by_days(const WindowProblem& w) {
  std::vector<std::pair<int, int>> cuts;
  int first = 0;
  int days = 0;
  const int per_day = std::max(1, static_cast<int>(std::lround(24.0 / w.dt_h)));
  for (int t = 1; t <= w.periods; ++t) {
    const bool new_day =
        t == w.periods || (w.day.empty() ? t % per_day == 0 : w.day[static_cast<std::size_t>(t)] != w.day[static_cast<std::size_t>(t - 1)]);
    if (new_day) ++days;
    if (t == w.periods || (new_day && days == days_per_piece)) {
      cuts.emplace_back(first, t - first);
      first = t;
      days = 0;
    }
  }
  return cuts;
}

Schedule part_of(const Schedule& s, int first, int count) {
  auto part = [&](const std::vector<double>& all, int extra) {
    return std::vector<double>(all.begin() + first, all.begin() + first + count + extra);
  };
  return {part(s.grid_charge_mw, 0),    part(s.self_charge_mw, 0), part(s.discharge_mw, 0), part(s.curtailed_mw, 0),
          part(s.stored_energy_mwh, 1), part(s.afrr_up_mw, 0),     part(s.afrr_down_mw, 0), part(s.fcr_mw, 0)};
}

void append(std::vector<double>& all, const std::vector<double>& part, std::size_t skip = 0) {
  all.insert(all.end(), part.begin() + static_cast<std::ptrdiff_t>(skip), part.end());
}

void append(Schedule& all, const Schedule& part) {
  append(all.grid_charge_mw, part.grid_charge_mw);
  append(all.self_charge_mw, part.self_charge_mw);
  append(all.discharge_mw, part.discharge_mw);
  append(all.curtailed_mw, part.curtailed_mw);
  append(all.stored_energy_mwh, part.stored_energy_mwh, all.stored_energy_mwh.empty() ? 0 : 1);
  append(all.afrr_up_mw, part.afrr_up_mw);
  append(all.afrr_down_mw, part.afrr_down_mw);
  append(all.fcr_mw, part.fcr_mw);
}

void append(MarketPositions& all, const MarketPositions& part) {
  auto join = [](Positions3& a, const Positions3& b) {
    append(a.bought_mw, b.bought_mw);
    append(a.sold_mw, b.sold_mw);
  };
  join(all.day_ahead, part.day_ahead);
  join(all.intraday, part.intraday);
  join(all.imbalance, part.imbalance);
}

/// Highest import of each month of the relaxation: what the whole has already paid for.
std::vector<double> month_peaks(const WindowProblem& w, const Schedule& s) {
  std::vector<double> peaks;
  for (int t = 0; t < w.periods; ++t) {
    const auto m = w.month.empty() ? std::size_t{0} : static_cast<std::size_t>(w.month[static_cast<std::size_t>(t)] - w.month.front());
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
    const int offset = w.month.empty() ? 0 : w.month[f] - w.month.front();
    piece.peak_so_far_mw.assign(peaks.begin() + offset, peaks.end());
  }
  return piece;
}

/// All searches step by step: in each round the LPs of one shape and length are solved side by side.
void run_side_by_side(std::vector<Piece>& pieces, std::size_t from, std::size_t to, Backend& backend) {
  for (bool any = true; any;) {
    any = false;
    std::vector<std::vector<std::size_t>> groups;  // of one shape and one length each: what lanes can hold
    std::vector<const WindowLp*> lps(to - from, nullptr);
    for (std::size_t i = from; i < to; ++i) {
      lps[i - from] = pieces[i].search->next();
      if (lps[i - from] == nullptr) continue;
      const lp::StagedLp& lp = lps[i - from]->lp;
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
        const lp::StagedLp& other = lps[group.front() - from]->lp;
        return other.stages == lp.stages && other.pattern == lp.pattern;
      });
      if (same == groups.end()) {
        groups.push_back({i});
      } else {
        same->push_back(i);
      }
    }
    for (const std::vector<std::size_t>& members : groups) {
      any = true;
      std::vector<const WindowLp*> group_lps;
      std::vector<lp::Solution*> solutions;
      std::vector<SearchStats*> stats;
      for (const std::size_t i : members) {
        group_lps.push_back(lps[i - from]);
        solutions.push_back(&pieces[i].solution);
        stats.push_back(&pieces[i].search->stats());
      }
      backend.solve_batch(group_lps, solutions, stats);
      for (const std::size_t i : members) {
        pieces[i].search->accept(pieces[i].solution, lps[i - from]->constant_eur - pieces[i].solution.objective);
      }
    }
  }
}

/// A piece whose pinned end cannot be met with one direction and the ramp limit: it may end where it can.
void leave_path(Piece& piece, const WindowProblem& whole, bool last, const SearchOptions& options, Backend& backend) {
  WindowProblem open = piece.window;
  open.pinned_end = last && whole.pinned_end;
  open.target_mwh = last ? whole.target_mwh : whole.battery.energy_min_mwh;
  ExclusiveSearch search(open, options);
  const SearchStats spent = piece.plan.stats;
  piece.plan = run_search(search, backend);
  piece.plan.stats.add_effort(spent);
  piece.left_path = true;
}

}  // namespace

bool is_long(const WindowProblem& w) {
  if (w.day.empty()) return w.periods * w.dt_h > 7 * 24.0 + 1e-9;
  return w.day.back() - w.day.front() + 1 > 7;
}

DispatchPlan solve_in_pieces(const WindowProblem& window, const SearchOptions& options, Backend& backend) {
  DispatchPlan whole;
  std::vector<ReserveLevel> committed;
  LpChoice choice;
  if (committed_reserves(window, committed)) choice.fixed_reserves = &committed;
  Schedule relaxed;
  {
    WindowLp lp;
    build_lp(window, choice, lp);
    lp::Solution solution;
    const double bound = backend.solve(lp, solution, whole.stats);
    whole.status = solution.status;
    if (solution.status != lp::SolveStatus::optimal) return whole;
    whole.bound_eur = lp.constant_eur - bound;
    read_schedule(window, choice, lp, solution, relaxed);
  }
  const std::vector<double> peaks = month_peaks(window, relaxed);
  std::vector<Piece> pieces;
  for (const auto& [first, count] : cut_by_days(window)) {
    Piece piece;
    piece.first = first;
    piece.count = count;
    piece.window = piece_window(window, relaxed, peaks, first, count);
    pieces.push_back(std::move(piece));
  }
  const bool chained = window.ramp_mw_per_period > 0.0;  // a piece must know how the one before it ended
  const std::size_t at_once = chained ? 1 : lanes_at_once;
  for (std::size_t from = 0; from < pieces.size(); from += at_once) {
    const std::size_t to = std::min(pieces.size(), from + at_once);
    for (std::size_t i = from; i < to; ++i) {
      Piece& piece = pieces[i];
      if (chained && i > 0) {
        const Schedule& before = pieces[i - 1].plan.schedule;
        const std::size_t last = before.discharge_mw.size() - 1;
        piece.window.previous_net_mw = before.discharge_mw[last] - before.grid_charge_mw[last] - before.self_charge_mw[last];
        if (pieces[i - 1].left_path) piece.window.start_mwh = before.stored_energy_mwh.back();
      }
      // Positions come from an LP of the piece's own, and so does all that follows where the one before left the whole's path.
      if (window.has_positions() || (chained && i > 0 && pieces[i - 1].left_path)) {
        piece.search = std::make_unique<ExclusiveSearch>(piece.window, options);
      } else {
        const Schedule part = part_of(relaxed, piece.first, piece.count);
        const double value = schedule_value_eur(piece.window, part, physical_positions(piece.window, part));
        piece.search = std::make_unique<ExclusiveSearch>(piece.window, options, part, value);
      }
    }
    run_side_by_side(pieces, from, to, backend);
    for (std::size_t i = from; i < to; ++i) {
      pieces[i].plan = pieces[i].search->take();
      pieces[i].search.reset();
      pieces[i].solution = {};
      if (pieces[i].plan.status != lp::SolveStatus::optimal && chained)
        leave_path(pieces[i], window, i + 1 == pieces.size(), options, backend);
      if (pieces[i].plan.status != lp::SolveStatus::optimal) {  // its ends cannot be met: the whole at once
        ExclusiveSearch search(window, options);
        DispatchPlan plan = run_search(search, backend);
        plan.stats.add_effort(whole.stats);
        for (std::size_t k = 0; k <= i; ++k) plan.stats.add_effort(pieces[k].plan.stats);
        return plan;
      }
    }
  }
  for (Piece& piece : pieces) {
    append(whole.schedule, piece.plan.schedule);
    append(whole.positions, piece.plan.positions);
    whole.stats.add_effort(piece.plan.stats);
    whole.stats.shared_periods += piece.plan.stats.shared_periods;
  }
  whole.objective_eur = schedule_value_eur(window, whole.schedule, whole.positions);
  whole.relative_gap = std::max(0.0, (whole.bound_eur - whole.objective_eur) / std::max(1.0, std::abs(whole.bound_eur)));
  return whole;
}

}  // namespace bess::dispatch
