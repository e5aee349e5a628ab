#include "dispatch/search/pieces.h"

#include <algorithm>
#include <memory>

#include "dispatch/search/chain.h"
#include "dispatch/search/cuts.h"
#include "dispatch/window/settled_schedule.h"

namespace bess::dispatch {

namespace {

constexpr std::size_t lanes_at_once = 64;

struct WindowPiece {
  int first{0};
  int count{0};
  WindowProblem window;
  std::unique_ptr<ExclusiveSearch> search;
  lp::Solution solution;
  DispatchPlan plan;
};

/// All searches step by step: in each round the LPs of one shape and length are solved side by side.
void run_side_by_side(std::vector<WindowPiece>& pieces, std::size_t from, std::size_t to, Backend& backend) {
  bool warm = false;  // from the second round on each piece starts from its own last point
  for (bool any = true; any; warm = true) {
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
      backend.solve_batch(group_lps, solutions, stats, true, warm);
      for (const std::size_t i : members) {
        pieces[i].search->accept(pieces[i].solution, lps[i - from]->constant_eur - pieces[i].solution.objective);
      }
    }
  }
}

/// A piece meets its pinned end within the solver's tolerance; over a year of pieces that adds up. The last flow that can give way is
/// lowered so that the piece ends where the next one starts.
void close_seam(const WindowProblem& w, Schedule& s, double end_mwh) {
  const double eta = w.battery.one_way_efficiency;
  const double missing = end_mwh - s.stored_energy_mwh.back();
  const double less_mw = missing > 0.0 ? missing * eta / w.dt_h : -missing / (eta * w.dt_h);
  std::vector<double>& flow = missing > 0.0 ? s.discharge_mw : s.grid_charge_mw;
  for (std::size_t t = flow.size(); t-- > 0;) {
    if (!(flow[t] > less_mw)) continue;
    flow[t] -= less_mw;
    for (std::size_t k = t + 1; k < s.stored_energy_mwh.size(); ++k) s.stored_energy_mwh[k] += missing;
    return;
  }
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
  choice.exclusive = true;
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
  if (window.ramp_mw_per_period > 0.0) return solve_in_chain(window, relaxed, options, backend, std::move(whole));
  const std::vector<double> peaks = month_peaks(window, relaxed);
  std::vector<WindowPiece> pieces;
  for (const auto& [first, count] : cut_by_days(window)) {
    WindowPiece piece;
    piece.first = first;
    piece.count = count;
    piece.window = piece_window(window, relaxed, peaks, first, count);
    pieces.push_back(std::move(piece));
  }
  for (std::size_t from = 0; from < pieces.size(); from += lanes_at_once) {
    const std::size_t to = std::min(pieces.size(), from + lanes_at_once);
    for (std::size_t i = from; i < to; ++i) {
      WindowPiece& piece = pieces[i];
      if (window.has_positions()) {  // they come from an LP of the piece's own
        piece.search = std::make_unique<ExclusiveSearch>(piece.window, options);
      } else {
        const Schedule part = part_of(relaxed, static_cast<std::size_t>(piece.first), static_cast<std::size_t>(piece.count));
        const double value = schedule_value_eur(piece.window, part, physical_positions(piece.window, part));
        piece.search = std::make_unique<ExclusiveSearch>(piece.window, options, part, value);
      }
    }
    run_side_by_side(pieces, from, to, backend);
    for (std::size_t i = from; i < to; ++i) {
      pieces[i].plan = pieces[i].search->take();
      pieces[i].search.reset();
      pieces[i].solution = {};
      if (pieces[i].plan.status != lp::SolveStatus::optimal) {  // its ends cannot be met: the whole at once
        for (std::size_t k = 0; k <= i; ++k) whole.stats.add_effort(pieces[k].plan.stats);
        return solve_in_chain(window, relaxed, options, backend, std::move(whole));
      }
    }
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    WindowPiece& piece = pieces[i];
    if (i + 1 < pieces.size() && !window.has_positions()) close_seam(piece.window, piece.plan.schedule, pieces[i + 1].window.start_mwh);
    append(whole.schedule, piece.plan.schedule);
    append(whole.positions, piece.plan.positions);
    whole.stats.add_effort(piece.plan.stats);
    whole.stats.shared_periods += piece.plan.stats.shared_periods;
  }
  if (choice.fixed_reserves == nullptr && window.has_reserves()) settle_reserves(window, whole.schedule);  // the seams moved a little
  if (!window.has_positions()) whole.positions = physical_positions(window, whole.schedule);
  whole.set_value(schedule_value_eur(window, whole.schedule, whole.positions), whole.bound_eur);
  return whole;
}

}  // namespace bess::dispatch
