#pragma once
// The best one-direction plan for given reserves, by dynamic programming over stored energy.
//
// With one direction per period and the reserves fixed, a window is a chain in one number, the stored energy. Its value
// function V_t(e) is not concave where charging and discharging both pay in one period, which is where the LP relaxation
// shares; but it is a function of one variable, so a grid finds the best directions in less time than one LP takes:
//
//   V_t(e) = max over δ of  r_t(δ) + V_{t+1}(e + δ),   e_min,t ≤ e + δ ≤ e_max,t
//
// r_t is the best money of a period whose stored energy moves by δ; it is piecewise linear (charging left of 0 power,
// discharging right of it, kinks where generation, the connection or a frozen position change the price). Each linear piece
// is a sliding-window maximum over the grid, a few operations per grid point; the ends of a piece, which fall between grid points, are
// interpolated. The plan follows the value function from the exact start energy, so it is feasible to the last digit of the
// energy window; an LP with these directions fixed then removes the grid. Coupling rows that the chain does not know (cycle
// budget, ramp, peak, hourly products) are left to that LP.

#include <vector>

#include "dispatch/model/model.h"

namespace bess::dispatch {

struct DirectionPlan {
  std::vector<Allowed> direction;  ///< both: idle
  std::vector<double> energy_mwh;  ///< periods + 1
  double value_eur{0};             ///< of the grid's plan, reserves included; orientation only
};

/// `reserves` by block; empty: none. `grid_points` sets the resolution (and the time, linearly).
[[nodiscard]] DirectionPlan best_directions(const WindowProblem& window, const std::vector<ReserveLevel>& reserves, int grid_points = 256);

}  // namespace bess::dispatch
