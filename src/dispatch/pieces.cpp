#include "dispatch/pieces.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/sum.h"
#include "dispatch/settled_schedule.h"

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

int shared_periods(const WindowProblem& w, const Schedule& s) {
  int shared = 0;
  for (std::size_t t = 0; t < static_cast<std::size_t>(w.periods); ++t)
    if (std::min(s.grid_charge_mw[t] + s.self_charge_mw[t], s.discharge_mw[t]) > 1e-5 * w.battery.power_mw) ++shared;
  return shared;
}

/// A ramp limit ties each piece to how the one before it ended. So they follow one another, and each looks one piece further than it
/// decides: what it leaves behind can be gone on from. Where no plan is found all the same, the piece before is taken back and the
/// two are searched as one, then with the one after, and so on.
class Chain {
 public:
  Chain(const WindowProblem& window, const Schedule& relaxed, const SearchOptions& options, Backend& backend)
      : window_(window), relaxed_(relaxed), peaks_(month_peaks(window, relaxed)), options_(options), backend_(backend) {
    for (const auto& [first, count] : cut_by_days(window)) cuts_.push_back(first);
    cuts_.push_back(window.periods);
  }

  /// False when the whole window has no plan. Effort goes into `whole` either way.
  bool run(DispatchPlan& whole) {
    const std::size_t pieces = cuts_.size() - 1;
    std::size_t from = 0;
    std::size_t to = 1;
    for (bool back = true; from < pieces;) {
      if (search(from, to, whole.stats)) {
        from = to++;
        back = true;
        continue;
      }
      if (from == 0 && to == pieces) return false;
      const bool go_back = !links_.empty() && (back || to == pieces);
      back = !go_back;
      if (go_back) {
        from = links_.back().from;
        links_.pop_back();
      } else {
        ++to;
      }
    }
    for (const Link& link : links_) {
      append(whole.schedule, link.schedule);
      append(whole.positions, link.positions);
    }
    whole.stats.shared_periods = shared_periods(window_, relaxed_);
    return true;
  }

 private:
  struct Link {
    std::size_t from{0};  ///< first piece
    Schedule schedule;
    Positions positions;
  };

  bool search(std::size_t from, std::size_t to, SearchStats& spent) {
    const int first = cuts_[from];
    const int end = cuts_[std::min(to + 1, cuts_.size() - 1)];
    WindowProblem piece = piece_window(window_, relaxed_, peaks_, first, end - first);
    if (!links_.empty()) {
      const Schedule& before = links_.back().schedule;
      piece.start_mwh = before.stored_energy_mwh.back();
      piece.previous_net_mw = before.discharge_mw.back() - before.grid_charge_mw.back() - before.self_charge_mw.back();
    }
    if (end == window_.periods) {
      piece.target_mwh = window_.target_mwh;
      piece.pinned_end = window_.pinned_end;
    }
    ExclusiveSearch search(piece, options_);
    const DispatchPlan plan = run_search(search, backend_);
    spent.add_effort(plan.stats);
    if (plan.status != lp::SolveStatus::optimal) return false;
    const int decided = cuts_[to] - first;
    const auto n = static_cast<std::size_t>(decided);
    links_.push_back({from, part_of(plan.schedule, 0, n), part_of(plan.positions, 0, n)});
    return true;
  }

  const WindowProblem& window_;
  const Schedule& relaxed_;
  std::vector<double> peaks_;
  const SearchOptions& options_;
  Backend& backend_;
  std::vector<int> cuts_;  ///< first period of each piece, and the end
  std::vector<Link> links_;
};

void value_whole(const WindowProblem& window, DispatchPlan& whole) {
  whole.objective_eur = schedule_value_eur(window, whole.schedule, whole.positions);
  whole.relative_gap = std::max(0.0, (whole.bound_eur - whole.objective_eur) / std::max(1.0, std::abs(whole.bound_eur)));
}

DispatchPlan solve_in_chain(const WindowProblem& window, const Schedule& relaxed, const SearchOptions& options, Backend& backend,
                            DispatchPlan whole) {
  if (Chain(window, relaxed, options, backend).run(whole)) {
    value_whole(window, whole);
  } else {
    whole.status = lp::SolveStatus::infeasible;
  }
  return whole;
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
  std::vector<Piece> pieces;
  for (const auto& [first, count] : cut_by_days(window)) {
    Piece piece;
    piece.first = first;
    piece.count = count;
    piece.window = piece_window(window, relaxed, peaks, first, count);
    pieces.push_back(std::move(piece));
  }
  for (std::size_t from = 0; from < pieces.size(); from += lanes_at_once) {
    const std::size_t to = std::min(pieces.size(), from + lanes_at_once);
    for (std::size_t i = from; i < to; ++i) {
      Piece& piece = pieces[i];
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
    Piece& piece = pieces[i];
    if (i + 1 < pieces.size() && !window.has_positions()) close_seam(piece.window, piece.plan.schedule, pieces[i + 1].window.start_mwh);
    append(whole.schedule, piece.plan.schedule);
    append(whole.positions, piece.plan.positions);
    whole.stats.add_effort(piece.plan.stats);
    whole.stats.shared_periods += piece.plan.stats.shared_periods;
  }
  if (choice.fixed_reserves == nullptr && window.has_reserves()) settle_reserves(window, whole.schedule);  // the seams moved a little
  if (!window.has_positions()) whole.positions = physical_positions(window, whole.schedule);
  value_whole(window, whole);
  return whole;
}

}  // namespace bess::dispatch
