#pragma once
// How near to 0 a number counts as one. Sizes (MW, MWh) below this, and energy windows narrower than it, can't be traded; ratios of
// them would be rounding noise or overflow. Requests are held to it where they are read (service/options/option_json.h), what follows from
// them (shares of a size, a capacity faded to nothing) where it is computed.

namespace bess {

inline constexpr double least_number = 1e-9;  ///< of any unit; of power and energy 1 mW and 1 mWh

inline constexpr double largest_size = 1e6;  ///< MW, MWh, where a record says nothing else

/// A power or energy, or 0 when it is next to nothing.
[[nodiscard]] constexpr double size_or_nothing(double size) { return size < least_number ? 0.0 : size; }

}  // namespace bess
