#pragma once
// What a solver leaves of its tolerance, and what cleaning takes from it, adds up along a window. Here a schedule is made to keep its
// rules to the last digit: flows first, then the reserves they must hold. Larger breaches are none of its business and stay visible.

#include <vector>

#include "dispatch/window/schedule.h"

namespace bess::dispatch {

/// Flows within the battery's limits, and the stored energy they lead to. Where a path misses what the reserves of `s` or the end of the
/// window need by less than a ten-thousandth of the energy window, its last flow gives way as far as power and connection allow: less of
/// the wrong one, then more of the right one if it flows at all.
void settle_flows(const WindowProblem& window, Schedule& s);

/// What the flows of a block leave its reserves: the least over its periods.
struct ReserveRoom {
  double stock_mwh{0};  ///< above the least energy
  double room_mwh{0};   ///< below the largest energy
  double up_mw{0};      ///< of the battery's power and of the export limit
  double down_mw{0};    ///< of the battery's power and of the import limit
};
[[nodiscard]] std::vector<ReserveRoom> reserve_rooms(const WindowProblem& window, const Schedule& s);

/// Lowers reserves to what their block's room holds; `margin` (a part of them) is left where they are lowered.
[[nodiscard]] ReserveLevel held_reserve(const WindowProblem& window, const ReserveRoom& room, const ReserveLevel& wanted,
                                        double margin = 0.0);

/// Reserves that are still free (not committed before) are lowered to what the flows leave them.
void settle_reserves(const WindowProblem& window, Schedule& s);

}  // namespace bess::dispatch
