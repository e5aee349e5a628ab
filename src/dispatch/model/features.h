#pragma once
// What a window's stages contain: the switches from which a shape is made (model/shape.h).

#include <cstdint>

#include "market/product.h"

namespace bess::dispatch {

enum class PositionMode : std::uint8_t {
  none,     ///< physical: every MWh bought charges, every MWh sold is discharged or generated
  open_id,  ///< netted with a free intraday position, eliminated as id = net − q_da − s + b
  closed,   ///< netted without intraday: net − s + b = q_da
};

/// Reserves as windows hold them: all that has a kernel of its own (what is not enabled is held at 0), or FCR alone, with no other feature
/// but one_way.
inline constexpr ProductSet usual_reserves{Product::afrr_up, Product::afrr_down, Product::fcr};
inline constexpr ProductSet fcr_alone{Product::fcr};

struct Features {
  ProductSet reserves{};     ///< a state R for each
  bool generation{false};    ///< controls v, u
  bool import_meter{false};  ///< control gi ≥ max(0, −net export): import fees, peak tariff
  bool connection{false};    ///< rows of the connection limits (absent where they cannot bind)
  bool cycle_budget{false};  ///< state cyc: throughput so far today
  bool ramp{false};          ///< state p_prev: net battery power of the previous period
  bool peak{false};          ///< state peak: the month's highest import so far (needs import_meter)
  bool market_caps{false};   ///< controls bc, sc: the part of g, d traded in a market with a volume cap (needs PositionMode::none)
  bool one_way{false};       ///< each stage's direction is given: control p is g or d (with reserves, no other feature)
  PositionMode positions{PositionMode::none};
  friend constexpr bool operator==(const Features&, const Features&) = default;
};

/// Features that can be built together: a combination beyond these has no equations, and asking for its shape ends the program.
[[nodiscard]] constexpr bool legal(const Features& f) {
  if (f.peak && !f.import_meter) return false;
  if (f.market_caps && f.positions != PositionMode::none) return false;
  return !f.one_way || (f.reserves.any() && f == Features{.reserves = f.reserves, .one_way = true});
}

}  // namespace bess::dispatch
