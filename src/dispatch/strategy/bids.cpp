#include "dispatch/strategy/bids.h"

#include <algorithm>
#include <cmath>

#include "dispatch/model/model.h"
#include "dispatch/window/limits.h"
#include "dispatch/window/settled_schedule.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

namespace {

/// Room beyond a limit is worth a bid only where there is enough of it.
std::vector<ReserveRoom> rooms_worth_a_bid(const WindowProblem& window, const Schedule& s) {
  std::vector<ReserveRoom> rooms = reserve_rooms(window, s);
  const double least_mw = tolerance::least_bid_beyond_limit * window.battery.power_mw;
  const auto cut = [least_mw](double& room_mw, double limit_mw) {
    if (room_mw > limit_mw && room_mw < limit_mw + least_mw) room_mw = limit_mw;
  };
  for (int t = 0; t < window.periods; ++t) {
    ReserveRoom& room = rooms[static_cast<std::size_t>(window.block_of(t))];
    cut(room.up_mw, most_export_mw(window, t));
    cut(room.down_mw, most_import_mw(window, t));
  }
  return rooms;
}

/// Free bids of `fixed` are taken back to what the plan holds when its flows keep to the room that the bids leave them: where a bid
/// takes all power that room counts as none, the energy it would have moved stays where it is, and the connection must do without it.
void fit_bids_to_plan(const WindowProblem& window, const Schedule& s, WindowProblem& fixed) {
  Schedule kept = s;
  for (int t = 0; t < window.periods; ++t) {
    const auto i = static_cast<std::size_t>(t);
    const ReserveLevel& level = fixed.commitment[static_cast<std::size_t>(window.block_of(t))];
    const double charge = s.charge_mw(i);
    const double part = charge > 0.0 ? std::min(1.0, charge_room_mw(window, level) / charge) : 0.0;
    kept.grid_charge_mw[i] *= part;
    kept.self_charge_mw[i] *= part;
    kept.discharge_mw[i] = std::min(s.discharge_mw[i], discharge_room_mw(window, level));
    const Flow flow{kept.charge_mw(i), kept.discharge_mw[i]};
    kept.stored_energy_mwh[i + 1] = advance(window.battery, kept.stored_energy_mwh[i], flow, window.dt_h);
  }
  const std::vector<ReserveRoom> rooms = rooms_worth_a_bid(window, kept);
  for (std::size_t b = 0; b < fixed.commitment.size(); ++b) {
    const BlockCommitment firm = window.commitment.empty() ? BlockCommitment{} : window.commitment[b];
    BlockCommitment& bid = fixed.commitment[b];
    const ReserveLevel held = held_reserve(window, rooms[b], bid, tolerance::bid_taken_back);
    for (const Product r : reserve_products) {
      if (std::isnan(firm[r])) bid[r] = held[r];
    }
  }
  if (!fixed.pinned_end)
    fixed.target_mwh = std::max(window.battery.energy_min_mwh, std::min(fixed.target_mwh, kept.stored_energy_mwh.back()));
}

}  // namespace

WindowProblem with_stepped_reserves(const WindowProblem& window, const Schedule& s, double step_mw) {
  WindowProblem fixed = window;
  const std::vector<ReserveLevel> levels = reserves_by_block(window, s);
  fixed.commitment.assign(levels.size(), {});
  auto step = [step_mw](double mw) {
    return step_mw > 0.0 ? step_mw * std::floor(mw / step_mw + tolerance::step_reached) : mw * (1.0 - tolerance::bid_taken_back);
  };
  for (std::size_t b = 0; b < levels.size(); ++b) {
    for (const Product r : reserve_products) {
      const bool sold = !window.commitment.empty() && !std::isnan(window.commitment[b][r]);
      fixed.commitment[b][r] = sold ? window.commitment[b][r] : step(levels[b][r]);
    }
  }
  if (!(step_mw > 0.0)) fit_bids_to_plan(window, s, fixed);
  return fixed;
}

}  // namespace bess::dispatch
