#pragma once
// Every tolerance of dispatch, with its reason. Parts are relative to what their name says, so that a watt-sized battery and a
// gigawatt-sized one are treated alike. Those of the solver itself are in lp/solver.h.

namespace bess::dispatch::tolerance {

// ---- what an LP's answer is taken for

/// EUR/MWh on charge and discharge: where energy is worth nothing, less of it is moved. It leaves an LP's optimum within this times the
/// energy moved of the best, and is left out of every reported value.
inline constexpr double tie_break_eur_per_mwh = 1e-6;
/// Relative gap between an LP's objective and its certified bound at which it is accepted.
inline constexpr double accepted_gap = 1e-6;
/// Worst violation of a row, relative to the problem's largest right side, at which a point counts as feasible.
inline constexpr double accepted_residual = 1e-6;
/// Where inner steps of a search stop: well inside what certification accepts.
inline constexpr double inner_step_gap = 2e-7;
/// Windows worth less than this are judged in absolute money (0.1 thousandths of a euro), not relative to next to nothing.
inline constexpr double least_money_eur = 100.0;
/// A flow below this part of the power is what the solver's tolerance leaves of 0.
inline constexpr double no_flow = 1e-6;

// ---- one direction per period

/// The smaller of charge and discharge counts as both at once from this part of the power on: below, it is the solver's last digit.
inline constexpr double shared_flow = 1e-5;
/// A plan put together from an LP's parts keeps every rule when it misses none by more than this part of the power (at least 1 MW).
inline constexpr double kept_rule = 1e-6;
/// A plan known from an earlier stage may miss a rule by this part of the power: tolerances of that stage add up along a window.
inline constexpr double kept_rule_of_known_plan = 1e-4;
/// A round of the search that gains less than this part of the bound, or than this part of what is left to it, is its start's last.
inline constexpr double least_gain = 1e-4;
inline constexpr double least_share_of_gap = 0.02;

// ---- room beside reserves

/// Less room than this part of the power is the last digit of a bid that takes all of it, and no room at all.
inline constexpr double no_room = 1e-4;
/// Less than this part of it beside reserves that are sold is taken for this much: the cut on sharing divides by it, and what a solver
/// leaves of a row would be many times as much.
inline constexpr double least_room_beside_reserves = 1e-2;
/// What a bid without a step is taken back by: the plan keeps its rows within the solver's tolerance, and a later stage that finds the
/// reserve fixed must find room.
inline constexpr double bid_taken_back = 2e-6;
/// A bid within this part of a step below a multiple of it is that multiple: the solver's last digit must not cost a whole step.
inline constexpr double step_reached = 1e-6;
/// Reserve beyond the export limit is delivered out of charging that goes on all the while (beyond the import limit, out of discharging).
/// For less than this part of the power it is not bid: it would pin every later stage to that flow, which is worth more in trade.
inline constexpr double least_bid_beyond_limit = 1e-2;

// ---- settled schedules

/// Part of the energy window up to which a missed bound of stored energy is mended by the last flow; more is a breach and stays visible.
inline constexpr double mended_miss = 1e-4;
/// A day-ahead position within this part of the power of what the settled flows deliver is that delivery; more is another plan.
inline constexpr double same_position = 1e-3;

// ---- the grid of the direction search, in parts of the largest energy (of the energy window, of the power, in EUR)

/// Energies this close are one.
inline constexpr double same_energy = 1e-9;
/// Positions on the grid this close to a node are that node.
inline constexpr double same_node = 1e-9;
/// An energy window narrower than this part of the battery's is a single point.
inline constexpr double single_energy = 1e-7;
/// A change of energy below what this part of the power moves in a period is idleness.
inline constexpr double idle = 1e-6;
/// Gains below this are rounding: the first of equal moves is taken, idleness before any other.
inline constexpr double equal_value_eur = 1e-12;

}  // namespace bess::dispatch::tolerance
