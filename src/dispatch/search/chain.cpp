#include "dispatch/search/chain.h"

#include <algorithm>

#include "dispatch/search/cuts.h"

namespace bess::dispatch {

namespace {

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

}  // namespace

DispatchPlan solve_in_chain(const WindowProblem& window, const Schedule& relaxed, const SearchOptions& options, Backend& backend,
                            DispatchPlan whole) {
  if (Chain(window, relaxed, options, backend).run(whole)) {
    whole.set_value(schedule_value_eur(window, whole.schedule, whole.positions), whole.bound_eur);
  } else {
    whole.status = lp::SolveStatus::infeasible;
  }
  return whole;
}

}  // namespace bess::dispatch
