#include "dispatch/model/stage_writer.h"

#include <algorithm>

#include "base/error.h"
#include "dispatch/window/tolerances.h"

namespace bess::dispatch {

template <std::size_t N>
StageWriter::Places::Places(const std::array<lp::Row, N>& rows, int count) {
  static_assert(N <= lp::max_rows);
  for (std::size_t r = 0; r < static_cast<std::size_t>(count); ++r) {
    for (std::size_t i = 0; i < rows[r].size; ++i) {
      const auto& term = rows[r].terms[i];
      const bool stored = term.constant == 0;
      known_[r][i] = static_cast<std::int16_t>(stored ? 0 : term.constant > 0 ? 1 : -1);
      index_[r][i] = static_cast<std::int16_t>(stored ? per_stage_++ : -1);
    }
  }
}

StageWriter::StageWriter(const WindowProblem& window_problem, const LpChoice& choice, WindowLp& out)
    : StageFacts{.window = window_problem,
                 .dt_h = window_problem.dt_h,
                 .eta = window_problem.battery.one_way_efficiency,
                 .power_mw = window_problem.battery.power_mw,
                 .reserves_are_states = out.at.reserves.present(),
                 .idle = choice.idle,
                 .need_per_mw = {},
                 .rates = {}},
      choice_(choice),
      out_(out),
      lp_(out.lp),
      states_(out.lp.pattern.states),
      controls_(out.lp.pattern.controls),
      rows_(out.lp.pattern.rows),
      entry_rows_(out.lp.pattern.entry_rows),
      row_places_(out.lp.pattern.row, rows_),
      entry_places_(out.lp.pattern.entry_row, entry_rows_),
      transition_places_(out.lp.pattern.transition, states_),
      money_(window_problem) {
  for (const Product r : reserve_products) {
    ReserveLevel one;
    one[r] = 1.0;
    need_per_mw[r] = reserve_need(window.reserve_duties, eta, one);
  }
}

void StageWriter::go_to(int period) {
  k = period;
  t = static_cast<std::size_t>(period);
  if (k >= window.periods) return;
  generation_mw = window.generation_mw(k);
  export_limit_mw = window.export_limit(k);
  import_limit_mw = window.import_limit(k);
  fixed_reserves = fixed_level(k);
  reserved_up_mw = fixed_reserves == nullptr ? 0.0 : bess::reserved_up_mw(window.reserve_duties, *fixed_reserves);
  reserved_down_mw = fixed_reserves == nullptr ? 0.0 : bess::reserved_down_mw(window.reserve_duties, *fixed_reserves);
  charge_room_mw = through_connection(most_import_mw(window, k) + generation_mw, reserved_down_mw);
  discharge_room_mw = through_connection(export_limit_mw, reserved_up_mw);
  if (fixed_reserves != nullptr) {
    charge_room_mw = std::min(charge_room_mw, dispatch::charge_room_mw(window, *fixed_reserves));
    discharge_room_mw = std::min(discharge_room_mw, dispatch::discharge_room_mw(window, *fixed_reserves));
  }
  const Allowed allowed = choice_.direction == nullptr ? Allowed::both : (*choice_.direction)[t];
  both_ways = allowed == Allowed::both;
  charging = allowed == Allowed::charge;
  may_charge = !idle && allowed != Allowed::discharge && charge_room_mw > 0.0 && power_mw > 0.0;
  may_discharge = !idle && allowed != Allowed::charge && discharge_room_mw > 0.0 && power_mw > 0.0;
  all_generation_lost = !may_charge && !may_discharge && generation_mw > 0.0 && export_limit_mw <= 0.0;
  rates = money_.at(k);
  closing_price_eur_per_mwh = money_.closing_price(t);
}

EnergyRange StageWriter::energy_range_at_end() const {
  EnergyRange range = energy_range(window.battery);
  if (reserves_are_states || fixed_level(k) == nullptr) return range;
  // The end of a period is also the start of the next.
  for (int period = k; period <= std::min(k + 1, window.periods - 1); ++period)
    range.leave(window.battery, reserve_need(window.reserve_duties, eta, *fixed_level(period)));
  return range;
}

BlockCommitment StageWriter::committed() const {
  return window.commitment.empty() ? BlockCommitment{} : window.commitment[static_cast<std::size_t>(window.block_of(k))];
}

double StageWriter::widest_cap_mw() {
  if (widest_cap_mw_ < 0.0) {
    widest_cap_mw_ = 0.0;
    for (int period = 0; period < window.periods; ++period)
      widest_cap_mw_ = std::max({widest_cap_mw_, window.sell_cap_mw(period), window.buy_cap_mw(period)});
  }
  return widest_cap_mw_;
}

void StageWriter::write(std::vector<double>& coefficients, const Places& places, Coefficient place, double value) const {
  if (!place.present()) return;
  const int index = places.index(place);
  if (index < 0) {
    BESS_ASSERT(value == places.known(place));
    return;
  }
  coefficients[at(places.per_stage(), index)] = value;
}

const ReserveLevel* StageWriter::fixed_level(int period) const {
  return choice_.fixed_reserves == nullptr ? nullptr : &(*choice_.fixed_reserves)[static_cast<std::size_t>(window.block_of(period))];
}

// What the connection leaves a direction that has the period to itself: who discharges exports, who charges takes import or
// generation. Where periods may be shared, the connection sees the net alone. What is left beside reserves that are sold is never
// taken for nothing: even a little of it may be what delivers them.
double StageWriter::through_connection(double limit_mw, double reserved_mw) const {
  const bool alone = choice_.exclusive || choice_.direction != nullptr;
  const bool cut_off = import_limit_mw <= 0.0 && export_limit_mw <= 0.0 && generation_mw <= 0.0;
  if (!alone && !cut_off) return power_mw;
  if (limit_mw <= tolerance::no_room * power_mw || limit_mw <= reserved_mw) return 0.0;
  return std::clamp(limit_mw - reserved_mw, std::min(limit_mw, tolerance::least_room_beside_reserves * power_mw), power_mw);
}

}  // namespace bess::dispatch
